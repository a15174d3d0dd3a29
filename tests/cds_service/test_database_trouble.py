"""A database that is damaged, emptied, replaced or no longer writable while the service runs."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import orjson
import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DatabaseError

from cds_service import feedback
from cds_service.log_lines import JsonLines
from cds_service.storage import database
from cds_service.storage import feedback as stored_feedback
from cds_service.storage.feedback import FeedbackStore
from tests.cds_service import fakes
from tests.cds_service.fakes import FEEDBACK, feedback_item
from tests.cds_service.hospital import opened

REVIEW = "DeprescribingReview"
ANOTHER = "00000000-0000-4000-8000-000000000002"
TELL = {"feedback": [feedback_item()]}
UNWRITTEN = {
    "severity": "error",
    "code": "transient",
    "diagnostics": "database: nothing can be written to it",
    "expression": ["database"],
}


def store_of(file: Path, engines: list[Engine]) -> FeedbackStore:
    store = FeedbackStore(database.connect(f"sqlite:///{file}"))
    store.record(feedback.parse(TELL, "opioid-order-sign"), fakes.NOW)
    return store


def test_a_file_is_created_for_its_owner_alone(tmp_path, engines):
    file = tmp_path / "kept.sqlite3"
    store_of(file, engines)
    assert {one.name: one.stat().st_mode & 0o777 for one in tmp_path.iterdir()} == {
        "kept.sqlite3": 0o600,
        "kept.sqlite3-wal": 0o600,
        "kept.sqlite3-shm": 0o600,
    }


def test_a_file_that_is_there_keeps_its_rights(tmp_path, engines):
    file = tmp_path / "kept.sqlite3"
    file.touch(mode=0o640)
    file.chmod(0o640)
    store_of(file, engines)
    assert file.stat().st_mode & 0o777 == 0o640


def damage(file: Path) -> None:
    """Writes rubbish over every page but the first, which says what kind of file it is."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as opened_file:
        for start in range(4096, file.stat().st_size, 4096):
            opened_file.seek(start)
            opened_file.write(b"\xa5" * 200)


@contextmanager
def uncollected() -> Iterator[None]:
    """As in the service, where the collector comes by only now and then."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_whoever_fails_on_a_damaged_file_leaves_it_to_the_others(tmp_path, engines):
    """Its exception remembers the statement, and a closed connection with a statement keeps its locks."""
    store = store_of(tmp_path / "x.sqlite3", engines)
    damage(tmp_path / "x.sqlite3")
    with uncollected(), closing(sqlite3.connect(tmp_path / "x.sqlite3", timeout=0, isolation_level=None)) as other:
        with pytest.raises(DatabaseError, match="malformed"):
            store.record(feedback.parse({"feedback": [feedback_item(card=ANOTHER)]}, "opioid-order-sign"), fakes.NOW)
        other.execute("BEGIN IMMEDIATE")  # "database is locked", were it not free


def test_a_file_that_was_emptied_is_a_new_one(tmp_path, engines):
    file = tmp_path / "x.sqlite3"
    store = store_of(file, engines)
    os.truncate(file, 0)  # what is open goes on by the log beside it, which the next to open the file deletes
    with suppress(DatabaseError):  # what would be read by nobody may be refused, but not be acknowledged
        store.record(feedback.parse({"feedback": [feedback_item(card=ANOTHER)]}, "opioid-order-sign"), fakes.NOW)
        with closing(sqlite3.connect(file)) as other:
            assert other.execute("SELECT count(*) FROM feedback WHERE card = ?", (ANOTHER,)).fetchone() == (1,)


def test_snoozes_are_read_from_the_file_that_a_backup_was_put_back_as(make_app, tmp_path, engines):
    hospital = opened(make_app)
    file = Path(str(make_url(str(engines[0].url)).database))
    assert REVIEW in hospital.sign()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(file, tmp_path / "backup")
    for beside in ("-wal", "-shm"):
        Path(f"{file}{beside}").unlink()
    (tmp_path / "backup").replace(file)
    assert hospital.override(hospital.sign()[REVIEW], "benefits-outweigh-harms") == 200
    assert REVIEW not in hospital.sign()


# ---- readiness: that all can be read is not enough ----


@pytest.fixture
def tried_each_time(monkeypatch):
    monkeypatch.setattr(stored_feedback, "TRIAL_HOLDS_SECONDS", 0.0)


@pytest.fixture
def on_file(make_app, tmp_path):
    """A client of an application with a database of its own, and the file of it."""
    file = tmp_path / "x.sqlite3"
    return make_app(database=f"sqlite:///{file}").test_client(), file


def test_what_could_not_be_kept_is_no_longer_believed_to_be_written(on_file):
    client, file = on_file
    assert client.get("/readyz").status_code == 200
    with closing(sqlite3.connect(file)) as other:
        for table in ("feedback", "seen_token"):
            other.execute(
                f"CREATE TRIGGER full_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(FAIL, 'disk full'); END"
            )
        assert client.post(FEEDBACK, json=TELL).status_code == 503
        assert client.get("/readyz").status_code == 503


def test_whoever_asks_all_the_time_writes_but_once_in_a_while(make_app, monkeypatch):
    tried = []
    client = make_app().test_client()
    monkeypatch.setattr(database, "try_writing", tried.append)
    assert [client.get("/readyz").status_code for _ in range(3)] == [200] * 3
    assert len(tried) == 1


def test_not_ready_while_a_file_can_be_read_but_not_written(on_file, tried_each_time):
    """As on a full disk: every page that a write would add is refused."""
    client, file = on_file
    assert client.get("/readyz").status_code == 200
    trigger = "CREATE TRIGGER full BEFORE INSERT ON seen_token BEGIN SELECT RAISE(FAIL, 'disk full'); END"
    with closing(sqlite3.connect(file)) as other:
        other.execute(trigger)
        assert client.get("/readyz").status_code == 503
        assert client.get("/readyz").json["issue"] == [UNWRITTEN]
        other.execute("DROP TRIGGER full")
    assert client.get("/readyz").status_code == 200


def test_the_log_says_what_sqlite_calls_its_trouble(on_file, monkeypatch, caplog):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    client, file = on_file
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert client.post(FEEDBACK, json=TELL).status_code == 503
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON feedback BEGIN SELECT RAISE(FAIL, 'CANARY'); END")
    assert client.post(FEEDBACK, json=TELL).status_code == 503
    assert failures(caplog) == [
        "sqlite3.OperationalError SQLITE_BUSY",
        "sqlite3.IntegrityError SQLITE_CONSTRAINT_TRIGGER",
    ]
    assert "CANARY" not in caplog.text


def test_the_log_says_what_a_server_calls_its_trouble(make_app, postgres, caplog):
    url = postgres.new_database()
    client = make_app(database=url).test_client()
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute("ALTER TABLE feedback ADD CHECK (card = 'CANARY')")
        assert client.post(FEEDBACK, json=TELL).status_code == 503
        owner.execute("DROP TABLE feedback")
        assert client.post(FEEDBACK, json=TELL).status_code == 503
    assert failures(caplog) == ["psycopg.errors.CheckViolation", "psycopg.errors.UndefinedTable"]
    assert "CANARY" not in caplog.text


def failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the lines of answers tell of the exceptions behind them."""
    lines = [orjson.loads(JsonLines().format(record)) for record in caplog.records]
    return [line["failure"] for line in lines if line["event"] == "answered" and "failure" in line]


