"""What would change a rule's mind: the rule itself is asked again about cases that differ in one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from opioids.case import Case
from opioids.conditions import ConditionGroup
from opioids.criteria import Circumstance, Criterion
from opioids.drug_classes import DrugClass
from opioids.guideline import DosePoint, Guideline
from opioids.mme import MmeTotal
from opioids.outcomes import Benefit
from opioids.patient import ADULT_AGE
from opioids.prescriptions import Ignored, IgnoredReason
from opioids.recommendations import HeldBack, Recommendation, Topic
from opioids.rules import Rule


class Difference(StrEnum):
    """In what a case differs from the one that there is."""

    BELOW_POINT = "below-point"
    AT_POINT = "at-point"
    """The total does not reach a dose point that it reaches, or reaches one that it does not."""
    WITHOUT = "without"
    """A condition is not recorded, or a class of medicines not taken."""
    EXCLUDED = "excluded"
    """The guideline's advice is not meant for the patient, by this criterion."""
    ALL_SEEN = "all-seen"
    """Everything that matters could be seen and counted, and what was missing adds nothing."""
    NALOXONE_AT_HAND = "naloxone-at-hand"
    IN_TREATMENT = "in-treatment"
    """Opioid use disorder is being treated."""
    SLOWER = "slower"
    """The dose falls by no more than the guideline's pace, and not further later on."""
    OVERDOSED = "overdosed"
    SHORT_THERAPY = "short-therapy"
    IMPROVED = "improved"
    """Scores show that pain or function got better."""


Thing = DosePoint | ConditionGroup | DrugClass | Criterion


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What the rule would make of a case that differs in one thing; `thing` names it where the difference needs one."""

    difference: Difference
    thing: Thing | None
    found: Recommendation | HeldBack


def what_if(case: Case, guideline: Guideline, rule: Rule) -> tuple[Alternative, ...]:
    """The differences after which the rule would say nothing, or say it with another urgency.

    Nothing for a rule that holds back.
    """
    found = rule(case, guideline)
    if isinstance(found, HeldBack):
        return ()
    asked = (
        Alternative(difference=difference, thing=thing, found=rule(other, guideline))
        for difference, thing, other in _others(case, guideline, found.topic)
    )
    return tuple(one for one in asked if isinstance(one.found, HeldBack) or one.found.urgency is not found.urgency)


def _others(case: Case, guideline: Guideline, topic: Topic) -> Iterator[tuple[Difference, Thing | None, Case]]:
    # How fast a dose falls is judged by both of its ends, so another total alone would be no case at all.
    if topic is Topic.SLOWER_TAPER:
        percent = guideline.pace.percent_after(case.therapy_days)
        if percent is not None and case.change.percent > percent:
            yield Difference.SLOWER, None, _slower(case, percent)
    else:
        for point in guideline.dose_points:
            if point.mme_per_day is not None:
                yield _on_the_other_side(case, point, point.mme_per_day)
    for group in case.patient.conditions:
        yield Difference.WITHOUT, group, _without_group(case, group)
    for drug_class in dict.fromkeys(one.drug_class for one in case.companions):
        left = tuple(one for one in case.companions if one.drug_class is not drug_class)
        yield Difference.WITHOUT, drug_class, replace(case, companions=left)
    for criterion in guideline.exclusions:
        yield Difference.EXCLUDED, criterion, _excluded(case, criterion)
    for difference, changed in _CHANGES.items():
        yield difference, None, changed(case, guideline)


def _on_the_other_side(case: Case, point: DosePoint, dose: Decimal) -> tuple[Difference, DosePoint, Case]:
    """The nearest total that reaches the point, or does not."""
    if point.reached_by(case.proposed.maximum):
        return Difference.BELOW_POINT, point, _with_total(case, dose if point.above else dose.next_minus())
    return Difference.AT_POINT, point, _with_total(case, dose.next_plus() if point.above else dose)


def _with_total(case: Case, maximum: Decimal) -> Case:
    scheduled = min(case.proposed.scheduled, maximum)
    return replace(case, proposed=replace(case.proposed, maximum=maximum, scheduled=scheduled))


def _slower(case: Case, percent: Decimal) -> Case:
    cut = case.current.maximum * percent / 100
    change = replace(case.change, cut=cut, percent=percent, to_zero=False, step=None, volume_step=None)
    return replace(_with_total(case, case.current.maximum - cut), change=change, later_falls=(), unconverted_fall=None)


def _without_group(case: Case, group: ConditionGroup) -> Case:
    patient = case.patient
    left = {one: by_code for one, by_code in patient.conditions.items() if one is not group}
    return replace(case, patient=replace(patient, conditions=left, past=patient.past - {group}))


def _excluded(case: Case, criterion: Criterion) -> Case:
    """The case as the criterion looks for it; the same case where it looks for something else than these."""
    sought = criterion.looks_for
    if isinstance(sought, ConditionGroup):
        return replace(case, patient=case.patient.with_groups(frozenset({sought})))
    if sought is Circumstance.UNDER_18:
        return replace(case, patient=replace(case.patient, age=ADULT_AGE - 1))
    return replace(case, in_hospital=case.in_hospital or sought is Circumstance.HOSPITAL)


def _all_seen(case: Case, guideline: Guideline) -> Case:
    del guideline
    return replace(case, gaps=(), current=_counted(case.current), proposed=_counted(case.proposed))


def _counted(total: MmeTotal) -> MmeTotal:
    return replace(total, uncounted=(), supplements=())


def _in_treatment(case: Case, guideline: Guideline) -> Case:
    del guideline
    return replace(case, proposed=replace(case.proposed, ignored=(*case.proposed.ignored, _TREATMENT)))


_TREATMENT = Ignored(reference="", medication="", reason=IgnoredReason.OPIOID_USE_DISORDER_TREATMENT)

_CHANGES: Mapping[Difference, Callable[[Case, Guideline], Case]] = {
    Difference.ALL_SEEN: _all_seen,
    Difference.NALOXONE_AT_HAND: lambda case, _: replace(case, naloxone_at_hand=True),
    Difference.IN_TREATMENT: _in_treatment,
    Difference.OVERDOSED: lambda case, _: replace(case, overdosed=True),
    Difference.SHORT_THERAPY: lambda case, guideline: replace(case, therapy_days=guideline.long_term_days - 1),
    Difference.IMPROVED: lambda case, _: replace(case, benefit=Benefit.IMPROVED),
}
