"""What else an order says about its amount: written directions beside structured ones, and the supply.

The structured dosage is the order. What disagrees with it is stated, never mixed in; the dispensed
supply stands in only where nothing else can be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from opioids.daily_dose import daily_dose
from opioids.dose_sums import DailyDose, shown_dose, units_words
from opioids.measures import Measure, exact, measure_of
from opioids.prescriptions import Prescription, Refusal, Sig, Supply, UncountedReason
from opioids.products import Component, Form, StrengthUnit
from opioids.quantities import Dose, Frequency, Unit, one_unit, shown

WRITTEN_MAY_DIFFER = Decimal("0.10")
SUPPLY_MAY_DIFFER = Decimal("0.20")

_UNREAD = (UncountedReason.DOSE_MISSING, UncountedReason.DOSE_UNREADABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppliedDose(DailyDose):
    """What the dispensed supply comes to a day."""

    supply: Supply
    measure: Measure
    noun: str

    @property
    def maximum_words(self) -> str:
        """`120 tablets x 5 mg / 30 days = 20 mg/day`."""
        supply = self.supply
        amount = f"{exact(supply.quantity)} mg"
        if supply.unit is Unit.ML:
            amount = f"{exact(supply.quantity)} mL x {self.measure.words}"
        elif supply.unit is Unit.EACH:
            amount = f"{units_words(supply.quantity, self.noun)} x {self.measure.words}"
        return f"{amount} / {exact(supply.days)} days = {shown_dose(self.maximum, self.unit)}"


def differences(prescription: Prescription, component: Component, doses: tuple[DailyDose, ...]) -> tuple[str, ...]:
    """What the written directions and the supply come to, where that is far from the amount counted."""
    notes = []
    if prescription.written:
        notes.append(_beside_written(prescription, component, doses))
    # Of an order with steps the supply is for all of them, so it says nothing of the one that counts.
    if prescription.supply is not None and len(doses) == len(prescription.sigs):
        worn = doses[0].unit is Unit.MCG_PER_HOUR
        notes.append(_beside_patches(prescription) if worn else _beside_supply(prescription, component, doses))
    return tuple(filter(None, notes))


def _beside_written(prescription: Prescription, component: Component, doses: tuple[DailyDose, ...]) -> str:
    written = [daily_dose(sig, prescription.product, component) for sig in prescription.written]
    read = [one for one in written if not isinstance(one, Refusal)]
    if len(read) < len(written):
        return ""
    low, high = _sum(one.scheduled for one in read), _sum(one.maximum for one in read)
    counted = _sum(one.scheduled for one in doses), _sum(one.maximum for one in doses)
    if not (_differ(high, counted[1], WRITTEN_MAY_DIFFER) or _differ(low, counted[0], WRITTEN_MAY_DIFFER)):
        return ""
    unit = "mcg/h" if doses[0].unit is Unit.MCG_PER_HOUR else "mg/day"
    scheduled = f" ({shown(low)} scheduled)" if low != high else ""
    return f"the written directions come to {shown(high)} {unit}{scheduled}: the structured dose was used"


def _beside_supply(prescription: Prescription, component: Component, doses: tuple[DailyDose, ...]) -> str:
    supplied = _supplied(prescription, component)
    if supplied is None or not _differ(supplied.maximum, _sum(one.maximum for one in doses), SUPPLY_MAY_DIFFER):
        return ""
    return f"the dispensed supply comes to {shown(supplied.maximum)} mg/day"


def _beside_patches(prescription: Prescription) -> str:
    """Patches are worn, not used up: how many the order needs for the days of supply."""
    supply = prescription.supply
    if supply is None or len(prescription.sigs) != 1 or supply.noun not in ("patch", ""):
        return ""
    dose, often = prescription.sigs[0].dose, prescription.sigs[0].frequency
    if not isinstance(dose, Dose) or dose.unit is not Unit.EACH or not isinstance(often, Frequency):
        return ""
    needed = dose.high * often.high.count * supply.days / often.high.days
    if not _differ(supply.quantity, needed, SUPPLY_MAY_DIFFER):
        return ""
    dispensed = units_words(supply.quantity, "patch")
    return f"{dispensed} dispensed for {exact(supply.days)} days, {shown(needed)} needed as directed"


def from_supply(prescription: Prescription, component: Component) -> DailyDose | None:
    """The daily dose that the dispensed supply comes to, when no instruction says anything readable."""
    if any(_says_something(sig) for sig in prescription.sigs):
        return None
    supplied = _supplied(prescription, component)
    if supplied is None:
        return None
    as_needed = any(sig.as_needed for sig in prescription.sigs)
    note = "no readable directions: counted from the dispensed quantity and the days of supply"
    scheduled = Decimal(0) if as_needed else supplied.maximum
    return replace(supplied, scheduled=scheduled, as_needed=as_needed, assumptions=(note,))


def _says_something(sig: Sig) -> bool:
    unread = sig.dose is None or (isinstance(sig.dose, Refusal) and sig.dose.reason in _UNREAD)
    return not (unread and sig.frequency is None and not sig.ceilings)


def _supplied(prescription: Prescription, component: Component) -> SuppliedDose | None:
    """Quantity times strength, divided by the days of supply, in mg a day. Patches are worn, not used up."""
    supply, product, strength = prescription.supply, prescription.product, component.strength
    if supply is None or product.form is Form.PATCH:
        return None
    if supply.unit is Unit.MG and strength is not None and strength.unit is StrengthUnit.MG:
        return None  # tablets are dispensed by number; milligrams of them are more likely a wrong unit
    measure = measure_of(one_unit(supply.unit, supply.noun), product, component)
    if isinstance(measure, Refusal):
        return None
    a_day = measure.each * supply.quantity / supply.days
    return SuppliedDose(
        scheduled=a_day,
        maximum=a_day,
        unit=Unit.MG,
        as_needed=False,
        supply=supply,
        measure=measure,
        noun=measure.noun or product.noun or supply.noun or "unit",
    )


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, Decimal(0))


def _differ(one: Decimal, other: Decimal, share: Decimal) -> bool:
    return abs(one - other) > share * other
