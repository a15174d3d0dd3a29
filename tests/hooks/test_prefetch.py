"""What clients send under a prefetch key, in every shape seen on the wire."""

from __future__ import annotations

import pytest

from hooks.list_states import State
from hooks.prefetch import read_prefetch
from tests.hooks.orders import PATIENT, bundle, draft, order, outcome, problem

ORDER = order("a", "oxycodone 5")
STATEMENT = {"resourceType": "MedicationStatement", "id": "s", "status": "active"}
DSTU2_ORDER = {"resourceType": "MedicationOrder", "id": "o", "status": "active"}
EPIC_NOTHING = {
    "resourceType": "Bundle",
    "total": 0,
    "entry": [{"resource": outcome("warning"), "search": {"mode": "outcome"}}],
}
INCLUDED = {"resource": {"resourceType": "Medication"}, "search": {"mode": "include"}}
NEXT = [{"relation": "self", "url": "https://x/1"}, {"relation": "next", "url": "https://x/2"}]


def asked_for(search: str) -> dict[str, object]:
    """An empty answer that tells which search it answers."""
    return bundle(link=[{"relation": "self", "url": f"https://ehr.example.org/fhir/{search}"}])


# what stands under `medications`, whether the list was seen, how many orders it brought
SHAPES = {
    "null: known to be empty": (None, State.SEEN, 0),
    "a wrapped null without a status": ({"resource": None}, State.SEEN, 0),
    "fewer than its total, with a remark of the server beside them": (
        {
            "resourceType": "Bundle",
            "total": 2,
            "entry": [{"resource": ORDER}, {"resource": outcome("warning"), "search": {"mode": "outcome"}}],
        },
        State.PARTIAL,
        1,
    ),
    "an empty Bundle": (bundle(), State.SEEN, 0),
    "an empty Bundle with an empty list of entries": ({"resourceType": "Bundle", "entry": []}, State.SEEN, 0),
    "a Bundle": (bundle(ORDER), State.SEEN, 1),
    "a Bundle without a type": ({"resourceType": "Bundle", "entry": [{"resource": ORDER}]}, State.SEEN, 1),
    "a Bundle with the Medications it refers to": (bundle(ORDER, {"resourceType": "Medication"}), State.SEEN, 1),
    "a Bundle whose only entry stands where a list belongs": (
        {"resourceType": "Bundle", "entry": {"resource": ORDER}},
        State.SEEN,
        1,
    ),
    "a Bundle whose entries are none": ({"resourceType": "Bundle", "entry": "x"}, State.SEEN, 1),
    "a Bundle whose entries are the resources themselves": (
        {"resourceType": "Bundle", "total": 1, "entry": [ORDER]},
        State.SEEN,
        1,
    ),
    "a Bundle that was asked for with the token unfilled": (
        asked_for("MedicationRequest?patient=%7B%7Bcontext.p%7D%7D"),
        State.FAILED,
        0,
    ),
    "the same as it was written": (asked_for("MedicationRequest?patient={{context.patientId}}"), State.FAILED, 0),
    "an empty Bundle that was asked for with an id": (asked_for("MedicationRequest?patient=p1"), State.SEEN, 0),
    "a Bundle with an order, whatever it says that it was asked for": (
        {**asked_for("MedicationRequest?patient={{context.patientId}}"), **bundle(ORDER)},
        State.SEEN,
        1,
    ),
    "a single resource": (ORDER, State.SEEN, 1),
    "a list of resources": ([ORDER, ORDER], State.SEEN, 2),
    "an empty list": ([], State.SEEN, 0),
    "a pre-1.0 wrapper": ({"response": {"status": "200 OK"}, "resource": bundle(ORDER)}, State.SEEN, 1),
    "a list of pre-1.0 wrappers": ([{"response": {"status": "200 OK"}, "resource": ORDER}], State.SEEN, 1),
    "a wrapped failure": ({"response": {"status": "500"}, "resource": outcome("error")}, State.FAILED, 0),
    "a wrapped failure without a resource": ({"response": {"status": "404 Not Found"}}, State.FAILED, 0),
    "a wrapped failure with no resource": ({"response": {"status": "500"}, "resource": None}, State.FAILED, 0),
    "a wrapped nothing": ({"response": {"status": "200 OK"}, "resource": None}, State.SEEN, 0),
    "an OperationOutcome": (outcome("error"), State.FAILED, 0),
    "Epic's empty Bundle, with a warning": (EPIC_NOTHING, State.SEEN, 0),
    "a Bundle with an information": (bundle(ORDER, outcome("information")), State.SEEN, 1),
    "a Bundle with an error": (bundle(ORDER, outcome("error")), State.PARTIAL, 1),
    "a Bundle with nothing but a fatal error": (bundle(outcome("fatal")), State.FAILED, 0),
    "a Bundle that includes Medications beside what its total counts": (
        {"resourceType": "Bundle", "total": 2, "entry": [{"resource": ORDER}, INCLUDED]},
        State.PARTIAL,
        1,
    ),
    "the first page of several": (bundle(ORDER, link=NEXT), State.PARTIAL, 1),
    "the first page of several, in capitals": (
        bundle(ORDER, link=[{"relation": "NEXT", "url": "x"}]),
        State.PARTIAL,
        1,
    ),
    "the first page of several, with a single link": (bundle(ORDER, link=NEXT[-1]), State.PARTIAL, 1),
    "the last page": (bundle(ORDER, link=NEXT[:1]), State.SEEN, 1),
    "more than its total": (bundle(ORDER, ORDER, total=1), State.SEEN, 2),
    "a failed page beside one of several": ([outcome("error"), bundle(link=NEXT)], State.FAILED, 0),
    "a text": ("none", State.FAILED, 0),
    "a number": (7, State.FAILED, 0),
    "an empty object": ({}, State.FAILED, 0),
}


