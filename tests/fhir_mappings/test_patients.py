"""Patients and their conditions, as each release writes them."""

from __future__ import annotations

from datetime import date

import pytest

from fhir_mappings.patients import age_on, is_about, read_patient, recorded_within
from fhir_mappings.releases import Release, release_of
from opioids.conditions import ConditionGroup

TODAY = date(2026, 1, 31)
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
APNEA = {"coding": [{"system": ICD, "code": "G47.33"}]}
OVERDOSE = {"coding": [{"system": ICD, "code": "T40.2X1A"}]}


@pytest.fixture
def read(knowledge):
    def patient(*problems):
        return read_patient({}, problems, recogniser=knowledge.recogniser, conditions_seen=True, on=TODAY)

    return patient


@pytest.fixture
def groups(read):
    return lambda *problems: dict(read(*problems).conditions)


@pytest.mark.parametrize(
    ("born", "age"),
    [(date(2008, 1, 31), 18), (date(2008, 2, 1), 17), (date(1961, 1, 31), 65), (date(1961, 2, 1), 64), (TODAY, 0),
     (date(2026, 2, 1), None), (None, None)],
)  # fmt: skip
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


CANCER = {"coding": [{"system": ICD, "code": "C50.911"}], "text": "Breast cancer"}


@pytest.mark.parametrize(
    ("status", "suspected"),
    [
        ("unconfirmed", True),
        ("provisional", True),
        ("differential", True),
        ({"coding": [{"code": "provisional"}]}, True),
        ({"text": "Differential"}, True),
        ("confirmed", False),
        # DSTU2: whether it was verified is not known, as of every problem that says nothing of it.
        ("unknown", False),
        (None, False),
    ],
)
def test_diagnosis_that_is_not_confirmed_is_suspected(status, suspected, read):
    patient = read({"code": CANCER, "verificationStatus": status})
    assert set(patient.conditions) == {ConditionGroup.CANCER_ACTIVE}
    assert (patient.suspected == {ConditionGroup.CANCER_ACTIVE}) is suspected


def test_diagnosis_that_is_confirmed_once_is_no_suspicion(read):
    suspicion, fact = {"code": CANCER, "verificationStatus": "provisional"}, {"code": CANCER}
    assert read(suspicion, fact).suspected == read(fact, suspicion).suspected == set()
    assert read(suspicion, {"code": APNEA}).suspected == {ConditionGroup.CANCER_ACTIVE}


def test_german_suspicion_is_one(read):
    assert read(german("C50.9", {"valueCoding": {"code": "V"}})).suspected == {ConditionGroup.CANCER_ACTIVE}
    assert read(german("C50.9", {"valueCoding": {"code": "G"}})).suspected == set()


@pytest.mark.parametrize(("status", "counts"), [("confirmed", True), ("provisional", False), ("refuted", False)])
def test_overdose_of_these_days_counts_when_it_is_confirmed(status, counts, knowledge):
    overdose = {"code": OVERDOSE, "recordedDate": TODAY.isoformat(), "verificationStatus": status}
    group = ConditionGroup.OPIOID_OVERDOSE_HISTORY
    assert recorded_within([overdose], group, 7, recogniser=knowledge.recogniser, on=TODAY) is counts


def german(code, certainty):
    extension = {"url": "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit", **certainty}
    coding = {"system": "http://fhir.de/CodeSystem/bfarm/icd-10-gm", "code": code, "extension": [extension]}
    return {"code": {"coding": [coding]}, "clinicalStatus": {"coding": [{"code": "active"}]}}


@pytest.mark.parametrize("certainty", ["G", "V"])
def test_german_diagnosis_that_is_certain_or_suspected_counts(certainty, groups):
    found = groups(german("G47.31", {"valueCoding": {"code": certainty}}))
    assert found == {ConditionGroup.SLEEP_DISORDERED_BREATHING: True}


def test_german_diagnosis_that_is_excluded_never_counts(groups):
    assert groups(german("T40.2", {"valueCoding": {"code": "A"}}), german("C50.9", {"valueCode": "A"})) == {}


def test_german_state_after_a_diagnosis_is_history(groups, past):
    assert groups(german("C50.9", {"valueCoding": {"code": "Z"}})) == {}
    assert past(german("T40.2", {"valueCode": "Z"})) == {ConditionGroup.OPIOID_OVERDOSE_HISTORY}


def test_condition_known_by_name_is_told_apart_unless_a_code_says_so_elsewhere(groups):
    by_name = {"code": {"text": "Obstructive sleep apnea"}}
    assert groups(by_name) == {ConditionGroup.SLEEP_DISORDERED_BREATHING: False}
    assert groups(by_name, {"code": APNEA}) == {ConditionGroup.SLEEP_DISORDERED_BREATHING: True}
    assert groups({"code": APNEA}, by_name) == {ConditionGroup.SLEEP_DISORDERED_BREATHING: True}


