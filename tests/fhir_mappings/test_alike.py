"""Orders that differ in one thing are never taken for one another, whatever was read and worked out before.

What is written alike is read once, and what comes of it is worked out once, for all patients of a process: of two
orders that differ in anything that matters, neither may get what was remembered of the other.
"""

from __future__ import annotations

from datetime import date

import pytest

from fhir_mappings import written
from fhir_mappings.calculator import calculate
from fhir_mappings.patients import read_patient

RX = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
TODAY = date(2026, 1, 31)


def coded(code, **more):
    return {"coding": [{"system": RX, "code": code}], **more}


def directions(count=2, value=1, unit="tablet", **more):
    timing = {"repeat": {"frequency": count, "period": 1, "periodUnit": "d"}}
    return [{"timing": timing, "doseAndRate": [{"doseQuantity": {"value": value, "unit": unit}}], **more}]


def order(**given):
    made = {
        "resourceType": "MedicationRequest",
        "id": "a",
        "status": "active",
        "medicationCodeableConcept": coded("864706"),  # methadone 10 mg tablets
        "dosageInstruction": directions(),
        **given,
    }
    return {name: one for name, one in made.items() if one is not ...}


def contained(*ingredients, **more):
    listed = [{"itemCodeableConcept": {"text": name}, "strength": strength} for name, strength in ingredients]
    medication = {"resourceType": "Medication", "id": "m", "ingredient": listed, **more}
    return {"medicationCodeableConcept": ..., "medicationReference": {"reference": "#m"}, "contained": [medication]}


def strength(value):
    return {"numerator": {"value": value, "unit": "mg"}, "denominator": {"value": 1, "unit": "tablet"}}


A_DAY = {"value": 1, "unit": "d"}
PAIRS = {
    "what it is for": (order(), order(reasonCode=[{"coding": [{"system": ICD, "code": "F11.20"}]}])),
    "no status": (order(), order(status=...)),
    "the drug": (order(), order(medicationCodeableConcept=coded("864718"))),  # 5 mg
    "the drug in words": (
        order(medicationCodeableConcept={"text": "oxycodone 5 mg tablet"}),
        order(medicationCodeableConcept={"text": "oxycodone 10 mg tablet"}),
    ),
    "words beside a code": (order(), order(medicationCodeableConcept=coded("864706", text="Methadose"))),
    "how often": (order(), order(dosageInstruction=directions(3))),
    "how much": (order(), order(dosageInstruction=directions(2, 2))),
    "the unit": (order(), order(dosageInstruction=directions(2, 1, "mL"))),
    "as needed": (order(), order(dosageInstruction=directions(asNeededBoolean=True))),
    "a maximum": (
        order(),
        order(
            dosageInstruction=directions(
                maxDosePerPeriod={"numerator": {"value": 10, "unit": "mg"}, "denominator": A_DAY}
            )
        ),
    ),
    "a maximum at one time": (
        order(dosageInstruction=directions(2, 3)),
        order(dosageInstruction=directions(2, 3, maxDosePerAdministration={"value": 2, "unit": "tablet"})),
    ),
    "the route": (
        order(medicationCodeableConcept={"text": "morphine"}, dosageInstruction=directions(2, 5, "mg")),
        order(
            medicationCodeableConcept={"text": "morphine"},
            dosageInstruction=directions(2, 5, "mg", route={"text": "intravenous"}),
        ),
    ),
    "for certain days": (
        order(),
        order(
            dosageInstruction=[
                {**one, "timing": {"repeat": {**one["timing"]["repeat"], "boundsPeriod": {"end": "2026-01-01"}}}}
                for one in directions()
            ]
        ),
    ),
    "begins later": (order(status="draft"), order(status="draft", effectiveDosePeriod={"start": "2026-02-20"})),
    "an ingredient's strength": (
        order(**contained(("oxycodone", strength(5)))),
        order(**contained(("oxycodone", strength(10)))),
    ),
    "what stands in a contained medication": (
        order(**contained(("oxycodone", strength(5)))),
        order(**contained(("morphine", strength(5)))),
    ),
    "the form of a medication": (
        order(**contained(code={"text": "morphine"}), dosageInstruction=directions(2, 5, "mg")),
        order(
            **contained(code={"text": "morphine"}, form={"text": "injection"}), dosageInstruction=directions(2, 5, "mg")
        ),
    ),
    "the place of the words": (
        order(dosageInstruction=[{"text": "1 tablet twice a day"}]),
        order(dosageInstruction=[{"text": "1 tablet three times a day"}]),
    ),
}


@pytest.mark.parametrize(("one", "other"), PAIRS.values(), ids=PAIRS)
def test_each_order_comes_to_what_it_comes_to_where_nothing_is_remembered(one, other, knowledge, monkeypatch):
    def totals():
        return [
            calculate(each, knowledge=knowledge, table=knowledge.tables["cdc-2022"], as_of=TODAY)
            for each in (one, other, one)
        ]

    remembering = totals()
    # A reader that gives every order its own drug and directions leaves nothing that orders could have in common.
    monkeypatch.setattr(written, "LONGEST_REMEMBERED", 0)
    assert remembering == totals()
    assert remembering[0] != remembering[1], "or nothing would be shown"


def test_drugs_of_one_code_that_nobody_knows_are_told_apart_by_their_words(knowledge):
    def maximum(words):
        one = order(medicationCodeableConcept=coded("99999999", text=words))
        return calculate(one, knowledge=knowledge, table=knowledge.tables["cdc-2022"], as_of=TODAY).maximum

    assert [maximum(f"oxycodone {mg} mg tablet") for mg in (5, 10, 5)] == [15, 30, 15]


def problem(**given):
    return {"code": {"coding": [{"system": ICD, "code": "F11.20"}]}, **given}


PROBLEMS = {
    "the code": (problem(), problem(code={"coding": [{"system": ICD, "code": "F32.9"}]})),
    "how certain it is": (problem(), problem(verificationStatus="provisional")),
    "that it is over": (problem(), problem(clinicalStatus="resolved")),
    "until when it lasted": (problem(), problem(abatementDateTime="2020-01-01")),
}


@pytest.mark.parametrize(("one", "other"), PROBLEMS.values(), ids=PROBLEMS)
def test_each_problem_says_what_it_says_where_nothing_is_remembered(one, other, knowledge, monkeypatch):
    def patients():
        return [
            read_patient({}, [each], recogniser=knowledge.recogniser, conditions_seen=True, on=TODAY)
            for each in (one, other, one)
        ]

    remembering = patients()
    monkeypatch.setattr(written, "LONGEST_REMEMBERED", 0)
    assert remembering == patients()
    assert remembering[0] != remembering[1], "or nothing would be shown"
