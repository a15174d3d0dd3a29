"""Codes of every kind: NDCs, components, forms, animals' products, and what a code cannot tell."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from opioids.drug_codes import Code, CodeSystem
from opioids.identity import Identified, Identifier
from opioids.ndc import NdcBook
from opioids.prescriptions import IgnoredReason, Refusal, UncountedReason
from opioids.products import Component, Form, Product, Route, Strength, StrengthUnit, UsualPurpose, ingredient_only
from tests.opioids.build import OXYCODONE
from tests.opioids.identities import rx
from tests.opioids.shipped import FORMULARY


def part(rxcui, strength=None, **given):
    """A component ("oxycodone 5 MG") or a form ("oxycodone Oral Tablet") of oxycodone."""
    amount = None if strength is None else Strength(value=strength, unit=StrengthUnit.MG)
    made = {"name": f"part {rxcui}", "form": Form.UNKNOWN, "noun": "", "route": None}
    component = Component(ingredient=OXYCODONE, strength=amount)
    return Product(**{**made, **given, "rxcui": rxcui, "components": (component,)})


TABLET = {"form": Form.SOLID, "noun": "tablet", "route": Route.ORAL}
PARTS = {
    "5mg": part("5mg", 5),
    "10mg": part("10mg", 10),
    "tablet": part("tablet", **TABLET),
    "er-tablet": part("er-tablet", **TABLET, extended_release=True),
    "capsule": part("capsule", form=Form.SOLID, noun="capsule", route=Route.ORAL),
    "with-apap": part("with-apap", combination=True),
    "morphine-form": replace(ingredient_only(FORMULARY.by_rxcui["7052"]), rxcui="morphine-form", **TABLET),
}
NDCS = NdcBook({"00406055201": "1049621", "00406055301": "1049683", "00093015001": "314076", "00002000001": "7242"})
IDENTIFIER = Identifier(replace(FORMULARY, parts=PARTS), NDCS)


def ndc(code):
    return Code(CodeSystem.NDC, code)


def atc(code):
    return Code(CodeSystem.ATC, code)


def told(codes, *names):
    """(ingredient, strength, noun, combined, number of assumptions), or the reason why there is no product."""
    found = IDENTIFIER.identify(codes, names)
    if isinstance(found, Refusal):
        return found.reason
    if not isinstance(found, Identified):
        return found
    component = found.product.components[0]
    value = component.strength and component.strength.value
    return component.ingredient.name, value, found.product.noun, found.product.combination, len(found.assumptions)


UNKNOWN = UncountedReason.PRODUCT_UNKNOWN

# ---- NDCs of the hospital's own list ----


@pytest.mark.parametrize(
    ("codes", "names", "reading"),
    [
        ([ndc("0406-0552-01")], [], ("oxycodone", 5, "tablet", False, 0)),
        ([ndc("00406055201")], ["oxycodone"], ("oxycodone", 5, "tablet", False, 0)),
        ([ndc("0406055201"), *rx("1049621")], [], ("oxycodone", 5, "tablet", False, 0)),
        ([ndc("0406055201"), *rx("7804")], [], ("oxycodone", 5, "tablet", False, 0)),
        ([ndc("0406-0552-01")], ["morphine 15 mg tablet"], ("oxycodone", 5, "tablet", False, 1)),
        ([ndc("0406-0552-01"), ndc("0406-0553-01")], [], UNKNOWN),
        ([ndc("0093-0150-01")], [], IgnoredReason.NOT_AN_OPIOID),
        ([ndc("0093-0150-01")], ["Medication"], IgnoredReason.NOT_AN_OPIOID),
        ([ndc("0093-0150-01")], ["hydromorphone"], UNKNOWN),
        ([ndc("0002-0000-01")], [], IgnoredReason.ANTAGONIST),
        ([ndc("99999-9999-99")], [], UNKNOWN),
        ([ndc("99999-9999-99")], ["lisinopril 10 mg"], IgnoredReason.NOT_AN_OPIOID),
        ([ndc("99999-9999-99")], ["oxycodone 5 mg tablet"], ("oxycodone", 5, "tablet", False, 1)),
        ([ndc("99999-9999-99"), ndc("0093-0150-01")], [], IgnoredReason.NOT_AN_OPIOID),
    ],
)
def test_ndc_stands_for_what_the_hospitals_list_says(codes, names, reading):
    assert told(codes, *names) == reading


# ---- components and forms ----


@pytest.mark.parametrize(
    ("codes", "names", "reading"),
    [
        (rx("5mg"), [], ("oxycodone", 5, "", False, 0)),
        (rx("tablet"), [], ("oxycodone", None, "tablet", False, 0)),
        (rx("5mg", "tablet"), [], ("oxycodone", 5, "tablet", False, 0)),
        (rx("5mg", "tablet", "7804"), [], ("oxycodone", 5, "tablet", False, 0)),
        (rx("5mg", "tablet", "82063"), [], ("oxycodone", 5, "tablet", False, 0)),
        (rx("82063"), ["Oxycodone HCl"], ("oxycodone", None, "", False, 0)),
        (rx("82063", "1049621"), [], ("oxycodone", 5, "tablet", False, 0)),
        (rx("82063", "7052"), [], UNKNOWN),
        (rx("5mg", "tablet", "capsule"), [], ("oxycodone", 5, "", False, 0)),
        (rx("5mg", "with-apap"), [], ("oxycodone", 5, "", True, 0)),
        (rx("5mg", "161"), [], ("oxycodone", 5, "", True, 0)),
        (rx("5mg", "10mg"), [], UNKNOWN),
        (rx("5mg", "7052"), [], UNKNOWN),
        (rx("tablet", "morphine-form"), [], UNKNOWN),
        (rx("5mg", "1049621"), [], ("oxycodone", 5, "tablet", False, 0)),
        (rx("5mg"), ["oxycodone 5 mg capsule"], ("oxycodone", 5, "capsule", False, 0)),
        (rx("5mg"), ["oxycodone tablet"], ("oxycodone", 5, "tablet", False, 0)),
        (rx("5mg"), ["oxycodone 10 mg tablet"], ("oxycodone", 5, "tablet", False, 1)),
        (rx("5mg"), ["morphine 10 mg tablet"], ("oxycodone", 5, "", False, 1)),
        (rx("tablet"), ["oxycodone 10 mg"], ("oxycodone", 10, "tablet", False, 1)),
        (rx("tablet"), ["oxycodone 10 mg capsule"], ("oxycodone", 10, "tablet", False, 1)),
        (rx("with-apap"), ["oxycodone 5 mg tablet"], ("oxycodone", 5, "tablet", True, 1)),
    ],
)
def test_parts_are_put_together(codes, names, reading):
    for order in permutations(codes):
        assert told(list(order), *names) == reading


def test_a_form_tells_the_release():
    assert IDENTIFIER.identify(rx("5mg", "er-tablet"), []).product.extended_release
    assert not IDENTIFIER.identify(rx("5mg"), []).product.extended_release


def test_part_bears_its_own_name_and_code():
    product = IDENTIFIER.identify(rx("5mg"), ["oxycodone 5 mg capsule"]).product
    assert (product.name, product.rxcui) == ("part 5mg", "5mg")


NEWEST = max(int(rxcui) for rxcui in FORMULARY.products)


@pytest.mark.parametrize(
    ("codes", "names", "reading"),
    [
        (rx(str(NEWEST + 1)), [], UNKNOWN),
        (rx(str(NEWEST + 1)), ["medication"], UNKNOWN),
        (rx(str(NEWEST + 1), str(NEWEST + 2)), [], UNKNOWN),
        (rx("999999999"), [], UNKNOWN),
        # A code that was there when the opioids were listed, and is none of them; a name; no code of RxNorm at all.
        (rx(str(NEWEST - 1)), [], IgnoredReason.NOT_AN_OPIOID),
        (rx("617314"), [], IgnoredReason.NOT_AN_OPIOID),
        (rx(str(NEWEST + 1), "617314"), [], IgnoredReason.NOT_AN_OPIOID),
        (rx(str(NEWEST + 1)), ["lisinopril 10 MG Oral Tablet"], IgnoredReason.NOT_AN_OPIOID),
        (rx("9999999999"), [], IgnoredReason.NOT_AN_OPIOID),
        (rx("12345-6789-01"), [], IgnoredReason.NOT_AN_OPIOID),
    ],
)
def test_code_without_a_name_may_be_an_opioids_when_it_is_newer_than_the_list(codes, names, reading):
    assert told(codes, *names) == reading


# ---- codes against each other ----


@pytest.mark.parametrize(
    "less", [rx("7052"), [Code(CodeSystem.SNOMED, "373529000")], [atc("N02AA01")], rx("morphine-form")]
)
def test_a_less_specific_code_of_another_opioid_is_stated(less):
    for codes in ([*rx("1049621"), *less], [*less, *rx("1049621")]):
        assert told(codes) == ("oxycodone", 5, "tablet", False, 1)
    (said,) = IDENTIFIER.identify([*rx("1049621"), *less], []).assumptions
    assert "oxycodone" in said
    assert "morphine" in said


@pytest.mark.parametrize("less", [rx("7804"), rx("5mg"), rx("7242"), [atc("N02AA05")], rx("161"), rx("314076")])
def test_a_less_specific_code_that_agrees_needs_no_words(less):
    assert told([*rx("1049621"), *less]) == ("oxycodone", 5, "tablet", False, 0)


# ---- animals ----


@pytest.mark.parametrize(
    ("codes", "names", "reading"),
    [
        (rx("1489991"), [], IgnoredReason.NOT_AN_OPIOID),
        (rx("1489991"), ["butorphanol 10 MG/ML Injectable Solution [Torbugesic]"], IgnoredReason.NOT_AN_OPIOID),
        (rx("1489991"), ["Torbugesic"], IgnoredReason.NOT_AN_OPIOID),
        (rx("1489991"), ["fentanyl 25 mcg/h patch"], UNKNOWN),
        (rx("1489991", "7804"), [], UNKNOWN),
        (rx("2599851"), [], IgnoredReason.NOT_AN_OPIOID),
        ([], ["Torbugesic 10 mg/mL injection"], IgnoredReason.NOT_AN_OPIOID),
        (rx("314076"), ["Torbugesic 10 mg/mL injection"], IgnoredReason.NOT_AN_OPIOID),
        ([], ["butorphanol 10 mg/mL injection"], ("butorphanol", 10, "", False, 1)),
    ],
)
def test_products_for_animals_are_nothing_a_patient_takes(codes, names, reading):
    assert told(codes, *names) == reading


# ---- what an ATC code cannot tell (CR23) ----


@pytest.mark.parametrize(
    ("code", "names", "stated"),
    [
        ("N02AB03", [], True),
        ("R05DA04", [], True),
        ("R05DA03", [], True),
        ("N02AA05", [], False),
        ("N02AB03", ["fentanyl patch"], False),
        ("N02AB03", ["fentanyl 25 mcg/h"], False),
        ("R05DA04", ["codeine 15 mg/5 mL linctus"], False),
        ("R05DA04", ["codeine 30 mg"], True),
    ],
)
def test_what_an_atc_code_cannot_tell_is_said_while_nothing_else_tells(code, names, stated):
    found = IDENTIFIER.identify([atc(code)], names)
    assert (FORMULARY.atc_notes.get(code) in found.assumptions) is stated


def test_a_better_code_beside_the_atc_code_leaves_nothing_open():
    assert IDENTIFIER.identify([atc("R05DA04"), *rx("2670")], []).assumptions == ()


@pytest.mark.parametrize(
    ("names", "for_disorder"),
    [
        ([], True),
        (["Subutex 8 mg Sublingualtabletten"], True),
        (["buprenorphine"], True),
        (["buprenorphine 20 mcg/hr patch"], False),
    ],
)
def test_an_atc_code_for_treatment_tells_the_purpose_of_what_is_not_called_otherwise(names, for_disorder):
    purpose = IDENTIFIER.identify([atc("N07BC01")], names).product.usual_purpose
    assert (purpose is UsualPurpose.OPIOID_USE_DISORDER) is for_disorder


@pytest.mark.parametrize(
    ("codes", "names"),
    [
        ([atc("N07BC01")], ["morphine 30 mg tablets"]),
        (rx("1819"), ["morphine 30 mg tablets"]),
        (rx("1010600"), ["morphine sulfate 15 MG Oral Tablet"]),  # buprenorphine with naloxone, a film
        (rx("1010600", "7052"), []),
        (rx("904870"), ["fentanyl 25 mcg/hr patch"]),  # a patch of buprenorphine
        (rx("864978"), ["oxycodone 40 mg tablet"]),  # methadone 40 mg, dispersible
    ],
)
def test_an_order_that_may_be_of_another_opioid_is_not_left_out_for_what_its_code_says(codes, names):
    found = IDENTIFIER.identify(codes, names)
    assert isinstance(found, Refusal)
    assert found.reason is UncountedReason.PRODUCT_UNKNOWN


@pytest.mark.parametrize("name", ["Suboxone film", "buprenorphine-naloxone 2-0.5 mg film", "a film"])
def test_a_code_for_treatment_beside_a_name_that_says_the_same_tells_the_purpose(name):
    purpose = IDENTIFIER.identify(rx("1010600"), [name]).product.usual_purpose
    assert purpose is UsualPurpose.OPIOID_USE_DISORDER


@pytest.mark.parametrize("code", ["N02AB03", "R05DA04", "R05DA03", "N07BC02"])
def test_an_atc_code_tells_neither_form_nor_release(code):
    product = IDENTIFIER.identify([atc(code)], []).product
    assert (product.form, product.route, product.extended_release) == (Form.UNKNOWN, None, False)


@pytest.mark.parametrize(
    ("code", "ingredient", "combined"),
    [
        ("N02AA51", "morphine", True),
        ("N02AG01", "morphine", True),
        ("A07DA52", "morphine", True),
        ("N01AH06", "remifentanil", False),
        ("N01AH51", "fentanyl", True),
        ("N02AC52", "methadone", True),
        ("N02AD51", "pentazocine", False),
        ("N02AA55", "oxycodone", False),
        ("R05DA08", "pholcodine", False),
        ("R05DA12", "acetyldihydrocodeine", False),
        ("N02AC05", "bezitramide", False),
    ],
)
def test_atc_codes_of_combinations_and_rare_opioids(code, ingredient, combined):
    assert told([atc(code)])[:4] == (ingredient, None, "", combined)


@pytest.mark.parametrize("code", ["N01AH99", "R05DA20", "R05FA01", "N02AX99"])
def test_atc_group_of_opioids_without_a_known_one_is_no_harmless_code(code):
    assert told([atc(code)], "a cough mixture") == UNKNOWN


@pytest.mark.parametrize("code", ["N07BC04", "R05DA07", "R05DA09", "A07DA03", "N02BE01"])
def test_neighbours_that_are_no_opioids(code):
    assert told([atc(code)]) is IgnoredReason.NOT_AN_OPIOID


# ---- a patch's micrograms ----


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("fentanyl 25 mcg patch", 25),
        ("fentanyl 12 mcg patch", 12),
        ("Durogesic DTrans 50micrograms transdermal patches", 50),
        ("Durogesic 75 micrograms", 75),
        ("buprenorphine 10 micrograms patch", 10),
    ],
)
def test_micrograms_of_a_patch_are_its_rate_an_hour_and_that_is_said(name, rate):
    found = IDENTIFIER.identify([], [name])
    assert found.product.components[0].strength == Strength(value=rate, unit=StrengthUnit.MCG_PER_HOUR)
    assert len(found.assumptions) == 2
    assert (
        len(IDENTIFIER.identify(rx("4337" if "entan" in name or "Duro" in name else "1819"), [name]).assumptions) == 2
    )


@pytest.mark.parametrize(
    "name", ["fentanyl 20 mcg patch", "fentanyl 2.1 mg patch", "fentanyl 25 mcg", "fentanyl 25 mcg film"]
)
def test_other_micrograms_are_no_rate(name):
    strength = IDENTIFIER.identify([], [name]).product.components[0].strength
    assert strength.unit is StrengthUnit.MG


def test_a_name_with_the_hour_beside_it_leaves_nothing_to_assume():
    assert len(IDENTIFIER.identify([], ["fentanyl 25 mcg patch", "fentanyl 25 mcg/h patch"]).assumptions) == 1


@pytest.mark.parametrize("codes", [("886622", "1809204"), ("1809204", "886622")])
def test_product_for_animals_is_one_although_a_code_for_the_same_thing_stands_beside_its_own(codes):
    assert told(rx(*codes)) is IgnoredReason.NOT_AN_OPIOID


@pytest.mark.parametrize("codes", [("1049621", "1944541"), ("1944541", "1049621")])
def test_of_codes_for_the_same_thing_the_first_in_their_order_names_it_whichever_was_sent_first(codes):
    assert IDENTIFIER.identify(rx(*codes), []).product.rxcui == "1049621"


@pytest.mark.parametrize("codes", [("999", "7804"), ("7804", "999"), ("7804",)])
def test_one_code_of_an_opioid_among_those_without_a_system_is_enough(codes):
    assert told([Code(CodeSystem.NONE, code) for code in codes]) is UncountedReason.PRODUCT_UNKNOWN


@pytest.mark.parametrize("word", ["torbugesik 10 mg", "simbadoll", "recuvira", "naltrexnoe 50 mg", "naloxnoe"])
def test_slip_of_a_brand_for_animals_or_of_an_antagonist_is_no_doubt_worth_having(word):
    assert told([], word) is IgnoredReason.NOT_AN_OPIOID
