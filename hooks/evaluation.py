"""What every service does with a request: read the case, ask the rules, write the cards."""

from __future__ import annotations

from collections.abc import Callable

from fhir_mappings.elements import element
from fhir_mappings.releases import release_of
from hooks.cards import card_of
from hooks.picture import picture_of
from hooks.prefetch import DSTU2_KEY, ORDERS_KEY, STATEMENTS_KEY, Prefetched, read_prefetch
from hooks.protocol import Call, Card, HookRequest
from hooks.reading import Asked, Standards, read_case
from hooks.told import Told
from opioids.case import Case
from opioids.rules import Rests, nothing_rests, recommend

AskedOf = Callable[[HookRequest, Prefetched], Asked]

PREFETCH = {
    "patient": "Patient/{{context.patientId}}",
    ORDERS_KEY: "MedicationRequest?patient={{context.patientId}}&status=active",
    DSTU2_KEY: "MedicationOrder?patient={{context.patientId}}&status=active",
    STATEMENTS_KEY: "MedicationStatement?patient={{context.patientId}}&status=active",
    "conditions": "Condition?patient={{context.patientId}}",
}
"""Portable templates. `medicationOrders` is for DSTU2 servers; every other one leaves it out."""

USAGE_REQUIREMENTS = (
    "Prefetch 'medications' (or 'medicationOrders' from a DSTU2 server) is needed for a complete total; without it the "
    "card says that the total is incomplete. 'patient' and 'conditions' let the service hold back where the guideline "
    "does not apply. Advice is for clinicians and replaces no judgement."
)


def evaluator(asked_of: AskedOf, standards: Standards) -> Callable[[HookRequest, Call], tuple[Card, ...]]:
    """The function that answers one service's requests."""

    def evaluate(request: HookRequest, call: Call) -> tuple[Card, ...]:
        prefetched = read_prefetch(request.prefetch)
        asked = asked_of(request, prefetched)
        case = read_case(request, asked, prefetched, standards, call.today)
        recommendations = recommend(case, standards.guideline, rests=rests_of(case, call))
        if not recommendations:
            return ()
        release = release_of([*(element(one) for one, _ in asked.drafts or ()), *(one for one, _ in prefetched.orders)])
        return tuple(
            card_of(
                Told(recommendation=one, case=case, guideline=standards.guideline),
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
