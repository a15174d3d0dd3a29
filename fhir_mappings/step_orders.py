"""The strict writer of a taper's step: drafts of the orders that it needs, validated before they are sent.

A step is one order for each product whose daily amount differs from what is taken now. What stays as it is
needs no new order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fhir_mappings.elements import Element
from fhir_mappings.models import VALIDATED, insist_on_valid
from fhir_mappings.orders import CATEGORY, RXNORM, UCUM, in_release, json_number
from fhir_mappings.releases import Release
from opioids.products import Form, Product
from opioids.tapers.values import PlannedDose, TaperStep

WRITABLE = VALIDATED
"""The releases in which drafts can be validated; in others none is written."""

_WHEN = {2: ("MORN", "EVE"), 3: ("MORN", "NOON", "EVE"), 4: ("MORN", "NOON", "EVE", "HS")}
_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One product of a step with its doses, and the order that it replaces ("" where it is new)."""

    product: Product
    doses: tuple[PlannedDose, ...]
    prior: str


def drafts_of(now: TaperStep, step: TaperStep) -> tuple[Draft, ...]:
    """The orders that lead from what is taken `now` to a step, each with the order it replaces, if any.

    Each present order that the step changes or leaves out is named by one draft, so that none stays beside them.
    """
    changed = _changed(now, step)
    free = _concerned(now, step)
    found = []
    for doses in changed:
        own = [name for name in doses[0].references if name in free]
        prior = next(iter(own or free), (doses[0].references or ("",))[0])
        if prior in free:
            free.remove(prior)
        found.append(Draft(product=doses[0].product, doses=doses, prior=prior))
    return tuple(found)


def replaces_all(now: TaperStep, step: TaperStep, drafts: Iterable[Draft]) -> bool:
    """Whether no order that the step changes or leaves out stays in force beside the drafts."""
    return not left_in_force(now, step, drafts)


def left_in_force(now: TaperStep, step: TaperStep, drafts: Iterable[Draft]) -> list[str]:
    """The orders that the step changes or leaves out and that no draft replaces."""
    named = {draft.prior for draft in drafts if _can_be_named(draft.prior)}
    return [name for name in _concerned(now, step) if name not in named]


def _can_be_named(reference: str) -> bool:
    """Whether an order can be named as a prior one: a statement cannot, nor can an order without an id."""
    return reference.startswith("MedicationRequest/")


def _changed(now: TaperStep, step: TaperStep) -> list[tuple[PlannedDose, ...]]:
    before, after = by_product(now.doses), by_product(step.doses)
    return [doses for name, doses in after.items() if _taken(doses) != _taken(before.get(name, ()))]


def _concerned(now: TaperStep, step: TaperStep) -> list[str]:
    """The present orders that do not go on as they are."""
    before, after = by_product(now.doses), by_product(step.doses)
    gone = [doses for name, doses in before.items() if _taken(doses) != _taken(after.get(name, ()))]
    return list(dict.fromkeys(name for doses in gone for dose in doses for name in dose.references))


def by_product(doses: Iterable[PlannedDose]) -> dict[tuple[str, Decimal], tuple[PlannedDose, ...]]:
    """The doses of each product, by its name, and by how long a patch stays on."""
    found: dict[tuple[str, Decimal], tuple[PlannedDose, ...]] = {}
    for dose in doses:
        key = (dose.product.name, dose.changed_hours)
        found[key] = (*found.get(key, ()), dose)
    return found


def _taken(doses: Iterable[PlannedDose]) -> list[tuple[Decimal, int | None, Decimal | None]]:
    return [(dose.units, dose.time, dose.at_most) for dose in doses]


Directions = Callable[[PlannedDose, int], str]
"""The words of a dose that is taken so many times a day."""


def step_order(draft: Draft, step: TaperStep, patient: str, release: Release, directions: Directions) -> Element:
    """One draft order of a step in a client's release (one of `WRITABLE`), validated."""
    written = in_release(_r4(draft, step, directions), release)
    written["subject"] = subject_of(patient)
    insist_on_valid(written, release)
    return written


