"""Reading FHIR JSON without trusting its shape: each function answers for any input and never raises."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Element: TypeAlias = "Mapping[str, Json]"

NOTHING: Element = {}

LONGEST_WORDS = 1000
"""Characters of a name that are read; no drug or condition has a longer one."""

_LARGEST = 10**12
_SMALLEST = Decimal("1e-9")

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?", re.ASCII)
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)


class UnsuitableBody(Exception):
    """A readable JSON body that holds nothing this service can judge; `path` points to the fault."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def element(value: Json) -> Element:
    """The JSON object, or an empty one when there is none."""
    return value if isinstance(value, dict) else NOTHING


def items(value: Json) -> Sequence[Json]:
    """A list as it is; a single value, as some clients send where a list belongs, as a list of one."""
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def elements(value: Json) -> list[Element]:
    """The JSON objects of a list (or the one that stands in its place)."""
    if isinstance(value, list):
        return [one for one in value if isinstance(one, dict)]
    return [value] if isinstance(value, dict) else []


def string(value: Json) -> str:
    """The text without surrounding white space, or an empty one."""
    return value.strip() if isinstance(value, str) else ""


def is_true(value: Json) -> bool:
    """Whether a flag is set; some clients write it as text."""
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def decimal(value: Json) -> Decimal | None:
    """The exact number as written in JSON (or as plain digits in a string); None when it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _bounded(Decimal(repr(value))) if -_LARGEST < value < _LARGEST else None
    if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value.strip()):
        return _bounded(Decimal(value.strip()))
    return None


def _bounded(number: Decimal) -> Decimal:
    """Numbers too small for any dose are nothing; so sums stay within what decimals hold exactly."""
    return number if abs(number) >= _SMALLEST else Decimal(0)


def whole(value: Json) -> int | None:
    """The integer, or None."""
    number = decimal(value)
    return int(number) if number is not None and number == number.to_integral_value() else None


def first_day(value: Json) -> date | None:
    """The first day that a FHIR date or dateTime can mean ("2026-03" is 1 March), or None."""
    return _day(value, last=False) if value else None


def last_day(value: Json) -> date | None:
    """The last day that a FHIR date or dateTime can mean ("2026-03" is 31 March), or None."""
    return _day(value, last=True) if value else None


def days_of_period(period: Element) -> tuple[date | None, date | None]:
    """The first and the last day of a FHIR Period; neither of one that ends before it begins, which says nothing."""
    start, end = first_day(period.get("start")), last_day(period.get("end"))
    return (None, None) if start and end and end < start else (start, end)


def ends_before_it_begins(period: Json) -> bool:
    """Whether a FHIR Period is turned round."""
    if not isinstance(period, dict):
        return False
    return days_of_period(period) == (None, None) and first_day(period.get("start")) is not None


def _day(value: Json, *, last: bool) -> date | None:
    if not isinstance(value, str):
        return None
    text = value.strip()
    day = text.partition("T")[0]
    try:
        if len(day) == 10 and day[4] == day[7] == "-":  # a whole date, as most are
            return date.fromisoformat(day)
        match = _DAY.fullmatch(text)
        if match is None:
            return None
        year, month, of_month = (int(part) if part else 0 for part in match.groups())
        month = month or (12 if last else 1)
        return date(year, month, of_month or (monthrange(year, month)[1] if last else 1))
    except ValueError:
        return None


def concept_words(concept: Json) -> list[str]:
    """The text and displays of a CodeableConcept (a plain string counts as its text)."""
    if isinstance(concept, str):
        return [concept.strip()[:LONGEST_WORDS]] if concept.strip() else []
    if not isinstance(concept, dict):
        return []
    words = [concept.get("text")]
    words.extend(coding.get("display") for coding in elements(concept.get("coding")))
    return [word.strip()[:LONGEST_WORDS] for word in words if isinstance(word, str) and word.strip()]


def concept_codes(concept: Json) -> list[tuple[str, str]]:
    """The (system, code) pairs of a CodeableConcept; the system is empty where none is given.

    Some clients write a code of digits as a number.
    """
    if not isinstance(concept, dict):
        return []
    return [
        (string(coding.get("system")), code)
        for coding in items(concept.get("coding"))
        if isinstance(coding, dict) and (code := string(coding.get("code")) or _digits(coding.get("code")))
    ]


def _digits(value: Json) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def key_of_reference(reference: str) -> str:
    """`Type/id` of a reference, without server address and version; other references as they are."""
    parts = reference.partition("/_history/")[0].split("/")
    return "/".join(parts[-2:]) if len(parts) >= 2 else reference


def identifiers(value: Json) -> list[str]:
    """Business identifiers as `system|value`; one without a value is none."""
    return [
        f"{string(one.get('system'))}|{text}"
        for one in items(value)
        if isinstance(one, dict) and (text := string(one.get("value")))
    ]
