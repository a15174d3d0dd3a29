"""What a prescriber did with a card, read from `POST /cds-services/{id}/feedback`.

Only codes and ids are kept. Comments are free text and may name a patient: they are not read.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cds_service.errors import InvalidBody
from cds_service.schemas import FEEDBACK, faults, written

FRACTION_BEYOND_MICROSECONDS = re.compile(r"(\.\d{6})\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackItem:
    """One thing that was done with one card, in UTC."""

    service_id: str
    card: str
    outcome: str
    override_code: str | None
    override_system: str | None
    accepted_suggestions: tuple[str, ...]
    outcome_at: datetime

    @property
    def fingerprint(self) -> str:
        """The same for the same feedback sent again, so that it is kept once."""
        parts = [self.service_id, self.card, self.outcome, self.override_code, self.override_system]
        told = json.dumps([*parts, self.accepted_suggestions, self.outcome_at.isoformat()])
        return hashlib.sha256(told.encode()).hexdigest()


def parse(content: dict[str, Any], service_id: str) -> tuple[FeedbackItem, ...]:
    """All items of a body. Raises `InvalidBody` with every fault when any item is wrong."""
    if found := [(written(path), reason) for path, reason in faults(FEEDBACK, content)]:
        raise InvalidBody.with_all(found)
    return tuple(_item(item, index, service_id) for index, item in enumerate(content["feedback"]))


def _item(item: dict[str, Any], index: int, service_id: str) -> FeedbackItem:
    override = item.get("overrideReason") or item.get("overrideReasons") or {}  # Epic writes the plural
    reason = override.get("reason") or {}
    return FeedbackItem(
        service_id=service_id,
        card=item["card"],
        outcome=item["outcome"],
        override_code=reason.get("code"),
        override_system=reason.get("system"),
        accepted_suggestions=tuple(sorted(chosen["id"] for chosen in item.get("acceptedSuggestions") or ())),
        outcome_at=_moment(item["outcomeTimestamp"], f"feedback[{index}].outcomeTimestamp"),
    )


def _moment(text: str, path: str) -> datetime:
    try:
        return datetime.fromisoformat(FRACTION_BEYOND_MICROSECONDS.sub(r"\1", text.upper())).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidBody(path, "expected a date and time that exist, as in RFC 3339") from None
