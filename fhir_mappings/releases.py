"""Which FHIR release a client speaks, told by what it says of itself and by the resources that it sends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from fhir_mappings.elements import Element, element, elements


class Release(StrEnum):
    """The releases that clients send."""

    DSTU2 = "DSTU2"
    STU3 = "STU3"
    R4 = "R4"
    R5 = "R5"


def release_of(orders: Sequence[Element], conditions: Sequence[Element] = ()) -> Release:
    """The release of the first order that tells; R4 when none does.

    The status of a condition is an object since R4 and a word before: that decides between R4 and STU3, whose orders
    may be alike, and whose way to write doses careless clients of R4 use too.
    """
    told = release_told_by(orders)
    if told in (Release.DSTU2, Release.R5):
        return told
    coded = next((not isinstance(one["clinicalStatus"], str) for one in conditions if "clinicalStatus" in one), None)
    if coded is None:
        return told or Release.R4
    if told is None and not coded and any("patient" in one for one in conditions):
        return Release.DSTU2
    return Release.R4 if coded or any(map(_is_r4, orders)) else Release.STU3


def release_told_by(orders: Iterable[Element]) -> Release | None:
    """The release of the first order that tells; None when none does."""
    for order in orders:
        if order.get("resourceType") == "MedicationOrder":
            return Release.DSTU2
        if "medication" in order:
            return Release.R5
        if order.get("resourceType") == "MedicationStatement":
            if told := _release_of_statement(order):
                return told
            continue
        if _is_stu3(order):
            return Release.STU3
        if order.get("resourceType") == "MedicationRequest":
            return Release.R4
    return None


_NAMES = tuple((release.value, release) for release in Release)
_FIRST_NUMBERS = {"0": Release.DSTU2, "1": Release.DSTU2, "3": Release.STU3, "4": Release.R4, "5": Release.R5}
"""R4B is 4.3, and its orders are R4's; DSTU2 is 1.0.2, its drafts 0.5."""


def release_named(version: str) -> Release | None:
    """The release that a version such as "4.0.1", "R4B" or "STU3" names; None when it names none known here."""
    name = version.strip().upper()
    for start, release in _NAMES:
        if name.startswith(start):
            return release
    return _FIRST_NUMBERS.get(name.partition(".")[0])


def _release_of_statement(statement: Element) -> Release | None:
    """STU3 alone asks whether it is taken, DSTU2 whether it is not, and only there a statement has a patient."""
    if "taken" in statement:
        return Release.STU3
    return Release.DSTU2 if "wasNotTaken" in statement or "patient" in statement else None


def _is_r4(order: Element) -> bool:
    return isinstance(order.get("category"), list) or any(
        "doseAndRate" in one for one in elements(order.get("dosageInstruction"))
    )


def _is_stu3(order: Element) -> bool:
    """STU3 names its requester's agent and writes doses flat; R4 puts them under `doseAndRate`."""
    if "agent" in element(order.get("requester")) or "context" in order:
        return True
    instructions = elements(order.get("dosageInstruction"))
    flat = any("doseQuantity" in one or "doseRange" in one for one in instructions)
    return (
        flat and not any("doseAndRate" in one for one in instructions) and not isinstance(order.get("category"), list)
    )
