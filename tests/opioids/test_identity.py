"""Which drug an order is for: codes before names, the most specific code first, no opioid overlooked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from opioids.drug_codes import Code, CodeSystem
from opioids.prescriptions import IgnoredReason, UncountedReason
from opioids.products import Form, Route, StrengthUnit
from tests.opioids.identities import reason_of, rx, strength_of
from tests.opioids.shipped import FORMULARY, IDENTIFIER

R = CodeSystem.RXNORM


LOCAL = Code(CodeSystem.OTHER, "4711")


# ---- codes ----


@pytest.mark.parametrize(
    "codes",
    [
        rx("1049621"),
        rx("7804", "1049621"),
        rx("1049621", "7804"),
        [LOCAL, *rx("1049621")],
        [Code(CodeSystem.ATC, "N02AA05"), *rx("1049621")],
        [*rx("1049621"), Code(CodeSystem.SNOMED, "373529000")],
        rx("1049621", "1944541"),
    ],
)
def test_product_code_decides(codes, identify):
    assert strength_of(identify(codes, [])) == ("oxycodone", 5)


@pytest.mark.parametrize(
    "code",
    [
        Code(R, "7804"),
        Code(CodeSystem.SNOMED, "55452001"),
        Code(CodeSystem.SNOMED, "387024006"),
        Code(CodeSystem.ATC, "N02AA05"),
    ],
)
def test_ingredient_code_of_any_system_tells_the_ingredient_only(code, identify):
    assert strength_of(identify([code], [])) == ("oxycodone", None)


def test_code_of_another_system_with_the_same_digits_says_nothing(identify):
    assert identify([Code(CodeSystem.OTHER, "7804")], []) is IgnoredReason.NOT_AN_OPIOID


@pytest.mark.parametrize(
    "codes",
    [("1049621", "1049683"), ("1049683", "247626"), ("892589", "2003714")],
    ids=["strength", "tablet and suppository", "solution and injection"],
)
def test_codes_for_different_products_are_not_guessed_between(codes, identify):
    assert reason_of(identify(rx(*codes), [])) is UncountedReason.PRODUCT_UNKNOWN


def test_codes_for_different_opioids_are_not_guessed_between(identify):
    assert reason_of(identify(rx("7804", "7052"), [])) is UncountedReason.PRODUCT_UNKNOWN


def test_antagonist_beside_an_opioid_code_changes_nothing(identify):
    assert strength_of(identify(rx("7804", "7242"), [])) == ("oxycodone", None)


@pytest.mark.parametrize("code", ["7242", "7243", "1725059", "1725064"])
def test_antagonist_by_code(code, identify):
    assert identify(rx(code), []) is IgnoredReason.ANTAGONIST
    assert identify(rx(code), ["naloxone"]) is IgnoredReason.ANTAGONIST


@pytest.mark.parametrize("code", ["7242", "1725059"])
def test_antagonist_code_whose_words_speak_of_an_opioid_is_not_harmless(code, identify):
    assert reason_of(identify(rx(code), ["oxycodone"])) is UncountedReason.PRODUCT_UNKNOWN


# ---- codes and names ----


@pytest.mark.parametrize(
    ("names", "stated"),
    [
        ([], False),
        (["oxycodone 5 mg tablet"], False),
        (["OxyContin"], False),
        (["a white tablet"], False),
        (["hydromorphone 4 mg tablet"], True),
        (["oxycodone 10 mg tablet"], True),
        (["oxycodone", "hydromorphone"], True),
        (["naloxone"], False),
    ],
)
def test_code_is_the_order_and_a_contradiction_is_stated(names, stated, identify):
    found = identify(rx("1049621"), names)
    assert strength_of(found) == ("oxycodone", 5)
    assert bool(found.assumptions) is stated


def test_name_tells_the_strength_that_an_ingredient_code_lacks(identify):
    found = identify(rx("7804"), ["oxycodone 10 mg tablet"])
    assert strength_of(found) == ("oxycodone", 10)
    assert found.assumptions


@pytest.mark.parametrize(
    "names", [["hydromorphone 4 mg tablet"], ["oxycodone 5 mg tablet", "oxycodone 10 mg tablet"], ["oxycodone"]]
)
def test_name_that_does_not_fit_an_ingredient_code_gives_no_strength(names, identify):
    assert strength_of(identify(rx("7804"), names)) == ("oxycodone", None)


def test_empty_code_is_nobodys(identify):
    assert identify(rx(""), ["lisinopril 10 mg tablet"]) is IgnoredReason.NOT_AN_OPIOID


# ---- names ----


@pytest.mark.parametrize("names", [[], [""], ["  "]])
def test_nothing_named_is_no_drug(names, identify):
    assert reason_of(identify([], names)) is UncountedReason.RESOURCE_INVALID


@pytest.mark.parametrize("codes", [[], [LOCAL]])
@pytest.mark.parametrize(
    "name",
    [
        "lisinopril 10 mg tablet",
        "apomorphine 10 mg",
        "dextromethorphan syrup",
        "naloxegol 25 mg",
        "methylnaltrexone",
        "x" * 5000,
    ],
)
def test_name_without_an_opioid_is_none(codes, name, identify):
    assert identify(codes, [name]) is IgnoredReason.NOT_AN_OPIOID


@pytest.mark.parametrize("name", ["naloxone 4 mg nasal spray", "Narcan", "naltrexone 50 mg tablet", "Vivitrol"])
def test_name_of_an_antagonist(name, identify):
    assert identify([], [name]) is IgnoredReason.ANTAGONIST


@pytest.mark.parametrize("codes", [[], [LOCAL], rx("314076")])
def test_name_that_can_be_read_whole_tells_the_product(codes, identify):
    found = identify(codes, ["oxycodone 5 mg tablet"])
    assert strength_of(found) == ("oxycodone", 5)
    assert found.assumptions


def test_name_of_an_ingredient_serves_only_without_codes(identify):
    assert strength_of(identify([], ["oxycodone"])) == ("oxycodone", None)
    assert reason_of(identify([LOCAL], ["oxycodone"])) is UncountedReason.PRODUCT_UNKNOWN


@pytest.mark.parametrize(
    "names",
    [
        ["oxycodone 5 mg tablet", "oxycodone 10 mg tablet"],
        ["oxycodone and morphine"],
        ["oxycodone 5 mg tablet", "morphine"],
        ["oxycodone 5 mg tablet", "oxycodone 10 mg tablet", "oxycodone tablet"],
    ],
)
def test_names_that_disagree_are_not_guessed_between(names, identify):
    assert reason_of(identify([], names)) is UncountedReason.PRODUCT_UNKNOWN


@pytest.mark.parametrize("codes", [[], rx("999999")], ids=["without a code", "with one that is not known"])
@pytest.mark.parametrize(
    "name",
    [
        "Magnesium Salicylate 600 MG Oral Tablet [MST 600]",
        "Naproxen 500 MG Oral Tablet [Opana]",
        "[Opana] Naproxen 500 MG Oral Tablet",
    ],
)
def test_a_brand_in_brackets_behind_another_drugs_name_is_no_product(codes, name, identify):
    assert reason_of(identify(codes, [name])) is UncountedReason.PRODUCT_UNKNOWN


@pytest.mark.parametrize(
    ("name", "strength"),
    [
        ("oxycodone hydrochloride 40 MG Extended Release Oral Tablet [OxyContin]", 40),
        ("12 HR 40 MG Extended Release Oral Tablet [OxyContin]", 40),
        ("Prolonged-release film-coated tablet 40 mg [OxyContin]", 40),
        ("Retardtabletten 40 mg [Oxygesic]", 40),
        ("Retardtablette 40 mg [Oxygesic]", 40),
        ("Abuse-deterrent crush resistant tablet 40 mg [OxyContin]", 40),
        ("Hartkapsel retardiert 40 mg [Oxygesic]", 40),
        ("comprimé à libération prolongée 40 mg [OxyContin]", 40),
        ("comprimido recubierto de liberación prolongada 40 mg [OxyContin]", 40),
        ("compressa a rilascio prolungato 40 mg [OxyContin]", 40),
        ("tablet 40 mg 28 pack [OxyContin]", 40),
        ("Oxymyth 40 mg tablet [oxycodone]", 40),
        ("OxyContin 40 mg tablet [extended release]", 40),
    ],
)
def test_a_brand_in_brackets_behind_its_own_drug_or_a_form_is_read(name, strength, identify):
    assert strength_of(identify([], [name])) == ("oxycodone", strength)


def test_a_form_of_two_words_is_no_other_drug(identify):
    assert strength_of(identify([], ["Transdermal System 25 mcg/h [Duragesic]"])) == ("fentanyl", 25)


def test_of_names_that_agree_the_one_with_a_form_decides(identify):
    found = identify([], ["oxycodone 5 mg", "oxycodone 5 mg tablet"])
    assert (found.product.form, found.product.route) == (Form.SOLID, Route.ORAL)


# ---- reading names ----

MG, PER_ML, PER_HOUR = StrengthUnit.MG, StrengthUnit.MG_PER_ML, StrengthUnit.MCG_PER_HOUR

NAMES = [
    ("12 HR oxycodone hydrochloride 40 MG Extended Release Oral Tablet", "oxycodone", 40, MG, "tablet", Route.ORAL),
    ("oxycodone 40 MG Extended Release Oral Tablet [OxyContin]", "oxycodone", 40, MG, "tablet", Route.ORAL),
    ("oxycodone 5 mg tablet", "oxycodone", 5, MG, "tablet", Route.ORAL),
    ("Oxycodone HCl 5mg Tab", "oxycodone", 5, MG, "tablet", Route.ORAL),
    ("OXYCODONE 5 MG CAPS", "oxycodone", 5, MG, "capsule", Route.ORAL),
    ("OxyContin 40 mg", "oxycodone", 40, MG, "tablet", Route.ORAL),
    ("Roxicodone 15 mg", "oxycodone", 15, MG, "tablet", Route.ORAL),
    ("oxycodone 5 mg/5 mL oral solution", "oxycodone", 1, PER_ML, "", Route.ORAL),
    ("oxycodone 5 mg/5 mL", "oxycodone", 1, PER_ML, "", None),
    ("morphine 20 mg/mL concentrate", "morphine", 20, PER_ML, "", Route.ORAL),
    ("morphine sulfate ER 30 mg", "morphine", 30, MG, "", None),
    ("morphine 10 mg suppository", "morphine", 10, MG, "suppository", Route.RECTAL),
    ("morphine 10 mg/mL injection", "morphine", 10, PER_ML, "", Route.INJECTION),
    ("fentanyl 25 mcg/hr patch", "fentanyl", 25, PER_HOUR, "patch", Route.TRANSDERMAL),
    ("fentanyl 75 micrograms/hour", "fentanyl", 75, PER_HOUR, "patch", Route.TRANSDERMAL),
    ("fentanyl 0.05 mg/h transdermal", "fentanyl", 50, PER_HOUR, "patch", Route.TRANSDERMAL),
    ("fentanyl 400 mcg buccal tablet", "fentanyl", "0.4", MG, "tablet", Route.BUCCAL),
    ("fentanyl 100 mcg lozenge", "fentanyl", "0.1", MG, "lozenge", Route.TRANSMUCOSAL),
    ("fentanyl 100 mcg/actuat nasal", "fentanyl", "0.1", StrengthUnit.MG_PER_ACTUATION, "spray", Route.NASAL),
    ("fentanyl 200 mcg sublingual", "fentanyl", "0.2", MG, "tablet", Route.SUBLINGUAL),
    ("hydromorphone 4mg tablet", "hydromorphone", 4, MG, "tablet", Route.ORAL),
    ("tramadol hcl 50mg tab", "tramadol", 50, MG, "tablet", Route.ORAL),
    ("morphine 0.03 g tablet", "morphine", 30, MG, "tablet", Route.ORAL),
    ("Percocet 5-325 mg tablet", "oxycodone", 5, MG, "tablet", Route.ORAL),
    ("oxycodone-acetaminophen 5-325", "oxycodone", 5, MG, "", None),
    ("acetaminophen-oxycodone 325-5 mg tablet", "oxycodone", 5, MG, "tablet", Route.ORAL),
    ("Lortab 7.5-325", "hydrocodone", "7.5", MG, "tablet", Route.ORAL),
    ("hydrocodone 5 mg / acetaminophen 325 mg tablet", "hydrocodone", 5, MG, "tablet", Route.ORAL),
    ("acetaminophen 300 mg and codeine 30 mg tablet", "codeine", 30, MG, "tablet", Route.ORAL),
]  # fmt: skip


@pytest.mark.parametrize(("name", "ingredient", "value", "unit", "noun", "route"), NAMES)
def test_name_is_read_into_ingredient_strength_form_and_route(name, ingredient, value, unit, noun, route):
    reading = IDENTIFIER.names.read(name)
    assert [one.name for one in reading.opioids] == [ingredient]
    product = reading.product
    strength = product.components[0].strength
    assert (strength.value, strength.unit) == (Decimal(value), unit)
    assert (product.noun, product.route) == (noun, route)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("oxycodone 5 mg/5 mL", Form.LIQUID),
        ("fentanyl 75 micrograms/hour", Form.PATCH),
        ("oxycodone 5 mg", Form.UNKNOWN),
        ("oxycodone 5 mg tablet", Form.SOLID),
        ("fentanyl 100 mcg/actuat nasal", Form.SPRAY),
    ],
)
def test_strength_tells_the_form_where_no_word_does(name, form):
    assert IDENTIFIER.names.read(name).product.form is form


@pytest.mark.parametrize(
    ("name", "ingredient"),
    [
        ("dihydrocodeine 30 mg", "dihydrocodeine"),
        ("benzhydrocodone 6 mg", "benzhydrocodone"),
        ("hydrocodone", "hydrocodone"),
        ("oxymorphone", "oxymorphone"),
        ("hydromorphone", "hydromorphone"),
        ("pethidine 50 mg", "meperidine"),
        ("Tylenol #3", "codeine"),
        ("co-codamol 30/500", "codeine"),
        ("dihydrocodeinone", "hydrocodone"),
    ],
)
def test_prodrugs_salts_and_synonyms_are_not_taken_for_one_another(name, ingredient):
    assert [one.name for one in IDENTIFIER.names.read(name).opioids] == [ingredient]


@pytest.mark.parametrize(
    "name",
    [
        "oxycodone",
        "oxycodone 0 mg tablet",
        "oxycodone 5 mg/0 mL",
        "oxycodone 5 mg or 10 mg tablet",
        "oxycodone-acetaminophen 17-4",
        "oxycodone and morphine 5 mg",
    ],
)
def test_name_whose_strength_cannot_be_told_names_no_product(name):
    reading = IDENTIFIER.names.read(name)
    assert reading.opioids
    assert reading.product is None


@pytest.mark.parametrize(
    ("name", "released"),
    [
        ("oxycodone ER 10 mg tablet", True),
        ("MS Contin 15 mg", True),
        ("oxycodone 10 mg tablet", False),
        ("12 HR oxycodone 40 MG", True),
        ("oxycodone 12-hr 20 mg tab", True),
        ("morphine 30 mg/8 hr tablet", True),
        ("tramadol 100 mg 24 hours tablet", True),
        ("hydromorphone 4 mg 12 Std", True),
        ("oxycodone 10 mg every 12 hours", False),
        ("oxycodone 10 mg q12h tablet", False),
    ],
)
def test_extended_release_is_read_from_the_name(name, released):
    assert IDENTIFIER.names.read(name).product.extended_release is released


def test_opioid_with_an_antagonist_is_a_combination_and_still_an_opioid():
    reading = IDENTIFIER.names.read("oxycodone/naloxone 20/10")
    assert [one.name for one in reading.antagonists] == ["naloxone"]
    assert reading.product.combination


@pytest.mark.parametrize(
    "name",
    [
        "hydrocodone 5 mg / acetaminophen 325 mg tablet",
        "hydrocodone bitartrate 5 mg and acetaminophen 325 mg oral tablet",
        "hydrocodone-acetaminophen 5-325 mg tablet",
    ],
)
def test_opioid_with_another_ingredient_is_a_combination_however_it_is_written(name):
    assert IDENTIFIER.names.read(name).product.combination


def test_every_name_of_the_formulary_is_read_as_its_product():
    read = IDENTIFIER.names.read
    wrong = [
        product.name
        for product in FORMULARY.products.values()
        if (found := read(product.name).product) is None or found.components != product.components
    ]
    assert wrong == []
