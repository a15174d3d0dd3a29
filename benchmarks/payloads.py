"""Generated order-sign requests: the same bytes for the same day, and a mix like that of real orders.

The orders were written in the three weeks before that day, so that their supply still lasts.

Among every 20 orders in prefetch: 4 opioids (one stopped, one by reference, one with nothing but written directions),
5 that refer to a `Medication`, 3 with written directions alone, 2 stopped.
"""

from __future__ import annotations

import json
import random
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from benchmarks.drugs import DRAFT, OPIOIDS, OTHER_DRAFT, OTHERS, Drug

Resource = dict[str, Any]

SEED = 20260131
SIZES = {"n2": 2, "n20": 20, "n200": 200}
"""Orders in prefetch, by the payload's name; the order that is signed is for an opioid."""
OF_ANOTHER_DRUG = "n20, another drug"
"""As `n20`, but the order that is signed is for no opioid, as most orders of a hospital are."""

PATIENT = "Patient/bench-1"
FHIR_SERVER = "https://ehr.example.org/fhir"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
CONDITIONS = (
    ("M54.50", "Low back pain, unspecified"),
    ("I10", "Essential (primary) hypertension"),
    ("E11.9", "Type 2 diabetes mellitus without complications"),
    ("E78.5", "Hyperlipidemia, unspecified"),
    ("J44.9", "Chronic obstructive pulmonary disease, unspecified"),
    ("F41.1", "Generalized anxiety disorder"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One request body, and how many orders its prefetch holds."""

    name: str
    orders: int
    body: bytes


def order_sign(name: str, on: date) -> Payload:
    """The order-sign request of that name on a day, with what an R4 server has for it in prefetch."""
    rng = random.Random(SEED)
    count, drug = (SIZES["n20"], OTHER_DRAFT) if name == OF_ANOTHER_DRUG else (SIZES[name], DRAFT)
    request = {
        "hook": "order-sign",
        "hookInstance": _uuid(rng),
        "fhirServer": FHIR_SERVER,
        "context": {
            "userId": "Practitioner/bench-1",
            "patientId": PATIENT.removeprefix("Patient/"),
            "encounterId": "bench-1",
            "draftOrders": bundle([_order(rng, drug, "draft", on, status="draft")], kind="collection"),
        },
        "prefetch": {
            "patient": patient(),
            "medications": orders(count, on, rng),
            "conditions": bundle([_condition(rng, *each) for each in CONDITIONS]),
        },
    }
    return Payload(name=name, orders=count, body=json.dumps(request, separators=(",", ":")).encode())


def orders(count: int, on: date, rng: random.Random | None = None) -> Resource:
    """A searchset of orders for one patient, with the `Medication`s they refer to."""
    rng = rng or random.Random(SEED)
    resources: list[Resource] = []
    for index in range(count):
        resources += _listed(rng, index, on)
    return bundle(resources)


def _listed(rng: random.Random, index: int, on: date) -> list[Resource]:
    drug = OPIOIDS[index // 5 % len(OPIOIDS)] if index % 5 == 1 else OTHERS[int(rng.random() * len(OTHERS))]
    order = _order(rng, drug, f"order-{index}", on, status="stopped" if index % 7 == 6 else "active")
    if index % 6 == 4:
        for part in ("timing", "asNeededBoolean", "doseAndRate", "route"):
            order["dosageInstruction"][0].pop(part, None)
    if index % 4 != 3:
        return [order]
    medication = {"resourceType": "Medication", "id": f"medication-{index}", "code": order["medicationCodeableConcept"]}
    del order["medicationCodeableConcept"]
    order["medicationReference"] = {"reference": f"Medication/{medication['id']}", "display": drug.name}
    return [order, medication]


def bundle(resources: list[Resource], kind: str = "searchset") -> Resource:
    """Resources in a Bundle of a kind, as a FHIR server would answer."""
    entries = [
        {"fullUrl": f"{FHIR_SERVER}/{each['resourceType']}/{each['id']}", "resource": each} for each in resources
    ]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def patient() -> Resource:
    """The synthetic patient that every order is for."""
    return {
        "resourceType": "Patient",
        "id": PATIENT.removeprefix("Patient/"),
        "name": [{"use": "official", "family": "Bench", "given": ["Alex"]}],
        "gender": "female",
        "birthDate": "1961-05-14",
    }


def _order(rng: random.Random, drug: Drug, name: str, on: date, *, status: str) -> Resource:
    written = on - timedelta(days=1 + int(rng.random() * 20))
    return {
        "resourceType": "MedicationRequest",
        "id": name,
        "meta": {"versionId": "1", "lastUpdated": f"{written.isoformat()}T09:30:00Z"},
        "identifier": [{"use": "usual", "system": "urn:oid:2.16.840.1.113883.19.5", "value": _uuid(rng)}],
        "status": status,
        "intent": "order",
        "category": [{"coding": [_category("community", "Community")], "text": "Community"}],
        "medicationCodeableConcept": {
            "coding": [{"system": RXNORM, "code": drug.rxcui, "display": drug.name}],
            "text": drug.name,
        },
        "subject": {"reference": PATIENT, "display": "Bench, Alex"},
        "encounter": {"reference": "Encounter/bench-1"},
        "authoredOn": written.isoformat(),
        "requester": {"reference": "Practitioner/bench-1", "display": "Example, Practitioner"},
        "dosageInstruction": [_dosage(drug)],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": 1,
            "quantity": {"value": 60, "unit": drug.unit},
            "expectedSupplyDuration": {"value": 30, "unit": "day", "system": "http://unitsofmeasure.org", "code": "d"},
        },
    }


def _dosage(drug: Drug) -> Resource:
    return {
        "text": drug.directions,
        "timing": {
            "repeat": {"frequency": drug.times, "period": drug.period, "periodUnit": drug.period_unit},
            "code": {"text": drug.directions},
        },
        "asNeededBoolean": drug.as_needed,
        "route": {
            "coding": [{"system": SNOMED, "code": drug.route, "display": drug.route_name}],
            "text": drug.route_name,
        },
        "doseAndRate": [{"doseQuantity": {"value": drug.dose, "unit": drug.unit}}],
    }


def _category(code: str, display: str) -> Resource:
    system = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"
    return {"system": system, "code": code, "display": display}


def _condition(rng: random.Random, code: str, display: str) -> Resource:
    status = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "id": _uuid(rng),
        "clinicalStatus": {"coding": [{"system": status, "code": "active"}]},
        "code": {
            "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code, "display": display}],
            "text": display,
        },
        "subject": {"reference": PATIENT},
        "recordedDate": "2025-11-03",
    }


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
