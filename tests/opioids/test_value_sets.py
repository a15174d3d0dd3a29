"""Conditions: by code, else by name, and never the look-alikes."""

from __future__ import annotations

import pytest

from opioids.conditions import ConditionGroup
from opioids.drug_codes import Code, CodeSystem
from tests.opioids.shipped import CONDITIONS

ICD, SNOMED, RXNORM = CodeSystem.ICD10, CodeSystem.SNOMED, CodeSystem.RXNORM
G = ConditionGroup


@pytest.mark.parametrize(
    ("code", "group"),
    [
        (Code(ICD, "G47.33"), G.SLEEP_DISORDERED_BREATHING),
        (Code(ICD, "g4733"), G.SLEEP_DISORDERED_BREATHING),
        (Code(ICD, "E66.2"), G.SLEEP_DISORDERED_BREATHING),
        (Code(SNOMED, "73430006"), G.SLEEP_DISORDERED_BREATHING),
        (Code(ICD, "F11.20"), G.OPIOID_DEPENDENCE_UNCONFIRMED),
        (Code(SNOMED, "5602001"), G.OPIOID_USE_DISORDER),
        (Code(ICD, "F10.20"), G.SUBSTANCE_USE_DISORDER),
        (Code(ICD, "T40.2X1A"), G.OPIOID_OVERDOSE_HISTORY),
        (Code(ICD, "J44.9"), G.CHRONIC_RESPIRATORY),
        (Code(ICD, "N18.4"), G.RENAL_IMPAIRMENT),
        (Code(ICD, "K74.60"), G.HEPATIC_IMPAIRMENT),
        (Code(ICD, "C50.911"), G.CANCER_ACTIVE),
        (Code(ICD, "Z51.5"), G.PALLIATIVE_HOSPICE),
        (Code(ICD, "D57.1"), G.SICKLE_CELL_DISEASE),
        (Code(ICD, "R20.3"), G.HYPERALGESIA),
        # Fentanyl, tramadol and other synthetic opioids have codes of their own since October 2020.
        (Code(ICD, "T40.415A"), G.OPIOID_ADVERSE_EFFECT),
        (Code(ICD, "T40.425D"), G.OPIOID_ADVERSE_EFFECT),
        (Code(ICD, "T40.495A"), G.OPIOID_ADVERSE_EFFECT),
    ],
)
def test_condition_is_known_by_its_code(code, group):
    assert CONDITIONS.groups([code], [])[group] is True


@pytest.mark.parametrize(
    ("code", "group"),
    [
        # T12: shift work and narcolepsy are no sleep apnea. T13: the trait is no disease.
        (Code(ICD, "G47.26"), G.SLEEP_DISORDERED_BREATHING),
        (Code(ICD, "G47.411"), G.SLEEP_DISORDERED_BREATHING),
        (Code(ICD, "D57.3"), G.SICKLE_CELL_DISEASE),
        (Code(ICD, "F11.11"), G.OPIOID_USE_DISORDER),
        (Code(ICD, "F11.20"), G.OPIOID_USE_DISORDER),
        (Code(ICD, "F11.21"), G.OPIOID_USE_DISORDER),
        (Code(ICD, "F17.200"), G.SUBSTANCE_USE_DISORDER),
        (Code(ICD, "T40.2X5A"), G.OPIOID_OVERDOSE_HISTORY),
        (Code(ICD, "T40.411A"), G.OPIOID_ADVERSE_EFFECT),
        (Code(ICD, "T40.416A"), G.OPIOID_ADVERSE_EFFECT),
        (Code(ICD, "N18.2"), G.RENAL_IMPAIRMENT),
        (Code(ICD, "C44.91"), G.CANCER_ACTIVE),
        (Code(CodeSystem.OTHER, "F11.20"), G.OPIOID_USE_DISORDER),
        (Code(RXNORM, "73430006"), G.SLEEP_DISORDERED_BREATHING),
    ],
)
def test_code_beside_a_group_is_not_in_it(code, group):
    assert group not in CONDITIONS.groups([code], [])


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Obstructive sleep apnea", G.SLEEP_DISORDERED_BREATHING),
        ("Opioid use disorder, severe", G.OPIOID_USE_DISORDER),
        ("Alcohol dependence", G.SUBSTANCE_USE_DISORDER),
        ("Accidental opioid overdose", G.OPIOID_OVERDOSE_HISTORY),
        ("Hospice care", G.PALLIATIVE_HOSPICE),
        ("Sickle cell disease", G.SICKLE_CELL_DISEASE),
    ],
)
def test_condition_without_a_code_is_known_by_its_name_and_that_is_told_apart(name, group):
    assert CONDITIONS.groups([], [name])[group] is False
    assert CONDITIONS.groups([Code(CodeSystem.OTHER, "1")], [name])[group] is False


@pytest.mark.parametrize(
    "name",
    ["Family history of sleep apnea", "Sickle cell trait", "Opioid use disorder in remission", "Hospice declined",
     "Hypertension", ""],
)  # fmt: skip
def test_name_that_says_otherwise_is_in_no_group(name):
    assert CONDITIONS.groups([], [name]) == {}


def test_a_second_name_is_looked_at_when_the_first_says_otherwise():
    names = ["Family history of sleep apnea", "Obstructive sleep apnea"]
    assert G.SLEEP_DISORDERED_BREATHING in CONDITIONS.groups([], names)


def test_icd_code_outside_the_group_is_believed_before_the_name():
    assert CONDITIONS.groups([Code(ICD, "I10")], ["Opioid use disorder"]) == {}


def test_group_that_has_no_words_is_known_by_code_only():
    assert G.OPIOID_DEPENDENCE_UNCONFIRMED not in CONDITIONS.groups([], ["Opioid dependence"])
