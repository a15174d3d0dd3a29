"""How much of an opioid a day one dosage instruction gives: scheduled, and at most.

The rulings are those of a careful pharmacist: no dose or frequency is ever assumed, units must fit
the product, patches count the rate that is worn, and senseless amounts are shown but never added.
"""

from __future__ import annotations

from decimal import Decimal

from opioids.dose_sums import DailyDose, TakenDose, WornDose
from opioids.limits import patch_limits
from opioids.measures import (
    DELIVERED_12,
    LABELLED_12,
    Measure,
    exact,
    implausible,
    is_whole,
    measure_of,
    next_to_nothing,
)
from opioids.prescriptions import Refusal, Sig, UncountedReason
from opioids.products import Component, Form, Product, StrengthUnit
from opioids.quantities import BEYOND_REASON, Dose, Frequency, Unit, shown
from opioids.restated import at_most_at_once, lowest_ceiling, stated_once

MOST_TIMES_A_DAY = Decimal(1440)
"""Once a minute; nothing is taken more often."""

_HOURS_A_DAY = 24


def daily_dose(sig: Sig, product: Product, component: Component) -> DailyDose | Refusal:
    """The daily amount of one component that one instruction gives, or why it cannot be told."""
    stated = stated_once(sig, product, component)
    return stated if isinstance(stated, Refusal) else _of_one_dose(stated, product, component)


def _of_one_dose(sig: Sig, product: Product, component: Component) -> DailyDose | Refusal:
    dose, frequency = sig.dose, sig.frequency
    if isinstance(dose, Refusal):
        return dose
    if isinstance(frequency, Refusal):
        return frequency
    if senseless := _senseless(dose, frequency, sig):
        return senseless
    ceiling, notes = lowest_ceiling(sig.ceilings, dose, product, component)
    if sig.as_needed and sig.ceilings and frequency is None:
        if ceiling is None:
            return Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail=notes[0])
        return DailyDose(
            scheduled=Decimal(0),
            maximum=ceiling,
            unit=_unit_of(product, dose),
            as_needed=True,
            assumptions=(*sig.assumptions, "no frequency: the stated daily maximum was counted"),
        )
    if dose is None:
        # "25 mcg/h, change every 72 hours" looks whole to who writes it.
        why = "how many patches are worn is not told" if product.form is Form.PATCH else "no dose"
        return Refusal(reason=UncountedReason.DOSE_MISSING, detail=why)
    if frequency is None and dose.unit is not Unit.MCG_PER_HOUR:
        return Refusal(reason=UncountedReason.FREQUENCY_MISSING, detail="no frequency")
    measure = next_to_nothing(dose, component) or measure_of(dose, product, component)
    if isinstance(measure, Refusal):
        return measure
    sig, dose = at_most_at_once(sig, dose, measure, product, component)
    if frequency is None or _unit_of(product, dose) is Unit.MCG_PER_HOUR:
        return _worn(sig, dose, product, measure)
    notes = (*sig.assumptions, *notes, *_unit_assumptions(dose, product, component))
    return _taken(sig, dose, frequency, measure, ceiling, measure.noun or product.noun or dose.noun or "unit", notes)


def _taken(  # noqa: PLR0913, PLR0917 - the seven parts of one multiplication
    sig: Sig,
    dose: Dose,
    frequency: Frequency,
    measure: Measure,
    ceiling: Decimal | None,
    noun: str,
    notes: tuple[str, ...],
) -> DailyDose:
    highest = dose.high * measure.each * frequency.high.count / frequency.high.days
    lowest = dose.low * measure.each * frequency.low.count / frequency.low.days
    maximum = highest if ceiling is None else min(highest, ceiling)
    return TakenDose(
        scheduled=Decimal(0) if sig.as_needed else min(lowest, maximum),
        maximum=maximum,
        unit=Unit.MG,
        as_needed=sig.as_needed,
        assumptions=notes,
        dose=dose,
        frequency=frequency,
        measure=measure,
        noun=noun,
    )


