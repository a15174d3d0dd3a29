"""Dosage instructions of every FHIR release into the domain's sigs.

Structured data wins over written directions; the written ones serve for what the structure leaves out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fhir_mappings.codes import route_of
from fhir_mappings.elements import Element, elements, items, string, whole
from fhir_mappings.quantities import read_ceilings, read_dose
from fhir_mappings.timing import Read, read_timing
from opioids.prescriptions import Refusal, Sig, UncountedReason
from opioids.sigs import read_sig


def read_instructions(order: Element, written_on: date | None) -> tuple[Sig, ...]:
    """The dosage instructions of an order or statement, in their order.

    Args:
        order: the FHIR resource.
        written_on: the day of the order, on which a one-time dose without a date is taken.
    """
    found = elements(order.get("dosageInstruction")) or elements(order.get("dosage"))
    sigs = tuple(sig for one in found for sig in read_instruction(one, written_on))
    if not sigs and (words := string(order.get("renderedDosageInstruction"))):
        return read_instruction({"text": words}, written_on)
    return sigs


def read_instruction(instruction: Element, written_on: date | None) -> tuple[Sig, ...]:
    """One dosage instruction: a single sig, or several where its written directions split the dose."""
    timing = read_timing(instruction.get("timing"))
    ceilings, notes = read_ceilings(instruction)
    route, route_stated = route_of(instruction.get("route"))
    if route_stated and route is None:
        notes = (*notes, "the order's route could not be read: the product's usual one was used")
    sig = Sig(
        dose=read_dose(instruction),
        frequency=timing.frequency,
        as_needed=timing.as_needed or _is_as_needed(instruction),
        ceilings=ceilings,
        sequence=whole(instruction.get("sequence")),
        start=timing.start,
        end=timing.end,
        duration=timing.duration,
        days=_days(timing, written_on),
        route=route,
        assumptions=(*timing.assumptions, *notes),
    )
    return _completed(sig, string(instruction.get("text")) or string(instruction.get("patientInstruction")))


def _days(timing: Read, written_on: date | None) -> tuple[date, ...] | None:
    if timing.once and (day := timing.start or written_on):
        return (day,)
    return timing.days


def _is_as_needed(instruction: Element) -> bool:
    if instruction.get("asNeededBoolean") is True or instruction.get("asNeeded") is True:
        return True
    return any(
        bool(
            elements(instruction.get(name))
            or [one for one in items(instruction.get(name)) if isinstance(one, str) and one]
        )
        for name in ("asNeededCodeableConcept", "asNeededFor")
    )


def _completed(sig: Sig, words: str) -> tuple[Sig, ...]:
    """The sig, with what it leaves out taken from its written directions."""
    if not words or (sig.dose is not None and (sig.frequency is not None or sig.days is not None)):
        return (sig,)
    written = read_sig(words)
    if isinstance(written, Refusal):
        if sig.dose is None:
            unreadable = Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail=written.detail)
            return (replace(sig, dose=unreadable),)
        return (sig,)
    if len(written) == 1:
        return (_filled(sig, written[0]),)
    if sig.dose is None and sig.frequency is None:
        return tuple(
            replace(_filled(sig, one), sequence=one.sequence if one.sequence is not None else sig.sequence)
            for one in written
        )
    return (sig,)


def _filled(sig: Sig, written: Sig) -> Sig:
    taken = [
        name
        for name, mine, theirs in (
            ("dose", sig.dose, written.dose),
            ("frequency", sig.frequency, written.frequency),
        )
        if mine is None and theirs is not None
    ]
    note = f"{' and '.join(taken)} read from the written directions" if taken else ""
    return replace(
        sig,
        dose=written.dose if sig.dose is None else sig.dose,
        frequency=written.frequency if sig.frequency is None and sig.days is None else sig.frequency,
        as_needed=sig.as_needed or written.as_needed,
        ceilings=sig.ceilings or written.ceilings,
        duration=sig.duration or written.duration,
        route=sig.route or written.route,
        assumptions=tuple(filter(None, (*sig.assumptions, note, *written.assumptions))),
    )
