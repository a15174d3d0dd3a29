"""Which drug an order is for: from its concept, a referenced Medication, or that Medication's ingredients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from fhir_mappings.codes import codes_of, route_of, words_of_concepts
from fhir_mappings.elements import (
    Element,
    Json,
    as_written,
    concept_words,
    decimal,
    element,
    elements,
    items,
    read_again,
    string,
)
from fhir_mappings.quantities import Measured, read_quantity
from fhir_mappings.references import Resources
from opioids.identity import Code, Identified, Identifier, Identity, ingredient_only
from opioids.names import names_a_drug_plainly
from opioids.prescriptions import IgnoredReason, Refusal, UncountedReason
from opioids.products import Component, Form, Product, Route, Strength, StrengthUnit
from opioids.quantities import Unit
from opioids.recognition import Recognised, Recogniser


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """The medication of an order: what it is called and what is known of it."""

    name: str
    recognised: Recognised


def read_drug(order: Element, resources: Resources, recogniser: Recogniser) -> Drug:
    """The drug of an order of any release."""
    concepts = _concepts(order)
    reference = _reference(order)
    if reference:
        medication = resources.find(string(reference.get("reference")), order)
        display = string(reference.get("display"))
        if medication is not None:
            return _of_medication(medication, concepts, display, recogniser)
        if not concepts:
            return _unresolved(display, recogniser)
    return _of_concepts(concepts, recogniser)


def unresolved_reference(order: Element, resources: Resources, recogniser: Recogniser) -> str | None:
    """The reference to a Medication that was not sent and without which an order's drug stays unknown."""
    reference = _reference(order)
    written = string(reference.get("reference"))
    if not written or written.startswith("#") or _concepts(order) or resources.find(written, order) is not None:
        return None
    known = _unresolved(string(reference.get("display")), recogniser).recognised.identity
    return written if isinstance(known, Refusal) else None


def names_a_drug(order: Element) -> bool:
    """Whether an order holds any medication element, readable or not."""
    return any(order.get(name) for name in ("medicationCodeableConcept", "medicationReference", "medication"))


def _of_concepts(concepts: Sequence[Json], recogniser: Recogniser) -> Drug:
    """The drug of some concepts. Concepts that are written alike are read once."""
    written = as_written(concepts)
    return _read_concepts(concepts, recogniser) if written is None else _remembered(recogniser, written)


@lru_cache(maxsize=8192)
def _remembered(recogniser: Recogniser, written: bytes) -> Drug:
    return _read_concepts(read_again(written), recogniser)


def _read_concepts(concepts: Sequence[Json], recogniser: Recogniser) -> Drug:
    codes, words = codes_of(concepts), words_of_concepts(concepts)
    recognised = recogniser.drug(codes, words)
    return Drug(name=_name(codes, words, recognised), recognised=recognised)


def _name(codes: Sequence[Code], words: Sequence[str], recognised: Recognised) -> str:
    """What an order calls its drug; without words the product's name, or at least its code."""
    if words:
        return words[0]
    if isinstance(recognised.identity, Identified):
        return recognised.identity.product.name
    return f"code {codes[0].code}" if codes else "medication not named"


def _concepts(order: Element) -> list[Json]:
    """The medication concepts under the names that releases and careless clients use."""
    concepts: list[Json] = []
    concepts.extend(one for one in items(order.get("medicationCodeableConcept")) if one)
    medication = order.get("medication")
    if isinstance(medication, dict):
        if medication.get("concept"):
            concepts.append(medication["concept"])
        elif medication.get("coding") or medication.get("text"):
            concepts.append(medication)
    return concepts


def _reference(order: Element) -> Element:
    reference = order.get("medicationReference")
    if reference is None and isinstance(medication := order.get("medication"), dict):
        reference = medication.get("reference")
        if isinstance(reference, str):
            return medication
    return element(reference)


def _unresolved(display: str, recogniser: Recogniser) -> Drug:
    """A reference that leads nowhere: harmless only when its display names a drug that is no opioid."""
    known = recogniser.drug((), (display,) if display else ())
    if names_a_drug_plainly(display) and isinstance(known.identity, IgnoredReason):
        return Drug(name=display, recognised=known)
    refusal = Refusal(reason=UncountedReason.REFERENCE_UNRESOLVED, detail="the medication it refers to was not sent")
    return Drug(name=display or "medication not named", recognised=replace(known, identity=refusal))


