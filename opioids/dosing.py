"""From a prescription to its daily amounts: the instructions in force, their route, and the factor row.

The drug is judged before its directions, so that a drug without a factor says so whatever its dose. No
factor is applied here; a banded one needs the patient's total first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from opioids.base_strengths import base_note
from opioids.conversion import ConversionTable, FactorRow, row_of
from opioids.cross_checks import differences, from_supply
from opioids.daily_dose import daily_dose
from opioids.dose_sums import DailyDose
from opioids.prescriptions import (
    Ignored,
    IgnoredReason,
    Prescription,
    Purpose,
    Refusal,
    Sig,
    Uncounted,
    UncountedReason,
)
from opioids.products import Component, Form, Pharmacology, Product, Route, UsualPurpose
from opioids.quantities import Unit
from opioids.steps import InForce, in_force, is_undated

_UNKNOWN = Decimal("Infinity")
"""The size of a step that cannot be computed: it may be the largest."""

_INJECTED = "the order does not say how it is injected: counted as into a vein, a muscle or under the skin"

OUD_INGREDIENTS = frozenset({"methadone", "buprenorphine", "levomethadyl", "levomethadone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyAmount:
    """An amount a day: `scheduled` as ordered without as-needed doses, `maximum` with all of them."""

    scheduled: Decimal
    maximum: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One component's daily amounts, one per instruction in force, and the factor row that applies."""

    component: Component
    route: Route
    doses: tuple[DailyDose, ...]
    amount: DailyAmount
    row: FactorRow
    assumptions: tuple[str, ...]

    @property
    def converted(self) -> DailyAmount:
        """The amount in the unit that the row's factor is for."""
        scale = self.row.scale
        if scale == 1:
            return self.amount
        return DailyAmount(scheduled=self.amount.scheduled * scale, maximum=self.amount.maximum * scale)


def dose_of(
    prescription: Prescription, table: ConversionTable, on: date, *, being_written: bool
) -> tuple[Part, ...] | Uncounted | Ignored:
    """One prescription's daily amounts, one for each opioid in it, or what stands in the way.

    Args:
        prescription: the order.
        table: the conversion table that says which ingredient converts by which route.
        on: the day; steps and dated doses count on their days only.
        being_written: the order is new, so that its first step counts today.
    """
    if known := _adds_nothing(prescription, table):
        return known
    parts: list[Part] = []
    for component in prescription.product.components:
        if component.ingredient.pharmacology is Pharmacology.ANTAGONIST:
            continue
        force = _in_force(prescription, component, on, being_written)
        if prescription.sigs and not force.sigs:
            return _ignored(prescription, IgnoredReason.OUTSIDE_PERIOD, _why_none(prescription, on))
        part = _part(prescription, component, table, force)
        if isinstance(part, Refusal):
            route = prescription.product.route
            return Uncounted(
                reference=prescription.reference,
                medication=prescription.medication,
                reason=part.reason,
                detail=part.detail,
                kind=(component.ingredient.name, route) if route else None,
            )
        parts.append(part)
    return tuple(parts)


def _why_none(prescription: Prescription, on: date) -> str:
    begins = min((sig.start for sig in prescription.sigs if sig.start), default=prescription.starts)
    return f"starts on {begins}" if begins and begins > on else "no dose on this day"


def _adds_nothing(prescription: Prescription, table: ConversionTable) -> Ignored | None:
    ingredients = [component.ingredient for component in prescription.product.components]
    for_disorder = (
        prescription.purpose is Purpose.OPIOID_USE_DISORDER
        or prescription.product.usual_purpose is UsualPurpose.OPIOID_USE_DISORDER
    )
    if for_disorder and any(one.name in OUD_INGREDIENTS for one in ingredients):
        return _ignored(prescription, IgnoredReason.OPIOID_USE_DISORDER_TREATMENT, "")
    for one in ingredients:
        if one.pharmacology is Pharmacology.PARTIAL_AGONIST and not table.converts(one):
            return _ignored(prescription, IgnoredReason.PARTIAL_AGONIST, f"{table.id} does not convert {one.name}")
    return None


