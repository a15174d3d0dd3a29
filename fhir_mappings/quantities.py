"""FHIR quantities and ranges of every release, and the maxima and supplies that are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fhir_mappings.elements import Element, Json, decimal, element, elements, string
from fhir_mappings.lengths import length_in_days
from fhir_mappings.units import read_unit
from opioids.prescriptions import Refusal, UncountedReason
from opioids.quantities import Ceiling, Dose, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A quantity in the domain's units."""

    value: Decimal
    unit: Unit
    noun: str = ""


def read_quantity(quantity: Element) -> Measured | Refusal | None:
    """A Quantity; None when it holds no number at all. Its `code` decides over its `unit`.

    A Refusal names a number that is none, or units that are unknown or differ a thousandfold.
    """
    if quantity.get("value") is None:
        return None
    value = decimal(quantity.get("value"))
    if value is None:
        return Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail="the dose is not a number")
    if "comparator" in quantity:
        return _COMPARED
    found = read_unit(string(quantity.get("code")), string(quantity.get("unit")))
    if isinstance(found, Refusal):
        return found
    unit, worth, noun = found
    return Measured(value=value * worth, unit=unit, noun=noun)


_COMPARED = Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail="the dose is only said to be above a number")


def _at_most(quantity: Element) -> Element:
    """A quantity of "up to 10 mg" as 10 mg; any other as it is."""
    if string(quantity.get("comparator")) not in ("<", "<="):
        return quantity
    return {name: value for name, value in quantity.items() if name != "comparator"}


def dose_of_quantity(quantity: Element) -> Dose | Refusal | None:
    """A Quantity as a dose, and so is a Range where clients put one in its place."""
    if "low" in quantity or "high" in quantity:
        return dose_of_range(quantity)
    if "comparator" in quantity and (most := _at_most(quantity)) is not quantity:
        return dose_of_range({"high": most})
    measured = read_quantity(quantity)
    if not isinstance(measured, Measured):
        return measured
    return Dose(low=measured.value, high=measured.value, unit=measured.unit, noun=measured.noun)


def dose_of_range(span: Element) -> Dose | Refusal | None:
    """A Range as a dose; None when it holds nothing, a Refusal when its upper end is missing or its units differ."""
    low, high = read_quantity(element(span.get("low"))), read_quantity(element(span.get("high")))
    if high is None:
        if low is None:
            return None
        return Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail="the dose range has no upper end")
    low, high = _in_one_unit(low, high, span)
    if isinstance(high, Refusal):
        return high
    if low is None:
        low = Measured(value=Decimal(0), unit=high.unit, noun=high.noun)
    if isinstance(low, Refusal):
        return low
    if low.unit is not high.unit:
        return Refusal(reason=UncountedReason.UNIT_UNKNOWN, detail="the ends of the dose range have unlike units")
    return Dose(low=low.value, high=high.value, unit=high.unit, noun=high.noun or low.noun)


def _in_one_unit(
    low: Measured | Refusal | None, high: Measured | Refusal, span: Element
) -> tuple[Measured | Refusal | None, Measured | Refusal]:
    """Both ends of a range have one unit: where only one of them says it, it is that of the other as well."""
    ends = element(span.get("low")), element(span.get("high"))
    silent = [not (string(one.get("unit")) or string(one.get("code"))) for one in ends]
    if not isinstance(low, Measured) or not isinstance(high, Measured) or silent[0] == silent[1]:
        return low, high
    said, bare = (ends[1], ends[0]) if silent[0] else (ends[0], ends[1])
    read = read_quantity({**said, "value": bare.get("value")}) or low
    return (read, high) if silent[0] else (low, read)


def read_ceilings(instruction: Element) -> tuple[tuple[Ceiling, ...], tuple[str, ...]]:
    """The stated maxima per period, and a note for each that cannot be read."""
    ceilings: list[Ceiling] = []
    notes: list[str] = []
    for ratio in elements(instruction.get("maxDosePerPeriod")):
        ceiling = _ceiling(ratio)
        if ceiling:
            ceilings.append(ceiling)
        else:
            notes.append("a stated maximum per period could not be read and was not applied")
    return tuple(ceilings), tuple(notes)


def read_most_at_once(instruction: Element) -> tuple[Dose | None, tuple[str, ...]]:
    """The stated maximum of one dose, and a note when it cannot be read. DSTU2 has no element for it."""
    stated = elements(instruction.get("maxDosePerAdministration"))
    if not stated:
        return None, ()
    read = dose_of_quantity(_at_most(stated[0]))
    return (read, ()) if isinstance(read, Dose) else (None, (_MOST_AT_ONCE_UNREAD,))


_MOST_AT_ONCE_UNREAD = "a stated maximum at one time could not be read and was not applied"


def _ceiling(ratio: Element) -> Ceiling | None:
    amount, period = read_quantity(_at_most(element(ratio.get("numerator")))), element(ratio.get("denominator"))
    days = length_in_days(period if period.get("value") is not None else {**period, "value": 1})
    if not isinstance(amount, Measured) or days is None:
        return None
    return Ceiling(value=amount.value, unit=amount.unit, days=days, noun=amount.noun)


def read_supply(quantity: Json) -> Measured | None:
    """A dispensed quantity, when it can be read."""
    measured = read_quantity(element(quantity))
    return measured if isinstance(measured, Measured) else None
