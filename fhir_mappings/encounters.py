"""Where care takes place: by the encounter's class, and by the category of an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from fhir_mappings.elements import Element, concept_codes, days_of_period, element, elements, is_true, items, string
from opioids.record_codes import Place

_OVER = frozenset({"finished", "completed", "discharged", "cancelled", "entered-in-error", "discontinued"})


def place_of_encounter(encounter: Element, places: Mapping[str, Place]) -> Place:
    """Where an encounter takes place; one that is over says nothing about today."""
    if string(encounter.get("status")).lower() in _OVER:
        return Place.UNKNOWN
    return _place(_class_codes(encounter), places)


def begun_on(encounter: Element) -> date | None:
    """The first day of an encounter, which R5 calls the actual one."""
    return days_of_period(element(encounter.get("period") or encounter.get("actualPeriod")))[0]


def place_of_order(order: Element, places: Mapping[str, Place]) -> Place:
    """Where an order is meant to be carried out, by its category."""
    return _place(categories_of(order), places)


def categories_of(order: Element) -> list[str]:
    """The codes of an order's categories; careless clients write one as a word."""
    codes = []
    for category in items(order.get("category")):
        codes += [string(category)] if isinstance(category, str) else [code for _, code in concept_codes(category)]
    return codes


def is_for_discharge(order: Element) -> bool:
    """Whether an order says that it is a prescription for the time after a stay in hospital."""
    return "discharge" in map(str.lower, categories_of(order))


def is_reported(order: Element) -> bool:
    """Whether it is recorded as what somebody says is taken: the day of the record is not the first of the taking."""
    told = is_true(order.get("reportedBoolean")) or is_true(order.get("reported")) or "reportedReference" in order
    return told or order.get("resourceType") == "MedicationStatement"


def _place(codes: Iterable[str], places: Mapping[str, Place]) -> Place:
    """Of several that are told, outside of a hospital: what is for home is looked at as such."""
    known = [places.get(code.lower()) for code in codes]
    if Place.OUTSIDE in known:
        return Place.OUTSIDE
    return Place.HOSPITAL if Place.HOSPITAL in known else Place.UNKNOWN


def _class_codes(encounter: Element) -> Iterable[str]:
    """A plain code in DSTU2, a Coding in STU3 and R4, a list of concepts in R5."""
    for one in items(encounter.get("class")):
        if isinstance(one, str):
            yield one.strip()
    for one in elements(encounter.get("class")):
        if code := string(one.get("code")):
            yield code
        yield from (code for _, code in concept_codes(one))
