"""How long what was dispensed for an order lasts, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from fhir_mappings.elements import Json, element, whole
from fhir_mappings.lengths import length_in_days
from fhir_mappings.quantities import Measured, read_supply
from opioids.days import later
from opioids.prescriptions import Sig, Supply
from opioids.quantities import BEYOND_REASON, Dose, Frequency, Unit

_LONGEST_DAYS = 36_500
_MOST_REFILLS = 99


def supply_of(quantity: Json, duration: Json) -> Supply | None:
    """The quantity dispensed and the days it is meant to last, when both are stated."""
    supply = read_supply(quantity)
    days = length_in_days(element(duration))
    if supply is None or days is None or not (0 < days <= _LONGEST_DAYS and 0 < supply.value <= BEYOND_REASON):
        return None
    return Supply(quantity=supply.value, unit=supply.unit, noun=supply.noun, days=days)


def supply_ends_of(until: date | None, days: int | None, starts: date | None) -> date | None:
    """The last day that the dispensed supply reaches, as far as the order tells; all its fills last so many days.

    The latest of what may be told: until when it may be dispensed, and the day of the order with all its fills.
    """
    if starts is None or days is None:
        return until
    ends = later(starts, days)
    return max(until, ends) if until else ends


def days_of(lasts: Decimal | None) -> int | None:
    """For how many whole days fills last; None where that is not told in a believable number."""
    return int(lasts) if lasts and 0 < lasts <= _LONGEST_DAYS else None


def days_of_all_fills(
    quantity: Json, duration: Json, repeats: Json, initial_fill: Json, sigs: Sequence[Sig]
) -> Decimal | None:
    """Days of the first fill, which may be a smaller one, and of every refill; else the length of the directions."""
    each = length_in_days(element(duration)) or _lasting(quantity, sigs)
    if each is None:
        lengths = [sig.duration for sig in sigs if sig.duration]
        return sum(lengths, Decimal(0)) if lengths and len(lengths) == len(sigs) else None
    initial = element(initial_fill)
    first = length_in_days(element(initial.get("duration"))) or _lasting(initial.get("quantity"), sigs)
    return max(each, (first or each) + each * _refills(repeats))


def least_days_of_all_fills(quantity: Json, repeats: Json, sigs: Sequence[Sig]) -> Decimal | None:
    """Days for which all fills last when what is as needed is taken as often as permitted."""
    if not any(sig.as_needed for sig in sigs):
        return None
    each = _lasting(quantity, [_at_most(sig) for sig in sigs])
    return each * (1 + _refills(repeats)) if each else None


def _refills(repeats: Json) -> int:
    return max(0, min(whole(repeats) or 0, _MOST_REFILLS))


def _at_most(sig: Sig) -> Sig:
    """The instruction as if all that it permits were scheduled."""
    dose, often = sig.dose, sig.frequency
    if not isinstance(dose, Dose) or not isinstance(often, Frequency):
        return sig
    most = replace(dose, low=dose.high)
    for ceiling in sig.ceilings:
        if ceiling.unit is dose.unit and ceiling.days > 0 and often.high.count > 0:
            a_time = ceiling.value * often.high.days / (ceiling.days * often.high.count)
            most = replace(most, low=min(most.low, a_time))
    return replace(sig, dose=most, frequency=Frequency(low=often.high, high=often.high), as_needed=False)


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
