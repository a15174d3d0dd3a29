"""What is left to be read from the client's server, and whether anything there could matter."""

from __future__ import annotations

import pytest

from fhir_mappings.releases import Release, release_named
from hooks import services
from hooks.evaluation import PREFETCH
from hooks.needs import may_refer
from hooks.protocol import HookRequest
from hooks.reads import missing, resolved, unfinished
from hooks.service import Call
from opioids import knowledge
from tests.hooks.orders import PATIENT, TODAY, bundle, draft, order, outcome, request

ORDERS, DSTU2 = "medications", "medicationOrders"
TEMPLATES = {
    "patient": "Patient/{{context.patientId}}",
    ORDERS: "MedicationRequest?patient={{context.patientId}}",
    DSTU2: "MedicationOrder?patient={{context.patientId}}",
}
R4_PATH, DSTU2_PATH = f"MedicationRequest?patient={PATIENT}", f"MedicationOrder?patient={PATIENT}"
FAILED = outcome("error")
ANY_ORDER = bundle(order("a", "oxycodone 5"))

# what was sent, the release that is known of, and which list of orders is asked for
WHICH = {
    "nothing sent, R4": ({}, Release.R4, (ORDERS, (R4_PATH,))),
    "nothing sent, STU3": ({}, Release.STU3, (ORDERS, (R4_PATH,))),
    "nothing sent, DSTU2": ({}, Release.DSTU2, (DSTU2, (DSTU2_PATH,))),
    "nothing sent, nothing known": ({}, None, (ORDERS, (R4_PATH, DSTU2_PATH))),
    "R4's sent": ({ORDERS: ANY_ORDER}, None, None),
    "R4's sent and empty": ({ORDERS: None}, None, None),
    "R4's failed": ({ORDERS: FAILED}, Release.R4, None),
    "R4's failed, nothing known": ({ORDERS: FAILED}, None, None),
    "R4's failed at a DSTU2 server": ({ORDERS: FAILED}, Release.DSTU2, (DSTU2, (DSTU2_PATH,))),
    "DSTU2's sent": ({DSTU2: ANY_ORDER}, None, None),
    "DSTU2's sent and empty": ({DSTU2: None}, None, None),
    "DSTU2's failed at an R4 server": ({DSTU2: FAILED}, Release.R4, (ORDERS, (R4_PATH,))),
    "DSTU2's failed at a DSTU2 server": ({DSTU2: FAILED}, Release.DSTU2, None),
    "under another name": ({"-meds": ANY_ORDER}, Release.R4, None),
    "under another name and empty": ({"activeMedications": bundle()}, Release.R4, None),
    "a name that says nothing, and empty": ({"item1": bundle()}, Release.R4, (ORDERS, (R4_PATH,))),
}


@pytest.mark.parametrize(("sent", "release", "read"), WHICH.values(), ids=WHICH.keys())
def test_the_list_of_orders_is_asked_for_once_and_in_the_server_s_release(sent, release, read):
    found = [(one.key, one.paths) for one in missing(request("order-sign", sent), TEMPLATES, release)]
    assert [one for one in found if one[0] != "patient"] == ([read] if read else [])


FINISHED = {"history": "MedicationRequest?patient={{context.patientId}}&status=completed,stopped"}
R4_FINISHED, DSTU2_FINISHED = (f"{path}&status=completed,stopped" for path in (R4_PATH, DSTU2_PATH))
STOPPED = bundle(order("b", "oxycodone 5", status="stopped"))
ENDED = bundle(order("b", "oxycodone 5", status="ended"))


@pytest.mark.parametrize(
    ("sent", "release", "paths"),
    [
        ({}, Release.R4, (R4_FINISHED,)),
        ({}, Release.DSTU2, (DSTU2_FINISHED,)),
        ({}, Release.R5, (f"{R4_FINISHED},ended",)),
        ({}, None, (R4_FINISHED, DSTU2_FINISHED)),
        ({ORDERS: ANY_ORDER}, Release.R4, (R4_FINISHED,)),
        ({"-meds": ANY_ORDER}, Release.R4, (R4_FINISHED,)),
        ({"-meds": STOPPED}, Release.R4, None),
        ({ORDERS: STOPPED}, Release.R4, None),
        ({ORDERS: ENDED}, Release.R5, None),
        ({"history": None}, Release.R4, None),
        ({"history": FAILED}, Release.R4, None),
    ],
)  # fmt: skip
def test_finished_orders_are_asked_for_unless_some_were_sent_under_any_name(sent, release, paths):
    found = missing(request("order-sign", sent), FINISHED, release)
    assert [one.paths for one in found] == ([paths] if paths else [])


