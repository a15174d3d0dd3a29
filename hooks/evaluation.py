"""What every service does with a request: read the case, ask the rules, write the cards."""

from __future__ import annotations

from collections.abc import Callable

from fhir_mappings.elements import element
from fhir_mappings.releases import release_named, release_of
from hooks.cards import CardWriter, finding_of
from hooks.drafts import Asked
from hooks.picture import picture_of
from hooks.prefetch import (
    DSTU2_KEY,
    ENCOUNTER_KEY,
    GOALS_KEY,
    HISTORY_KEY,
    OBSERVATIONS_KEY,
    ORDERS_KEY,
    STATEMENTS_KEY,
    SUPPLIES_KEY,
    Prefetched,
    read_prefetch,
)
from hooks.protocol import Card, HookRequest
from hooks.reading import concerns_no_opioid, read_case, reader_of
from hooks.service import Call
from hooks.slower_way import review_steps, slower_plans
from hooks.standards import Standards
from hooks.told import make_told
from opioids.case import Case
from opioids.recommendations import Topic
from opioids.rules import Rests, left_unsaid, nothing_rests, recommend

OBSERVATION_CODES = ("72514-3", "75893-8", "38221-8", "91147-9", "82810-3", "98979-8")
"""The observations that are read: scores of pain and function, pregnancy, kidney function."""

AskedOf = Callable[[HookRequest, Prefetched], Asked]

PREFETCH = {
    "patient": "Patient/{{context.patientId}}",
    ORDERS_KEY: "MedicationRequest?patient={{context.patientId}}&status=active",
    DSTU2_KEY: "MedicationOrder?patient={{context.patientId}}&status=active",
    STATEMENTS_KEY: "MedicationStatement?patient={{context.patientId}}&status=active",
    "conditions": "Condition?patient={{context.patientId}}",
    ENCOUNTER_KEY: "Encounter/{{context.encounterId}}",
    OBSERVATIONS_KEY: (
        "Observation?patient={{context.patientId}}&code="
        + ",".join(f"http://loinc.org|{code}" for code in OBSERVATION_CODES)
        + "&_sort=-date"
    ),
    GOALS_KEY: "Goal?patient={{context.patientId}}",
    SUPPLIES_KEY: "MedicationDispense?patient={{context.patientId}}&status=completed",
    HISTORY_KEY: "MedicationRequest?patient={{context.patientId}}&status=completed,stopped",
}
"""Portable templates. `medicationOrders` is for DSTU2 servers; every other one leaves it out. All but the patient
and the list of orders are optional: what is missing is never taken for a "no"."""

USAGE_REQUIREMENTS = (
    "Prefetch 'medications' (or 'medicationOrders' from a DSTU2 server) is needed for a complete total; without it the "
    "card says that the total is incomplete. 'patient', 'conditions' and 'encounter' let the service hold back where "
    "the guideline does not apply; 'observations', 'goals', 'dispenses' and 'history' say what the opioid does for "
    "the patient and what is at home already. Advice is for clinicians and replaces no judgment."
)


def evaluator(asked_of: AskedOf, standards: Standards) -> Callable[[HookRequest, Call], tuple[Card, ...]]:
    """The function that answers one service's requests."""
    writer = CardWriter(standards)

    def evaluate(request: HookRequest, call: Call) -> tuple[Card, ...]:
        prefetched = read_prefetch(request.prefetch, request.context)
        asked = asked_of(request, prefetched)
        reader = reader_of(prefetched, asked, standards.knowledge, call.today)
        if concerns_no_opioid(request, asked, prefetched, reader):
            return ()
        case = read_case(request, asked, prefetched, standards, reader)
        recommendations = recommend(
            case, standards.guideline, standards.rules, rests_of(case, call), standards.most_at_once
        )
        if not recommendations:
            return ()
        orders = [*[element(one) for one, _, _ in asked.drafts or ()], *[one for one, _ in prefetched.orders]]
        naloxone_offered = Topic.NALOXONE_OFFER in [one.topic for one in recommendations]
        no_room = len(recommendations) >= standards.most_at_once
        gaps_unsaid = no_room and left_unsaid(case, standards.guideline, recommendations)
        release = release_named(request.fhir_version) or release_of(orders, prefetched.conditions)
        finding = finding_of(case, standards.guideline)
        return tuple(
            writer.card(
                make_told(
                    recommendation=one,
                    case=case,
                    guideline=standards.guideline,
                    plans=slower_plans(one, case, standards),
                    first_steps=review_steps(one, case, standards),
                    naloxone_offered=naloxone_offered,
                    tells_gaps=gaps_unsaid and one is recommendations[0],
                ),
                finding,
                patient_id=request.patient_id,
                release=release,
                call=call,
            )
            for one in recommendations
        )

    return evaluate


def rests_of(case: Case, call: Call) -> Rests:
    """Who knows what rests, told the picture too; it is drawn only where there is something to say."""
    rests = call.rests
    if rests is None:
        return nothing_rests
    return lambda found: rests(picture_of(case), found)
