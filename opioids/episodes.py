"""How long opioids have been taken: supplies that follow one another are one episode of therapy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from opioids.tapers.profiles import Practice


class Supplied(NamedTuple):
    """From when an opioid was supplied, and the first day on which nothing of it was left."""

    start: date
    end: date


def length_of_therapy(supplies: Iterable[Supplied], today: date, practice: Practice) -> int | None:
    """Days since the present episode of therapy began; None when no supply reaches today.

    Supplies belong to one episode while no gap between them is longer than practice lets pass, and while
    enough of the days since its beginning were supplied.
    """
    known = sorted([one for one in supplies if one.start <= today and one.end > one.start])
    beginnings = _linked(known, today, practice.greatest_gap_days)
    for start in beginnings:
        days = (today - start).days
        if 100 * _covered(known, start, today) >= practice.coverage_percent * days:
            return days
    return None


def _linked(known: list[Supplied], today: date, greatest_gap_days: int) -> list[date]:
    """The days, earliest first, on which a supply began that leads to today without a long gap."""
    reached, found = today, list[date]()
    for start, end in sorted(known, key=attrgetter("end"), reverse=True):
        if (reached - end).days <= greatest_gap_days:
            reached = min(reached, start)
            found.append(start)
    return sorted(set(found))


def _covered(known: list[Supplied], start: date, today: date) -> int:
    """Days between two that were supplied, each once."""
    days, reached = 0, start
    for begins, ends in known:
        first, last = max(begins, reached), min(ends, today)
        if last > first:
            days += (last - first).days
            reached = last
    return days
