"""Which drug an order is for, from its codes and its words.

The most specific code decides: product over ingredient; without a usable code the name is read. The
order of the codes never matters. "Not in our formulary" is not "not an opioid": every code and every
word is looked at before an order is called harmless.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from opioids.formulary import Formulary
from opioids.names import NameReader, NameReading
from opioids.prescriptions import IgnoredReason, Refusal, UncountedReason
from opioids.products import Component, Form, Ingredient, Pharmacology, Product


class CodeSystem(StrEnum):
    """The code systems in which drugs and conditions are known."""

    RXNORM = "RxNorm"
    SNOMED = "SNOMED CT"
    ATC = "ATC"
    ICD10 = "ICD-10"
    NDC = "NDC"
    NONE = "no code system"
    OTHER = "another code system"


class Code(NamedTuple):
    """A code within a system."""

    system: CodeSystem
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The product of an order and what had to be assumed to find it."""

    product: Product
    assumptions: tuple[str, ...] = ()


Identity = Identified | Refusal | IgnoredReason


class Identifier:
    """Identifies drugs against one formulary."""

    def __init__(self, formulary: Formulary) -> None:
        self.formulary = formulary
        self.names = NameReader(formulary)

    def identify(self, codes: Sequence[Code], names: Sequence[str]) -> Identity:
        """The drug that `codes` and `names` (displays and free text) stand for.

        Returns an `Identified` opioid, the reason why it is known to be none, or a `Refusal` when it is
        or may be an opioid that cannot be told.
        """
        if not codes and not any(name.strip() for name in names):
            return Refusal(reason=UncountedReason.RESOURCE_INVALID, detail="no medication is named")
        readings = [reading for reading in map(self.names.read, dict.fromkeys(names)) if _speaks(reading)]
        products = self._products(codes)
        if products:
            return self._by_product_code(products, readings)
        ingredients = self._ingredients(codes)
        if ingredients:
            return self._by_ingredient_code(ingredients, readings)
        if any(code.system is CodeSystem.RXNORM and code.code in self.formulary.antagonist_products for code in codes):
            return _unless_named(readings, IgnoredReason.ANTAGONIST)
        return _by_name(readings, bool(codes))

    def _products(self, codes: Sequence[Code]) -> list[Product]:
        book = self.formulary.products
        return [book[code.code] for code in codes if code.system is CodeSystem.RXNORM and code.code in book]

    def _ingredients(self, codes: Sequence[Code]) -> list[Ingredient]:
        book = self.formulary
        by_system = {CodeSystem.RXNORM: book.by_rxcui, CodeSystem.SNOMED: book.by_snomed, CodeSystem.ATC: book.by_atc}
        found = [by_system[code.system].get(code.code) for code in codes if code.system in by_system]
        return list(dict.fromkeys(one for one in found if one))

    def _by_product_code(self, products: list[Product], readings: list[NameReading]) -> Identity:
        product = min(products, key=lambda one: one.rxcui)
        if any(one.components != product.components for one in products):
            return Refusal(
                reason=UncountedReason.PRODUCT_UNKNOWN, detail="the codes of the order stand for different products"
            )
        return Identified(product=product, assumptions=_contradictions(product, readings))

    def _by_ingredient_code(self, ingredients: list[Ingredient], readings: list[NameReading]) -> Identity:
        opioids = [one for one in ingredients if one.pharmacology is not Pharmacology.ANTAGONIST]
        if not opioids:
            return _unless_named(readings, IgnoredReason.ANTAGONIST)
        if len(opioids) > 1:
            return Refusal(
                reason=UncountedReason.PRODUCT_UNKNOWN, detail="the codes of the order stand for different opioids"
            )
        named = _agreed([reading.product for reading in readings if reading.product])
        if isinstance(named, Product) and named.components[0].ingredient == opioids[0]:
            return Identified(product=named, assumptions=("strength read from the name",))
        product = ingredient_only(opioids[0])
        return Identified(product=product, assumptions=_contradictions(product, readings))


def ingredient_only(ingredient: Ingredient) -> Product:
    """A product of which only the ingredient is known: it counts when the dose is a mass."""
    return Product(
        name=ingredient.name,
        rxcui="",
        components=(Component(ingredient=ingredient, strength=None),),
        form=Form.UNKNOWN,
        noun="",
        route=None,
    )


def _speaks(reading: NameReading) -> bool:
    return bool(reading.opioids or reading.antagonists)


def _unless_named(readings: list[NameReading], reason: IgnoredReason) -> Identity:
    """A code for an antagonist is believed unless the words speak of an opioid."""
    return _by_name(readings, True) if any(reading.opioids for reading in readings) else reason


def _by_name(readings: list[NameReading], coded: bool) -> Identity:
    opioids = list(dict.fromkeys(one for reading in readings for one in reading.opioids))
    if not opioids:
        return IgnoredReason.ANTAGONIST if readings else IgnoredReason.NOT_AN_OPIOID
    product = _agreed([reading.product for reading in readings if reading.product])
    if isinstance(product, Product) and len(opioids) == 1:
        return Identified(product=product, assumptions=("the product was read from its name",))
    if len(opioids) == 1 and not coded and product is None:
        only = replace(ingredient_only(opioids[0]), name=opioids[0].name)
        return Identified(product=only, assumptions=("only the ingredient was read from the name",))
    named = " and ".join(one.name for one in opioids)
    return Refusal(reason=UncountedReason.PRODUCT_UNKNOWN, detail=f"speaks of {named}, but the product cannot be told")


def _agreed(products: list[Product]) -> Product | Refusal | None:
    """The product on which all readable names agree; a Refusal when they do not."""
    if not products:
        return None
    first = min(products, key=lambda one: (one.form is Form.UNKNOWN, one.name))
    for other in products:
        if other.components != first.components:
            return Refusal(reason=UncountedReason.PRODUCT_UNKNOWN, detail="the names of the order disagree")
    return first


def _contradictions(product: Product, readings: list[NameReading]) -> tuple[str, ...]:
    """What the words say against the code. The code is the order; the difference is stated."""
    own = {component.ingredient for component in product.components}
    component = product.components[0]
    for reading in readings:
        if reading.opioids and own.isdisjoint(reading.opioids):
            said = " and ".join(one.name for one in reading.opioids)
            return (f"the code says {component.ingredient.name}, the text says {said}: the code was used",)
        said_product = reading.product
        if said_product and component.strength and said_product.components[0].strength != component.strength:
            return ("the strength in the text differs from the code's: the code was used",)
    return ()
