"""One dose that an order states several times: as ordered, as calculated, as what is to be given.

Which of them comes first is told by what each is called. Whether they are one dose can only be told with the product:
1 tablet and 5 mg are the same where a tablet holds 5 mg, and where it holds 40 mg one of them is mistaken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from opioids.dose_sums import dose_words
from opioids.limits import order_limits
from opioids.measures import measure_of
from opioids.prescriptions import Refusal, Restated, Sig, UncountedReason
from opioids.products import Component, Product
from opioids.quantities import Dose, Unit

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
