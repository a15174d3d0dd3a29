"""One step of a course: which formulation is lowered next, by how much, and what takes its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from opioids.products import Form
from opioids.shelf import Shelf, ShelfLine, strength_of
from opioids.tapers.amounts import solid_amounts
from opioids.tapers.moves import Aim, next_doses, smallest_step
from opioids.tapers.profiles import Practice
from opioids.tapers.streams import State, Stream, with_dose, with_stream
from opioids.tapers.values import First, Sort, StepNote

_ONCE = (Decimal(0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The state after one step, how many MME/day less it is, and what there is to say about it."""

    state: State
    cut: Decimal
    notes: tuple[StepNote, ...] = ()
    smallest: Decimal = Decimal(0)
    """The smallest step of what was lowered, in MME/day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much less a step should be, in MME/day.

    `wanted` is the pace now, `at_first` what it was at the start, `pace` the one of the two that a step is measured
    by; `most` the largest cut that rounding may make, `apart` how much the doses of a day may differ; `half` the part
    of the present dose that is avoided; `room` what is left above the end.
    """

    wanted: Decimal
    at_first: Decimal
    pace: Decimal
    most: Decimal
    apart: Decimal
    half: Decimal
    room: Decimal


def mme_of(state: State) -> Decimal:
    """MME/day at the weights of the start."""
    return sum((one.mme for one in state), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """By which choice, and with what on the shelf, a regimen is lowered."""

    first: First
    lead: str
    shelf: Shelf
    practice: Practice

    def next(self, state: State, bounds: Bounds) -> Move | None:
        """The next step: in the chosen order, unless a smaller step elsewhere keeps to the pace."""
        turns = [move for move in self._turns(state, bounds) if move.cut <= bounds.room]
        if not turns:
            return None
        best = turns[0]
        if not _is_steep(best, bounds):
            return best
        smaller = [one for one in (*turns[1:], *self._swaps(state, bounds)) if one.cut < best.cut]
        return min(smaller, key=lambda one: one.cut, default=best)

    def _turns(self, state: State, bounds: Bounds) -> Iterator[Move]:
        """What lowering each stream would come to, in the order in which they take their turns."""
        for index in self._order(state):
            move = self._lowered(state, index, bounds)
            if move is not None:
                yield move

    def _order(self, state: State) -> list[int]:
        taken = [index for index, one in enumerate(state) if one.amount]
        return sorted(taken, key=lambda index: (self._rank(state[index]), index))

    def _rank(self, stream: Stream) -> tuple[bool, bool, int, Decimal]:
        by_sort = _EXTENDED_FIRST if self.first is not First.IMMEDIATE else _IMMEDIATE_FIRST
        return (
            stream.ingredient.name != self.lead,
            self.first is First.IMMEDIATE and _is_fixed_evening(stream),
            next(place for place, sorts in enumerate(by_sort) if stream.sort in sorts),
            -stream.mme if stream.is_long_acting else Decimal(0),
        )

    def _lowered(self, state: State, index: int, bounds: Bounds) -> Move | None:
        stream = state[index]
        keeps_one = self.first is First.IMMEDIATE and _keeps_one(state, stream)
        source = replace(stream, amounts=stream.amounts.from_least(_kept(stream))) if keeps_one else stream
        weight = stream.weight
        aim = Aim(
            wanted=min(bounds.wanted, bounds.room) / weight,
            at_first=bounds.at_first / weight,
            most=min(bounds.most, bounds.room) / weight,
            apart=bounds.apart / weight,
            lopsided=self.practice.lopsided_times,
            late_first=self.first is First.IMMEDIATE and any(map(_is_fixed_evening, state)),
        )
        doses = next_doses(source, stream.doses, aim)
        if doses is None:
            return None
        smallest = min(
            smallest_step(stream, dose) for dose, later in zip(stream.doses, doses, strict=True) if later < dose
        )
        lowered = replace(stream, doses=doses)
        notes: tuple[StepNote, ...] = ()
        if keeps_one and doses[0] == _kept(stream):
            lowered, notes = _at_a_fixed_time(lowered), (StepNote.FIXED_TIME,)
        return Move(
            state=with_stream(state, index, lowered),
            cut=stream.mme - lowered.mme,
            notes=notes,
            smallest=smallest * weight,
        )

    def _swaps(self, state: State, bounds: Bounds) -> Iterator[Move]:
        """The smallest extended-release dose replaced by a smaller immediate-release one of the same drug."""
        for index, stream in enumerate(state):
            if stream.sort is not Sort.EXTENDED:
                continue
            for time, dose in enumerate(stream.doses):
                if not dose or stream.amounts.below(dose):
                    continue
                move = self._swapped(state, index, time, bounds)
                if move is not None:
                    yield move

    def _swapped(self, state: State, index: int, time: int, bounds: Bounds) -> Move | None:
        stream = state[index]
        dose = stream.doses[time]
        known = [one for one in state if _is_plain_immediate(one) and one.ingredient == stream.ingredient]
        line = known[0].line if known else self.shelf.immediate_of(stream.ingredient)
        half = _about_half(line, dose)
        if line is None or half is None:
            return None
        # Tablets that are taken already are preferred, not at the price of a larger step.
        amount = max((own for one in known if half <= (own := strength_of(one.product)) < dose), default=half)
        doses = with_dose(_ONCE * len(stream.doses), time, amount)
        if stream.amount == dose and (dose - amount) * stream.weight >= bounds.half:
            doses = _over_the_day(line, dose, dose - bounds.half / stream.weight) or doses
        lowered = with_stream(state, index, replace(stream, doses=with_dose(stream.doses, time, Decimal(0))))
        cut = (dose - sum(doses)) * stream.weight
        return Move(
            state=_added(lowered, self._immediate(stream, line, doses)),
            cut=cut,
            notes=(StepNote.NOW_IMMEDIATE,),
            smallest=cut,
        )

    def _immediate(self, stream: Stream, line: ShelfLine, doses: tuple[Decimal, ...]) -> Stream:
        amount = max(doses)
        product = next(one for one in line.products if strength_of(one) == amount)
        return replace(
            stream,
            sort=Sort.IMMEDIATE,
            product=product,
            line=line,
            amounts=solid_amounts(line, product, amount, self.practice, halves=False),
            doses=doses,
            at=stream.at if len(doses) == len(stream.doses) else (),
        )


_EXTENDED_FIRST = ({Sort.EXTENDED, Sort.PATCH}, {Sort.IMMEDIATE, Sort.LIQUID}, {Sort.AS_NEEDED})
_IMMEDIATE_FIRST = ({Sort.AS_NEEDED}, {Sort.IMMEDIATE, Sort.LIQUID}, {Sort.EXTENDED, Sort.PATCH})


def _is_steep(move: Move, bounds: Bounds) -> bool:
    """Whether a step is more than the pace and its rounding, or a large part of what is taken now."""
    beyond = move.cut - bounds.pace
    return move.cut >= bounds.half or move.cut > bounds.most or beyond > move.smallest / 2


def _is_fixed_evening(stream: Stream) -> bool:
    """Whether it is one immediate-release dose at the end of the day, as an as-needed part becomes."""
    return stream.sort is Sort.IMMEDIATE and len(stream.doses) > 1 and stream.amount == stream.doses[-1] > 0


def _keeps_one(state: State, stream: Stream) -> bool:
    """Whether an as-needed part is lowered only to one dose at a fixed time, because a long-acting form stays."""
    return stream.sort is Sort.AS_NEEDED and any(one.is_long_acting and one.amount for one in state)


def _kept(stream: Stream) -> Decimal:
    """The one dose that an as-needed part becomes: one tablet, or what is taken of a solution at a time.

    A stated maximum may allow less than that in a day.
    """
    each = strength_of(stream.product)
    return min(stream.amount, each * stream.each if stream.product.form is Form.LIQUID else each)


def _at_a_fixed_time(stream: Stream) -> Stream:
    """Its one dose in the evening, of the present product."""
    dose = stream.doses[0]
    amounts = stream.amounts.joined({dose: ((stream.product, dose / strength_of(stream.product)),)})
    return replace(stream, sort=Sort.IMMEDIATE, amounts=amounts, doses=(Decimal(0), dose))


def _is_plain_immediate(stream: Stream) -> bool:
    return stream.product.form is Form.SOLID and not stream.is_long_acting and not stream.product.combination


def _about_half(line: ShelfLine | None, dose: Decimal) -> Decimal | None:
    """The strength at or below half of a dose, or else the largest below it."""
    lower = [value for value in (line.strengths if line else ()) if value < dose]
    return max((value for value in lower if value <= dose / 2), default=max(lower, default=None))


_TIMES = (2, 3)
"""How often a day what lasted for a whole one is taken instead."""


def _over_the_day(line: ShelfLine, below: Decimal, above: Decimal) -> tuple[Decimal, ...]:
    """Equal doses of one tablet that come to the most between two amounts; none where there are none."""
    found = [(value,) * count for value in line.strengths for count in _TIMES if above < value * count < below]
    return max(found, key=sum, default=())


def _added(state: State, new: Stream) -> State:
    """A state with one more immediate-release dose, beside others of the same tablets where there are any."""
    for index, one in enumerate(state):
        alike = one.sort is Sort.IMMEDIATE and one.line == new.line and len(one.doses) == len(new.doses)
        if alike:
            pairs = list(zip(one.doses, new.doses, strict=True))
            made_of = {a + b: (*one.amounts.units(a), *new.amounts.units(b)) for a, b in pairs}
            both = replace(one, doses=tuple(a + b for a, b in pairs), amounts=one.amounts.joined(made_of))
            return with_stream(state, index, both)
    return (*state, new)
