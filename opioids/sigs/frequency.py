"""What several statements of frequency mean together: one said twice, one refining another, or a contradiction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from opioids.parts_of_day import PartOfDay, part_at
from opioids.quantities import Frequency, PerDay
from opioids.sigs.clock import Meals, Moments, Weekdays
from opioids.sigs.intervals import Rate, steady
from opioids.sigs.times import Apart, DayTotal, Divided, Often, Once

T = TypeVar("T")

MEALS_A_DAY = 3
DAYS_A_WEEK = 7


class Contradiction(ValueError):
    """Statements of one direction that cannot all hold, or of which nobody can tell how they go together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HowOften:
    """The frequency of a part of a direction; `most` is a stated greatest number of doses a day beside it.

    `once`: one time only. `divided`: the dose is a day's amount, to be taken in so many parts. `a_day`: the dose
    is what is taken in a day, and nothing says in how many parts. `meals`: counted as three a day.
    """

    frequency: Frequency | None
    most: Fraction | None = None
    oral_only: bool = False
    extra: bool = False
    month: bool = False
    once: bool = False
    divided: int = 1
    a_day: bool = False
    meals: bool = False


def together(said: Sequence[Often]) -> HowOften:
    """What `said` means.

    Raises:
        Contradiction: when the statements cannot all hold.
    """
    if any(isinstance(each, Once) for each in said):
        if len(said) > 1:
            raise Contradiction("one time, or more often")
        return HowOften(frequency=None, once=True)
    divided = _only(_of(said, Divided))
    if divided is not None:
        return _divided(divided, said)
    rates, moments = _of(said, Rate), _of(said, Moments)
    base, limit = _and_limit(_base(rates, moments), _only([rate for rate in rates if rate.limit]))
    a_day = bool(_of(said, DayTotal))
    if a_day:
        if base is not None:
            raise Contradiction("an amount a day, or at a time")
        base = steady(Fraction(1))
    meals = _only(_of(said, Meals))
    by_meals = meals is not None and meals.each and len(said) == 1
    if by_meals and meals is not None:
        base = steady(Fraction(MEALS_A_DAY + meals.beside))
    _check_meals(base, meals, () if rates else moments)
    base = _with_daily(base, any(rate.weak for rate in rates), bool(moments))
    base = _on_weekdays(base, _only(_of(said, Weekdays)))
    _check_apart(base, _of(said, Apart))
    return HowOften(
        frequency=replace(_frequency(base), at=_at(base, moments)) if base else None,
        most=limit.high if limit else None,
        oral_only=any(rate.oral_only for rate in rates),
        extra=any(rate.extra for rate in rates),
        month=any(rate.month for rate in rates),
        a_day=a_day,
        meals=by_meals,
    )


def _and_limit(base: Rate | None, limit: Rate | None) -> tuple[Rate | None, Rate | None]:
    """The frequency and the most beside it; where nothing but a most is told, it is the frequency."""
    if base is None:
        return limit, None
    if limit is not None and limit.high > base.high:
        # "Twice daily, up to 4 times a day": two or four?
        raise Contradiction("two different frequencies")
    return base, limit


def _divided(divided: Divided, said: Sequence[Often]) -> HowOften:
    """A day's amount in parts: "60 mg/day in 3 divided doses", "60 mg daily divided tid"."""
    rates = [rate for rate in _of(said, Rate) if not rate.weak]
    others = [each for each in said if not isinstance(each, Rate | DayTotal | Divided)]
    if len(rates) + bool(divided.parts) != 1 or others:
        raise Contradiction("a divided amount without the number of doses")
    rate = rates[0] if rates else steady(Fraction(divided.parts or 0))
    a_day = any(isinstance(each, DayTotal) for each in said) or any(each.weak for each in _of(said, Rate))
    if not a_day or rate.low != rate.high or rate.limit or rate.low < 1 or rate.low.denominator != 1:
        raise Contradiction("a divided amount without the number of doses")
    return HowOften(frequency=_frequency(rate), divided=int(rate.low))


