"""What stands beside a frequency: "one time only", "12 hours apart", "in 3 divided doses"."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from opioids.sigs.amounts import number
from opioids.sigs.tokens import Found, Token
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


def once(at: Token) -> Found[Once] | None:
    """Reads "one time only", "x 1 dose", "stat"."""
    after = at.behind(ONCE)
    return (Once(), after) if after else None


def apart(at: Token) -> Found[Apart] | None:
    """Reads "12 hours apart", "at least 4 hours between doses", and "(72 hours)" after "every 3 days"."""
    read = number(at.past(APART))
    if read is None:
        return None
    after = read[1].skip("-")
    minutes = INTERVAL_UNITS.get(after.text)
    if minutes is None:
        return None
    days = Fraction(read[0]) * minutes / MINUTES_PER_DAY
    if end := after.next.behind(BETWEEN_DOSES):
        return Apart(days=days), end
    bracketed = at.before.text == "(" and after.next.text == ")"
    again = bracketed and at.before.before.text in INTERVAL_UNITS
    return (Apart(days=days, exactly=True), after.next) if again else None


def divided(at: Token) -> Found[Divided] | None:
    """Reads "in 3 divided doses", "divided tid"."""
    found = at.phrase(DIVIDED)
    if found is None:
        return None
    if not found[0]:
        return Divided(parts=None), found[1]
    read = number(found[1])
    end = read[1].behind(DOSES) if read and read[0] == int(read[0]) else None
    return (Divided(parts=int(read[0])), end) if read and end else None
