"""When the doses of one formulation are taken, put together from all of its orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import zip_longest

from opioids.mme_lines import MmeLine
from opioids.parts_of_day import PartOfDay
from opioids.shelf import strength_of
from opioids.tapers.amounts import Units
from opioids.tapers.values import Sort


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one line says is taken of one product, before it is put together with others of its formulation.

    `at` tells the part of the day of each dose, where the order names them; `changed_hours` after how many hours
    patches are changed.
    """

    line: MmeLine
    sort: Sort
    doses: tuple[Decimal, ...]
    each: Decimal
    at: tuple[PartOfDay, ...] = ()
    changed_hours: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One dose time of a day: how much is taken (mg), in which units, and when, where orders name it."""

    amount: Decimal = Decimal(0)
    units: Units = ()
    at: PartOfDay | None = None

    def with_dose(self, part: Part, dose: Decimal, at: PartOfDay | None = None) -> Slot:
        """The same with one order's dose beside what others ask for."""
        if not dose:
            return self
        product = part.line.product
        units = dict(self.units)
        units[product] = units.get(product, Decimal(0)) + dose / strength_of(product)
        return Slot(amount=self.amount + dose, units=tuple(units.items()), at=self.at if at is None else at)


_NIGHT = {PartOfDay.EVENING, PartOfDay.BEDTIME}
_DAYS: tuple[tuple[set[PartOfDay], ...], ...] = (
    ({PartOfDay.MORNING}, _NIGHT),
    ({PartOfDay.MORNING}, {PartOfDay.MIDDAY}, _NIGHT),
    ({PartOfDay.MORNING}, {PartOfDay.MIDDAY}, {PartOfDay.EVENING}, {PartOfDay.BEDTIME}),
)
"""The dose times of two, three and four a day, as they are called."""


def slots_of(parts: Sequence[Part], *, lasts_a_day: bool) -> tuple[Slot, ...]:
    """The dose times of a day with what is taken at each. `lasts_a_day` tells of a form that it is for 24 hours.

    Where each order names its times they are those. Else orders of as many doses a day are taken together (40 mg and
    10 mg twice a day are 50 mg twice a day), and once a day is with the last of them where the form releases slowly;
    other orders, as two of once a day, are taken at times of their own, the smaller ones earlier.
    """
    if len(parts) == 1:
        [part] = parts
        return tuple(Slot(at=at).with_dose(part, dose) for dose, at in zip_longest(part.doses, part.at))
    if all(part.at for part in parts):
        return _as_named(parts)
    groups: dict[int, list[Part]] = {}
    for part in parts:
        groups.setdefault(len(part.doses), []).append(part)
    most, slow = max(groups), parts[0].sort is Sort.EXTENDED
    if lasts_a_day or (most > 1 and (slow or len(groups) == 1)):
        return _together(parts, most)
    found = [slot for count, group in groups.items() if count > 1 for slot in _together(group, count)]
    found += [Slot().with_dose(part, part.doses[0]) for part in groups.get(1, ())]
    return tuple(sorted(found, key=lambda slot: slot.amount))


def _as_named(parts: Sequence[Part]) -> tuple[Slot, ...]:
    named = {one for part in parts for one in part.at}
    if len(named) == 1:
        return tuple(replace(slot, at=parts[0].at[0]) for slot in _together(parts, 1))
    day = next(one for one in _DAYS if _holds(one, named))
    slots = [Slot()] * len(day)
    for part in parts:
        for at, dose in zip(part.at, part.doses, strict=True):
            place = next(place for place, names in enumerate(day) if at in names)
            slots[place] = slots[place].with_dose(part, dose, at)
    return tuple(slots)


def _holds(day: Sequence[set[PartOfDay]], named: set[PartOfDay]) -> bool:
    """Whether a day has one dose time for each of the parts that are named."""
    return all(any(one in names for names in day) for one in named) and all(len(names & named) < 2 for names in day)


def _together(parts: Sequence[Part], count: int) -> tuple[Slot, ...]:
    """So many dose times; an order of fewer doses has the last of them."""
    slots = [Slot()] * count
    for part in parts:
        first = count - len(part.doses)
        for place, dose in enumerate(part.doses, start=first):
            slots[place] = slots[place].with_dose(part, dose)
    return tuple(slots)
