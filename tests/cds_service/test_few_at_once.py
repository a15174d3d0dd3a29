"""A database that hangs keeps some threads of a worker and never all: cards need none."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from threading import Event, Thread

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from cds_service.few_at_once import Crowded, FewAtOnce
from cds_service.storage import database
from tests.cds_service import fakes
from tests.cds_service.fakes import feedback_item, hook_request
from tests.cds_service.hospital import SIGN

LONG = 10.0
CALL = f"/cds-services/{SIGN}"


@contextmanager
def held(some: FewAtOnce) -> Iterator[None]:
    """A call of another thread that is within and does not come to an end."""
    within, over = Event(), Event()

    def stay() -> None:
        with some.turn():
            within.set()
            over.wait(LONG)

    thread = Thread(target=stay)
    thread.start()
    assert within.wait(LONG)
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_as_many_as_may_are_within_and_the_next_is_sent_away():
    some = FewAtOnce(2, patience=0)
    with held(some), some.turn(), pytest.raises(Crowded), some.turn():
        raise AssertionError
    with some.turn():
        pass


def test_one_call_more_waits_for_its_turn_while_all_goes_well():
    some = FewAtOnce(1, patience=LONG)
    with ThreadPoolExecutor(8) as many:

        def call(_: int) -> bool:
            with some.turn():
                return True

        assert all(many.map(call, range(200)))


@pytest.mark.parametrize("how", ["failed", "full"])
def test_nobody_waits_behind_what_is_stuck(how):
    some = FewAtOnce(1, patience=0.01 if how == "full" else LONG)
    if how == "failed":
        with pytest.raises(OperationalError), some.turn():
            raise OperationalError("", None, Exception())
    with held(some):
        if how == "full":
            with pytest.raises(Crowded), some.turn():
                pass
            some._patience = LONG  # so that it would show
        began = time.monotonic()
        with pytest.raises(Crowded), some.turn():
            pass
    assert time.monotonic() - began < LONG / 2


def test_one_that_is_done_lets_others_wait_again():
    some = FewAtOnce(1, patience=LONG)
    with pytest.raises(ValueError, match="x"), some.turn():
        raise ValueError("x")
    with some.turn():
        pass
    with ThreadPoolExecutor(1) as other:
        with some.turn():
            waiting: Future[None] = other.submit(lambda: some.turn().__enter__())
        assert waiting.result(LONG) is None


def test_feedback_and_probes_that_hang_leave_threads_for_cards(make_app, monkeypatch):
    app = make_app("[server]\nthreads = 4\n")
    shell, over = app.extensions["opioid_cds"], Event()
    monkeypatch.setattr(type(shell.store), "record", lambda *_: over.wait(LONG))
    monkeypatch.setattr(type(shell.store), "is_ready", lambda *_: over.wait(LONG))
    for some in (shell.keeping, shell.looking):
        monkeypatch.setattr(some, "_patience", 0.01)

    def tell() -> int:
        return app.test_client().post(fakes.FEEDBACK, json={"feedback": [feedback_item()]}).status_code

    def look() -> int:
        return app.test_client().get("/readyz").status_code

    with ThreadPoolExecutor(8) as many:
        answers = [many.submit(ask) for ask in (tell, tell, tell, tell, look, look)]
        try:
            first = list(islice(as_completed(answers, LONG), 3))
            assert [answer.result() for answer in first] == [503, 503, 503]
            assert app.test_client().post(CALL, json=hook_request()).status_code == 200
        finally:
            over.set()
        assert sorted(answer.result(LONG) for answer in answers) == [200, 200, 200, 503, 503, 503]


def test_a_signed_call_does_not_wait_long_for_whoever_else_writes(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    monkeypatch.setattr(database, "CALL_SECONDS", 0.05)
    engine = database.connect_carelessly(url)
    assert engine is not None
    database.migrate(engine)
    writer = sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(OperationalError), engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM seen_token")
    assert time.monotonic() - began < database.BUSY_SECONDS / 2
    writer.close()
    engine.dispose()


@pytest.mark.parametrize(
    ("connect", "patience"),
    [(database.connect_impatiently, "AT_A_GLANCE"), (database.connect_carelessly, "DURING_A_CALL")],
)
def test_a_server_that_does_not_answer_is_not_waited_for(postgres, monkeypatch, connect, patience):
    """Whatever becomes of its own limits: its disk may hang, or its machine stand still."""
    monkeypatch.setattr(database, patience, replace(getattr(database, patience), answer=0.2))
    engine = connect(postgres.new_database())
    began = time.monotonic()
    with engine.connect() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        with pytest.raises(OperationalError):
            connection.exec_driver_sql("SELECT pg_sleep(60)")
    assert time.monotonic() - began < LONG
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("connect", "limit"),
    [(database.connect, "10s"), (database.connect_carelessly, "2s"), (database.connect_impatiently, "500ms")],
)
def test_a_server_is_told_how_long_an_answer_is_waited_for(postgres, connect, limit):
    engine = connect(postgres.new_database())
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == limit
    engine.dispose()


@pytest.mark.parametrize("connect", [database.connect, database.connect_carelessly])
def test_a_server_that_was_started_anew_is_connected_to_anew(postgres, connect):
    url = postgres.new_database()
    engine, other = connect(url), database.connect(url)
    with engine.connect() as connection:
        process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    with other.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({process}, 5000)")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    engine.dispose()
    other.dispose()


def test_a_migration_may_take_as_long_as_it_needs(postgres, monkeypatch):
    limits: list[object] = []
    monkeypatch.setattr(
        database, "_upgrade", lambda one: limits.append(one.exec_driver_sql("SHOW statement_timeout").scalar())
    )
    engine = database.connect(postgres.new_database())
    database.migrate(engine)
    engine.dispose()
    assert limits == ["0"]


@pytest.mark.parametrize(("connect", "synchronous"), [(database.connect, 2), (database.connect_carelessly, 1)])
def test_what_a_file_keeps_is_on_the_disk_and_what_it_forgets_is_overwritten(tmp_path, connect, synchronous):
    """FULL is 2, NORMAL 1: what is written with every call need not outlast a power failure."""
    engine = connect(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    others = "PRAGMA synchronous=OFF; PRAGMA secure_delete=OFF"  # as another build of SQLite may have it
    event.listen(engine, "connect", lambda connection, _: connection.executescript(others), insert=True)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == synchronous
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    engine.dispose()