def _part(prescription: Prescription, component: Component, table: ConversionTable, force: InForce) -> Part | Refusal:
    product = prescription.product
    routed = _route(prescription.sigs, product, component)
    if isinstance(routed, Refusal):
        # A drug without any factor says so, whatever its route.
        return routed if table.converts(component.ingredient) else table.no_factor(component.ingredient)
    route, notes = routed
    rule = table.find(component.ingredient, route, product.noun)
    if isinstance(rule, Refusal):
        return rule
    doses = _doses(force.sigs, prescription, component)
    if isinstance(doses, Refusal):
        return doses
    row = row_of(rule, component, doses)
    if isinstance(row, Refusal):
        return row
    return Part(
        component=component,
        route=route,
        doses=doses,
        amount=_sum_of(doses),
        row=row,
        assumptions=(
            *prescription.assumptions,
            *notes,
            *_product_notes(prescription),
            *force.assumptions,
            *differences(prescription, component, doses),
        ),
    )


def _sum_of(doses: tuple[DailyDose, ...]) -> DailyAmount:
    return DailyAmount(
        scheduled=sum((dose.scheduled for dose in doses), Decimal(0)),
        maximum=sum((dose.maximum for dose in doses), Decimal(0)),
    )


def _in_force(prescription: Prescription, component: Component, on: date, being_written: bool) -> InForce:
    if is_undated(prescription.sigs):
        return InForce(sigs=prescription.sigs)

    def size(sig: Sig) -> Decimal:
        dose = daily_dose(sig, prescription.product, component)
        if isinstance(dose, Refusal):
            return _UNKNOWN
        worn = prescription.product.form is Form.PATCH or sig.route is Route.TRANSDERMAL
        return _UNKNOWN if dose.unit is Unit.MCG_PER_HOUR and not worn else dose.maximum

    return in_force(
        prescription.sigs,
        on,
        starts=prescription.starts,
        being_written=being_written,
        size=size,
        worn=prescription.product.form is Form.PATCH,
    )


def _doses(sigs: Sequence[Sig], prescription: Prescription, component: Component) -> tuple[DailyDose, ...] | Refusal:
    """The daily dose of each instruction; the dispensed supply only where no instruction can be read."""
    supplied = from_supply(prescription, component)
    if supplied is not None:
        return (supplied,)
    doses: list[DailyDose] = []
    for sig in sigs:
        dose = daily_dose(sig, prescription.product, component)
        if isinstance(dose, Refusal):
            return dose
        doses.append(dose)
    return tuple(doses) or Refusal(reason=UncountedReason.DOSE_MISSING, detail="no dosage instruction")


def _route(sigs: Sequence[Sig], product: Product, component: Component) -> tuple[Route, tuple[str, ...]] | Refusal:
    """The order's own route before the product's usual one; a bare ingredient in mg is taken by mouth."""
    stated = {sig.route_of(product) for sig in sigs}
    if len(stated) > 1:
        return Refusal(reason=UncountedReason.ROUTE_NOT_CONVERTIBLE, detail="the order names several routes")
    route = stated.pop() if stated else product.route
    if route is Route.TOPICAL and product.form is Form.PATCH:
        # A patch goes on the skin; clients say so with the code for creams.
        route = Route.TRANSDERMAL
    if isinstance(route, Route):
        untold = route is Route.INJECTION and not any(sig.route or sig.spoken_of for sig in sigs)
        return route, (_INJECTED,) if untold else ()
    if isinstance(route, Refusal):
        if product.route is None:
            return route
        return product.route, ("the order's route could not be read: the product's usual one was used",)
    if product.form is Form.UNKNOWN and component.ingredient.name != "fentanyl":
        return Route.ORAL, ("route not stated: counted as oral",)
    return Refusal(
        reason=UncountedReason.ROUTE_NOT_CONVERTIBLE, detail="neither the order nor the product tells the route"
    )


def _product_notes(prescription: Prescription) -> tuple[str, ...]:
    product = prescription.product
    notes = []
    if product.cough_and_cold:
        notes.append("a cough-and-cold product, counted like any other")
    if product.extended_release and (note := base_note(product.components[0])):
        notes.append(note)
    if prescription.purpose is Purpose.NOT_STATED and product.components[0].ingredient.name == "methadone":
        notes.append("taken as prescribed for pain: the order gives no reason")
    return tuple(notes)


def _ignored(prescription: Prescription, reason: IgnoredReason, detail: str) -> Ignored:
    return Ignored(reference=prescription.reference, medication=prescription.medication, reason=reason, detail=detail)
