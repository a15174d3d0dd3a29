"""A slower way than the order being written: the beginning of a plan, and a ready draft of its first step.

Planned only where a card speaks of a reduction that is too fast, or invites to talk over whether to reduce.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fhir_mappings.releases import Release
from fhir_mappings.step_orders import WRITABLE, alike, drafts_of, replaces_all, step_order
from hooks.protocol import Action, ActionType, Suggestion, make_action, make_suggestion
from hooks.service import Call
from hooks.standards import Standards
from hooks.told import Told
from hooks.words.taper import directions_words, doses_words
from hooks.words.taper_notes import order_words
from opioids.case import Case
from opioids.conditions import ConditionGroup
from opioids.guideline import Pace
from opioids.pace import Tier
from opioids.recommendations import Recommendation, Topic
from opioids.shelf import RXNORM_COUNTRY
from opioids.tapers.pacing import Standard, Wish
from opioids.tapers.planning import first_steps, plans
from opioids.tapers.values import First, FirstStep, NoPlan, PlannedDose, StepNote, TaperPlan

SHOWN_STEPS = 2
"""A card shows how to begin; the whole plan is for a page."""

_WITH_A_PLAN = frozenset({Tier.ABRUPT, Tier.CRITICAL, Tier.WIDE, Tier.PACE, Tier.SHORT_PACE})


def slower_plans(recommendation: Recommendation, case: Case, standards: Standards) -> tuple[TaperPlan, ...]:
    """The beginnings of the plans that could stand in place of a reduction; none where no plan can be made."""
    if recommendation.topic is not Topic.SLOWER_TAPER or recommendation.rule not in _WITH_A_PLAN:
        return ()
    # What the table does not convert is in no plan, and the others are not what falls.
    if case.speaks_against_a_schedule or not case.list_seen or case.unconverted_fall:
        return ()
    standard = _standard(standards, case.therapy_days)
    # The first step is for today, because the dose before it was taken until now, or later where it is young.
    begun = case.today - timedelta(days=standard.profile.interval_days)
    if case.past.last_fell:
        begun = max(begun, case.past.levels[-1].since)
    # Who lowers only what is taken as needed has chosen what comes first.
    first = First.IMMEDIATE if case.change.only_as_needed else None
    made = plans(case.current, standard, Wish(start=begun, first=first), most_steps=SHOWN_STEPS)
    if isinstance(made, NoPlan):
        return ()
    return tuple(plan for plan in made if not _lowers_what_is_left_alone(case, plan))


def _lowers_what_is_left_alone(case: Case, plan: TaperPlan) -> bool:
    """Whether the order lowers just what no plan touches: steps of the others would be no slower way of it."""
    stays = {(line.medication, line.mme_per_day.maximum) for line in case.proposed.counted}
    gone = {one.medication for one in case.current.counted if (one.medication, one.mme_per_day.maximum) not in stays}
    return not gone.isdisjoint(plan.left_alone)


def review_steps(recommendation: Recommendation, case: Case, standards: Standards) -> tuple[FirstStep, ...]:
    """How a taper could begin that a review may end in, for each order of formulations.

    None at a start, for a disorder (it is treated, not tapered), and where the strengths known are those of
    another country.
    """
    if recommendation.topic is not Topic.DEPRESCRIBING_REVIEW or case.starting:
        return ()
    if case.speaks_against_a_schedule or ConditionGroup.OPIOID_USE_DISORDER in case.patient.conditions:
        return ()
    guideline = standards.guideline
    if not case.list_seen or guideline.jurisdiction != RXNORM_COUNTRY:
        return ()
    if not case.therapy_days_at_least(guideline.long_term_days):
        return ()
    # There is no hurry: the slowest pace that the guideline has.
    return tuple(dict.fromkeys(first_steps(case.proposed, _standard(standards, None), Wish(start=case.today))))


def _standard(standards: Standards, therapy_days: int | None) -> Standard:
    guideline = standards.guideline
    return Standard(
        guideline=guideline,
        table=standards.table,
        profile=standards.knowledge.tapers.profile_for(guideline.id, therapy_days),
        shelf=standards.shelf,
        practice=standards.practice,
    )


def slower_suggestions(told: Told, patient_id: str, release: Release, call: Call) -> Iterator[Suggestion]:
    """Each first step of the plans as draft orders in place of those being written, where that is safe.

    It is safe where every order that the drafts being written change is named by one of ours, and where the
    client can do all of it at once: half of it would leave the patient with too much or too little. A step that no
    product makes small enough is told, and no draft is offered: signing it would raise the same card.
    """
    if release not in WRITABLE or not told.case.complete:
        return
    alike_at_first: dict[tuple[PlannedDose, ...], list[TaperPlan]] = {}
    for plan in told.plans:
        if _would_be_warned_about(plan, told.guideline.pace):
            continue
        alike_at_first.setdefault(plan.steps[1].doses, []).append(plan)
    for doses, (plan, *others) in alike_at_first.items():
        if actions := tuple(_actions(told, plan, patient_id, release, most=call.actions_at_once)):
            words = doses_words(doses, country=plan.country)
            first = "" if others else order_words(plan)
            yield make_suggestion(
                label=f"Slower first step{f', {first}' if first else ''}: {words}",
                uuid=call.new_uuid(),
                actions=actions,
            )


def _would_be_warned_about(plan: TaperPlan, pace: Pace) -> bool:
    """Whether the first step is more than the pace, because no product is small enough, and not a little one.

    As-needed doses go by whole tablets, although there may be smaller ones: a little step of them is not let pass.
    """
    now, first = plan.steps[0], plan.steps[1]
    needed = any(dose.at_most is not None for dose in first.doses)
    return StepNote.NO_SMALLER_UNIT in first.notes and (needed or now.mme - first.mme > pace.low_dose_mme)


def _actions(told: Told, plan: TaperPlan, patient_id: str, release: Release, *, most: int) -> Iterator[Action]:
    """All of them, or none where it is not safe. That is settled first: drafts are validated as they are written."""
    now, first = plan.steps[0], plan.steps[1]
    drafts, case = drafts_of(now, first), told.case
    if first.start > case.today:
        return
    named = {draft.prior for draft in drafts}
    if case.swaps is None or not case.replaced <= named or not replaces_all(now, first, drafts):
        return
    if len(case.swaps) + len(drafts) > most:
        return
    for reference in sorted(case.swaps):
        kind, _, id_ = reference.partition("/")
        yield make_action(
            type=ActionType.DELETE,
            description="Take the draft away that lowers the dose faster",
            resource={"resourceType": kind, "id": id_},
        )
    for draft in drafts:
        directions = "; ".join(directions_words(dose, count) for dose, count in alike(draft.doses))
        yield make_action(
            type=ActionType.CREATE,
            description=f"Draft order: {draft.product.name}, {directions}",
            resource=step_order(draft, first, f"Patient/{patient_id}", release, directions_words),
        )
