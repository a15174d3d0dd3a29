from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from threading import Thread, Timer
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select
from sqlalchemy.exc import SQLAlchemyError, StatementError

from cds_service import feedback
from cds_service.storage import database, migrations
from cds_service.storage.feedback import FeedbackStore
from cds_service.storage.models import SCHEMA_REVISION, metadata
from tests.cds_service import fakes
from tests.cds_service.fakes import CANARY, FEEDBACK, feedback_item

OVERRIDDEN = feedback_item(outcome="overridden", acceptedSuggestions=...)


def kept(engines) -> list[Any]:
    table = metadata.tables["feedback"]
    with engines[-1].connect() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def send(client, *items: Any):
    return client.post(FEEDBACK, json={"feedback": list(items)})


# ---- what is kept ----


def test_an_accepted_suggestion_is_kept(client, engines):
    answer = send(client, feedback_item(outcomeTimestamp="2026-01-31T14:00:00.123456789+02:00"))
    assert (answer.status_code, answer.data, answer.content_type) == (200, b"{}", "application/json")
    (row,) = kept(engines)
    assert (row.service_id, row.card) == ("opioid-order-sign", "4e0a3a1e-3283-4575-ab82-028d55fe2719")
    assert (row.outcome, row.accepted_suggestions) == ("accepted", ["e56e1945-20b3-4393-8503-a1a20fd73152"])
    assert (row.override_code, row.override_system) == (None, None)
    assert row.outcome_at == datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
    assert row.received_at == fakes.NOW


@pytest.mark.parametrize(
    ("override", "code", "system"),
    [
        ({}, None, None),
        ({"overrideReason": None}, None, None),
        ({"overrideReason": {}}, None, None),
        ({"overrideReason": {"reason": None}}, None, None),
        ({"overrideReason": {"userComment": "only words"}}, None, None),
        ({"overrideReason": {"reason": {"code": "c", "system": "urn:s"}}}, "c", "urn:s"),
        ({"overrideReason": {"reason": {"code": "c", "system": "urn:s", "display": "D"}}}, "c", "urn:s"),
        ({"overrideReason": {"reason": {"code": "c"}}}, "c", None),
        ({"overrideReason": {"reason": {"code": "c", "system": None}}}, "c", None),
        ({"overrideReasons": {"reason": {"code": "c", "system": "urn:s"}}}, "c", "urn:s"),
        (
            {"overrideReasons": {"extension": {"com.epic.cdshooks.feedback.x": "T"}}},
            None,
            None,
        ),
    ],
)
def test_the_reason_of_an_override_is_kept_in_every_form_that_clients_send(client, engines, override, code, system):
    assert send(client, {**OVERRIDDEN, **override}).status_code == 200
    (row,) = kept(engines)
    assert (row.override_code, row.override_system) == (code, system)


def test_a_comment_is_not_kept_nor_anything_else_that_was_not_asked_for(client, engines, tmp_path):
    send(client, {**OVERRIDDEN, "overrideReason": {"userComment": CANARY}, "extension": {CANARY: CANARY}, CANARY: 1})
    engines[-1].dispose()
    assert CANARY.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_a_card_id_need_not_be_a_uuid(client, engines):
    assert send(client, feedback_item(card="123456")).status_code == 200
    assert kept(engines)[0].card == "123456"


# ---- repeats ----


def test_the_same_feedback_sent_again_is_kept_once(client, engines):
    for _ in range(3):
        assert send(client, feedback_item(), feedback_item()).status_code == 200
    assert len(kept(engines)) == 1


def test_the_same_moment_written_in_another_zone_is_the_same_feedback(client, engines):
    send(client, feedback_item(outcomeTimestamp="2026-01-31T12:00:00Z"))
    send(client, feedback_item(outcomeTimestamp="2026-01-31t13:00:00.000+01:00"))
    assert len(kept(engines)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"card": "another"},
        {"acceptedSuggestions": [{"id": "another"}]},
        {"outcomeTimestamp": "2026-01-31T12:00:01Z"},
        {"outcome": "overridden"},
        {"overrideReason": {"reason": {"code": "c"}}},
    ],
)
def test_another_outcome_of_the_same_card_is_kept_too(client, engines, change):
    send(client, feedback_item())
    send(client, feedback_item(**change))
    assert len(kept(engines)) == 2


def test_one_card_id_at_two_services_is_two_cards(client, engines):
    send(client, feedback_item())
    client.post("/cds-services/opioid-patient-view/feedback", json={"feedback": [feedback_item()]})
    assert {row.service_id for row in kept(engines)} == {"opioid-order-sign", "opioid-patient-view"}


