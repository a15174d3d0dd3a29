"""The drug by its `Medication.ingredient` list, in the elements of every release.

DSTU2 lists references under `product`, STU3 and R4 a concept or a reference with a ratio (`amount`, `strength`), R5
a concept and reference in one with `strengthRatio`, `strengthQuantity` or words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from fhir_mappings.codes import codes_of, words_of_concepts
from fhir_mappings.elements import Element, Json, concept_words, decimal, element, elements, string
from fhir_mappings.lengths import unit_of_time
from fhir_mappings.quantities import Measured, read_quantity
from fhir_mappings.references import Resources
from fhir_mappings.units import read_unit
from opioids.identity import Identified, Identifier, Identity, may_add_nothing
from opioids.measures import exact
from opioids.prescriptions import Refusal, UncountedReason
from opioids.products import Component, Product, Strength, StrengthUnit, form_told_by
from opioids.quantities import Unit
from opioids.values import quickly_made

MOST_LISTED = 200
"""Ingredients that are read, carriers among them: no medicine has more, and any number of orders may refer to one."""

FROM_LIST = "strength read from the medication's ingredient list"

_IN_PATCHES = frozenset({"fentanyl", "buprenorphine"})
_COUNTED = frozenset(["vial", "ampule", "ampoule", "syringe", "cartridge", "sachet", "implant", "dosage form", "{}"])


@quickly_made
class Listing:
    """A medication whose ingredients are read, the order that refers to it, and where references lead."""

    medication: Element
    order: Element
    resources: Resources

    def identity(self, identifier: Identifier) -> Identity | None:
        """The drug that the ingredients make; None when the list says nothing of use."""
        if self._is_endless:
            why = f"more than {MOST_LISTED} ingredients are listed, as of no medicine"
            return Refusal(reason=UncountedReason.RESOURCE_INVALID, detail=why)
        parts: list[tuple[Identified, Strength | None]] = []
        others: list[Decimal] = []
        outcomes: list[Identity] = []
        listed = self._active()
        for one in listed:
            identity = self._identify(one, identifier)
            strength = _strength(one, identity)
            outcomes.append(identity)
            if isinstance(identity, Identified):
                parts.append((identity, strength or identity.product.components[0].strength))
            elif strength and strength.unit is StrengthUnit.MG:
                others.append(strength.value)
        if not parts:
            return next((one for one in outcomes if isinstance(one, Refusal)), outcomes[0] if outcomes else None)
        known = parts[0][1] is not None
        return Identified(
            product=_product(parts, others, combination=len(listed) > 1), assumptions=(FROM_LIST,) if known else ()
        )

    @property
    def is_empty(self) -> bool:
        """Whether no ingredient is listed."""
        return not (self._is_endless or self._active())

    def concepts(self) -> list[Json]:
        """The concepts of all ingredients, for what does not depend on which is which."""
        if self._is_endless:
            return []
        return [concept for one in self._active() for concept in self._concepts(one) if concept]

    def _active(self) -> list[Element]:
        """What is listed, without what is only a carrier."""
        return [one for one in elements(self._listed) if one.get("isActive") is not False]

    @property
    def _is_endless(self) -> bool:
        listed = self._listed
        return isinstance(listed, list) and len(listed) > MOST_LISTED

    @property
    def _listed(self) -> Json:
        """The ingredients as they were sent."""
        return self.medication.get("ingredient") or element(self.medication.get("product")).get("ingredient")

    def _identify(self, one: Element, identifier: Identifier) -> Identity:
        concepts = list(self._concepts(one))
        codes, words = codes_of(concepts), words_of_concepts(concepts)
        strength = concept_words(one.get("strengthCodeableConcept"))
        if not codes and not any(words):
            return Refusal(reason=UncountedReason.REFERENCE_UNRESOLVED, detail="an ingredient of it was not sent")
        return identifier.identify(codes, [*words, *(f"{words[0]} {said}" for said in strength if words)])

    def _concepts(self, one: Element) -> Iterator[Json]:
        """The concepts of an ingredient, its own and those of the substance that it refers to."""
        item = element(one.get("item"))
        yield from (found for found in (one.get("itemCodeableConcept"), item.get("concept")) if found)
        if not item.get("concept") and not item.get("reference"):
            yield one.get("item")
        referred = item if isinstance(item.get("reference"), str) else element(item.get("reference"))
        reference = referred or element(one.get("itemReference"))
        yield string(reference.get("display"))
        name = string(reference.get("reference"))
        found = self.resources.find(name, self.medication) or self.resources.find(name, self.order)
        code = element(found).get("code") if found else None
        yield element(code).get("concept") or code


def _product(parts: list[tuple[Identified, Strength | None]], others: list[Decimal], *, combination: bool) -> Product:
    products, strength = [one.product for one, _ in parts], parts[0][1]
    told = form_told_by(strength)
    return Product(
        name=" / ".join(dict.fromkeys(one.name or one.components[0].ingredient.name for one in products)),
        rxcui="",
        components=_components(parts),
        form=told.form,
        noun=told.noun,
        route=told.route,
        combination=combination,
        other_strengths=tuple(others),
    )


def _components(parts: list[tuple[Identified, Strength | None]]) -> tuple[Component, ...]:
    """One component an ingredient: two salts of it are added, when both are measured alike."""
    found: list[Component] = []
    for identity, strength in parts:
        ingredient = identity.product.components[0].ingredient
        at = next((at for at, one in enumerate(found) if one.ingredient == ingredient), None)
        if at is None:
            found.append(Component(ingredient=ingredient, strength=strength))
        else:
            found[at] = replace(found[at], strength=_sum(found[at].strength, strength))
    return tuple(found)


def _sum(one: Strength | None, other: Strength | None) -> Strength | None:
    if one is None or other is None or one.unit is not other.unit:
        return None
    return replace(one, value=one.value + other.value)


# ---- beside code and name ----

_SALT = Decimal("1.5")
"""Times: 13.4 mg of morphine are 20 mg of one of its salts. What differs by more is another strength."""


def compared(own: Identified, listed: Identified) -> Identity:
    """The drug of a code or name, beside the list of its ingredients.

    A code stays the drug and the difference is stated; between a name and a list nothing tells which is right, and what
    may be left out of a total for what its code says is not left out against its own list.
    """
    against = _against(own.product, listed.product)
    if not against:
        return own
    if not own.product.rxcui or may_add_nothing(own.product):
        return Refusal(reason=UncountedReason.PRODUCT_UNKNOWN, detail=f"{against}, and its code or name something else")
    return replace(own, assumptions=(*own.assumptions, f"{against}: the code was used"))


def _against(own: Product, listed: Product) -> str:
    """What the list says against the product; a mass and a concentration, or a rate, cannot be compared."""
    mine, its = own.components[0], listed.components[0]
    if {part.ingredient for part in own.components}.isdisjoint(part.ingredient for part in listed.components):
        return f"its ingredient list says {its.ingredient.name}"
    if len(own.components) > 1 or len(listed.components) > 1 or mine.strength is None or its.strength is None:
        return ""
    low, high = sorted((mine.strength.value, its.strength.value))
    if mine.strength.unit is not its.strength.unit or high <= _SALT * low:
        return ""
    return f"its ingredient list says {exact(its.strength.value)} {its.strength.unit}"


# ---- strengths ----


def _strength(ingredient: Element, identity: Identity) -> Strength | None:
    """Numerator per denominator (mg per tablet, per mL, per hour), in any release's element."""
    ratio = element(ingredient.get("strengthRatio") or ingredient.get("strength") or ingredient.get("amount"))
    amount = read_quantity(element(ratio.get("numerator") or ingredient.get("strengthQuantity")))
    if not isinstance(amount, Measured) or amount.value <= 0:
        return None
    below = element(ratio.get("denominator"))
    patch = isinstance(identity, Identified) and identity.product.components[0].ingredient.name in _IN_PATCHES
    if amount.unit is Unit.MCG_PER_HOUR:
        return Strength(value=amount.value, unit=StrengthUnit.MCG_PER_HOUR) if patch and not below else None
    if amount.unit is not Unit.MG:
        return None
    count = Decimal(1) if below.get("value") is None else decimal(below.get("value"))
    if count is None or count <= 0:
        return None
    per = _per(string(below.get("code")), string(below.get("unit")))
    if per is None or (per[0] is StrengthUnit.MCG_PER_HOUR and not patch):
        return None  # what is released over hours is a rate only in a patch
    unit, worth = per
    thousand = 1000 if unit is StrengthUnit.MCG_PER_HOUR else 1
    return Strength(value=amount.value * thousand / (count * worth), unit=unit)


def _per(code: str, unit: str) -> tuple[StrengthUnit, Decimal] | None:
    """What a strength is in, and how many of its unit one is; None for what is neither counted nor a volume."""
    word = (code or unit).lower()
    if unit_of_time(word) == "h":
        return StrengthUnit.MCG_PER_HOUR, Decimal(1)
    found = read_unit(code, unit)
    if isinstance(found, Refusal):
        counted = word.strip("{}s") in _COUNTED or word.startswith("{")
        return (StrengthUnit.MG, Decimal(1)) if counted else None
    measured, worth, noun = found
    if measured is Unit.ML:
        return StrengthUnit.MG_PER_ML, worth
    if measured is not Unit.EACH:
        return None
    return StrengthUnit.MG_PER_ACTUATION if noun == "spray" else StrengthUnit.MG, Decimal(1)
