"""Names and numbers of made-up patients in 500 requests of every kind, and where they must not be found afterwards."""

from __future__ import annotations

import json
import logging
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from cds_service.log_lines import LOGGER, JsonLines
from tests.cds_service import fhir_server as fake
from tests.cds_service.databases import whole_database
from tests.cds_service.hospital import Clock, Hospital, opened, role
from tests.hooks.orders import bundle, draft, order, outcome, problem

REQUESTS = 250
"""To each kind of database."""
NAME, NUMBER, BORN = "Zebraquist", "8675309", "1931-07-19"
CANARY = re.compile(f"{NAME}|{NUMBER}|{BORN}", re.IGNORECASE)

Json = dict[str, Any]


class Person:
    """One made-up patient, prescriber and place; all that is theirs bears a canary."""

    def __init__(self, number: int, server: str) -> None:
        self.name = f"{NAME}-{number}"
        self.id = f"{NUMBER}{number}"
        self.server = server
        self.chance = random.Random(number)

    def patient(self) -> Json:
        return {
            "resourceType": "Patient",
            "id": self.id,
            "name": [{"family": self.name, "given": [self.name]}],
            "identifier": [{"system": f"urn:{self.name}", "value": self.id}],
            "telecom": [{"system": "phone", "value": self.id}],
            "address": [{"line": [self.name], "postalCode": self.id}],
            "birthDate": BORN,
        }

    def own(self, resource: Json) -> Json:
        """A resource about this patient, with a canary wherever there is room for words."""
        words = {"note": [{"text": self.name}], "text": {"status": "generated", "div": f"<div>{self.name}</div>"}}
        people = {"requester": {"display": self.name, "reference": f"Practitioner/{self.id}"}}
        whose = {"subject": {"reference": f"Patient/{self.id}", "display": self.name}}
        return {**resource, **words, **people, **whose, "identifier": [{"value": self.id}], "extension": [self.name]}

    def drafts(self) -> Json:
        named = draft(f"{self.id}-d", f"oxycodone 5 for {self.name}", dosageInstruction=[{"text": f"call {self.id}"}])
        return bundle(self.own(draft(self.id, "oxycodone 5")), self.own(named))

    def prefetch(self) -> Json:
        taken = [order(f"{self.id}-o", "oxycodone ER 40"), order(self.id, f"opium of {self.name}")]
        return {
            "patient": self.patient(),
            "medications": bundle(*map(self.own, taken)),
            "conditions": bundle(self.own({**problem("F32.9"), "evidence": [{"detail": [{"display": self.name}]}]})),
            "user_role": role(f"Practitioner/{self.id}", f"Organization/{self.name}"),
            self.name: {**outcome("error"), "text": {"div": self.name}},
        }

    def call(self, hook: str, **changes: Any) -> Json:
        context: Json = {"userId": f"Practitioner/{self.id}", "patientId": self.id, "encounterId": self.id}
        if hook == "medication-prescribe":
            context["medications"] = self.drafts()
        elif hook != "patient-view":
            context["draftOrders"] = self.drafts()
        token = {"access_token": self.name, "token_type": "Bearer", "expires_in": 9, "scope": self.name, "subject": "x"}
        body: Json = {
            "hook": hook,
            "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
            "fhirServer": self.server,
            "fhirAuthorization": token,
            "context": context | {self.name: self.id},
            "prefetch": self.prefetch(),
            "extension": {self.name: self.id},
        }
        return {**body, **changes}


Asked = Callable[[Hospital, Person], TestResponse]


def called(hook: str, **changes: Any) -> Asked:
    def ask(hospital: Hospital, person: Person) -> TestResponse:
        return hospital.client.post(
            f"/cds-services/opioid-{hook}", json=person.call(hook, **changes), headers=sent(person)
        )

    return ask


def sent(person: Person) -> Json:
    spoken = ("User-Agent", "Referer", "X-Forwarded-For", "X-Request-Id", "Origin", "Cookie")
    return {"Authorization": f"Bearer {person.name}", **dict.fromkeys(spoken, f"https://{person.name}/{person.id}")}


def answered(hospital: Hospital, person: Person) -> TestResponse:
    """A call, and what the prescriber answers to its cards."""
    answer = called("order-sign")(hospital, person)
    hospital.settle()
    words = {"reason": {"code": "patient-declined", "display": person.name}, "userComment": person.id}
    title = {f"com.epic.cdshooks.feedback.overrideReason.{part}": person.name for part in ("reason", "reasonTitle")}
    for card in (*answer.json["cards"], {"uuid": f"a card for {person.name}"}):
        hospital.reply(card, outcome="overridden", overrideReason=words, extension={person.name: person.id, **title})
        hospital.reply(card, outcome="overridden", overrideReasons={"extension": title})
    return hospital.client.post(
        "/cds-services/opioid-order-sign/feedback",
        json={"feedback": [{"card": person.name, "outcome": person.id, person.name: 1}]},
    )


