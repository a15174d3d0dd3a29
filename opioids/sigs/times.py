"""How often: "twice daily", "q4-6h", "every other day", "up to 3 times a day".

What is read here are single statements; `frequency` says what several of them mean together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from opioids.sigs.amounts import number, span
from opioids.sigs.clock import Meals, Moments, Weekdays, meals, moments, weekdays
from opioids.sigs.intervals import Rate, interval, named, steady
from opioids.sigs.spacing import MINUTES_PER_DAY, Apart, Divided, Once, apart, divided, once
from opioids.sigs.tokens import Direction, Found, after_up_to, phrase, skip
from opioids.sigs.words import DAY_TOTAL, EYE_OR_DAILY, INTERVAL_UNITS, MULTIPLES, PER_DAY, PERIOD_PREFIXES, WEAK_DAILY


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTotal:
    """The words "a day": clear of one tablet, but "6 tablets a day" does not say how many at a time."""


Often: TypeAlias = Rate | Moments | Weekdays | Meals | DayTotal | Once | Apart | Divided


def often(direction: Direction, at: int) -> Found[Often] | None:
    """The statement of frequency that stands at `at`."""
    return (
        apart(direction, at)
        or once(direction, at)
        or _rate(direction, at)
        or meals(direction, at)
        or moments(direction, at)
        or weekdays(direction, at)
        or divided(direction, at)
        or _rest(direction, at)
    )


def _rest(direction: Direction, at: int) -> Found[Often] | None:
    weak = phrase(direction, at, WEAK_DAILY)
    if weak is not None:
        return Rate(low=Fraction(1), high=Fraction(1), weak=True), weak[1]
    total = phrase(direction, at, DAY_TOTAL)
    return (DayTotal(), total[1]) if total else None


def _rate(direction: Direction, at: int) -> Found[Rate] | None:
    per_day = _latin(direction, at) or times(direction, at)
    if per_day is not None:
        return _with_moments_added(direction, *per_day)
    return interval(direction, at) or named(direction, at)


def _latin(direction: Direction, at: int) -> Found[Rate] | None:
    word = direction[at].text
    if word == EYE_OR_DAILY:
        return replace(steady(Fraction(1)), oral_only=True), at + 1
    limited = after_up_to(direction, at)
    if limited > at and (most := PER_DAY.get(direction[limited].text)):
        return Rate(low=Fraction(1), high=Fraction(most), limit=True), limited + 1
    found = _one_or_two(direction, at, PER_DAY)
    return (Rate(low=found[0], high=found[1]), found[2]) if found else None


def times(direction: Direction, at: int) -> Found[Rate] | None:
    """Reads "twice a day", "2-3 times daily", "3x/day", "x3 per day", "up to 4 times in 24 hours"."""
    start = after_up_to(direction, at)
    limit = start > at
    counted = _one_or_two(direction, start, MULTIPLES) or _counted_times(direction, start)
    if counted is None:
        return None
    low, high, after = counted
    days = period(direction, skip(direction, after, "-"))
    if days is None:
        return None
    # "25 mcg/h patch x 2 every 72 hours": two patches, not two times.
    if direction[start].text == "x" and days[0] not in (1, 7):
        return None
    # "Up to" says nothing of the fewest; one a day is the least that a daily frequency can be.
    if limit and high < days[0]:
        return None
    fewest = Fraction(1) if limit else Fraction(low) / days[0]
    return Rate(low=fewest, high=Fraction(high) / days[0], limit=limit), days[1]


def _one_or_two(direction: Direction, at: int, table: Mapping[str, int]) -> tuple[Fraction, Fraction, int] | None:
    """A word of a table, or two of them that rise: "twice", "once or twice", "bid-tid"."""
    low = table.get(direction[at].text)
    if low is None:
        return None
    high = table.get(direction[at + 2].text) if direction[at + 1].text in ("or", "to", "-") else None
    if high is None:
        return Fraction(low), Fraction(low), at + 1
    return (Fraction(low), Fraction(high), at + 3) if low < high else None


def _counted_times(direction: Direction, at: int) -> tuple[Fraction, Fraction, int] | None:
    before = direction[at].text == "x"
    counted = span(direction, at + 1 if before else at)
    if counted is None:
        return None
    size, after = counted
    if not before:
        if direction[after].text not in ("time", "times", "x"):
            return None
        after += 1
    return (
        (Fraction(size.low), Fraction(size.high), after)
        if size.low == int(size.low) and size.high == int(size.high)
        else None
    )


def period(direction: Direction, at: int) -> Found[Fraction] | None:
    """Whole days over which something is counted: "daily", "a day", "/24h", "in any 24-hour period", "per week"."""
    word = direction[at].text
    if word in ("daily", "weekly"):
        return Fraction(7 if word == "weekly" else 1), at + 1
    found = minutes_at(direction, at)
    if found is None:
        return None
    days = Fraction(found[0]) / MINUTES_PER_DAY
    return (days, found[1]) if days.denominator == 1 else None


def minutes_at(direction: Direction, at: int) -> Found[Decimal] | None:
    """The time over which something is counted: "in 24 hours", "every 6 hours", "q6h", in minutes."""
    prefix = phrase(direction, at, PERIOD_PREFIXES)
    if prefix is None:
        return None
    size, after = number(direction, prefix[1]) or (Decimal(1), prefix[1])
    after = skip(direction, after, "-")
    minutes = INTERVAL_UNITS.get(direction[after].text)
    if after == prefix[1] and direction[after].text.endswith("s"):
        # "Every hours" lost its number.
        return None
    return (size * minutes, skip(direction, after + 1, "period")) if minutes else None


def _with_moments_added(direction: Direction, rate: Rate, after: int) -> Found[Rate]:
    """Adds up "twice daily and at bedtime": three times a day."""
    if direction[after].text not in ("and", "&", "plus", "+") or rate.limit or rate.low < 1:
        return rate, after
    added = moments(direction, after + 1)
    if added is None:
        return rate, after
    count = len(added[0].labels)
    return replace(rate, low=rate.low + count, high=rate.high + count, extra=True), added[1]
