"""How often by an interval: "every 4 to 6 hours", "q4-6h", "every other day", "8-hourly"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from opioids.sigs.amounts import span
from opioids.sigs.tokens import Found, Token
from opioids.sigs.words import AT_LEAST_EVERY, EVERY, INTERVAL_UNITS, LEADS_TO_A_DOSE, MONTH, NAMED_INTERVALS, WEEKDAYS

MINUTES_PER_DAY = 1440
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


def interval(at: Token) -> Found[Rate] | None:
    """Reads "every 4 to 6 hours", "q4-6h", "once every 12 hours", "6-hourly", "up to every 6 hours"."""
    limit = at.behind(AT_LEAST_EVERY)
    if limit:
        most = interval(limit) or named(limit)
        within = most is not None and most[0].high >= 1 and not most[0].limit
        return (replace(most[0], low=Fraction(1), limit=True), most[1]) if most and within else None
    start = at.skip("once")
    if start.text not in EVERY:
        return hourly(at)
    read = span(start.next)
    if read is None:
        return None
    unit = read[1].skip("-")
    minutes = INTERVAL_UNITS.get(unit.text)
    if minutes is None:
        return None
    # "Every 6 hours interval", "every 6 hours RT": how the times of day are set, and who gives it.
    return _every(read[0].low * minutes, read[0].high * minutes, unit.next.skip(*_SET_BY))


def hourly(at: Token) -> Found[Rate] | None:
    """Reads "6-hourly", "4 to 6 hourly"."""
    # "take 2 hourly": two tablets, or every two hours?
    if at.before.text in LEADS_TO_A_DOSE:
        return None
    read = span(at)
    if read is None:
        return None
    word = read[1].skip("-")
    return _every(read[0].low * 60, read[0].high * 60, word.next) if word.text in ("hourly", "hrly") else None


def _every(shortest: Decimal, longest: Decimal, after: Token) -> Found[Rate] | None:
    """The rate of an interval in minutes; None for intervals nobody writes on purpose.

    "q46h" and "q23h" are "q4-6h" and "q2-3h" that lost their hyphen.
    """
    if any(minutes > _HALF_DAY and minutes % _HALF_DAY for minutes in (shortest, longest)):
        return None
    low, high = (MINUTES_PER_DAY / Fraction(minutes) for minutes in (longest, shortest))
    return Rate(low=low, high=high, interval=True), after


def named(at: Token) -> Found[Rate] | None:
    """Reads "every other day", "weekly", "every other Monday"."""
    found = at.phrase(NAMED_INTERVALS)
    if found is None:
        return _every_other_weekday(at)
    rate = Fraction(MINUTES_PER_DAY, found[0])
    return replace(steady(rate), month=found[0] == MONTH, interval=True), found[1]


def _every_other_weekday(at: Token) -> Found[Rate] | None:
    """Reads "every other Monday"."""
    if at.text not in EVERY or at.next.text != "other":
        return None
    day = at.next.next.phrase(WEEKDAYS)
    return (replace(steady(Fraction(1, 14)), interval=True), day[1]) if day else None
