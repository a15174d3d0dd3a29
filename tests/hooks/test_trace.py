"""The trace of an answer: nothing that was sent is missing in it, and it tells the same as the cards."""

from __future__ import annotations

import json
from datetime import date

import pytest

from cds_service import request_json
from hooks import services
from hooks.list_states import State
from hooks.protocol import PreconditionFailed
from hooks.service import Call
from hooks.trace import Aside, Use
from opioids.mme import MmeLine
from opioids.prescriptions import Ignored, IgnoredReason, Uncounted
from opioids.recommendations import HeldBack, Recommendation
from tests import conversations
from tests.hooks.orders import draft, drug, order, request

CALL = Call(today=date(2026, 11, 22), new_uuid=lambda: "x")
STANDARDS = {"guideline": "us-cdc-2022", "table": "cdc-2022"}
ANSWERED = [one for one in conversations.found_in() if one.status == 200]


@pytest.fixture(scope="module")
def offered(knowledge):
    return {service.id: service for service in services.build(knowledge, **STANDARDS)}


@pytest.fixture(scope="module")
def trace(offered):
    def run(name, change=lambda content: content):
        service_id, _, case = name.partition("/")
        content = change(json.loads((conversations.FOLDER / service_id / case / "request.json").read_bytes()))
        return offered[service_id].trace(request_json.parse(content, offered[service_id]).request, CALL)

    return run


def order_of(found, reference):
    return next(one for one in found.orders if one.reference == reference)


def orders_in(content):
    """Every medication order of a request, wherever it stands, and a drug where the list of them belongs."""
    if isinstance(content, list):
        return [order for one in content for order in orders_in(one)]
    if not isinstance(content, dict):
        return []
    if content.get("resourceType") in ("MedicationOrder", "MedicationRequest", "MedicationStatement"):
        return [content]
    bare = content.get("medications")
    if isinstance(bare, dict) and bare.get("resourceType") == "Medication":
        return [bare]
    return [order for one in content.values() for order in orders_in(one)]


@pytest.mark.parametrize("conversation", ANSWERED, ids=lambda one: one.name)
def test_every_order_that_was_sent_is_told_of_and_every_card_has_its_rule(conversation, trace, offered):
    found = trace(conversation.name)
    content = json.loads(conversation.request)
    assert sum(len(one.paths) for one in found.orders) == len(orders_in([content["context"], content.get("prefetch")]))
    assert all(one.after or one.aside or one.before for one in found.orders)
    service = offered[conversation.service_id]
    cards = service.evaluate(request_json.parse(content, service).request, CALL)
    told = {one.found.topic for one in found.verdicts if one.told and isinstance(one.found, Recommendation)}
    assert told == {card.source.topic for card in cards}


def test_a_drug_without_its_order_is_told_of_unless_it_is_that_of_an_order(services):
    def trace_of(hook, *sent, **drafts):
        return services[hook].trace(request(hook, *sent, **drafts), CALL)

    bare = {"resourceType": "Medication", "id": "m", "code": drug("oxycodone 5")}
    told = trace_of("patient-view", {"medications": bare})
    assert [(one.paths, type(one.after[0])) for one in told.orders] == [(("prefetch.medications",), Uncounted)]
    by_reference = draft("d", "", medicationCodeableConcept=..., medicationReference={"reference": "Medication/m"})
    told = trace_of("order-sign", {"medications": bare}, drafts=(by_reference,))
    assert [one.paths for one in told.orders] == [("context.draftOrders.entry[0].resource",)]


def test_an_order_is_told_before_and_with_the_orders_being_written(trace):
    found = trace("opioid-order-sign/halved-by-a-new-prescription")
    (draft,) = (one for one in found.orders if one.being_written)
    (old,) = (one for one in found.orders if not one.being_written and one.before)
    assert (draft.before, type(draft.after[0])) == ((), MmeLine)
    assert isinstance(old.before[0], MmeLine)
    assert isinstance(old.after[0], Ignored)
    assert old.after[0].reason is IgnoredReason.REPLACED


def test_an_order_that_is_no_opioid_is_told_of_although_no_total_holds_it(trace):
    found = trace("opioid-order-sign/blood-pressure-tablet")
    draft = found.orders[0]
    assert draft.being_written
    assert [one.reason for one in draft.after] == [IgnoredReason.NOT_AN_OPIOID]
    assert draft.before == (), "it was not there before"
    assert all(isinstance(one.found, HeldBack) for one in found.verdicts)


def test_a_harmless_order_of_the_list_is_told_of_although_nothing_but_its_drug_was_looked_at(trace):
    tablet = order("tablet", "lisinopril 10 mg tablet", None, intent=..., subject=..., authoredOn=...)

    def with_tablet(content):
        content["prefetch"]["medications"]["entry"].append({"resource": tablet})
        return content

    found = trace("opioid-order-sign/worked-case", with_tablet)
    told = order_of(found, "MedicationRequest/tablet")
    assert told.medication == "lisinopril 10 mg tablet"
    assert [one.reason for one in (*told.before, *told.after)] == [IgnoredReason.NOT_AN_OPIOID] * 2
    proposed = found.case.proposed
    held = {one.reference for one in (*proposed.counted, *proposed.uncounted, *proposed.ignored)}
    assert held, "the worked case has opioids"
    assert told.reference not in held


def test_another_patients_order_is_set_aside(trace):
    found = trace("opioid-order-sign/another-patients-order")
    (other,) = (one for one in found.orders if one.aside)
    assert (other.aside, other.before, other.after) == (Aside.OTHER_PATIENT, (), ())


def test_a_draft_without_a_drug_is_set_aside(trace):
    found = trace("opioid-order-select/sandbox-before-a-drug-is-chosen")
    assert [one.aside for one in found.orders if one.being_written] == [Aside.NO_DRUG_YET]


def test_what_is_uncounted_says_why(trace):
    found = trace("opioid-order-sign/order-without-a-dose")
    assert any(isinstance(outcome, Uncounted) for one in found.orders for outcome in one.after)


def test_each_prefetch_key_is_told_with_what_it_held_and_was_used_for(trace):
    def renamed(content):
        content["prefetch"]["notes"] = None
        content["prefetch"].pop("conditions", None)
        return content

    keys = {one.key: one for one in trace("opioid-order-sign/worked-case", renamed).prefetch}
    assert keys["medications"].state is State.SEEN
    assert keys["medications"].holds["MedicationRequest"] >= 1
    assert Use.MEDICATIONS in keys["medications"].used_for
    assert (keys["conditions"].asked_for, keys["conditions"].state) == (True, State.NOT_SENT)
    assert (keys["notes"].asked_for, keys["notes"].state, keys["notes"].used_for) == (False, State.SEEN, ())


def test_a_list_that_failed_is_told_so(trace):
    keys = {one.key: one for one in trace("opioid-order-sign/medication-list-failed").prefetch}
    assert keys["medications"].state is State.FAILED
    assert keys["medications"].used_for == ()


def test_what_cannot_be_answered_cannot_be_traced(trace):
    with pytest.raises(PreconditionFailed):
        trace("opioid-patient-view/no-medication-source")


def test_an_order_under_one_reference_in_both_places_is_one_row(trace):
    found = trace("opioid-order-sign/order-signed-again")
    twice = [one for one in found.orders if len(one.paths) == 2]
    assert len(twice) == 1
    assert twice[0].being_written
    assert {type(one) for one in twice[0].after} == {MmeLine, Ignored}
