"""Conditions by their codes and words, what counts as history, the reasons of a treatment, and drugs beside opioids.

`problems_as_written.txt` says of each problem as charts write it which conditions it tells: now, in the `past` (history
alone), or `none`; and of each reason of an order whether it is the `treatment` of opioid use disorder.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from opioids.conditions import ConditionGroup
from opioids.drug_classes import DrugClass
from opioids.drug_codes import Code, CodeSystem
from opioids.recognition import Recogniser
from opioids.value_sets import Rescue, load_rescue_naloxone, load_risk_medicines
from tests.opioids.shipped import CONDITIONS, IDENTIFIER

ICD10, ICD9, SNOMED, RXNORM = CodeSystem.ICD10, CodeSystem.ICD9, CodeSystem.SNOMED, CodeSystem.RXNORM
G = ConditionGroup


def groups(*words, code=None):
    return CONDITIONS.groups([code] if code else [], words)


def with_history(*words, code=None):
    return {sign.group: sign.by_code for sign in CONDITIONS.signs([code] if code else [], words)}


# ---- codes ----

CODES = {
    G.SLEEP_DISORDERED_BREATHING: "G47.33 E66.2 R06.3 R06.81",
    G.SUBSTANCE_USE_DISORDER: "F10.10 F10.20 F12.10 F12.20 F13.10 F13.20 F14.10 F14.20 F15.10 F15.20 F16.10 "
    "F16.20 F18.10 F19.10 F19.20",
    G.CHRONIC_RESPIRATORY: "J43.9 J44.1 J96.10 J96.20",
    G.RENAL_IMPAIRMENT: "N17.9 N18.30 N18.4 N18.5 N18.6 N19",
    G.HEPATIC_IMPAIRMENT: "B18.2 K70.30 K70.40 K71.7 K72.90 K74.60 K76.6 K76.7",
    G.DEPRESSION: "F32.9 F33.1",
    G.SUICIDALITY: "R45.851 T14.91XA X71.0XXA X72.XXXA X75.XXXA X78.9XXA X80.XXXA X83.8XXA Z91.51",
    G.UNSTABLE_MENTAL_HEALTH: "F20.9 F23 F25.0 F29 F30.9 F31.9 F32.2 F32.3 F33.2 F33.3",
    G.ANXIETY_PTSD: "F40.10 F41.1 F43.10",
    G.PREGNANCY: "O00.90 O09.90 O24.419 O42.90 O80 O99.89 O9A.119 Z33.1 Z34.90 Z3A.20",
    G.CANCER_ACTIVE: "C00.9 C25.9 C43.9 C45.0 C50.919 C77.9 C80.1 C96.9 D03.9 D37.01 D38.1 D40.0 D45 D49.2 G89.3",
    G.PALLIATIVE_HOSPICE: "Z51.5",
    G.LIKELY_TERMINAL: "C25.9 C76.1 C77.9 C78.00 C79.51 C80.0 K70.40 K72.90",
    G.SICKLE_CELL_DISEASE: "D57.00 D57.1 D57.20 D57.40 D57.80",
    G.CONSTIPATION: "K59.00 K59.03",
    G.OPIOID_ADVERSE_EFFECT: "T40.2X5A T40.3X5A T40.4X5A T40.415A T40.425A T40.495A T40.605A T40.695A",
    G.FALLS_FRACTURE: "S72.001A W00.0XXA W01.0XXA W06.XXXA W10.9XXA W18.30XA W19.XXXA Z91.81",
    G.HYPERALGESIA: "R20.3 R20.8",
}
NOT_CODED = {
    G.SUBSTANCE_USE_DISORDER: "F17.210 F10.90",
    G.CHRONIC_RESPIRATORY: "J45.909 J96.00",
    G.RENAL_IMPAIRMENT: "N18.1 N18.2 N18.9",
    G.DEPRESSION: "F32.5 F33.42 F34.1",
    G.UNSTABLE_MENTAL_HEALTH: "F30.4 F31.70 F32.1 F33.1",
    G.ANXIETY_PTSD: "F43.0 F43.20",
    G.PREGNANCY: "Z37.0",
    G.CANCER_ACTIVE: "C44.91 D3A.00 Z85.3",
    G.SICKLE_CELL_DISEASE: "D57.3",
    G.HYPERALGESIA: "R20.0 R20.2",
}


@pytest.mark.parametrize(("group", "codes"), CODES.items(), ids=CODES)
def test_condition_is_known_by_each_of_its_codes(group, codes):
    assert [code for code in codes.split() if group not in groups(code=Code(ICD10, code))] == []


@pytest.mark.parametrize(("group", "codes"), NOT_CODED.items(), ids=NOT_CODED)
def test_condition_is_not_known_by_the_codes_beside_its_own(group, codes):
    assert [code for code in codes.split() if group in groups(code=Code(ICD10, code))] == []


# ---- words ----

LINES = (Path(__file__).parent / "problems_as_written.txt").read_text("utf-8").splitlines()
TOLD = [tuple(line.split(" | ")) for line in LINES if not line.startswith("#")]
REASONS = [one for one in TOLD if one[0] in ("treatment", "no treatment")]


@pytest.mark.parametrize(("told", "words"), [one for one in TOLD if one not in REASONS])
def test_a_problem_is_known_by_its_words(told, words):
    now, ever = groups(words), with_history(words)
    past = ever.keys() - now.keys()
    assert " + ".join([*sorted(now), *(f"past {group}" for group in sorted(past))] or ["none"]) == told
    assert not any((*now.values(), *ever.values())), "by words alone"
    assert now.keys() <= ever.keys()


# ---- words and codes: use disorders and overdose, now and in the past ----


@pytest.mark.parametrize("code", ["F11.11", "F11.21", "f1121"])
def test_remission_code_is_history_and_only_history(code):
    assert groups(code=Code(ICD10, code)) == {}
    assert with_history(code=Code(ICD10, code)) == {G.OPIOID_USE_DISORDER: True}


def test_code_of_an_active_disorder_is_both():
    assert (
        groups(code=Code(ICD10, "F11.10")) == with_history(code=Code(ICD10, "F11.10")) == {G.OPIOID_USE_DISORDER: True}
    )
    assert groups(code=Code(SNOMED, "231477003")) == {G.OPIOID_USE_DISORDER: True}


@pytest.mark.parametrize("code", ["F11.20", "f1120", "F11.2"])
@pytest.mark.parametrize("words", [(), ("Opioid dependence, uncomplicated",), ("Chronic pain on opioids",)])
def test_code_that_may_mean_physical_dependence_only_is_no_disorder(code, words):
    found = groups(*words, code=Code(ICD10, code))
    assert found == with_history(*words, code=Code(ICD10, code)) == {G.OPIOID_DEPENDENCE_UNCONFIRMED: True}


def test_code_that_may_mean_physical_dependence_only_casts_doubt_on_the_codes_beside_it():
    both = [Code(SNOMED, "75544000"), Code(ICD10, "F11.20")]
    assert CONDITIONS.groups(both, ["Opioid dependence"]) == {G.OPIOID_DEPENDENCE_UNCONFIRMED: True}
    assert CONDITIONS.groups(both[:1], []) == {G.OPIOID_USE_DISORDER: True}


@pytest.mark.parametrize("words", ["Opioid use disorder, severe", "Heroin dependence", "Opioid addiction", "OUD"])
def test_words_of_a_disorder_beside_the_code_make_it_one(words):
    assert groups(words, code=Code(ICD10, "F11.20"))[G.OPIOID_USE_DISORDER] is True


@pytest.mark.parametrize("code", ["F11.22", "F11.23", "F11.29", "F11.12"])
def test_other_codes_of_dependence_stand_for_a_disorder(code):
    assert groups(code=Code(ICD10, code)) == {G.OPIOID_USE_DISORDER: True}


@pytest.mark.parametrize("code", ["T40.2", "T40.6", "T40.2X1A"])
def test_overdose_is_known_by_the_codes_of_the_who_too(code):
    assert with_history(code=Code(ICD10, code)) == {G.OPIOID_OVERDOSE_HISTORY: True}


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        (G.OPIOID_ADVERSE_EFFECT, "Y45.0"),
        (G.PREGNANCY, "Z33 Z34.9 Z35.9"),
        (G.SUICIDALITY, "X60 X64.9 X69 X70 X84.9 Z91.5"),
    ],
    ids=str,
)
def test_condition_is_known_by_the_codes_that_only_other_countries_have(group, codes):
    assert [code for code in codes.split() if group not in groups(code=Code(ICD10, code))] == []


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        (G.OPIOID_ADVERSE_EFFECT, "Y45.1 Y45"),
        (G.PREGNANCY, "Z36 Z32"),
        (G.SUICIDALITY, "X59 X85 Z91.52"),
        (G.DEPRESSION, "F33.4"),
    ],
    ids=str,
)
def test_condition_is_not_known_by_what_stands_beside_those(group, codes):
    assert [code for code in codes.split() if group in groups(code=Code(ICD10, code))] == []


@pytest.mark.parametrize("code", ["T40.5", "T40.7", "T40.2X5A", "T40.2X", "T40"])
def test_codes_of_other_poisonings_or_of_none_are_no_opioid_overdose(code):
    assert G.OPIOID_OVERDOSE_HISTORY not in with_history(code=Code(ICD10, code))


def test_pregnancy_alone_passes_by_itself():
    assert CONDITIONS.lasting_days == {G.PREGNANCY: 300}


def test_groups_whose_history_counts_are_those_of_use_disorders_and_overdose():
    assert {group for group in ConditionGroup if CONDITIONS.keeps_history(group)} == {
        G.OPIOID_USE_DISORDER,
        G.SUBSTANCE_USE_DISORDER,
        G.OPIOID_OVERDOSE_HISTORY,
    }


def test_icd_code_is_believed_before_the_words():
    assert with_history("Opioid use disorder", code=Code(ICD10, "I10")) == {}
    assert with_history("Opioid use disorder", code=Code(SNOMED, "38341003")) == {G.OPIOID_USE_DISORDER: False}


def test_meaning_of_one_group_is_that_of_all_groups():
    assert G.CONSTIPATION in CONDITIONS.groups([Code(ICD10, "K59.03")], [])
    assert G.CANCER_ACTIVE in CONDITIONS.groups([], ["Glioma"])
    assert G.CONSTIPATION not in CONDITIONS.groups([], ["Diarrhea"])


# ---- why an order was written ----


@pytest.mark.parametrize(("told", "words"), REASONS)
def test_words_of_a_reason_tell_treatment_of_opioid_use_disorder(told, words):
    assert CONDITIONS.is_reason_for_disorder([], [words]) is (told == "treatment")
    assert CONDITIONS.is_reason_for_disorder([Code(ICD10, "Z79.891")], ["pain", words]) is (told == "treatment")


@pytest.mark.parametrize(
    "code",
    [Code(ICD10, "F11.20"), Code(ICD10, "F11.21"), Code(ICD10, "F11.10"), Code(ICD9, "304.00"), Code(ICD9, "304.03"),
     Code(SNOMED, "5602001"), Code(SNOMED, "75544000"), Code(SNOMED, "231477003")],
)  # fmt: skip
def test_code_of_a_reason_tells_treatment_of_opioid_use_disorder(code):
    assert CONDITIONS.is_reason_for_disorder([code], [])


@pytest.mark.parametrize(
    ("codes", "words"),
    [([], []), ([Code(ICD10, "G89.4")], []), ([Code(ICD10, "F11.90")], []), ([Code(ICD9, "304.10")], []),
     ([Code(SNOMED, "30400")], []), ([Code(RXNORM, "F11.20")], [])],
)  # fmt: skip
def test_other_reason_is_none(codes, words):
    assert not CONDITIONS.is_reason_for_disorder(codes, words)


# ---- what the recogniser remembers ----

RECOGNISER = Recogniser(IDENTIFIER, CONDITIONS, load_risk_medicines(), load_rescue_naloxone(), remembered=10)


def test_recogniser_tells_a_condition_with_its_history():
    assert RECOGNISER.conditions.signs((Code(ICD10, "F11.21"),), ()) == ((G.OPIOID_USE_DISORDER, True, True, False),)
    assert RECOGNISER.conditions.signs((), ("Opioid use disorder in remission",)) == (
        (G.OPIOID_USE_DISORDER, False, True, False),
    )
    assert RECOGNISER.conditions.signs((), ("Opioid use disorder",)) == ((G.OPIOID_USE_DISORDER, False, False, False),)


@pytest.mark.parametrize(
    ("codes", "names", "sedative", "rescue"),
    [
        ((Code(RXNORM, "596"),), (), (DrugClass.BENZODIAZEPINE, "alprazolam"), Rescue.NO),
        ((Code(CodeSystem.ATC, "N02BF01"),), (), (DrugClass.GABAPENTINOID, "gabapentin"), Rescue.NO),
        ((), ("Zolpidem 10 mg",), (DrugClass.Z_DRUG, "zolpidem"), Rescue.NO),
        ((Code(SNOMED, "596"),), ("lisinopril",), None, Rescue.NO),
        ((), ("clonidine 0.1 mg",), None, Rescue.NO),
        ((Code(RXNORM, "1725059"),), (), None, Rescue.YES),
        ((Code(RXNORM, "1191222"),), (), None, Rescue.OUTSIDE_HOSPITAL),
        ((Code(RXNORM, "1191212"),), ("Narcan",), None, Rescue.NO),
        ((), ("naloxone 4 mg nasal spray",), None, Rescue.YES),
        ((), ("naloxone-buprenorphine home supply",), None, Rescue.NO),
        ((), ("naloxone ampoule",), None, Rescue.OUTSIDE_HOSPITAL),
    ],
)
def test_recogniser_tells_what_a_drug_is_beside_an_opioid(codes, names, sedative, rescue):
    drug = RECOGNISER.drug(codes, names)
    assert (drug.risk, drug.rescue) == (sedative, rescue)
    assert RECOGNISER.drug(codes, names) is drug


def test_recogniser_tells_which_opioid_a_drug_is():
    assert RECOGNISER.drug((), ("oxycodone 5 mg tablet",)).identity.product.noun == "tablet"


@pytest.mark.parametrize(
    ("names", "is_told"),
    [
        (("diazepam 10 mg",), True),
        (("diazepam rectal gel 10 mg",), False),
        (("diazepam", "rectal"), False),
        (("rectal", "diazepam"), False),
    ],
)
def test_what_a_sedative_is_given_for_may_be_told_by_another_of_its_names(names, is_told):
    assert (RECOGNISER.drug((), names).risk is not None) is is_told


def test_drug_that_is_known_by_no_name_of_ours_is_called_nothing():
    assert RECOGNISER.drug((), ("lisinopril 10 mg",)).called == ""
    assert RECOGNISER.drug((), ("oxycodone 5 mg tablet",)).called == "oxycodone 5 mg tablet"
