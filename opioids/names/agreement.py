"""What several names of one order say together, and what they say against its code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from opioids.names.reading import NameReading
from opioids.names.strengths import alike
from opioids.prescriptions import Refusal, UncountedReason
from opioids.products import Form, Ingredient, Product, UsualPurpose


def agreed(readings: Sequence[NameReading]) -> Product | Refusal | None:
    """The product on which all readable names agree; a Refusal when they do not, None when none can be read whole.

    A name without a strength may still tell that the product is a combination.
    """
    products = [reading.product for reading in readings if reading.product]
    if not products:
        return None
    first = min(products, key=_order)
    if not all(_same_drug(first, other) for other in products):
        return Refusal(reason=UncountedReason.PRODUCT_UNKNOWN, detail="the names of the order disagree")
    combination = first.combination or any(one.outline.combination for one in readings if one.outline)
    return replace(first, combination=combination)


def _same_drug(one: Product, other: Product) -> bool:
    mine, its = one.components[0], other.components[0]
    return mine.ingredient == its.ingredient and bool(mine.strength and alike(mine.strength, its.strength))


def outline_of(opioid: Ingredient, readings: Sequence[NameReading]) -> Product | None:
    """What names without a strength tell of an opioid; of several, the one that tells most."""
    outlines = [reading.outline for reading in readings if reading.outline]
    return min((one for one in outlines if one.components[0].ingredient == opioid), key=_order, default=None)


def _order(product: Product) -> tuple[bool, bool, bool, str]:
    """Products that tell more come first, in an order that does not depend on that of the names."""
    unknown = product.form is Form.UNKNOWN
    return (not is_for_disorder(product), not product.combination, unknown, product.name)


def is_for_disorder(product: Product) -> bool:
    """Whether the product alone tells that it is for opioid use disorder."""
    return product.usual_purpose is UsualPurpose.OPIOID_USE_DISORDER


def other_opioids(product: Product, readings: Sequence[NameReading]) -> tuple[Ingredient, ...]:
    """The opioids of names that speak of opioids, and of none in the product."""
    own = {component.ingredient for component in product.components}
    return tuple(one for reading in readings if own.isdisjoint(reading.opioids) for one in reading.opioids)


def contradictions(product: Product, readings: Sequence[NameReading]) -> tuple[str, ...]:
    """What the words say against the code. The code is the order; the difference is stated."""
    component = product.components[0]
    for reading in readings:
        if others := other_opioids(product, [reading]):
            said = " and ".join(one.name for one in others)
            return (f"the code says {component.ingredient.name}, the text says {said}: the code was used",)
        if reading.product and _differs(reading.product, product):
            return ("the strength in the text differs from the code's: the code was used",)
    return ()


def _differs(said: Product, coded: Product) -> bool:
    """Whether two strengths contradict each other: milligrams of an ampoule and its concentration do not."""
    mine, its = said.components[0].strength, coded.components[0].strength
    if mine is None or its is None:
        return False
    if mine.unit is not its.unit:
        return said.form not in (Form.UNKNOWN, coded.form)
    return not alike(mine, its)
