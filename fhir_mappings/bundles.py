"""The orders of a Bundle, a list or a single resource, each read on its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fhir_mappings.elements import Element, Json, UnsuitableBody, element, string
from fhir_mappings.prescriptions import ORDER_TYPES, Reader
from fhir_mappings.references import Resources, bundle_resources
from opioids.prescriptions import Order
from opioids.recognition import Recogniser


def read_orders(body: Json, recogniser: Recogniser, on: date) -> list[Order]:
    """The orders of a single resource or of a Bundle (with the Medications it carries).

    Raises:
        UnsuitableBody: `body` is neither an order nor a Bundle.
    """
    one = element(body)
    kind = string(one.get("resourceType"))
    resources = Resources()
    reader = Reader(recogniser=recogniser, resources=resources, on=on)
    if kind in ORDER_TYPES:
        return [reader.read(one, kind)]
    if kind != "Bundle":
        raise UnsuitableBody(
            "resourceType", "expected a Bundle, MedicationRequest, MedicationOrder or MedicationStatement"
        )
    if not isinstance(one.get("entry", []), list):
        raise UnsuitableBody("entry", "expected a list")
    for _, resource, full_url in bundle_resources(one):
        resources.add(resource, full_url)
    return [reader.read(resource, path) for resource, path in order_entries(one, "Bundle")]


def order_entries(bundle: Element, path: str) -> Iterator[tuple[Json, str]]:
    """(resource, path) of each entry that is, or should be, an order; other resources are passed over."""
    entries = bundle.get("entry")
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        resource = element(entry).get("resource")
        kind = element(resource).get("resourceType")
        if kind in ORDER_TYPES or not isinstance(kind, str):
            yield resource, f"{path}.entry[{index}].resource"
