"""What each line of a total says is taken of one product at each time of the day, or why no plan can rest on it; and
the dose times of one formulation, put together from all of its orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import zip_longest

from opioids.dose_sums import DailyDose, TakenDose, WornDose
from opioids.limits import patch_limits
from opioids.mme_lines import MmeLine
from opioids.parts_of_day import PartOfDay
from opioids.products import Form, Route
from opioids.quantities import round_half_up
from opioids.shelf import strength_of
from opioids.tapers.amounts import Units
from opioids.tapers.values import NoPlan, Obstacle, Sort

MOST_TIMES = 24
"""Nothing is given at more dose times a day than there are hours."""
_HOURS_A_DAY = 24
_SOLID = frozenset({"tablet", "capsule"})


def parts_of(line: MmeLine) -> list[Part] | NoPlan:
    """The doses of one line, each on its own."""
    line = _with_form(line)
    sort = _sort(line)
    if isinstance(sort, Obstacle):
        return NoPlan(obstacle=sort, medications=(line.medication,))
    found: list[Part] = []
    for dose in line.doses:
        taken = _taken(dose, line, sort)
        if isinstance(taken, Obstacle):
            return NoPlan(obstacle=taken, medications=(line.medication,))
        found.append(taken)
    return found


def _with_form(line: MmeLine) -> MmeLine:
    """The line with the form that its directions count in, where the product's name tells none ("1 tablet")."""
    product = line.product
    if product.form is not Form.UNKNOWN or line.route is not Route.ORAL:
        return line
    nouns = {dose.dose.noun if isinstance(dose, TakenDose) else "" for dose in line.doses}
    if len(nouns) != 1 or not nouns <= _SOLID:
        return line
    told = replace(product, form=Form.SOLID, noun=nouns.pop(), route=Route.ORAL)
    return replace(line, product=told)


def _sort(line: MmeLine) -> Sort | Obstacle:
    product = line.product
    if len(product.components) != 1 or product.components[0].strength is None:
        return Obstacle.PRODUCT_UNKNOWN
    if product.form is Form.PATCH:
        return Sort.PATCH
    if product.form is Form.UNKNOWN and line.route is Route.ORAL:
        return Obstacle.FORM_NOT_TOLD
    if line.route is not Route.ORAL or product.form not in (Form.SOLID, Form.LIQUID):
        return Obstacle.FORM
    if product.form is Form.LIQUID:
        return Sort.LIQUID
    return Sort.EXTENDED if product.extended_release else Sort.IMMEDIATE


def _taken(dose: DailyDose, line: MmeLine, sort: Sort) -> Part | Obstacle:
    if isinstance(dose, WornDose):
        hours = _changed_hours(dose)
        return Part(line=line, sort=sort, doses=(dose.maximum,), each=Decimal(1), changed_hours=hours)
    each = strength_of(line.product)
    if not isinstance(dose, TakenDose):
        if not dose.as_needed:
            return Obstacle.DIRECTIONS
        return Part(line=line, sort=Sort.AS_NEEDED, doses=(dose.maximum,), each=Decimal(1))
    amount = dose.dose.high * dose.measure.each
    times = round_half_up(dose.frequency.high.rate, 6)
    is_whole = times == times.to_integral_value()
    if dose.as_needed:
        # A stated maximum says what a day has; else three times a week would be 0.43 tablets a day.
        if times < 1 or not (is_whole or dose.is_capped):
            return Obstacle.NOT_DAILY
        return Part(line=line, sort=Sort.AS_NEEDED, doses=(dose.maximum,), each=amount / each)
    if not is_whole or not 1 <= times <= MOST_TIMES:
        return Obstacle.NOT_DAILY
    doses, at = _within(amount, int(times), dose.maximum), dose.frequency.at
    return Part(line=line, sort=sort, doses=doses, each=Decimal(1), at=at if len(at) == len(doses) else ())


def _changed_hours(dose: WornDose) -> Decimal:
    """After how many hours a patch is changed: as ordered, between the shortest and the usual time."""
    limits = patch_limits()
    if dose.frequency is None:
        return limits.usual_interval_hours
    hours = round_half_up(_HOURS_A_DAY / dose.frequency.high.rate, 0)
    return min(max(hours, limits.shortest_interval_hours), limits.usual_interval_hours)


def _within(amount: Decimal, times: int, most: Decimal) -> tuple[Decimal, ...]:
    """So many doses, the last ones smaller or left out where a stated maximum does not allow all of them."""
    doses: list[Decimal] = []
    left = most
    for _ in range(times):
        doses.append(max(Decimal(0), min(amount, left)))
        left -= doses[-1]
    return tuple(doses)


# ---- dose times of a day ----


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
