"""Limits in amount and in time: "max 8/day", "not to exceed 40 mg in 24 hours", "for up to 7 days"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from opioids.quantities import Unit
from opioids.sig_amounts import number
from opioids.sig_remarks import AMOUNT_LIMITS, DOSE_WORDS, OTHER_DRUGS, Mark
from opioids.sig_times import period
from opioids.sig_tokens import Direction, Found, phrase, skip
from opioids.sig_words import UNITS


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
    """How long it is taken; `at_most` for "up to"."""

    days: Decimal
    at_most: bool


def maximum(direction: Direction, at: int) -> Found[Maximum | Mark] | None:
    """Reads "max 8/day", "not to exceed 40 mg in 24 hours", "MDD 6", "no more than 3 doses a day"."""
    limit = phrase(direction, at, AMOUNT_LIMITS)
    if limit is None:
        return None
    a_day, start = limit
    named = skip(direction, start, *OTHER_DRUGS)
    amount = _limited_amount(direction, skip(direction, named, ":", "=", "of", "is"))
    if amount is None:
        return None
    most, after = amount
    drug = _other_drug(direction, after)
    days = period(direction, drug) or ((Fraction(1), drug) if a_day or drug > after else None)
    if days is None or (a_day and days[0] != 1):
        return None
    end = _other_drug(direction, days[1])
    # A limit on another ingredient of the product ("4 g acetaminophen a day") says nothing of the opioid.
    if named > start or drug > after or end > days[1]:
        return Mark.ADVICE, end
    return replace(most, days=Decimal(int(days[0]))), end


def _other_drug(direction: Direction, at: int) -> int:
    drug = skip(direction, at, "of", "from")
    return drug + 1 if direction[drug].text in OTHER_DRUGS else at


def _limited_amount(direction: Direction, at: int) -> Found[Maximum] | None:
    read = number(direction, at)
    if read is None:
        return None
    value, after = read
    word = direction[after].text
    if word in DOSE_WORDS:
        return Maximum(value=value, doses=True), after + 1
    unit = UNITS.get(word)
    if unit is None:
        return Maximum(value=value), after
    return Maximum(value=value * unit.factor, unit=unit.unit, noun=unit.noun), after + 1


def length(direction: Direction, at: int) -> Found[Length] | None:
    """Reads "for 7 days", "x 2 weeks", "for up to 5 days". A range of days, or months, has no certain end."""
    if direction[at].text not in ("for", "x"):
        # "every 72 hours (3 days)" says the interval again.
        return days_at(direction, at) if direction[at - 1].text != "(" else None
    start = skip(direction, skip(direction, at + 1, "the"), "next")
    at_most = direction[start].text == "up" and direction[start + 1].text == "to"
    start = start + 2 if at_most else start
    read = number(direction, start) or ((Decimal(1), start + 1) if direction[start].text == "a" else None)
    if read is None:
        return None
    after = skip(direction, read[1], "-")
    each = _DAYS.get(direction[after].text)
    # "x 3 day" may be "x 3 / day".
    if each is None or (direction[after].text == "day" and read[0] != 1) or read[0] != int(read[0]):
        return None
    return Length(days=read[0] * each, at_most=at_most), skip(direction, after + 1, "only")


def days_at(direction: Direction, at: int) -> Found[Length] | None:
    """Reads "twice a day 30 days", as some systems print a duration."""
    read = number(direction, at)
    if read is None or direction[read[1]].text != "days" or read[0] != int(read[0]):
        return None
    return Length(days=read[0], at_most=False), read[1] + 1


_DAYS = {"day": 1, "days": 1, "d": 1, "week": 7, "weeks": 7, "wk": 7, "wks": 7}
