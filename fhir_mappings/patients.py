"""Patient and Condition resources of every release into the facts that rules ask for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from fhir_mappings.codes import codes_of
from fhir_mappings.elements import (
    Element,
    Json,
    as_written,
    concept_codes,
    concept_words,
    element,
    first_day,
    key_of_reference,
    read_again,
    string,
)
from opioids.case import Patient
from opioids.recognition import Recogniser
from opioids.value_sets import ConditionGroup

Groups = tuple[tuple[ConditionGroup, bool], ...]

_OVER = frozenset({"inactive", "remission", "resolved"})
_NOT_SO = frozenset({"refuted", "entered-in-error"})

_HISTORY_COUNTS = frozenset(
    {
        ConditionGroup.OPIOID_OVERDOSE_HISTORY,
        ConditionGroup.OPIOID_USE_DISORDER,
        ConditionGroup.SUBSTANCE_USE_DISORDER,
    }
)
"""Groups whose history raises the risk as well: a past overdose is no less a warning for being past."""


def read_patient(
    patient: Json, problems: Iterable[Element], *, recogniser: Recogniser, conditions_seen: bool, on: date
) -> Patient:
    """The facts about a patient: age on a day, and the groups of conditions on the problem list."""
    found: dict[ConditionGroup, bool] = {}
    for problem in problems:
        for group, by_code in _groups(problem, recogniser).items():
            found[group] = found.get(group, False) or by_code
    return Patient(
        age=age_on(first_day(element(patient).get("birthDate")), on), conditions=found, conditions_seen=conditions_seen
    )


def age_on(born: date | None, on: date) -> int | None:
    """Whole years, or None without a birth date that makes sense."""
    if born is None or born > on:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _groups(problem: Element, recogniser: Recogniser) -> dict[ConditionGroup, bool]:
    groups = _groups_of(problem.get("code"), recogniser)
    if not groups or _status(problem.get("verificationStatus")) & _NOT_SO:
        return {}
    over = bool(_status(problem.get("clinicalStatus")) & _OVER) or _abated(problem)
    return {group: by_code for group, by_code in groups if not over or group in _HISTORY_COUNTS}


def _groups_of(code: Json, recogniser: Recogniser) -> Groups:
    """The groups of a condition's code. Codes that are written alike are looked up once."""
    written = as_written(code)
    return _groups_read(code, recogniser) if written is None else _remembered(recogniser, written)


@lru_cache(maxsize=8192)
def _remembered(recogniser: Recogniser, written: bytes) -> Groups:
    return _groups_read(read_again(written), recogniser)


def _groups_read(code: Json, recogniser: Recogniser) -> Groups:
    return recogniser.condition(codes_of([code]), tuple(concept_words(code)))


def _status(value: Json) -> set[str]:
    """A status as a plain code (DSTU2, STU3) or as a concept (R4 and later)."""
    if isinstance(value, str):
        return {value.lower()}
    return {code.lower() for _, code in concept_codes(value)} | {word.lower() for word in concept_words(value)}


def _abated(problem: Element) -> bool:
    """Without a clinical status, an end date or `abatementBoolean` says that the condition is over."""
    if _status(problem.get("clinicalStatus")):
        return False
    return any(name.startswith("abatement") and problem[name] not in (None, False, "") for name in problem)


def is_about(resource: Element, patient_id: str) -> bool:
    """Whether a resource is about this patient, or does not say about whom."""
    reference = string(element(resource.get("subject") or resource.get("patient")).get("reference"))
    if reference == f"Patient/{patient_id}":
        return True
    key = key_of_reference(reference)
    return not key.startswith("Patient/") or key == f"Patient/{patient_id}"
