"""Two people's doses are never added up: whose total a Bundle asks for, and what becomes of the others' orders."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from fhir_mappings.calculator import calculate

TODAY = date(2026, 1, 31)
OXYCODONE, LISINOPRIL = "1049621", "314076"


def order(id_, subject=None, code=OXYCODONE, **given):
    coding = {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code}
    found = {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": "active",
        "medicationCodeableConcept": {"coding": [coding]},
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
            }
        ],
        **given,
    }
    return {**found, "subject": subject} if subject else found


def ref(reference, **more):
    return {"reference": reference, **more}


def mrn(value):
    return {"system": "urn:example:mrn", "value": value}


ONE, TWO = ref("Patient/1"), ref("Patient/2")
PATIENT = {"resourceType": "Patient", "id": "1", "identifier": [mrn("a")]}


@pytest.fixture
def fates(knowledge):
    """What becomes of each order: its MME a day, or why it has none."""

    def of(*entries):
        wrapped = [one if "resource" in one else {"resource": one} for one in entries]
        body = {"resourceType": "Bundle", "entry": wrapped}
        total = calculate(body, knowledge=knowledge, table=knowledge.tables["cdc-2022"], as_of=TODAY)
        found = {line.reference[-1]: line.mme_per_day.maximum for line in total.counted}
        found |= {one.reference[-1]: one.reason.value for one in (*total.uncounted, *total.ignored)}
        assert sum(one for one in found.values() if not isinstance(one, str)) == total.maximum
        assert total.complete is not any(total.uncounted)
        return found, " ".join(one.detail for one in total.uncounted)

    return of


INVALID = "resource-invalid"


def test_orders_of_two_patients_are_not_added_and_none_is_taken_for_the_one_meant(fates):
    for entries in permutations([order("a", ONE), order("b", TWO), order("c")]):
        found, detail = fates(*entries)
        assert found == {"a": INVALID, "b": INVALID, "c": INVALID}
        assert "(Patient/2): whose total is asked cannot be told" in detail


def test_order_that_strayed_into_a_patients_orders_is_left_out_and_said(fates):
    for entries in permutations([order("a", ONE), order("b", ONE), order("c", TWO)]):
        found, detail = fates(*entries)
        assert found == {"a": 15, "b": 15, "c": INVALID}
        assert detail == "for another patient (Patient/2), not added to the total of Patient/1"


def test_half_of_the_orders_are_not_most_of_them(fates):
    found, _ = fates(order("a", ONE), order("b", ONE), order("c", TWO), order("d", ref("Patient/3")))
    assert set(found.values()) == {INVALID}


def test_only_patient_of_a_bundle_is_the_one_meant(fates):
    for entries in permutations([PATIENT, order("a", ONE), order("b", TWO), order("c")]):
        found, detail = fates(*entries)
        assert found == {"a": 15, "b": INVALID, "c": 15}
        assert detail == "for another patient (Patient/2), not added to the total of Patient/1"


def test_two_patients_in_a_bundle_leave_it_open(fates):
    found, _ = fates(PATIENT, {"resourceType": "Patient", "id": "2"}, order("a", ONE), order("b", TWO))
    assert found == {"a": INVALID, "b": INVALID}


def test_order_without_a_patient_among_several_may_be_anybodys(fates):
    found, detail = fates(order("a", ONE), order("b", TWO), order("c"))
    assert found["c"] == INVALID
    assert "whose this one is cannot be told" in detail


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ONE, None),
        (ONE, ref("https://ehr.example.org/fhir/Patient/1")),
        (ONE, ref("Patient/1/_history/3")),
        (ONE, ref("", display="somebody")),
        ({"identifier": mrn("a")}, {"identifier": mrn("a")}),
        (ref("Patient/1", identifier=mrn("a")), {"identifier": mrn("a")}),
    ],
)
def test_one_patient_by_several_names_is_one(first, second, fates):
    assert fates(order("a", first), order("b", second))[0] == {"a": 15, "b": 15}


@pytest.mark.parametrize("second", [{"identifier": mrn("a")}, ref("urn:uuid:1"), ref("Patient/1")])
def test_patient_of_the_bundle_is_known_by_address_and_identifier(second, fates):
    bundled = {"fullUrl": "urn:uuid:1", "resource": PATIENT}
    assert fates(bundled, order("a", ONE), order("b", second))[0] == {"a": 15, "b": 15}


def contained(id_, *identifiers, **said):
    patient = {"resourceType": "Patient", "id": "p", **said}
    if identifiers:
        patient["identifier"] = list(identifiers)
    return order(id_, ref("#p"), contained=[patient])


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        (contained("a", mrn("a")), contained("b", mrn("a")), True),
        (contained("a", mrn("a")), contained("b", mrn("b")), False),
        (contained("a", birthDate="1950-01-01"), contained("b", birthDate="1950-01-01"), True),
        (contained("a", birthDate="1950-01-01"), contained("b", birthDate="1960-01-01"), False),
        (contained("a"), order("b", ref("#nowhere")), True),
        (order("a", {"identifier": mrn("a")}), order("b", {"identifier": mrn("b")}), False),
    ],
)
def test_patients_within_orders_are_told_apart_and_not_named(first, second, one, fates):
    found, detail = fates(first, second)
    assert (found == {"a": 15, "b": 15}) is one
    assert "mrn" not in detail
    assert "19" not in detail


def test_patient_known_by_identifier_only_is_not_named(fates):
    a, b = {"identifier": mrn("a")}, {"identifier": mrn("b")}
    found, detail = fates(order("a", a), order("b", a), order("c", b))
    assert found == {"a": 15, "b": 15, "c": INVALID}
    assert detail == "for another patient, not added to the total of the patient of the other orders"


def test_what_adds_nothing_stays_so_whosever_it_is(fates):
    found, _ = fates(order("a", ONE), order("b", TWO, LISINOPRIL), order("c", TWO, status="stopped"))
    assert found == {"a": INVALID, "b": "not-an-opioid", "c": "not-active"}


def test_order_of_another_patient_replaces_nothing(fates):
    draft = order("b", TWO, status="draft", priorPrescription=ref("MedicationRequest/a"))
    assert fates(PATIENT, order("a", ONE), draft)[0] == {"a": 15, "b": INVALID}