def test_a_probe_leaves_no_row(make_app, engines):
    app: Flask = make_app()
    assert app.test_client().get("/readyz").status_code == 200
    with engines[0].connect() as connection:
        for table in ("feedback", "seen_token"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608 - names of ours


@pytest.mark.parametrize(
    ("trouble", "mended"),
    [
        ("ALTER DATABASE {} SET default_transaction_read_only = on", "ALTER DATABASE {} RESET ALL"),
        ("REVOKE INSERT ON feedback FROM cds_trial", "GRANT INSERT ON feedback TO cds_trial"),
        ("REVOKE INSERT ON seen_token FROM cds_trial", "GRANT INSERT ON seen_token TO cds_trial"),
    ],
    ids=["a server that follows another", "no right to feedback", "no right to tokens"],
)
def test_not_ready_while_a_server_lets_nothing_be_written(
    make_app, postgres, engines, tried_each_time, trouble, mended
):
    url = postgres.new_database()
    owner = database.connect(url)
    database.migrate(owner)
    with owner.begin() as connection:
        connection.execute(text("DO $$ BEGIN CREATE ROLE cds_trial LOGIN; EXCEPTION WHEN duplicate_object THEN END $$"))
        connection.execute(text("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO cds_trial"))
        connection.execute(text("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO cds_trial"))
        name = connection.scalar(text("SELECT current_database()"))
    client = make_app(database=url.replace("cds@", "cds_trial@")).test_client()
    assert client.get("/readyz").status_code == 200

    def change(statement: str) -> None:
        with owner.begin() as connection:
            connection.execute(text("SET TRANSACTION READ WRITE"))
            connection.execute(text(statement.format(f'"{name}"')))
        for engine in engines:
            engine.dispose()  # as after a failover

    change(trouble)
    assert client.get("/readyz").json["issue"] == [UNWRITTEN]
    assert client.post(FEEDBACK, json=TELL).status_code == (200 if "seen_token" in trouble else 503)
    change(mended)
    assert client.get("/readyz").status_code == 200
    assert client.post(FEEDBACK, json=TELL).status_code == 200