def _worn(sig: Sig, dose: Dose, product: Product, measure: Measure) -> DailyDose:
    """Patches count the rate worn; the change interval only says when they are renewed."""
    maximum, lowest = dose.high * measure.each, dose.low * measure.each
    notes = list(sig.assumptions)
    strength = product.components[0].strength
    if strength is not None and strength.value in (LABELLED_12, DELIVERED_12):
        if dose.unit is Unit.MCG_PER_HOUR:
            maximum, lowest = _as_labelled(maximum), _as_labelled(lowest)
        notes.append("the 12 mcg/h system is counted as labelled; it delivers 12.5 mcg/h")
    notes.extend(_interval_notes(sig.frequency, dose))
    worn_at_most = _worn_at_most(sig)
    if worn_at_most is not None and dose.unit is Unit.EACH:
        maximum = min(maximum, worn_at_most * measure.each)
        lowest = min(lowest, maximum)
    return WornDose(
        scheduled=Decimal(0) if sig.as_needed else lowest,
        maximum=maximum,
        unit=Unit.MCG_PER_HOUR,
        as_needed=sig.as_needed,
        assumptions=tuple(notes),
        dose=dose,
        measure=measure,
        frequency=sig.frequency if isinstance(sig.frequency, Frequency) else None,
    )


def _worn_at_most(sig: Sig) -> Decimal | None:
    """How many patches a stated maximum lets be worn at once: those used in one change interval."""
    if not isinstance(sig.frequency, Frequency):
        return None
    interval = sig.frequency.high.days / sig.frequency.high.count
    counts = [one.value * interval / one.days for one in sig.ceilings if one.unit is Unit.EACH and one.noun != "dose"]
    return min(counts, default=None)


def _as_labelled(rate: Decimal) -> Decimal:
    """The labelled rate of 12 mcg/h systems that an order gives by what they deliver."""
    return rate / DELIVERED_12 * LABELLED_12 if rate % LABELLED_12 else rate


def _interval_notes(frequency: Frequency | Refusal | None, dose: Dose) -> list[str]:
    if not isinstance(frequency, Frequency):
        return []
    limits, hours = patch_limits(), _HOURS_A_DAY * frequency.high.days / frequency.high.count
    notes = []
    if hours > limits.longest_interval_hours:
        days = shown(hours / _HOURS_A_DAY)
        notes.append(f"changed every {days} days, longer than any patch is made for: check the interval")
    if hours < limits.implausible_interval_hours:
        notes.append("changed more than once a day: check the interval")
    elif hours < limits.shortest_interval_hours:
        notes.append(f"changed every {shown(hours)} hours: check the interval, or whether several are worn at once")
    if dose.unit is Unit.EACH and dose.high > limits.most_at_once:
        notes.append(f"more than {shown(limits.most_at_once)} patches at once: check the order")
    return notes


def _senseless(dose: Dose | None, frequency: Frequency | None, sig: Sig) -> Refusal | None:
    if dose and not 0 <= dose.low <= dose.high <= BEYOND_REASON:
        return implausible("the dose is negative, absurdly large or a range turned round")
    if dose and dose.high == 0:
        return implausible("the dose is zero")
    if frequency:
        for rate in (frequency.low, frequency.high):
            if not (0 < rate.count <= BEYOND_REASON and 0 < rate.days <= BEYOND_REASON) or rate.rate > MOST_TIMES_A_DAY:
                return implausible("the frequency is zero, negative or absurdly high")
        if frequency.low.rate > frequency.high.rate:
            return implausible("the frequency is a range turned round")
    if any(not (0 < one.value <= BEYOND_REASON and 0 < one.days <= BEYOND_REASON) for one in sig.ceilings):
        return implausible("the stated maximum is zero, negative or absurdly large")
    if sig.most_at_once and not 0 < sig.most_at_once.high <= BEYOND_REASON:
        return implausible("the stated maximum at one time is zero, negative or absurdly large")
    return None


def _unit_assumptions(dose: Dose, product: Product, component: Component) -> tuple[str, ...]:
    strength = component.strength
    if dose.unit is not Unit.MG or strength is None or strength.unit is not StrengthUnit.MG:
        return ()
    broken = next((one for one in (dose.high, dose.low) if not is_whole(one / strength.value)), None)
    if broken is None:
        return ()
    word = product.noun or "unit"
    return (f"{shown(broken)} mg is not a whole number of {exact(strength.value)} mg {word}s",)


def _unit_of(product: Product, dose: Dose | None) -> Unit:
    rate = product.form is Form.PATCH or (dose is not None and dose.unit is Unit.MCG_PER_HOUR)
    return Unit.MCG_PER_HOUR if rate else Unit.MG
