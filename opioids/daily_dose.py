"""How much of an opioid a day one dosage instruction gives: scheduled, and at most.

The rulings are those of a careful pharmacist: no dose or frequency is ever assumed, units must fit
the product, patches count the rate that is worn, and senseless amounts are shown but never added.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from opioids.prescriptions import Refusal, Sig, UncountedReason
from opioids.products import Component, Form, Product, Strength, StrengthUnit
from opioids.quantities import BEYOND_REASON, Ceiling, Dose, Frequency, PerDay, Unit, shown

MOST_UNITS_AT_A_TIME = Decimal(50)
"""More tablets, patches or sprays than this at a time is a slip of the pen, not an order."""

MOST_TIMES_A_DAY = Decimal(1440)
"""Once a minute; nothing is taken more often."""

LABELLED_12 = Decimal(12)
DELIVERED_12 = Decimal("12.5")

_TABLET_LIKE = frozenset({"tablet", "capsule", "pill"})
_ANY_UNIT = frozenset({"", "dose", "unit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyDose:
    """A daily amount in mg (patches: mcg/h worn), with the sums in words."""

    scheduled: Decimal
    maximum: Decimal
    unit: Unit
    maximum_words: str
    scheduled_words: str
    as_needed: bool
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    """What one counted or measured unit of a dose is worth: `each` of `unit`, `words` to show it."""

    each: Decimal
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worded:
    """A dose with what its unit is worth, able to write its own multiplication."""

    dose: Dose
    measure: _Measure
    noun: str

    def times(self, value: Decimal, rate: PerDay) -> str:
        if self.dose.unit is Unit.EACH:
            amount = f"{_units(value, self.noun)} x {self.measure.words}"
        elif self.dose.unit is Unit.ML:
            amount = f"{_exact(value)} mL x {self.measure.words}"
        else:
            amount = f"{_exact(value)} mg"
        return f"{amount} x {rate_words(rate)}"


def daily_dose(sig: Sig, product: Product, component: Component) -> DailyDose | Refusal:
    """The daily amount of one component that one instruction gives, or why it cannot be told."""
    dose, frequency = sig.dose, sig.frequency
    if isinstance(dose, Refusal):
        return dose
    if isinstance(frequency, Refusal):
        return frequency
    if senseless := _senseless(dose, frequency, sig.ceilings):
        return senseless
    ceiling, notes = _lowest_ceiling(sig.ceilings, dose, product, component)
    if sig.as_needed and sig.ceilings and frequency is None:
        if ceiling is None:
            return Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail=notes[0])
        return _only_ceiling(ceiling, _unit_of(product, dose), sig.assumptions)
    if dose is None:
        return Refusal(reason=UncountedReason.DOSE_MISSING, detail="no dose")
    if frequency is None and dose.unit is not Unit.MCG_PER_HOUR:
        return Refusal(reason=UncountedReason.FREQUENCY_MISSING, detail="no frequency")
    measure = measure_of(dose, product, component)
    if isinstance(measure, Refusal):
        return measure
    if frequency is None or _unit_of(product, dose) is Unit.MCG_PER_HOUR:
        return _worn(sig, dose, product, measure)
    notes = (*sig.assumptions, *notes, *_unit_assumptions(dose, product, component))
    worded = _Worded(dose=dose, measure=measure, noun=product.noun or dose.noun or "unit")
    return _taken(sig, worded, frequency, ceiling, notes)


def measure_of(dose: Dose, product: Product, component: Component) -> _Measure | Refusal:
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
        return _Measure(each=strength.value, words=f"{_exact(strength.value)} mg/mL")
    return _counted(dose, product, strength)


def _mass(dose: Dose, product: Product, strength: Strength | None) -> _Measure | Refusal:
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
            fewer = any(_is_whole(value / other) and value / other < units for other in product.other_strengths)
            if not _is_whole(units) or fewer:
                return Refusal(
                    reason=UncountedReason.DOSE_UNREADABLE,
                    detail=f"{shown(value)} mg of a product with several ingredients can mean any of them",
                )
        units = dose.high / strength.value
        if units > MOST_UNITS_AT_A_TIME:
            return _implausible(f"{shown(units)} units at a time")
    return _Measure(each=Decimal(1), words="")


def _rate(dose: Dose, product: Product, strength: Strength | None) -> _Measure | Refusal:
    if product.form not in (Form.PATCH, Form.UNKNOWN):
        return Refusal(
            reason=UncountedReason.ROUTE_NOT_CONVERTIBLE, detail="a dose per hour is an infusion, not a daily dose"
        )
    if strength is not None and strength.unit is StrengthUnit.MCG_PER_HOUR:
        for value in (dose.low, dose.high):
            if not (_is_whole(value / strength.value) or _is_delivered_12(value, strength)):
                return _implausible(f"{shown(value)} mcg/h is not a whole number of these patches")
    return _Measure(each=Decimal(1), words="")


def _counted(dose: Dose, product: Product, strength: Strength) -> _Measure | Refusal:
    wanted = {Form.LIQUID: None, Form.PATCH: StrengthUnit.MCG_PER_HOUR}.get(product.form, strength.unit)
    if not noun_fits(dose.noun, product) or strength.unit is not wanted or wanted is StrengthUnit.MG_PER_ML:
        named = dose.noun or "number without a unit"
        return _unit_refusal(f"a dose by {named} does not fit this product ({_kind(product)})")
    if dose.high > MOST_UNITS_AT_A_TIME:
        return _implausible(f"{shown(dose.high)} {dose.noun or 'unit'}s at a time")
    if strength.unit is StrengthUnit.MCG_PER_HOUR:
        if not (_is_whole(dose.low) and _is_whole(dose.high)):
            return _implausible("part of a patch: patches are not cut")
        labelled = LABELLED_12 if strength.value == DELIVERED_12 else strength.value
        return _Measure(each=labelled, words=f"{_exact(labelled)} mcg/h")
    single = dose.noun == "spray"
    each = strength.value if single else strength.value * product.units_per_dose
    return _Measure(each=each, words=f"{_exact(each)} mg")


def noun_fits(noun: str, product: Product) -> bool:
    """Whether a countable unit can be one of this product: a patch is no tablet, a spoon no capsule."""
    if noun in _ANY_UNIT:
        return product.form is not Form.LIQUID
    if not product.noun:
        return product.form is Form.UNKNOWN and noun in _TABLET_LIKE
    if noun in _TABLET_LIKE:
        return product.noun in _TABLET_LIKE or product.noun == "film"
    return noun == product.noun


def _taken(
    sig: Sig, worded: _Worded, frequency: Frequency, ceiling: Decimal | None, notes: tuple[str, ...]
) -> DailyDose:
    dose, each = worded.dose, worded.measure.each
    highest = dose.high * each * frequency.high.count / frequency.high.days
    lowest = dose.low * each * frequency.low.count / frequency.low.days
    maximum = highest if ceiling is None else min(highest, ceiling)
    scheduled = Decimal(0) if sig.as_needed else min(lowest, maximum)
    needed = " as needed" if sig.as_needed else ""
    words = f"{worded.times(dose.high, frequency.high)}{needed} = {shown(highest)} mg/day"
    if maximum < highest:
        words += f", at most {shown(maximum)} mg/day as stated"
    low_words = f"{worded.times(dose.low, frequency.low)} = {shown(scheduled)} mg/day"
    return DailyDose(
        scheduled=scheduled,
        maximum=maximum,
        unit=Unit.MG,
        maximum_words=words,
        scheduled_words="" if sig.as_needed or scheduled == maximum else low_words,
        as_needed=sig.as_needed,
        assumptions=notes,
    )


def _worn(sig: Sig, dose: Dose, product: Product, measure: _Measure) -> DailyDose:
    """Patches count the rate worn; the change interval only says when they are renewed."""
    maximum, lowest = dose.high * measure.each, dose.low * measure.each
    notes = list(sig.assumptions)
    strength = product.components[0].strength
    if strength is not None and strength.value in (LABELLED_12, DELIVERED_12):
        if dose.unit is Unit.MCG_PER_HOUR and maximum % LABELLED_12:
            maximum = maximum / DELIVERED_12 * LABELLED_12
            lowest = lowest / DELIVERED_12 * LABELLED_12
        notes.append("the 12 mcg/h system is counted as labelled; it delivers 12.5 mcg/h")
    notes.extend(_interval_notes(sig.frequency, dose))
    if dose.unit is Unit.MCG_PER_HOUR:
        words = f"{shown(maximum)} mcg/h worn"
    else:
        words = f"{_units(dose.high, dose.noun or 'patch')} x {measure.words} = {shown(maximum)} mcg/h"
    return DailyDose(
        scheduled=Decimal(0) if sig.as_needed else lowest,
        maximum=maximum,
        unit=Unit.MCG_PER_HOUR,
        maximum_words=words + (" as needed" if sig.as_needed else ""),
        scheduled_words="" if sig.as_needed or lowest == maximum else f"{shown(lowest)} mcg/h",
        as_needed=sig.as_needed,
        assumptions=tuple(notes),
    )


def _interval_notes(frequency: Frequency | Refusal | None, dose: Dose) -> list[str]:
    if not isinstance(frequency, Frequency):
        return []
    days = frequency.high.days / frequency.high.count
    notes = []
    if days > 7:
        notes.append(f"changed every {shown(days)} days, longer than any patch is made for: check the interval")
    if days < 1:
        notes.append("changed more than once a day: check the interval")
    if dose.unit is Unit.EACH and dose.high > 4:
        notes.append("more than four patches at once: check the order")
    return notes


def _only_ceiling(ceiling: Decimal, unit: Unit, assumptions: tuple[str, ...]) -> DailyDose:
    return DailyDose(
        scheduled=Decimal(0),
        maximum=ceiling,
        unit=unit,
        maximum_words=f"as needed, at most {shown(ceiling)} {unit}/day as stated",
        scheduled_words="",
        as_needed=True,
        assumptions=(*assumptions, "no frequency: the stated daily maximum was counted"),
    )


def _lowest_ceiling(
    ceilings: tuple[Ceiling, ...], dose: Dose | None, product: Product, component: Component
) -> tuple[Decimal | None, tuple[str, ...]]:
    """The lowest stated maximum in the component's unit a day (None: none can be used), and what to say."""
    found: list[Decimal] = []
    notes: list[str] = []
    for ceiling in ceilings:
        each = _worth_of_ceiling(ceiling, dose, product, component)
        if isinstance(each, Refusal):
            notes.append(f"a stated maximum was not applied: {each.detail}")
        else:
            found.append(ceiling.value * each / ceiling.days)
    return (min(found) if found else None), tuple(notes)


