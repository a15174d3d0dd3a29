"""The times of day and days of the week that a Timing names, by FHIR's codes and by the clock."""

from __future__ import annotations

from decimal import Decimal

from fhir_mappings.elements import Element, items, string
from fhir_mappings.parts_of_day import beside_the_clock, parts_of_day
from opioids.parts_of_day import PartOfDay
from opioids.sigs.directions import EACH_MEAL

_MEALS = frozenset({"C", "AC", "PC", "IC"})
"""With, before, after and between meals: as often as there are meals."""
_EVENTS = _MEALS | {
    "MORN", "MORN.EARLY", "MORN.LATE", "NOON", "AFT", "AFT.EARLY", "AFT.LATE", "EVE", "EVE.EARLY", "EVE.LATE", "NIGHT",
    "PHS", "HS", "WAKE", "CM", "CD", "CV", "ACM", "ACD", "ACV", "PCM", "PCD", "PCV", "ICM", "ICD", "ICV",
}  # fmt: skip
"""FHIR's codes of what recurs each day. Nobody can tell how often any other code comes."""
_MEALS_A_DAY = Decimal(3)
_WEEKDAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})


def moments(repeat: Element) -> list[str]:
    """The codes of `when`, as far as they are codes."""
    return [string(value).upper() for value in items(repeat.get("when")) if string(value)]


def clock(repeat: Element) -> list[str]:
    """The times of `timeOfDay`."""
    return [string(value) for value in items(repeat.get("timeOfDay"))]


def weekdays(repeat: Element) -> int | None:
    """How many days of the week are named, by code or in English; None where one is no day that is known."""
    days = {string(day).lower()[:3] for day in items(repeat.get("dayOfWeek")) if string(day)}
    return len(days) if days <= _WEEKDAYS else None


def are_known(repeat: Element) -> bool:
    """Whether each code of `when` is one that recurs each day."""
    return set(moments(repeat)) <= _EVENTS


def only_weekdays(repeat: Element) -> bool:
    """Days of the week alone, which leave open whether a count without a period is a day's or a week's."""
    return not any(items(repeat.get(name)) for name in ("timeOfDay", "when"))


def has_named_times(repeat: Element) -> bool:
    """Whether any time of day or day of the week is named."""
    return any(items(repeat.get(name)) for name in ("timeOfDay", "when", "dayOfWeek"))


def events_a_day(repeat: Element, notes: list[str]) -> Decimal | None:
    """How many times of day are named, meals as such counted as three, which `notes` then say."""
    at_times = {string(value) for value in items(repeat.get("timeOfDay")) if string(value)}
    if at_times:
        return Decimal(len(at_times))
    codes = set(moments(repeat)) & _EVENTS
    if not codes:
        return None
    named = codes - _MEALS
    if named == codes:
        return Decimal(len(named))
    notes.append(EACH_MEAL)
    return _MEALS_A_DAY * len(codes & _MEALS) + len(named)


def extra(repeat: Element) -> int:
    """How many parts of the day are named beside times of the clock that lie in none of them."""
    return beside_the_clock(moments(repeat), clock(repeat))


def times_named(repeat: Element, events: Decimal) -> tuple[PartOfDay, ...]:
    """The part of the day of each of so many doses, where each is named."""
    return parts_of_day(moments(repeat), clock(repeat), events)


def meals_only(repeat: Element) -> bool:
    """Whether nothing but meals as such is named, which only place doses that are counted otherwise."""
    codes = set(moments(repeat))
    return bool(codes) and codes <= _MEALS and not items(repeat.get("timeOfDay"))
