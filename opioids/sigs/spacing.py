"""What stands beside a frequency: "one time only", "12 hours apart", "in 3 divided doses"."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from opioids.sigs.amounts import number
from opioids.sigs.tokens import Direction, Found, phrase, skip
from opioids.sigs.words import APART, BETWEEN_DOSES, DIVIDED, DOSES, INTERVAL_UNITS, ONCE

MINUTES_PER_DAY = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """One time, and no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """The least time between two doses, in days; `exactly` where it says the interval again. It only confirms."""

    days: Fraction
    exactly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """A day's amount is taken in `parts`; None when the frequency says in how many."""

    parts: int | None


def once(direction: Direction, at: int) -> Found[Once] | None:
    """Reads "one time only", "x 1 dose", "stat"."""
    found = phrase(direction, at, ONCE)
    return (Once(), found[1]) if found else None


def apart(direction: Direction, at: int) -> Found[Apart] | None:
    """Reads "12 hours apart", "at least 4 hours between doses", and "(72 hours)" after "every 3 days"."""
    prefix = phrase(direction, at, APART)
    read = number(direction, prefix[1] if prefix else at)
    if read is None:
        return None
    after = skip(direction, read[1], "-")
    minutes = INTERVAL_UNITS.get(direction[after].text)
    if minutes is None:
        return None
    days = Fraction(read[0]) * minutes / MINUTES_PER_DAY
    if end := phrase(direction, after + 1, BETWEEN_DOSES):
        return Apart(days=days), end[1]
    bracketed = direction[at - 1].text == "(" and direction[after + 1].text == ")"
    again = bracketed and direction[at - 2].text in INTERVAL_UNITS
    return (Apart(days=days, exactly=True), after + 1) if again else None


def divided(direction: Direction, at: int) -> Found[Divided] | None:
    """Reads "in 3 divided doses", "divided tid"."""
    found = phrase(direction, at, DIVIDED)
    if found is None:
        return None
    if not found[0]:
        return Divided(parts=None), found[1]
    read = number(direction, found[1])
    end = phrase(direction, read[1], DOSES) if read and read[0] == int(read[0]) else None
    return (Divided(parts=int(read[0])), end[1]) if read and end else None
