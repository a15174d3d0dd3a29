"""What the record says beside medicines and problems: scores, goals, and where care takes place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fhir_mappings.elements import Element, element, key_of_reference, string
from fhir_mappings.encounters import place_of_encounter, place_of_order
from fhir_mappings.goals import goals_not_met
from fhir_mappings.observations import read_observations
from fhir_mappings.patients import is_about
from hooks.prefetch import Prefetched
from hooks.protocol import HookRequest
from opioids.conditions import ConditionGroup
from opioids.guideline import Guideline
from opioids.outcomes import Benefit, Course, benefit_of, courses_of
from opioids.record_codes import Place, RecordCodes


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What was found; everything has a value for "nothing is known"."""

    courses: tuple[Course, ...] = ()
    benefit: Benefit = Benefit.NOT_DOCUMENTED
    goals_not_met: bool = False
    groups: frozenset[ConditionGroup] = frozenset()


NOTHING_RECORDED = Record()


def read_record(
    prefetched: Prefetched, patient_id: str, codes: RecordCodes, guideline: Guideline, today: date
) -> Record:
    """What observations and goals of this patient tell."""
    observations, goals = prefetched.facts.get("Observation", ()), prefetched.facts.get("Goal", ())
    if not observations and not goals:
        return NOTHING_RECORDED
    observed = read_observations(_own(observations, patient_id), codes.observations, today)
    courses = courses_of(observed.scores, guideline.benefit, today)
    return Record(
        courses=courses,
        benefit=benefit_of(courses, guideline.benefit),
        goals_not_met=goals_not_met(_own(goals, patient_id), codes.goals),
        groups=observed.groups,
    )


def in_hospital(request: HookRequest, prefetched: Prefetched, orders: Iterable[Element], codes: RecordCodes) -> bool:
    """Whether care takes place in a hospital and the orders in focus are not for the time after it."""
    meant_for = {place_of_order(order, codes.places) for order in orders}
    if Place.OUTSIDE in meant_for:
        return False
    if meant_for == {Place.HOSPITAL}:
        return True
    return any(
        place_of_encounter(one, codes.places) is Place.HOSPITAL
        for one in prefetched.facts.get("Encounter", ())
        if _is_this(one, request)
    )


def _own(resources: Iterable[Element], patient_id: str) -> list[Element]:
    return [one for one in resources if is_about(one, patient_id)]


def _is_this(encounter: Element, request: HookRequest) -> bool:
    """Whether an encounter is the one that the hook names; without a name, any that was sent is."""
    named = string(request.context.get("encounterId"))
    return is_about(encounter, request.patient_id) and (
        not named or key_of_reference(named).rpartition("/")[2] == string(element(encounter).get("id"))
    )
