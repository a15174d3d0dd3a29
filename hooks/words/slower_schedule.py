"""A slower way than the order being written, in words: in tablets where they are known, else as a share of the dose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hooks.told import Told, listed, paragraphs
from hooks.wording import capital, mme, safe
from hooks.words.taper import doses_words
from hooks.words.taper_notes import first_others, order_words, step_words, whose_pace
from hooks.words.unknown_stop import NOT_NOW
from opioids.pace import Judged, Tier
from opioids.quantities import shown
from opioids.tapers.values import PlanNote, StepNote, TaperPlan, TaperStep

_SMALLER_FIRST = "Where a smaller strength exists, step down to it first. Review before each step; hold it as needed."
_COARSE = (
    "Where no smaller step of a product is known, stay longer on each one; moving to another form or opioid needs "
    "experienced advice."
)
_SAID_OF_ALL = (StepNote.NO_SMALLER_UNIT, StepNote.LONGER_STAY)
"""What the words about coarse steps, and the days of each, say of all of them."""
_OTHER_COUNTRY = "The strengths are those on the lists of the United States: go through them with the pharmacy."


def schedule_text(told: Told, found: Judged) -> str:
    """A slower way: in tablets where they are known, else as a step and an interval; never a target."""
    if told.case.speaks_against_a_schedule:
        return listed(NOT_NOW, first_others(told.case.patient))
    if found.tier in (None, Tier.TWO_CUTS):
        return ""
    if found.fall is told.case.unconverted_fall:
        return _SMALLER_FIRST
    if not told.plans:
        return _share(told)
    slower = [plan for plan in told.plans if _is_slower(plan, found, told.case.today)]
    if not slower:
        return _as_small_as_it_goes(told.plans[0], told.case.today)
    parts = [_plan(plan, told.case.today) for plan in slower]
    coarse = any(StepNote.NO_SMALLER_UNIT in step.notes for plan in slower for step in plan.steps)
    percent, days = shown(told.plans[0].percent), told.plans[0].interval_days
    then = "Then on in such steps. " if coarse else f"Then about {percent}% every {days} days, or slower. "
    ends = all(plan.steps[-1].mme == 0 for plan in slower)
    end = f"{'' if ends else then}Review before each step; hold it as long as needed."
    foreign = PlanNote.OTHER_COUNTRY in told.plans[0].notes
    notes = (
        _COARSE if coarse else "",
        _left_alone(told.plans[0]),
        whose_pace(told.plans[0]),
        _OTHER_COUNTRY if foreign else "",
    )
    return paragraphs("A slower way, to decide with the patient:", *parts, end, *notes)


def _is_slower(plan: TaperPlan, found: Judged, today: date) -> bool:
    """Whether a plan begins with more than the order comes to, or later: where units are coarse it may not."""
    first = plan.steps[1]
    small = StepNote.NO_SMALLER_UNIT not in first.notes
    return small or first.start > today or first.mme > found.fall.after


def _as_small_as_it_goes(plan: TaperPlan, today: date) -> str:
    """What there is to say where the order is the smallest step that is known."""
    lines = ["- Moving to another form or opioid makes smaller steps possible; it needs experienced advice."]
    if len(plan.steps) > 2:
        days = (plan.steps[2].start - today).days
        lines.append(f"- If this step is taken, stay on it: by its size the next one comes after {days} days.")
    known = listed("No smaller step of this product is known. To decide with the patient:", lines)
    return paragraphs(known, whose_pace(plan) if len(lines) > 1 else "")


def _left_alone(plan: TaperPlan) -> str:
    names = ", ".join(map(safe, plan.left_alone))
    return f"Left as it is, and not in these numbers: {names}." if names else ""


def _plan(plan: TaperPlan, today: date) -> str:
    first = order_words(plan)
    waits = plan.steps[1].start > today
    lines = [_step(step, today, plan.country) for step in plan.steps[0 if waits else 1 :]]
    heading = f"{capital(first)}:\n\n" if first else ""
    return heading + "\n".join(lines)


def _step(step: TaperStep, today: date, country: str) -> str:
    """The first step is for now, unless the one before it is too young: then the present dose stays until its time."""
    days = (step.start - today).days
    when = "now" if days <= 0 else "after 1 day" if days == 1 else f"after {days} days"
    stay = "stay on " if step.number == 0 else ""
    words = step_words(replace(step, notes=tuple(one for one in step.notes if one not in _SAID_OF_ALL)))
    return (
        f"- {when}: {stay}{doses_words(step.doses, country=country)} ({mme(step.mme)}){f'; {words}' if words else ''}"
    )


def _share(told: Told) -> str:
    """A slower schedule as a share of the dose, where no tablets can be told."""
    case, pace = told.case, told.guideline.pace
    most, days = pace.percent_after(case.therapy_days), pace.window_after(case.therapy_days)
    if most is None or not case.current.counted:
        return ""
    step = case.current.maximum * most / 100
    lines = [f"- Steps of about {shown(most)}% (here about {shown(step, 0)} MME/day) every {days} days, or slower."]
    lines.append("- Review before each step; keep the step as long as the patient needs.")
    return listed("A slower schedule:", lines)
