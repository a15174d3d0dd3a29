"""Patients and their conditions, as each release writes them."""

from __future__ import annotations

from datetime import date

import pytest

from fhir_mappings.patients import age_on, is_about, read_patient
from fhir_mappings.releases import Release, release_of
from opioids.value_sets import ConditionGroup

TODAY = date(2026, 1, 31)
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
APNEA = {"coding": [{"system": ICD, "code": "G47.33"}]}
OVERDOSE = {"coding": [{"system": ICD, "code": "T40.2X1A"}]}


@pytest.fixture
def groups(knowledge):
    def read(*problems):
        patient = read_patient({}, problems, recogniser=knowledge.recogniser, conditions_seen=True, on=TODAY)
        return dict(patient.conditions)

    return read


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (date(2008, 1, 31), 18),
        (date(2008, 2, 1), 17),
        (date(1961, 1, 31), 65),
        (date(1961, 2, 1), 64),
        (TODAY, 0),
        (date(2026, 2, 1), None),
        (None, None),
    ],
)
def test_age_is_in_whole_years(born, age):
    assert age_on(born, TODAY) == age


@pytest.mark.parametrize(("birth_date", "age"), [("1963-05-17", 62), ("1963", 63), ("soon", None), (None, None)])
def test_age_of_a_patient(birth_date, age, knowledge):
    patient = read_patient(
        {"birthDate": birth_date}, [], recogniser=knowledge.recogniser, conditions_seen=False, on=TODAY
    )
    assert (patient.age, patient.conditions_seen) == (age, False)


@pytest.mark.parametrize("patient", [None, "x", [], {}])
def test_patient_of_any_shape_has_no_age(patient, knowledge):
    assert read_patient(patient, [], recogniser=knowledge.recogniser, conditions_seen=True, on=TODAY).age is None


@pytest.mark.parametrize(
    "status",
    [
        {},
        {"clinicalStatus": "active"},
        {"clinicalStatus": {"coding": [{"code": "active"}]}},
        {"clinicalStatus": {"coding": [{"code": "recurrence"}]}},
        {"verificationStatus": "confirmed"},
        {"verificationStatus": {"coding": [{"code": "provisional"}]}},
        {"clinicalStatus": "active", "abatementDateTime": "2020-01-01"},
        {"abatementBoolean": False},
    ],
)
def test_condition_that_is_present_counts(status, groups):
    assert groups({"code": APNEA, **status}) == {ConditionGroup.SLEEP_DISORDERED_BREATHING: True}


@pytest.mark.parametrize(
    "status",
    [
        {"clinicalStatus": "resolved"},
        {"clinicalStatus": {"coding": [{"code": "inactive"}]}},
        {"clinicalStatus": {"text": "Remission"}},
        {"abatementDateTime": "2020-01-01"},
        {"abatementBoolean": True},
        {"abatementPeriod": {"end": "2020"}},
    ],
)
def test_condition_that_is_over_counts_only_where_its_history_is_a_risk(status, groups):
    assert groups({"code": APNEA, **status}) == {}
    assert groups({"code": OVERDOSE, **status}) == {ConditionGroup.OPIOID_OVERDOSE_HISTORY: True}


@pytest.mark.parametrize("status", ["refuted", "entered-in-error", {"coding": [{"code": "refuted"}]}])
def test_condition_that_is_not_so_never_counts(status, groups):
    assert groups({"code": OVERDOSE, "verificationStatus": status}) == {}


def test_condition_known_by_name_is_told_apart_unless_a_code_says_so_elsewhere(groups):
    by_name = {"code": {"text": "Obstructive sleep apnea"}}
    assert groups(by_name) == {ConditionGroup.SLEEP_DISORDERED_BREATHING: False}
    assert groups(by_name, {"code": APNEA}) == {ConditionGroup.SLEEP_DISORDERED_BREATHING: True}
    assert groups({"code": APNEA}, by_name) == {ConditionGroup.SLEEP_DISORDERED_BREATHING: True}


@pytest.mark.parametrize("code", [None, "x", [], {}, {"coding": [{"code": ["x"]}]}, {"coding": "x"}])
def test_condition_without_a_code_says_nothing(code, groups):
    assert groups({"code": code}) == {}


@pytest.mark.parametrize(
    ("resource", "about"),
    [
        ({"subject": {"reference": "Patient/p"}}, True),
        ({"patient": {"reference": "Patient/p"}}, True),
        ({"subject": {"reference": "https://ehr.example.org/fhir/Patient/p"}}, True),
        ({"subject": {"reference": "Patient/p/_history/2"}}, True),
        ({"subject": {"reference": "Patient/q"}}, False),
        ({"subject": {"reference": "https://ehr.example.org/fhir/Patient/q"}}, False),
        ({"subject": {"reference": "Group/g"}}, True),
        ({"subject": {"display": "someone"}}, True),
        ({}, True),
    ],
)
def test_resource_is_about_the_patient_or_does_not_say(resource, about):
    assert is_about(resource, "p") is about


FLAT = {"dosageInstruction": [{"doseQuantity": {"value": 1}}]}


@pytest.mark.parametrize(
    ("orders", "release"),
    [
        ([], Release.R4),
        ([{"resourceType": "MedicationOrder"}], Release.DSTU2),
        ([{"resourceType": "MedicationRequest"}], Release.R4),
        ([{"resourceType": "MedicationRequest", "medication": {"concept": {}}}], Release.R5),
        ([{"resourceType": "MedicationRequest", "requester": {"agent": {}}}], Release.STU3),
        ([{"resourceType": "MedicationRequest", "context": {}}], Release.STU3),
        ([{"resourceType": "MedicationRequest", **FLAT}], Release.STU3),
        ([{"resourceType": "MedicationRequest", "category": [], **FLAT}], Release.R4),
        (
            [{"resourceType": "MedicationRequest", "dosageInstruction": [{"doseAndRate": [], "doseQuantity": {}}]}],
            Release.R4,
        ),
        ([{"resourceType": "MedicationStatement"}, {"resourceType": "MedicationOrder"}], Release.DSTU2),
        ([{"resourceType": "Patient"}, "x", {}], Release.R4),
    ],
)
def test_release_is_told_by_the_first_order_that_tells(orders, release):
    assert release_of([one for one in orders if isinstance(one, dict)]) is release
