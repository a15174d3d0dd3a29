"""Which drug an order is for: from its concept, a referenced Medication, or that Medication's ingredients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from fhir_mappings.codes import codes_of
from fhir_mappings.elements import Element, Json, concept_words, decimal, element, elements, string
from fhir_mappings.quantities import Measured, read_quantity
from fhir_mappings.references import Resources
from opioids.identity import Identified, Identifier, Identity, ingredient_only
from opioids.prescriptions import IgnoredReason, Refusal, UncountedReason
from opioids.products import Component, Form, Product, Route, Strength, StrengthUnit
from opioids.quantities import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """The medication of an order: what it is called and what it is."""

    name: str
    identity: Identity


def read_drug(order: Element, resources: Resources, identifier: Identifier) -> Drug:
    """The drug of an order of any release."""
    concepts = list(_concepts(order))
    reference = _reference(order)
    medication = resources.find(string(reference.get("reference")), order) if reference else None
    if medication is not None:
        return _of_medication(medication, concepts, string(reference.get("display")), identifier)
    words = [word for concept in concepts for word in concept_words(concept)]
    if reference and not concepts:
        return _unresolved(string(reference.get("display")), identifier)
    name = words[0] if words else _code_name(concepts)
    return Drug(name=name, identity=identifier.identify(codes_of(concepts), words))


def medication_concepts(order: Element, resources: Resources | None) -> list[Json]:
    """The concepts that name an order's drug, its own and those of the Medication it refers to."""
    concepts = list(_concepts(order))
    reference = _reference(order)
    if reference:
        medication = resources.find(string(reference.get("reference")), order) if resources else None
        if medication is not None and medication.get("code"):
            concepts.append(medication["code"])
        if display := string(reference.get("display")):
            concepts.append(display)
    return concepts


def names_a_drug(order: Element) -> bool:
    """Whether an order holds any medication element, readable or not."""
    return any(order.get(name) for name in ("medicationCodeableConcept", "medicationReference", "medication"))


def _concepts(order: Element) -> Iterator[Json]:
    """The medication concepts under the names that releases and careless clients use."""
    medication = order.get("medication")
    concept = order.get("medicationCodeableConcept")
    if concept:
        yield concept
    if isinstance(medication, dict):
        if medication.get("concept"):
            yield medication["concept"]
        elif medication.get("coding") or medication.get("text"):
            yield medication


def _reference(order: Element) -> Element:
    medication = element(order.get("medication"))
    return (
        element(order.get("medicationReference"))
        or element(medication.get("reference"))
        or (medication if isinstance(medication.get("reference"), str) else {})
    )


def _unresolved(display: str, identifier: Identifier) -> Drug:
    """A reference that leads nowhere: harmless only when its display names a drug that is no opioid."""
    if display and (harmless := identifier.identify((), (display,))) in tuple(IgnoredReason):
        return Drug(name=display, identity=harmless)
    refusal = Refusal(reason=UncountedReason.REFERENCE_UNRESOLVED, detail="the medication it refers to was not sent")
    return Drug(name=display or "medication not named", identity=refusal)


def _code_name(concepts: Sequence[Json]) -> str:
    codes = codes_of(concepts)
    return f"code {codes[0].code}" if codes else "medication not named"


def _of_medication(medication: Element, concepts: list[Json], display: str, identifier: Identifier) -> Drug:
    own = [one for one in (medication.get("code"), *concepts) if one]
    words = [word for concept in own for word in concept_words(concept)]
    if display:
        words.append(display)
    identity = identifier.identify(codes_of(own), words) if own or words else None
    if not isinstance(identity, Identified) or identity.product.components[0].strength is None:
        by_ingredient = _by_ingredients(medication, identifier)
        if by_ingredient is not None and not (
            isinstance(identity, Identified) and by_ingredient in tuple(IgnoredReason)
        ):
            identity = by_ingredient
    if identity is None:
        identity = Refusal(reason=UncountedReason.RESOURCE_INVALID, detail="the medication it refers to is empty")
    return Drug(name=words[0] if words else _code_name(own), identity=identity)


def _by_ingredients(medication: Element, identifier: Identifier) -> Identity | None:
    """The drug by its `Medication.ingredient` list; None when the list says nothing of use."""
    listed = elements(medication.get("ingredient")) or elements(element(medication.get("product")).get("ingredient"))
    parts: list[tuple[Identified, Strength | None]] = []
    others: list[Decimal] = []
    outcomes: list[Identity] = []
    for one in listed:
        item = one.get("itemCodeableConcept") or element(one.get("item")).get("concept") or one.get("item")
        identity = identifier.identify(codes_of([item]), concept_words(item))
        strength = _strength(one)
        outcomes.append(identity)
        if isinstance(identity, Identified):
            parts.append((identity, strength or identity.product.components[0].strength))
        elif strength and strength.unit is StrengthUnit.MG:
            others.append(strength.value)
    if not parts:
        return next((one for one in outcomes if isinstance(one, Refusal)), outcomes[0] if outcomes else None)
    return Identified(
        product=_product(parts, others, combination=len(listed) > 1),
        assumptions=("strength read from the medication's ingredient list",),
    )


def _product(parts: list[tuple[Identified, Strength | None]], others: list[Decimal], *, combination: bool) -> Product:
    first, strength = parts[0]
    form, noun, route = _FORMS.get(strength.unit, _NO_FORM) if strength else _NO_FORM
    components = tuple(
        Component(ingredient=identity.product.components[0].ingredient, strength=value) for identity, value in parts
    )
    bare = ingredient_only(components[0].ingredient)
    return Product(
        name=first.product.name or bare.name,
        rxcui="",
        components=components,
        form=form,
        noun=noun,
        route=route,
        combination=combination,
        other_strengths=tuple(others),
    )


_NO_FORM: tuple[Form, str, Route | None] = (Form.UNKNOWN, "", None)
_FORMS: dict[StrengthUnit, tuple[Form, str, Route | None]] = {
    StrengthUnit.MCG_PER_HOUR: (Form.PATCH, "patch", Route.TRANSDERMAL),
    StrengthUnit.MG_PER_ML: (Form.LIQUID, "", None),
    StrengthUnit.MG_PER_ACTUATION: (Form.SPRAY, "spray", None),
}


def _strength(ingredient: Element) -> Strength | None:
    """Numerator per denominator (mg per tablet, per mL, per hour), in any release's element."""
    ratio = element(ingredient.get("strengthRatio") or ingredient.get("strength") or ingredient.get("amount"))
    amount = read_quantity(element(ratio.get("numerator") or ingredient.get("strengthQuantity")))
    if not isinstance(amount, Measured) or amount.value <= 0:
        return None
    below = element(ratio.get("denominator"))
    per = decimal(below.get("value")) or Decimal(1)
    unit = (string(below.get("code")) or string(below.get("unit"))).lower()
    if amount.unit is Unit.MCG_PER_HOUR:
        return Strength(value=amount.value, unit=StrengthUnit.MCG_PER_HOUR)
    if amount.unit is not Unit.MG or per <= 0:
        return None
    if unit in ("h", "hr", "hour"):
        return Strength(value=amount.value * 1000 / per, unit=StrengthUnit.MCG_PER_HOUR)
    if unit in ("ml", "milliliter", "millilitre"):
        return Strength(value=amount.value / per, unit=StrengthUnit.MG_PER_ML)
    if "actuat" in unit or "spray" in unit:
        return Strength(value=amount.value / per, unit=StrengthUnit.MG_PER_ACTUATION)
    return Strength(value=amount.value / per, unit=StrengthUnit.MG)
