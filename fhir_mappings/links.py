"""What an order is called, and which other orders it names."""

from __future__ import annotations

from fhir_mappings.elements import Element, Json, elements, identifiers, string
from fhir_mappings.references import Resources

_NONE: frozenset[str] = frozenset()


def reference_of(order: Element, path: str) -> str:
    """How an order is named in answers: by its type and id, or by where it stands when it has none."""
    id_ = string(order.get("id"))
    return f"{string(order.get('resourceType'))}/{id_}" if id_ else path


def names_of(order: Element) -> frozenset[str]:
    """The identifiers by which other systems know the order."""
    found = order.get("identifier")
    return frozenset(identifiers(found)) if found else _NONE


Links = tuple[frozenset[str], frozenset[str], frozenset[str]]


def links_of(order: Element, own: str, resources: Resources) -> Links:
    """The orders that an order takes the place of, that it fulfils, and that it is the same as.

    It neither fulfils nor is the order of its `own` reference.
    """
    prior, basis, source = order.get("priorPrescription"), order.get("basedOn"), order.get("derivedFrom")
    return (
        _named_by(prior, resources) if prior else _NONE,
        _named_by(basis, resources) - {own} if basis else _NONE,
        _named_by(source, resources) - {own} if source else _NONE,
    )


def _named_by(references: Json, resources: Resources) -> frozenset[str]:
    """The orders that references name, by key; those that are named by identifier only, by that."""
    found: set[str] = set()
    for one in elements(references):
        reference = string(one.get("reference"))
        found.update([resources.key_of(reference)] if reference else identifiers(one.get("identifier")))
    return frozenset(found)
