"""What else an order says about its amount: written directions beside structured ones, and the supply.

The structured dosage is the order. What disagrees with it is stated, never mixed in; the dispensed
supply stands in only where nothing else can be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from opioids.daily_dose import DailyDose, daily_dose
from opioids.measures import measure_of
from opioids.prescriptions import Prescription, Refusal, Sig, Supply, UncountedReason
from opioids.products import Component, Form
from opioids.quantities import Dose, Unit, shown

WRITTEN_MAY_DIFFER = Decimal("0.10")
SUPPLY_MAY_DIFFER = Decimal("0.20")

_UNREAD = (UncountedReason.DOSE_MISSING, UncountedReason.DOSE_UNREADABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppliedDose(DailyDose):
    """What the dispensed supply comes to a day."""

    supply: Supply

    @property
    def maximum_words(self) -> str:
        """`60 dispensed for 30 days = 20 mg/day`."""
        supply = self.supply
        return f"{shown(supply.quantity)} dispensed for {shown(supply.days)} days = {shown(self.maximum)} mg/day"


def differences(prescription: Prescription, component: Component, doses: tuple[DailyDose, ...]) -> tuple[str, ...]:
    """What the written directions and the supply come to, where that is far from the amount counted."""
    counted = sum((dose.maximum for dose in doses), Decimal(0))
    notes = []
    written = _written(prescription, component)
    if written is not None and _differ(written, counted, WRITTEN_MAY_DIFFER):
        notes.append(
            f"the written directions come to {shown(written)} {doses[0].unit}/day: the structured dose was used"
        )
    supplied = _supplied(prescription, component)
    if supplied is not None and doses[0].unit is Unit.MG and _differ(supplied, counted, SUPPLY_MAY_DIFFER):
        notes.append(f"the dispensed supply comes to {shown(supplied)} mg/day")
    return tuple(notes)


def from_supply(prescription: Prescription, component: Component) -> DailyDose | None:
    """The daily dose that the dispensed supply comes to, when no instruction says anything readable."""
    if any(_says_something(sig) for sig in prescription.sigs):
        return None
    supplied = _supplied(prescription, component)
    if supplied is None or prescription.supply is None:
        return None
    as_needed = any(sig.as_needed for sig in prescription.sigs)
    return SuppliedDose(
        scheduled=Decimal(0) if as_needed else supplied,
        maximum=supplied,
        unit=Unit.MG,
        as_needed=as_needed,
        assumptions=("no readable directions: counted from the dispensed quantity and the days of supply",),
        supply=prescription.supply,
    )


def _says_something(sig: Sig) -> bool:
    unread = sig.dose is None or (isinstance(sig.dose, Refusal) and sig.dose.reason in _UNREAD)
    return not (unread and sig.frequency is None and not sig.ceilings)


def _written(prescription: Prescription, component: Component) -> Decimal | None:
    """The maximum a day that the written directions come to, if all of them can be read."""
    if not prescription.written:
        return None
    return _sum_of(daily_dose(sig, prescription.product, component) for sig in prescription.written)


def _sum_of(doses: Iterable[DailyDose | Refusal]) -> Decimal | None:
    total = Decimal(0)
    for dose in doses:
        if isinstance(dose, Refusal):
            return None
        total += dose.maximum
    return total


def _supplied(prescription: Prescription, component: Component) -> Decimal | None:
    """Quantity times strength, divided by the days of supply, in mg a day. Patches are worn, not used up."""
    supply = prescription.supply
    if supply is None or prescription.product.form is Form.PATCH:
        return None
    if supply.unit is Unit.MG:
        return None
    one = Dose(low=Decimal(1), high=Decimal(1), unit=supply.unit, noun=supply.noun)
    measure = measure_of(one, prescription.product, component)
    return None if isinstance(measure, Refusal) else measure.each * supply.quantity / supply.days


def _differ(one: Decimal, other: Decimal, share: Decimal) -> bool:
    return abs(one - other) > share * other
