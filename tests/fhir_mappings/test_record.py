"""Observations, goals, encounters and supplies of every release, and whatever else a client sends in their place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from fhir_mappings.dispenses import rescue_supplied
from fhir_mappings.encounters import place_of_encounter, place_of_order
from fhir_mappings.goals import goals_not_met
from fhir_mappings.observations import read_observations
from fhir_mappings.references import Resources
from opioids.conditions import ConditionGroup
from opioids.record_codes import Measured, Place

TODAY = date(2026, 1, 31)
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


@pytest.fixture(scope="module")
def codes(knowledge):
    return knowledge.record_codes


def observation(code="72514-3", value=7, *, system=LOINC, day="2026-01-01", **changes):
    plain = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": system, "code": code}]},
        "effectiveDateTime": day,
        "valueQuantity": {"value": value},
    }
    return {name: one for name, one in {**plain, **changes}.items() if one is not ...}


@pytest.fixture
def scores(codes):
    def read(*resources):
        observed = read_observations(resources, codes.observations, TODAY)
        return [(one.scale, one.day, one.value) for one in observed.scores]

    return read


PAIN_CODED = {"coding": [{"system": LOINC, "code": "72514-3"}]}
NRS = [("72514-3", date(2026, 1, 1), Decimal(7))]


@pytest.mark.parametrize(
    "one",
    [
        observation(),
        observation(system="urn:oid:2.16.840.1.113883.6.1"),
        observation(status="amended"),
        observation(status="corrected"),
        observation(status=...),
        observation(valueQuantity=..., valueInteger=7),
        observation(valueQuantity=..., valueDecimal=7.0),
        observation(valueQuantity=..., valueString=" 7 "),
        observation(effectiveDateTime=..., effectivePeriod={"start": "2025-12-30", "end": "2026-01-01"}),
        observation(effectiveDateTime=..., effectiveInstant="2026-01-01T10:00:00Z"),
        observation(effectiveDateTime=..., issued="2026-01-01T10:00:00Z"),
        {**observation(), "code": {"coding": [{"system": "urn:local", "code": "x"}, *PAIN_CODED["coding"]]}},
    ],
)
def test_pain_score_of_any_shape_is_read(one, scores):
    assert scores(one) == NRS


@pytest.mark.parametrize(
    "one",
    [
        observation(status="entered-in-error"),
        observation(status="cancelled"),
        observation("91148-7"),
        observation("38208-5"),
        observation(system="http://snomed.info/sct"),
        observation(value=11),
        observation(value=-1),
        observation(value="high"),
        observation(valueQuantity=...),
        observation(effectiveDateTime=...),
        observation(day="soon"),
        observation(day="2026-02-01"),
        {**observation(), "code": "pain"},
        {},
    ],
)
def test_what_is_no_pain_score_tells_nothing(one, scores):
    assert scores(one) == []


def test_peg_score_is_read_from_its_panel_and_scores_come_oldest_first(scores):
    mean = {"code": {"coding": [{"system": LOINC, "code": "91147-9"}]}, "valueQuantity": {"value": 6.3}}
    panel = observation("91148-7", valueQuantity=..., component=[mean, {"code": "x"}], day="2025-06")
    assert scores(observation(), panel) == [("91147-9", date(2025, 6, 1), Decimal("6.3")), *NRS]


def test_kinds_of_scores_are_told_apart(codes):
    resources = [observation(), observation("91147-9")]
    observed = read_observations(resources, codes.observations, TODAY)
    assert [one.kind for one in observed.scores] == [Measured.PAIN, Measured.PAIN_AND_FUNCTION]


@pytest.fixture
def groups(codes):
    return lambda *resources: set(read_observations(resources, codes.observations, TODAY).groups)


def pregnancy(answer, **changes):
    return observation("82810-3", valueQuantity=..., valueCodeableConcept=answer, **changes)


PREGNANT, NOT_PREGNANT = {"coding": [{"code": "LA15173-0"}]}, {"text": "Not pregnant"}


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        ([pregnancy(PREGNANT)], True),
        ([pregnancy({"text": "Pregnant"})], True),
        ([observation("82810-3", valueQuantity=..., valueString="pregnant")], True),
        ([pregnancy(NOT_PREGNANT)], False),
        ([pregnancy({"text": "Possible pregnancy"})], False),
        ([pregnancy({"text": "Unknown"})], False),
        ([pregnancy({"text": "Non-pregnant"})], False),
        ([pregnancy(None)], False),
        ([pregnancy(PREGNANT, day="2025-04-07")], True),
        ([pregnancy(PREGNANT, day="2025-04-06")], True),
        ([pregnancy(PREGNANT, day="2025-04-05")], False),
        ([pregnancy(PREGNANT, day="2025-12-01"), pregnancy(NOT_PREGNANT, day="2026-01-01")], False),
        ([pregnancy(NOT_PREGNANT, day="2025-12-01"), pregnancy(PREGNANT, day="2026-01-01")], True),
    ],
)
def test_latest_answer_about_pregnancy_counts_for_300_days(resources, found, groups):
    assert (ConditionGroup.PREGNANCY in groups(*resources)) is found


@pytest.mark.parametrize(
    ("value", "low"), [(59.9, True), (60, False), (60.1, False), (0, True), (301, False), ("x", False)]
)
def test_kidney_function_is_low_below_60(value, low, groups):
    assert (ConditionGroup.RENAL_IMPAIRMENT in groups(observation("98979-8", value))) is low


def test_latest_kidney_function_counts(groups):
    assert not groups(observation("98979-8", 40, day="2025-01-01"), observation("98979-8", 80))


# ---- goals ----


def goal(state="not-achieved", text="Walk for 20 minutes with less pain", **changes):
    plain = {
        "resourceType": "Goal",
        "lifecycleStatus": "active",
        "achievementStatus": {"coding": [{"code": state}]},
        "description": {"text": text},
    }
    return {name: one for name, one in {**plain, **changes}.items() if one is not ...}


@pytest.mark.parametrize(
    ("one", "unmet"),
    [
        (goal(), True),
        (goal("no-progress"), True),
        (goal("worsening"), True),
        (goal("not-attainable"), True),
        (goal("achieved"), False),
        (goal("improving"), False),
        (goal("in-progress"), False),
        (goal(achievementStatus=...), False),
        (goal(lifecycleStatus="cancelled"), False),
        (goal(lifecycleStatus="proposed"), False),
        (goal(lifecycleStatus="rejected"), False),
        (goal(lifecycleStatus="on-hold"), False),
        (goal(text="HbA1c below 7%"), False),
        (goal(text="Stop smoking"), False),
        (goal(text="No more chest pain on exertion"), False),
        (goal(text="Better lung function"), False),
        (goal(text="Control", target=[{"measure": {"text": "PEG pain score"}}]), True),
        (goal(text="Control", category=[{"text": "Functional: mobility"}]), True),
        (goal(lifecycleStatus=..., achievementStatus=..., status="behind-target"), True),
        (goal(lifecycleStatus=..., achievementStatus=..., status="on-target"), False),
        (goal(lifecycleStatus=..., achievementStatus=..., status="in-progress", description="Less pain"), False),
        (goal(description=...), False),
        ({}, False),
    ],
)
def test_goal_about_pain_or_function_that_is_not_met(one, unmet, codes):
    assert goals_not_met([one], codes.goals) is unmet


# ---- the place of care ----


@pytest.mark.parametrize(
    ("encounter", "place"),
    [
        ({"class": {"code": "IMP"}}, Place.HOSPITAL),
        ({"class": {"code": "EMER"}, "status": "in-progress"}, Place.HOSPITAL),
        ({"class": {"code": "SS"}}, Place.HOSPITAL),
        ({"class": {"code": "OBSENC"}}, Place.HOSPITAL),
        ({"class": [{"coding": [{"code": "IMP"}]}]}, Place.HOSPITAL),
        ({"class": "inpatient"}, Place.HOSPITAL),
        ({"class": "emergency"}, Place.HOSPITAL),
        ({"class": {"code": "AMB"}}, Place.OUTSIDE),
        ({"class": "outpatient"}, Place.OUTSIDE),
        ({"class": {"code": "IMP"}, "status": "finished"}, Place.UNKNOWN),
        ({"class": {"code": "IMP"}, "status": "discharged"}, Place.UNKNOWN),
        ({"class": {"code": "IMP"}, "status": "completed"}, Place.UNKNOWN),
        ({"class": [{"coding": [{"code": "IMP"}]}, {"coding": [{"code": "AMB"}]}]}, Place.OUTSIDE),
        ({"class": [{"coding": [{"code": "AMB"}]}, {"coding": [{"code": "IMP"}]}]}, Place.OUTSIDE),
        ({"class": {"code": "X"}}, Place.UNKNOWN),
        ({"class": {"display": "inpatient"}}, Place.UNKNOWN),
        ({}, Place.UNKNOWN),
    ],
)
def test_place_of_an_encounter_in_every_release(encounter, place, codes):
    assert place_of_encounter(encounter, codes.places) is place


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("IMP ACUTE NONAC OBSENC EMER SS PRENC inpatient emergency", Place.HOSPITAL),
        ("AMB HH VR FLD outpatient ambulatory home virtual community discharge", Place.OUTSIDE),
        ("daytime field other", Place.UNKNOWN),
    ],
)
def test_every_class_of_encounter_has_its_place(words, place, codes):
    """By HL7's ActCode, and by the words of DSTU2 and of an order's category."""
    found = {word: place_of_encounter({"class": {"code": word}}, codes.places) for word in words.split()}
    assert found == dict.fromkeys(words.split(), place)


@pytest.mark.parametrize(
    ("category", "place"),
    [
        ([{"coding": [{"code": "inpatient"}]}], Place.HOSPITAL),
        ([{"coding": [{"code": "discharge"}]}], Place.OUTSIDE),
        ({"coding": [{"code": "community"}]}, Place.OUTSIDE),
        ("outpatient", Place.OUTSIDE),
        ([{"coding": [{"code": "inpatient"}, {"code": "discharge"}]}], Place.OUTSIDE),
        ([{"coding": [{"code": "discharge"}]}, {"coding": [{"code": "inpatient"}]}], Place.OUTSIDE),
        ([{"coding": [{"code": "other"}]}], Place.UNKNOWN),
        (None, Place.UNKNOWN),
    ],
)
def test_place_of_an_order(category, place, codes):
    assert place_of_order({"category": category}, codes.places) is place


# ---- supplies ----


def supply(code="1725059", **changes):
    plain = {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code}]},
        "whenHandedOver": "2026-01-10T09:00:00Z",
    }
    return {name: one for name, one in {**plain, **changes}.items() if one is not ...}


HANDED_OVER = [date(2026, 1, 10)]


@pytest.mark.parametrize(
    ("one", "days"),
    [
        (supply(), HANDED_OVER),
        (supply(status=...), HANDED_OVER),
        (supply(whenHandedOver=..., whenPrepared="2026-01-10"), HANDED_OVER),
        (supply(whenHandedOver=...), []),
        (supply(status="Completed"), HANDED_OVER),
        (supply(status="declined"), []),
        (supply(status="entered-in-error"), []),
        (supply("351267"), []),
        (supply("1191212"), []),
        (supply("1659929"), []),
        (supply("1659929", category={"coding": [{"code": "community"}]}), HANDED_OVER),
        (supply(category={"coding": [{"code": "inpatient"}]}), []),
        (supply(medicationCodeableConcept={"text": "Nyxoid 1.8 mg nasal spray"}), HANDED_OVER),
        (supply(medicationCodeableConcept=..., medication={"concept": {"text": "Narcan nasal spray"}}), HANDED_OVER),
        ({}, []),
    ],
)
def test_day_on_which_rescue_naloxone_was_handed_over(one, days, knowledge):
    assert list(rescue_supplied([one], Resources(), knowledge.recogniser)) == days


@pytest.mark.parametrize(("day", "counts"), [("2026-01-31", True), ("2026-02-01", False)])
def test_a_score_of_today_counts_and_one_of_tomorrow_does_not(day, counts, scores):
    assert bool(scores(observation(day=day))) is counts
