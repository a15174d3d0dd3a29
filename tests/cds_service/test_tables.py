"""The tables on both kinds of database: how they come about, and many writers at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Timer
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError, StatementError

from cds_service import cli, feedback
from cds_service.storage import database
from cds_service.storage.feedback import FeedbackStore
from cds_service.storage.models import SCHEMA_REVISION, metadata
from tests.cds_service import fakes
from tests.cds_service.databases import alembic_config, upgrade
from tests.cds_service.fakes import FEEDBACK, feedback_item


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    return empty_database_url


@pytest.fixture
def engine(database_url: str, engines: list[Engine]) -> Engine:
    return database.connect(database_url)


def kept(engine: Engine) -> list[Any]:
    table = metadata.tables["feedback"]
    with engine.connect() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def test_the_newest_migration_is_the_one_that_the_models_name():
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [SCHEMA_REVISION]


def shape(engine: Engine) -> dict[str, Any]:
    """Every table but Alembic's: its columns, indexes and unique constraints."""
    found = inspect(engine)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)],
            sorted((i["name"], tuple(i["column_names"]), i["unique"]) for i in found.get_indexes(name)),
            sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(name)),
        )
        for name in found.get_table_names()
        if name != "alembic_version"
    }


def test_the_migrations_make_the_tables_of_the_models(engine):
    database.migrate(engine)
    migrated = shape(engine)
    metadata.drop_all(engine)
    metadata.create_all(engine)
    assert shape(engine) == migrated
    assert set(migrated) == set(metadata.tables)


def test_feedback_of_the_first_version_is_there_after_the_upgrade(engine):
    upgrade(engine, "0001")
    old = {
        "fingerprint": "f" * 64,
        "service_id": "opioid-order-sign",
        "card": "123456",
        "outcome": "overridden",
        "override_code": "c",
        "override_system": None,
        "accepted_suggestions": "[]",
        "outcome_at": "2025-01-31 12:00:00+00:00",
        "received_at": "2025-01-31 12:00:01+00:00",
    }
    names = ", ".join(old)
    values = ", ".join(f":{name}" for name in old)
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO feedback ({names}) VALUES ({values})"), old)  # noqa: S608 - names of ours
    database.migrate(engine)
    (row,) = kept(engine)
    assert (row.card, row.override_code, row.comment) == ("123456", "c", None)
    FeedbackStore(engine).record(feedback.parse({"feedback": [feedback_item()]}, "opioid-order-sign"), fakes.NOW)
    assert len(kept(engine)) == 2


def test_a_database_of_a_later_version_is_used_as_it_is(engine):
    """While a new version is rolled out, the old one works on the tables that the new one has added to."""
    database.migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.migrate(engine)
    assert database.is_current(engine)


def test_migrating_twice_changes_nothing(engine):
    database.migrate(engine)
    database.migrate(engine)
    assert database.is_current(engine)


def test_a_database_in_memory_serves_all_threads(engines):
    engine = database.connect("sqlite://")
    store = FeedbackStore(engine)
    (item,) = feedback.parse({"feedback": [feedback_item()]}, "opioid-order-sign")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: store.record([item], fakes.NOW), range(4)))
    assert len(kept(engine)) == 1


def test_many_that_tell_the_same_at_once_are_kept_once(engine):
    store = FeedbackStore(engine)
    items = feedback.parse({"feedback": [feedback_item(card=str(n)) for n in range(20)]}, "opioid-order-sign")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: store.record(items[:: (-1) ** n], fakes.NOW), range(8)))
    assert sorted(row.card for row in kept(engine)) == sorted(item.card for item in items)


@pytest.mark.parametrize(
    "connect",
    [database.connect, database.connect_impatiently, database.connect_carelessly],
    ids=lambda one: one.__name__,
)
def test_no_session_of_a_server_has_to_remember_anything_for_the_next_statement(postgres, connect):
    """Poolers such as PgBouncer give each transaction another session: what was prepared in one is unknown in it."""
    engine = connect(postgres.new_database())
    with engine.connect() as connection:
        for _ in range(10):  # the driver prepares what is asked often
            connection.execute(text("SELECT 1"))
        assert connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0
    engine.dispose()


