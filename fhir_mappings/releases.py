"""Which FHIR release a client speaks, told by the orders it sends."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from fhir_mappings.elements import Element, element, elements


class Release(StrEnum):
    """The releases that clients send."""

    DSTU2 = "DSTU2"
    STU3 = "STU3"
    R4 = "R4"
    R5 = "R5"


def release_of(orders: Iterable[Element]) -> Release:
    """The release of the first order that tells; R4 when none does."""
    for order in orders:
        if order.get("resourceType") == "MedicationOrder":
            return Release.DSTU2
        if "medication" in order:
            return Release.R5
        if _is_stu3(order):
            return Release.STU3
        if order.get("resourceType") == "MedicationRequest":
            return Release.R4
    return Release.R4


def _is_stu3(order: Element) -> bool:
    """STU3 names its requester's agent and writes doses flat; R4 puts them under `doseAndRate`."""
    if "agent" in element(order.get("requester")) or "context" in order:
        return True
    instructions = elements(order.get("dosageInstruction"))
    flat = any("doseQuantity" in one or "doseRange" in one for one in instructions)
    return (
        flat and not any("doseAndRate" in one for one in instructions) and not isinstance(order.get("category"), list)
    )
