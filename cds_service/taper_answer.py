"""Taper plans as JSON: every number of a step, its words, and what to dispense for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cds_service.answer_json import number
from cds_service.taper_input import Planned
from fhir_mappings.step_orders import by_product, supply
from hooks.words.no_plan import instead_words, missing_words, obstacle_words
from hooks.words.taper import doses_words, time_words
from hooks.words.taper_notes import HOLD, NALOXONE, order_words, pace_words, plan_notes, step_words, watch_for
from opioids.shelf import strength_of
from opioids.tapers.profiles import Tapers
from opioids.tapers.values import NoPlan, PlannedDose, TaperPlan, TaperStep

_PLACES = 4


def answer(planned: Planned) -> dict[str, Any]:
    """The plans key by key; `obstacle` where there is none."""
    found = planned.found
    if isinstance(found, NoPlan):
        words = obstacle_words(found)
        obstacle = {
            "code": found.obstacle.value,
            "words": words,
            "medications": list(found.medications),
            "missing": missing_words(found),
            "instead": instead_words(found, planned.profile) or None,
        }
        return {"plans": [], "obstacle": obstacle}
    return {
        "plans": [_plan(plan) for plan in found],
        "asOf": planned.on.isoformat(),
        "remarks": planned.remarks(),
        "notTakenYet": list(planned.left_out),
        **_for_all(planned.tapers),
    }


def _plan(plan: TaperPlan) -> dict[str, Any]:
    return {
        "guideline": plan.guideline,
        "table": plan.table or None,
        "profile": {
            "id": plan.profile.id,
            "label": plan.profile.label,
            "source": plan.profile.source,
            "review": plan.profile.review.value,
        },
        "pace": {"percent": number(plan.percent), "intervalDays": plan.interval_days, "words": pace_words(plan)},
        "first": plan.first.value,
        "firstWords": order_words(plan),
        "baselineMmePerDay": number(plan.baseline),
        "begunAtMmePerDay": None if plan.begun_at is None else number(plan.begun_at),
        "targetMmePerDay": None if plan.target is None else number(plan.target),
        "steps": [_step(step, plan) for step in plan.steps],
        "notes": [note.value for note in plan.notes],
        "notesWords": plan_notes(plan),
        "leftAlone": list(plan.left_alone),
    }


def _step(step: TaperStep, plan: TaperPlan) -> dict[str, Any]:
    return {
        "number": step.number,
        "start": step.start.isoformat(),
        "end": step.end.isoformat(),
        "days": step.days,
        "mmePerDay": number(step.mme),
        "percentOfStart": number(step.left_percent),
        "cutPercentOfStart": number(step.cut_percent),
        "cutPercentOfPrevious": number(step.cut_of_previous_percent),
        "taken": doses_words(step.doses, country=plan.country) if plan.has_tablets else None,
        "doses": [_dose(dose) for dose in step.doses],
        "supply": _supply(step.doses, step.days),
        "reviews": [day.isoformat() for day in step.reviews],
        "notes": [note.value for note in step.notes],
        "notesWords": step_words(step),
    }


def _dose(dose: PlannedDose) -> dict[str, Any]:
    strength = dose.product.components[0].strength
    at_most = None if dose.at_most is None else number(dose.at_most, _PLACES)
    return {
        "rxcui": dose.product.rxcui or None,
        "medication": dose.product.name,
        "strength": {"value": number(strength_of(dose.product), _PLACES), "unit": strength.unit if strength else None},
        "units": number(dose.units, _PLACES),
        "unit": dose.product.noun or "mL",
        "when": "worn" if dose.is_worn else "as needed" if dose.time is None else time_words(dose),
        "changedEveryHours": number(dose.changed_hours) if dose.is_worn else None,
        "asNeeded": dose.at_most is not None,
        "atMostPerDay": at_most,
        "amountPerDay": number(dose.amount, _PLACES),
    }


def _supply(doses: Iterable[PlannedDose], days: int) -> list[dict[str, Any]]:
    """Units of each product for the whole step."""
    return [
        {
            "rxcui": group[0].product.rxcui or None,
            "medication": name,
            "quantity": number(supply(group, days), _PLACES),
            "unit": group[0].product.noun or "mL",
        }
        for (name, _), group in by_product(doses).items()
    ]


def _for_all(tapers: Tapers) -> dict[str, Any]:
    by_kind = {
        one.kind: [{"code": sign.id, "words": words, "source": sign.source} for sign, words in one.signs]
        for one in watch_for(tapers)
    }
    support = [
        {"symptom": one.symptom, "options": one.options, "source": one.source, "review": one.review.value}
        for one in tapers.support
    ]
    return {"hold": HOLD, **by_kind, "naloxone": NALOXONE, "withdrawalSupport": support}