# ---- what is refused ----


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "feedback"),
        *(({"feedback": wrong}, "feedback") for wrong in (None, "x", 1, {}, [])),
        *(({"feedback": [wrong]}, "feedback[0]") for wrong in (None, "x", 1, [])),
        *(
            ({"feedback": [feedback_item(), feedback_item(**{field: wrong})]}, f"feedback[1].{path or field}")
            for field, wrong, path in (
                ("card", ..., ""),
                ("card", None, ""),
                ("card", "", ""),
                ("card", 123456, ""),
                ("card", "x" * 256, ""),
                ("card", "a\nb", ""),
                ("card", "a\u0000", ""),
                ("card", "a\n", ""),
                ("outcome", ..., ""),
                ("outcome", None, ""),
                ("outcome", "ignored", ""),
                ("outcome", "Accepted", ""),
                ("outcomeTimestamp", ..., ""),
                ("outcomeTimestamp", None, ""),
                ("outcomeTimestamp", 1769860800, ""),
                ("outcomeTimestamp", "yesterday", ""),
                ("outcomeTimestamp", "2026-01-31", ""),
                ("outcomeTimestamp", "2026-01-31T12:00:00", ""),
                ("outcomeTimestamp", "2026-01-31 12:00:00Z", ""),
                ("outcomeTimestamp", "2026-01-31T12:00Z", ""),
                ("outcomeTimestamp", "2026-02-30T12:00:00Z", ""),
                ("outcomeTimestamp", "2026-01-31T25:00:00Z", ""),
                ("outcomeTimestamp", "2026-01-31T12:00:00+25:00", ""),
                ("outcomeTimestamp", "0001-01-01T00:00:00+14:00", ""),
                ("outcomeTimestamp", "2026-01-31T12:00:00Z\n", ""),
                ("acceptedSuggestions", ..., ""),
                ("acceptedSuggestions", None, ""),
                ("acceptedSuggestions", [], ""),
                ("acceptedSuggestions", "x", ""),
                ("acceptedSuggestions", ["x"], "acceptedSuggestions[0]"),
                ("acceptedSuggestions", [{}], "acceptedSuggestions[0].id"),
                ("acceptedSuggestions", [{"id": 1}], "acceptedSuggestions[0].id"),
                ("acceptedSuggestions", [{"id": "a"}, {"id": ""}], "acceptedSuggestions[1].id"),
                ("overrideReason", "x", ""),
                ("overrideReason", [], ""),
                ("overrideReasons", [], ""),
                ("overrideReason", {"reason": "x"}, "overrideReason.reason"),
                ("overrideReason", {"reason": {}}, "overrideReason.reason.code"),
                ("overrideReason", {"reason": {"code": 1}}, "overrideReason.reason.code"),
                ("overrideReason", {"reason": {"code": "c", "system": 1}}, "overrideReason.reason.system"),
            )
        ),
    ],
)
def test_wrong_feedback_is_refused_with_its_path_and_nothing_of_it_is_kept(client, engines, body, path):
    answer = client.post(FEEDBACK, json=body)
    assert answer.status_code == 400
    assert path in [found for issue in answer.json["issue"] for found in issue["expression"]]
    assert kept(engines) == []


def test_feedback_on_an_unknown_service_is_not_found(client):
    assert client.post("/cds-services/nobody/feedback", json={"feedback": [feedback_item()]}).status_code == 404


# ---- the tables ----


def test_the_newest_migration_is_the_one_that_the_models_name():
    config = Config()
    config.set_main_option("script_location", str(migrations.__path__[0]))
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_REVISION]


def test_the_migrations_make_the_tables_of_the_models(tmp_path, engines):
    migrated = database.connect(f"sqlite:///{tmp_path / 'migrated.sqlite3'}")
    database.migrate(migrated)
    modelled = database.connect(f"sqlite:///{tmp_path / 'modelled.sqlite3'}")
    metadata.create_all(modelled)

    def shape(engine) -> Any:
        found = inspect(engine)
        columns = [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns("feedback")]
        indexes = sorted((i["name"], tuple(i["column_names"])) for i in found.get_indexes("feedback"))
        return columns, indexes, [u["column_names"] for u in found.get_unique_constraints("feedback")]

    assert shape(migrated) == shape(modelled)


def test_the_newest_migration_can_be_taken_back(tmp_path, engines):
    engine = database.connect(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    database.migrate(engine)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrations.__path__[0]))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]


def test_migrating_twice_changes_nothing(tmp_path, engines):
    engine = database.connect(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    database.migrate(engine)
    database.migrate(engine)
    assert database.is_current(engine)


def test_a_database_in_memory_serves_all_threads(engines):
    store = FeedbackStore(database.connect("sqlite://"))
    (item,) = feedback.parse({"feedback": [feedback_item()]}, "opioid-order-sign")
    threads = [Thread(target=store.record, args=([item], fakes.NOW)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(engines)) == 1


def test_sqlite_keeps_a_write_ahead_log(client, engines):
    with engines[-1].connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_several_workers_can_start_at_once(tmp_path):
    program = (
        "import sys; from cds_service.storage import database\n"
        "sys.stdin.readline()\n"
        f"engine = database.connect('sqlite:///{tmp_path / 'x.sqlite3'}')\n"
        "database.migrate(engine); assert database.is_current(engine)"
    )
    workers = [
        subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    errors = [worker.communicate(timeout=60)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 8, errors


def test_a_writer_waits_for_another_and_does_not_fail(client, engines, tmp_path):
    other = sqlite3.connect(tmp_path / "test.sqlite3", check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = Timer(0.3, other.commit)
    timer.start()
    assert send(client, feedback_item()).status_code == 200
    timer.join()
    other.close()


def test_a_database_that_may_not_be_migrated_is_left_alone_and_not_ready(make_app, engines):
    client = make_app("[database]\nmigrate_at_start = false").test_client()
    assert inspect(engines[-1]).get_table_names() == []
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "its tables are not those of this version" in answer.json["issue"][0]["diagnostics"]


def test_moments_are_aware_on_both_sides(tmp_path, engines):
    engine = database.connect(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    database.migrate(engine)
    (item,) = feedback.parse({"feedback": [feedback_item()]}, "opioid-order-sign")
    store = FeedbackStore(engine)
    store.record([item], datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=2))))
    (row,) = kept([engine])
    assert row.received_at == datetime(2026, 1, 31, 10, tzinfo=UTC)
    with pytest.raises((StatementError, SQLAlchemyError)):
        store.record([item], datetime(2026, 1, 31, 12))  # noqa: DTZ001 - the naive moment that is refused
