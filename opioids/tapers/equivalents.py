"""A plan from a number alone: steps in morphine equivalents, without any tablets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from opioids.tapers.pacing import Pacing, Standard, Wish, notes_of, reviews
from opioids.tapers.values import First, NoPlan, Obstacle, PlanNote, TaperPlan, TaperStep

_HUNDRED = Decimal(100)


def plan_of_equivalents(current: Decimal, standard: Standard, wish: Wish) -> TaperPlan | NoPlan:
    """The steps of a pace from `current` MME/day down.

    Shares of what is left never reach nothing: the steps end where they would be smaller than practice can
    follow, or at the end that was asked for.
    """
    if wish.target is not None and wish.target >= current:
        return NoPlan(obstacle=Obstacle.TARGET_NOT_BELOW)
    pacing = Pacing(standard, wish, current)
    amounts = list(_amounts(current, pacing, standard, wish))
    ends = amounts[-1] == (wish.target or Decimal(0))
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
            *([] if ends else [PlanNote.GEOMETRIC_TAIL]),
            *notes_of(standard.profile, standard.guideline),
        ),
        target=wish.target,
    )


def _amounts(current: Decimal, pacing: Pacing, standard: Standard, wish: Wish) -> Iterator[Decimal]:
    end, left = wish.target or Decimal(0), current
    yield left
    while left > end:
        cut = pacing.wanted(left)
        if cut < standard.practice.least_mme_step and left - cut > end:
            return
        left = max(end, left - cut)
        yield left


def _steps(amounts: list[Decimal], pacing: Pacing, standard: Standard, wish: Wish) -> Iterator[TaperStep]:
    first, before = amounts[0], amounts[0]
    for number, amount in enumerate(amounts):
        start = wish.start + timedelta(days=number * pacing.interval_days)
        yield TaperStep(
            number=number,
            start=start,
            days=pacing.interval_days,
            doses=(),
            mme=amount,
            left_percent=_HUNDRED * amount / first,
            cut_percent=_HUNDRED * (before - amount) / first,
            cut_of_previous_percent=_HUNDRED * (before - amount) / before,
            reviews=tuple(reviews(start, pacing.interval_days, standard.practice.review_days)),
        )
        before = amount
