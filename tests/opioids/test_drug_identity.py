"""Which drug an order is for when its codes or its words tell only a part."""

from __future__ import annotations

from decimal import Decimal

import pytest

from opioids.drug_codes import Code, CodeSystem
from opioids.prescriptions import IgnoredReason, UncountedReason
from opioids.products import Form, Route, UsualPurpose
from opioids.shelf import shelf_with
from tests.opioids.identities import reason_of, rx, strength_of
from tests.opioids.shipped import IDENTIFIER

LOCAL = Code(CodeSystem.OTHER, "4711")


# ---- codes that tell little ----

NDC, NONE = Code(CodeSystem.NDC, "59011-0440-10"), CodeSystem.NONE


@pytest.mark.parametrize("names", [[], [""], ["Medication"], ["See order", "Tablet 5 mg"], ["Medication/123"]])
@pytest.mark.parametrize("codes", [[NDC], [NDC, Code(NONE, "4711")], [Code(NONE, "1049621")], [Code(NONE, "7804")]])
def test_code_that_may_be_an_opioids_is_none_only_when_words_name_another_drug(codes, names, identify):
    assert reason_of(identify(codes, names)) is UncountedReason.PRODUCT_UNKNOWN
    assert identify(codes, [*names, "lisinopril 10 mg"]) is IgnoredReason.NOT_AN_OPIOID
    assert identify(codes, [*names, "ASA 81 mg"]) is IgnoredReason.NOT_AN_OPIOID
    assert strength_of(identify(codes, [*names, "oxycodone 5 mg tablet"])) == ("oxycodone", 5)


@pytest.mark.parametrize("code", ["108505002", "N02AX02", "10689"], ids=["SNOMED CT", "ATC", "RxNorm"])
def test_code_without_a_system_may_be_of_any(code, identify):
    assert reason_of(identify([Code(NONE, code)], [])) is UncountedReason.PRODUCT_UNKNOWN


@pytest.mark.parametrize(
    "codes",
    [[LOCAL], [Code(NONE, "4711")], [Code(NONE, "7242")], [Code(CodeSystem.SNOMED, "4711")], [NDC, *rx("314076")],
     [Code(NONE, "1049621"), LOCAL]],
    ids=["local", "unknown", "naloxone", "SNOMED CT", "RxNorm beside an NDC", "local beside it"],
)  # fmt: skip
def test_other_unknown_code_is_no_opioid(codes, identify):
    assert identify(codes, []) is IgnoredReason.NOT_AN_OPIOID


@pytest.mark.parametrize("name", ["Medication", "See order", "Compound analgesic", "tablet 10 mg"])
def test_words_that_name_no_drug_are_not_believed(name, identify):
    assert reason_of(identify([], [name])) is UncountedReason.PRODUCT_UNKNOWN
    assert identify([], [name, "KCl"]) is IgnoredReason.NOT_AN_OPIOID


def test_atc_code_of_an_unknown_opioid_is_still_an_opioids(identify):
    for names in ([], ["Dolorol"]):
        assert reason_of(identify([Code(CodeSystem.ATC, "N02AX99")], names)) is UncountedReason.PRODUCT_UNKNOWN
    assert identify([Code(CodeSystem.ATC, "N02BE01")], []) is IgnoredReason.NOT_AN_OPIOID


# ---- names that tell a part ----


@pytest.mark.parametrize("codes", [[], rx("4337")], ids=["no code", "fentanyl"])
def test_patch_without_a_strength_is_a_patch(codes, identify):
    for name in ("fentanyl patch", "Duragesic-25"):
        found = identify(codes, [name]).product
        assert (found.name, found.form, found.route) == ("fentanyl", Form.PATCH, Route.TRANSDERMAL)
        assert found.components[0].strength is None


@pytest.mark.parametrize(
    ("codes", "names"),
    [
        ([], ["oxycodone-acetaminophen"]),
        ([], ["oxycodone", "Percocet"]),
        (rx("7804"), ["Percocet"]),
        (rx("7804", "161"), []),
        ([Code(CodeSystem.ATC, "N02AJ17")], []),
        ([Code(CodeSystem.ATC, "N02AJ17")], ["oxycodone"]),
        ([Code(CodeSystem.ATC, "N02AJ17")], ["oxycodone 5 mg tablet"]),
        (rx("7804"), ["oxycodone 5 mg tablet", "oxycodone-acetaminophen"]),
        ([], ["oxycodone 5 mg tablet", "oxycodone-acetaminophen"]),
        ([], ["oxycodone 5 mg", "Percocet 5-325"]),
    ],
)
def test_what_is_combined_with_another_painkiller_is_a_combination(codes, names, identify):
    assert identify(codes, names).product.combination


@pytest.mark.parametrize(
    ("codes", "names"),
    [(rx("7804"), []), (rx("7804", "7242"), []), ([Code(CodeSystem.ATC, "N02AA55")], []), ([], ["oxycodone/naloxone"])],
)
def test_antagonist_beside_an_opioid_makes_no_dose_ambiguous(codes, names, identify):
    assert not identify(codes, names).product.combination


@pytest.mark.parametrize("codes", [[], [LOCAL], [NDC]])
@pytest.mark.parametrize("names", [["Suboxone"], ["buprenorphine", "Sublocade"], ["Diskets"]])
def test_brand_for_opioid_use_disorder_is_known_without_a_strength(codes, names, identify):
    assert identify(codes, names).product.usual_purpose is UsualPurpose.OPIOID_USE_DISORDER


@pytest.mark.parametrize("name", ["Butrans", "Temgesic", "buprenorphine", "Methadose", "Belbuca", "methadone"])
def test_brand_for_pain_or_either_is_not(name, identify):
    assert identify([], [name]).product.usual_purpose is UsualPurpose.NOT_TOLD


# ---- strengths that only look different ----


@pytest.mark.parametrize(
    ("code", "name", "stated"),
    [
        ("577057", "fentanyl 12.5 mcg/hr patch", False),
        ("577057", "fentanyl 25 mcg/hr patch", True),
        ("892531", "morphine 10 mg injection", False),
        ("892531", "morphine 10 mg", False),
        ("892531", "morphine 10 mg tablet", True),
        ("892531", "morphine 8 mg/mL injection", True),
        ("1049621", "oxycodone 5 mg/5 mL oral solution", True),
        ("1049621", "OxyContin", False),
    ],
)
def test_only_a_strength_that_contradicts_the_code_is_stated(code, name, stated, identify):
    assert bool(identify(rx(code), [name]).assumptions) is stated


def test_strengths_that_differ_by_rounding_agree(identify):
    names = ["hydrocodone-acetaminophen 10-325 mg/15 mL solution", "hydrocodone 0.667 mg/mL"]
    assert strength_of(identify([], names)) == ("hydrocodone", Decimal("0.667"))


# ---- the formulary ----


@pytest.mark.parametrize("name", ["OxyContin 40 mg", "oxycodone 40 mg tablet", "oxycodone ER 10 mg tablet"])
def test_product_read_from_its_name_is_of_the_same_line_as_one_by_code(name, identify):
    shelf = shelf_with(IDENTIFIER.formulary, frozenset())
    line = shelf.line_of(identify(rx("1049584"), []).product).strengths
    assert line[0] < line[-1]
    assert shelf.line_of(identify([], [name]).product).strengths == line


def test_partner_of_the_same_amount_is_still_another_ingredient():
    product = next(
        one for one in IDENTIFIER.formulary.products.values() if one.other_strengths == (Decimal("0.4"), 1.5)
    )
    assert product.components[0].strength.value == Decimal("0.4")