def _of_medication(medication: Element, concepts: list[Json], display: str, recogniser: Recogniser) -> Drug:
    own = [one for one in (medication.get("code"), *concepts, display) if one]
    drug = _with_form(_of_concepts(own, recogniser), medication)
    identity = drug.recognised.identity
    if isinstance(identity, Identified) and identity.product.components[0].strength is not None:
        return drug
    by_ingredient = _by_ingredients(medication, recogniser.identifier)
    # An ingredient list may tell more of a drug, but it never unsays an opioid that code or name speak of.
    if by_ingredient is None or (own and isinstance(by_ingredient, IgnoredReason)):
        return drug
    return _with_form(replace(drug, recognised=replace(drug.recognised, identity=by_ingredient)), medication)


def _with_form(drug: Drug, medication: Element) -> Drug:
    """A Medication's form tells the route ("injection") where code and name leave it open."""
    identity = drug.recognised.identity
    if not isinstance(identity, Identified) or identity.product.route is not None:
        return drug
    form = medication.get("form") or medication.get("doseForm") or element(medication.get("product")).get("form")
    route = route_of(form)
    if not isinstance(route, Route):
        return drug
    known = replace(identity, product=replace(identity.product, route=route))
    return replace(drug, recognised=replace(drug.recognised, identity=known))


def _by_ingredients(medication: Element, identifier: Identifier) -> Identity | None:
    """The drug by its `Medication.ingredient` list; None when the list says nothing of use."""
    listed = elements(medication.get("ingredient")) or elements(element(medication.get("product")).get("ingredient"))
    parts: list[tuple[Identified, Strength | None]] = []
    others: list[Decimal] = []
    outcomes: list[Identity] = []
    for one in listed:
        item = one.get("itemCodeableConcept") or element(one.get("item")).get("concept") or one.get("item")
        identity = identifier.identify(codes_of([item]), concept_words(item))
        strength = _strength(one, identity)
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


_IN_PATCHES = frozenset({"fentanyl", "buprenorphine"})
_HOURS = frozenset({"h", "hr", "hour"})

_NO_FORM: tuple[Form, str, Route | None] = (Form.UNKNOWN, "", None)
_FORMS: dict[StrengthUnit, tuple[Form, str, Route | None]] = {
    StrengthUnit.MCG_PER_HOUR: (Form.PATCH, "patch", Route.TRANSDERMAL),
    StrengthUnit.MG_PER_ML: (Form.LIQUID, "", None),
    StrengthUnit.MG_PER_ACTUATION: (Form.SPRAY, "spray", None),
}


def _strength(ingredient: Element, identity: Identity) -> Strength | None:
    """Numerator per denominator (mg per tablet, per mL, per hour), in any release's element."""
    ratio = element(ingredient.get("strengthRatio") or ingredient.get("strength") or ingredient.get("amount"))
    amount = read_quantity(element(ratio.get("numerator") or ingredient.get("strengthQuantity")))
    if not isinstance(amount, Measured) or amount.value <= 0:
        return None
    below = element(ratio.get("denominator"))
    per = decimal(below.get("value")) or Decimal(1)
    unit = (string(below.get("code")) or string(below.get("unit"))).lower()
    patch = isinstance(identity, Identified) and identity.product.components[0].ingredient.name in _IN_PATCHES
    if not patch and (amount.unit is Unit.MCG_PER_HOUR or unit in _HOURS):
        return None  # a release over hours, not a rate
    if amount.unit is Unit.MCG_PER_HOUR:
        return Strength(value=amount.value, unit=StrengthUnit.MCG_PER_HOUR)
    if amount.unit is not Unit.MG or per <= 0:
        return None
    if unit in _HOURS:
        return Strength(value=amount.value * 1000 / per, unit=StrengthUnit.MCG_PER_HOUR)
    if unit in ("ml", "milliliter", "millilitre"):
        return Strength(value=amount.value / per, unit=StrengthUnit.MG_PER_ML)
    if "actuat" in unit or "spray" in unit:
        return Strength(value=amount.value / per, unit=StrengthUnit.MG_PER_ACTUATION)
    return Strength(value=amount.value / per, unit=StrengthUnit.MG)