def _worth_of_ceiling(ceiling: Ceiling, dose: Dose | None, product: Product, component: Component) -> Decimal | Refusal:
    """What one unit of a maximum is worth: one in mg speaks of the opioid, one in doses of the dose."""
    if ceiling.noun == "dose" and dose is not None:
        measure = measure_of(dose, product, component)
        return measure if isinstance(measure, Refusal) else dose.high * measure.each
    if ceiling.unit is Unit.MG and product.form is not Form.PATCH:
        return Decimal(1)
    one = Dose(low=Decimal(1), high=Decimal(1), unit=ceiling.unit, noun=ceiling.noun)
    measure = measure_of(one, product, component)
    return measure if isinstance(measure, Refusal) else measure.each


def _senseless(dose: Dose | None, frequency: Frequency | None, ceilings: tuple[Ceiling, ...]) -> Refusal | None:
    if dose and not 0 <= dose.low <= dose.high <= BEYOND_REASON:
        return _implausible("the dose is negative, absurdly large or a range turned round")
    if dose and dose.high == 0:
        return _implausible("the dose is zero")
    if frequency:
        for rate in (frequency.low, frequency.high):
            if not (0 < rate.count <= BEYOND_REASON and 0 < rate.days <= BEYOND_REASON) or rate.rate > MOST_TIMES_A_DAY:
                return _implausible("the frequency is zero, negative or absurdly high")
        if frequency.low.rate > frequency.high.rate:
            return _implausible("the frequency is a range turned round")
    if any(not (0 < one.value <= BEYOND_REASON and 0 < one.days <= BEYOND_REASON) for one in ceilings):
        return _implausible("the stated maximum is zero, negative or absurdly large")
    return None


