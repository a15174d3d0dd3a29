"""Doses and frequencies: exact decimals with a unit.

Every number is a `Decimal`; rounding happens only where a number is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from opioids.parts_of_day import PartOfDay

BEYOND_REASON = Decimal(1_000_000)
"""No dose, count or interval in any unit is larger; it also keeps the sums within exact decimals."""


class Unit(StrEnum):
    """What an amount is measured in, after conversion (mcg and g become mg, teaspoons become mL)."""

    MG = "mg"
    ML = "mL"
    MCG_PER_HOUR = "mcg/h"
    EACH = "each"
    """Countable units of the product: tablets, patches, sprays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """How much is taken at a time, from `low` to `high` (equal when no range is given).

    `noun` is the canonical word of a countable unit ("tablet", "capsule", "patch", "spray", "film",
    "lozenge", "suppository", "drop"), or "" where the order only gives a number.
    """

    low: Decimal
    high: Decimal
    unit: Unit
    noun: str = ""


def one_unit(unit: Unit, noun: str = "") -> Dose:
    """One of a unit."""
    return Dose(low=Decimal(1), high=Decimal(1), unit=unit, noun=noun)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerDay:
    """`count` times in `days` days, kept as two numbers so that 3 in 7 days stays exact."""

    count: Decimal
    days: Decimal

    @property
    def rate(self) -> Decimal:
        """Times a day."""
        return self.count / self.days


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """How often: `low` is the fewest, `high` the most times a day that the order allows.

    `at` tells when, where the order names a part of the day for each dose; how often is the same with and without it.
    """

    low: PerDay
    high: PerDay
    at: tuple[PartOfDay, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """A stated maximum: no more than `value` within `days` days."""

    value: Decimal
    unit: Unit
    days: Decimal
    noun: str = ""


def times(count: int | str | Decimal, days: int | str | Decimal = 1) -> PerDay:
    """Short form of `PerDay`: `times(3)` is three times a day, `times(1, 3)` once in three days."""
    return PerDay(count=Decimal(count), days=Decimal(days))


def steadily(rate: PerDay) -> Frequency:
    """The frequency that is neither less nor more than `rate`."""
    return Frequency(low=rate, high=rate)


@lru_cache(maxsize=4096)
def shown(value: Decimal, places: int = 2) -> str:
    """A number as people write it: rounded half up to `places`, without trailing zeros or exponent."""
    rounded = round_half_up(value, places)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def several(noun: str) -> str:
    """The plural of what is counted: `tablets`, `patches`, `suppositories`, `sprays`."""
    return f"{noun}es" if noun.endswith("ch") else f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s"


_QUANTA = tuple(Decimal(1).scaleb(-places) for places in range(10))


def round_half_up(value: Decimal, places: int) -> Decimal:
    """`value` rounded the way it is done by hand."""
    return value.quantize(_QUANTA[places], ROUND_HALF_UP)


def evenly(value: Decimal, parts: Decimal | int) -> Decimal | None:
    """A part of a value; None where no decimal says it exactly: a third of 20 would be rounded."""
    part = value / parts
    return part if Fraction(part) * Fraction(parts) == Fraction(value) else None
