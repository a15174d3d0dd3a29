"""Requests as an EHR sends them, with nothing prefetched or with everything, and answers that can be compared."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic
from typing import Any

from hooks.evaluation import OBSERVATION_CODES
from tests.integration.patients import Chart

Json = dict[str, Any]

SERVICES = {
    "opioid-medication-prescribe": "medication-prescribe",
    "opioid-order-select": "order-select",
    "opioid-order-sign": "order-sign",
    "opioid-patient-view": "patient-view",
}
CONVERSATIONS = Path(__file__).resolve().parents[2] / "fixtures" / "conversations"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service said."""

    status: int
    content: Json
    seconds: float

    @property
    def cards(self) -> list[Json]:
        found: list[Json] = self.content.get("cards", [])
        return found

    @property
    def topics(self) -> list[str]:
        return [card["source"]["topic"]["code"] for card in self.cards]

    @property
    def dose(self) -> Json:
        """The doses that the first card rests on; empty without a card."""
        found: Json = self.cards[0]["extension"]["org.opioid-cds.finding"]["mmePerDay"] if self.cards else {}
        return found

    def same_as(self, other: Answer) -> bool:
        """Whether both say the same, uuids aside."""
        return self.status == other.status and _plain(self.content) == _plain(other.content)


def _plain(content: Json) -> str:
    return _UUID.sub("", json.dumps(content, sort_keys=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ehr:
    """The EHR whose FHIR server is at `server`, calling the services at `port`."""

    port: int
    server: str
    token: str

    def call(self, service: str, body: Json) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        began = monotonic()
        try:
            connection.request(
                "POST", f"/cds-services/{service}", json.dumps(body), {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            content = json.loads(answer.read())
        finally:
            connection.close()
        return Answer(status=answer.status, content=content, seconds=monotonic() - began)

    def request(self, service: str, chart: Chart, prefetch: Json | None = None, **changes: Any) -> Json:
        """A call about a chart; without `prefetch` all of it is left to be read."""
        context: Json = {"userId": "Practitioner/it-1", "patientId": chart.id, "encounterId": f"{chart.id}-visit"}
        drafts = {"resourceType": "Bundle", "entry": [{"resource": one} for one in chart.drafts]}
        hook = SERVICES[service]
        if hook == "medication-prescribe":
            context["medications"] = drafts
        elif hook != "patient-view":
            context["draftOrders"] = drafts
        if hook == "order-select":
            context["selections"] = [f"{one['resourceType']}/{one['id']}" for one in chart.drafts[:1]]
        about = {"hook": hook, "hookInstance": "5ab1e5e2-70b2-4b0c-8c4b-2f9c10d6d7a3", "fhirServer": self.server}
        token = {"access_token": self.token, "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "y"}
        return {**about, "fhirAuthorization": token, "context": context, "prefetch": prefetch or {}, **changes}


def everything(chart: Chart) -> Json:
    """The prefetch of an EHR that honours every template: whole lists, with the drugs that orders refer to."""
    medications = chart.of("Medication")
    observed = [one for one in chart.of("Observation") if one["code"]["coding"][0]["code"] in OBSERVATION_CODES]
    newest_first = sorted(observed, key=lambda one: str(one["effectiveDateTime"]), reverse=True)
    (patient,), (encounter,) = chart.of("Patient"), chart.of("Encounter")
    return {
        "patient": patient,
        "medications": _searchset(chart.of("MedicationRequest", "active")),
        "statements": _searchset(chart.of("MedicationStatement", "active")),
        "conditions": _searchset(chart.of("Condition")),
        "encounter": encounter,
        "observations": _searchset(newest_first),
        "goals": _searchset(chart.of("Goal")),
        "dispenses": _searchset(chart.of("MedicationDispense", "completed")),
        "history": _searchset(chart.of("MedicationRequest", "completed", "stopped")),
        "drugs": _searchset(medications),
    }


def _searchset(resources: list[Json]) -> Json:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def worked_case(service: str) -> Chart:
    """The worked case of the README as one of the recorded conversations holds it, as a chart of its own."""
    request = json.loads((CONVERSATIONS / "opioid-order-sign" / "worked-case" / "request.json").read_text("utf-8"))
    sent = json.loads(json.dumps(request).replace("pt-62", f"worked-{SERVICES[service]}"))
    prefetch, context = sent["prefetch"], sent["context"]
    name = context["patientId"]
    listed = [one["resource"] for key in ("medications", "conditions") for one in prefetch[key]["entry"]]
    drafts = [one["resource"] for one in context["draftOrders"]["entry"]]
    if SERVICES[service] == "patient-view":  # no draft: the order has been signed
        listed += [{**one, "status": "active"} for one in drafts]
        drafts = []
    act = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
    visit = {"resourceType": "Encounter", "id": f"{name}-visit", "status": "in-progress", "class": act}
    own = [{**one, "id": f"{name}-{one['id']}"} for one in listed]
    subject = {"subject": {"reference": f"Patient/{name}"}}
    return Chart(id=name, resources=(prefetch["patient"], {**visit, **subject}, *own), drafts=tuple(drafts))
