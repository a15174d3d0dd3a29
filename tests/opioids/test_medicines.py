"""Medicines beside an opioid: what sedates, what reverses an overdose, what blocks; by code, by class and by name."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from opioids import knowledge
from opioids.drug_classes import DrugClass
from opioids.drug_codes import Code, CodeSystem
from opioids.names.words import words_of
from opioids.prescriptions import IgnoredReason
from opioids.value_sets import Rescue, load_rescue_naloxone, load_risk_medicines

ICD, SNOMED, RXNORM, ATC = CodeSystem.ICD10, CodeSystem.SNOMED, CodeSystem.RXNORM, CodeSystem.ATC

MEDICINES, NALOXONE = load_risk_medicines(), load_rescue_naloxone()
RECOGNISER = knowledge.load().recogniser

ALPRAZOLAM = (DrugClass.BENZODIAZEPINE, "alprazolam")
GABAPENTIN = (DrugClass.GABAPENTINOID, "gabapentin")
ZOLPIDEM = (DrugClass.Z_DRUG, "zolpidem")
CARISOPRODOL = (DrugClass.MUSCLE_RELAXANT, "carisoprodol")
MIDAZOLAM = (DrugClass.BENZODIAZEPINE, "midazolam")
DIAZEPAM = (DrugClass.BENZODIAZEPINE, "diazepam")
AMOBARBITAL = (DrugClass.BARBITURATE, "amobarbital")
SECOBARBITAL = (DrugClass.BARBITURATE, "secobarbital")


def rows(path):
    with (Path(knowledge.__file__).parent / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---- what sedates ----


ATC_OF_CLASSES = {
    DrugClass.BENZODIAZEPINE: ("N05BA", "N05CD", "N03AE01", "M03BX07"),
    DrugClass.GABAPENTINOID: ("N02BF", "N03AX12", "N03AX16"),
    DrugClass.Z_DRUG: ("N05CF",),
    DrugClass.MUSCLE_RELAXANT: ("M03B", "M03CA01"),
    DrugClass.BARBITURATE: ("N03AA", "N05CA"),
    DrugClass.BLOCKER: ("N07BB04", "N07BB05"),
}
"""Where the WHO's classification has the medicines of a class."""


@pytest.mark.parametrize(
    "row",
    [row for row in rows("value_sets/medications.csv") if DrugClass(row["drug_class"]) in ATC_OF_CLASSES],
    ids=lambda row: row["ingredient"],
)
def test_atc_codes_of_a_medicine_are_of_its_class(row):
    places = ATC_OF_CLASSES[DrugClass(row["drug_class"])]
    assert [code for code in row["atc"].split("|") if code and not code.startswith(places)] == []


PUBLIC_NAMES = [
    line
    for path in ("near_names.txt", "no_opioids.txt")
    for line in (Path(__file__).parent / path).read_text().splitlines()
]


def test_no_other_public_name_begins_as_a_sedative_does():
    def is_named(name):
        words = words_of(name)
        return any(words[at : at + length] in MEDICINES.by_word for at in range(len(words)) for length in (1, 2))

    assert len(PUBLIC_NAMES) > 1700
    assert [name for name in PUBLIC_NAMES if not is_named(name) and MEDICINES.find((), (name,))] == []


@pytest.mark.parametrize(
    ("codes", "names", "found"),
    [
        ([Code(RXNORM, "596")], [], [ALPRAZOLAM]),
        ([Code(ATC, "N05BA12")], [], [ALPRAZOLAM]),
        ([Code(SNOMED, "386983007")], [], [ALPRAZOLAM]),
        ([Code(ATC, "N03AX12")], [], [GABAPENTIN]),
        ([], ["Amobarbital 100 MG / Secobarbital 100 MG Oral Capsule"], [AMOBARBITAL, SECOBARBITAL]),
        ([Code(SNOMED, "596")], ["Zolpidem 10 mg"], [ZOLPIDEM]),
        ([Code(RXNORM, "999999")], ["lisinopril", "carisoprodol"], [CARISOPRODOL]),
        ([], ["lisinopril"], []),
        ([], [], []),
        # T11: stimulants and anorectics are no depressants.
        ([], ["methamphetamine", "phentermine", "meclizine"], []),
    ],
)
def test_risk_medicine_is_found_by_code_or_name(codes, names, found):
    assert list(MEDICINES.find(codes, names)) == found