STATEMENTS = "MedicationStatement?patient=p1&status"


@pytest.mark.parametrize(
    ("release", "path"),
    [(Release.R5, f"{STATEMENTS}=recorded"), *((one, f"{STATEMENTS}=active") for one in (Release.R4, None))],
)
def test_statements_are_asked_for_by_the_status_that_the_release_has(release, path):
    [read] = missing(request("patient-view", {}), {"statements": PREFETCH["statements"]}, release)
    assert read.paths == (path,)


def test_reads_stand_in_the_order_of_the_templates():
    """A client that sends everything sends it so, and what is said of a case follows the order of its lists."""
    templates = {**TEMPLATES, "conditions": "Condition?patient={{context.patientId}}", **FINISHED}
    found = missing(request("order-sign", {}), templates, Release.R4)
    assert [one.key for one in found] == ["patient", ORDERS, "conditions", "history"]
    assert [one.key for one in found if one.is_beside] == ["history"]


@pytest.mark.parametrize(
    ("template", "context", "path"),
    [
        ("Patient/{{context.patientId}}", {}, f"Patient/{PATIENT}"),
        ("Patient/{{ context.patientId }}", {}, f"Patient/{PATIENT}"),
        ("Encounter/{{context.encounterId}}", {"encounterId": "e-1"}, "Encounter/e-1"),
        ("Encounter/{{context.encounterId}}", {"encounterId": "Encounter/e-1"}, "Encounter/e-1"),
        ("Encounter/{{context.encounterId}}", {"encounterId": "https://x/Encounter/e-1/_history/2"}, "Encounter/e-1"),
        ("Encounter/{{context.encounterId}}", {"encounterId": "Patient/1"}, None),
        ("Encounter/{{context.encounterId}}", {"encounterId": "Encounter/../1"}, None),
        ("Encounter/{{context.encounterId}}", {}, None),
        ("Encounter/{{context.encounterId}}", {"encounterId": 5}, None),
        ("Encounter/{{context.encounterId}}", {"encounterId": "../Patient/1"}, None),
        ("Encounter/{{context.encounterId}}", {"encounterId": "{{context.patientId}}"}, None),
        ("Practitioner/{{userPractitionerId}}", {}, None),
        ("Condition?patient={{context.patientId}}&code=a|b", {}, f"Condition?patient={PATIENT}&code=a|b"),
        ("Basic?a={{context.x}}", {"x": "a+b=c:d"}, "Basic?a=a%2Bb%3Dc%3Ad"),
    ],
)
def test_a_template_is_resolved_from_the_context_or_not_at_all(template, context, path):
    assert resolved(template, request("order-sign", {}, **context)) == path


def test_first_pages_are_unfinished_whatever_they_are_wrapped_in():
    page, whole = bundle(link=[{"relation": "next", "url": "x"}]), bundle(link=[{"relation": "self", "url": "x"}])
    sent = {
        "whole": whole,
        "a": page,
        "b": {"response": {"status": "200"}, "resource": page},
        "c": bundle(),
        "d": None,
        "e": [],
    }
    assert dict(unfinished(sent)) == {"a": page, "b": page}


@pytest.mark.parametrize(
    ("version", "release"),
    [("R4", Release.R4), ("r4b", Release.R4), ("4.0.1", Release.R4), ("4.3.0", Release.R4), ("STU3", Release.STU3),
     ("3.0.2", Release.STU3), ("DSTU2", Release.DSTU2), ("1.0.2", Release.DSTU2), ("0.5.0", Release.DSTU2),
     ("R5", Release.R5), ("5.0.0", Release.R5), ("", None), ("6.0", None), ("2.0", None), ("x", None)],
)  # fmt: skip
def test_a_release_is_told_by_its_name_or_its_version(version, release):
    assert release_named(version) is release


# ---- whether the chart could matter ----

SERVICES = {one.hook: one for one in services.build(knowledge.load(), guideline="us-cdc-2022", table="cdc-2022")}
CALL = Call(today=TODAY, new_uuid=lambda: "x")
PRIOR = {"priorPrescription": {"reference": "MedicationRequest/a"}}


def matters(asked: HookRequest) -> bool:
    needs = SERVICES[asked.hook].needs
    assert needs is not None
    return needs.chart(asked, CALL)


