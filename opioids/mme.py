"""The total in morphine milligram equivalents, line by line, with its arithmetic in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from opioids.conversion import ConversionFactor, ConversionTable
from opioids.daily_dose import DailyDose, daily_dose
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
from opioids.products import Component, Form, Ingredient, Pharmacology, Product, Route, UsualPurpose
from opioids.quantities import Unit, round_half_up, shown
from opioids.steps import in_force

MOST_MME_OF_ONE_ORDER = Decimal(2000)
"""A daily total above this from one order is a slip of the pen: shown, never added."""

_COMPARED_TO = 6
"""Decimal places at which totals are compared, so that 3 doses in 7 days cannot miss a threshold by a hair."""

_OUD_INGREDIENTS = frozenset({"methadone", "buprenorphine", "levomethadyl", "levomethadone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyAmount:
    """An amount a day: `scheduled` as ordered without as-needed doses, `maximum` with all of them."""

    scheduled: Decimal
    maximum: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MmeLine:
    """One opioid ingredient of one order, converted. Exact numbers; `arithmetic` can be redone by hand.

    `doses` holds the daily amount of each instruction in force; `scheduled_factor` differs from `factor`
    only where a banded table has another factor for the scheduled total.
    """

    reference: str
    medication: str
    ingredient: Ingredient
    product: Product
    route: Route
    dose_per_day: DailyAmount
    unit: Unit
    factor: Decimal
    scheduled_factor: Decimal
    mme_per_day: DailyAmount
    doses: tuple[DailyDose, ...]
    assumptions: tuple[str, ...]

    @property
    def as_needed(self) -> bool:
        """True when nothing of it is scheduled."""
        return all(dose.as_needed for dose in self.doses)

    @property
    def arithmetic(self) -> str:
        """The sum in words: `1 tablet x 40 mg x 2/day = 80 mg/day; x 1.5 = 120 MME/day`."""
        amount, total = self.dose_per_day, self.mme_per_day
        unit = self.unit if self.unit is Unit.MCG_PER_HOUR else "mg/day"
        words = " + ".join(dose.maximum_words for dose in self.doses)
        if len(self.doses) > 1:
            words += f" = {shown(amount.maximum)} {unit}"
        words += f"; x {shown(self.factor, 4)} = {shown(total.maximum)} MME/day"
        if total.scheduled != total.maximum and total.scheduled > 0:
            low = " + ".join(dose.scheduled_words or dose.maximum_words for dose in self.doses if dose.scheduled > 0)
            words += f" (scheduled: {low}; x {shown(self.scheduled_factor, 4)} = {shown(total.scheduled)} MME/day)"
        return words


@dataclass(frozen=True, slots=True, kw_only=True)
class MmeTotal:
    """What a set of orders adds up to on a day under one conversion table."""

    table: str
    as_of: date
    counted: tuple[MmeLine, ...]
    uncounted: tuple[Uncounted, ...]
    ignored: tuple[Ignored, ...]

    @property
    def scheduled(self) -> Decimal:
        """MME/day taken as ordered, as-needed doses left out."""
        return _sum(line.mme_per_day.scheduled for line in self.counted)

    @property
    def maximum(self) -> Decimal:
        """MME/day with every as-needed dose and the upper end of every range."""
        return _sum(line.mme_per_day.maximum for line in self.counted)

    @property
    def complete(self) -> bool:
        """True when nothing that is or may be an opioid was left out."""
        return not self.uncounted


def _sum(values: Iterable[Decimal]) -> Decimal:
    return round_half_up(sum(values, Decimal(0)), _COMPARED_TO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosed:
    """A prescription with its daily amount per opioid component, before any factor is chosen."""

    prescription: Prescription
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One component's daily amounts, one per instruction in force, and the factor row that applies."""

    component: Component
    route: Route
    doses: tuple[DailyDose, ...]
    conversion: ConversionFactor
    assumptions: tuple[str, ...]

    @property
    def amount(self) -> DailyAmount:
        """The sum of all instructions in force."""
        return DailyAmount(
            scheduled=sum((dose.scheduled for dose in self.doses), Decimal(0)),
            maximum=sum((dose.maximum for dose in self.doses), Decimal(0)),
        )


