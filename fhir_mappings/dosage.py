"""Dosage instructions of every FHIR release into the domain's sigs.

Structured data wins over written directions; the written ones serve for what the structure leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from fhir_mappings.codes import injected_by, injected_by_method, route_of
from fhir_mappings.elements import Element, Json, elements, is_true, items, string, whole
from fhir_mappings.quantities import read_ceilings, read_most_at_once
from fhir_mappings.stated_doses import doses_differ, read_dose, restatements
from fhir_mappings.timing import Read, read_timing
from opioids.prescriptions import Refusal, Sig, UncountedReason
from opioids.sigs.directions import only_advises, read_sig

_STEPS_IN_WORDS = "the written directions name steps: the structured dose was used"

UNKNOWN_MODIFIER = "the order holds a modifier extension that is not known here: counted without it"
"""FHIR forbids to pass over such an extension in silence: it may turn the meaning of what it stands in."""

_ONLY_THE_MOST = "only a maximum is written: counted as taken as needed"

_AS_NEEDED_FOR = ("asNeededCodeableConcept", "asNeededFor")
_AS_NEEDED = ("asNeededBoolean", "asNeeded", "asNeededCodeableConcept", "asNeededFor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Directions:
    """What an order says of its taking: the instructions that count, and the written directions beside
    complete structured ones, to be compared with them (empty when they say the same).
    """

    sigs: tuple[Sig, ...]
    written: tuple[Sig, ...]


def written_directions(order: Element) -> Json:
    """What an order or statement of any release says of its taking, as it is written."""
    found = order.get("dosageInstruction") or order.get("dosage")
    words = string(order["renderedDosageInstruction"]) if "renderedDosageInstruction" in order else ""
    if not words:
        return found
    only = elements(found)
    if len(only) == 1 and not words_of(only[0]):
        return {**only[0], "text": words}
    return found or {"text": words}


def words_of(instruction: Element) -> str:
    """The written directions of an instruction, else what is written for the patient."""
    return string(instruction.get("text")) or string(instruction.get("patientInstruction"))


def read_directions(written: Json) -> Directions:
    """The directions that `written_directions` gave."""
    instructions = elements(written)
    if len(instructions) > 1:
        instructions = [one for one in instructions if not _only_advises(one)] or instructions
    sigs = tuple(sig for one in instructions for sig in read_instruction(one))
    return Directions(sigs=sigs, written=_written_beside(instructions, sigs))


_SAYING_NO_AMOUNT = frozenset({"id", "sequence", "text", "patientInstruction", "route", "method", "site"})


def _only_advises(instruction: Element) -> bool:
    """Whether an instruction holds nothing but advice: "take with food"."""
    words = words_of(instruction)
    return bool(words) and instruction.keys() <= _SAYING_NO_AMOUNT and only_advises(words)


def _written_beside(instructions: list[Element], sigs: tuple[Sig, ...]) -> tuple[Sig, ...]:
    """The written directions beside a complete structured dosage, to be compared with it.

    Empty when they say the same, when any of them cannot be read, or when the order has steps.
    """
    if len(instructions) != len(sigs) or len({sig.sequence for sig in sigs}) > 1:
        return ()
    written: list[Sig] = []
    same = True
    for one, sig in zip(instructions, sigs, strict=True):
        words = words_of(one)
        read = read_sig(words) if words and _is_complete(sig) else None
        if read is None or isinstance(read, Refusal) or any(part.sequence is not None for part in read):
            return ()
        written.extend(read)
        same = same and len(read) == 1 and _says_the_same(read[0], sig)
    return () if same else tuple(written)


def _says_the_same(written: Sig, sig: Sig) -> bool:
    """Whether words repeat a structured sig. That they do not mention a maximum, or that it is as needed, is usual."""
    if (written.dose, written.frequency) != (sig.dose, sig.frequency):
        return False
    return (sig.as_needed or not written.as_needed) and (written.ceilings in ((), sig.ceilings))


def _is_complete(sig: Sig) -> bool:
    return sig.dose is not None and (sig.frequency is not None or sig.days is not None)


def timing_of(instruction: Element) -> Json:
    """When it is taken, under the name of any release; drafts of DSTU2 call it `scheduledTiming`."""
    return instruction.get("timing") or instruction.get("scheduledTiming")


def read_instruction(instruction: Element) -> tuple[Sig, ...]:
    """One dosage instruction: a single sig, or several where its written directions split the dose."""
    timing = read_timing(timing_of(instruction))
    ceilings, notes = read_ceilings(instruction)
    most_at_once, unread = read_most_at_once(instruction)
    words = words_of(instruction)
    route = route_of(instruction.get("route"))
    spoken_of = None
    if route is None:
        spoken_of = injected_by(words) or injected_by_method(instruction.get("method"))
    dose = read_dose(instruction)
    sig = Sig(
        dose=dose,
        restated=restatements(instruction, dose),
        frequency=timing.frequency,
        as_needed=timing.as_needed or _is_as_needed(instruction),
        ceilings=ceilings,
        most_at_once=most_at_once,
        sequence=whole(instruction.get("sequence")),
        start=timing.start,
        end=timing.end,
        duration=timing.duration,
        days=_days(timing),
        route=route,
        spoken_of=spoken_of,
        assumptions=(*timing.assumptions, *notes, *unread, *doses_differ(instruction)),
    )
    if instruction.get("modifierExtension"):
        sig = replace(sig, assumptions=(*sig.assumptions, UNKNOWN_MODIFIER))
    stated = any(instruction.get(name) is not None for name in _AS_NEEDED)
    return _completed(sig, words, as_needed_stated=stated)


def _days(timing: Read) -> tuple[date, ...] | None:
    """The days of a dated dose; for a one-time dose its day, or no day when it is not told."""
    if timing.once:
        return (timing.start,) if timing.start else ()
    return timing.days


def _is_as_needed(instruction: Element) -> bool:
    if is_true(instruction.get("asNeededBoolean")) or is_true(instruction.get("asNeeded")):
        return True
    return any(one for name in _AS_NEEDED_FOR for one in items(instruction.get(name)) if isinstance(one, dict | str))


def _completed(sig: Sig, words: str, *, as_needed_stated: bool) -> tuple[Sig, ...]:
    """The sig, with what it leaves out taken from its written directions; one for each part of them, where it says
    neither how much nor how often.
    """
    written = read_sig(words) if words else ()
    if isinstance(written, Refusal):
        if sig.dose is None and not (sig.as_needed and sig.ceilings):
            return (replace(sig, dose=Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail=written.detail)),)
        return (sig,)
    if len(written) == 1:
        return (_filled(sig, written[0], as_needed_stated=as_needed_stated),)
    if written and sig.dose is None and sig.frequency is None:
        parts = [(one, _filled(sig, one, as_needed_stated=as_needed_stated)) for one in written]
        return tuple(replace(part, sequence=one.sequence or sig.sequence) for one, part in parts)
    if any(one.sequence is not None for one in written):
        return (replace(sig, assumptions=(*sig.assumptions, _STEPS_IN_WORDS)),)
    return (sig,)


def _filled(sig: Sig, written: Sig, *, as_needed_stated: bool) -> Sig:
    """What the structure says stays; dose, frequency, as needed, maximum, length and route may come from the words."""
    no_dose, untimed = sig.dose is None, sig.frequency is None and sig.days is None
    needed = written.as_needed and not sig.as_needed and not as_needed_stated
    from_words = {
        "dose": no_dose and written.dose is not None,
        "frequency": untimed and written.frequency is not None,
        "one time only": untimed and written.days is not None,
        "as needed": needed,
        "maximum": not sig.ceilings and bool(written.ceilings),
    }
    taken = ", ".join(name for name, is_taken in from_words.items() if is_taken)
    if not taken and (sig.route or not written.route) and (sig.duration or not written.duration):
        return sig
    notes = (f"{taken} read from the written directions", *written.assumptions) if taken else ()
    # Whoever is told "up to 2 tablets 4 times a day" and nothing else may take as much, or none.
    silent = no_dose and untimed and written.dose is None and written.frequency is None and written.days is None
    only_the_most = silent and from_words["maximum"] and not as_needed_stated
    if only_the_most and not written.as_needed:
        notes = (*notes, _ONLY_THE_MOST)
    return replace(
        sig,
        dose=written.dose if no_dose else sig.dose,
        restated=written.restated if no_dose else sig.restated,
        frequency=written.frequency if untimed else sig.frequency,
        days=written.days if untimed else sig.days,
        as_needed=sig.as_needed or needed or only_the_most,
        ceilings=sig.ceilings or written.ceilings,
        duration=sig.duration or written.duration,
        route=sig.route or written.route,
        assumptions=(*sig.assumptions, *notes),
    )
