"""From a regimen to its plans: step by step, in products that can be dispensed, with dates.

Basis: CDC 2022, recommendation 5 (pace, at least monthly review); the review in the NEJM of 2025 (which
formulation first is a shared decision); what is our own choice stands in `knowledge/tapers/practice.csv`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice

from opioids.mme import MmeTotal, mme_total
from opioids.products import Form, Product
from opioids.shelf import RXNORM_COUNTRY, Shelf
from opioids.tables import Review
from opioids.tapers.course import Course, Move, mme_of
from opioids.tapers.day import spread_anew
from opioids.tapers.pacing import Pacing, Standard, Wish, is_beyond, notes_of, senseless
from opioids.tapers.streams import State, Stream, Streams, streams_of
from opioids.tapers.timetable import one_a_day, planned_doses, timetable
from opioids.tapers.values import First, FirstStep, NoPlan, PlanNote, Sort, StepNote, TaperPlan

_ONE = Decimal(1)
_MOST_PLANS = 3
"""A choice between more drugs to begin with is no help."""


def plans(
    total: MmeTotal, standard: Standard, wish: Wish, *, most_steps: int | None = None
) -> tuple[TaperPlan, ...] | NoPlan:
    """A plan for each order in which the formulations can be lowered, or why there is none.

    Where every order comes to the same steps there is one plan.
    `most_steps` ends each plan after so many steps, for those who only show its beginning.
    """
    standard = replace(standard, shelf=_countable(standard, wish.start))
    streams = streams_of(total, standard.shelf, standard.practice, halves=wish.halves, begun_at=wish.begun_at)
    if isinstance(streams, NoPlan):
        return streams
    if obstacle := senseless(wish, mme_of(streams.tapered)):
        return NoPlan(obstacle=obstacle)
    return _told_apart([one.plan(most_steps) for one in _planners(standard, wish, streams)])


def _told_apart(made: Sequence[TaperPlan]) -> tuple[TaperPlan, ...]:
    """Each plan once: where every order comes to the same steps, there is no choice."""
    by_doses = {tuple(step.doses for step in plan.steps): plan for plan in reversed(made)}
    if len(made) > 1 and len(by_doses) == 1:
        notes = tuple(note for note in made[0].notes if note is not PlanNote.NOT_FIRST)
        return (replace(made[0], first=First.ONLY, lead="", notes=notes),)
    return tuple(plan for plan in made if plan in by_doses.values())


def first_steps(total: MmeTotal, standard: Standard, wish: Wish) -> tuple[FirstStep, ...]:
    """What each plan's first step would leave to take, where its units are small enough for the pace.

    A quick look at how `plans` begin, without their dates, totals and remarks.
    """
    streams = streams_of(total, standard.shelf, standard.practice, halves=wish.halves)
    if isinstance(streams, NoPlan):
        return ()
    found = (one.first_step() for one in _planners(standard, wish, streams))
    return tuple(step for step in found if step and step.doses)


def _planners(standard: Standard, wish: Wish, streams: Streams) -> Iterator[_Planner]:
    for first, lead in _orders(streams.tapered, wish.first):
        yield _Planner(standard, wish, streams, first, lead)


def _countable(standard: Standard, on: date) -> Shelf:
    """What can be dispensed and also be counted: a table may list one strength of a patch and not the next."""
    return standard.shelf.limited_to(lambda one: bool(mme_total([one_a_day(one, _ONE)], standard.table, on).maximum))


def _orders(streams: tuple[Stream, ...], wanted: First | None) -> list[tuple[First, str]]:
    """The orders worth a choice: long-acting or immediate-release first, or else one drug before another."""
    if len({one.is_long_acting for one in streams}) == 2:
        return [(first, "") for first in (First.EXTENDED, First.IMMEDIATE) if wanted in (None, first)]
    names = list(dict.fromkeys(one.ingredient.name for one in streams))
    return [(First.ONLY, name if len(names) > 1 else "") for name in names[:_MOST_PLANS]]


@dataclass(frozen=True, slots=True)
class _Planner:
    """Makes one plan."""

    standard: Standard
    wish: Wish
    streams: Streams
    first: First
    lead: str

    def first_step(self) -> FirstStep | None:
        _, *moves = self._moves(self._pacing(), 1)
        if not moves or StepNote.NO_SMALLER_UNIT in moves[0].notes:
            return None
        doses = tuple(dose for stream in moves[0].state for dose in planned_doses(stream, self.standard.practice))
        return FirstStep(doses=doses, notes=moves[0].notes)

    def _pacing(self) -> Pacing:
        return Pacing(self.standard, self.wish, mme_of(self.streams.tapered))

    def _moves(self, pacing: Pacing, most_steps: int | None) -> list[Move]:
        """The state at the start, and then after each of so many steps."""
        standard = self.standard
        course = Course(first=self.first, lead=self.lead, shelf=standard.shelf, practice=standard.practice)
        found = _moves(self.streams.tapered, course, pacing)
        return list(islice(found, None if most_steps is None else most_steps + 1))

    def plan(self, most_steps: int | None) -> TaperPlan:
        standard, pacing = self.standard, self._pacing()
        moves = self._moves(pacing, most_steps)
        return TaperPlan(
            guideline=standard.guideline.id,
            table=standard.table.id,
            profile=standard.profile,
            percent=pacing.percent,
            interval_days=pacing.interval_days,
            first=self.first,
            lead=self.lead,
            steps=tuple(timetable(moves, pacing, standard, self.wish.start)),
            notes=tuple(self._notes([move.state for move in moves])),
            target=self.wish.target,
            begun_at=self.wish.begun_at,
            left_alone=self.streams.left_alone,
            solutions=tuple(_solutions(self.streams.tapered, standard)),
            country=standard.guideline.jurisdiction,
        )

    def _begins_as_chosen(self, start: State, then: State) -> bool:
        """Whether the first step lowers what was chosen to go first, where there is a choice."""
        before, after = (mme_of(tuple(filter(self._goes_first, state))) for state in (start, then))
        return after < before

    def _goes_first(self, stream: Stream) -> bool:
        if self.lead:
            return stream.ingredient.name == self.lead
        return self.first is First.ONLY or stream.is_long_acting is (self.first is First.EXTENDED)

    def _notes(self, states: Sequence[State]) -> Iterator[PlanNote]:
        streams, profile, end = self.streams.tapered, self.standard.profile, mme_of(states[-1])
        if len(states) > 1 and not self._begins_as_chosen(states[0], states[1]):
            yield PlanNote.NOT_FIRST
        if any(one.sort is Sort.AS_NEEDED for one in streams):
            yield PlanNote.CONFIRM_USE
        if any(one.ingredient.name == "methadone" for one in streams):
            yield PlanNote.METHADONE
        if any(one.sort is Sort.PATCH for one in streams):
            yield PlanNote.PATCHES
        if self.streams.left_alone:
            yield PlanNote.LEFT_ALONE
        if self.wish.target is not None and end > self.wish.target:
            yield PlanNote.ENDS_ABOVE
        if self.wish.begun_at is not None:
            yield PlanNote.BEGUN
        if self.standard.guideline.jurisdiction != RXNORM_COUNTRY:
            yield PlanNote.OTHER_COUNTRY
        yield from notes_of(profile, self.standard.guideline)
        if self.standard.table.review is Review.PROVISIONAL:
            yield PlanNote.PROVISIONAL_FACTORS


def _moves(state: State, course: Course, pacing: Pacing) -> Iterator[Move]:
    """The state at the start, and then after each step."""
    move: Move | None = Move(state=state, cut=Decimal(0))
    while move is not None:
        yield move
        before, now = move.state, mme_of(move.state)
        move = course.next(before, pacing.bounds(now))
        if move is not None:
            state = spread_anew(before, move.state)
            ends_worn = move.cut == now and all(one.sort is Sort.PATCH for one in before if one.amount)
            said = (*_said(now, move, pacing), *([StepNote.FROM_A_PATCH] if ends_worn else []))
            move = replace(move, state=state, notes=(*move.notes, *said))


def _said(now: Decimal, move: Move, pacing: Pacing) -> Iterator[StepNote]:
    """What there is to say about a step's size."""
    bounds = pacing.bounds(now)
    if move.cut > bounds.wanted:
        if pacing.is_low(now):
            yield StepNote.LOW_DOSE
        elif is_beyond(move.cut, move.smallest, bounds):
            yield StepNote.NO_SMALLER_UNIT
        else:
            yield StepNote.ROUNDED
    if move.cut == now:
        yield StepNote.LAST


def _solutions(streams: Iterable[Stream], standard: Standard) -> Iterator[Product]:
    """The weakest oral solution of each drug that is swallowed in solid form: it allows smaller last steps."""
    ingredients = dict.fromkeys(one.ingredient for one in streams if one.product.form is Form.SOLID)
    for ingredient in ingredients:
        yield from standard.shelf.solutions_of(ingredient)[:1]
