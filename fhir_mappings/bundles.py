"""The orders of a Bundle, a list or a single resource, each read on its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fhir_mappings.elements import Json, UnsuitableBody, element, string
from fhir_mappings.owners import owners_of
from fhir_mappings.prescriptions import ORDER_TYPES, Reader, is_order
from fhir_mappings.references import Resources, entries_of
from fhir_mappings.versions import as_earlier_version, earlier_versions
from opioids.prescriptions import Order
from opioids.recognition import Recogniser

NO_ORDERS = ("resourceType", "expected a Bundle, MedicationRequest, MedicationOrder or MedicationStatement")
"""Where and why a body that holds no orders is unsuitable."""


def read_orders(body: Json, recogniser: Recogniser, on: date) -> list[Order]:
    """The orders of a single resource or of a Bundle (with the Medications it carries).

    Orders of several patients are never one list: of those that are not, or may not be, the patient's own,
    what is or may be an opioid becomes an `Uncounted`.

    Raises:
        UnsuitableBody: `body` is neither an order nor a Bundle.
    """
    one, kind = element(body), kind_of(body)
    if kind in ORDER_TYPES:
        return [Reader(recogniser=recogniser, resources=Resources(), on=on).read(one, kind)]
    entries = list(entries_of(one, "Bundle"))
    resources = Resources((element(resource), full_url) for resource, _, full_url in entries)
    reader = Reader(recogniser=recogniser, resources=resources, on=on)
    owners = owners_of(entries)
    found = [entry for entry in entries if is_order(entry[0])]
    orders = [owners.checked(_at(reader.read(resource, path), url), element(resource)) for resource, path, url in found]
    if not (earlier := earlier_versions(one, found)):
        return orders
    return [
        as_earlier_version(order, path) if path in earlier else order
        for order, (_, path, _) in zip(orders, found, strict=True)
    ]


def kind_of(body: Json, *also: str) -> str:
    """The type of a body that can be read: an order, a Bundle with its entries, or one of `also`.

    Raises:
        UnsuitableBody: it is none of these.
    """
    one = element(body)
    kind = string(one.get("resourceType"))
    if kind not in (*ORDER_TYPES, "Bundle", *also):
        raise UnsuitableBody(*NO_ORDERS)
    entry = one.get("entry", [])
    if kind == "Bundle" and not (isinstance(entry, list) or "resource" in element(entry)):
        raise UnsuitableBody("entry", "expected a list")
    return kind


def _at(order: Order, full_url: str) -> Order:
    """The order under its address in the Bundle, by which others refer to it when it has no id."""
    return order if "/" in order.key or not full_url else replace(order, key=full_url)


def patient_of(body: Json) -> str:
    """The patient whom the first order names, as it is referred to there; "" where none is."""
    one = element(body)
    entries = [element(resource) for resource, _, _ in entries_of(one, "Bundle")]
    for order in entries or [one]:
        if string(order.get("resourceType")) in ORDER_TYPES:
            reference = string(element(order.get("subject") or order.get("patient")).get("reference"))
            if reference:
                return reference
    return ""