@pytest.mark.parametrize(
    ("drafts", "expected"),
    [
        ((draft("d", "oxycodone 5"),), True),
        ((draft("d", "lorazepam"),), True),
        ((draft("d", "lisinopril"),), False),
        ((draft("d", "naloxone spray"),), False),
        ((draft("d", "lisinopril"), draft("e", "oxycodone 5")), True),
        ((draft("d", "lisinopril", **PRIOR),), True),
        ((draft("d", "lisinopril", basedOn=[{"reference": "MedicationRequest/a"}]),), True),
        ((draft("d", "something nobody knows opium"),), True),
        ((draft("d", "oxycodone 5", subject={"reference": "Patient/other"}),), False),
        ((), False),
    ],
)
def test_the_chart_matters_to_orders_that_could_make_a_card_appear(drafts, expected):
    assert matters(request("order-sign", {}, drafts=drafts)) is expected
    assert matters(request("medication-prescribe", {}, drafts=drafts)) is expected


@pytest.mark.parametrize(("selected", "expected"), [("MedicationRequest/d", False), ("MedicationRequest/e", True)])
def test_order_select_looks_at_what_is_selected(selected, expected):
    drafts = (draft("d", "lisinopril"), draft("e", "oxycodone 5"))
    assert matters(request("order-select", {}, drafts=drafts, selections=[selected])) is expected


def test_without_drafts_it_is_the_chart_that_is_asked_about():
    assert matters(request("patient-view", {}))
    assert matters(request("order-sign", {}))


# ---- which drugs are not known ----

REFERRING = order("a", "oxycodone 5", medicationCodeableConcept=..., medicationReference={"reference": "Medication/m"})
MEDICATION = {"resourceType": "Medication", "id": "m", "code": {"text": "oxycodone 5 MG Oral Tablet"}}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"medications": bundle(REFERRING)}, ["Medication/m"]),
        ({"medications": [REFERRING]}, ["Medication/m"]),
        ({"medications": REFERRING}, ["Medication/m"]),
        ({"medications": bundle(REFERRING, REFERRING)}, ["Medication/m"]),
        ({"medications": bundle(REFERRING, MEDICATION)}, []),
        ({"medications": bundle(REFERRING), "drugs": MEDICATION}, []),
        ({"medications": bundle({**REFERRING, "contained": [MEDICATION]})}, ["Medication/m"]),
        ({"medications": bundle({**REFERRING, "subject": {"reference": "Patient/other"}})}, []),
        ({"medications": bundle({**REFERRING, "medicationReference": {"reference": "#m"}})}, []),
        ({"medications": bundle({**REFERRING, "medicationReference": {"display": "oxycodone"}})}, []),
        ({"medications": bundle({**REFERRING, "medicationCodeableConcept": {"text": "oxycodone"}})}, []),
        ({"medications": ANY_ORDER}, []),
        ({}, []),
    ],
)
def test_references_that_lead_nowhere_are_named_once(sent, expected):
    needs = SERVICES["patient-view"].needs
    assert needs is not None
    assert list(needs.medications(request("patient-view", sent)).needed) == expected


@pytest.mark.parametrize(
    ("sent", "needed", "beside"),
    [
        ({"history": bundle(REFERRING)}, [], ["Medication/m"]),
        ({"dispenses": bundle({**REFERRING, "resourceType": "MedicationDispense"})}, [], ["Medication/m"]),
        ({"medications": bundle(REFERRING), "history": bundle(REFERRING)}, ["Medication/m"], []),
    ],
    ids=["finished orders", "dispenses", "both"],
)
def test_references_of_what_only_tells_more_are_told_apart(sent, needed, beside):
    needs = SERVICES["patient-view"].needs
    assert needs is not None
    found = needs.medications(request("patient-view", sent))
    assert (list(found.needed), list(found.beside)) == (needed, beside)


def test_a_look_at_orders_without_references_tells_that_there_are_none():
    patient = {"resourceType": "Patient", "id": PATIENT}
    assert not may_refer(
        request("order-sign", {"medications": ANY_ORDER, "patient": patient}, drafts=(draft("d", "x"),))
    )
    assert may_refer(request("order-sign", {"medications": bundle(ANY_ORDER)})), "a Bundle in a Bundle"


def test_a_problem_list_that_failed_under_another_name_is_not_asked_for_again():
    templates = {"conditions": "Condition?patient={{context.patientId}}"}
    assert missing(request("order-sign", {"conditionList": FAILED}), templates, Release.R4) == ()
    assert [one.key for one in missing(request("order-sign", {}), templates, Release.R4)] == ["conditions"]
