"""Which row of a conversion table a daily dose takes, and in what the row measures it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from opioids.conversion import Basis, ConversionFactor, PatchLookup, Rule
from opioids.dose_sums import DailyDose
from opioids.measures import INFUSION, labelled_rate
from opioids.prescriptions import Refusal, UncountedReason
from opioids.products import Component
from opioids.quantities import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRow:
    """A row and `scale`, by which a daily dose is multiplied to be what the row's factor is for."""

    conversion: ConversionFactor
    scale: Decimal


def row_of(rule: Rule, component: Component, doses: Sequence[DailyDose]) -> FactorRow | Refusal:
    """The row that the doses of one component take under a table's rule, or why they fit none."""
    unit = doses[0].unit
    if any(dose.unit is not unit for dose in doses):
        return Refusal(
            reason=UncountedReason.UNIT_UNKNOWN, detail="one instruction is by the hour, another is not: nothing to add"
        )
    conversion = _of_patch(rule, component, doses) if isinstance(rule, PatchLookup) else rule
    if isinstance(conversion, Refusal):
        return conversion
    scale = conversion.scale(unit)
    return _unlike(unit, conversion.per) if scale is None else FactorRow(conversion=conversion, scale=scale)


def _of_patch(rule: PatchLookup, component: Component, doses: Sequence[DailyDose]) -> ConversionFactor | Refusal:
    """The row of the patch that is worn; of a bare ingredient the rate itself may be a strength that is listed."""
    strength = component.strength
    if strength is not None:
        return rule.of(labelled_rate(strength))
    rates = {dose.maximum for dose in doses} | {dose.scheduled for dose in doses if not dose.as_needed}
    listed = len(doses) == 1 and len(rates) == 1 and rates <= rule.rows.keys()
    return rule.of(rates.pop() if listed else None)


def _unlike(unit: Unit, wanted: Basis) -> Refusal:
    if unit is Unit.MCG_PER_HOUR:
        return INFUSION
    return Refusal(reason=UncountedReason.UNIT_UNKNOWN, detail=f"the factor is per {wanted}")
