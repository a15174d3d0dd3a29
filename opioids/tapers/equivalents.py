"""A plan from a number alone: steps in morphine equivalents, without any tablets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from opioids.tapers.pacing import Pacing, Standard, Wish, notes_of, reviews, senseless
from opioids.tapers.values import First, NoPlan, PlanNote, StepNote, TaperPlan, TaperStep


def plan_of_equivalents(current: Decimal, standard: Standard, wish: Wish) -> TaperPlan | NoPlan:
    """The steps of a pace from `current` MME/day down to nothing, or to the end that was asked for.

    Shares of what is left never reach nothing: near the end a step is as small as is worth taking, no smaller, and
    never more than at the start.
    """
    if obstacle := senseless(wish, current):
        return NoPlan(obstacle=obstacle)
    pacing = Pacing(standard, wish, current)
    least = min(standard.practice.least_mme_step, pacing.wanted(current))
    amounts = list(_amounts(current, pacing, least, wish.target or Decimal(0)))
    shares = all(before - amount <= pacing.wanted(before) for before, amount in pairwise(amounts))
    return TaperPlan(
        guideline=standard.guideline.id,
        table="",
        profile=standard.profile,
        percent=pacing.percent,
        interval_days=pacing.interval_days,
        first=First.ONLY,
        lead="",
        steps=tuple(_steps(amounts, pacing, standard, wish)),
        notes=(
            PlanNote.NO_TABLETS,
            *([PlanNote.BEGUN] if wish.begun_at else []),
            *([] if shares else [PlanNote.GEOMETRIC_TAIL]),
            *notes_of(standard.profile, standard.guideline),
        ),
        target=wish.target,
        begun_at=wish.begun_at,
    )


def _amounts(current: Decimal, pacing: Pacing, least: Decimal, end: Decimal) -> Iterator[Decimal]:
    left = current
    yield left
    while left > end:
        left = max(end, left - max(least, pacing.wanted(left)))
        yield left


def _steps(amounts: list[Decimal], pacing: Pacing, standard: Standard, wish: Wish) -> Iterator[TaperStep]:
    first, before, start = pacing.at_first, amounts[0], wish.start
    for number, amount in enumerate(amounts):
        cut = before - amount
        days = pacing.days(before, cut, amounts[0]) if number and amount else pacing.interval_days
        yield TaperStep(
            number=number,
            start=start,
            days=days,
            doses=(),
            mme=amount,
            left_percent=100 * amount / first,
            cut_percent=100 * cut / first,
            cut_of_previous_percent=100 * cut / before,
            reviews=tuple(reviews(start, days, standard.practice.review_days)),
            notes=tuple(_said(before, amount, days, pacing)),
        )
        before, start = amount, start + timedelta(days=days)


def _said(before: Decimal, amount: Decimal, days: int, pacing: Pacing) -> Iterator[StepNote]:
    """What there is to say about a step."""
    if pacing.is_low(before) and before - amount > pacing.wanted(before):
        yield StepNote.LOW_DOSE
    if not amount:
        yield StepNote.LAST
    if days > pacing.interval_days:
        yield StepNote.LONGER_STAY
