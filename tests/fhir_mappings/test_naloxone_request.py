"""The prescription of rescue naloxone that is suggested, in the release that the client speaks."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from fhir.resources.medicationrequest import MedicationRequest as RequestR5
from fhir.resources.R4B.medicationrequest import MedicationRequest as RequestR4
from fhir.resources.STU3.medicationrequest import MedicationRequest as RequestSTU3

from fhir_mappings.bundles import read_orders
from fhir_mappings.orders import naloxone_request
from fhir_mappings.releases import Release, release_of
from opioids.prescriptions import Ignored, IgnoredReason, Standing
from tests.opioids.build import TODAY


@pytest.fixture
def order(knowledge):
    return knowledge.guidelines["us-cdc-2022"].naloxone_order


@pytest.mark.parametrize(
    ("release", "model"), [(Release.R4, RequestR4), (Release.STU3, RequestSTU3), (Release.R5, RequestR5)]
)
def test_draft_of_every_guideline_that_has_one_is_valid_in_its_release(release, model, knowledge):
    # Nothing validates it while the service runs: it is the same for all but its patient.
    orders = [one.naloxone_order for one in knowledge.guidelines.values() if one.naloxone_order]
    assert orders
    for order in orders:
        resource = naloxone_request(order, "p", release)
        assert model.model_validate(json.loads(json.dumps(resource)))


@pytest.mark.parametrize("release", Release)
def test_draft_is_a_draft_for_the_patient_of_the_product_that_the_guideline_names(release, order):
    resource = naloxone_request(order, "p", release)
    assert resource["status"] == "draft"
    assert (resource.get("subject") or resource["patient"]) == {"reference": "Patient/p"}
    drug = resource.get("medicationCodeableConcept") or resource["medication"]["concept"]
    assert drug["coding"][0]["code"] == order.rxcui
    assert resource["dispenseRequest"]["quantity"]["value"] == order.quantity
    assert resource["dosageInstruction"][0]["text"] == order.directions


@pytest.mark.parametrize("release", Release)
def test_draft_is_of_the_release_that_was_asked_for(release, order):
    resource = naloxone_request(order, "p", release)
    assert resource["resourceType"] == ("MedicationOrder" if release is Release.DSTU2 else "MedicationRequest")
    assert release_of([resource]) is release


@pytest.mark.parametrize("release", Release)
def test_draft_has_no_timing_that_could_be_taken_for_a_daily_dose(release, order):
    [instruction] = naloxone_request(order, "p", release)["dosageInstruction"]
    assert "timing" not in instruction


@pytest.mark.parametrize("release", Release)
def test_service_reads_its_own_draft_as_rescue_naloxone(release, order, knowledge):
    [read] = read_orders(naloxone_request(order, "p", release), knowledge.recogniser, TODAY)
    assert isinstance(read.content, Ignored)
    assert (read.content.reason, read.standing) == (IgnoredReason.ANTAGONIST, Standing.DRAFT)
    assert read.is_rescue_naloxone


def test_draft_for_one_patient_does_not_change_that_for_another(order):
    first = naloxone_request(order, "p", Release.R4)
    second = naloxone_request(order, "q", Release.R4)
    assert (first["subject"]["reference"], second["subject"]["reference"]) == ("Patient/p", "Patient/q")


def test_amount_that_is_not_whole_keeps_its_fraction(order):
    resource = naloxone_request(replace(order, dose_mg=Decimal("1.8")), "p", Release.R4)
    assert resource["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"] == 1.8