Content = Prescription | Uncounted | Ignored
Result = Dosed | Uncounted | Ignored


def mme_total(
    contents: Sequence[Content], table: ConversionTable, as_of: date, *, being_written: frozenset[str] = frozenset()
) -> MmeTotal:
    """Add up orders under one table on one day.

    Args:
        contents: one entry per order; what is already uncounted or ignored is carried through.
        table: the conversion table; banded factors use the patient's total of the ingredient.
        as_of: the day for which steps and dated doses are looked up.
        being_written: references of orders that are being written, whose first step counts today.
    """
    return _added_up([_result(one, table, as_of, being_written) for one in contents], table, as_of)


def before_and_after(
    current: Sequence[Content],
    proposed: Sequence[Content],
    table: ConversionTable,
    as_of: date,
    being_written: frozenset[str],
) -> tuple[MmeTotal, MmeTotal]:
    """The totals before and with the orders being written; what is the same in both is worked out once."""
    before = [_result(one, table, as_of, frozenset()) for one in current]
    after = [
        before[index] if index < len(current) and one is current[index] else _result(one, table, as_of, being_written)
        for index, one in enumerate(proposed)
    ]
    return _added_up(before, table, as_of), _added_up(after, table, as_of)


def _result(one: Content, table: ConversionTable, as_of: date, being_written: frozenset[str]) -> Result:
    if isinstance(one, Prescription):
        return dose_of(one, table, as_of, being_written=one.reference in being_written)
    return one


def _added_up(results: Sequence[Result], table: ConversionTable, as_of: date) -> MmeTotal:
    dosed = [one for one in results if isinstance(one, Dosed)]
    totals = _ingredient_totals(dosed)
    lines: list[MmeLine] = []
    uncounted = [one for one in results if isinstance(one, Uncounted)]
    for one in dosed:
        own = tuple(_line(one.prescription, part, totals[part.component.ingredient.name]) for part in one.parts)
        if sum((line.mme_per_day.maximum for line in own), Decimal(0)) > MOST_MME_OF_ONE_ORDER:
            uncounted.append(_absurd(one.prescription, own))
        else:
            lines.extend(own)
    return MmeTotal(
        table=table.id,
        as_of=as_of,
        counted=tuple(lines),
        uncounted=tuple(uncounted),
        ignored=tuple(one for one in results if isinstance(one, Ignored)),
    )


def dose_of(
    prescription: Prescription, table: ConversionTable, on: date, *, being_written: bool
) -> Dosed | Uncounted | Ignored:
    """One prescription's daily amounts, or what stands in the way.

    Drug before dose, so that a drug without a factor says so whatever its directions.
    """
    if known := _adds_nothing(prescription, table):
        return known
    parts: list[Part] = []
    for component in prescription.product.components:
        if component.ingredient.pharmacology is Pharmacology.ANTAGONIST:
            continue
        part = _part(prescription, component, table, on, being_written)
        if isinstance(part, Refusal):
            return _uncounted(prescription, part)
        if not part.doses:
            return _ignored(prescription, IgnoredReason.OUTSIDE_PERIOD, "no dose on this day")
        parts.append(part)
    return Dosed(prescription=prescription, parts=tuple(parts))


def _adds_nothing(prescription: Prescription, table: ConversionTable) -> Ignored | None:
    ingredients = [component.ingredient for component in prescription.product.components]
    for_disorder = (
        prescription.purpose is Purpose.OPIOID_USE_DISORDER
        or prescription.product.usual_purpose is UsualPurpose.OPIOID_USE_DISORDER
    )
    if for_disorder and any(one.name in _OUD_INGREDIENTS for one in ingredients):
        return _ignored(prescription, IgnoredReason.OPIOID_USE_DISORDER_TREATMENT, "")
    for one in ingredients:
        if one.pharmacology is Pharmacology.PARTIAL_AGONIST and not table.converts(one):
            return _ignored(prescription, IgnoredReason.PARTIAL_AGONIST, f"{table.id} does not convert {one.name}")
    return None


