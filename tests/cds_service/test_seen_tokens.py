"""A token is good once, whichever worker, instance or thread it reaches, on each kind of database."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import OperationalError

from cds_service.log_lines import JsonLines
from cds_service.storage import database, seen_tokens
from cds_service.storage.models import seen_token
from cds_service.storage.seen_tokens import CannotTell, SeenTokens
from tests.cds_service import fakes, signing
from tests.cds_service.fakes import Seconds
from tests.cds_service.signing import call, client_with_file, refused, settings

NOW = 1_769_862_600.0


@pytest.fixture
def connect(each_database_url: str) -> Iterator[Callable[[], Engine]]:
    """Engines of one database, one for each instance of the service."""
    made: list[Engine] = []

    def another() -> Engine:
        made.append(database.connect_carelessly(each_database_url) or pytest.fail("no engine"))
        return made[-1]

    yield another
    for engine in made:
        engine.dispose()


def instance(engine: Engine, **changes: Any) -> SeenTokens:
    return SeenTokens(engine, **{"prepare": lambda: None, "alone_if_away": False, "seconds": Seconds(), **changes})


def use(seen: SeenTokens, token_id: str, issuer: str = "a", now: float = NOW) -> bool:
    return seen.is_first(issuer, token_id, now + 300, now)


def test_instances_of_one_database_agree_on_what_was_used(connect):
    one, other = instance(connect()), instance(connect())
    assert use(one, "1")
    assert not use(one, "1")
    assert not use(other, "1")
    assert use(other, "1", issuer="b")
    assert not use(one, "1", issuer="b")
    assert use(one, "2")


def test_a_moment_is_the_same_whatever_the_zone_of_the_connection_that_tells_it(connect, each_database_url):
    engine = connect()
    assert use(instance(engine), "t")
    with engine.connect() as connection:
        if each_database_url.startswith("postgresql"):
            connection.exec_driver_sql("SET TIME ZONE 'Pacific/Auckland'")
        told = connection.execute(select(seen_token.c.expires_at)).scalar_one()
    assert told.utcoffset() == timedelta(0)
    assert 0 <= told.timestamp() - (NOW + 300) < 3600


def test_issuer_and_id_cannot_be_shifted_into_each_other(connect):
    seen = instance(connect())
    assert use(seen, "bc", issuer="a")
    assert use(seen, "c", issuer="ab")


def test_of_many_threads_with_one_token_exactly_one_is_first(connect):
    instances = [instance(connect()) for _ in range(2)]
    with ThreadPoolExecutor(8) as threads:
        for token_id in map(str, range(5)):
            firsts = threads.map(lambda number, token_id=token_id: use(instances[number % 2], token_id), range(8))
            assert sum(firsts) == 1


def test_what_has_expired_is_swept_away_now_and_then(connect):
    engine, clock = connect(), Seconds()
    seen = instance(engine, seconds=clock)
    for number in range(3):
        use(seen, str(number), now=NOW)
    clock.now = 300.0
    use(seen, "new", now=NOW + 3901)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(seen_token)) == 1
    assert not use(seen, "new", now=NOW + 3902)


def test_a_sweep_that_fails_costs_no_call(connect):
    engine, clock = connect(), Seconds()
    seen = instance(engine, seconds=clock)
    assert use(seen, "1")
    clock.now = 300.0
    refused = []

    @event.listens_for(engine, "before_cursor_execute")
    def refuse(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("DELETE"):
            refused.append(statement)
            raise OperationalError(statement, None, Exception())

    assert use(seen, "2")
    assert use(seen, "3")
    assert len(refused) == 1


def test_a_token_is_not_forgotten_because_the_clock_of_one_instance_is_ahead(connect):
    engine, clock = connect(), Seconds()
    ahead, right = instance(engine, seconds=clock), instance(engine)
    assert use(right, "captured", now=NOW)
    clock.now = 300.0
    use(ahead, "another", now=NOW + 3000)
    assert not use(right, "captured", now=NOW + 1)


def test_nothing_of_a_token_is_kept(connect):
    engine = connect()
    use(instance(engine), "CANARY-id", issuer="https://CANARY.example.org")
    with engine.connect() as connection:
        assert "CANARY" not in str(connection.execute(select(seen_token)).all())


# ---- the database is away ----


def away() -> None:
    raise OperationalError("connect", None, Exception())


@pytest.fixture
def engine(tmp_path: Any) -> Iterator[Engine]:
    engine = database.connect(f"sqlite:///{tmp_path}/none.sqlite3")
    yield engine
    engine.dispose()


def test_without_the_database_it_cannot_be_told(engine):
    with pytest.raises(CannotTell):
        use(instance(engine, prepare=away), "1")
    with pytest.raises(CannotTell):
        use(instance(engine), "1"), "there are no tables"


def test_a_database_that_was_away_is_asked_again_after_a_while_only(engine):
    clock, asked = Seconds(), count()

    def counted() -> None:
        next(asked)
        away()

    seen = instance(engine, prepare=counted, seconds=clock)
    for clock.now in (0.0, 1.0, 4.9, 5.0, 6.0):
        with pytest.raises(CannotTell):
            use(seen, "1")
    assert next(asked) == 2


def test_only_one_asks_whether_the_database_is_back(engine):
    """Each waits for seconds where a server hangs: together they would be all threads of a worker."""
    clock, asked = Seconds(), []
    seen = instance(engine, seconds=clock)

    @event.listens_for(engine, "before_cursor_execute")
    def wait(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("INSERT"):
            return
        asked.append(clock.now)
        if clock.now and len(asked) < 10:
            with pytest.raises(CannotTell):
                use(seen, "while the other waits")

    for clock.now in (0.0, seen_tokens.AWAY_SECONDS, 2 * seen_tokens.AWAY_SECONDS):
        with pytest.raises(CannotTell):
            use(seen, "1")
    assert list(dict.fromkeys(asked)) == [0.0, seen_tokens.AWAY_SECONDS, 2 * seen_tokens.AWAY_SECONDS]


def test_whoever_asks_for_long_is_still_the_only_one(engine):
    clock, asked = Seconds(), count()

    def long() -> None:
        if clock.now:
            next(asked)
            clock.now += 3 * seen_tokens.AWAY_SECONDS
            with pytest.raises(CannotTell):
                use(seen, "while the other still waits")
        away()

    seen = instance(engine, prepare=long, seconds=clock)
    for clock.now in (0.0, seen_tokens.AWAY_SECONDS):
        with pytest.raises(CannotTell):
            use(seen, "1")
    assert next(asked) == 1


def test_a_database_with_its_tables_is_not_asked_for_them(connect):
    """That question is asked at leisure: a server that hangs would hold whoever asks, and each who waits for him."""
    assert use(instance(connect(), prepare=away), "1")


def test_a_database_that_is_back_is_asked_by_all(connect):
    engine, clock = connect(), Seconds()
    seen = instance(engine, seconds=clock)
    seen_token.drop(engine)
    with pytest.raises(CannotTell):
        use(seen, "1")
    seen_token.create(engine)
    clock.now = seen_tokens.AWAY_SECONDS
    assert [use(seen, one) for one in "1223"] == [True, True, False, True]


def test_where_that_is_accepted_each_process_goes_by_what_it_has_seen_itself(engine):
    one, other = (instance(engine, prepare=away, alone_if_away=True) for _ in range(2))
    assert use(one, "1")
    assert not use(one, "1")
    assert use(other, "1")


def test_a_full_memory_of_one_process_makes_room_by_what_has_expired(engine, monkeypatch):
    monkeypatch.setattr(seen_tokens, "MOST_IN_MEMORY", 2)
    alone = instance(engine, prepare=away, alone_if_away=True)
    assert use(alone, "1")
    assert use(alone, "2", now=NOW + 200)
    assert not use(alone, "3", now=NOW + 250), "both are still good"
    assert use(alone, "3", now=NOW + 301)
    assert not use(alone, "2", now=NOW + 301), "it is good until 500"


def test_what_was_used_before_the_database_went_away_is_still_known(connect):
    engine = connect()
    seen = instance(engine, alone_if_away=True)
    assert use(seen, "1")
    seen_token.drop(engine)
    assert not use(seen, "1")
    assert use(seen, "2")
    seen_token.create(engine)


# ---- over HTTP ----


@pytest.fixture
def signed(tmp_path: Any) -> str:
    """The settings of a service that asks for tokens."""
    return settings(client_with_file(tmp_path))


@pytest.fixture
def nowhere(tmp_path: Any) -> str:
    return f"sqlite:///{tmp_path}/no-such-folder/x.sqlite3"


def test_two_instances_on_one_database_refuse_what_the_other_has_let_in(make_app, signed, each_database_url):
    one, other = (make_app(signed, database=each_database_url) for _ in range(2))
    used = signing.token()
    assert call(one, used).status_code == 200
    assert all(refused(call(app, used)) for app in (one, other))


def test_signed_calls_are_let_in_by_a_new_file_of_the_database(make_app, signed, tmp_path):
    """Though nobody asks /readyz, which a proxy does not where cards go on without the database."""
    app = make_app(signed, database=f"sqlite:///{tmp_path}/x.sqlite3")
    assert call(app, signing.token()).status_code == 200
    for file in tmp_path.glob("x.sqlite3*"):
        file.unlink()
    assert [call(app, signing.token()).status_code for _ in range(2)] == [200, 200]


def test_signed_calls_wait_for_a_database_that_is_away_and_the_log_says_what_refused_them(
    make_app, signed, nowhere, caplog
):
    caplog.set_level(logging.INFO, logger="opioid_cds")
    app = make_app(signed, database=nowhere)
    places = {"/mme": "https://cds.example.org/mme", fakes.SIGN: signing.AUDIENCE}
    answers = [call(app, signing.token(aud=aud), path) for path, aud in places.items()]
    assert [(one.status_code, one.json["issue"][0]["code"]) for one in answers] == [(503, "transient")] * 2
    lines = [json.loads(JsonLines().format(one)) for one in caplog.records if one.msg == "answered"]
    assert [(one.get("failure"), one.get("client")) for one in lines] == [
        ("sqlite3.OperationalError SQLITE_CANTOPEN", signing.ISSUER),
        ("cds_service.storage.seen_tokens.CannotTell", signing.ISSUER),
    ]


def test_where_a_site_accepts_it_signed_calls_go_on_without_the_database_each_token_once(make_app, tmp_path, nowhere):
    app = make_app(settings(client_with_file(tmp_path), more='without_database = "alone"'), database=nowhere)
    used = signing.token()
    assert call(app, used).status_code == 200
    assert refused(call(app, used))


def test_discovery_needs_no_database_even_where_calls_are_signed(make_app, signed, nowhere):
    written = signing.token(aud=f"{signing.PUBLIC_URL}/cds-services")
    assert call(make_app(signed, database=nowhere), written, "/cds-services").status_code == 200