@pytest.mark.parametrize(
    ("code", "drug_class"),
    [
        ("N05BA99", DrugClass.BENZODIAZEPINE),
        ("N05CD99", DrugClass.BENZODIAZEPINE),
        ("N03AE02", DrugClass.BENZODIAZEPINE),
        ("N05CF99", DrugClass.Z_DRUG),
        ("N02BF99", DrugClass.GABAPENTINOID),
        ("N05CA99", DrugClass.BARBITURATE),
    ],
)
def test_medicine_of_a_known_class_is_known_by_the_start_of_its_atc_code(code, drug_class):
    assert [one[0] for one in MEDICINES.find([Code(ATC, code)], [])] == [drug_class]
    assert MEDICINES.find([Code(RXNORM, code)], []) == ()


def test_ingredient_is_told_rather_than_its_class():
    assert MEDICINES.find([Code(ATC, "N05CD08")], []) == (MIDAZOLAM,)


@pytest.mark.parametrize(
    ("codes", "names"),
    [
        ([Code(RXNORM, "25480"), Code(RXNORM, "596")], []),
        ([], ["gabapentin", "alprazolam"]),
        ([], ["alprazolam and gabapentin"]),
        ([Code(ATC, "N02BF01")], ["Xanax"]),
    ],
)
def test_the_most_serious_class_comes_first_whatever_the_order(codes, names):
    assert MEDICINES.find(codes, names) == (ALPRAZOLAM, GABAPENTIN)
    assert MEDICINES.find(codes[::-1], names[::-1]) == (ALPRAZOLAM, GABAPENTIN)


@pytest.mark.parametrize(
    ("codes", "names", "found"),
    [
        ([Code(RXNORM, "6960")], ["midazolam 2 mg IV"], []),
        ([Code(RXNORM, "6960")], [], [MIDAZOLAM]),
        ([Code(ATC, "N05CD14")], [], []),
        ([], ["midazolam injection", "alprazolam"], [ALPRAZOLAM]),
    ],
)
def test_what_stops_a_seizure_or_is_given_for_a_procedure_is_no_lasting_sedative(codes, names, found):
    assert list(MEDICINES.find(codes, names)) == found


@pytest.mark.parametrize(
    ("rxcui", "found"),
    [
        ("310431", [(DrugClass.GABAPENTINOID, "gabapentin")]),
        ("483450", [(DrugClass.GABAPENTINOID, "pregabalin")]),
        ("197901", [(DrugClass.BENZODIAZEPINE, "lorazepam")]),
        ("854873", [(DrugClass.Z_DRUG, "zolpidem")]),
        ("828348", [(DrugClass.MUSCLE_RELAXANT, "cyclobenzaprine")]),
        ("1251614", [(DrugClass.BARBITURATE, "butabarbital")]),
        ("197925", [(DrugClass.BARBITURATE, "mephobarbital")]),
        ("1483744", [(DrugClass.BLOCKER, "naltrexone")]),
        # For a seizure, for a procedure.
        ("104706", []),
        ("106517", []),
        # Lisinopril.
        ("314076", []),
    ],
)
def test_product_code_alone_tells_what_the_name_would(rxcui, found):
    assert list(MEDICINES.find([Code(RXNORM, rxcui)], [])) == found


def test_product_of_the_list_is_no_opioid_though_its_code_is_newer_than_theirs(knowledge):
    newest = max(int(rxcui) for rxcui in knowledge.formulary.products)
    newer = [row for row in rows("value_sets/medication_products.csv") if int(row["rxcui"]) > newest]
    assert newer
    for row in newer:
        known = RECOGNISER.drug((Code(RXNORM, row["rxcui"]),), ())
        assert (known.identity, known.called) == (IgnoredReason.NOT_AN_OPIOID, row["name"])


