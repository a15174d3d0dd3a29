"""How long opioids have been taken: supplies that follow one another are one episode of therapy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from operator import itemgetter

from opioids.tapers.profiles import Practice

Supplied = tuple[date, date]
"""From when an opioid was supplied, and the first day on which nothing of it was left."""


def length_of_therapy(supplies: Iterable[Supplied], today: date, practice: Practice) -> int | None:
    """Days since the present episode of therapy began; None when no supply reaches today.

    Supplies belong to one episode while no gap between them is longer than practice lets pass, and while
    enough of the days since its beginning were supplied.
    """
    now = today.toordinal()
    known = sorted([(start.toordinal(), end.toordinal()) for start, end in supplies if start <= today and end > start])
    for start in _linked(known, now, practice.greatest_gap_days):
        days = now - start
        if 100 * _covered(known, start, now) >= practice.coverage_percent * days:
            return days
    return None


_Days = tuple[int, int]
"""The same by the numbers of the days, which are compared and subtracted faster."""


def _linked(known: list[_Days], now: int, greatest_gap_days: int) -> list[int]:
    """The days, earliest first, on which a supply began that leads to now without a long gap."""
    reached, found = now, set[int]()
    for start, end in sorted(known, key=itemgetter(1), reverse=True):
        if reached - end <= greatest_gap_days:
            reached = min(reached, start)
            found.add(start)
    return sorted(found)


def _covered(known: list[_Days], start: int, now: int) -> int:
    """Days between two that were supplied, each once."""
    days, reached = 0, start
    for begins, ends in known:
        first, last = max(begins, reached), min(ends, now)
        if last > first:
            days += last - first
            reached = last
    return days
