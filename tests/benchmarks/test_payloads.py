"""The generated requests: always the same bytes, and the mix that their description promises."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest

from benchmarks import payloads
from benchmarks.drugs import DRAFT, OPIOIDS

# Figures of different days can be compared only while the payloads stay what they are.
DAY = date(2026, 1, 31)
DIGESTS = {
    "n2": "dce9ece7382c6870",
    "n20": "eb53e537d6ee8b2c",
    "n200": "e5395a1b0e2bde51",
    payloads.OF_ANOTHER_DRUG: "70b6ba1a705df9dd",
}


def request(name):
    return json.loads(payloads.order_sign(name, DAY).body)


def resources(bundle, kind):
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def medications_of(name):
    return request(name)["prefetch"]["medications"]


def is_opioid(order):
    coding = order.get("medicationCodeableConcept", {}).get("coding", [{}])[0]
    name = order.get("medicationReference", {}).get("display")
    return any(coding.get("code") == drug.rxcui or name == drug.name for drug in OPIOIDS)


@pytest.mark.parametrize("name", DIGESTS)
def test_a_payload_is_the_same_bytes_every_time_and_on_every_python(name):
    assert payloads.order_sign(name, DAY).body == payloads.order_sign(name, DAY).body
    assert hashlib.sha256(payloads.order_sign(name, DAY).body).hexdigest()[:16] == DIGESTS[name]


@pytest.mark.parametrize(("name", "count"), payloads.SIZES.items())
def test_a_payload_holds_as_many_orders_as_its_name_says(name, count):
    assert payloads.order_sign(name, DAY).orders == count
    assert len(resources(medications_of(name), "MedicationRequest")) == count


def test_twenty_orders_hold_the_mix_that_is_promised():
    orders = resources(medications_of("n20"), "MedicationRequest")
    opioids = [order for order in orders if is_opioid(order)]
    text_only = [order for order in orders if set(order["dosageInstruction"][0]) == {"text"}]
    by_reference = [order for order in orders if "medicationReference" in order]
    stopped = [order for order in orders if order["status"] == "stopped"]
    assert (len(opioids), len(by_reference), len(text_only), len(stopped)) == (4, 5, 3, 2)
    for kind in (by_reference, text_only, stopped):
        assert sum(order in kind for order in opioids) == 1


@pytest.mark.parametrize("name", payloads.SIZES)
def test_the_share_of_opioids_is_the_same_in_every_size_from_20_on(name):
    orders = resources(medications_of(name), "MedicationRequest")
    assert sum(map(is_opioid, orders)) == max(1, len(orders) // 5)


@pytest.mark.parametrize("name", payloads.SIZES)
def test_every_order_names_exactly_one_medication_and_every_reference_resolves(name):
    bundle = medications_of(name)
    known = {f"Medication/{each['id']}" for each in resources(bundle, "Medication")}
    for order in resources(bundle, "MedicationRequest"):
        assert ("medicationReference" in order) != ("medicationCodeableConcept" in order)
        assert order.get("medicationReference", {}).get("reference") in known | {None}


@pytest.mark.parametrize("name", payloads.SIZES)
def test_everything_is_of_the_one_patient(name):
    whole = request(name)
    patient = f"Patient/{whole['context']['patientId']}"
    bundles = [whole["context"]["draftOrders"], whole["prefetch"]["medications"], whole["prefetch"]["conditions"]]
    subjects = {
        entry["resource"]["subject"]["reference"]
        for bundle in bundles
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] != "Medication"
    }
    assert subjects == {patient}
    assert f"Patient/{whole['prefetch']['patient']['id']}" == patient


def test_a_call_about_another_drug_brings_the_same_list_and_signs_no_opioid():
    other = request(payloads.OF_ANOTHER_DRUG)
    (draft,) = resources(other["context"]["draftOrders"], "MedicationRequest")
    assert draft["status"] == "draft"
    assert draft["medicationCodeableConcept"]["coding"][0]["code"] not in {one.rxcui for one in (DRAFT, *OPIOIDS)}
    orders, same = (
        [
            order["dosageInstruction"][0]["text"]
            for order in resources(one["prefetch"]["medications"], "MedicationRequest")
        ]
        for one in (other, request("n20"))
    )
    assert orders == same


def test_the_order_being_signed_is_an_opioid_draft():
    (draft,) = resources(request("n2")["context"]["draftOrders"], "MedicationRequest")
    assert draft["status"] == "draft"
    assert draft["medicationCodeableConcept"]["coding"][0]["code"] == DRAFT.rxcui
