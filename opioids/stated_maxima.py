"""Maxima that an order states: of a period ("8 tablets a day") and of one time ("2 tablets at a time").

A maximum only ever lowers what is counted. One that does not fit the product is said, never guessed at.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from opioids.dose_sums import dose_words
from opioids.measures import Measure, measure_of
from opioids.prescriptions import Refusal, Sig
from opioids.products import Component, Form, Product
from opioids.quantities import Ceiling, Dose, Unit, one_unit


def lowest_ceiling(
    ceilings: tuple[Ceiling, ...], dose: Dose | None, product: Product, component: Component
) -> tuple[Decimal | None, tuple[str, ...]]:
    """The lowest stated maximum in the component's unit a day (None: none can be used), and what to say."""
    found: list[Decimal] = []
    notes: list[str] = []
    for ceiling in ceilings:
        each = _worth(one_unit(ceiling.unit, ceiling.noun), dose, product, component)
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
    worth = _worth(most, dose, product, component)
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


def _worth(most: Dose, dose: Dose | None, product: Product, component: Component) -> Decimal | Refusal:
    """What one unit of a maximum is worth: one in mg speaks of the opioid, one in doses of the dose."""
    if most.noun == "dose" and dose is not None:
        measure = measure_of(dose, product, component)
        return measure if isinstance(measure, Refusal) else dose.high * measure.each
    if most.unit is Unit.MG and product.form is not Form.PATCH:
        return Decimal(1)
    measure = measure_of(most, product, component)
    return measure if isinstance(measure, Refusal) else measure.each
