"""What an order states of a dose beside it: the same once more (as calculated, as what is to be given), and maxima.

Which of them comes first is told by what each is called. Whether they are one dose can only be told with the product:
1 tablet and 5 mg are the same where a tablet holds 5 mg, and where it holds 40 mg one of them is mistaken. A maximum,
of a period ("8 tablets a day") or of one time ("2 tablets at a time"), only ever lowers what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from opioids.dose_sums import dose_words
from opioids.limits import order_limits
from opioids.measures import Measure, measure_of
from opioids.prescriptions import Refusal, Restated, Sig, UncountedReason
from opioids.products import Component, Form, Product
from opioids.quantities import Ceiling, Dose, Unit, one_unit

_OF_UNLIKE_KINDS = {Unit.MG, Unit.MCG_PER_HOUR}
"""Of a drug whose form is not told what is given an hour is no dose at a time."""

_MAY_BE_TOLD_OTHERWISE = (UncountedReason.STRENGTH_UNKNOWN, UncountedReason.DOSE_UNREADABLE)


def stated_once(sig: Sig, product: Product, component: Component) -> Sig | Refusal:
    """The instruction with the dose that its statements agree on, and what is to be said of those that differ.

    A Refusal where two of one kind differ, or where another one in other units is far above the dose that would count:
    the smaller is not taken. Statements that do not fit the product tell nothing.
    """
    dose = sig.dose
    if not sig.restated or not isinstance(dose, Dose) or dose.high <= 0:
        return sig
    worth, others = _worth(dose, product, component), _measured(sig.restated, product, component)
    if isinstance(worth, Refusal):
        if others and worth.reason in _MAY_BE_TOLD_OTHERWISE:
            readable = others[0][0].dose
            note = f"the dose was read from where it is stated as {dose_words(readable, product)}"
            return replace(sig, dose=readable, restated=(), assumptions=(*sig.assumptions, note))
        return sig
    notes: list[str] = []
    limits = order_limits()
    for other, its in others:
        if (
            100 * abs(its - worth) <= limits.restated_percent * worth
            or {other.dose.unit, dose.unit} == _OF_UNLIKE_KINDS
        ):
            continue
        both = f"the dose is stated as {dose_words(dose, product)} and as {dose_words(other.dose, product)}"
        if _is_of_each(other.dose, dose, its, worth):
            notes.append(f"{both}, which is what each of them gives")
            continue
        if other.of_one_kind or (other.dose.unit is not dose.unit and its > limits.contradiction_times * worth):
            return Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail=both)
        notes.append(f"{both}: the first was used")
    return replace(sig, assumptions=(*sig.assumptions, *notes)) if notes else sig


def _is_of_each(rate: Dose, dose: Dose, its: Decimal, worth: Decimal) -> bool:
    """Whether a rate beside a number of patches only repeats what one of them gives, as on its label."""
    return rate.unit is Unit.MCG_PER_HOUR and dose.unit is Unit.EACH and its * dose.high == worth


def _measured(restated: Sequence[Restated], product: Product, component: Component) -> list[tuple[Restated, Decimal]]:
    measured = [(one, _worth(one.dose, product, component)) for one in restated]
    return [(one, worth) for one, worth in measured if not isinstance(worth, Refusal)]


def _worth(dose: Dose, product: Product, component: Component) -> Decimal | Refusal:
    measure = measure_of(dose, product, component)
    return measure if isinstance(measure, Refusal) else dose.high * measure.each


# ---- maxima: one that does not fit the product is said, never guessed at ----


def lowest_ceiling(
    ceilings: tuple[Ceiling, ...], dose: Dose | None, product: Product, component: Component
) -> tuple[Decimal | None, tuple[str, ...]]:
    """The lowest stated maximum in the component's unit a day (None: none can be used), and what to say."""
    found: list[Decimal] = []
    notes: list[str] = []
    for ceiling in ceilings:
        each = _worth_of_most(one_unit(ceiling.unit, ceiling.noun), dose, product, component)
        if isinstance(each, Refusal):
            notes.append(f"a stated maximum was not applied: {each.detail}")
        else:
            found.append(ceiling.value * each / ceiling.days)
    return (min(found) if found else None), tuple(notes)


def at_most_at_once(sig: Sig, dose: Dose, measure: Measure, product: Product, component: Component) -> tuple[Sig, Dose]:
    """The instruction with what is to be said, and its dose as far as its maximum of one dose lets it be taken.

    Args:
        sig: the instruction; mostly it has no such maximum.
        dose: how much is taken at a time.
        measure: what one unit of `dose` is worth.
        product: what is taken.
        component: the opioid in it.
    """
    if sig.most_at_once is None:
        return sig, dose
    lowered, notes = _lowered(dose, sig.most_at_once, measure, product, component)
    return replace(sig, assumptions=(*sig.assumptions, *notes)), lowered


def _lowered(
    dose: Dose, most: Dose, measure: Measure, product: Product, component: Component
) -> tuple[Dose, tuple[str, ...]]:
    worth = _worth_of_most(most, dose, product, component)
    if isinstance(worth, Refusal):
        return dose, (f"a stated maximum at one time was not applied: {worth.detail}",)
    if _is_rate(most, product) is not _is_rate(dose, product):
        return dose, ("a stated maximum at one time was not applied: it is no amount of the kind of the dose",)
    value = most.high * worth / measure.each
    if value >= dose.high:
        return dose, ()
    stated = dose_words(most, product)
    note = f"at most {stated} at a time as stated"
    if value < dose.low:
        note = f"the dose is above the stated maximum at one time, {stated}: the maximum was counted, check the order"
    return replace(dose, low=min(dose.low, value), high=value), (note,)


def _is_rate(amount: Dose, product: Product) -> bool:
    return amount.unit is Unit.MCG_PER_HOUR or product.form is Form.PATCH


def _worth_of_most(most: Dose, dose: Dose | None, product: Product, component: Component) -> Decimal | Refusal:
    """What one unit of a maximum is worth: one in mg speaks of the opioid, one in doses of the dose."""
    if most.noun == "dose" and dose is not None:
        measure = measure_of(dose, product, component)
        return measure if isinstance(measure, Refusal) else dose.high * measure.each
    if most.unit is Unit.MG and product.form is not Form.PATCH:
        return Decimal(1)
    measure = measure_of(most, product, component)
    return measure if isinstance(measure, Refusal) else measure.each