def _check_apart(base: Rate | None, apart: Sequence[Apart]) -> None:
    """Doses at least so far apart may not be more than a day can hold."""
    for each in apart:
        if base is None or base.high * each.days > 1 or (each.exactly and base.low * each.days != 1):
            raise Contradiction("doses closer than they may be")


def part_of_day(label: str) -> str:
    """Morning, midday or evening: coarse enough that two names of one time of day agree."""
    hour = {"morning": 8, "noon": 12, "afternoon": 13}.get(label, 20) if ":" not in label else int(label[:2])
    return "morning" if hour < 12 else "midday" if hour < 17 else "evening"


_PARTS = {
    "morning": PartOfDay.MORNING,
    "noon": PartOfDay.MIDDAY,
    "afternoon": PartOfDay.MIDDAY,
    "evening": PartOfDay.EVENING,
    "bedtime": PartOfDay.BEDTIME,
}


def _at(base: Rate, named: Sequence[Moments]) -> tuple[PartOfDay, ...]:
    """When the doses of a day are taken, where each is named and no two in one part of the day."""
    labels = named[0].labels if named else ()
    parts = sorted({_part(label) for label in labels})
    return tuple(parts) if base.high == len(parts) else ()


def _part(label: str) -> PartOfDay:
    if ":" not in label:
        return _PARTS[label]
    return part_at(int(label[:2]))


def _of(said: Sequence[Often], kind: type[T]) -> list[T]:
    return [each for each in said if isinstance(each, kind)]


def _only(found: Sequence[T]) -> T | None:
    if len(found) > 1:
        raise Contradiction("two different frequencies")
    return found[0] if found else None


def _base(rates: Sequence[Rate], moments: Sequence[Moments]) -> Rate | None:
    stated = {(rate.low, rate.high): rate for rate in rates if not rate.limit and not rate.weak}
    named = {tuple(sorted(map(part_of_day, each.labels))) for each in moments}
    if len(stated) > 1 or len(named) > 1:
        raise Contradiction("two different frequencies")
    rate = next(iter(stated.values()), None)
    if not named:
        return rate
    times = len(next(iter(named)))
    if rate is None:
        return steady(Fraction(times))
    # A rarer dose may have its time of day: "every other day at bedtime".
    if rate.low == rate.high == times or (times == 1 and rate.high < 1):
        return rate
    raise Contradiction("two different frequencies")


def _with_daily(base: Rate | None, daily: bool, named: bool) -> Rate | None:
    """Once a day for "daily", except beside named times ("daily in the morning and at bedtime")."""
    if not daily or (base is not None and (named or base.low == base.high == 1)):
        return base
    if base is None:
        return steady(Fraction(1))
    raise Contradiction("two different frequencies")


def _on_weekdays(base: Rate | None, named: Weekdays | None) -> Rate | None:
    if named is None:
        return base
    share = Fraction(len(named.labels), DAYS_A_WEEK)
    if base is None:
        return steady(share)
    if base.low >= 1:
        return Rate(low=base.low * share, high=base.high * share)
    every_few_weeks = len(named.labels) == base.low.numerator == 1 and base.low.denominator % DAYS_A_WEEK == 0
    if base.low == base.high and (base.low == share or every_few_weeks):
        return base
    raise Contradiction("two different frequencies")


def _check_meals(base: Rate | None, meals: Meals | None, alone: Sequence[Moments]) -> None:
    """Meals place doses that are counted otherwise: nobody can tell how many a day "with meals" alone means.

    Beside times that stand `alone`, without a frequency, "every meal" is not one of them, and no meal is at bedtime:
    in "ac hs" an "and" was lost.
    """
    if meals is None:
        return
    if base is None or any(meals.each or "bedtime" in each.labels for each in alone):
        raise Contradiction("meals without the times a day")
    if base.high > MEALS_A_DAY + meals.beside or (meals.beside and base.low < MEALS_A_DAY + meals.beside):
        raise Contradiction("two different frequencies")


def _frequency(rate: Rate) -> Frequency:
    return Frequency(low=_per_day(rate.low), high=_per_day(rate.high))


def _per_day(times: Fraction) -> PerDay:
    return PerDay(count=Decimal(times.numerator), days=Decimal(times.denominator))
