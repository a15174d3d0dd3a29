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
from opioids.name_strengths import alike
from opioids.names import NameReader, NameReading, telling_words
from opioids.prescriptions import IgnoredReason, Refusal, UncountedReason
from opioids.products import Component, Form, Ingredient, Pharmacology, Product, UsualPurpose


class CodeSystem(StrEnum):
    """The code systems in which drugs and conditions are known."""

    RXNORM = "RxNorm"
    SNOMED = "SNOMED CT"
    ATC = "ATC"
    ICD10 = "ICD-10"
    ICD9 = "ICD-9"
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
        by_code = {**formulary.by_rxcui, **formulary.by_snomed, **formulary.by_atc}
        opioids = {code for code, one in by_code.items() if one.pharmacology is not Pharmacology.ANTAGONIST}
        self._opioid_codes = opioids | formulary.products.keys()

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
            return self._by_ingredient_code(codes, ingredients, readings)
        if any(code.system is CodeSystem.RXNORM and code.code in self.formulary.antagonist_products for code in codes):
            return _unless_named(readings, IgnoredReason.ANTAGONIST)
        if not any(reading.opioids for reading in readings) and (doubt := self._doubt(codes, names)):
            return Refusal(reason=UncountedReason.PRODUCT_UNKNOWN, detail=doubt)
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
        kind = (product.components, product.form, product.route)
        if any((one.components, one.form, one.route) != kind for one in products):
            return Refusal(
                reason=UncountedReason.PRODUCT_UNKNOWN, detail="the codes of the order stand for different products"
            )
        return Identified(product=product, assumptions=_contradictions(product, readings))

    def _by_ingredient_code(
        self, codes: Sequence[Code], ingredients: list[Ingredient], readings: list[NameReading]
    ) -> Identity:
        opioids = [one for one in ingredients if one.pharmacology is not Pharmacology.ANTAGONIST]
        if not opioids:
            return _unless_named(readings, IgnoredReason.ANTAGONIST)
        if len(opioids) > 1:
            return Refusal(
                reason=UncountedReason.PRODUCT_UNKNOWN, detail="the codes of the order stand for different opioids"
            )
        named = _agreed(readings)
        if isinstance(named, Product) and named.components[0].ingredient == opioids[0]:
            product = replace(named, combination=named.combination or self._is_combined(codes))
            return Identified(product=product, assumptions=("strength read from the name",))
        product = (_outline(opioids[0], readings) if named is None else None) or ingredient_only(opioids[0])
        combination = product.combination or self._is_combined(codes)
        product = replace(product, name=opioids[0].name, combination=combination)
        return Identified(product=product, assumptions=_contradictions(product, readings))

    def _is_combined(self, codes: Sequence[Code]) -> bool:
        """Whether codes of ingredients say that another painkiller is in it."""
        atc = {code.code for code in codes if code.system is CodeSystem.ATC}
        rxnorm = {code.code for code in codes if code.system is CodeSystem.RXNORM}
        return bool(atc & self.formulary.combined_atc or rxnorm & self.formulary.beside_rxcui)

    def _doubt(self, codes: Sequence[Code], names: Sequence[str]) -> str:
        """Why an order whose words speak of no opioid may be one all the same; empty when it is none."""
        groups = self.formulary.opioid_atc_groups
        if any(code.system is CodeSystem.ATC and code.code.startswith(groups) for code in codes):
            return "its ATC code is an opioid's, but which one is not known"
        known_elsewhere = any(code.system not in (CodeSystem.NDC, CodeSystem.NONE) for code in codes)
        if known_elsewhere or any(map(telling_words, names)):
            return ""
        if not codes:
            return "its words do not say which drug it is"
        if any(code.system is CodeSystem.NDC for code in codes):
            return "only an NDC is given, and NDCs are not known here"
        if any(code.code in self._opioid_codes for code in codes):
            return "its code is one of an opioid, but the code's system is not stated"
        return ""


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
    product = _agreed(readings)
    if isinstance(product, Product) and len(opioids) == 1:
        return Identified(product=product, assumptions=("the product was read from its name",))
    outline = _outline(opioids[0], readings) if len(opioids) == 1 and product is None else None
    if outline and (not coded or _is_for_disorder(outline)):
        only = replace(outline, name=opioids[0].name)
        return Identified(product=only, assumptions=("only the ingredient was read from the name",))
    named = " and ".join(one.name for one in opioids)
    return Refusal(reason=UncountedReason.PRODUCT_UNKNOWN, detail=f"speaks of {named}, but the product cannot be told")


def _agreed(readings: list[NameReading]) -> Product | Refusal | None:
    """The product on which all readable names agree; a Refusal when they do not.

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


def _outline(opioid: Ingredient, readings: list[NameReading]) -> Product | None:
    """What names without a strength tell of an opioid; of several, the one that tells most."""
    outlines = [reading.outline for reading in readings if reading.outline]
    return min((one for one in outlines if one.components[0].ingredient == opioid), key=_order, default=None)


def _order(product: Product) -> tuple[bool, bool, bool, str]:
    """Products that tell more come first, in an order that does not depend on that of the names."""
    unknown = product.form is Form.UNKNOWN
    return (not _is_for_disorder(product), not product.combination, unknown, product.name)


def _is_for_disorder(product: Product) -> bool:
    """Whether the product alone tells that it is for opioid use disorder."""
    return product.usual_purpose is UsualPurpose.OPIOID_USE_DISORDER


def _contradictions(product: Product, readings: list[NameReading]) -> tuple[str, ...]:
    """What the words say against the code. The code is the order; the difference is stated."""
    own = {component.ingredient for component in product.components}
    component = product.components[0]
    for reading in readings:
        if reading.opioids and own.isdisjoint(reading.opioids):
            said = " and ".join(one.name for one in reading.opioids)
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
