"""One regimen, written in DSTU2, STU3, R4 and R5: one answer from `/mme`, the command line and all four services."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from cds_service import cli
from cds_service.commands import mme
from tests import conversations
from tests.bundles import bundle
from tests.releases import RELEASES, NotInThisRelease, written_in

Json = dict[str, Any]

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"
TODAY = conversations.NOW.date().isoformat()
SERVICES = ("opioid-medication-prescribe", "opioid-order-select", "opioid-order-sign", "opioid-patient-view")


# ---- regimens, as an R4 client writes them ----


def drug(code: str, display: str) -> Json:
    return {"coding": [{"system": RXNORM, "code": code, "display": display}]}


OXYCODONE_ER = drug("1049584", "12 HR oxycodone hydrochloride 40 MG Extended Release Oral Tablet")
OXYCODONE = drug("1049621", "oxycodone hydrochloride 5 MG Oral Tablet")
HYDROCODONE = drug("857002", "acetaminophen 325 MG / hydrocodone bitartrate 5 MG Oral Tablet")
FENTANYL = drug("197696", "72 HR fentanyl 0.075 MG/HR Transdermal System")
MORPHINE = drug("892589", "morphine sulfate 2 MG/ML Oral Solution")
METHADONE = drug("864706", "methadone hydrochloride 10 MG Oral Tablet")


def times(frequency: int, period: float = 1, unit: str = "d", **more: Any) -> Json:
    return {"repeat": {"frequency": frequency, "period": period, "periodUnit": unit, **more}}


def amount(value: float, unit: str, **more: Any) -> Json:
    return {"doseAndRate": [{"doseQuantity": {"value": value, "unit": unit, **more}}]}


def instruction(timing: Json, dose: Json, **more: Any) -> Json:
    return {"timing": timing, **dose, **more}


def order(medicine: Json, *instructions: Json, id_: str = "a", **more: Any) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "authoredOn": TODAY,
        **medicine,
        "dosageInstruction": list(instructions),
        **more,
    }


def coded(medicine: Json) -> Json:
    return {"medicationCodeableConcept": medicine}


def taken(medicine: Json, *instructions: Json, **more: Any) -> list[Json]:
    return [order(coded(medicine), *instructions, **more)]


ONE = amount(1, "tablet", system=UCUM, code="{tbl}")
MEDICATION = {"resourceType": "Medication", "id": "m", "code": OXYCODONE_ER}
EIGHT_A_DAY = {
    "numerator": {"value": 8, "unit": "tablet"},
    "denominator": {"value": 1, "unit": "d", "system": UCUM, "code": "d"},
}

REGIMENS: dict[str, tuple[list[Json], float, float]] = {
    "structured": (taken(OXYCODONE_ER, instruction(times(2), ONE)), 120, 120),
    "every 12 hours in mg": (taken(OXYCODONE_ER, instruction(times(1, 12, "h"), amount(40, "mg"))), 120, 120),
    "contained medication": (
        [order({"medicationReference": {"reference": "#m"}}, instruction(times(2), ONE), contained=[MEDICATION])],
        120,
        120,
    ),
    "medication in the bundle": (
        [order({"medicationReference": {"reference": "Medication/m"}}, instruction(times(2), ONE)), MEDICATION],
        120,
        120,
    ),
    "text only": (taken(OXYCODONE, {"text": "take 1-2 tabs po q4-6h prn pain, max 8/day"}), 0, 60),
    "words for the drug and the directions": (
        [order(coded({"text": "oxycodone 5 mg tablet"}), {"text": "1 tab in the morning and 2 at bedtime"})],
        22.5,
        22.5,
    ),
    "patch": (taken(FENTANYL, instruction(times(1, 72, "h"), amount(1, "patch"))), 180, 180),
    "patch by its rate": (
        taken(FENTANYL, instruction(times(1, 3), amount(75, "ug/h", system=UCUM, code="ug/h"))),
        180,
        180,
    ),
    "liquid": (taken(MORPHINE, instruction(times(1, 4, "h"), amount(5, "mL", system=UCUM, code="mL"))), 60, 60),
    "range": (
        taken(
            OXYCODONE,
            instruction(
                times(1, 4, "h", periodMax=6),
                {
                    "doseAndRate": [
                        {"doseRange": {"low": {"value": 1, "unit": "tablet"}, "high": {"value": 2, "unit": "tablet"}}}
                    ]
                },
            ),
        ),
        30,
        90,
    ),
    "as needed with a maximum": (
        taken(
            OXYCODONE,
            instruction(times(1, 4, "h"), amount(2, "tablet"), asNeededBoolean=True, maxDosePerPeriod=EIGHT_A_DAY),
        ),
        0,
        60,
    ),
    "as needed for a reason": (
        taken(OXYCODONE, instruction(times(4), ONE, asNeededCodeableConcept={"text": "breakthrough pain"})),
        0,
        30,
    ),
    "steps by their periods": (
        taken(
            OXYCODONE_ER,
            instruction(times(3, boundsPeriod={"start": "2026-11-01", "end": "2026-11-15"}), ONE),
            instruction(times(2, boundsPeriod={"start": "2026-11-16", "end": "2026-11-30"}), ONE),
            authoredOn="2026-11-01",
        ),
        120,
        120,
    ),
    "steps in words": (
        taken(OXYCODONE_ER, {"text": "1 tab tid for 7 days, then 1 tab bid for 7 days, then 1 tab daily"}),
        180,
        180,
    ),
    "combination": (taken(HYDROCODONE, instruction(times(4), amount(2, "tablet"))), 40, 40),
    "combination in mg": (taken(HYDROCODONE, instruction(times(4), amount(10, "mg"))), 40, 40),
    "time in a code": (taken(OXYCODONE_ER, instruction({"code": {"coding": [{"code": "BID"}]}}, ONE)), 120, 120),
    "time in words": (taken(OXYCODONE_ER, instruction({"code": {"text": "every 12 hours"}}, ONE)), 120, 120),
    "at bedtime": (taken(OXYCODONE_ER, instruction({"repeat": {"when": ["HS"]}}, ONE)), 60, 60),
    "for opioid use disorder": (
        taken(METHADONE, instruction(times(1), amount(8, "tablet")), reasonCode=[{"text": "opioid use disorder"}]),
        0,
        0,
    ),
    "one dose": (taken(OXYCODONE, instruction({"repeat": {"count": 1}}, ONE)), 7.5, 7.5),
    "counted from the supply": (
        taken(
            OXYCODONE,
            dispenseRequest={
                "quantity": {"value": 60, "unit": "tablet"},
                "expectedSupplyDuration": {"value": 30, "unit": "days", "system": UCUM, "code": "d"},
            },
        ),
        15,
        15,
    ),
    "two opioids, one without a dose": (
        [*taken(OXYCODONE_ER, instruction(times(2), ONE)), *taken(OXYCODONE, instruction(times(4), {}), id_="b")],
        120,
        120,
    ),
    "a draft over its prior prescription": (
        [
            *taken(OXYCODONE_ER, instruction(times(3), ONE)),
            *taken(
                OXYCODONE_ER,
                instruction(times(2), ONE),
                id_="new",
                status="draft",
                priorPrescription={"reference": "MedicationRequest/a"},
            ),
        ],
        120,
        120,
    ),
}


# ---- what is compared ----


def in_r4_words(text: bytes) -> Any:
    """An answer with the names that a DSTU2 client's orders have there."""
    return json.loads(text.replace(b"MedicationOrder/", b"MedicationRequest/"))


