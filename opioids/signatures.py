"""When two prescriptions are one: the same product, dose and timing, however they are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

from opioids.measures import measure_of
from opioids.prescriptions import Prescription, Refusal, Sig
from opioids.products import Form, Product
from opioids.quantities import Dose, Frequency

# "Every 12 hours" in a name is how often it is taken.
_HOURS = re.compile(r"(?<!\bevery )(?<!\bq )\b(\d+)[ -]?h(?:(?:ou)?rs?)?\b", re.IGNORECASE)

Hours = int | None
"""For how many hours a form is stated to give its drug; None where that is not stated."""

_Known = TypeVar("_Known")


def signature(prescription: Prescription) -> object:
    """Product, dose and timing: two prescriptions with equal signatures are one, renewed, unless their forms are stated
    to give the drug for different `hours_of` it.
    """
    product = prescription.product
    takings = frozenset(Counter(_taking(sig, product) for sig in prescription.sigs).items())
    # Oxycodone beside oxycodone with acetaminophen is a second opioid, though both are 5 mg four times a day.
    return (product.components, product.combination, product.extended_release, takings)


def hours_of(product: Product) -> Hours:
    """For how many hours a form with extended release is stated to give its drug."""
    stated = _HOURS.search(product.name) if product.extended_release and product.form is Form.SOLID else None
    return int(stated[1]) if stated else None


def of_one(known: Mapping[Hours, _Known], product: Product) -> list[_Known]:
    """Of what is known of equal prescriptions by the hours of their forms, what may be of this product.

    A form whose hours are not stated may be any of them: its own kind comes first.
    """
    mine = hours_of(product)
    if mine is None:
        return [known[hours] for hours in sorted(known, key=lambda hours: hours or 0)]
    return [known[hours] for hours in (mine, None) if hours in known]


def _taking(sig: Sig, product: Product) -> tuple[object, ...]:
    """How a dose is taken, apart from from when to when; 1 tablet of 40 mg is 40 mg, and q12h twice a day."""
    dose, frequency = sig.dose, sig.frequency
    amount: object = dose
    if isinstance(dose, Dose) and not isinstance(measure := measure_of(dose, product, product.components[0]), Refusal):
        amount = (dose.low * measure.each, dose.high * measure.each)
    rates: object = frequency
    if isinstance(frequency, Frequency) and frequency.low.days > 0 and frequency.high.days > 0:
        rates = (frequency.low.rate, frequency.high.rate)
    return (amount, rates, sig.as_needed, sig.ceilings, sig.most_at_once, sig.route_of(product))