def _part(
    prescription: Prescription, component: Component, table: ConversionTable, on: date, being_written: bool
) -> Part | Refusal:
    route, notes = _route(prescription, component)
    if route is None:
        return Refusal(
            reason=UncountedReason.ROUTE_NOT_CONVERTIBLE, detail="neither the order nor the product tells the route"
        )
    conversion = table.find(component.ingredient, route)
    if isinstance(conversion, Refusal):
        return conversion
    if not prescription.sigs:
        return Refusal(reason=UncountedReason.DOSE_MISSING, detail="no dosage instruction")

    def size(sig: Sig) -> Decimal:
        dose = daily_dose(sig, prescription.product, component)
        return Decimal("Infinity") if isinstance(dose, Refusal) else dose.maximum

    force = in_force(prescription.sigs, on, starts=prescription.starts, being_written=being_written, size=size)
    doses: list[DailyDose] = []
    for sig in force.sigs:
        dose = daily_dose(sig, prescription.product, component)
        if isinstance(dose, Refusal):
            return dose
        if dose.unit is not conversion.unit:
            return Refusal(reason=UncountedReason.UNIT_UNKNOWN, detail=f"the factor is per {conversion.unit}")
        doses.append(dose)
    return Part(
        component=component,
        route=route,
        doses=tuple(doses),
        conversion=conversion,
        assumptions=(*prescription.assumptions, *notes, *_product_notes(prescription.product), *force.assumptions),
    )


def _route(prescription: Prescription, component: Component) -> tuple[Route | None, tuple[str, ...]]:
    """The order's own route before the product's usual one; a bare ingredient in mg is taken by mouth."""
    product = prescription.product
    stated = prescription.route or product.route
    if stated is not None:
        return stated, ()
    if product.form is Form.UNKNOWN and component.ingredient.name != "fentanyl":
        return Route.ORAL, ("route not stated: counted as oral",)
    return None, ()


def _product_notes(product: Product) -> tuple[str, ...]:
    return ("a cough-and-cold product, counted like any other",) if product.cough_and_cold else ()


def _ingredient_totals(dosed: Iterable[Dosed]) -> dict[str, DailyAmount]:
    totals: dict[str, DailyAmount] = {}
    for one in dosed:
        for part in one.parts:
            name, amount = part.component.ingredient.name, part.amount
            before = totals.get(name, DailyAmount(scheduled=Decimal(0), maximum=Decimal(0)))
            totals[name] = DailyAmount(
                scheduled=before.scheduled + amount.scheduled, maximum=before.maximum + amount.maximum
            )
    return totals


def _line(prescription: Prescription, part: Part, total: DailyAmount) -> MmeLine:
    amount = part.amount
    factor = part.conversion.at(total.maximum)
    low_factor = part.conversion.at(total.scheduled)
    mme = DailyAmount(scheduled=amount.scheduled * low_factor, maximum=amount.maximum * factor)
    notes = [note for dose in part.doses for note in dose.assumptions]
    if len(part.conversion.bands) > 1:
        whole = f"{shown(total.maximum)} {part.conversion.unit}/day of {part.component.ingredient.name}"
        notes.append(f"factor for a total of {whole}")
    return MmeLine(
        reference=prescription.reference,
        medication=prescription.medication,
        ingredient=part.component.ingredient,
        product=prescription.product,
        route=part.route,
        dose_per_day=amount,
        unit=part.conversion.unit,
        factor=factor,
        scheduled_factor=low_factor,
        mme_per_day=mme,
        doses=part.doses,
        assumptions=tuple(dict.fromkeys((*part.assumptions, *notes))),
    )


def _absurd(prescription: Prescription, lines: tuple[MmeLine, ...]) -> Uncounted:
    detail = f"{lines[0].arithmetic}: more than {MOST_MME_OF_ONE_ORDER} MME/day from one order"
    return _uncounted(prescription, Refusal(reason=UncountedReason.IMPLAUSIBLE_DOSE, detail=detail))


def _uncounted(prescription: Prescription, why: Refusal) -> Uncounted:
    return Uncounted(
        reference=prescription.reference, medication=prescription.medication, reason=why.reason, detail=why.detail
    )


def _ignored(prescription: Prescription, reason: IgnoredReason, detail: str) -> Ignored:
    return Ignored(reference=prescription.reference, medication=prescription.medication, reason=reason, detail=detail)
