"""What has been kept for long enough goes, and nothing else. On both kinds of database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from cds_service import cli
from cds_service.settings_kept import Retention
from cds_service.storage import retention as module
from cds_service.storage.models import activity, explanation, feedback, shown_card
from cds_service.storage.retention import purge
from tests.cds_service.fakes import CANARY
from tests.cds_service.hospital import MORNING, Hospital, opened

KEPT = Retention(feedback_days=100, comment_days=10, card_days=50, activity_days=70)

TOML = """
public_url = "https://cds.example.org"
[feedback]
comments = true
[explain]
store = true
"""


@pytest.fixture
def database_url(each_database_url: str) -> str:
    return each_database_url


@pytest.fixture
def hospital(make_app) -> Hospital:
    return opened(make_app, TOML)


def numbers(engine) -> dict[str, int]:
    counted = {
        "comments": select(func.count()).where(feedback.c.comment.is_not(None)),
        "feedback": select(func.count()).select_from(feedback),
        "shown cards": select(func.count()).select_from(shown_card),
        "activity": select(func.count()).select_from(activity),
        "explanations": select(func.count()).select_from(explanation),
    }
    with engine.connect() as connection:
        return {name: connection.execute(query).scalar_one() for name, query in counted.items()}


def lived_through(hospital: Hospital) -> None:
    """One card a day for four days in the past, and one today, each with a comment."""
    for days in (120, 80, 60, 20, 0):
        hospital.clock.now = MORNING - timedelta(days=days)
        (card, *_) = hospital.sign().values()
        override = {"reason": {"code": "x"}, "userComment": f"{CANARY} {days}"}
        hospital.reply(card, outcome="overridden", overrideReason=override)


def purged(engine, now: datetime = MORNING, **how: bool) -> dict[str, int]:
    return {one.kind: one.number for one in purge(engine, KEPT, now, **how)}


def test_each_kind_goes_by_its_own_age_and_a_second_time_finds_nothing(hospital, engines):
    lived_through(hospital)
    before = numbers(engines[0])
    expected = {"comments": 4, "feedback": 1, "shown cards": 9, "activity": 2, "explanations": 12}
    assert purged(engines[0], only_count=True) == expected
    assert numbers(engines[0]) == before
    assert purged(engines[0]) == expected
    assert numbers(engines[0]) == {name: before[name] - number for name, number in expected.items()}
    assert set(purged(engines[0]).values()) == {0}


def test_the_age_of_feedback_is_exact(hospital, engines):
    lived_through(hospital)
    last = MORNING - timedelta(days=20) + timedelta(days=100)
    found = [purged(engines[0], now=last + timedelta(seconds=seconds))["feedback"] for seconds in (-1, 0, 1)]
    assert found == [3, 0, 1]


def test_cards_and_calls_go_by_their_day(hospital, engines):
    hospital.sign()
    for days, kind in ((KEPT.card_days, "shown cards"), (KEPT.activity_days, "activity")):
        last = MORNING + timedelta(days=days)
        assert [purged(engines[0], now=last + timedelta(days=more))[kind] > 0 for more in (0, 1)] == [False, True]


def test_many_rows_go_a_part_at_a_time(hospital, engines, monkeypatch):
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 2)
    lived_through(hospital)
    assert purged(engines[0])["shown cards"] == 9


def test_what_was_deleted_is_in_no_file_any_more(make_app, engines, tmp_path):
    """Neither in pages that are free again nor in the write-ahead log, while the service goes on."""
    url = f"sqlite:///{tmp_path / 'one.sqlite3'}"
    hospital = opened(make_app, "[feedback]\ncomments = true", database=url)
    (card, *_) = hospital.sign().values()
    for number in range(20):
        override = {"reason": {"code": f"x{number}"}, "userComment": f"{CANARY} " * 100}
        hospital.reply(card, outcome="overridden", overrideReason=override)

    def files() -> bytes:
        return b"".join(file.read_bytes() for file in tmp_path.glob("one.sqlite3*"))

    assert CANARY.encode() in files()
    for _ in purge(engines[0], Retention(comment_days=1), MORNING + timedelta(days=2)):
        pass
    assert CANARY.encode() not in files()


def test_the_command_says_what_it_did(hospital, database_url):
    lived_through(hospital)
    environ = {"OPIOID_CDS_DATABASE__URL": database_url, "OPIOID_CDS_CONFIG": ""}
    environ["OPIOID_CDS_RETENTION"] = (
        '{"feedback_days": 3660, "comment_days": 3660, "card_days": 90, "activity_days": 3660}'
    )
    hospital.clock.now = datetime.now(UTC) - timedelta(days=91)
    hospital.sign(patient="old")
    counted = CliRunner().invoke(cli.main, ["purge", "--dry-run"], env=environ)
    done = CliRunner().invoke(cli.main, ["purge"], env=environ)
    again = CliRunner().invoke(cli.main, ["purge"], env=environ)
    assert (counted.exit_code, done.exit_code, again.exit_code) == (0, 0, 0)
    assert [line.split()[:2] for line in done.output.splitlines()] == [
        ["deleted", "comments:"],
        ["deleted", "feedback:"],
        ["deleted", "shown"],
        ["deleted", "activity:"],
        ["deleted", "explanations:"],
    ]
    assert done.output == counted.output.replace("would delete", "deleted")
    assert "deleted shown cards: 0 " in again.output
    assert "deleted shown cards: 0 " not in done.output
