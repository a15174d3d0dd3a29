"""How often: "twice daily", "q4-6h", "every other day", "up to 3 times a day".

What is read here are single statements; `sig_frequency` says what several of them mean together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from opioids.sig_amounts import number, span
from opioids.sig_clock import Meals, Moments, Weekdays, meals, moments, weekdays
from opioids.sig_spacing import MINUTES_PER_DAY, Apart, Divided, Once, apart, divided, once
from opioids.sig_tokens import Direction, Found, phrase, skip
from opioids.sig_words import (
    AT_LEAST_EVERY,
    DAY_TOTAL,
    EVERY,
    EYE_OR_DAILY,
    INTERVAL_UNITS,
    LEADS_TO_A_DOSE,
    MONTH,
    MULTIPLES,
    NAMED_INTERVALS,
    PER_DAY,
    PERIOD_PREFIXES,
    WEAK_DAILY,
    WEEKDAYS,
)

_HALF_DAY = MINUTES_PER_DAY // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Times a day, from `low` to `high`.

    `weak`: "daily", which beside named times of day only says that they recur. `limit`: "up to".
    `oral_only`: "od", which means once daily only of something that is swallowed. `extra`: named times
    were added to it. `month`: a month was counted as 30 days. `interval`: hours or days between doses.
    """

    low: Fraction
    high: Fraction
    weak: bool = False
    limit: bool = False
    oral_only: bool = False
    extra: bool = False
    month: bool = False
    interval: bool = False


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
    per_day = _latin(direction, at) or _times(direction, at)
    if per_day is not None:
        return _with_moments_added(direction, *per_day)
    return _interval(direction, at) or _named(direction, at)


def _steady(rate: Fraction) -> Rate:
    return Rate(low=rate, high=rate)


def _latin(direction: Direction, at: int) -> Found[Rate] | None:
    word = direction[at].text
    if word == EYE_OR_DAILY:
        return replace(_steady(Fraction(1)), oral_only=True), at + 1
    if word not in PER_DAY:
        return None
    low = Fraction(PER_DAY[word])
    high = PER_DAY.get(direction[at + 2].text) if direction[at + 1].text in ("-", "to", "or") else None
    if high is None:
        return _steady(low), at + 1
    return (Rate(low=low, high=Fraction(high)), at + 3) if low < high else None


def _times(direction: Direction, at: int) -> Found[Rate] | None:
    """Reads "twice a day", "2-3 times daily", "3x/day", "x3 per day", "up to 4 times in 24 hours"."""
    limit = direction[at].text == "up" and direction[at + 1].text == "to"
    start = at + 2 if limit else at
    counted = _multiple(direction, start) or _counted_times(direction, start)
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


def _multiple(direction: Direction, at: int) -> tuple[Fraction, Fraction, int] | None:
    low = MULTIPLES.get(direction[at].text)
    if low is None:
        return None
    high = MULTIPLES.get(direction[at + 2].text) if direction[at + 1].text in ("or", "to", "-") else None
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


def _interval(direction: Direction, at: int) -> Found[Rate] | None:
    """Reads "every 4 to 6 hours", "q4-6h", "once every 12 hours", "6-hourly", "up to every 6 hours"."""
    limit = phrase(direction, at, AT_LEAST_EVERY)
    if limit is not None:
        most = _interval(direction, limit[1])
        within = most is not None and most[0].high >= 1 and not most[0].limit
        return (replace(most[0], low=Fraction(1), limit=True), most[1]) if most and within else None
    start = skip(direction, at, "once")
    if direction[start].text not in EVERY:
        return _hourly(direction, at)
    read = span(direction, start + 1)
    if read is None:
        return None
    shortest, longest, after = read[0].low, read[0].high, read[1]
    minutes = INTERVAL_UNITS.get(direction[skip(direction, after, "-")].text)
    if minutes is None:
        return None
    return _every(shortest * minutes, longest * minutes, skip(direction, after, "-") + 1)


def _hourly(direction: Direction, at: int) -> Found[Rate] | None:
    # "take 2 hourly": two tablets, or every two hours?
    if at > 0 and direction[at - 1].text in LEADS_TO_A_DOSE:
        return None
    read = span(direction, at)
    if read is None:
        return None
    after = skip(direction, read[1], "-")
    if direction[after].text != "hourly":
        return None
    return _every(read[0].low * 60, read[0].high * 60, after + 1)


def _every(shortest: Decimal, longest: Decimal, after: int) -> Found[Rate] | None:
    """The rate of an interval in minutes; None for intervals nobody writes on purpose.

    "q46h" and "q23h" are "q4-6h" and "q2-3h" that lost their hyphen.
    """
    if any(minutes > _HALF_DAY and minutes % _HALF_DAY for minutes in (shortest, longest)):
        return None
    return Rate(
        low=MINUTES_PER_DAY / Fraction(longest), high=MINUTES_PER_DAY / Fraction(shortest), interval=True
    ), after


def _named(direction: Direction, at: int) -> Found[Rate] | None:
    found = phrase(direction, at, NAMED_INTERVALS)
    if found is None:
        return _every_other_weekday(direction, at)
    rate = Fraction(MINUTES_PER_DAY, found[0])
    return replace(_steady(rate), month=found[0] == MONTH, interval=True), found[1]


def _every_other_weekday(direction: Direction, at: int) -> Found[Rate] | None:
    """Reads "every other Monday"."""
    day = (
        phrase(direction, at + 2, WEEKDAYS)
        if direction[at].text in EVERY and direction[at + 1].text == "other"
        else None
    )
    return (replace(_steady(Fraction(1, 14)), interval=True), day[1]) if day else None
