"""Patient and Condition resources of every release into the facts that rules ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from fhir_mappings.codes import codes_of
from fhir_mappings.elements import (
    Element,
    Json,
    concept_codes,
    concept_words,
    element,
    elements,
    first_day,
    key_of_reference,
    string,
)
from fhir_mappings.written import as_written, read_again
from opioids.conditions import ConditionGroup, Sign
from opioids.days import later
from opioids.patient import Patient, make_patient
from opioids.recognition import Recogniser

_OVER = frozenset({"inactive", "remission", "resolved"})
_NOT_SO = frozenset({"refuted", "entered-in-error"})
_SUSPECTED = frozenset({"unconfirmed", "provisional", "differential"})
_CERTAINTY = "icd-10-gm-diagnosesicherheit"
"""The end of the URL of the extension in which German codes carry how sure a diagnosis is."""
_EXCLUDED, _STATE_AFTER, _SUSPICION = "A", "Z", "V"
_DATES = ("onsetDateTime", "recordedDate", "assertedDate", "dateRecorded", "dateAsserted")


def read_patient(
    patient: Json, problems: Iterable[Element], *, recogniser: Recogniser, conditions_seen: bool, on: date
) -> Patient:
    """The facts about a patient: age on a day, and the groups of conditions on the problem list."""
    found: dict[ConditionGroup, bool] = {}
    present: set[ConditionGroup] = set()
    certain: set[ConditionGroup] = set()
    for problem in problems:
        signs = _signs_of(problem, recogniser)
        for sign in _on_day(signs, problem, recogniser, on) if signs else ():
            found[sign.group] = found.get(sign.group, False) or sign.by_code
            if not sign.past:
                present.add(sign.group)
            if not sign.suspected:
                certain.add(sign.group)
    if ConditionGroup.OPIOID_USE_DISORDER in found:
        found.pop(ConditionGroup.OPIOID_DEPENDENCE_UNCONFIRMED, None)
    return make_patient(
        age=age_on(first_day(element(patient).get("birthDate")), on),
        died=element(patient).get("deceasedBoolean") is True or bool(string(element(patient).get("deceasedDateTime"))),
        conditions=found,
        past=frozenset(found) - present,
        suspected=frozenset(found) - certain,
        conditions_seen=conditions_seen,
    )


def recorded_within(
    problems: Iterable[Element], group: ConditionGroup, days: int, *, recogniser: Recogniser, on: date
) -> bool:
    """Whether a problem of a group is present, confirmed and dated within the last so many days; without a date not."""
    return any(
        sign.group is group and not (sign.past or sign.suspected) and _is_dated_within(problem, days, on)
        for problem in problems
        for sign in _on_day(_signs_of(problem, recogniser), problem, recogniser, on)
    )


def _is_dated_within(problem: Element, days: int, on: date) -> bool:
    latest = _latest(problem)
    return latest is not None and latest <= on <= later(latest, days)


def _latest(problem: Element) -> date | None:
    return max((day for name in _DATES if (day := first_day(problem.get(name)))), default=None)


def age_on(born: date | None, on: date) -> int | None:
    """Whole years, or None without a birth date that makes sense."""
    if born is None or born > on:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _on_day(signs: Sequence[Sign], problem: Element, recogniser: Recogniser, on: date) -> Sequence[Sign]:
    """What of a problem's signs it stands for on a day: nothing when it is over where the past does not count."""
    if _abated(problem):
        return _as_past(signs, recogniser)
    lasting = recogniser.conditions.lasting_days
    return [sign for sign in signs if sign.group not in lasting or _is_since(problem, lasting[sign.group], on)]


def _signs_of(problem: Element, recogniser: Recogniser) -> tuple[Sign, ...]:
    """What a problem's code and statuses stand for, whatever its dates. Those that are written alike are read once."""
    stated = [problem.get("code"), problem.get("verificationStatus"), problem.get("clinicalStatus")]
    written = as_written(stated)
    return _read_signs(stated, recogniser) if written is None else _remembered(recogniser, written)


@lru_cache(maxsize=8192)
def _remembered(recogniser: Recogniser, written: bytes) -> tuple[Sign, ...]:
    return _read_signs(read_again(written), recogniser)


def _read_signs(stated: Sequence[Json], recogniser: Recogniser) -> tuple[Sign, ...]:
    code, verification, clinical = stated
    signs, certainty = _signs_of_code(code, recogniser), _status(verification)
    if not signs or certainty & _NOT_SO:
        return ()
    if certainty & _SUSPECTED:
        signs = _as_suspected(signs)
    return _as_past(signs, recogniser) if _status(clinical) & _OVER else signs


def _as_past(signs: Iterable[Sign], recogniser: Recogniser) -> tuple[Sign, ...]:
    """What is over, where that still says something."""
    keeps_history = recogniser.conditions.keeps_history
    return tuple([sign._replace(past=True) for sign in signs if keeps_history(sign.group)])


def _as_suspected(signs: Iterable[Sign]) -> tuple[Sign, ...]:
    return tuple([sign._replace(suspected=True) for sign in signs])


def _signs_of_code(code: Json, recogniser: Recogniser) -> tuple[Sign, ...]:
    certainties = set(_certainties(code))
    if _EXCLUDED in certainties:
        return ()
    signs = recogniser.conditions.signs(codes_of([code]), tuple(concept_words(code)))
    if _SUSPICION in certainties:
        return _as_suspected(signs)
    return _as_past(signs, recogniser) if _STATE_AFTER in certainties else signs


def _certainties(code: Json) -> Iterator[str]:
    for coding in elements(element(code).get("coding")):
        for extension in elements(coding.get("extension")):
            if string(extension.get("url")).endswith(_CERTAINTY):
                yield string(extension.get("valueCode")) or string(element(extension.get("valueCoding")).get("code"))


def _is_since(problem: Element, days: int, on: date) -> bool:
    """Whether a problem is, or for all that is known may be, no older than so many days."""
    latest = _latest(problem)
    return latest is None or later(latest, days) >= on


def _status(value: Json) -> set[str]:
    """A status as a plain code (DSTU2, STU3) or as a concept (R4 and later)."""
    if isinstance(value, str):
        return {value.lower()}
    return {code.lower() for _, code in concept_codes(value)} | {word.lower() for word in concept_words(value)}


def _abated(problem: Element) -> bool:
    """Without a clinical status, an end date or `abatementBoolean` says that the condition is over."""
    stated = [problem[name] for name in problem if name.startswith("abatement")]
    if not stated or all(one in (None, False, "") for one in stated):
        return False
    return not _status(problem.get("clinicalStatus"))


def about(patient_id: str) -> Callable[[Element], bool]:
    """Tells whether a resource is about this patient, or does not say about whom."""
    own = f"Patient/{patient_id}"

    def is_own(resource: Element) -> bool:
        subject = resource.get("subject") or resource.get("patient")
        # Some write the reference itself where FHIR has an object with it.
        reference = subject.get("reference") if isinstance(subject, dict) else subject
        if reference == own or not reference:
            return True
        key = key_of_reference(string(reference))
        return not key.startswith("Patient/") or key == own

    return is_own


def is_about(resource: Element, patient_id: str) -> bool:
    """Whether a resource is about this patient, or does not say about whom."""
    return about(patient_id)(resource)