def subject_of(patient: str) -> Element:
    """Whom it is for, by reference; "the patient" where no reference is known."""
    return {"reference": patient} if patient else {"display": "the patient"}


def concept(product: Product) -> Element:
    """A product as a concept: its code where it has one, and its name."""
    coding = {"coding": [{"system": RXNORM, "code": product.rxcui, "display": product.name}]} if product.rxcui else {}
    return {**coding, "text": product.name}


def quantity(value: Decimal, product: Product) -> Element:
    """So many units of a product."""
    if product.form is Form.LIQUID:
        return {"value": json_number(value), "unit": "mL", "system": UCUM, "code": "mL"}
    return {"value": json_number(value), "unit": product.noun, "system": UCUM, "code": "{" + product.noun + "}"}


def supply(doses: Iterable[PlannedDose], days: int) -> Decimal:
    """Units for so many days; of patches so many as are changed in that time."""
    total = Decimal(0)
    for dose in doses:
        changes = math.ceil(days * _HOURS_A_DAY / dose.changed_hours) if dose.is_worn else days
        total += dose.per_day * changes
    return total


def _timing(dose: PlannedDose) -> Element:
    if dose.is_worn:
        return {"repeat": {"frequency": 1, "period": json_number(dose.changed_hours), "periodUnit": "h"}}
    repeat: dict[str, Any] = {"frequency": 1, "period": 1, "periodUnit": "d"}
    named = _WHEN.get(dose.times)
    if dose.at is not None:
        repeat["when"] = [_WHEN[4][dose.at]]
    elif named and dose.time is not None:
        repeat["when"] = [named[dose.time]]
    return {"repeat": repeat}


def _as_needed_timing(dose: PlannedDose) -> Element:
    times = math.ceil((dose.at_most or Decimal(0)) / dose.units)
    return {"repeat": {"frequency": times, "period": 1, "periodUnit": "d"}}


def _instructions(draft: Draft, words: Directions) -> Iterator[Element]:
    """One instruction for each dose; equal doses at unnamed times of a day are one with its frequency."""
    for dose, count in alike(draft.doses):
        one: dict[str, Any] = {"text": words(dose, count), "timing": _timing(dose)}
        if dose.at_most is not None:
            one["timing"] = _as_needed_timing(dose)
            one["asNeededBoolean"] = True
            one["maxDosePerPeriod"] = {"numerator": quantity(dose.at_most, draft.product), "denominator": _a_day()}
        elif count > 1:
            one["timing"]["repeat"]["frequency"] = count
        yield {**one, "doseAndRate": [{"doseQuantity": quantity(dose.units, draft.product)}]}


def alike(doses: Iterable[PlannedDose]) -> Iterator[tuple[PlannedDose, int]]:
    """The doses of one product: those at named times stand alone, others of one amount are counted."""
    counts: dict[Decimal, tuple[PlannedDose, int]] = {}
    for dose in doses:
        if dose.times in _WHEN:
            yield dose, 1
        else:
            counts[dose.units] = (dose, counts.get(dose.units, (dose, 0))[1] + 1)
    yield from counts.values()


def _a_day() -> Element:
    return {"value": 1, "unit": "d", "system": UCUM, "code": "d"}


def _dispense(draft: Draft, step: TaperStep) -> Element:
    return {
        "validityPeriod": {"start": step.start.isoformat()},
        "quantity": quantity(supply(draft.doses, step.days), draft.product),
        "expectedSupplyDuration": {"value": step.days, "unit": "d", "system": UCUM, "code": "d"},
        "numberOfRepeatsAllowed": 0,
    }


def _r4(draft: Draft, step: TaperStep, words: Directions) -> dict[str, Any]:
    written: dict[str, Any] = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "category": [{"coding": [{"system": CATEGORY, "code": "community"}]}],
        "medicationCodeableConcept": concept(draft.product),
        "dosageInstruction": list(_instructions(draft, words)),
        "dispenseRequest": _dispense(draft, step),
    }
    if _can_be_named(draft.prior):
        written["priorPrescription"] = {"reference": draft.prior}
    return written
