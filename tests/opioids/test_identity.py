"""Which drug an order is for: codes before names, the most specific code first, no opioid overlooked."""

from __future__ import annotations

import pytest

from opioids.drug_codes import Code, CodeSystem
from opioids.prescriptions import IgnoredReason, UncountedReason
from opioids.products import Form, Route
from tests.opioids.identities import reason_of, rx, strength_of

R = CodeSystem.RXNORM


LOCAL = Code(CodeSystem.OTHER, "4711")


# ---- codes ----


def test_code_of_another_system_with_the_same_digits_says_nothing(identify):
    assert identify([Code(CodeSystem.OTHER, "7804")], []) is IgnoredReason.NOT_AN_OPIOID


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


def test_a_brand_in_brackets_behind_another_drugs_name_is_no_product(identify):
    found = identify(rx("999999"), ["Magnesium Salicylate 600 MG Oral Tablet [MST 600]"])
    assert reason_of(found) is UncountedReason.PRODUCT_UNKNOWN


def test_of_names_that_agree_the_one_with_a_form_decides(identify):
    found = identify([], ["oxycodone 5 mg", "oxycodone 5 mg tablet"])
    assert (found.product.form, found.product.route) == (Form.SOLID, Route.ORAL)
