"""The public CDS Hooks sandbox as a client, in the shapes that its source sends.

Source: github.com/cds-hooks/sandbox at 3b7e255.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.cds_service import fhir_server as fake
from tests.cds_service import signing
from tests.cds_service.test_fhir_reads import NOW
from tests.hooks.orders import bundle, drug

ISSUER = "https://sandbox.cds-hooks.org"
KEY_ADDRESS = f"{ISSUER}/.well-known/jwks.json"
KID = "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f"
TYPED = f"{signing.PUBLIC_URL}/cds-services/"
"""The discovery URL as somebody typed it, with a slash at its end: services are then called with two."""
PATIENT = "smart-1288992"
SUBJECT = {"reference": f"Patient/{PATIENT}"}


@pytest.fixture
def ehr() -> Iterator[fake.FhirServer]:
    """An open DSTU2 server, as the sandbox has it by default."""
    active = {
        "resourceType": "MedicationOrder",
        "id": "a",
        "status": "active",
        "dateWritten": "2026-06-01",
        "patient": SUBJECT,
        "medicationCodeableConcept": drug("oxycodone ER 40"),
        "dosageInstruction": [
            {"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnits": "d"}}, "doseQuantity": {"value": 1}}
        ],
    }
    with fake.running() as server:
        server.on(f"MedicationOrder?patient={PATIENT}&status=active", bundle(active))
        yield server


@pytest.fixture
def app(make_app: Any, ehr: fake.FhirServer, tmp_path: Any) -> Flask:
    """A development service in which the sandbox is a client like any other; its key stands in for the real one."""
    keys = signing.key_set(signing.jwk(signing.ec_key("sandbox"), kid=KID))
    more = f'key_addresses = ["{KEY_ADDRESS}"]\nprofile = "sandbox"'
    fhir = f'[fhir]\nallowed_servers = ["{ehr.base}"]\nallow_http = true\ndeadline_seconds = 10\n'
    toml = signing.settings(signing.client_with_file(tmp_path, keys, ISSUER, more))
    app: Flask = make_app(toml + fhir, services=None, clock=lambda: NOW)
    return app


def headers(url: str) -> dict[str, str]:
    """What its browser sends: a token for the URL exactly as it calls it."""
    moment = int(NOW.timestamp())
    body = {"iss": ISSUER, "aud": url, "exp": moment + 300, "iat": moment, "jti": signing.claims()["jti"]}
    head = {"alg": "ES384", "typ": "JWT", "kid": KID, "jku": KEY_ADDRESS}
    written = signing.token(signing.ec_key("sandbox"), head, body)
    return {"Accept": "application/json", "Authorization": f"Bearer {written}", "Origin": ISSUER}


def order_select(server: str) -> dict[str, Any]:
    """Its DSTU2 order-select: no encounter, no fhirAuthorization, no prefetch, a Bundle without a type."""
    order = {
        "resourceType": "MedicationOrder",
        "id": "order-123",
        "status": "draft",
        "patient": SUBJECT,
        "dateWritten": "2026-11-22",
        "intent": "order",
        "category": {"coding": [{"code": "outpatient"}]},
        "medicationCodeableConcept": drug("oxycodone 5"),
        "dosageInstruction": [
            {
                "doseQuantity": {"value": 1, "system": "http://unitsofmeasure.org", "code": "{pill}"},
                "timing": {"repeat": {"frequency": 4, "period": 1, "periodUnits": "d"}},
            }
        ],
    }
    return {
        "hookInstance": "2c2c1f6e-8f7d-4c0a-9d3b-1a2b3c4d5e6f",
        "hook": "order-select",
        "fhirServer": server,
        "context": {
            "patientId": PATIENT,
            "userId": "Practitioner/COREPRACTITIONER1",
            "selections": ["MedicationOrder/order-123"],
            "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order}]},
        },
    }


def test_discovery_is_found_with_a_slash_at_its_end(app):
    answer = app.test_client().get("/cds-services/", headers=headers(TYPED))
    assert answer.status_code == 200
    assert {one["hook"] for one in answer.json["services"]} >= {"order-select", "order-sign", "patient-view"}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_service_is_called_with_two_slashes_and_reads_the_open_server_without_a_token(app, ehr):
    url = f"{TYPED}/opioid-order-select"
    client = app.test_client()
    asked = {"Origin": ISSUER, "Access-Control-Request-Method": "POST"}
    assert client.options("/cds-services//opioid-order-select", headers=asked).status_code == 204
    answer = client.post("/cds-services//opioid-order-select", json=order_select(ehr.base), headers=headers(url))
    assert answer.status_code == 200
    cards = {card["source"]["topic"]["code"]: card for card in answer.json["cards"]}
    finding = cards["MmeTotal"]["extension"]["org.opioid-cds.finding"]["mmePerDay"]
    assert (finding["current"]["maximum"], finding["proposed"]["maximum"]) == (120, 150)
    assert "suggestions" not in json.dumps(answer.json)
    assert "Suggested: Add naloxone" in cards["NaloxoneOffer"]["detail"]
    assert all("Authorization" not in one.headers for one in ehr.seen)
    assert not any(path.startswith("MedicationRequest") for path in ehr.paths)


def test_feedback_arrives_as_the_sandbox_sends_it(app):
    url = f"{TYPED}/opioid-order-select/feedback"
    overridden = {"reason": {"code": "patient-declined", "system": "urn:opioid-cds:override-reason"}}
    item = {
        "card": "c",
        "outcome": "overridden",
        "overrideReason": overridden,
        "outcomeTimestamp": "2026-11-22T12:00:00Z",
    }
    path = "/cds-services//opioid-order-select/feedback"
    assert app.test_client().post(path, json={"feedback": [item]}, headers=headers(url)).status_code == 200


def test_before_a_drug_is_chosen_there_is_nothing_to_say_and_nothing_is_read(app, ehr):
    request = order_select(ehr.base)
    plain = {"resourceType": "MedicationOrder", "id": "order-123", "status": "draft", "patient": SUBJECT}
    request["context"]["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": plain}]}
    url = f"{TYPED}/opioid-order-select"
    answer = app.test_client().post("/cds-services//opioid-order-select", json=request, headers=headers(url))
    assert answer.json == {"cards": []}
    assert ehr.seen == []


def test_in_production_its_real_key_opens_nothing_even_where_an_administrator_lists_it_as_somebody_else(
    make_app, tmp_path
):
    client = signing.client_with_file(tmp_path, signing.key_set(signing.SANDBOX_KEY))
    app = make_app(f'mode = "production"\npublic_url = "{signing.PUBLIC_URL}"\n{client}')
    head = {"alg": "ES384", "typ": "JWT", "kid": KID}
    written = signing.token(head=head, aud=f"{signing.PUBLIC_URL}/cds-services")
    answer = app.test_client().get("/cds-services", headers={"Authorization": f"Bearer {written}"})
    assert answer.status_code == 401
    assert 'reason="key-unknown"} 1.0' in app.test_client().get("/metrics").text