@pytest.mark.parametrize(("content", "state", "orders"), SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_of_a_list_is_understood(content, state, orders):
    found = read_prefetch({"medications": content})
    assert (found.medications_state, len(found.orders)) == (state, orders)


def test_a_key_that_is_missing_was_not_sent():
    assert read_prefetch({}).medications_state is State.NOT_SENT
    assert read_prefetch({}).conditions_state is State.NOT_SENT


# ---- which key ----


@pytest.mark.parametrize("key", ["medications", "-meds", "item3", "medicationOrders", "activeMedications", "x"])
def test_orders_are_found_under_any_key(key):
    found = read_prefetch({key: bundle(ORDER)})
    assert (found.medications_state, len(found.orders)) == (State.SEEN, 1)


@pytest.mark.parametrize("key", ["medications", "medicationOrders", "activeMedications", "MEDICATIONS"])
def test_an_empty_list_is_known_by_its_key(key):
    assert read_prefetch({key: None}).medications_state is State.SEEN


@pytest.mark.parametrize(
    "key",
    ["item3", "-user", "problems", "statements", "medicationStatements", "medicationDispenses", "medicationAllergies"],
)
def test_an_empty_answer_under_another_key_is_not_the_list(key):
    assert read_prefetch({key: bundle()}).medications_state is State.NOT_SENT


# ---- the orders being written, sent once more ----

DRAFT = draft("d", "oxycodone 5")
WRITTEN = {"draftOrders": bundle(DRAFT)}
SIGNED = order("d", "oxycodone 5")
IN_ONE_BUNDLE = bundle(DRAFT, {"resourceType": "Patient", "id": PATIENT}, {"resourceType": "Practitioner", "id": "x"})

# context, key and content; whether that is the medication list
AGAIN = {
    "the drafts with whom they refer to": (WRITTEN, "medicationRequestBundle", IN_ONE_BUNDLE, State.NOT_SENT),
    "no draft found again": (WRITTEN, "medicationRequestBundle", bundle(), State.NOT_SENT),
    "the search for drafts failed": (WRITTEN, "medicationRequestBundle", outcome("error"), State.NOT_SENT),
    "one draft by itself": (WRITTEN, "request", DRAFT, State.NOT_SENT),
    "one that is signed already, word for word": (
        {"draftOrders": bundle(SIGNED)},
        "request",
        {**SIGNED, "meta": {"versionId": "1"}, "text": {"status": "generated"}},
        State.NOT_SENT,
    ),
    "one that is signed already, its members in another order": (
        {"draftOrders": bundle(SIGNED)},
        "request",
        dict(reversed(SIGNED.items())),
        State.NOT_SENT,
    ),
    "one of the bare list of older clients": ({"medications": [SIGNED]}, "request", SIGNED, State.NOT_SENT),
    "an order with the dose from before": (
        {"draftOrders": bundle(order("d", "oxycodone 5", 1))},
        "x",
        SIGNED,
        State.SEEN,
    ),
    "an order of another session that is not signed either": (
        WRITTEN,
        "x",
        draft("e", "morphine ER 30"),
        State.NOT_SENT,
    ),
    "what is taken beside one that is signed already": (
        {"draftOrders": bundle(SIGNED)},
        "x",
        bundle(SIGNED, ORDER),
        State.SEEN,
    ),
    "another order beside the draft": (WRITTEN, "medicationRequests", bundle(DRAFT, ORDER), State.SEEN),
    "under our own key": (WRITTEN, "medications", bundle(DRAFT), State.SEEN),
    "under a name that says so": (WRITTEN, "currentMedications", bundle(DRAFT), State.SEEN),
    "one draft by itself, under a name that sounds so": (WRITTEN, "medicationRequest", DRAFT, State.NOT_SENT),
    "under a name that says nothing": (WRITTEN, "item2", bundle(DRAFT), State.NOT_SENT),
    "what cannot be read": (WRITTEN, "currentMedications", bundle({}), State.SEEN),
    "an empty list under a name that says so": (WRITTEN, "currentMedications", bundle(), State.SEEN),
}


@pytest.mark.parametrize(("context", "key", "content", "state"), AGAIN.values(), ids=AGAIN.keys())
def test_the_orders_being_written_are_no_list_of_what_is_taken(context, key, content, state):
    found = read_prefetch({key: content}, context)
    assert found.medications_state is state
    if state is State.NOT_SENT:
        assert found.orders == []


@pytest.mark.parametrize("resource", [ORDER, DSTU2_ORDER, STATEMENT], ids=lambda one: one["resourceType"])
def test_orders_of_every_release_and_statements_are_orders(resource):
    assert len(read_prefetch({"item1": resource}).orders) == 1


DRUG = {"resourceType": "Medication", "id": "m", "code": {"text": "oxycodone 5 mg tablet"}}


@pytest.mark.parametrize("key", ["medications", "medicationOrders", "activeMedications"])
@pytest.mark.parametrize("content", [DRUG, [DRUG], bundle(DRUG)], ids=["alone", "list", "Bundle"])
def test_a_drug_where_the_list_belongs_is_a_part_of_it(key, content):
    found = read_prefetch({key: content})
    assert (found.medications_state, len(found.orders), len(found.drugs)) == (State.PARTIAL, 1, 1)
    assert not found.orders_seen, "the list itself is still to be read"


def test_a_drug_among_what_patients_report_is_taken():
    found = read_prefetch({"medications": None, "statements": DRUG})
    assert (found.medications_state, len(found.orders)) == (State.SEEN, 1)


@pytest.mark.parametrize("key", ["medication", "draftMedication", "item3"])
def test_the_drug_of_one_order_is_no_list(key):
    found = read_prefetch({key: DRUG})
    assert (found.medications_state, found.orders, len(found.resources)) == (State.NOT_SENT, [], 1)


@pytest.mark.parametrize("content", [DRUG, bundle(DRUG)])
def test_a_drug_where_problems_belong_is_no_list_of_them(content):
    assert read_prefetch({"conditions": content}).conditions_state is State.FAILED


# state of the two lists of orders and of the statements, and what is known of the whole
SEVERAL = {
    "an R4 server: no MedicationOrder": ({"medications": bundle(ORDER), "medicationOrders": outcome("error")}, "seen"),
    "a DSTU2 server: no MedicationRequest": (
        {"medications": outcome("error"), "medicationOrders": bundle(DSTU2_ORDER)},
        "seen",
    ),
    "both empty": ({"medications": None, "medicationOrders": None}, "seen"),
    "both failed": ({"medications": outcome("error"), "medicationOrders": outcome("error")}, "failed"),
    "one page of one": ({"medications": bundle(ORDER, link=NEXT), "medicationOrders": None}, "partial"),
    "all of one list, one page of another": ({"medications": bundle(ORDER), "x": bundle(ORDER, link=NEXT)}, "partial"),
    "orders failed, no statements": ({"medications": outcome("error"), "statements": None}, "failed"),
    "orders not sent, no statements": ({"statements": bundle()}, "not sent"),
    "orders not sent, a statement": ({"statements": bundle(STATEMENT)}, "partial"),
    "orders seen, one page of statements": (
        {"medications": None, "statements": bundle(STATEMENT, link=NEXT)},
        "partial",
    ),
    "orders seen, statements failed": ({"medications": None, "statements": outcome("error")}, "seen"),
}


@pytest.mark.parametrize(("prefetch", "state"), SEVERAL.values(), ids=SEVERAL.keys())
def test_several_keys_add_up_to_one_list(prefetch, state):
    assert read_prefetch(prefetch).medications_state == state
    assert read_prefetch(dict(reversed(prefetch.items()))).medications_state == state


# ---- what is within ----


def test_an_order_is_named_by_where_it_stands():
    listed = read_prefetch({"medications": bundle(ORDER, ORDER)})
    assert [path for _, path in listed.orders] == [f"prefetch.medications.entry[{index}].resource" for index in (0, 1)]


@pytest.mark.parametrize("entry", [{}, {"resource": None}, {"resource": {}}, {"resource": "x"}, None, "x"])
def test_a_broken_entry_of_the_list_stays_in_it(entry):
    found = read_prefetch({"medications": {"resourceType": "Bundle", "entry": [entry, {"resource": ORDER}]}})
    assert len(found.orders) == 2


@pytest.mark.parametrize(
    "entry", [{"resource": ORDER}, "x", {"resource": {**ORDER, "resourceType": "medicationrequest"}}]
)
def test_entries_that_cannot_be_read_are_no_empty_list(entry):
    found = read_prefetch({"medications": {"resourceType": "Bundle", "entry": entry}})
    assert len(found.orders) == 1


@pytest.mark.parametrize("kind", ["", "medicationrequest", "MedicationPrescription"])
def test_a_type_that_may_mean_an_order_stays_in_the_list(kind):
    found = read_prefetch({"medications": bundle(ORDER, {**ORDER, "resourceType": kind})})
    assert len(found.orders) == 2


def test_an_order_in_the_place_of_its_entry_is_that_order():
    found = read_prefetch({"medications": {"resourceType": "Bundle", "entry": [ORDER]}})
    assert found.orders == [(ORDER, "prefetch.medications.entry[0]")]


def test_what_an_order_refers_to_is_known_by_its_full_url():
    medication = {"resourceType": "Medication", "id": "m"}
    content = {"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:1", "resource": medication}]}
    assert (medication, "urn:uuid:1") in read_prefetch({"medications": content}).resources


