"""Feedback is kept once, without anything that was not asked for. On both kinds of database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from cds_service.storage.models import metadata
from tests.cds_service import fakes
from tests.cds_service.databases import whole_database
from tests.cds_service.fakes import CANARY, FEEDBACK, feedback_item

OVERRIDDEN = feedback_item(outcome="overridden", acceptedSuggestions=...)


@pytest.fixture
def database_url(each_database_url: str) -> str:
    return each_database_url


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


def test_the_reason_of_an_override_is_kept(client, engines):
    assert (
        send(client, {**OVERRIDDEN, "overrideReasons": {"reason": {"code": "c", "system": "urn:s"}}}).status_code == 200
    )
    (row,) = kept(engines)
    assert (row.override_code, row.override_system) == ("c", "urn:s")


def test_a_comment_is_not_kept_nor_anything_else_that_was_not_asked_for(client, engines):
    send(client, {**OVERRIDDEN, "overrideReason": {"userComment": CANARY}, "extension": {CANARY: CANARY}, CANARY: 1})
    assert len(kept(engines)) == 1
    assert CANARY not in whole_database(engines[-1])


def test_a_comment_is_kept_where_the_hospital_says_so(make_app, engines):
    client = make_app("[feedback]\ncomments = true").test_client()
    send(client, {**OVERRIDDEN, "overrideReason": {"userComment": "She takes half."}})
    assert kept(engines)[0].comment == "She takes half."


def test_a_card_id_need_not_be_a_uuid_and_is_then_not_kept(client, engines):
    assert send(client, feedback_item(card="123456")).status_code == 200
    assert "123456" not in kept(engines)[0].card


# ---- repeats ----


def test_the_same_feedback_sent_again_is_kept_once(client, engines):
    for written in ("2026-01-31T12:00:00Z", "2026-01-31t13:00:00.000+01:00", "2026-01-31T12:00:00Z"):
        item = feedback_item(outcomeTimestamp=written)
        assert send(client, item, item).status_code == 200
    assert len(kept(engines)) == 1


def test_another_outcome_of_the_same_card_is_kept_too(client, engines):
    send(client, feedback_item())
    send(client, feedback_item(outcomeTimestamp="2026-01-31T12:00:01Z"))
    client.post("/cds-services/opioid-patient-view/feedback", json={"feedback": [feedback_item()]})
    assert [row.service_id for row in kept(engines)] == ["opioid-order-sign"] * 2 + ["opioid-patient-view"]


def test_what_prescribers_did_is_counted_by_outcome_and_what_is_refused_is_not(client):
    overridden = feedback_item(outcome="overridden", acceptedSuggestions=...)
    assert send(client, feedback_item(), overridden, overridden).status_code == 200
    assert send(client, feedback_item(outcome="ignored")).status_code == 400
    said = client.get("/metrics").text
    assert 'opioid_cds_feedback_total{outcome="accepted"} 1.0' in said
    assert 'opioid_cds_feedback_total{outcome="overridden"} 2.0' in said
    assert "ignored" not in said
