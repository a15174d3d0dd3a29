"""Why one card was shown: its numbers, what was seen and not seen, and what would have changed it.

Holds words and numbers about one patient, but nothing that names the patient or an order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from fhir_mappings.step_orders import alike
from hooks.guideline_words import CLASSES, dose_at, not_meant_for
from hooks.told import Told, reason_words, reasons_told
from hooks.wording import left_out, mme, months
from hooks.words.incomplete import GAPS, uncounted_of
from hooks.words.taper import directions_words
from opioids.case import Case, Focus
from opioids.conditions import ConditionGroup
from opioids.criteria import Criterion
from opioids.drug_classes import DrugClass
from opioids.guideline import DosePoint, Guideline
from opioids.mme import MmeTotal
from opioids.quantities import shown
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency
from opioids.rules import RULES
from opioids.rules.slower_taper import worst
from opioids.what_if import Alternative, Difference, what_if

Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class InParticular:
    """One card explained, in words. Rows hold a medicine, its arithmetic or the reason, and what was assumed.

    `silenced` and `changed` complete "if …": what would have kept the card away, or made it more or less urgent.
    `taken` is what a slower way begins with, a line for each medicine and time as the planner of tapers reads it.
    """

    day: date
    summary: str
    totals: tuple[Row, ...]
    complete: bool
    counted: tuple[Row, ...]
    uncounted: tuple[Row, ...]
    left_out: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    statements: tuple[str, ...]
    seen: tuple[str, ...]
    unseen: tuple[str, ...]
    silenced: tuple[str, ...]
    changed: tuple[str, ...]
    taken: tuple[str, ...]


def in_particular(told: Told, summary: str) -> InParticular:
    """The explanation of the card with this summary, worked out from all that it was told from."""
    case, total = told.case, told.case.proposed
    others = _alternatives(told)
    return InParticular(
        day=case.today,
        summary=summary,
        totals=tuple(_totals(told)),
        complete=case.complete,
        counted=tuple((one.medication, one.arithmetic, "; ".join(one.assumptions)) for one in total.counted),
        uncounted=tuple((one.medication, one.reason.replace("-", " "), one.detail) for one in uncounted_of(case)),
        left_out=left_out(total.ignored),
        reasons=tuple(reasons_told(told.recommendation.reasons, told)),
        statements=told.recommendation.statements,
        seen=tuple(_seen(case, told.guideline)),
        unseen=tuple(_unseen(case, told.recommendation.topic)),
        silenced=tuple(_silenced([one for one in others if isinstance(one.found, HeldBack)], told)),
        changed=tuple(
            f"{_words(one, told)} ({_URGENCY[one.found.urgency]})"
            for one in others
            if isinstance(one.found, Recommendation)
        ),
        taken=tuple(_taken(told)),
    )


_URGENCY = {
    Urgency.INFO: "then for information",
    Urgency.WARNING: "then a warning",
    Urgency.CRITICAL: "then critical",
}


def _totals(told: Told) -> Iterator[Row]:
    """What each total comes to: most, scheduled; and the dose that a fall is measured from, where it is a third one."""
    case = told.case
    found = worst(case, told.guideline) if told.recommendation.topic is Topic.SLOWER_TAPER else None
    if found and found.baseline > found.fall.before and found.fall is not case.unconverted_fall:
        yield "Highest steady dose of the last year: the fall is measured from it", mme(found.baseline), "–"
    if case.focus is not Focus.CHART:
        yield "Before the order", *_total(case.current, exact=case.list_seen and case.current.complete)
    name = "On the active list" if case.focus is Focus.CHART else "With the order"
    yield name, *_total(case.proposed, exact=case.proposed_complete)


def _total(total: MmeTotal, *, exact: bool) -> tuple[str, str]:
    at_least = "" if exact else "at least "
    return f"{at_least}{mme(total.maximum)}", f"{at_least}{mme(total.scheduled)}"


def _taken(told: Told) -> Iterator[str]:
    """What is taken now, where there is a slower way than the order's."""
    for plan in told.plans[:1]:
        for _, doses in groupby(plan.steps[0].doses, key=lambda dose: dose.product.name):
            for dose, count in alike(doses):
                yield f"{dose.product.name}, {directions_words(dose, count)}"