def posted(path: str, body: Callable[[Person], Any]) -> Asked:
    def ask(hospital: Hospital, person: Person) -> TestResponse:
        content = body(person)
        written = content if isinstance(content, bytes) else json.dumps(content).encode()
        where = path.format(name=person.name, id=person.id)
        return hospital.client.post(where, data=written, content_type="application/json", headers=sent(person))

    return ask


def form(path: str, **fields: str) -> Asked:
    def ask(hospital: Hospital, person: Person) -> TestResponse:
        filled = {name: value.format(name=person.name, id=person.id) for name, value in fields.items()}
        return hospital.client.post(path, data=filled, headers=sent(person))

    return ask


KINDS: tuple[Asked, ...] = (
    *(called(hook) for hook in ("medication-prescribe", "order-select", "order-sign", "patient-view")),
    *(called(hook, prefetch={}) for hook in ("order-sign", "patient-view")),
    answered,
    posted("/mme", lambda one: bundle(*one.prefetch()["medications"]["entry"])),
    posted("/mme", lambda one: bundle(one.own(order(one.id, one.name, 2)))),
    posted("/mme?table={name}&asOf={id}", lambda one: one.drafts()),
    posted("/mme", lambda one: {"resourceType": one.name, one.id: one.name}),
    posted("/cds-services/opioid-order-sign", lambda one: f'{{"{one.name}": {one.id}'.encode()),
    posted("/cds-services/opioid-order-sign", lambda one: one.call(one.name)),
    posted("/cds-services/opioid-order-sign", lambda one: one.call("order-sign", hookInstance=one.name)),
    posted("/cds-services/opioid-order-sign", lambda one: one.call("order-sign", context={one.name: one.id})),
    posted("/cds-services/opioid-order-sign", lambda one: one.call("order-sign", fhirServer=f"https://{one.name}/{one.id}")),
    posted("/cds-services/opioid-order-sign", lambda one: one.call("order-sign", prefetch={"medications": one.name})),
    posted("/cds-services/{name}", lambda one: one.call("order-sign")),
    posted("/{name}/{id}?{name}={id}", lambda one: one.patient()),
    form("/calculator", orders="oxycodone {name} 5 mg: call {id}", table="cdc-2022"),
    form("/try", body="{name} {id}", service="opioid-order-sign"),
    form("/try", body='{{"{name}": "{id}"}}', service="{name}"),
    form("/taper", orders="oxycodone 5 mg tablet of {name}: 1 tablet every 4 hours, call {id}", pace="{name}"),
    form("/taper/sheet", orders="{name}", plan="{id}"),
)  # fmt: skip


@pytest.fixture
def database_url(each_database_url: str) -> str:
    return each_database_url


def test_no_name_and_no_number_of_a_request_is_left_anywhere(
    make_app, engines, caplog, capfd, tmp_path, request, database_url
):
    caplog.set_level(logging.INFO)
    with fake.running() as ehr:
        hospital = opened(make_app, f'[fhir]\nallow_http = true\nallowed_servers = ["{ehr.base}"]\n', clock=Clock())
        refused = said = 0
        for number in range(REQUESTS):
            person = Person(number, ehr.base)
            failing = {
                **outcome("error"),
                "issue": [{"severity": "error", "diagnostics": f"{person.name} {person.id}"}],
            }
            ehr.on(f"Patient/{person.id}", person.patient())
            ehr.on(f"MedicationRequest?patient={person.id}&status=active", person.prefetch()["medications"])
            ehr.on(f"Condition?patient={person.id}", fake.resource(failing, 500))
            answer = KINDS[number % len(KINDS)](hospital, person)
            if answer.status_code >= 400 and answer.mimetype == "application/json":
                refused += 1
                assert not CANARY.search(answer.text), answer.text
            else:
                said += bool(CANARY.search(answer.text))
            assert not CANARY.search(str(answer.headers)), answer.headers
        hospital.settle()
        metrics = hospital.client.get("/metrics").text
    assert refused > REQUESTS / 4
    assert said > REQUESTS / 20, "whoever asks is answered in the words of the request"
    assert len(ehr.seen) > 100
    lines = [JsonLines().format(record) for record in caplog.records]
    assert sum(record.name == LOGGER for record in caplog.records) > REQUESTS
    captured = capfd.readouterr()
    kept = whole_database(engines[0])
    if database_url.startswith("postgresql"):
        kept += request.getfixturevalue("postgres").dump(database_url)
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    for place, content in {
        "logs": "\n".join(lines) + caplog.text,
        "output": captured.out + captured.err,
        "metrics": metrics,
        "database": kept,
        "files": files.decode("latin-1"),
    }.items():
        assert not CANARY.search(content), place
    assert kept.count("\n") > 100
