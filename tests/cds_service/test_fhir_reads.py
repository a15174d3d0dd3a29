"""What the service reads from a client's FHIR server, what it makes of every fault, and what reaches that server."""

from __future__ import annotations

import gzip
import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from cds_service import fhir_client
from cds_service.base_urls import BaseUrl
from cds_service.circuit import Circuits
from cds_service.errands import Deadline, Errand, ErrandPool
from cds_service.fhir_client import MOST_PARTS, Access, Fetched, FhirClient, Outcome, failed
from cds_service.log_lines import JsonLines
from cds_service.outbound import Answer, Fault, Unanswered
from cds_service.prefetch import READING_SHARE, Prefetcher
from cds_service.request_json import FhirAccess, Received
from hooks.evaluation import PREFETCH
from hooks.reads import resolved
from hooks.service import Call
from hooks.services import build
from tests.cds_service import fhir_server as fake
from tests.cds_service.fhir_server import FhirServer, resource
from tests.hooks.orders import PATIENT, TODAY, ago, bundle, draft, drug, order, problem
from tests.hooks.orders import request as hook_request

DEADLINE = 0.25
"""For servers that are late. All others answer at once, and get a time that a busy machine does not use up."""
AMPLE = 10.0
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
TOKEN = "CANARY-token-5f1d"  # noqa: S105 - made up, and looked for where it must not be
PATIENT_PATH = f"Patient/{PATIENT}"
ORDERS = f"MedicationRequest?patient={PATIENT}&status=active"
DSTU2_ORDERS = f"MedicationOrder?patient={PATIENT}&status=active"
STATEMENTS = f"MedicationStatement?patient={PATIENT}&status=active"
CONDITIONS = f"Condition?patient={PATIENT}"
HISTORY = f"MedicationRequest?patient={PATIENT}&status=completed,stopped"
GOALS = f"Goal?patient={PATIENT}"
DISPENSES = f"MedicationDispense?patient={PATIENT}&status=completed"
OBSERVATIONS = resolved(PREFETCH["observations"], hook_request("order-sign", {})).replace("|", "%7C")
NEEDED = (PATIENT_PATH, ORDERS, STATEMENTS, CONDITIONS)
BESIDE = (HISTORY, GOALS, DISPENSES, OBSERVATIONS)
OXYCODONE = order("a", "oxycodone ER 40")
DRAFT = draft("d", "oxycodone 5")
SCORE = {
    "resourceType": "Observation",
    "id": "s",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "72514-3"}]},
    "subject": {"reference": PATIENT_PATH},
    "effectiveDateTime": ago(1),
    "valueInteger": 9,
}
EVERYTHING = dict.fromkeys(PREFETCH.keys() - {"medicationOrders", "encounter"})


@pytest.fixture
def ehr() -> Iterator[FhirServer]:
    """A server with one opioid of 120 MME/day on its list, and nothing else."""
    with fake.running() as server:
        server.on(PATIENT_PATH, {"resourceType": "Patient", "id": PATIENT, "birthDate": "1970"})
        server.on(ORDERS, bundle(OXYCODONE))
        server.on(STATEMENTS, bundle())
        for path in (CONDITIONS, *BESIDE):
            server.on(path, bundle())
        yield server


@pytest.fixture
def app_for(make_app: Callable[..., Flask]) -> Callable[..., Flask]:
    def make(server: FhirServer, more: str = "", deadline: float = AMPLE, listed: str | None = None) -> Flask:
        settings = f'[fhir]\nallowed_servers = ["{listed or server.base}"]\nallow_http = true\n'
        return make_app(f"{settings}deadline_seconds = {deadline}\n{more}", services=None, clock=lambda: NOW)

    return make


Ask = Callable[..., Any]


@pytest.fixture
def ask(app_for: Callable[..., Flask], ehr: FhirServer) -> Ask:
    """Calls a service about the patient; without `prefetch` all of it is left for the service to read."""
    made: list[Flask] = []

    def call(hook: str = "order-sign", prefetch: Any = None, app: Flask | None = None, **changes: Any) -> Any:
        if app is None:
            made[:] = made or [app_for(ehr)]
            app = made[0]
        return app.test_client().post(f"/cds-services/opioid-{hook}", json=request(ehr, hook, prefetch, **changes))

    return call


def request(server: FhirServer, hook: str = "order-sign", prefetch: Any = None, **changes: Any) -> dict[str, Any]:
    drafts = {} if hook == "patient-view" else {"draftOrders": bundle(DRAFT)}
    token = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "y"}
    plain = {
        "hook": hook,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "fhirServer": server.base,
        "fhirAuthorization": token,
        "context": {"userId": "Practitioner/1", "patientId": PATIENT, **drafts},
        "prefetch": prefetch or {},
    }
    return {key: value for key, value in {**plain, **changes}.items() if value is not ...}


