"""Of which steps of a plan a card will speak when they are ordered: said beforehand, it is no surprise.

Where no product is small enough a plan goes by what there is and stays longer on it; by the guideline's pace the step
is large all the same, and it is for the prescriber to be told so again on its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from opioids.change import change_of
from opioids.mme import MmeTotal, mme_total
from opioids.pace import Fall, Tier, judged
from opioids.past_doses import Level, PastDoses
from opioids.prescriptions import Prescription
from opioids.products import Product
from opioids.tapers.pacing import Standard
from opioids.tapers.timetable import one_a_day
from opioids.tapers.values import PlannedDose, TaperPlan, TaperStep

_SMALL = (Tier.END, Tier.TWO_CUTS)
"""What a card says of these is no word about a step that is large."""


def spoken_of(plan: TaperPlan, standard: Standard, therapy_days: int | None) -> tuple[int, ...]:
    """The numbers of the steps that are large by the guideline's pace on the day on which they are due.

    None of a plan without tablets. A length of therapy that is not known (None) is taken for a long one, as the plan's
    pace takes it.
    """
    if not plan.has_tablets:
        return ()
    days = standard.guideline.pace.long_therapy_days if therapy_days is None else therapy_days
    return tuple(_large(plan, standard, days))


def _large(plan: TaperPlan, standard: Standard, therapy_days: int) -> Iterator[int]:
    guideline, start = standard.guideline, plan.steps[0].start
    before, past = _total(plan.steps[0], standard), _past(plan, standard)
    for step in plan.steps[1:]:
        after, days = _total(step, standard), therapy_days + (step.start - start).days
        fall = Fall(
            day=step.start,
            before=before.maximum,
            after=after.maximum,
            change=change_of(before, after, standard.shelf, standard.practice),
            therapy_days=days,
            past=past,
        )
        tier = judged(fall, guideline.pace).tier
        if tier and tier not in _SMALL and days >= guideline.long_term_days:
            yield step.number
        before, past = after, past.followed_by(step.start, after.maximum)


def _past(plan: TaperPlan, standard: Standard) -> PastDoses:
    """What was taken before a plan: its first dose for as long as is looked back, after the one at which it began."""
    pace, first = standard.guideline.pace, plan.steps[0]
    long_ago = Level(first.start - timedelta(days=pace.lookback_days), plan.begun_at or first.mme)
    if plan.begun_at is None:
        return PastDoses(levels=(long_ago,))
    return PastDoses(levels=(long_ago, Level(first.start - timedelta(days=pace.tier_window_days), first.mme)))


def _total(step: TaperStep, standard: Standard) -> MmeTotal:
    return mme_total(list(_orders(step.doses)), standard.table, step.start)


def _orders(doses: Iterable[PlannedDose]) -> Iterator[Prescription]:
    """One order a product, for a whole day's units of it."""
    units: dict[tuple[Product, bool], Decimal] = {}
    for dose in doses:
        key = (dose.product, dose.at_most is not None)
        units[key] = units.get(key, Decimal(0)) + dose.per_day
    for (product, as_needed), count in units.items():
        order = one_a_day(product, count)
        sigs = tuple(replace(sig, as_needed=as_needed) for sig in order.sigs)
        yield replace(order, reference=f"{product.rxcui}{'-needed' if as_needed else ''}", sigs=sigs)
