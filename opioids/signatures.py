"""When two prescriptions are one: the same product, dose and timing, however they are written."""

from __future__ import annotations

from collections import Counter

from opioids.measures import measure_of
from opioids.prescriptions import Prescription, Refusal, Sig
from opioids.products import Product
from opioids.quantities import Dose, Frequency


def signature(prescription: Prescription) -> object:
    """Product, dose and timing: two prescriptions with equal signatures are one, renewed."""
    product = prescription.product
    takings = frozenset(Counter(_taking(sig, product) for sig in prescription.sigs).items())
    # Oxycodone beside oxycodone with acetaminophen is a second opioid, though both are 5 mg four times a day.
    return (product.components, product.combination, product.extended_release, takings)


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
