"""What one unit of a dose is worth: a tablet its strength, a mL its concentration, a mass itself.

A unit that does not fit the product (mL of a tablet, part of a patch) is refused, never taken for a count
of whatever the product is.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from opioids.prescriptions import Refusal, UncountedReason
from opioids.products import Component, Form, Product, Strength, StrengthUnit
from opioids.quantities import Dose, Unit, shown

MOST_UNITS_AT_A_TIME = Decimal(50)
"""More tablets, patches or sprays than this at a time is a slip of the pen, not an order; so is less than such a part
of one."""

INFUSION = Refusal(
    reason=UncountedReason.ROUTE_NOT_CONVERTIBLE, detail="a dose per hour is an infusion, not a daily dose"
)
LABELLED_12 = Decimal(12)
DELIVERED_12 = Decimal("12.5")

_TABLET_LIKE = frozenset({"tablet", "capsule", "pill"})
_ANY_UNIT = frozenset({"", "dose", "unit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What one counted or measured unit of a dose is worth: `each` of it, `words` to show it.

    `noun` names the unit where it is another than the product's own: a dose of a pack is several sprays.
    """

    each: Decimal
    words: str
    noun: str = ""


def measure_of(dose: Dose, product: Product, component: Component) -> Measure | Refusal:
    """What one unit of `dose` holds of the component, or why the unit does not fit the product."""
    strength = component.strength
    if dose.unit is Unit.MG:
        return _mass(dose, product, strength)
    if dose.unit is Unit.MCG_PER_HOUR:
        return _rate(dose, product, strength)
    if strength is None:
        return Refusal(reason=UncountedReason.STRENGTH_UNKNOWN, detail="the strength of the product is not stated")
    if dose.unit is Unit.ML:
        if strength.unit is not StrengthUnit.MG_PER_ML:
            return _unit_refusal(f"a dose in mL does not fit this product ({_kind(product)})")
        return Measure(each=strength.value, words=f"{exact(strength.value)} mg/mL")
    return _counted(dose, product, strength)


def _mass(dose: Dose, product: Product, strength: Strength | None) -> Measure | Refusal:
    """A mass is the dose itself, unless the product cannot be measured so or has other ingredients."""
    if product.form is Form.PATCH:
        return _unit_refusal("a patch is ordered by its rate (mcg/h), not by mass")
    if product.combination:
        if strength is None or strength.unit is not StrengthUnit.MG:
            return Refusal(
                reason=UncountedReason.DOSE_UNREADABLE,
                detail="a dose in mg of a product with several ingredients can mean any of them",
            )
        for value in (dose.low, dose.high):
            units = value / strength.value
            # 650 mg of hydrocodone 5 with acetaminophen 325 is two tablets, not a hundred and thirty.
            fewer = any(is_whole(value / other) and value / other < units for other in product.other_strengths)
            if not is_whole(units) or fewer:
                return Refusal(
                    reason=UncountedReason.DOSE_UNREADABLE,
                    detail=f"{shown(value)} mg of a product with several ingredients can mean any of them",
                )
        units = dose.high / strength.value
        if units > MOST_UNITS_AT_A_TIME:
            return implausible(f"{shown(units)} units at a time")
    return Measure(each=Decimal(1), words="")


def _rate(dose: Dose, product: Product, strength: Strength | None) -> Measure | Refusal:
    if product.form not in (Form.PATCH, Form.UNKNOWN):
        return INFUSION
    if strength is not None and strength.unit is not StrengthUnit.MCG_PER_HOUR:
        return _unit_refusal("this product does not give its drug at a rate per hour")
    if strength is not None:
        for value in (dose.low, dose.high):
            if not (is_whole(value / strength.value) or _is_delivered_12(value, strength)):
                return implausible(f"{shown(value)} mcg/h is not a whole number of these patches")
    return Measure(each=Decimal(1), words="")


def _counted(dose: Dose, product: Product, strength: Strength) -> Measure | Refusal:
    wanted = {Form.LIQUID: None, Form.PATCH: StrengthUnit.MCG_PER_HOUR}.get(product.form, strength.unit)
    if not noun_fits(dose.noun, product) or strength.unit is not wanted or wanted is StrengthUnit.MG_PER_ML:
        named = dose.noun or "number without a unit"
        return _unit_refusal(f"a dose by {named} does not fit this product ({_kind(product)})")
    if dose.high > MOST_UNITS_AT_A_TIME:
        return implausible(f"{shown(dose.high)} {dose.noun or 'unit'}s at a time")
    if strength.unit is StrengthUnit.MCG_PER_HOUR:
        if not (is_whole(dose.low) and is_whole(dose.high)):
            return implausible("part of a patch: patches are not cut")
        labelled = labelled_rate(strength)
        return Measure(each=labelled, words=f"{exact(labelled)} mcg/h")
    if product.units_per_dose > 1 and dose.noun != "spray":
        each = strength.value * product.units_per_dose
        return Measure(each=each, words=f"{exact(each)} mg", noun="dose")
    return Measure(each=strength.value, words=f"{exact(strength.value)} mg")


def next_to_nothing(dose: Dose, component: Component) -> Refusal | None:
    """The refusal of a mass that is a speck of what it is taken from.

    5 mcg of a 5 mg tablet is no dose but a slip of the unit, and would count as nothing.
    """
    strength = component.strength
    if dose.unit is not Unit.MG or strength is None or strength.unit is StrengthUnit.MCG_PER_HOUR:
        return None
    if dose.high * MOST_UNITS_AT_A_TIME >= strength.value:
        return None
    return implausible(f"{exact(dose.high)} mg of {exact(strength.value)} {strength.unit}: check the unit")


def noun_fits(noun: str, product: Product) -> bool:
    """Whether a countable unit can be one of this product: a patch is no tablet, a spoon no capsule."""
    if noun in _ANY_UNIT:
        return product.form is not Form.LIQUID
    if not product.noun:
        return product.form is Form.UNKNOWN and noun in _TABLET_LIKE
    if noun in _TABLET_LIKE:
        return product.noun in _TABLET_LIKE or product.noun == "film"
    if noun == "film":  # "transdermal film, extended release" is a patch
        return product.noun in ("film", "patch")
    return noun == product.noun


def _is_delivered_12(value: Decimal, strength: Strength) -> bool:
    return strength.value in (LABELLED_12, DELIVERED_12) and (
        is_whole(value / DELIVERED_12) or is_whole(value / LABELLED_12)
    )


def is_whole(value: Decimal) -> bool:
    """Whether a number has no fraction."""
    return value == value.to_integral_value()


def exact(value: Decimal) -> str:
    """A strength or dose as it is written, not rounded to two places."""
    return shown(value, 6)


def _kind(product: Product) -> str:
    return product.noun or ("liquid" if product.form is Form.LIQUID else "form not known")


def implausible(detail: str) -> Refusal:
    """The refusal of an amount that makes no sense."""
    return Refusal(reason=UncountedReason.IMPLAUSIBLE_DOSE, detail=detail)


def _unit_refusal(detail: str) -> Refusal:
    return Refusal(reason=UncountedReason.UNIT_UNKNOWN, detail=detail)


def labelled_rate(patch: Strength) -> Decimal:
    """The mcg/h on a patch's label, by which tables and people call it: the one of 12 delivers 12.5."""
    return LABELLED_12 if patch.value == DELIVERED_12 else patch.value
