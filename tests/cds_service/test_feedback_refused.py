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


WRONG = {
    "card": [..., None, "", 123456, "x" * 256, "a\nb", "a\0", "a\n"],
    "outcome": [..., None, "ignored", "Accepted"],
    "outcomeTimestamp": [..., None, 1769860800, "yesterday", "2026-01-31", "2026-01-31T12:00:00",
                         "2026-01-31 12:00:00Z", "2026-01-31T12:00Z", "2026-02-30T12:00:00Z", "2026-01-31T25:00:00Z",
                         "2026-01-31T12:00:00+25:00", "0001-01-01T00:00:00+14:00", "2026-01-31T12:00:00Z\n"],
    "acceptedSuggestions": [..., None, [], "x"],
    "acceptedSuggestions[0]": [["x"]],
    "acceptedSuggestions[0].id": [[{}], [{"id": 1}]],
    "acceptedSuggestions[1].id": [[{"id": "a"}, {"id": ""}]],
    "overrideReason": ["x", []],
    "overrideReasons": [[]],
    "overrideReason.reason": [{"reason": "x"}],
    "overrideReason.reason.code": [{"reason": {}}, {"reason": {"code": 1}}],
    "overrideReason.reason.system": [{"reason": {"code": "c", "system": 1}}],
}  # fmt: skip
"""By the path that is told: what may not stand in the field where it begins."""


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "feedback"),
        *(({"feedback": wrong}, "feedback") for wrong in (None, "x", 1, {}, [])),
        *(({"feedback": [wrong]}, "feedback[0]") for wrong in (None, "x", 1, [])),
        *(
            (
                {"feedback": [feedback_item(), feedback_item(**{path.partition(".")[0].partition("[")[0]: wrong})]},
                f"feedback[1].{path}",
            )
            for path, all_wrong in WRONG.items()
            for wrong in all_wrong
        ),
    ],
)
def test_wrong_feedback_is_refused_with_its_path_and_nothing_of_it_is_kept(client, engines, body, path):
    answer = client.post(FEEDBACK, json=body)
    assert answer.status_code == 400
    assert path in [found for issue in answer.json["issue"] for found in issue["expression"]]
    assert all("something else" not in issue["diagnostics"] for issue in answer.json["issue"])
    assert number_kept(engines) == 0


def test_no_more_faults_are_looked_for_than_are_told():
    """A body of nothing but faults kept a worker busy for minutes."""

    def work(number: int) -> int:
        def refused() -> None:
            with pytest.raises(InvalidBody) as caught:
                parse({"feedback": [{}] * number}, "opioid-order-sign")
            assert len(caught.value.others) == MOST_FAULTS - 1

        return calls_in(refused)

    assert work(2 * MANY) == work(MANY)
