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
    return release_told_by(orders) or Release.R4


def release_told_by(orders: Iterable[Element]) -> Release | None:
    """The release of the first order that tells; None when none does."""
    for order in orders:
        if order.get("resourceType") == "MedicationOrder":
            return Release.DSTU2
        if "medication" in order:
            return Release.R5
        if _is_stu3(order):
            return Release.STU3
        if order.get("resourceType") == "MedicationRequest":
            return Release.R4
    return None


_FIRST_NUMBERS = {"0": Release.DSTU2, "1": Release.DSTU2, "3": Release.STU3, "4": Release.R4, "5": Release.R5}
"""R4B is 4.3, and its orders are R4's; DSTU2 is 1.0.2, its drafts 0.5."""


def release_named(version: str) -> Release | None:
    """The release that a version such as "4.0.1", "R4B" or "STU3" names; None when it names none known here."""
    name = version.strip().upper()
    for release in Release:
        if name.startswith(release.value):
            return release
    return _FIRST_NUMBERS.get(name.partition(".")[0])


def _is_stu3(order: Element) -> bool:
    """STU3 names its requester's agent and writes doses flat; R4 puts them under `doseAndRate`."""
    if "agent" in element(order.get("requester")) or "context" in order:
        return True
    instructions = elements(order.get("dosageInstruction"))
    flat = any("doseQuantity" in one or "doseRange" in one for one in instructions)
    return (
        flat and not any("doseAndRate" in one for one in instructions) and not isinstance(order.get("category"), list)
    )