def test_each_product_of_the_list_is_one_of_its_medicines_and_no_opioid(knowledge):
    opioids = knowledge.formulary.products
    for row in rows("value_sets/medication_products.csv"):
        counted = MEDICINES.find([], [row["name"]])
        held_back = [one for one, pattern in MEDICINES.unless.items() if one in row["name"].lower()]
        assert counted or held_back, row
        assert list(MEDICINES.find([Code(RXNORM, row["rxcui"])], [])) == list(counted)
        assert row["rxcui"] not in opioids


def test_every_word_and_group_of_the_files_is_of_a_known_medicine():
    known = {row["ingredient"] for row in rows("value_sets/medications.csv")}
    assert {row["ingredient"] for row in rows("value_sets/medication_words.csv")} <= known
    for row in rows("value_sets/medication_words.csv"):
        found = {one[1] for one in MEDICINES.find([], [row["word"]])}
        assert row["ingredient"] in found or row["ingredient"] == "remimazolam"


@pytest.mark.parametrize(
    ("codes", "names", "sedative"),
    [
        ([Code(RXNORM, "993943")], [], (DrugClass.BARBITURATE, "butalbital")),
        ([], ["butalbital-acetaminophen-caffeine-codeine capsule"], (DrugClass.BARBITURATE, "butalbital")),
        ([Code(RXNORM, "1049621")], [], None),
        ([], ["clonidine 0.1 mg"], None),
    ],
)
def test_opioid_product_with_a_sedative_in_it_is_both(codes, names, sedative):
    assert RECOGNISER.drug(tuple(codes), tuple(names)).risk == sedative


# ---- what blocks opioids ----

NALTREXONE = (DrugClass.BLOCKER, "naltrexone")


@pytest.mark.parametrize(
    ("codes", "names", "risk"),
    [
        ([Code(RXNORM, "7243")], [], NALTREXONE),
        ([Code(ATC, "N07BB04")], [], NALTREXONE),
        ([Code(SNOMED, "373546002")], [], NALTREXONE),
        ([], ["naltrexone 50 mg tablet"], NALTREXONE),
        ([], ["Vivitrol 380 mg"], NALTREXONE),
        ([], ["naltrexone-bupropion (CONTRAVE)"], NALTREXONE),
        ([], ["Selincro 18 mg"], (DrugClass.BLOCKER, "nalmefene")),
        ([], ["naltrexone and alprazolam"], ALPRAZOLAM),
        ([], ["naloxone 4 mg nasal spray"], None),
        ([], ["Opvee 2.7 mg"], None),
        ([], ["methylnaltrexone 12 mg"], None),
        ([], ["Embeda 20-0.8 mg"], None),
        ([], ["oxycodone / naltrexone"], None),
        ([], ["lisinopril"], None),
    ],
)
def test_what_blocks_opioids_is_of_weight_where_it_is_given_to_block(codes, names, risk):
    assert RECOGNISER.drug(tuple(codes), tuple(names)).risk == risk


# ---- rescue naloxone (T09) ----


