"""The times of day and days of the week that a Timing names, by FHIR's codes and by the clock."""

from __future__ import annotations

from decimal import Decimal

from fhir_mappings.elements import Element, items, string
from opioids.parts_of_day import PartOfDay, part_at
from opioids.sigs.directions import EACH_MEAL

_MEALS = frozenset({"C", "AC", "PC", "IC"})
"""With, before, after and between meals: as often as there are meals."""
_MEALS_A_DAY = Decimal(3)
_CODES = {
    PartOfDay.MORNING: ("MORN", "MORN.EARLY", "MORN.LATE", "WAKE", "CM", "ACM", "PCM", "ICM"),
    PartOfDay.MIDDAY: ("NOON", "AFT", "AFT.EARLY", "AFT.LATE", "CD", "ACD", "PCD", "ICD"),
    PartOfDay.EVENING: ("EVE", "EVE.EARLY", "EVE.LATE", "CV", "ACV", "PCV", "ICV"),
    PartOfDay.BEDTIME: ("NIGHT", "PHS", "HS"),
}
_PARTS = {code: part for part, codes in _CODES.items() for code in codes}
_EVENTS = _MEALS | _PARTS.keys()
"""FHIR's codes of what recurs each day. Nobody can tell how often any other code comes."""
_WEEKDAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})
_LAST_HOUR = 23


def _named(repeat: Element, name: str) -> list[str]:
    """The words of a list, "" for a null among them: what it stands for is in an extension, if anywhere."""
    words = [string(value) for value in items(repeat.get(name))]
    return words if any(words) else []


def moments(repeat: Element) -> list[str]:
    """The codes of `when`."""
    return [word.upper() for word in _named(repeat, "when")]


def clock(repeat: Element) -> list[str]:
    """The times of `timeOfDay` ("08:00:00")."""
    return _named(repeat, "timeOfDay")


def weekdays(repeat: Element) -> int | None:
    """How many days of the week are named, by code or in English; None where one is no day that is known."""
    days = {day.lower()[:3] for day in _named(repeat, "dayOfWeek")}
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
    if at_times := clock(repeat):
        return Decimal(len(set(at_times) - {""}) + at_times.count(""))
    codes = set(moments(repeat)) & _EVENTS
    if not codes:
        return None
    named = codes - _MEALS
    if named == codes:
        return Decimal(len(named))
    notes.append(EACH_MEAL)
    return _MEALS_A_DAY * len(codes & _MEALS) + len(named)


def times_named(repeat: Element, events: Decimal) -> tuple[PartOfDay, ...]:
    """The part of the day of each of so many doses; empty where one is not named, or two are in the same part.

    Times of the clock are the doses where there are any.
    """
    found = _by_the_clock(repeat) or _by_code(repeat)
    return tuple(sorted(found)) if len(found) == events else ()


def extra(repeat: Element) -> int:
    """How many parts of the day are named beside times of the clock that lie in none of them."""
    told = _by_the_clock(repeat)
    return len(_by_code(repeat) - told) if told else 0


def _by_code(repeat: Element) -> set[PartOfDay]:
    return {_PARTS[code] for code in moments(repeat) if code in _PARTS}


def _by_the_clock(repeat: Element) -> set[PartOfDay]:
    hours = [int(time[:2]) for time in clock(repeat) if time[:2].isdecimal() and int(time[:2]) <= _LAST_HOUR]
    return set(map(part_at, hours))


def meals_only(repeat: Element) -> bool:
    """Whether nothing but meals as such is named, which only place doses that are counted otherwise."""
    codes = set(moments(repeat))
    return bool(codes) and codes <= _MEALS and not items(repeat.get("timeOfDay"))
