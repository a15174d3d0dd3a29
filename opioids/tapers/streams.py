"""A regimen as a taper sees it: each formulation with what is taken of it at each time of the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from opioids.mme import MmeTotal
from opioids.parts_of_day import PartOfDay
from opioids.prescriptions import WITHOUT_A_FACTOR, IgnoredReason
from opioids.products import Form, Ingredient, Pharmacology, Product, Route
from opioids.shelf import Shelf, ShelfLine, strength_of
from opioids.tapers.amounts import (
    Amounts,
    as_needed_amounts,
    finer_than,
    liquid_amounts,
    mark_of,
    solid_amounts,
    told_apart,
    worth_a_step,
)
from opioids.tapers.parts import MOST_TIMES, Part, Slot, parts_of, slots_of
from opioids.tapers.profiles import Practice
from opioids.tapers.values import NoPlan, Obstacle, Sort

_FOR_A_DAY = "24 hr "
"""In the name of a form for 24 hours; strengths of one line differ in nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One formulation of one opioid. `doses` are the amounts at each dose time of a day, in mg (patches: one
    amount, mcg/h worn); of what is taken as needed it is one amount, the most a day.

    `weight` is what one mg a day (one mcg/h) is worth in MME; `each` the units taken at a time as needed, of `most`
    mg a day, at the start; `orders` the references of the present orders of each product, by its name. Of a solution
    `mark` is the smallest amount that can be measured, `least_step` the smallest step that is worth taking.
    `changed_hours` is how long a patch stays on, `at` the part of the day of each dose time, where orders name them.
    """

    sort: Sort
    ingredient: Ingredient
    route: Route
    product: Product
    line: ShelfLine
    amounts: Amounts
    weight: Decimal
    doses: tuple[Decimal, ...]
    orders: Mapping[str, tuple[str, ...]]
    each: Decimal = Decimal(1)
    most: Decimal = Decimal(0)
    mark: Decimal = Decimal(0)
    least_step: Decimal = Decimal(0)
    changed_hours: Decimal = Decimal(0)
    at: tuple[PartOfDay | None, ...] = ()

    @property
    def amount(self) -> Decimal:
        """A day, in mg; patches: mcg/h worn."""
        return sum(self.doses, Decimal(0))

    @property
    def mme(self) -> Decimal:
        """MME/day at the weight of the start."""
        return self.amount * self.weight

    @property
    def is_long_acting(self) -> bool:
        """Whether it is an extended-release form or a patch."""
        return self.sort in (Sort.EXTENDED, Sort.PATCH)


State = tuple[Stream, ...]
"""What is taken at one step. Nothing is left of a stream whose doses are all nothing."""


def with_dose(doses: Sequence[Decimal], time: int, amount: Decimal) -> tuple[Decimal, ...]:
    """The doses of a day with another amount at one of its times."""
    return (*doses[:time], amount, *doses[time + 1 :])


def with_stream(state: State, index: int, stream: Stream) -> State:
    """A state with another stream at one of its places."""
    return (*state[:index], stream, *state[index + 1 :])


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """What is tapered, and the names of what is left alone."""

    tapered: tuple[Stream, ...]
    left_alone: tuple[str, ...] = ()


def streams_of(
    total: MmeTotal, shelf: Shelf, practice: Practice, *, halves: bool, begun_at: Decimal | None = None
) -> Streams | NoPlan:
    """The parts of a regimen, or why a plan cannot rest on it.

    `shelf` holds what can be counted; `begun_at` is the dose in MME/day at which a taper began that goes on.
    """
    treated = [one.medication for one in total.ignored if one.reason is IgnoredReason.OPIOID_USE_DISORDER_TREATMENT]
    if treated:
        return NoPlan(obstacle=Obstacle.TREATMENT, medications=tuple(treated))
    if total.uncounted:
        names = tuple(one.medication for one in total.uncounted)
        if all(one.reason in WITHOUT_A_FACTOR for one in total.uncounted):
            return NoPlan(obstacle=Obstacle.NO_FACTOR, medications=names)
        missing = tuple(one.detail for one in total.uncounted)
        return NoPlan(obstacle=Obstacle.UNCOUNTED, medications=names, missing=missing)
    partial = [line for line in total.counted if line.ingredient.pharmacology is Pharmacology.PARTIAL_AGONIST]
    left_alone = (
        *(line.medication for line in partial),
        *(one.medication for one in total.ignored if one.reason is IgnoredReason.PARTIAL_AGONIST),
    )
    lines = [line for line in total.counted if line not in partial]
    if not lines:
        obstacle = Obstacle.ONLY_BUPRENORPHINE if left_alone else Obstacle.NOTHING_TAKEN
        return NoPlan(obstacle=obstacle, medications=left_alone)
    parts: list[Part] = []
    for line in lines:
        found = parts_of(line)
        if isinstance(found, NoPlan):
            return found
        parts.extend(found)
    at_first = begun_at or sum((line.mme_per_day.maximum for line in lines), Decimal(0))
    coarse = practice.rounding_percent * at_first / 100
    tapered = _merged(parts, shelf, practice, coarse, halves=halves)
    if crowded := [stream.product.name for stream in tapered if len(stream.doses) > MOST_TIMES]:
        return NoPlan(obstacle=Obstacle.NOT_DAILY, medications=tuple(crowded))
    return Streams(tapered=tapered, left_alone=tuple(dict.fromkeys(left_alone)))


def _merged(
    parts: Iterable[Part], shelf: Shelf, practice: Practice, coarse: Decimal, *, halves: bool
) -> tuple[Stream, ...]:
    """One stream for each formulation: a morning and an evening order of one drug are one schedule.

    Patches that are changed at different times are two: what is worn now is told as it is ordered.
    """
    groups: dict[tuple[object, ...], list[tuple[Part, ShelfLine]]] = {}
    for part in parts:
        line = shelf.line_of(part.line.product)
        known = tuple(one.name for one in line.products)
        unit = part.line.product.name if part.sort in (Sort.AS_NEEDED, Sort.LIQUID) else ""
        groups.setdefault((part.sort, part.line.route, known, unit, part.changed_hours), []).append((part, line))
    return tuple(_stream(group, practice, coarse, halves=halves) for group in groups.values())


def _stream(group: Sequence[tuple[Part, ShelfLine]], practice: Practice, coarse: Decimal, *, halves: bool) -> Stream:
    """`coarse` is the largest step that rounding may make, in MME/day."""
    first, line = group[0]
    sort = first.sort
    product = max((part.line.product for part, _ in group), key=strength_of)
    day = slots_of([part for part, _ in group], lasts_a_day=_FOR_A_DAY in line.products[0].name.lower())
    doses = [slot.amount for slot in day]
    if sort in (Sort.PATCH, Sort.AS_NEEDED):
        doses = [sum(doses, Decimal(0))]
    most, weight = max(doses), first.line.mme_per_day.maximum / first.line.dose_per_day.maximum
    mark = mark_of(product, practice) if product.form is Form.LIQUID else Decimal(0)
    if sort is Sort.AS_NEEDED and product.form is Form.SOLID:
        finer = finer_than(product, max(part.each for part, _ in group), coarse / weight, practice)
        amounts = as_needed_amounts(told_apart(line, product, practice), product, most, finer)
    elif product.form is Form.LIQUID:
        amounts = liquid_amounts(product, most, mark)
    else:
        amounts = solid_amounts(line, product, most, practice, halves=halves)
    stream = Stream(
        sort=sort,
        ingredient=first.line.ingredient,
        route=first.line.route,
        product=product,
        line=line,
        amounts=amounts,
        weight=weight,
        mark=mark,
        least_step=worth_a_step(mark, weight, practice) if mark else mark,
        doses=tuple(doses),
        orders=_orders(part for part, _ in group),
        each=max(part.each for part, _ in group),
        most=most,
        changed_hours=first.changed_hours,
        at=_named_times(day) if sort not in (Sort.PATCH, Sort.AS_NEEDED) else (),
    )
    return _with_present_doses(stream, [part for part, _ in group], day)


def _named_times(day: Sequence[Slot]) -> tuple[PartOfDay | None, ...]:
    """The parts of the day, where orders name them and they tell the doses apart."""
    named = [slot.at for slot in day if slot.at is not None]
    return tuple(slot.at for slot in day) if named and len(set(named)) == len(named) else ()


def _orders(parts: Iterable[Part]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for part in parts:
        found.setdefault(part.line.product.name, {})[part.line.reference] = None
    return {name: tuple(references) for name, references in found.items()}


def _with_present_doses(stream: Stream, parts: Sequence[Part], day: Iterable[Slot]) -> Stream:
    """What is taken now stays as it is ordered, even where nobody would put it together so."""
    if stream.sort in (Sort.PATCH, Sort.AS_NEEDED):
        return replace(stream, amounts=stream.amounts.joined({stream.amount: _together(stream, parts)}))
    present = {slot.amount: slot.units for slot in day if slot.amount}
    return replace(stream, amounts=stream.amounts.joined(present))


def _together(stream: Stream, parts: Sequence[Part]) -> tuple[tuple[Product, Decimal], ...]:
    if stream.sort is Sort.AS_NEEDED:
        return stream.amounts.units(stream.amount)
    worn: dict[str, tuple[Product, Decimal]] = {}
    for part in parts:
        product = part.line.product
        known = worn.get(product.name, (product, Decimal(0)))[1]
        worn[product.name] = (product, known + part.doses[0] / strength_of(product))
    return tuple(worn.values())