def topics(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.json
    return {card["source"]["topic"]["code"] for card in answer.json["cards"]}


def current(answer: Any) -> tuple[float, bool]:
    """The dose before the draft, and whether everything was seen."""
    assert answer.status_code == 200, answer.json
    found = answer.json["cards"][0]["extension"]["org.opioid-cds.finding"]["mmePerDay"]
    return found["current"]["maximum"], found["complete"]


def incomplete(answer: Any) -> str:
    (card,) = [one for one in answer.json["cards"] if one["source"]["topic"]["code"] == "DataIncomplete"]
    return str(card["summary"])


# ---- what is read ----


def test_all_that_is_missing_is_read_and_counts(ask, ehr):
    answer = ask()
    assert current(answer) == (120, True)
    assert "DataIncomplete" not in topics(answer)
    assert ehr.paths == sorted([*NEEDED, *BESIDE])


def test_the_whole_chart_can_be_read(ask, ehr):
    assert current(ask("patient-view")) == (120, True)


def test_what_reaches_the_server_is_a_get_with_the_token_and_nothing_else(ask, ehr):
    ask()
    assert len(ehr.seen) == len([*NEEDED, *BESIDE])
    for one in ehr.seen:
        assert one.method == "GET"
        assert one.headers["Authorization"] == f"Bearer {TOKEN}"
        assert set(one.headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Authorization"}


@pytest.mark.parametrize("authorization", [..., {"access_token": "a\r\nX-Evil: 1"}], ids=repr)
def test_without_a_usable_token_an_open_server_is_read_without_one(ask, ehr, authorization):
    assert current(ask(fhirAuthorization=authorization)) == (120, True)
    assert all("Authorization" not in one.headers for one in ehr.seen)


@pytest.mark.parametrize(
    "sent", [None, bundle(), {"resourceType": "OperationOutcome"}], ids=["null", "empty", "failed"]
)
def test_what_the_client_answered_is_never_asked_again(ask, ehr, sent):
    ask(prefetch=dict.fromkeys(EVERYTHING, sent))
    assert ehr.seen == []


@pytest.mark.parametrize(
    ("prefetch", "read"),
    [
        ({"medications": None}, {PATIENT_PATH, STATEMENTS, CONDITIONS, *BESIDE}),
        ({"meds": bundle(OXYCODONE)}, {PATIENT_PATH, STATEMENTS, CONDITIONS, *BESIDE}),
        ({"activeMedications": None}, {PATIENT_PATH, STATEMENTS, CONDITIONS, *BESIDE}),
        ({"item1": bundle(problem("C50.911"))}, {PATIENT_PATH, ORDERS, STATEMENTS, *BESIDE}),
        ({"-who": {"resourceType": "Patient", "id": PATIENT}}, {ORDERS, STATEMENTS, CONDITIONS, *BESIDE}),
        ({"statements": None, "conditions": None, "patient": None}, {ORDERS, *BESIDE}),
        ({"medicationOrders": bundle(OXYCODONE)}, {PATIENT_PATH, STATEMENTS, CONDITIONS, *BESIDE}),
        ({"goals": None, "item2": bundle(SCORE), "history": None}, {*NEEDED, DISPENSES}),
    ],
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, dict) else "",
)
def test_only_what_is_absent_under_any_name_is_read(ask, ehr, prefetch, read):
    ask(prefetch=prefetch)
    assert set(ehr.paths) == read


def test_a_request_that_brought_everything_reads_nothing(ask, ehr):
    ask(prefetch=EVERYTHING)
    ask(prefetch={**EVERYTHING, "medicationOrders": None})
    assert ehr.seen == []


def test_nothing_is_read_for_a_drug_that_could_never_make_the_service_speak(ask, ehr):
    harmless = {"draftOrders": bundle(draft("d", "lisinopril")), "patientId": PATIENT}
    assert ask(context=harmless).json == {"cards": []}
    assert ask(context={**harmless, "draftOrders": bundle()}).json == {"cards": []}
    assert ehr.seen == []


OTHER = {"reference": "MedicationRequest/a"}


@pytest.mark.parametrize("changes", [{"priorPrescription": OTHER}, {"basedOn": [OTHER]}])
def test_a_harmless_drug_that_takes_the_place_of_another_order_is_looked_up(ask, ehr, changes):
    harmless = draft("d", "lisinopril", **changes)
    ask(context={"draftOrders": bundle(harmless), "patientId": PATIENT})
    assert ORDERS in ehr.paths


def test_a_server_without_statements_is_asked_for_them_once(ask, ehr):
    ehr.on(STATEMENTS, fake.status(404))
    assert current(ask()) == (120, True)
    assert current(ask()) == (120, True)
    assert ehr.paths.count(STATEMENTS) == 1


# ---- what only tells more ----

GOAL = {
    "resourceType": "Goal",
    "id": "g",
    "lifecycleStatus": "active",
    "achievementStatus": {"coding": [{"code": "not-achieved"}]},
    "description": {"text": "Walk to the shops in spite of pain"},
    "subject": {"reference": PATIENT_PATH},
}
SPRAY = {
    "resourceType": "MedicationDispense",
    "id": "n",
    "status": "completed",
    "subject": {"reference": PATIENT_PATH},
    "whenHandedOver": ago(30),
}
SPRAY_BY_NAME = {**SPRAY, "medicationCodeableConcept": drug("naloxone spray")}
SPRAY_BY_REFERENCE = {**SPRAY, "medicationReference": {"reference": "Medication/spray"}}
MORE = {
    HISTORY: ("history", [order("h1", "oxycodone ER 40", status="completed", authoredOn=ago(230))]),
    GOALS: ("goals", [GOAL]),
    DISPENSES: ("dispenses", [SPRAY_BY_NAME]),
    OBSERVATIONS: ("observations", [SCORE, {**SCORE, "id": "t", "effectiveDateTime": ago(90)}]),
}


def said(answer: Any) -> Any:
    """The cards without their uuids."""
    assert answer.status_code == 200, answer.json
    return json.loads(re.sub(r'"(uuid|id)": ?"[0-9a-f-]{36}"', '"uuid": ""', answer.text))


@pytest.mark.parametrize("path", MORE)
def test_what_tells_more_says_the_same_whether_it_was_sent_or_read(ask, ehr, path):
    key, resources = MORE[path]
    without = said(ask())
    sent = said(ask(prefetch={key: bundle(*resources)}))
    assert sent != without, "it makes a difference"
    ehr.on(path, page(resources[0], following="x?p=2"))
    ehr.on("x?p=2", page(*resources[1:]))
    assert said(ask()) == sent


def test_the_medication_of_a_dispense_is_read(ask, ehr):
    ehr.on(DISPENSES, bundle(SPRAY_BY_REFERENCE))
    assert "NaloxoneOffer" in topics(ask()), "what was handed over is not known"
    ehr.on("Medication/spray", {"resourceType": "Medication", "code": drug("naloxone spray")})
    assert "NaloxoneOffer" not in topics(ask())


def test_the_medication_of_a_dispense_is_read_although_every_list_was_sent(ask, ehr):
    ehr.on("Medication/spray", {"resourceType": "Medication", "code": drug("naloxone spray")})
    sent = {**EVERYTHING, "medications": bundle(OXYCODONE)}
    assert "NaloxoneOffer" in topics(ask(prefetch=sent))
    assert "NaloxoneOffer" not in topics(ask(prefetch={**sent, "dispenses": bundle(SPRAY_BY_REFERENCE)}))
    assert ehr.paths == ["Medication/spray"]


@pytest.mark.parametrize(
    "fault",
    [fake.status(401), fake.status(403), fake.status(404), fake.status(500), fake.html(), fake.hang_up],
    ids=["401", "403", "404", "500", "a page", "hanging up"],
)
def test_what_tells_more_and_cannot_be_had_changes_nothing_and_is_not_spoken_of(ask, ehr, fault):
    usual = said(ask())
    for path in BESIDE:
        ehr.on(path, fault)
    assert said(ask()) == usual
    assert ask("patient-view").status_code == 200


def test_what_tells_more_is_waited_for_only_briefly(app_for, ask, ehr):
    for path in BESIDE:
        ehr.on(path, fake.silence(ehr))
    began = time.monotonic()
    answer = ask(app=app_for(ehr, deadline=2.0))
    assert time.monotonic() - began < 2.0
    assert (current(answer), "DataIncomplete" in topics(answer)) == ((120, True), False)


def test_a_list_that_a_server_does_not_have_is_asked_for_once(ask, ehr):
    for path in BESIDE:
        ehr.on(path, fake.status(404))
    ask(extension={"com.epic.cdshooks.request.fhir-version": "R4"})
    ask(extension={"com.epic.cdshooks.request.fhir-version": "R4"})
    assert [ehr.paths.count(path) for path in BESIDE] == [1] * len(BESIDE)


def test_lists_that_only_tell_more_never_keep_a_server_from_being_asked(ask, ehr):
    for path in BESIDE:
        ehr.on(path, fake.hang_up)
    sent = dict.fromkeys(EVERYTHING.keys() - {"history", "goals", "dispenses", "observations"})
    for _ in range(4):
        assert "DataIncomplete" not in topics(ask(prefetch=sent))
    assert current(ask()) == (120, True)


def test_nothing_is_counted_where_only_more_could_have_been_read_and_nothing_may_be(app_for, ask, ehr):
    app = app_for(ehr)
    ask(
        app=app,
        fhirServer="http://example.org/fhir",
        prefetch=dict.fromkeys(("patient", "medications", "conditions", "statements")),
    )
    said = app.test_client().get("/metrics").text
    assert "not-listed" not in said
    assert "opioid_cds_fhir_seconds_count 0.0" in said, "nobody was waited for"


# ---- which release ----


def dstu2(ehr: FhirServer) -> None:
    """Makes it a DSTU2 server, which knows no MedicationRequest."""
    written = {**OXYCODONE, "resourceType": "MedicationOrder", "patient": OXYCODONE["subject"]}
    ehr.on(ORDERS, fake.status(404))
    ehr.on(DSTU2_ORDERS, bundle(written))


def test_a_dstu2_server_is_told_by_its_drafts(ask, ehr):
    dstu2(ehr)
    written = {**DRAFT, "resourceType": "MedicationOrder", "patient": DRAFT["subject"]}
    assert current(ask(context={"draftOrders": bundle(written), "patientId": PATIENT})) == (120, True)
    assert ORDERS not in ehr.paths


@pytest.mark.parametrize("version", ["DSTU2", "1.0.2"])
def test_a_dstu2_server_is_told_by_what_the_client_says(ask, ehr, version):
    dstu2(ehr)
    said = {"com.epic.cdshooks.request.fhir-version": version}
    assert current(ask("patient-view", extension=said)) == (120, True)
    assert ORDERS not in ehr.paths


@pytest.mark.parametrize("code", [400, 404])
def test_a_dstu2_server_is_found_out_once_when_nothing_tells(ask, ehr, code):
    dstu2(ehr)
    ehr.on(ORDERS, fake.status(code))
    assert current(ask("patient-view")) == (120, True)
    assert ehr.paths.count(ORDERS) == 1
    assert current(ask("patient-view")) == (120, True)
    assert ehr.paths.count(ORDERS) == 1


def test_an_empty_object_makes_no_dstu2_server(ask, ehr):
    ehr.on(ORDERS, fake.status(404))
    ehr.on(DSTU2_ORDERS, fake.body(b"{}"))
    assert ask("patient-view").status_code == 412
    ehr.on(ORDERS, bundle(OXYCODONE))
    assert current(ask("patient-view")) == (120, True)


@pytest.mark.parametrize("version", ["R4", "4.0.1", "STU3", "3.0.2", "5.0.0", "R4B"])
def test_a_later_server_is_never_asked_for_dstu2(ask, ehr, version):
    ehr.on(ORDERS, fake.status(404))
    assert ask("patient-view", extension={"com.epic.cdshooks.request.fhir-version": version}).status_code == 412
    assert DSTU2_ORDERS not in ehr.paths


# ---- faults: each leaves the card that says so ----

EMPTY = b"{}," * MOST_PARTS
FAULTS: dict[str, Callable[[FhirServer], fake.Reply]] = {
    "400": lambda _: fake.status(400),
    "401": lambda _: fake.status(401, WWW_Authenticate="Bearer"),
    "403": lambda _: fake.status(403),
    "404": lambda _: fake.status(404),
    "410": lambda _: fake.status(410),
    "429": lambda _: fake.status(429, Retry_After="1"),
    "500": lambda _: fake.status(500),
    "503": lambda _: fake.status(503),
    "204 without a body": lambda _: fake.body(b"", 204),
    "a sign-in page": lambda _: fake.html(),
    "a resource in a page's clothes": lambda _: fake.body(json.dumps(bundle()).encode(), media_type="text/html"),
    "no content type": lambda _: fake.body(json.dumps(bundle()).encode(), media_type=""),
    "XML": lambda _: fake.body(b"<Bundle/>", media_type="application/fhir+xml"),
    "not JSON": lambda _: fake.body(b"{"),
    "NaN": lambda _: fake.body(b'{"resourceType": "Bundle", "total": NaN}'),
    "too deep": lambda _: fake.body(b"[" * 10_000 + b"]" * 10_000),
    "a list": lambda _: fake.body(b"[]"),
    "null": lambda _: fake.body(b"null"),
    "another resource": lambda _: resource(OXYCODONE),
    "an OperationOutcome": lambda _: resource({"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}),
    "a redirect": lambda _: fake.status(302, Location="/fhir/elsewhere"),
    "hanging up": lambda _: fake.hang_up,
    "cut off": lambda _: fake.cut_off(json.dumps(bundle()).encode()),
    "no HTTP": lambda server: fake.drip(server, b"220 mail.example.org ESMTP\r\n"),
    "endless": lambda _: fake.endless(),
    "an endless redirect": lambda _: fake.endless(302, Location="/fhir/elsewhere"),
    "an endless refusal": lambda _: fake.endless(403),
    "huge": lambda _: fake.body(b" " * (16 * 2**20) + b"{}"),
    "a bomb": lambda _: fake.zipped(b" " * (17 * 2**20) + b"{}"),
    "a bomb of empty objects": lambda _: fake.zipped(b'{"resourceType":"Bundle","entry":[%b{}]}' % EMPTY),
    "unknown packing": lambda _: fake.body(b"{}", Content_Encoding="br"),
    "broken packing": lambda _: fake.body(b"{}", Content_Encoding="gzip"),
    "half packed": lambda _: fake.body(
        gzip.compress(json.dumps(bundle()).encode())[:-9], Content_Encoding="gzip"
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_every_fault_of_the_server_is_a_list_that_was_not_seen(ask, ehr, fault):
    ehr.on(ORDERS, fault(ehr))
    answer = ask()
    assert current(answer) == (0, False)
    assert "DataIncomplete" in topics(answer)
    assert "could not be read" in incomplete(answer)
    assert "CANARY" not in answer.text
    assert all("elsewhere" not in path for path in ehr.paths)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(400, "rejected"), (401, "denied"), (403, "denied"), (404, "missing"), (410, "missing"), (429, "throttled"),
     (500, "broken"), (302, "redirect")],
)  # fmt: skip
def test_refused_read_is_counted_by_what_its_status_says(ask, ehr, app_for, status, outcome):
    app = app_for(ehr)
    ehr.on(CONDITIONS, fake.status(status))
    ask(app=app)
    assert f'opioid_cds_fhir_reads_total{{outcome="{outcome}"}} 1.0' in app.test_client().get("/metrics").text


LATE: dict[str, Callable[[FhirServer], fake.Reply]] = {
    "silence": fake.silence,
    "a body that drips": lambda server: fake.drip(
        server, b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 100000\r\n\r\n{"
    ),
    "a chunked body that drips": lambda server: fake.drip(
        server, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n{"
    ),
    "headers that drip": lambda server: fake.drip(server, b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "a status line that drips": lambda server: fake.drip(server, b"HTTP/1.1 200 "),
}


@pytest.mark.parametrize("fault", LATE.values(), ids=LATE.keys())
def test_a_server_that_is_late_is_not_waited_for(app_for, ask, ehr, fault):
    ehr.on(ORDERS, fault(ehr))
    began = time.monotonic()
    answer = ask(app=app_for(ehr, deadline=DEADLINE))
    assert time.monotonic() - began < fake.LONGEST_WAIT / 2
    assert current(answer) == (0, False)
    assert "could not be read" in incomplete(answer)


@pytest.mark.parametrize("fault", [fake.status(403), fake.hang_up], ids=["403", "hanging up"])
def test_a_chart_without_any_list_of_medications_is_412(ask, ehr, fault):
    ehr.on(ORDERS, fault)
    answer = ask("patient-view")
    assert (answer.status_code, answer.json["issue"][0]["code"]) == (412, "required")


def test_the_deadline_is_one_for_everything_however_many_are_late(app_for, ask, ehr):
    for path in (*NEEDED, *BESIDE):
        ehr.on(path, fake.silence(ehr))
    app = app_for(ehr, deadline=DEADLINE)
    began = time.monotonic()
    assert current(ask(app=app)) == (0, False)
    assert time.monotonic() - began < fake.LONGEST_WAIT / 2


class Noting:
    """A client whose server knows a Patient and nothing else: what is asked of it, and until when each may take."""

    def __init__(self):
        self.circuits, self.now, self.paths, self.ends = Circuits(), 100.0, [], []

    def count(self, _outcome):
        """Nothing is counted."""

    def read(self, _access, path, errand):
        self.paths.append(path)
        self.ends.append(errand.deadline.at)
        known = path.startswith(("Patient", "MedicationOrder"))
        return Fetched(content={"resourceType": "Bundle"}, outcome=Outcome.OK) if known else failed(Outcome.MISSING)


@pytest.fixture
def noting(knowledge):
    """A client that notes, and what fills in a request by it for which so many seconds were spent."""
    client, server = Noting(), "https://ehr.example.org/fhir"
    services = build(knowledge, guideline="us-cdc-2022", table="cdc-2022")
    (service,) = (one for one in services if one.hook == "patient-view")
    prefetcher = Prefetcher(
        client, ErrandPool(), servers=[BaseUrl.of(server)], deadline_seconds=2.0, seconds=lambda: client.now
    )
    received = Received(request=hook_request("patient-view", {}), fhir=FhirAccess(server=server))
    call = Call(today=NOW.date(), new_uuid=lambda: "u")
    return client, lambda spent=0.0: prefetcher.fill(received, service, call, spent)


def test_time_that_was_spent_before_is_taken_off_the_deadline(noting):
    client, fill = noting
    fill(0.5)
    assert set(client.ends) == {100 + 2.0 * READING_SHARE - 0.5}


@pytest.mark.parametrize(("later", "anew"), [(599.9, False), (600.0, True)])
def test_what_a_server_was_found_to_have_or_not_is_believed_for_ten_minutes(noting, later, anew):
    client, fill = noting
    fill()
    assert {STATEMENTS, ORDERS, DSTU2_ORDERS} <= set(client.paths)
    client.paths.clear()
    client.now += later
    fill()
    assert (STATEMENTS in client.paths) is anew
    assert (ORDERS in client.paths) is anew, "it was found to be of DSTU2"


def test_what_came_in_time_counts_although_the_rest_is_late(app_for, ask, ehr):
    ehr.on(CONDITIONS, fake.silence(ehr))
    assert current(ask(app=app_for(ehr, deadline=1.0))) == (120, True)


def test_a_connection_that_fails_is_tried_once_more(ask, ehr):
    ehr.on(ORDERS, fake.first(1, fake.hang_up, resource(bundle(OXYCODONE))))
    assert current(ask()) == (120, True)
    assert ehr.paths.count(ORDERS) == 2


def test_a_connection_that_fails_twice_is_not_tried_a_third_time(ask, ehr):
    ehr.on(ORDERS, fake.hang_up)
    ask()
    assert ehr.paths.count(ORDERS) == 2


@pytest.mark.parametrize("code", [401, 429, 500, 503])
def test_an_answer_is_an_answer_and_not_asked_for_again(ask, ehr, code):
    ehr.on(ORDERS, fake.status(code))
    ask()
    assert ehr.paths.count(ORDERS) == 1


def test_compressed_answers_are_read(ask, ehr):
    ehr.on(ORDERS, fake.zipped(json.dumps(bundle(OXYCODONE)).encode()))
    assert current(ask()) == (120, True)


def test_cookies_are_not_kept(ask, ehr):
    for path in (PATIENT_PATH, ORDERS):
        ehr.on(path, resource(bundle(), Set_Cookie="session=1; Path=/"))
    ask()
    ask()
    assert ehr.paths.count(ORDERS) == 2
    assert all("Cookie" not in one.headers for one in ehr.seen)


def test_proxies_and_credentials_of_the_environment_are_not_used(ask, ehr, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login CANARY password CANARY\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert current(ask(fhirAuthorization=...)) == (120, True)
    assert all("Authorization" not in one.headers for one in ehr.seen)


# ---- pages ----


def page(*orders: Any, following: str | None = None, **more: Any) -> dict[str, Any]:
    links = [{"relation": "next", "url": following}] if following else []
    return bundle(*orders, link=[{"relation": "self", "url": "x"}, *links], **more)


def test_all_pages_are_read(ask, ehr):
    ehr.on(ORDERS, page(OXYCODONE, following=f"{ehr.base}?_getpages=1", total=3))
    ehr.on("?_getpages=1", {})
    ehr.replies["/fhir?_getpages=1"] = resource(page(order("b", "oxycodone ER 20"), following="MedicationRequest?p=3"))
    ehr.on("MedicationRequest?p=3", page(order("c", "oxycodone 5")))
    assert current(ask()) == (120 + 60 + 15, True)


def test_pages_are_read_however_loosely_they_are_written(ask, ehr):
    first = {"resourceType": "Bundle", "entry": {"resource": OXYCODONE}}
    ehr.on(ORDERS, {**first, "link": {"relation": "Next", "url": "MedicationRequest?p=2"}})
    last = {"resourceType": "Bundle", "entry": {"resource": order("b", "oxycodone ER 20")}}
    ehr.on("MedicationRequest?p=2", fake.body(b"\xef\xbb\xbf" + json.dumps(last).encode()))
    assert current(ask()) == (180, True)


def test_the_pages_of_what_the_client_sent_are_read(ask, ehr):
    ehr.on("MedicationRequest?p=2", page(order("b", "oxycodone ER 20")))
    first = page(OXYCODONE, following=f"{ehr.base}/MedicationRequest?p=2")
    assert current(ask(prefetch={**EVERYTHING, "medications": first})) == (180, True)
    assert ehr.paths == ["MedicationRequest?p=2"]


ELSEWHERE = {
    "another host": "http://localhost:{port}/fhir/MedicationRequest?p=2",
    "another port": "http://127.0.0.1:9/fhir/MedicationRequest?p=2",
    "another scheme": "https://127.0.0.1:{port}/fhir/MedicationRequest?p=2",
    "another path": "http://127.0.0.1:{port}/admin?p=2",
    "out by dots": "http://127.0.0.1:{port}/fhir/../admin?p=2",
    "nothing": "",
    "a line break": "MedicationRequest?p=2\r\nX: y",
}
"""More of them in test_base_urls: here it is seen that nobody is asked."""


@pytest.mark.parametrize("link", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_a_page_elsewhere_is_not_followed_and_the_list_is_a_part(ask, ehr, link):
    ehr.on(ORDERS, page(OXYCODONE, following=link.format(port=ehr.port) or " "))
    answer = ask()
    assert current(answer) == (120, False)
    assert "only part" in incomplete(answer)
    assert ehr.paths == sorted([*NEEDED, *BESIDE])


def test_a_server_that_was_not_asked_is_not_taken_for_one_that_is_silent(ask, ehr):
    elsewhere = page(OXYCODONE, following="http://example.org/fhir?p=2")
    for _ in range(4):
        assert current(ask(prefetch={**EVERYTHING, "medications": elsewhere})) == (120, False)
    assert current(ask()) == (120, True)


BROKEN_PAGES = {
    "404": fake.status(404),
    "hanging up": fake.hang_up,
    "another resource": resource(OXYCODONE),
    "no JSON": fake.html(),
}


@pytest.mark.parametrize("reply", BROKEN_PAGES.values(), ids=BROKEN_PAGES.keys())
def test_a_page_that_cannot_be_had_leaves_a_part(ask, ehr, reply):
    ehr.on(ORDERS, page(OXYCODONE, following="MedicationRequest?p=2"))
    ehr.on("MedicationRequest?p=2", reply)
    assert current(ask()) == (120, False)


def test_the_pages_that_came_in_time_are_not_lost_with_one_that_hangs():
    seen = []

    class Hanging:
        def get(self, url, errand, **_):
            if url.endswith("p=2"):
                seen.append(errand.so_far)
                raise Unanswered(Fault.TIMEOUT)
            sent = page(OXYCODONE, following="MedicationRequest?p=2")
            return Answer(status=200, media_type="application/fhir+json", body=json.dumps(sent).encode())

    circuits = Circuits()
    access = Access(base=BaseUrl.of("https://ehr.example.org/fhir"))
    circuits.enter(access.base.origin)
    FhirClient(Hanging(), circuits, count=lambda _: None).read(access, ORDERS, Errand(Deadline.after(AMPLE)))
    [found] = seen
    assert (found.outcome, [one["resource"]["id"] for one in found.content["entry"]]) == (Outcome.PARTIAL, ["a"])
    assert found.content["link"] == [{"relation": "next", "url": "MedicationRequest?p=2"}]


def test_pages_in_a_circle_end(ask, ehr):
    ehr.on(ORDERS, page(OXYCODONE, following="MedicationRequest?p=2"))
    ehr.on("MedicationRequest?p=2", page(following="MedicationRequest?p=3"))
    ehr.on("MedicationRequest?p=3", page(following="MedicationRequest?p=2"))
    assert current(ask()) == (120, False)
    assert len(ehr.seen) == len([*NEEDED, *BESIDE]) + 2


def test_pages_without_an_end_are_read_only_so_far(ask, ehr):
    ehr.on(ORDERS, page(OXYCODONE, following="MedicationRequest?p=0"))
    for number in range(30):
        ehr.on(f"MedicationRequest?p={number}", page(following=f"MedicationRequest?p={number + 1}"))
    assert current(ask()) == (120, False)
    assert len([path for path in ehr.paths if "p=" in path]) == 19


@pytest.mark.parametrize(("most", "complete"), [(9000, True), (7000, False)])
def test_all_pages_together_are_no_longer_than_one_answer_may_be(ask, ehr, monkeypatch, most, complete):
    """Three pages of some 2,500 bytes each: no one of them is too long."""
    monkeypatch.setattr(fhir_client, "MOST_BYTES", most)
    for number, path in enumerate((ORDERS, "MedicationRequest?p=1", "MedicationRequest?p=2")):
        following = f"MedicationRequest?p={number + 1}" if number < 2 else None
        content = json.dumps(page(OXYCODONE if number == 0 else order(str(number), "lisinopril"), following=following))
        ehr.on(path, fake.body(content.encode().ljust(2500)))
    assert current(ask()) == (120, complete)


MANY = tuple(
    order(str(number), name) for number, name in enumerate(("oxycodone ER 40", "oxycodone ER 20", "oxycodone 5"))
)


@pytest.mark.parametrize(("most", "seen"), [(3, (195, True)), (2, (180, False))])
def test_no_more_entries_are_taken_than_any_chart_has(ask, ehr, monkeypatch, most, seen):
    """Millions of empty ones fit into one answer: judging them took gigabytes and minutes."""
    monkeypatch.setattr(fhir_client, "MOST_ENTRIES", most)
    ehr.on(ORDERS, bundle(*MANY))
    assert current(ask()) == seen


@pytest.mark.parametrize(("most", "seen"), [(4, (195, True)), (2, (180, False)), (1, (120, False))])
def test_no_more_entries_of_several_pages_are_taken_either(ask, ehr, monkeypatch, most, seen):
    monkeypatch.setattr(fhir_client, "MOST_ENTRIES", most)
    for number, one in enumerate(MANY):
        ehr.on(f"MedicationRequest?p={number}", page(one, following=f"MedicationRequest?p={number + 1}"))
    ehr.on("MedicationRequest?p=3", page())
    ehr.replies[f"/fhir/{ORDERS}"] = ehr.replies["/fhir/MedicationRequest?p=0"]
    assert current(ask()) == seen
    assert len([path for path in ehr.paths if "p=" in path]) == most - 1


# ---- referenced Medications ----


def referring(id_: str, reference: str, **changes: Any) -> dict[str, Any]:
    medication = {"medicationCodeableConcept": ..., "medicationReference": {"reference": reference, **changes}}
    return order(id_, "oxycodone ER 40", **medication)


MEDICATION = {"resourceType": "Medication", "id": "m", "code": drug("oxycodone ER 40")}


@pytest.mark.parametrize("reference", ["Medication/m", "{base}/Medication/m", "Medication/m/_history/2"])
def test_a_medication_that_was_not_sent_is_read(ask, ehr, reference):
    written = reference.format(base=ehr.base)
    ehr.on(written.removeprefix(f"{ehr.base}/"), MEDICATION)
    ehr.on(ORDERS, bundle(referring("a", written)))
    assert current(ask()) == (120, True)


def test_the_medication_of_a_draft_is_read_although_everything_was_sent(ask, ehr):
    ehr.on("Medication/m", MEDICATION)
    context = {"patientId": PATIENT, "draftOrders": bundle({**referring("d", "Medication/m"), "status": "draft"})}
    answer = ask(prefetch=EVERYTHING, context=context)
    assert answer.json["cards"][0]["extension"]["org.opioid-cds.finding"]["mmePerDay"]["proposed"]["maximum"] == 120
    assert ehr.paths == ["Medication/m"]


@pytest.mark.parametrize(
    "reference",
    ["Medication/../Patient/p1", "http://example.org/fhir/Medication/m", "urn:uuid:1", "Patient/m", "Medication/m?x=1",
     "Medication/..", "Medication/%2e%2e", "#m", "Medication/m/extra"],
)  # fmt: skip
def test_a_reference_to_anything_else_is_not_followed(ask, ehr, reference):
    ehr.on(ORDERS, bundle(referring("a", reference)))
    assert current(ask())[1] is False
    assert ehr.paths == sorted([*NEEDED, *BESIDE])


def test_a_medication_that_is_named_plainly_and_harmless_is_not_read(ask, ehr):
    ehr.on(ORDERS, bundle(OXYCODONE, referring("b", "Medication/m", display="lisinopril 10 MG Oral Tablet")))
    assert current(ask()) == (120, True)
    assert "Medication/m" not in ehr.paths


def test_only_so_many_medications_are_read_and_the_rest_stays_named(ask, ehr):
    listed = [referring(f"o{number}", f"Medication/m{number}") for number in range(40)]
    ehr.on(ORDERS, bundle(*listed))
    for number in range(40):
        ehr.on(f"Medication/m{number}", {**MEDICATION, "id": f"m{number}"})
    assert current(ask()) == (32 * 120, False)
    assert len([path for path in ehr.paths if path.startswith("Medication/")]) == 32


# ---- which servers ----

SAME = ["http://127.0.0.1:{port}/fhir", "http://127.0.0.1:{port}/fhir/", "HTTP://127.0.0.1:{port}/fhir"]


@pytest.mark.parametrize("written", SAME)
def test_a_listed_server_is_known_however_it_is_spelled(ask, ehr, written):
    assert current(ask(fhirServer=written.format(port=ehr.port))) == (120, True)


NOT_LISTED = {
    "another host": "http://example.org/fhir",
    "another name of the same host": "http://localhost:{port}/fhir",
    "a decimal address": "http://2130706433:{port}/fhir",
    "a short address": "http://127.1:{port}/fhir",
    "a mapped address": "http://[::ffff:127.0.0.1]:{port}/fhir",
    "another port": "http://127.0.0.1:9/fhir",
    "a path below": "http://127.0.0.1:{port}/fhir/tenant",
    "hidden dots": "http://127.0.0.1:{port}/fhir/%2e%2e/fhir",
    "a user that looks like a host": "http://127.0.0.1:{port}@example.org/fhir",
    "a NUL": "http://127.0.0.1:{port}/fhir\0",
}
"""More of them in test_base_urls: here it is seen that nobody is asked."""


@pytest.mark.parametrize("written", NOT_LISTED.values(), ids=NOT_LISTED.keys())
def test_no_other_server_is_ever_read_from(ask, ehr, written):
    answer = ask(fhirServer=written.format(port=ehr.port))
    assert current(answer) == (0, False)
    assert "was not sent" in incomplete(answer)
    assert ehr.seen == []


@pytest.mark.parametrize(
    "written", ["127.0.0.1:{port}/fhir", " http://127.0.0.1:{port}/fhir", "http://127.0.0.1:{port}/fhir\n"]
)
def test_what_is_no_address_is_refused_and_not_read_from(ask, ehr, written):
    answer = ask(fhirServer=written.format(port=ehr.port))
    assert (answer.status_code, answer.json["issue"][0]["expression"]) == (400, ["fhirServer"])
    assert ehr.seen == []


def test_without_any_listed_server_nothing_is_read(make_app, ask, ehr):
    assert current(ask(app=make_app(services=None, clock=lambda: NOW))) == (0, False)
    assert ehr.seen == []


UNSAFE_IDS = ["..", ".", "p1?_count=1", "p1&patient=p2", "p1,p2", "p1#", "p 1", "p%31", "é", "p1|x", "p$1", "x" * 256]


@pytest.mark.parametrize("patient", UNSAFE_IDS)
def test_an_id_that_could_mean_something_else_in_a_url_is_never_sent(ask, ehr, patient):
    answer = ask(context={"patientId": patient, "draftOrders": bundle(draft("d", "oxycodone 5", subject=...))})
    assert "DataIncomplete" in topics(answer)
    assert ehr.seen == []


def test_ids_of_real_servers_are_sent(ask, ehr):
    id_ = "eq081-VQEgP8drUUqCWzHfw3_x.Y~1" + "a" * 60
    ehr.on(f"MedicationRequest?patient={id_}&status=active", bundle(order("a", "oxycodone ER 40", subject=...)))
    context = {"patientId": f"Patient/{id_}", "draftOrders": bundle(draft("d", "oxycodone 5", subject=...))}
    assert current(ask(context=context)) == (120, True)


# ---- a server that is away ----


def test_a_server_that_is_silent_is_left_alone_after_a_few_failures_and_asked_again_later(app_for, ask, ehr):
    app = app_for(ehr)
    for path in (*NEEDED, *BESIDE):
        ehr.on(path, fake.status(503))
    for _ in range(3):
        ask(app=app)
    asked = len(ehr.seen)
    assert asked == 3 * len([*NEEDED, *BESIDE])
    answer = ask(app=app)
    assert len(ehr.seen) == asked
    assert "could not be read" in incomplete(answer)
    assert 'opioid_cds_fhir_reads_total{outcome="circuit-open"} 1.0' in app.test_client().get("/metrics").text


def test_a_server_that_is_not_listed_is_counted(app_for, ask, ehr):
    app = app_for(ehr)
    ask(app=app, fhirServer="http://example.org/fhir")
    assert 'opioid_cds_fhir_reads_total{outcome="not-listed"} 1.0' in app.test_client().get("/metrics").text


def test_many_requests_at_once_give_up_together_on_a_server_that_is_silent(app_for, ask, ehr):
    for path in (*NEEDED, *BESIDE):
        ehr.on(path, fake.silence(ehr))
    app = app_for(ehr, deadline=1.0)
    with ThreadPoolExecutor(20) as callers:
        answers = list(callers.map(lambda _: ask(app=app), range(60)))
    assert {current(answer) for answer in answers} == {(0, False)}
    assert all("could not be read" in incomplete(answer) for answer in answers)
    assert len(ehr.seen) <= 20 * len([*NEEDED, *BESIDE]), "nobody asks any more once the first have given up"


def test_what_is_not_wanted_is_not_taken(ask, ehr):
    """An answer that nobody will read is not fetched to its end: an endless one would fill the memory."""
    sent = []

    def endless(exchange: fake.Exchange) -> None:
        try:
            fake.endless(302, Location="/fhir/elsewhere")(_Counting(exchange, sent))
        finally:
            ehr.released.set()

    ehr.on(ORDERS, endless)
    ask()
    assert ehr.released.wait(fake.LONGEST_WAIT)
    assert sum(sent) < 64 * 2**20


class _Counting:
    """An exchange that counts what is taken from it."""

    def __init__(self, exchange: fake.Exchange, sent: list[int]) -> None:
        self._exchange = exchange
        self._sent = sent
        self.wfile = self

    def write(self, content: bytes) -> None:
        self._exchange.wfile.write(content)
        self._sent.append(len(content))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._exchange, name)


# ---- what is said of it ----


def test_reads_are_counted_by_how_they_went_and_logged_without_anything_of_the_patient(ask, ehr, caplog, app_for):
    caplog.set_level(logging.INFO, logger="opioid_cds")
    app = app_for(ehr)
    ehr.on(CONDITIONS, fake.status(403))
    ask(app=app)
    (record,) = [one for one in caplog.records if one.msg == "answered"]
    assert json.loads(JsonLines().format(record))["fhir"] == {"ok": 7, "denied": 1}
    said = app.test_client().get("/metrics").text
    assert 'opioid_cds_fhir_reads_total{outcome="ok"} 7.0' in said
    assert 'opioid_cds_fhir_reads_total{outcome="denied"} 1.0' in said
    assert "opioid_cds_fhir_seconds_count 1.0" in said
    assert "CANARY" not in said + json.dumps([one.facts for one in caplog.records], default=str)


def test_an_object_without_anything_in_it_is_logged_as_no_answer_to_the_question(ask, ehr, caplog):
    caplog.set_level(logging.INFO, logger="opioid_cds")
    ehr.on(HISTORY, fake.body(b"{}"))
    ask()
    (record,) = [one for one in caplog.records if one.msg == "answered"]
    assert record.facts["fhir"] == {"ok": 7, "unreadable": 1}