def test_sqlite_keeps_a_write_ahead_log(tmp_path, engines):
    engine = database.connect(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    database.migrate(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_several_workers_can_start_at_once(database_url):
    program = (
        "import sys; from cds_service.storage import database\n"
        "sys.stdin.readline()\n"
        f"engine = database.connect({database_url!r})\n"
        "database.migrate(engine); assert database.is_current(engine)"
    )
    workers = [
        subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    errors = [worker.communicate(timeout=60)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * len(workers), errors


def test_a_writer_waits_for_another_and_does_not_fail(tmp_path, engines):
    engine = database.connect(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    store = FeedbackStore(engine)
    store.prepare()
    other = sqlite3.connect(tmp_path / "x.sqlite3", check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = Timer(0.3, other.commit)
    timer.start()
    store.record(feedback.parse({"feedback": [feedback_item()]}, "opioid-order-sign"), fakes.NOW)
    written_after_the_other = not other.in_transaction
    timer.join()
    other.close()
    assert written_after_the_other
    assert len(kept(engine)) == 1


def test_a_database_that_may_not_be_migrated_is_left_alone_and_not_ready(make_app, engines):
    client = make_app("[database]\nmigrate_at_start = false").test_client()
    assert inspect(engines[-1]).get_table_names() == []
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "its tables are not those of this version" in answer.json["issue"][0]["diagnostics"]


@pytest.mark.parametrize("revision", ["0000", "ae1027a6acf"])
def test_tables_of_another_application_are_no_database_of_ours(engine, revision):
    database.migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    with pytest.raises(SQLAlchemyError, match="another application"):
        database.migrate(engine)


def test_tables_without_a_version_are_left_as_they_are(engine):
    """As of a copy that lost a row. Made again they would be there already, which is no help to anybody."""
    database.migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(database.ForeignTables, match="of which version"):
        database.migrate(engine)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("", "its tables do not say of which version they are"),
        ("ae1027a6acf", "its tables are those of another application"),
    ],
)
def test_the_command_says_why_tables_are_none_of_ours(database_url, version, said):
    environ = {"OPIOID_CDS_DATABASE__URL": database_url, "OPIOID_CDS_CONFIG": ""}
    assert CliRunner().invoke(cli.main, ["migrate"], env=environ).exit_code == 0
    engine = database.connect(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    engine.dispose()
    done = CliRunner().invoke(cli.main, ["migrate"], env=environ)
    assert done.exit_code == 2
    assert f"the database cannot be used: {said}" in done.output


def test_the_command_makes_no_tables_that_end_with_it():
    environ = {"OPIOID_CDS_DATABASE__URL": "sqlite://", "OPIOID_CDS_CONFIG": ""}
    done = CliRunner().invoke(cli.main, ["migrate"], env=environ)
    assert done.exit_code == 2
    assert "a database in memory ends with this command" in done.output


def test_moments_are_aware_on_both_sides(engine):
    (item,) = feedback.parse({"feedback": [feedback_item()]}, "opioid-order-sign")
    store = FeedbackStore(engine)
    store.record([item], datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=2))))
    (row,) = kept(engine)
    assert row.received_at == datetime(2026, 1, 31, 10, tzinfo=UTC)
    with pytest.raises((StatementError, SQLAlchemyError)):
        store.record([item], datetime(2026, 1, 31, 12))  # noqa: DTZ001 - the naive moment that is refused


def test_a_database_that_is_away_is_said(make_app, engines):
    client = make_app(database="postgresql+psycopg://cds@127.0.0.1:1/none").test_client()
    assert client.post(FEEDBACK, json={"feedback": [feedback_item()]}).status_code == 503
    assert client.get("/readyz").status_code == 503


def test_the_command_makes_tables_for_a_service_that_may_make_none(make_app, database_url):
    """As where the service's own role may read and write rows, and another one looks after the tables."""
    client = make_app("[database]\nmigrate_at_start = false", database=database_url).test_client()
    assert client.get("/readyz").status_code == 503
    environ = {"OPIOID_CDS_DATABASE__URL": database_url, "OPIOID_CDS_CONFIG": ""}
    for _ in range(2):
        done = CliRunner().invoke(cli.main, ["migrate"], env=environ)
        assert (done.exit_code, done.output) == (0, "the tables are those of this version\n")
    assert client.get("/readyz").status_code == 200
