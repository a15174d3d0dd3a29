"""Redoes the arithmetic of a line from its words alone, as a prescriber with a pocket calculator would.

Written from the words, not from the code that makes them: every number that stands in the sum is worked out anew from
those before it, and has to be what is written, as far as the written decimals tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

NUMBER = r"(\d+(?:\.\d+)?)"
HALF_OF_LAST = {2: Decimal("0.005"), 4: Decimal("0.00005")}


class WrongArithmetic(AssertionError):
    """A sum that does not come to what is written, or that nobody could redo."""


@dataclass(frozen=True)
class Sum:
    """What a sum in words comes to: the MME a day that it states at most, and as scheduled (None: not stated)."""

    maximum: Decimal
    scheduled: Decimal | None


def redone(words: str) -> Sum:
    """Work out a line's arithmetic. Raises `WrongArithmetic`."""
    match = re.fullmatch(r"(.+?)(?: \(scheduled: (.+)\))?", words)
    if match is None:
        raise WrongArithmetic(words)
    return Sum(maximum=_side(match[1]), scheduled=_side(match[2]) if match[2] else None)


def _side(words: str) -> Decimal:
    doses, _, conversion = words.partition("; ")
    amount, slack, unit = _amount(doses)
    if patches := re.fullmatch(rf"{NUMBER} patch(?:es)? x {NUMBER} by the table = {NUMBER} MME/day", conversion):
        if unit != "mcg/h":
            raise WrongArithmetic(words)
        return _checked(Decimal(patches[1]) * Decimal(patches[2]), patches[3], 2, Decimal(0), words)
    if factor := re.fullmatch(rf"x {NUMBER} = {NUMBER} MME/day", conversion):
        return _checked(amount * Decimal(factor[1]), factor[2], 2, slack * Decimal(factor[1]), words)
    raise WrongArithmetic(words)


def _amount(words: str) -> tuple[Decimal, Decimal, str]:
    """A daily amount, by how much it may be off for its rounding, and its unit."""
    if step := re.fullmatch(rf"(.+) x 24 h = {NUMBER} (mg|mcg)/day", words):
        amount, slack, unit = _amount(step[1])
        if unit != "mcg/h":
            raise WrongArithmetic(words)
        share = Decimal(24) if step[3] == "mcg" else Decimal("0.024")
        return _checked(amount * share, step[2], 4, slack * share, words), HALF_OF_LAST[4], f"{step[3]}/day"
    if step := re.fullmatch(rf"(.+ mg/day(?: as stated)?) = {NUMBER} mcg/day", words):
        amount, slack, _ = _amount(step[1])
        return _checked(amount * 1000, step[2], 4, slack * 1000, words), HALF_OF_LAST[4], "mcg/day"
    if several := re.fullmatch(rf"(.+), together {NUMBER} (mg/day|mcg/h)", words):
        parts = [_part(part) for part in several[1].split(" + ")]
        if {unit for _, _, unit in parts} != {several[3]}:
            raise WrongArithmetic(words)
        whole, slack = sum(part[0] for part in parts), sum(part[1] for part in parts)
        return _checked(Decimal(whole), several[2], 4, Decimal(slack), words), HALF_OF_LAST[4], several[3]
    return _part(words)


_UNITS = rf"(?:{NUMBER} (?:mL|[a-z]+) x {NUMBER} mg(?:/mL)?|{NUMBER} mg)"
_RATE = rf"(?:{NUMBER}/day|{NUMBER} per {NUMBER} days)"
_STATED = rf"(?:, at most {NUMBER} (?:mg/day|mcg/h) as stated)?"

_TAKEN = re.compile(rf"{_UNITS} x {_RATE}(?: as needed)? = {NUMBER} mg/day{_STATED}")
_SUPPLIED = re.compile(rf"{_UNITS} / {NUMBER} days = {NUMBER} mg/day")
_WORN = re.compile(rf"{NUMBER} patch(?:es)? x {NUMBER} mcg/h(?: as needed)? = {NUMBER} mcg/h{_STATED}")
_ONLY = re.compile(rf"{NUMBER} (mcg/h) worn(?: as needed)?|as needed, at most {NUMBER} (mg/day|mcg/h) as stated")

_SIXTH = Decimal("0.01")
"""Amounts are written with six decimals; a third of a tablet, taken often, is a little more."""


def _part(words: str) -> tuple[Decimal, Decimal, str]:
    """One instruction: so much at a time, so many times a day."""
    rounded = HALF_OF_LAST[4]
    if found := _TAKEN.fullmatch(words):
        units, each, mass, a_day, count, days, shown, most = found.groups()
        value = _at_a_time(units, each, mass) * (Decimal(a_day) if a_day else Decimal(count) / Decimal(days))
        slack = _SIXTH if len((units or mass).partition(".")[2]) >= 6 else Decimal(0)
        return _capped(_checked(value, shown, 4, slack, words), most), rounded, "mg/day"
    if found := _SUPPLIED.fullmatch(words):
        units, each, mass, days, shown = found.groups()
        return _checked(_at_a_time(units, each, mass) / Decimal(days), shown, 4, Decimal(0), words), rounded, "mg/day"
    if found := _WORN.fullmatch(words):
        worn = _checked(Decimal(found[1]) * Decimal(found[2]), found[3], 4, Decimal(0), words)
        return _capped(worn, found[4]), rounded, "mcg/h"
    if found := _ONLY.fullmatch(words):
        return Decimal(found[1] or found[3]), rounded, found[2] or found[4]
    raise WrongArithmetic(words)


def _at_a_time(units: str | None, each: str, mass: str) -> Decimal:
    return Decimal(units) * Decimal(each) if units else Decimal(mass)


def _capped(value: Decimal, most: str | None) -> Decimal:
    return value if most is None else min(value, Decimal(most))


def _checked(value: Decimal, shown: str, places: int, slack: Decimal, words: str) -> Decimal:
    if abs(value - Decimal(shown)) > HALF_OF_LAST[places] + slack:
        raise WrongArithmetic(f"{value} is not {shown}: {words}")
    return Decimal(shown)