# ---- what was seen ----


def _seen(case: Case, guideline: Guideline) -> Iterator[str]:
    if case.list_seen:
        yield "the medication list"
    if case.patient.conditions_seen:
        yield "the problem list"
    if case.patient.age is not None:
        yield "the age"
    if case.therapy_days is not None:
        length = "long-term" if case.is_long_term(guideline) else "not long-term"
        yield f"opioids prescribed for at least {months(case.therapy_days)}: {length} here"
    if case.courses:
        yield f"scores of pain or function: {case.benefit}"
    if case.naloxone_at_hand:
        yield "rescue naloxone, being written or at hand"
    for one in case.companions:
        yield f"{CLASSES[one.drug_class]}: {one.ingredient}"


def _unseen(case: Case, topic: Topic) -> Iterator[str]:
    """What could not be seen; of scores and naloxone only where they would have mattered."""
    for gap in case.gaps:
        yield GAPS[gap]
    if not case.patient.conditions_seen:
        yield "the problem list: conditions that raise a risk, or that the advice is not meant for, could not be told"
    if case.patient.age is None:
        yield "the age"
    if case.therapy_days is None:
        yield "how long opioids have been taken"
    if not case.courses and topic in (Topic.DEPRESCRIBING_REVIEW, Topic.DOSE_ESCALATION):
        yield "scores of pain or function that could show whether opioids help"
    if topic is Topic.NALOXONE_OFFER:
        yield "naloxone: none was among what was sent; one from a pharmacy or a take-home program does not show"


# ---- what would have changed it ----


def _alternatives(told: Told) -> tuple[Alternative, ...]:
    """Those of the rule that the recommendation is from."""
    case, guideline = told.case, told.guideline
    rule = next((one for one in RULES if one(case, guideline) == told.recommendation), None)
    return what_if(case, guideline, rule) if rule else ()


def _silenced(found: list[Alternative], told: Told) -> Iterator[str]:
    """Each in words; what the guideline's advice is not meant for together."""
    yield from (_words(one, told) for one in found if one.difference is not Difference.EXCLUDED)
    excluding = [one.thing for one in found if isinstance(one.thing, Criterion)]
    if excluding:
        yield f"{'this' if len(excluding) == 1 else 'one of these'} held: {not_meant_for(excluding)}"


_WORDS = {
    Difference.SLOWER: "the dose fell by no more than {percent}%",
    Difference.ALL_SEEN: "everything could have been seen and counted, and added nothing",
    Difference.NALOXONE_AT_HAND: "rescue naloxone were at hand or being written",
    Difference.IN_TREATMENT: "opioid use disorder were being treated with these orders",
    Difference.OVERDOSED: "an overdose had just been recorded",
    Difference.SHORT_THERAPY: "opioids were known to have been taken for less than {days} days",
    Difference.IMPROVED: "scores showed that pain or function got better",
}


def _words(one: Alternative, told: Told) -> str:
    match one.thing:
        case DosePoint() as point:
            reached = one.difference is Difference.AT_POINT
            return f"the total were {dose_at(point)}" if reached else f"the total were not {dose_at(point)}"
        case Criterion() as criterion:
            return f"this held: {criterion.words}"
        case DrugClass() as drug_class:
            return f"{CLASSES[drug_class]} were not taken as well"
        case ConditionGroup() as group:
            return f"this did not hold: {_name(group, told.guideline)}"
        case None:
            percent = told.guideline.pace.percent_after(told.case.therapy_days)
            return _WORDS[one.difference].format(
                days=told.guideline.long_term_days, percent="" if percent is None else shown(percent)
            )


def _name(group: ConditionGroup, guideline: Guideline) -> str:
    """A group of conditions as the guideline's own criteria call it."""
    criteria = (*guideline.naloxone, *guideline.review_reasons, *guideline.exclusions)
    named = (reason_words(one, guideline) for one in criteria if one.looks_for is group)
    return next(named, group.replace("_", " "))
