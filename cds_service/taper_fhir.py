"""Taper plans as a FHIR R4 Bundle for the terminal."""

from __future__ import annotations

from cds_service.errors import issue, outcome
from cds_service.taper_input import Planned
from fhir_mappings.care_plans import PlanWords, care_plans
from fhir_mappings.elements import Element
from hooks.words.no_plan import instead_words, missing_words, obstacle_words
from hooks.words.taper import directions_words, step_line
from hooks.words.taper_notes import HOLD, NALOXONE, order_words, pace_words, plan_notes
from opioids.quantities import shown
from opioids.tapers.values import NoPlan, TaperPlan


def answer(planned: Planned) -> Element:
    """A Bundle of the plans, or an OperationOutcome that says why there is none."""
    found = planned.found
    if isinstance(found, NoPlan):
        missing = "".join(f" {one}." for one in missing_words(found))
        why = f"No plan: {obstacle_words(found)}.{missing} {instead_words(found, planned.profile)}".rstrip()
        return outcome(issue("business-rule", why))
    said = planned.remarks()
    return care_plans(found, [_words(plan, said) for plan in found], planned.subject)


def _words(plan: TaperPlan, said: list[str]) -> PlanWords:
    first = order_words(plan)
    return PlanWords(
        title=f"Opioid taper from {shown(plan.baseline)} MME/day{f', {first}' if first else ''}: {pace_words(plan)}",
        notes=[*plan_notes(plan), *said, HOLD, NALOXONE],
        steps=[step_line(step, plan) for step in plan.steps],
        directions=directions_words,
    )
