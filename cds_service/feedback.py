"""What a prescriber did with a card, read from `POST /cds-services/{id}/feedback`.

Codes and ids are kept. Comments are free text and may name a patient: they are read only where a setting
says so. Titles that an EHR sends instead of codes are compared with those that are known, and never kept.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cds_service.errors import InvalidBody
from cds_service.log_lines import UUID_FORM
from cds_service.schemas import FEEDBACK, first_faults
from hooks.cards import OVERRIDE_SYSTEM, override_reasons

FRACTION_BEYOND_MICROSECONDS = re.compile(r"(\.\d{6})\d+")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
CODE_FORM = re.compile(r"\S{1,128}")
LONGEST_COMMENT = 4000
UNMAPPED = "unmapped"
"""The code of a reason that came as words nobody has mapped to a code."""

EPIC_EXTENSION = "com.epic.cdshooks.feedback.overrideReason.reason"
EPIC_PARTS = ("Title", "Display", "Category")
"""The most telling first."""

_KNOWN_WORDS = {
    words.casefold(): code
    for reasons in override_reasons().values()
    for known, shown in reasons.items()
    for words, code in ((known, known), (shown, known))
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How feedback is read: whether comments are kept, and what the EHR's own reasons mean."""

    comments: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)

    def code_of(self, words: str) -> str | None:
        """The reason of ours that an EHR's code or title means; None when nobody knows."""
        return self.reasons.get(words) or _KNOWN_WORDS.get(words.strip().casefold())


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
    comment: str | None = field(default=None, repr=False)

    @property
    def fingerprint(self) -> str:
        """The same for the same feedback sent again, so that it is kept once; a comment makes no difference."""
        parts = [self.service_id, self.card, self.outcome, self.override_code, self.override_system]
        told = json.dumps([*parts, self.accepted_suggestions, self.outcome_at.isoformat()])
        return hashlib.sha256(told.encode()).hexdigest()


def parse(content: dict[str, Any], service_id: str, reading: Reading | None = None) -> tuple[FeedbackItem, ...]:
    """All items of a body. Raises `InvalidBody` with the faults when any item is wrong."""
    if found := first_faults(FEEDBACK, content):
        raise InvalidBody.with_all(found)
    reading = reading or Reading()
    return tuple(_item(item, index, service_id, reading) for index, item in enumerate(content["feedback"]))


def _item(item: dict[str, Any], index: int, service_id: str, reading: Reading) -> FeedbackItem:
    override = item.get("overrideReason") or item.get("overrideReasons") or {}  # Epic writes the plural
    code, system = _reason(override, item, reading)
    return FeedbackItem(
        service_id=service_id,
        card=_id(item["card"]),
        outcome=item["outcome"],
        override_code=code,
        override_system=system,
        accepted_suggestions=tuple(sorted(_id(chosen["id"]) for chosen in item.get("acceptedSuggestions") or ())),
        outcome_at=_moment(item["outcomeTimestamp"], f"feedback[{index}].outcomeTimestamp"),
        comment=_comment(override) if reading.comments else None,
    )


def _reason(override: dict[str, Any], item: dict[str, Any], reading: Reading) -> tuple[str | None, str | None]:
    """Code and system of the reason: as a coding, or, as Epic may send it, as titles in an extension."""
    reason = override.get("reason") or {}
    if code := reason.get("code"):
        return _coded(code, reason.get("system"), reading)
    titles = [title for holder in (override, item) for title in _epic_titles(holder.get("extension"))]
    if not titles:
        return None, None
    known = next(filter(None, map(reading.code_of, titles)), None)
    return (known, OVERRIDE_SYSTEM) if known else (UNMAPPED, None)


def _coded(code: str, system: str | None, reading: Reading) -> tuple[str, str | None]:
    if mapped := reading.reasons.get(code):
        return mapped, OVERRIDE_SYSTEM
    if CODE_FORM.fullmatch(code):
        return code, system if system and CODE_FORM.fullmatch(system) else None
    known = reading.code_of(code)  # words where a code belongs: known ones have a code, others are not kept
    return (known, OVERRIDE_SYSTEM) if known else (UNMAPPED, None)


def _epic_titles(extension: Any) -> list[str]:
    if not isinstance(extension, dict):
        return []
    found = (extension.get(f"{EPIC_EXTENSION}{part}") for part in EPIC_PARTS)
    return [title for title in found if isinstance(title, str) and title.strip()]


def _comment(override: dict[str, Any]) -> str | None:
    text = override.get("userComment")
    return UNPRINTABLE.sub(" ", text[:LONGEST_COMMENT]).strip() or None if isinstance(text, str) else None


def _id(text: str) -> str:
    """An id of ours, which is a UUID, as it is; another, which may be anything, as a digest that tells it apart.

    Some clients write a UUID in capitals: it is the same one (RFC 9562, section 4).
    """
    return text.lower() if UUID_FORM.fullmatch(text) else f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _moment(text: str, path: str) -> datetime:
    try:
        return datetime.fromisoformat(FRACTION_BEYOND_MICROSECONDS.sub(r"\1", text.upper())).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidBody(path, "expected a date and time that exist, as in RFC 3339") from None
