"""What a pharmacy handed over: opioids, and rescue naloxone that orders in the chart do not show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from fhir_mappings.elements import Element, element, first_day, string
from fhir_mappings.lengths import length_in_days
from fhir_mappings.medications import read_drug
from fhir_mappings.prescriptions import is_for_home
from fhir_mappings.references import Resources
from opioids.identity import Identified
from opioids.recognition import Recogniser

_HANDED_OVER = frozenset({"", "completed"})
_LONGEST_DAYS = 3650


def rescue_supplied(dispenses: Iterable[Element], resources: Resources, recogniser: Recogniser) -> Iterator[date]:
    """The days on which rescue naloxone was handed over; supplies without a date tell nothing."""
    for one in dispenses:
        day = _handed_over_on(one)
        if day and is_for_home(one, read_drug(one, resources, recogniser).recognised.rescue):
            yield day


def opioids_supplied(
    dispenses: Iterable[Element], resources: Resources, recogniser: Recogniser
) -> Iterator[tuple[date, int | None]]:
    """(day, days' supply) of each opioid for pain that was handed over; None where the days are not stated."""
    for one in dispenses:
        day = _handed_over_on(one)
        if day and isinstance(read_drug(one, resources, recogniser).recognised.identity, Identified):
            yield day, _days(one)


def _handed_over_on(dispense: Element) -> date | None:
    if string(dispense.get("status")).lower() not in _HANDED_OVER:
        return None
    return first_day(dispense.get("whenHandedOver")) or first_day(dispense.get("whenPrepared"))


def _days(dispense: Element) -> int | None:
    days = length_in_days(element(dispense.get("daysSupply")))
    return int(days) if days is not None and 0 < days <= _LONGEST_DAYS else None