def without_suggested_resources(answer: Json) -> Json:
    """Cards with the labels of their suggestions: what is suggested is written in the client's own release."""
    plain = conversations.without_uuids(answer)
    for card in plain["cards"]:
        card["suggestions"] = [one["label"] for one in card.get("suggestions", [])]
    return plain


def drafts_of(resources: list[Json]) -> list[Json]:
    return [{**one, "status": "draft"} if one["resourceType"] != "Medication" else one for one in resources]


def request_of(service: str, release: str, resources: list[Json]) -> Json:
    empty = bundle([])
    context: Json = {"userId": "Practitioner/d1", "patientId": "p1", "encounterId": "e1"}
    prefetch = {
        "patient": {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1964-05-01"},
        "medications": empty,
        "statements": empty,
        "conditions": empty,
    }
    if service == "opioid-patient-view":
        prefetch["medications"] = written_in(release, bundle(resources))
    else:
        drafts = written_in(release, bundle(drafts_of(resources)))
        context["medications" if service == "opioid-medication-prescribe" else "draftOrders"] = drafts
        if service == "opioid-order-select":
            orders = [one["resource"] for one in drafts["entry"] if one["resource"]["resourceType"] != "Medication"]
            context["selections"] = [f"{one['resourceType']}/{one['id']}" for one in orders]
    return {
        "hook": service.removeprefix("opioid-"),
        "hookInstance": "78310006-0c5f-5755-82c1-d7d57d5fd33f",
        "context": context,
        "prefetch": prefetch,
    }


@pytest.fixture(scope="module")
def caller(knowledge) -> FlaskClient:
    return conversations.client(knowledge)


CASES = [pytest.param(*regimen, id=name) for name, regimen in REGIMENS.items()]
RESOURCES = [pytest.param(regimen[0], id=name) for name, regimen in REGIMENS.items()]


@pytest.mark.parametrize(("resources", "scheduled", "maximum"), CASES)
def test_mme_and_command_line_answer_every_release_alike(resources, scheduled, maximum, caller, knowledge, monkeypatch):
    # Loading the knowledge for each call of the command would be most of the time.
    monkeypatch.setattr(mme, "known_with", lambda **_files: knowledge)
    for release in RELEASES:
        body = orjson.dumps(written_in(release, bundle(resources)))
        answer = caller.post(f"/mme?asOf={TODAY}", data=body, content_type="application/json")
        assert answer.status_code == 200
        total = in_r4_words(answer.data)
        assert total["mmePerDay"] == {"scheduled": scheduled, "maximum": maximum}, release
        if release == RELEASES[0]:
            first = total
        assert total == first, release
        printed = CliRunner().invoke(cli.main, ["mme", "-", "--json", "--as-of", TODAY], input=body)
        assert in_r4_words(printed.stdout_bytes) == first, release


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("resources", RESOURCES)
def test_service_answers_every_release_alike(resources, service, caller):
    answers = {}
    for release in RELEASES:
        request = request_of(service, release, deepcopy(resources))
        answer = caller.post(f"/cds-services/{service}", json=request)
        assert answer.status_code == 200, answer.data
        answers[release] = without_suggested_resources(in_r4_words(answer.data))
    assert answers == dict.fromkeys(RELEASES, answers["R4"])


@pytest.mark.parametrize("resources", RESOURCES)
def test_statements_of_every_release_are_read_alike(resources, caller):
    statements = [statement_of(one) for one in resources if one["resourceType"] != "Medication"]
    others = [one for one in resources if one["resourceType"] == "Medication"]
    answers = {}
    for release in RELEASES:
        try:
            body = written_in(release, bundle([*statements, *others]))
        except NotInThisRelease:
            continue
        answer = caller.post(f"/mme?asOf={TODAY}", json=body)
        answers[release] = json.loads(answer.data)
    assert len(answers) > 1
    assert answers == dict.fromkeys(answers, answers["R4"])


def statement_of(request: Json) -> Json:
    """What a patient reports to take, as the order says."""
    kept = {name: request[name] for name in ("id", "subject", "reasonCode", "contained") if name in request} | {
        name: value for name, value in request.items() if name.startswith("medication")
    }
    return {"resourceType": "MedicationStatement", "status": "active", **kept, "dosage": request["dosageInstruction"]}


def test_naloxone_is_suggested_in_the_release_that_the_orders_are_written_in(caller):
    kinds = {}
    for release in RELEASES:
        request = request_of("opioid-order-sign", release, deepcopy(REGIMENS["structured"][0]))
        cards = json.loads(caller.post("/cds-services/opioid-order-sign", json=request).data)["cards"]
        [suggested] = [
            action["resource"]
            for card in cards
            if card["source"]["topic"]["code"] == "NaloxoneOffer"
            for suggestion in card["suggestions"][:1]
            for action in suggestion["actions"]
        ]
        kinds[release] = (suggested["resourceType"], "medication" in suggested, "patient" in suggested)
    assert kinds == {
        "DSTU2": ("MedicationOrder", False, True),
        "STU3": ("MedicationRequest", False, False),
        "R4": ("MedicationRequest", False, False),
        "R5": ("MedicationRequest", True, False),
    }
