"""FHIR quantities, ranges and doses of every release into the domain's doses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fhir_mappings.elements import Element, Json, concept_codes, concept_words, decimal, element, elements, string
from fhir_mappings.lengths import length_in_days
from fhir_mappings.units import UNKNOWN_UNIT, read_unit
from opioids.measures import INFUSION
from opioids.prescriptions import Refusal, Restated, UncountedReason
from opioids.quantities import Ceiling, Dose, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A quantity in the domain's units."""

    value: Decimal
    unit: Unit
    noun: str = ""


_DOSE_KINDS = {"ordered": 0, "calculated": 2, "admin-amount": 3, "admin amount": 3}
_UNTYPED = 1

_QUANTITIES = ("doseQuantity", "quantityQuantity", "quantity", "dose")
_RANGES = ("doseRange", "quantityRange")
_AMOUNTS = (*_QUANTITIES, *_RANGES, "rateQuantity", "rateRatio", "rateRange")

_ORDERED_DOSE_EXTENSIONS = ("/ordered-dose", "/calculated-dose", "/admin-amount")

_DOSES_DIFFER = "the dose is stated several times and differently: the larger counts as the maximum"


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


def read_dose(instruction: Element) -> Dose | Refusal | None:
    """The dose at a time of a dosage instruction of any release, or None when it states none.

    Several `doseAndRate` entries restate one dose: the ordered one is read, else the calculated one,
    else the amount to administer; they are never added. Unlike doses of one kind are a range (`doses_differ` says so).
    """
    entries = _statements(instruction)
    if unlike := _unlike(entries):
        low, high = min(one.low for one in unlike), max(one.high for one in unlike)
        noun = next((one.noun for one in unlike if one.noun), "")
        return Dose(low=low, high=high, unit=unlike[0].unit, noun=noun)
    # An ordered dose such as 0.1 mg/kg is restated by the calculated one; a contradiction is not mended so.
    unreadable: Dose | Refusal | None = None
    for entry in entries:
        found = _dose_in(entry)
        if found is not None and found is not UNKNOWN_UNIT:
            return found
        unreadable = unreadable or found
    return unreadable or _dose_in_extension(instruction)


def doses_differ(instruction: Element) -> tuple[str, ...]:
    """What is assumed where several entries of one kind state unlike doses."""
    return (_DOSES_DIFFER,) if _unlike(_statements(instruction)) else ()


def restatements(instruction: Element, dose: Dose | Refusal | None) -> tuple[Restated, ...]:
    """The other statements of a dose that was read, best first: how much they come to depends on the product."""
    entries = _statements(instruction)
    if len(entries) < 2 or not isinstance(dose, Dose):
        return ()
    stated = [(_dose_rank(entry), found) for entry in entries if isinstance(found := _dose_in(entry), Dose)]
    best = min((rank for rank, _ in stated), default=_UNTYPED)
    others = [
        Restated(dose=other, of_one_kind=rank == best)
        for rank, other in stated
        if (rank, other.unit) != (best, dose.unit)
    ]
    return tuple(dict.fromkeys(others))


def _statements(instruction: Element) -> list[Element]:
    """Each element that may state the dose, best kind first; one beside the list is as good as one without a kind."""
    entries = elements(instruction.get("doseAndRate")) or [instruction]
    if entries[0] is not instruction and not instruction.keys().isdisjoint(_AMOUNTS):
        entries = [*entries, instruction]
    if len(entries) == 1 and entries[0].keys().isdisjoint(_RANGES):
        return entries
    return sorted([part for entry in entries for part in _parted(entry)], key=_dose_rank)


def _parted(entry: Element) -> list[Element]:
    """An element with a quantity and a range, of which FHIR allows one, as an element for each."""
    if entry.keys().isdisjoint(_RANGES) or entry.keys().isdisjoint(_QUANTITIES):
        return [entry]
    return [{name: value for name, value in entry.items() if name not in names} for names in (_RANGES, _QUANTITIES)]


def _unlike(entries: list[Element]) -> list[Dose]:
    """What the best kind of several entries states where the amounts differ; none where only the units do."""
    if len(entries) < 2:
        return []
    best = [_dose_in(one) for one in entries if _dose_rank(one) == _dose_rank(entries[0])]
    doses = [one for one in best if isinstance(one, Dose)]
    contradicted = any(isinstance(one, Refusal) and one is not UNKNOWN_UNIT for one in best)
    if contradicted or len({one.unit for one in doses}) > 1:
        return []
    # "1 tablet" and a bare 1 are the same; of "1 tablet" and "4 capsules" the larger may be what is meant.
    return doses if len({(one.low, one.high) for one in doses}) > 1 else []


def _dose_rank(entry: Element) -> int:
    names = [code for _, code in concept_codes(entry.get("type"))] + concept_words(entry.get("type"))
    return min((_DOSE_KINDS[name.lower()] for name in names if name.lower() in _DOSE_KINDS), default=_UNTYPED)


def _dose_in(entry: Element) -> Dose | Refusal | None:
    for name in _QUANTITIES:
        if isinstance(entry.get(name), dict):
            return _of_quantity(element(entry[name]))
    for name in _RANGES:
        if isinstance(entry.get(name), dict):
            return _of_range(element(entry[name]))
    return _of_rate(entry)


def _of_quantity(quantity: Element) -> Dose | Refusal | None:
    if "low" in quantity or "high" in quantity:
        return _of_range(quantity)
    if "comparator" in quantity and (most := _at_most(quantity)) is not quantity:
        return _of_range({"high": most})
    measured = read_quantity(quantity)
    if not isinstance(measured, Measured):
        return measured
    return Dose(low=measured.value, high=measured.value, unit=measured.unit, noun=measured.noun)


def _of_range(span: Element) -> Dose | Refusal | None:
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


def _of_rate(entry: Element) -> Dose | Refusal | None:
    """A rate: mcg/h is what a patch gives; any other rate is an infusion and no daily dose."""
    quantity, ratio = element(entry.get("rateQuantity")), element(entry.get("rateRatio"))
    if not (quantity or ratio or isinstance(entry.get("rateRange"), dict)):
        return None
    measured = read_quantity(quantity) if quantity else _of_ratio(ratio)
    if isinstance(measured, Measured) and measured.unit is Unit.MCG_PER_HOUR:
        return Dose(low=measured.value, high=measured.value, unit=Unit.MCG_PER_HOUR)
    return INFUSION


def _of_ratio(ratio: Element) -> Measured | None:
    amount, time = read_quantity(element(ratio.get("numerator"))), element(ratio.get("denominator"))
    hours = decimal(time.get("value"))
    unit = string(time.get("code")) or string(time.get("unit"))
    if isinstance(amount, Measured) and amount.unit is Unit.MG and hours and unit in ("h", "hr", "hour"):
        return Measured(value=amount.value * 1000 / hours, unit=Unit.MCG_PER_HOUR)
    return None


def _dose_in_extension(instruction: Element) -> Dose | Refusal | None:
    """Some EHRs put the dose into extensions of the instruction and nowhere else."""
    found = {string(one.get("url")): one for one in elements(instruction.get("extension"))}
    for ending in _ORDERED_DOSE_EXTENSIONS:
        for url, extension in found.items():
            if url.endswith(ending) and isinstance(extension.get("valueQuantity"), dict):
                return _of_quantity(element(extension["valueQuantity"]))
    return None


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
    read = _of_quantity(_at_most(stated[0]))
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
