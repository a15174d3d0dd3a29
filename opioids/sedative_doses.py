"""Whether the dose of a sedative falls or rises, as far as names and directions tell.

Sedatives have no conversion factors here: a dose is compared with an earlier one of the same drug only, in mg
where both names tell a strength, else in units of the same product. What cannot be told has not fallen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from opioids.prescriptions import Sig
from opioids.quantities import Dose, Frequency, Unit
from opioids.steps import in_force

_STRENGTH = re.compile(r"(?<![\d./,-])(\d+(?:\.\d+)?) ?mg\b(?! ?/)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SedativeOrder:
    """An order of one sedative: its ingredient, the name it is ordered by, and its directions."""

    ingredient: str
    name: str
    sigs: tuple[Sig, ...]
    started: date | None = None
    being_written: bool


def is_lowered(before: Sequence[SedativeOrder], after: Sequence[SedativeOrder], on: date) -> bool:
    """Whether less is taken: nothing goes on, or less of a drug that does.

    Another drug in the place of one is a switch, of which no difference can be told.
    """
    if not after:
        return bool(before)
    return any(
        _falls(_of(before, ingredient), _of(after, ingredient), on)
        for ingredient in {one.ingredient for one in before} & {one.ingredient for one in after}
    )


def is_raised(before: Sequence[SedativeOrder], after: Sequence[SedativeOrder], on: date) -> bool:
    """Whether more is taken of one drug than before. What cannot be told has not risen."""
    return _falls(after, before, on)


def _of(orders: Iterable[SedativeOrder], ingredient: str) -> list[SedativeOrder]:
    return [one for one in orders if one.ingredient == ingredient]


def _falls(before: Iterable[SedativeOrder], after: Iterable[SedativeOrder], on: date) -> bool:
    earlier, later = ([amount for one in orders for amount in a_day(one, on)] for orders in (before, after))
    if not earlier or not later or len({one.measure for one in (*earlier, *later)}) > 1:
        return False
    return sum(one.value for one in later) < sum(one.value for one in earlier)


class Amount(NamedTuple):
    """So much a day, in mg or in units of a product."""

    measure: str
    value: Decimal


_UNKNOWN = Amount("unknown", Decimal(0))


def a_day(order: SedativeOrder, on: date) -> tuple[Amount, ...]:
    """At most so much a day, by each instruction in force."""
    force = in_force(
        order.sigs,
        on,
        starts=order.started,
        being_written=order.being_written,
        size=lambda sig: _amount(sig, order.name).value,
    )
    return tuple([_amount(sig, order.name) for sig in force.sigs])


def _amount(sig: Sig, name: str) -> Amount:
    dose, frequency = sig.dose, sig.frequency
    if not isinstance(dose, Dose) or not isinstance(frequency, Frequency):
        return _UNKNOWN
    a_day = dose.high * frequency.high.rate
    strength = _strength(name)
    if dose.unit is Unit.EACH and strength is not None:
        return Amount(Unit.MG, a_day * strength)
    if dose.unit is Unit.MG:
        return Amount(Unit.MG, a_day)
    return Amount(f"{dose.unit} of {name}", a_day)


def _strength(name: str) -> Decimal | None:
    """The one strength in mg that a name tells."""
    found = {Decimal(one) for one in _STRENGTH.findall(name)}
    return found.pop() if len(found) == 1 else None
