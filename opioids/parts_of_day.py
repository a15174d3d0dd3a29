"""The parts of the day in which doses are taken, as far as orders and patients tell them apart."""

from __future__ import annotations

from enum import IntEnum


class PartOfDay(IntEnum):
    """When a dose is taken, earliest first."""

    MORNING = 0
    MIDDAY = 1
    EVENING = 2
    BEDTIME = 3


_BEGIN = (
    (21, PartOfDay.BEDTIME),
    (16, PartOfDay.EVENING),
    (11, PartOfDay.MIDDAY),
    (4, PartOfDay.MORNING),
    (0, PartOfDay.BEDTIME),
)
"""From which hour on, by the clock."""


def part_at(hour: int) -> PartOfDay:
    """The part of the day of an hour from 0 to 23; before the morning it is still night."""
    return next(part for begin, part in _BEGIN if hour >= begin)