DEPENDENCE = {"coding": [{"system": ICD, "code": "F11.20"}], "text": "Opioid dependence"}
DISORDER = {"coding": [{"system": ICD, "code": "F11.10"}]}


@pytest.fixture
def past(read):
    return lambda *problems: set(read(*problems).past)


def test_history_is_told_apart_from_what_is_present(past):
    over = {"code": OVERDOSE, "clinicalStatus": "resolved"}
    remission = {"code": {"coding": [{"system": ICD, "code": "F11.21"}]}, "clinicalStatus": "active"}
    assert past(over) == {ConditionGroup.OPIOID_OVERDOSE_HISTORY}
    assert past(remission) == {ConditionGroup.OPIOID_USE_DISORDER}
    assert past({"code": {"text": "History of alcohol abuse"}}) == {ConditionGroup.SUBSTANCE_USE_DISORDER}
    assert past({"code": OVERDOSE}) == set()
    # What is present once more is no history.
    assert past(over, {"code": OVERDOSE}) == past({"code": OVERDOSE}, over) == set()


def test_unconfirmed_dependence_gives_way_to_a_confirmed_disorder(groups):
    unconfirmed, disorder = ConditionGroup.OPIOID_DEPENDENCE_UNCONFIRMED, ConditionGroup.OPIOID_USE_DISORDER
    assert groups({"code": DEPENDENCE}) == {unconfirmed: True}
    assert groups({"code": DEPENDENCE}, {"code": DISORDER}) == {disorder: True}
    assert groups({"code": DISORDER}, {"code": DEPENDENCE}) == {disorder: True}
    assert groups({"code": DEPENDENCE, "clinicalStatus": "resolved"}) == {}


PREGNANCY = {"coding": [{"system": ICD, "code": "Z33.1"}]}


@pytest.mark.parametrize(
    ("dates", "counts"),
    [
        ({}, True),
        ({"onsetDateTime": "2025-04-07"}, True),
        ({"onsetDateTime": "2025-04-06"}, True),
        ({"onsetDateTime": "2025-04-05"}, False),
        ({"recordedDate": "2023-01-01"}, False),
        ({"onsetDateTime": "2023-01-01", "recordedDate": "2026-01-01"}, True),
        ({"dateRecorded": "2023-01-01"}, False),
        ({"assertedDate": "2025-12-01"}, True),
    ],
)
def test_pregnancy_that_was_recorded_long_ago_is_over(dates, counts, groups):
    assert (ConditionGroup.PREGNANCY in groups({"code": PREGNANCY, **dates})) is counts


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
        ({"subject": "Patient/p"}, True),
        ({"subject": "https://ehr.example/fhir/Patient/other"}, False),
        ({"patient": "somebody"}, True),
        ({"subject": 7}, True),
        ({"subject": ["Patient/other"]}, True),
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
        ([{"resourceType": "MedicationStatement", "taken": "y"}], Release.STU3),
        ([{"resourceType": "MedicationStatement", "wasNotTaken": False}], Release.DSTU2),
        ([{"resourceType": "MedicationStatement", "patient": {}}], Release.DSTU2),
        ([{"resourceType": "MedicationStatement", "medication": {}}], Release.R5),
        ([{"resourceType": "MedicationStatement", "subject": {}}], Release.R4),
        ([{"resourceType": "Patient"}, "x", {}], Release.R4),
    ],
)
def test_release_is_told_by_the_first_order_that_tells(orders, release):
    assert release_of([one for one in orders if isinstance(one, dict)]) is release


CODED = {"clinicalStatus": {"coding": [{"code": "active"}]}, "subject": {}}
WORD = {"clinicalStatus": "active", "subject": {}}
UNTOLD = {"resourceType": "MedicationRequest", "dosageInstruction": [{"text": "1 tablet twice a day"}]}


@pytest.mark.parametrize(
    ("order", "conditions", "release"),
    [
        (UNTOLD, [], Release.R4),
        (UNTOLD, [CODED], Release.R4),
        (UNTOLD, [{"subject": {}}, WORD], Release.STU3),
        ({**UNTOLD, "category": []}, [WORD], Release.R4),
        ({**UNTOLD, "dosageInstruction": [{"doseAndRate": []}]}, [WORD], Release.R4),
        ({"resourceType": "MedicationRequest", **FLAT}, [CODED], Release.R4),
        ({"resourceType": "MedicationRequest", **FLAT}, [WORD], Release.STU3),
        ({"resourceType": "MedicationOrder"}, [CODED], Release.DSTU2),
        ({"resourceType": "MedicationRequest", "medication": {}}, [WORD], Release.R5),
        ({}, [WORD], Release.STU3),
        ({}, [{"clinicalStatus": "active", "patient": {}}], Release.DSTU2),
        ({}, [{**CODED, "patient": {}}], Release.R4),
        ({}, [CODED], Release.R4),
    ],
)
def test_conditions_tell_between_releases_whose_orders_may_be_alike(order, conditions, release):
    assert release_of([order], conditions) is release
