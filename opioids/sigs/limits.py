"""Limits in amount and in time: "max 8/day", "not to exceed 40 mg in 24 hours", "for up to 7 days", "Days 1-3:"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from opioids.quantities import Unit
from opioids.sigs.amounts import Span, number, simple_amount, span
from opioids.sigs.intervals import MINUTES_PER_DAY, interval
from opioids.sigs.remarks import AMOUNT_LIMITS, AT_MOST, DOSE_WORDS, OTHER_DRUGS, TOTALS, Mark
from opioids.sigs.times import minutes_at, period, times
from opioids.sigs.tokens import Found, Kind, Token, after_up_to
from opioids.sigs.words import HOUR_WORDS, UNITS, by_word


@dataclass(frozen=True, slots=True, kw_only=True)
class Maximum:
    """A stated maximum of `value` in `days` days: of doses, or of a unit, or (None) of what the dose is measured in."""

    value: Decimal
    days: Decimal = Decimal(1)
    unit: Unit | None = None
    noun: str = ""
    doses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long it is taken; `at_most` for "up to", `month` when a month was counted as 30 days."""

    days: Decimal
    at_most: bool = False
    month: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The days of which what follows speaks, counted from 1: "Days 4-6:", "Week 2:"."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What a direction says that it comes to in `days` days: "(30 mg daily)". To be checked, never to be added.

    Without days it is each dose ("total dose: 10 mg").
    """

    value: Decimal
    unit: Unit
    days: Decimal | None


def maximum(at: Token) -> Found[Maximum | Mark] | None:
    """Reads "max 8/day", "not to exceed 40 mg in 24 hours", "MDD 6", "no more than 3 doses a day"."""
    limit = at.phrase(AMOUNT_LIMITS)
    if limit is None:
        return _said_after(at)
    a_day, start = limit
    named = start.skip(*OTHER_DRUGS)
    amount = _limited_amount(named.skip(":", "=", "of", "is"))
    if amount is None:
        return None
    most, after = amount
    drug = _other_drug(after)
    days = period(drug) or ((Fraction(1), drug) if a_day or drug is not after else None)
    if days is None:
        return _within_hours(after, most) if named is start else None
    if a_day and days[0] != 1:
        return None
    end = _other_drug(days[1])
    # A limit on another ingredient of the product ("4 g acetaminophen a day") says nothing of the opioid.
    if named is not start or drug is not after or end is not days[1]:
        return Mark.ADVICE, end
    return replace(most, days=Decimal(int(days[0]))), end


def _said_after(at: Token) -> Found[Maximum] | None:
    """Reads "4 tablets a day at most": an amount a day, whose clause ends by saying that it is the most."""
    found = _limited_amount(at)
    days = period(found[1]) if found and found[0].unit is not None else None
    end = days[1].behind(AT_MOST) if days else None
    if found is None or days is None or end is None or end.kind not in (Kind.MARK, Kind.END):
        return None
    return (replace(found[0], days=Decimal(int(days[0]))), end) if end.text not in (":", "=") else None


def _within_hours(at: Token, most: Maximum) -> Found[Maximum] | None:
    """A maximum in some hours, as one in a day: "no more than 1 tablet every 6 hours" is 4 in a day.

    So is "up to 2 tablets every 4 to 6 hours", or "4 times a day", by the shortest interval and the most times.
    """
    rate = interval(at) or times(at)
    minutes = minutes_at(at)
    if rate is not None:
        most_often, after = rate[0].high, rate[1]
    elif minutes is not None:
        most_often, after = Fraction(MINUTES_PER_DAY) / Fraction(minutes[0]), minutes[1]
    else:
        return None
    a_day = most.value * most_often.numerator / most_often.denominator
    exact = most_often >= 1 and a_day == round(a_day, 4)
    return (replace(most, value=a_day), after) if exact and _other_drug(after) is after else None


def _other_drug(at: Token) -> Token:
    drug = at.skip("of", "from")
    return drug.next if drug.text in OTHER_DRUGS else at


def _limited_amount(at: Token) -> Found[Maximum] | None:
    read = number(at)
    if read is None:
        return None
    value, after = read
    word = after.text
    # "MDD 6 x 5 days": six a day, for five days.
    lasting = word == "x" and number(after.next) is not None
    if word in DOSE_WORDS and not lasting:
        return Maximum(value=value, doses=True), after.next
    unit = UNITS.get(word)
    if unit is None:
        return Maximum(value=value), after
    return Maximum(value=value * unit.factor, unit=unit.unit, noun=unit.noun), after.next


def length(at: Token) -> Found[Length] | None:
    """Reads "for 7 days", "x 2 weeks", "for up to 5 days", "up to 5 days", "for 5-7 days", "for 1 month"."""
    begins = at.text in ("for", "x")
    if not begins and at.text != "up":
        # "every 72 hours (3 days)" says the interval again.
        return days_at(at) if at.before.text != "(" else None
    start = at.next.skip("the").skip("next", "first") if begins else at
    counted = after_up_to(start)
    at_most = counted is not start
    count, after = span(counted) or (None, counted)
    if count is None and counted.text == "a":
        count, after = Span(low=Decimal(1), high=Decimal(1)), counted.next
    if count is None:
        return None
    unit = after.skip("-")
    days = _days(count.high, unit.text)
    # "x 3 day" may be "x 3 / day".
    if days is None or (unit.text == "day" and count.high != 1):
        return None
    found = Length(days=days, at_most=at_most or count.low < count.high, month=unit.text in _MONTHS)
    return found, unit.next


def _days(count: Decimal, unit: str) -> Decimal | None:
    """Whole days in so many units of time, or None."""
    days = count / 24 if unit in HOUR_WORDS else count * _DAYS.get(unit, 0)
    return days if days > 0 and count == int(count) and days == int(days) else None


def days_at(at: Token) -> Found[Length] | None:
    """Reads "twice a day 30 days", as some systems print a duration."""
    read = number(at)
    if read is None or read[1].text != "days" or read[0] != int(read[0]):
        return None
    return Length(days=read[0]), read[1].next


_MONTHS = ("month", "months")
_STAGES = by_word({1: "day days", 7: "week weeks wk wks"})
_DAYS = {**_STAGES, "d": 1, "month": 30, "months": 30}


def stage(at: Token) -> Found[Stage] | None:
    """Reads "Week 2:", "Days 4-6:", "day 1 -"; not "day 3 tablets"."""
    length_ = _STAGES.get(at.text)
    if length_ is None:
        return None
    start, link = _ordinal(at.next) or (None, at)
    if start is None:
        return None
    last = _ordinal(link.next) if link.text in (*_THROUGH, *_AND) else None
    end, after = last or (start, link)
    # "Days 1 and 3" leave out the second; "days 1 and 2" are a stretch.
    if start > end or (last and link.text in _AND and end > start + 1):
        return None
    colon = after.skip(":", ",", "=")
    if colon is after and after.text == "-" and after.spaced:
        colon = after.next
    if colon is after and after.kind in (Kind.NUMBER, Kind.FRACTION, Kind.MARK):
        return None
    return Stage(first=(start - 1) * length_ + 1, last=end * length_), colon


_THROUGH = ("-", "to", "through", "thru")
_AND = ("&", "and")


def _ordinal(at: Token) -> Found[int] | None:
    read = number(at)
    return (int(read[0]), read[1]) if read and read[0] == int(read[0]) else None


def stated_sum(at: Token) -> Found[Sum] | None:
    """Reads "(30 mg daily)", "total daily dose: 30 mg", "for a total of 30 mg/day", "(120 tabs per 30 days)"."""
    named = at.phrase(TOTALS)
    bracketed = named is None and at.before.text == "("
    if named is None and not bracketed:
        return None
    a_day, start = named or (False, at)
    if named and start.text == "dose" and start.next.text == ":":
        each = simple_amount(start.next.next)
        return (Sum(value=each[0].high, unit=each[0].unit, days=None), each[1]) if each else None
    total, after = simple_amount(start.skip(":", "=", "of", "is")) or (None, start)
    if total is None or total.low != total.high:
        return None
    days, end = period(after) or (Fraction(1) if a_day else None, after)
    if days is None or (bracketed and end.text != ")"):
        return None
    return Sum(value=total.high, unit=total.unit, days=Decimal(int(days))), end
