"""Observations of every release: scores of pain and function, pregnancy, kidney function."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fhir_mappings.elements import (
    Element,
    Json,
    concept_codes,
    concept_words,
    decimal,
    element,
    elements,
    first_day,
    string,
)
from opioids.conditions import ConditionGroup
from opioids.days import later
from opioids.outcomes import Score
from opioids.record_codes import Measured, ObservationCode

_LOINC = frozenset({"http://loinc.org", "https://loinc.org", "urn:oid:2.16.840.1.113883.6.1", ""})
_COUNTS = frozenset({"", "final", "amended", "corrected", "preliminary"})
_SCORES = frozenset({Measured.PAIN, Measured.PAIN_AND_FUNCTION})

_PREGNANT = re.compile(r"pregnan", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|no|non|unknown|possibl[ey]|postpartum|breast)", re.IGNORECASE)
_PREGNANT_CODES = frozenset({"LA15173-0", "77386006"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What observations tell: scores, oldest first, and groups of conditions that a latest value stands for."""

    scores: tuple[Score, ...] = ()
    groups: frozenset[ConditionGroup] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """One value: the code it stands under, its day, and what holds it."""

    loinc: str
    code: ObservationCode
    day: date
    holder: Element


def read_observations(observations: Iterable[Element], codes: Mapping[str, ObservationCode], on: date) -> Observed:
    """What observations up to a day tell; values that make no sense, and those of no date, tell nothing."""
    values = sorted(
        (value for one in observations for value in _values(one, codes) if value.day <= on), key=lambda value: value.day
    )
    latest = {value.code.kind: value for value in values if _is_current(value, on)}
    groups = set()
    if (pregnancy := latest.get(Measured.PREGNANCY)) and _is_pregnant(pregnancy.holder):
        groups.add(ConditionGroup.PREGNANCY)
    if (kidney := latest.get(Measured.KIDNEY)) and _is_low(kidney):
        groups.add(ConditionGroup.RENAL_IMPAIRMENT)
    return Observed(scores=tuple(_scores(values)), groups=frozenset(groups))


def _values(one: Element, codes: Mapping[str, ObservationCode]) -> Iterator[_Value]:
    """The values of an observation and of its components (a panel holds its score as one)."""
    if string(one.get("status")).lower() not in _COUNTS:
        return
    day = _day(one)
    if day is None:
        return
    for holder in (one, *elements(one.get("component"))):
        for system, loinc in concept_codes(holder.get("code")):
            code = codes.get(loinc)
            if code and system.lower() in _LOINC:
                yield _Value(loinc=loinc, code=code, day=day, holder=holder)
                break


def _day(one: Element) -> date | None:
    period = element(one.get("effectivePeriod"))
    dated = (one.get("effectiveDateTime"), period.get("end"), period.get("start"), one.get("effectiveInstant"))
    return next((day for value in (*dated, one.get("issued")) if (day := first_day(value))), None)


def _is_current(value: _Value, on: date) -> bool:
    return value.code.lasts_days is None or later(value.day, value.code.lasts_days) >= on


def _scores(values: Iterable[_Value]) -> Iterator[Score]:
    for value in values:
        if value.code.kind in _SCORES and (number := _number(value)) is not None:
            yield Score(scale=value.loinc, kind=value.code.kind, day=value.day, value=number)


def _number(value: _Value) -> Decimal | None:
    """The number, when it is within what the code's scale allows."""
    holder, code = value.holder, value.code
    found: Json = element(holder.get("valueQuantity")).get("value")
    for name in ("valueInteger", "valueDecimal", "valueString"):
        found = holder.get(name) if found is None else found
    number = decimal(found)
    if number is None or (code.lowest is not None and number < code.lowest):
        return None
    return None if code.highest is not None and number > code.highest else number


def _is_low(value: _Value) -> bool:
    number = _number(value)
    return number is not None and value.code.below is not None and number < value.code.below


def _is_pregnant(holder: Element) -> bool:
    """By the answer's code, or its words where they say so without a doubt."""
    answer = holder.get("valueCodeableConcept")
    if any(code in _PREGNANT_CODES for _, code in concept_codes(answer)):
        return True
    words = concept_words(answer) or concept_words(holder.get("valueString"))
    return any(_PREGNANT.search(word) and not _NOT.search(word) for word in words)
