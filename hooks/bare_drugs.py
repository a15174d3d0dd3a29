"""Medications that came where a list of orders belongs, and which of them are only the drug of an order."""

from __future__ import annotations

from collections.abc import Iterable

from fhir_mappings.elements import Element, string
from fhir_mappings.medications import drug_of
from fhir_mappings.references import Resources
from hooks.prefetch import Prefetched


def drugs_of_orders(prefetched: Prefetched, drafts: Iterable[Element], resources: Resources) -> frozenset[str]:
    """The paths of those that a draft, an order of a list or a supply names as its drug; the others are taken.

    The same Medication may have come twice: the copies are known by their id.
    """
    listed = (one for one, path in (*prefetched.orders, *prefetched.history) if path not in prefetched.drugs)
    orders = (*drafts, *listed, *prefetched.facts.get("MedicationDispense", ()))
    named = [drug for one in orders if (drug := drug_of(one, resources)) is not None]
    same, ids = set(map(id, named)), {string(drug.get("id")) for drug in named} - {""}
    drugs = prefetched.drugs.items()
    return frozenset(path for path, drug in drugs if id(drug) in same or string(drug.get("id")) in ids)
