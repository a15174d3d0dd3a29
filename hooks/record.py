"""What the record says beside medicines and problems: scores, goals, and where care takes place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from fhir_mappings.elements import Element, element, key_of_reference, string
from fhir_mappings.encounters import begun_on, is_for_discharge, is_reported, place_of_encounter, place_of_order
from fhir_mappings.goals import goals_not_met
from fhir_mappings.observations import read_observations
from fhir_mappings.patients import about, is_about
from hooks.benzodiazepines import ReadOrder
from hooks.beside import is_being_written
from hooks.drafts import Asked
from hooks.focus import is_in_focus
from hooks.prefetch import Prefetched
from hooks.protocol import HookRequest
from opioids.conditions import ConditionGroup
from opioids.guideline import Guideline
from opioids.outcomes import Benefit, Course, benefit_of, courses_of
from opioids.prescriptions import Ignored, IgnoredReason, Order
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


class Setting(NamedTuple):
    """Where care takes place: in a hospital, or after it. `of_the_stay` holds the keys of those orders of the list that
    were for the hospital, where the orders in focus are for the time after it: what is given on a ward ends with it.
    `begun_in_it` holds those of others that were written since the stay began and do not tell for where: charts do not
    say of all that they are for the ward.
    """

    in_hospital: bool
    of_the_stay: frozenset[str] = frozenset()
    begun_in_it: frozenset[str] = frozenset()


def setting_of(
    request: HookRequest,
    prefetched: Prefetched,
    asked: Asked,
    orders: tuple[Iterable[ReadOrder], Iterable[ReadOrder]],
    codes: RecordCodes,
) -> Setting:
    """Where the orders in focus are to be carried out, by their own category before that of the encounter.

    `orders` are the drafts and those of the list. While opioids, or what matters beside them, are written for
    the hospital as well, the stay goes on.
    """
    drafts, listed = orders
    drafted = [(place_of_order(sent, codes.places), order, sent) for order, sent in drafts]
    places = {place for place, _, sent in drafted if is_in_focus(sent, asked)}
    stays = _stays(request, prefetched, codes)
    if Place.OUTSIDE not in places:
        return Setting(places == {Place.HOSPITAL} or bool(stays))
    written = [one for one in drafted if is_being_written(one[1])]
    home = [sent for place, _, sent in written if place is Place.OUTSIDE]
    goes_on = any(place is Place.HOSPITAL and _is_of_weight(order) for place, order, _ in written)
    if not home or goes_on or not (stays or any(map(is_for_discharge, home))):
        return Setting(in_hospital=False)
    placed = [(place_of_order(sent, codes.places), order, sent) for order, sent in listed]
    since = min(filter(None, map(begun_on, stays)), default=None)
    return Setting(
        in_hospital=False,
        of_the_stay=frozenset(order.key for place, order, _ in placed if place is Place.HOSPITAL),
        begun_in_it=frozenset(
            order.key
            for place, order, sent in placed
            if since and order.started and order.started >= since and place is Place.UNKNOWN and not is_reported(sent)
        ),
    )


def _is_of_weight(order: Order) -> bool:
    """Whether an order is, or may be, an opioid, or matters beside one."""
    content = order.content
    return order.risk is not None or not (
        isinstance(content, Ignored) and content.reason is IgnoredReason.NOT_AN_OPIOID
    )


def _stays(request: HookRequest, prefetched: Prefetched, codes: RecordCodes) -> list[Element]:
    """The encounters of this call that take place in a hospital."""
    return [
        one
        for one in prefetched.facts.get("Encounter", ())
        if _is_this(one, request) and place_of_encounter(one, codes.places) is Place.HOSPITAL
    ]


def _own(resources: Iterable[Element], patient_id: str) -> list[Element]:
    return list(filter(about(patient_id), resources))


def _is_this(encounter: Element, request: HookRequest) -> bool:
    """Whether an encounter is the one that the hook names; without a name, any that was sent is."""
    named = string(request.context.get("encounterId"))
    return is_about(encounter, request.patient_id) and (
        not named or key_of_reference(named).rpartition("/")[2] == string(element(encounter).get("id"))
    )
