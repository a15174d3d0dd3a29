"""How often: "twice daily", "q4-6h", "up to 3 times a day"; and what stands beside it: "12 hours apart", "in 3 doses".

What is read here are single statements; `frequency` says what several of them mean together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from opioids.sigs.amounts import Span, number, span
from opioids.sigs.clock import Meals, Moments, Weekdays, meals, moments, weekdays
from opioids.sigs.intervals import MINUTES_PER_DAY, Rate, interval, named, steady
from opioids.sigs.tokens import Found, Token, after_up_to
from opioids.sigs.words import (
    APART,
    BETWEEN_DOSES,
    DAY_TOTAL,
    DIVIDED,
    DOSES,
    EYE_OR_DAILY,
    INTERVAL_UNITS,
    MULTIPLES,
    ONCE,
    PER_DAY,
    PERIOD_PREFIXES,
    WEAK_DAILY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTotal:
    """The words "a day": clear of one tablet, but "6 tablets a day" does not say how many at a time."""


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


Often: TypeAlias = Rate | Moments | Weekdays | Meals | DayTotal | Once | Apart | Divided


def often(at: Token) -> Found[Often] | None:
    """The statement of frequency that stands at `at`."""
    return apart(at) or once(at) or _rate(at) or meals(at) or moments(at) or weekdays(at) or divided(at) or _rest(at)


def _rest(at: Token) -> Found[Often] | None:
    if weak := at.behind(WEAK_DAILY):
        return replace(steady(Fraction(1)), weak=True), weak
    total = at.behind(DAY_TOTAL)
    return (DayTotal(), total) if total else None


def _rate(at: Token) -> Found[Rate] | None:
    per_day = _latin(at) or times(at)
    if per_day is not None:
        return _with_moments_added(*per_day)
    return interval(at) or named(at)


def _latin(at: Token) -> Found[Rate] | None:
    if at.text == EYE_OR_DAILY:
        return replace(steady(Fraction(1)), oral_only=True), at.next
    limited = after_up_to(at)
    if limited is not at and (most := PER_DAY.get(limited.text)):
        return Rate(low=Fraction(1), high=Fraction(most), limit=True), limited.next
    found = _one_or_two(at, PER_DAY)
    return (Rate(low=Fraction(found[0].low), high=Fraction(found[0].high)), found[1]) if found else None


def times(at: Token) -> Found[Rate] | None:
    """Reads "twice a day", "2-3 times daily", "3x/day", "x3 per day", "up to 4 times in 24 hours"."""
    start = after_up_to(at)
    limit = start is not at
    counted = _one_or_two(start, MULTIPLES) or _counted_times(start)
    if counted is None:
        return None
    size, after = counted
    days = period(after.skip("-"))
    if days is None:
        return None
    # "25 mcg/h patch x 2 every 72 hours": two patches, not two times.
    if start.text == "x" and days[0] not in (1, 7):
        return None
    # "Up to" says nothing of the fewest; one a day is the least that a daily frequency can be.
    if limit and size.high < days[0]:
        return None
    fewest = Fraction(1) if limit else Fraction(size.low) / days[0]
    return Rate(low=fewest, high=Fraction(size.high) / days[0], limit=limit), days[1]


def _one_or_two(at: Token, table: Mapping[str, int]) -> Found[Span] | None:
    """A word of a table, or two of them that rise: "twice", "once or twice", "bid-tid"."""
    low = table.get(at.text)
    if low is None:
        return None
    high = table.get(at.next.next.text) if at.next.text in ("or", "to", "-") else None
    if high is None:
        return Span(low=Decimal(low), high=Decimal(low)), at.next
    return (Span(low=Decimal(low), high=Decimal(high)), at.next.next.next) if low < high else None


def _counted_times(at: Token) -> Found[Span] | None:
    """A whole number of times, or a range of them: "2 times", "2-3 x", "x3"."""
    before = at.text == "x"
    counted = span(at.next if before else at)
    if counted is None:
        return None
    size, after = counted
    if size.low != int(size.low) or size.high != int(size.high):
        return None
    if before:
        return counted
    return (size, after.next) if after.text in ("time", "times", "x") else None


def period(at: Token) -> Found[Fraction] | None:
    """Whole days over which something is counted: "daily", "a day", "/24h", "in any 24-hour period", "per week"."""
    if at.text in ("daily", "weekly"):
        return Fraction(7 if at.text == "weekly" else 1), at.next
    found = minutes_at(at)
    if found is None:
        return None
    days = Fraction(found[0]) / MINUTES_PER_DAY
    return (days, found[1]) if days.denominator == 1 else None


def minutes_at(at: Token) -> Found[Decimal] | None:
    """The time over which something is counted: "in 24 hours", "every 6 hours", "q6h", in minutes."""
    start = at.behind(PERIOD_PREFIXES)
    if start is None:
        return None
    size, after = number(start) or (Decimal(1), start)
    after = after.skip("-")
    minutes = INTERVAL_UNITS.get(after.text)
    if after is start and after.text.endswith("s"):
        # "Every hours" lost its number.
        return None
    return (size * minutes, after.next.skip("period")) if minutes else None


def _with_moments_added(rate: Rate, after: Token) -> Found[Rate]:
    """Adds up "twice daily and at bedtime": three times a day."""
    if after.text not in ("and", "&", "plus", "+") or rate.limit or rate.low < 1:
        return rate, after
    added = moments(after.next)
    if added is None:
        return rate, after
    count = len(added[0].labels)
    return replace(rate, low=rate.low + count, high=rate.high + count, extra=True), added[1]


# ---- what stands beside a frequency ----


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
