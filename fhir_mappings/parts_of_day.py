"""When the doses of a day are taken, by what FHIR's Timing names: codes of events, and times of the clock."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from opioids.parts_of_day import PartOfDay, part_at

_CODES = {
    PartOfDay.MORNING: ("MORN", "MORN.EARLY", "MORN.LATE", "WAKE", "CM", "ACM", "PCM", "ICM"),
    PartOfDay.MIDDAY: ("NOON", "AFT", "AFT.EARLY", "AFT.LATE", "CD", "ACD", "PCD", "ICD"),
    PartOfDay.EVENING: ("EVE", "EVE.EARLY", "EVE.LATE", "CV", "ACV", "PCV", "ICV"),
    PartOfDay.BEDTIME: ("NIGHT", "PHS", "HS"),
}
_PARTS = {code: part for part, codes in _CODES.items() for code in codes}


def parts_of_day(codes: Iterable[str], clock: Iterable[str], events: Decimal) -> tuple[PartOfDay, ...]:
    """The part of the day of each of so many doses; empty where one is not named, or two are in the same part.

    `codes` are those of `when`, `clock` the times of `timeOfDay` ("08:00:00"), which are the doses where there are any.
    """
    found = _by_the_clock(clock) or {_PARTS[code] for code in codes if code in _PARTS}
    return tuple(sorted(found)) if len(found) == events else ()


def beside_the_clock(codes: Iterable[str], clock: Iterable[str]) -> int:
    """How many parts of the day `codes` name in which no time of the clock lies; none where no time is named."""
    told = _by_the_clock(clock)
    return len({_PARTS[code] for code in codes if code in _PARTS} - told) if told else 0


def _by_the_clock(clock: Iterable[str]) -> set[PartOfDay]:
    hours = [int(time[:2]) for time in clock if time[:2].isdecimal() and int(time[:2]) <= _LAST_HOUR]
    return set(map(part_at, hours))


_LAST_HOUR = 23