@pytest.mark.parametrize(
    ("codes", "names", "kind"),
    [
        (["1725059"], [], Rescue.YES),
        (["2540703"], [], Rescue.YES),
        (["1870935"], [], Rescue.YES),  # Narcan, 2 mg
        (["2589618"], [], Rescue.YES),  # Zimhi
        (["2704891"], [], Rescue.YES),  # Rezenopy: which of the two is the brand's is not known
        (["2704898"], [], Rescue.YES),
        (["2720806"], [], Rescue.YES),  # Zurnai
        (["2720812"], [], Rescue.YES),
        ([], ["Opvee 2.7 mg"], Rescue.YES),  # no code is known
        ([], ["nalmefene 27 MG/ML Nasal Spray"], Rescue.YES),
        (["1191222"], [], Rescue.OUTSIDE_HOSPITAL),
        (["1191222"], ["Narcan nasal spray"], Rescue.OUTSIDE_HOSPITAL),  # the code is the order
        (["1659929", "7242"], [], Rescue.OUTSIDE_HOSPITAL),
        (["1725059", "7242"], [], Rescue.YES),
        (["1725059", "1191212"], [], Rescue.NO),
        (["1191212"], ["naloxone nasal spray"], Rescue.NO),
        (["2592953"], [], Rescue.NO),
        (["7242"], [], Rescue.OUTSIDE_HOSPITAL),
        (["7242"], ["naloxone 4 mg nasal spray"], Rescue.YES),
        (["7242"], ["naloxone 0.02 mg/mL injection"], Rescue.NO),
        ([], ["Narcan 4 mg"], Rescue.YES),
        ([], ["naloxone 4 mg nasal spray"], Rescue.YES),
        ([], ["naloxone 4 mg/actuation Spry"], Rescue.YES),
        ([], ["naloxone hcl 4 mg/actuation"], Rescue.YES),
        ([], ["intranasal naloxone"], Rescue.YES),
        ([], ["Naloxonhydrochlorid Nasenspray 1,8 mg"], Rescue.YES),
        ([], ["naloxonehcl nasal spr"], Rescue.YES),
        ([], ["naloxonhydrochl"], Rescue.OUTSIDE_HOSPITAL),
        ([], ["Nyxoid 1.8 mg"], Rescue.YES),
        ([], ["naloxone auto-injector 0.4 mg"], Rescue.YES),
        ([], ["naloxone take-home kit"], Rescue.YES),
        ([], ["nalmefene nasal spray"], Rescue.YES),
        ([], ["nalmefene 1 mg/mL injection"], Rescue.NO),
        ([], ["Selincro 18 mg"], Rescue.NO),
        ([], ["naloxone"], Rescue.OUTSIDE_HOSPITAL),
        ([], ["naloxone 0.4 mg/mL injection"], Rescue.OUTSIDE_HOSPITAL),
        ([], ["naloxone 2 mg/2 mL syringe"], Rescue.OUTSIDE_HOSPITAL),
        ([], ["naloxone neonatal"], Rescue.NO),
        ([], ["naloxone 20 micrograms/mL"], Rescue.NO),
        ([], ["naloxone 0.02 mg/mL", "naloxone nasal spray"], Rescue.NO),
        ([], ["fluticasone nasal spray"], Rescue.NO),
        ([], ["naltrexone 50 mg"], Rescue.NO),
        ([], [], Rescue.NO),
    ],
)
def test_which_antagonists_reverse_an_overdose_at_home(codes, names, kind):
    assert NALOXONE.kind_of([Code(RXNORM, code) for code in codes], names) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (Code(SNOMED, "372890007"), Rescue.OUTSIDE_HOSPITAL),
        (Code(ATC, "V03AB15"), Rescue.OUTSIDE_HOSPITAL),
        (Code(ATC, "A06AH04"), Rescue.NO),
        (Code(ATC, "N07BB05"), Rescue.NO),
        (Code(SNOMED, "1725059"), Rescue.NO),
    ],
)
def test_codes_of_other_systems(code, kind):
    assert NALOXONE.kind_of([code], []) is kind


@pytest.mark.parametrize(
    ("codes", "names"),
    [
        (["351267"], []),
        (["351267"], ["naloxone nasal spray"]),
        (["312289"], []),
        (["1545903"], []),
        (["1725059"], ["oxycodone"]),
        (["7242", "1819"], []),
        ([], ["Suboxone film"]),
        ([], ["oxycodone / naloxone rescue"]),
        ([], ["naloxone-buprenorphine home supply"]),
        ([], ["Tilidin/Naloxon 50/4 Tropfen"]),
    ],
)
def test_naloxone_with_an_opioid_is_never_for_rescue(codes, names):
    drug = RECOGNISER.drug(tuple(Code(RXNORM, code) for code in codes), tuple(names))
    assert drug.rescue is Rescue.NO


def is_a_syringe(row):
    """Only the code tells that these syringes are made for rescue."""
    return "prefilled syringe" in row["name"].lower() or row["name"] == "naloxone 1 mg/mL 2 mL syringe"


@pytest.mark.parametrize(
    "row",
    [row for row in rows("value_sets/rescue_naloxone.csv") if row["rescue"] != "conditional" and not is_a_syringe(row)],
    ids=lambda row: row["name"],
)
def test_names_of_the_files_products_tell_the_same_as_their_codes(row):
    told = RECOGNISER.drug((), (row["name"],)).rescue
    assert told is (Rescue.YES if row["rescue"] == "true" else Rescue.NO)
