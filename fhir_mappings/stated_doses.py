"""The dose of a dosage instruction of every release, however many times it is stated."""

from __future__ import annotations

from fhir_mappings.elements import Element, concept_codes, concept_words, decimal, element, elements, string
from fhir_mappings.lengths import unit_of_time
from fhir_mappings.quantities import Measured, dose_of_quantity, dose_of_range, read_quantity
from fhir_mappings.units import BY_THE_BODY, UNKNOWN_UNIT
from opioids.measures import INFUSION
from opioids.prescriptions import Refusal, Restated
from opioids.quantities import Dose, Unit

_DOSE_KINDS = {"ordered": 0, "calculated": 2, "admin-amount": 3, "admin amount": 3}
_UNTYPED = 1

_QUANTITIES = ("doseQuantity", "quantityQuantity", "quantity", "dose")
_RANGES = ("doseRange", "quantityRange")
_RATES = ("rateQuantity", "rateRatio", "rateRange")
_KINDS = (_QUANTITIES, _RANGES, _RATES)
_AMOUNTS = (*_QUANTITIES, *_RANGES, *_RATES)
_SELDOM = (*_RANGES, *_RATES)

_ORDERED_DOSE_EXTENSIONS = ("/ordered-dose", "/calculated-dose", "/admin-amount")

_DOSES_DIFFER = "the dose is stated several times and differently: the larger counts as the maximum"


_NO_AMOUNT = (UNKNOWN_UNIT, BY_THE_BODY)
"""What another statement of the same dose may make up for."""


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
        if found is not None and found not in _NO_AMOUNT:
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
    if len(entries) == 1 and entries[0].keys().isdisjoint(_SELDOM):
        return entries
    return sorted([part for entry in entries for part in _parted(entry)], key=_dose_rank)


def _parted(entry: Element) -> list[Element]:
    """An element for each way in which one states the dose.

    A quantity and a range, of which FHIR allows one, and beside them what a patch gives an hour, which no other product
    measures. The rate of an infusion restates no dose.
    """
    kinds = [names for names in _KINDS if not entry.keys().isdisjoint(names)]
    if len(kinds) > 1 and _RATES in kinds and not isinstance(_of_rate(entry), Dose):
        kinds.remove(_RATES)
    if len(kinds) < 2:
        return [entry]
    unstated = {name: value for name, value in entry.items() if name not in _AMOUNTS}
    return [{**unstated, **{name: entry[name] for name in names if name in entry}} for names in kinds]


def _unlike(entries: list[Element]) -> list[Dose]:
    """What the best kind of several entries states where the amounts differ; none where only the units do."""
    if len(entries) < 2:
        return []
    best = [_dose_in(one) for one in entries if _dose_rank(one) == _dose_rank(entries[0])]
    doses = [one for one in best if isinstance(one, Dose)]
    contradicted = any(isinstance(one, Refusal) and one not in _NO_AMOUNT for one in best)
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
            return dose_of_quantity(element(entry[name]))
    for name in _RANGES:
        if isinstance(entry.get(name), dict):
            return dose_of_range(element(entry[name]))
    return _of_rate(entry)


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
    hourly = unit_of_time(time.get("code") or time.get("unit")) == "h"
    if isinstance(amount, Measured) and amount.unit is Unit.MG and hours and hourly:
        return Measured(value=amount.value * 1000 / hours, unit=Unit.MCG_PER_HOUR)
    return None


def _dose_in_extension(instruction: Element) -> Dose | Refusal | None:
    """Some EHRs put the dose into extensions of the instruction and nowhere else."""
    found = {string(one.get("url")): one for one in elements(instruction.get("extension"))}
    for ending in _ORDERED_DOSE_EXTENSIONS:
        for url, extension in found.items():
            if url.endswith(ending) and isinstance(extension.get("valueQuantity"), dict):
                return dose_of_quantity(element(extension["valueQuantity"]))
    return None
