"""Feedback that is refused, as a whole: one kind of database is enough to see that nothing was kept."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from cds_service.errors import InvalidBody
from cds_service.feedback import parse
from cds_service.schemas import MOST_FAULTS
from cds_service.storage.models import feedback
from tests.cds_service.fakes import FEEDBACK, feedback_item
from tests.hooks.test_growth import calls_in

MANY = 40


def number_kept(engines) -> int:
    with engines[-1].connect() as connection:
        return connection.scalar(select(func.count()).select_from(feedback)) or 0


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
    assert all("something else" not in issue["diagnostics"] for issue in answer.json["issue"])
    assert number_kept(engines) == 0


def test_feedback_on_an_unknown_service_is_not_found(client):
    assert client.post("/cds-services/nobody/feedback", json={"feedback": [feedback_item()]}).status_code == 404


def test_no_more_faults_are_looked_for_than_are_told():
    """A body of nothing but faults kept a worker busy for minutes."""

    def work(number: int) -> int:
        def refused() -> None:
            with pytest.raises(InvalidBody) as caught:
                parse({"feedback": [{}] * number}, "opioid-order-sign")
            assert len(caught.value.others) == MOST_FAULTS - 1

        return calls_in(refused)

    assert work(2 * MANY) == work(MANY)
