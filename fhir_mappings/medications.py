"""Which drug an order is for: from its concept, a referenced Medication, or that Medication's ingredients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from fhir_mappings.codes import codes_of, route_of, system_of, words_of_concepts
from fhir_mappings.elements import LONGEST_WORDS, Element, Json, element, items, string
from fhir_mappings.ingredients import Listing, compared
from fhir_mappings.references import Resources
from fhir_mappings.written import as_written, read_again
from opioids.drug_codes import Code, CodeSystem
from opioids.identity import Identified, Identity
from opioids.names.reading import names_a_drug_plainly
from opioids.prescriptions import IgnoredReason, Refusal, UncountedReason
from opioids.products import Route
from opioids.recognition import Recognised, Recogniser


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drug:
    """The medication of an order: what it is called and what is known of it.

    Drugs that are written alike are the same object, and compared as such.
    """

    name: str
    recognised: Recognised


def read_drug(order: Element, resources: Resources, recogniser: Recogniser) -> Drug:
    """The drug of an order of any release."""
    concept = order.get("medicationCodeableConcept")
    if concept and isinstance(concept, dict) and "medicationReference" not in order and "medication" not in order:
        return _of_concepts([concept], recogniser)  # as most orders are: nothing else needs to be looked for
    concepts = _concepts(order)
    reference = _reference(order)
    if reference:
        medication = _referred_to(reference, resources, order)
        if medication is not None:
            own = [one for one in (medication.get("code"), *concepts, _display(reference)) if one]
            drug = _with_form(_of_concepts(own, recogniser), medication)
            if "ingredient" not in medication and "product" not in medication:
                return drug
            return _of_list(Listing(medication=medication, order=order, resources=resources), drug, own, recogniser)
        named = _named_by(reference)
        if named:
            return _of_concepts([*concepts, named], recogniser)
        if not concepts:
            return _unresolved(_display(reference), recogniser)
    return _of_concepts(concepts, recogniser)


def unresolved_reference(order: Element, resources: Resources, recogniser: Recogniser) -> str | None:
    """The reference to a Medication that was not sent and without which an order's drug stays unknown."""
    reference = _reference(order)
    written = string(reference.get("reference"))
    if not written or written.startswith("#") or _concepts(order):
        return None
    if _referred_to(reference, resources, order) is not None:
        return None
    known = _unresolved(_display(reference), recogniser).recognised.identity
    return written if isinstance(known, Refusal) else None


def order_of_drug(medication: Element) -> Element:
    """What a Medication stands for where a list of orders belongs: a drug that is taken, nobody says how."""
    return {
        "resourceType": "MedicationStatement",
        "status": "active",
        "contained": [{**medication, "id": "drug"}],
        "medicationReference": {"reference": "#drug"},
    }


def drug_of(order: Element, resources: Resources) -> Element | None:
    """The Medication that an order names as its drug; None where that was not sent, or is a part of the order."""
    reference = _reference(order)
    within = string(reference.get("reference")).startswith("#")
    return None if within else _referred_to(reference, resources, order)


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
    if recognised.called:
        return recognised.called
    return f"code {codes[0].code}" if codes else "medication not named"


def _concepts(order: Element) -> list[Json]:
    """The medication concepts under the names that releases and careless clients use."""
    concepts: list[Json] = []
    if "medicationCodeableConcept" in order:
        concepts.extend([one for one in items(order["medicationCodeableConcept"]) if one])
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


def _referred_to(reference: Element, resources: Resources, order: Element) -> Element | None:
    """The Medication that a reference means, by its address or else by a business identifier that one alone bears."""
    found = resources.find(string(reference.get("reference")), order)
    return found if found is not None else resources.medication_with(reference.get("identifier"))


_CODES_OF_DRUGS = (CodeSystem.RXNORM, CodeSystem.NDC, CodeSystem.SNOMED, CodeSystem.ATC)


def _display(reference: Element) -> str:
    """What a reference calls the drug, no longer than any name."""
    return string(reference.get("display"))[:LONGEST_WORDS]


def _named_by(reference: Element) -> Element:
    """The drug that a reference without an address names: its display, and an identifier that is a drug's code."""
    if "reference" in reference:
        return {}
    display, identifier = _display(reference), element(reference.get("identifier"))
    coded = system_of(string(identifier.get("system"))) in _CODES_OF_DRUGS and string(identifier.get("value"))
    coding = {"coding": [{"system": identifier["system"], "code": identifier["value"]}]} if coded else {}
    return {**coding, **({"text": display} if display else {})}


def _unresolved(display: str, recogniser: Recogniser) -> Drug:
    """A reference that leads nowhere: harmless only when its display names a drug that is no opioid."""
    known = recogniser.drug((), (display,) if display else ())
    if names_a_drug_plainly(display) and isinstance(known.identity, IgnoredReason):
        return Drug(name=display, recognised=known)
    refusal = Refusal(reason=UncountedReason.REFERENCE_UNRESOLVED, detail="the medication it refers to was not sent")
    return Drug(name=display or "medication not named", recognised=replace(known, identity=refusal))


def _of_list(listing: Listing, drug: Drug, own: Sequence[Json], recogniser: Recogniser) -> Drug:
    """The drug of a Medication that may list its ingredients; `drug` is what its `own` code and names alone tell."""
    if listing.is_empty:
        return drug
    together = _of_concepts([*own, *listing.concepts()], recogniser)
    listed = listing.identity(recogniser.identifier)
    identity = _completed(drug.recognised.identity, listed, together.recognised.identity)
    return _with_form(
        Drug(
            name=drug.name if own else _name_of_list(listing, together, identity),
            recognised=Recognised(
                identity=identity,
                risk=drug.recognised.risk or together.recognised.risk,
                rescue=together.recognised.rescue,
                called=together.recognised.called,
            ),
        ),
        listing.medication,
    )


def _name_of_list(listing: Listing, together: Drug, identity: Identity) -> str:
    """What a Medication without a name is called: as its ingredient is, or by all of its opioids."""
    if not isinstance(identity, Identified):
        return together.name
    alone = len(identity.product.components) == 1
    return together.name if alone and words_of_concepts(listing.concepts()) else identity.product.name


def _completed(own: Identity, listed: Identity | None, together: Identity) -> Identity:
    """What code and name tell, completed by the ingredients.

    A list may tell more of a drug, but it never unsays an opioid that code or name speak of, and an ingredient
    that was not sent does not make a drug doubtful that they name. `together` is what everything tells at once.
    """
    if isinstance(own, Identified):
        beside = compared(own, listed) if isinstance(listed, Identified) else own
        if beside is not own or own.product.components[0].strength is not None:
            return beside
    if isinstance(listed, Identified) or listed is None:
        return listed or own
    if isinstance(listed, Refusal):
        unsent = listed.reason is UncountedReason.REFERENCE_UNRESOLVED
        says_nothing = isinstance(own, Refusal) and own.reason is UncountedReason.RESOURCE_INVALID
        return own if unsent and not says_nothing else listed
    return together if isinstance(own, Refusal) and isinstance(together, IgnoredReason) else own


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
