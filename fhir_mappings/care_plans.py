"""The strict writer of whole plans: a FHIR R4 CarePlan with its activities, and drafts of the first step.

Every resource is validated before it is handed out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fhir_mappings.elements import Element
from fhir_mappings.models import insist_on_valid
from fhir_mappings.releases import Release
from fhir_mappings.step_orders import (
    Directions,
    by_product,
    concept,
    drafts_of,
    left_in_force,
    quantity,
    step_order,
    subject_of,
    supply,
)
from opioids.tapers.values import PlannedDose, TaperPlan, TaperStep


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWords:
    """The words of one plan, which belong to another floor: its title, remarks, and what is taken at each step."""

    title: str
    notes: Sequence[str]
    steps: Sequence[str]
    directions: Directions


def care_plans(plans: Sequence[TaperPlan], words: Sequence[PlanWords], patient: str) -> Element:
    """A Bundle with each plan and, where it tells products, drafts of the orders of its first step.

    `patient` is the reference of the patient, "" where none is known.
    """
    entries = []
    for number, (plan, said) in enumerate(zip(plans, words, strict=True), start=1):
        resources = [_care_plan(plan, said, patient, f"taper-{number}")]
        if len(plan.steps) > 1:
            resources += _first_step(plan, said, patient, f"taper-{number}-step-1")
        entries += [{"resource": one} for one in resources]
    bundle: Element = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    insist_on_valid(bundle, Release.R4)
    return bundle


def _first_step(plan: TaperPlan, words: PlanWords, patient: str, id_: str) -> Iterator[Element]:
    now, first = plan.steps[0], plan.steps[1]
    for number, draft in enumerate(drafts_of(now, first), start=1):
        written = step_order(draft, first, patient, Release.R4, words.directions)
        yield {"resourceType": "MedicationRequest", "id": f"{id_}-order-{number}", **written}


def _ends(plan: TaperPlan) -> Iterator[str]:
    """What the drafts of the first step do not tell: which orders end without one in their place."""
    now, first = plan.steps[0], plan.steps[min(1, len(plan.steps) - 1)]
    names = [name for name in left_in_force(now, first, drafts_of(now, first)) if name]
    if names:
        yield f"Ends with the first step, and no draft says so: {', '.join(names)}"


def _care_plan(plan: TaperPlan, words: PlanWords, patient: str, id_: str) -> Element:
    last = plan.steps[-1]
    written: Element = {
        "resourceType": "CarePlan",
        "id": id_,
        "status": "draft",
        "intent": "plan",
        "title": words.title,
        "subject": subject_of(patient),
        "period": {"start": plan.steps[0].start.isoformat(), "end": last.end.isoformat()},
        "activity": [*_steps(plan, words), _reviews(plan)],
        "note": [{"text": note} for note in (*words.notes, *_ends(plan))],
    }
    insist_on_valid(written, Release.R4)
    return written


def _steps(plan: TaperPlan, words: PlanWords) -> Iterator[Element]:
    """One activity for each product of each step; a step without any is one activity of its own."""
    for step, said in zip(plan.steps, words.steps, strict=True):
        for doses in list(by_product(step.doses).values()) or [()]:
            yield {"detail": _detail(step, doses, said, goes_on=step is plan.steps[-1] and bool(doses))}


def _detail(step: TaperStep, doses: Sequence[PlannedDose], said: str, *, goes_on: bool) -> Element:
    """What is taken on a step. `goes_on`: no other step comes, and what is taken on this one does not end with it."""
    period = {"start": step.start.isoformat()} | ({} if goes_on else {"end": step.end.isoformat()})
    detail: dict[str, Any] = {
        "kind": "MedicationRequest",
        "status": "in-progress" if step.number == 0 else "not-started",
        "scheduledPeriod": period,
        "description": said,
    }
    if doses:
        product = doses[0].product
        daily = sum((dose.per_day for dose in doses), Decimal(0))
        detail["productCodeableConcept"] = concept(product)
        detail["dailyAmount"] = quantity(daily, product)
        detail["quantity"] = quantity(supply(doses, step.days), product)
    return detail


def _reviews(plan: TaperPlan) -> Element:
    days = [day.isoformat() for step in plan.steps for day in step.reviews]
    return {
        "detail": {
            "kind": "Appointment",
            "status": "not-started",
            "scheduledTiming": {"event": days},
            "description": "Review before each step, and at least monthly",
        }
    }