def test_conditions_are_told_by_type_and_their_list_by_its_key():
    assert read_prefetch({"item9": problem("C50.911")}).conditions == [problem("C50.911")]
    assert read_prefetch({"conditions": None}).conditions_state is State.SEEN
    assert read_prefetch({"conditionList": bundle()}).conditions_state is State.SEEN
    assert read_prefetch({"conditions": outcome("error")}).conditions_state is State.FAILED
    assert read_prefetch({"problems": bundle()}).conditions_state is State.NOT_SENT


def test_the_patient_is_the_one_in_context():
    other, unnamed = {"resourceType": "Patient", "id": "p2"}, {"resourceType": "Patient", "birthDate": "1964"}
    own = {"resourceType": "Patient", "id": PATIENT}
    assert read_prefetch({"patient": other}).patient(PATIENT) == {}
    assert read_prefetch({"patient": unnamed}).patient(PATIENT) == unnamed
    assert read_prefetch({"a": other, "b": bundle(own)}).patient(PATIENT) == own
    assert read_prefetch({"patient": None}).patient(PATIENT) == {}


@pytest.mark.parametrize(
    "entry", [{}, "x", {"resource": {"id": "a"}}, {"resource": {"resourceType": "medicationrequest"}}]
)
def test_what_cannot_be_read_among_conditions_is_no_order(entry):
    assert not read_prefetch({"conditions": {"resourceType": "Bundle", "entry": [entry]}}).orders