def _unit_assumptions(dose: Dose, product: Product, component: Component) -> tuple[str, ...]:
    strength = component.strength
    if dose.unit is not Unit.MG or strength is None or strength.unit is not StrengthUnit.MG:
        return ()
    if _is_whole(dose.high / strength.value) and _is_whole(dose.low / strength.value):
        return ()
    word = product.noun or "unit"
    return (f"{shown(dose.high)} mg is not a whole number of {_exact(strength.value)} mg {word}s",)


def rate_words(rate: PerDay) -> str:
    """A frequency as it enters the sum: `3/day`, or `3 per 7 days`."""
    daily = rate.rate
    if daily == daily.quantize(Decimal("0.01")):
        return f"{shown(daily)}/day"
    return f"{_exact(rate.count)} per {_exact(rate.days)} days"


def _units(value: Decimal, noun: str) -> str:
    return f"{_exact(value)} {noun}" if value == 1 else f"{_exact(value)} {noun if noun.endswith('s') else noun + 's'}"


def _unit_of(product: Product, dose: Dose | None) -> Unit:
    rate = product.form is Form.PATCH or (dose is not None and dose.unit is Unit.MCG_PER_HOUR)
    return Unit.MCG_PER_HOUR if rate else Unit.MG


def _is_delivered_12(value: Decimal, strength: Strength) -> bool:
    return strength.value in (LABELLED_12, DELIVERED_12) and (
        _is_whole(value / DELIVERED_12) or _is_whole(value / LABELLED_12)
    )


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()


def _exact(value: Decimal) -> str:
    return shown(value, 6)


def _kind(product: Product) -> str:
    return product.noun or ("liquid" if product.form is Form.LIQUID else "form not known")


def _implausible(detail: str) -> Refusal:
    return Refusal(reason=UncountedReason.IMPLAUSIBLE_DOSE, detail=detail)


def _unit_refusal(detail: str) -> Refusal:
    return Refusal(reason=UncountedReason.UNIT_UNKNOWN, detail=detail)
