"""How long what was dispensed for an order lasts, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from fhir_mappings.dosage import Directions
from fhir_mappings.elements import Element, Json, as_written, element, first_day, last_day, later, read_again, whole
from fhir_mappings.quantities import Measured, read_supply
from fhir_mappings.timing import length_in_days
from opioids.prescriptions import Sig, Supply
from opioids.quantities import BEYOND_REASON, Dose, Frequency, Unit

_LONGEST_DAYS = 36_500
_MOST_REFILLS = 99
_FILLS = ("quantity", "expectedSupplyDuration", "numberOfRepeatsAllowed", "initialFill")


def fillable_from(one: Element) -> date | None:
    """The first day on which it may be dispensed: post-dated prescriptions are not taken before it."""
    return first_day(element(element(one.get("dispenseRequest")).get("validityPeriod")).get("start"))


def supply_of(dispense: Element) -> Supply | None:
    """The quantity dispensed and the days it is meant to last, when both are stated."""
    stated = [dispense.get("quantity"), dispense.get("expectedSupplyDuration")]
    written = as_written(stated)
    return _supply(stated) if written is None else _supply_remembered(written)


@lru_cache(maxsize=4096)
def _supply_remembered(written: bytes) -> Supply | None:
    return _supply(read_again(written))


def _supply(stated: Sequence[Json]) -> Supply | None:
    quantity = read_supply(stated[0])
    days = length_in_days(element(stated[1]))
    if quantity is None or days is None or not (0 < days <= _LONGEST_DAYS and 0 < quantity.value <= BEYOND_REASON):
        return None
    return Supply(quantity=quantity.value, unit=quantity.unit, noun=quantity.noun, days=days)


def supply_ends_of(one: Element, directions: Directions, starts: date | None) -> date | None:
    """The last day that the dispensed supply reaches, as far as the order tells.

    The latest of what may be told: until when it may be dispensed, and the day of the order with all its fills.
    """
    dispense = element(one.get("dispenseRequest"))
    until = last_day(element(dispense.get("validityPeriod")).get("end"))
    days = _days_of_all_fills(dispense, directions) if starts else None
    if starts is None or not days or not 0 < days <= _LONGEST_DAYS:
        return until
    lasts = later(starts, int(days))
    return max(until, lasts) if until else lasts


def _days_of_all_fills(dispense: Element, directions: Directions) -> Decimal | None:
    stated = [dispense.get(name) for name in _FILLS]
    written = as_written(stated)
    return _all_fills(stated, directions) if written is None else _all_fills_remembered(written, directions)


@lru_cache(maxsize=4096)
def _all_fills_remembered(written: bytes, directions: Directions) -> Decimal | None:
    return _all_fills(read_again(written), directions)


def _all_fills(stated: Sequence[Json], directions: Directions) -> Decimal | None:
    """Days of the first fill, which may be a smaller one, and of every refill; else the length of the directions."""
    quantity, duration, repeats, initial_fill = stated
    sigs = directions.sigs
    each = length_in_days(element(duration)) or _lasting(quantity, sigs)
    if each is None:
        lengths = [sig.duration for sig in sigs if sig.duration]
        return sum(lengths, Decimal(0)) if lengths and len(lengths) == len(sigs) else None
    refills = max(0, min(whole(repeats) or 0, _MOST_REFILLS))
    initial = element(initial_fill)
    first = length_in_days(element(initial.get("duration"))) or _lasting(initial.get("quantity"), sigs)
    return max(each, (first or each) + each * refills)


def _lasting(quantity: Json, sigs: Sequence[Sig]) -> Decimal | None:
    """How long a quantity lasts when the least that the order schedules is taken."""
    supply = read_supply(quantity)
    if supply is None or not sigs or len({sig.sequence for sig in sigs}) > 1:
        return None
    used = Decimal(0)
    for sig in sigs:
        a_day = _used_a_day(sig, supply)
        if a_day is None:
            return None
        used += a_day
    return supply.value / used


def _used_a_day(sig: Sig, supply: Measured) -> Decimal | None:
    dose, often = sig.dose, sig.frequency
    if not isinstance(dose, Dose) or not isinstance(often, Frequency):
        return None
    if supply.unit is not dose.unit or dose.unit is Unit.MCG_PER_HOUR or sig.as_needed:
        return None  # what is taken as needed may last for months
    sensible = 0 < dose.low * often.low.count <= BEYOND_REASON and 0 < often.low.days <= BEYOND_REASON
    return dose.low * often.low.count / often.low.days if sensible else None
