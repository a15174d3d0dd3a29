"""How often by an interval: "every 4 to 6 hours", "q4-6h", "every other day", "8-hourly"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from opioids.sigs.amounts import span
from opioids.sigs.spacing import MINUTES_PER_DAY
from opioids.sigs.tokens import Direction, Found, phrase, skip
from opioids.sigs.words import AT_LEAST_EVERY, EVERY, INTERVAL_UNITS, LEADS_TO_A_DOSE, MONTH, NAMED_INTERVALS, WEEKDAYS

_HALF_DAY = MINUTES_PER_DAY // 2
_SET_BY = ("interval", "rt")


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


def steady(rate: Fraction) -> Rate:
    """The rate that is neither less nor more than `rate`."""
    return Rate(low=rate, high=rate)


def interval(direction: Direction, at: int) -> Found[Rate] | None:
    """Reads "every 4 to 6 hours", "q4-6h", "once every 12 hours", "6-hourly", "up to every 6 hours"."""
    limit = phrase(direction, at, AT_LEAST_EVERY)
    if limit is not None:
        most = interval(direction, limit[1]) or named(direction, limit[1])
        within = most is not None and most[0].high >= 1 and not most[0].limit
        return (replace(most[0], low=Fraction(1), limit=True), most[1]) if most and within else None
    start = skip(direction, at, "once")
    if direction[start].text not in EVERY:
        return hourly(direction, at)
    read = span(direction, start + 1)
    if read is None:
        return None
    shortest, longest, after = read[0].low, read[0].high, read[1]
    minutes = INTERVAL_UNITS.get(direction[skip(direction, after, "-")].text)
    if minutes is None:
        return None
    # "Every 6 hours interval", "every 6 hours RT": how the times of day are set, and who gives it.
    return _every(shortest * minutes, longest * minutes, skip(direction, skip(direction, after, "-") + 1, *_SET_BY))


def hourly(direction: Direction, at: int) -> Found[Rate] | None:
    """Reads "6-hourly", "4 to 6 hourly"."""
    # "take 2 hourly": two tablets, or every two hours?
    if direction[at - 1].text in LEADS_TO_A_DOSE:
        return None
    read = span(direction, at)
    if read is None:
        return None
    after = skip(direction, read[1], "-")
    if direction[after].text not in ("hourly", "hrly"):
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


def named(direction: Direction, at: int) -> Found[Rate] | None:
    """Reads "every other day", "weekly", "every other Monday"."""
    found = phrase(direction, at, NAMED_INTERVALS)
    if found is None:
        return _every_other_weekday(direction, at)
    rate = Fraction(MINUTES_PER_DAY, found[0])
    return replace(steady(rate), month=found[0] == MONTH, interval=True), found[1]


def _every_other_weekday(direction: Direction, at: int) -> Found[Rate] | None:
    """Reads "every other Monday"."""
    if direction[at].text not in EVERY or direction[at + 1].text != "other":
        return None
    day = phrase(direction, at + 2, WEEKDAYS)
    return (replace(steady(Fraction(1, 14)), interval=True), day[1]) if day else None
