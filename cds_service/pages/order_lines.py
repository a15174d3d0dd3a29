"""Orders in plain words, one a line ("oxycodone ER 40 mg tablets, 1 tablet twice a day"), as FHIR orders.

Only where a line ends to speak of the medicine and begins to speak of how it is taken is told here; both are then
read as any order's name and written directions are, and are refused as those are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from cds_service import request_json
from hooks.protocol import RequestError
from hooks.words.language import message
from opioids.names.reading import NameReader

MOST_LINES = 100
LONGEST_TEXT = 1000 * MOST_LINES
"""Characters of all lines together: nobody writes more of so many orders."""

_PARTS = re.compile("[,;:]")
_SPACE = re.compile(r"[^\S\t]+")
_LIST_MARK = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)])\s+")
_COUNTED = r"tab|cap|patch|film|spray|puff|loz|supp|drop|teaspoon|tsp|ml\b|po\b|by\ mouth"
_STRENGTHS = r"(?:[\d.]+[/–-]\d{3}(?!\d)|\d{3}[/–-]\d)"
"""5/325, 10-325, 300/30: the strengths of a combination, and no count of tablets."""
_COUNT_BEGINS = r"(?<!per)(?<!/)(?<!tylenol)(?<!\bno)(?<!\bno\.)"
"""Not behind "10 mg per" and "mg/", nor where a number is part of the name: "Tylenol No. 3 tablets"."""
_BEHIND_A_FORM = "|".join(
    rf"(?<=\b{one})"
    for one in ("tab", "tabs", "tablet", "tablets", "cap", "caps", "capsule", "capsules", "patch", "film")
)
"""Behind one of these a single digit counts; behind a brand it may be its strength ("MST 5 bid")."""
_DIRECTIONS_BEGIN = re.compile(
    rf"""
    \s*[,;:|\t]\s*                                   # what people put between a medicine and its directions
    | \s+[-–—]\s+
    | \s+(?=(?:take|give|apply|use|place|put|wear|chew|swallow|inject|dissolve|inhale|sig)\b)
    | {_COUNT_BEGINS}\s+(?!{_STRENGTHS})(?=[\d½¼][\d./½¼–-]*\s*(?:{_COUNTED}))    # 1 tablet, 2.5 mL
    | (?:{_BEHIND_A_FORM})\s+(?=\d(?:[./–-]\d)?\s+(?:q\w+|[bt]id|daily|every|each|once|twice|in|at)\b)    # patch 1 q72h
    | \s+(?=(?:one|two|three|four|half)\s+(?:an?\s+)?(?:{_COUNTED}))
    | \s+(?=(?:once|twice|daily|every|each|nightly|q\s?\d\w*|[bt]id|qid|qd|qhs|prn)\b)
    | \s+(?=(?:three|four|\d+)\s*(?:times|x(?!\s*\d))\b)    # 3 x daily; of "Tylenol 3 x 3" nothing is three times
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Where a line begins to speak of how the medicine is taken: at the first of these, so that a medicine never holds
words that change the dose. Directions are then read whole or refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line: the medicine and how it is taken, both as they were written."""

    number: int
    medicine: str
    directions: str

    @property
    def order(self) -> dict[str, Any]:
        """The line as an active FHIR order, named by its number."""
        order: dict[str, Any] = {
            "resourceType": "MedicationRequest",
            "id": f"line-{self.number}",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": self.medicine},
        }
        if self.directions:
            order["dosageInstruction"] = [{"text": self.directions}]
        return order


def order_lines(text: str) -> tuple[OrderLine, ...]:
    """The orders of a text; empty lines are none, and each keeps the number of its line."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        # One space for many: what is looked for below begins with some, and would be looked for from each of them.
        words = _LIST_MARK.sub("", _SPACE.sub(" ", line)).strip()
        if words:
            medicine, directions = _divided(words)
            found.append(OrderLine(number=number, medicine=medicine, directions=directions))
    return tuple(found)


def bundle_of(lines: tuple[OrderLine, ...]) -> dict[str, Any]:
    """The lines as a Bundle that the calculator reads."""
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": line.order} for line in lines]}


def orders_of(text: str, names: NameReader) -> tuple[tuple[OrderLine, ...], dict[str, Any]]:
    """FHIR when it begins like JSON, else orders line by line. Raises `RequestError`."""
    if text.lstrip().startswith(("{", "[")):
        return (), request_json.read_object(text.encode("utf-8", "surrogatepass"))
    lines = order_lines(text[: LONGEST_TEXT + 1])
    if not lines:
        raise RequestError("orders", message("enter at least one order"))
    if len(lines) > MOST_LINES or len(text.rstrip()) > LONGEST_TEXT:
        raise RequestError("orders", f"enter no more than {MOST_LINES} orders at once")
    lines = tuple(_whole(line, names) for line in lines)
    return lines, bundle_of(lines)


def _whole(line: OrderLine, names: NameReader) -> OrderLine:
    """A line that names an opioid behind another medicine is all medicine: divided there, it would be harmless."""
    medicine = names.read(line.medicine)
    if medicine.opioids or medicine.antagonists:
        return line
    if any(names.read(part.strip()).opioids for part in _PARTS.split(line.directions)):
        return replace(line, medicine=f"{line.medicine}, {line.directions}", directions="")
    return line


def _divided(words: str) -> tuple[str, str]:
    """Medicine and directions; all is the medicine when nothing speaks of directions."""
    match = _DIRECTIONS_BEGIN.search(words, 1)
    return (words[: match.start()].strip(), words[match.end() :].strip()) if match else (words, "")
