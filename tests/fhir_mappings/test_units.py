"""Units of quantities, as codes and in the words of clients."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fhir_mappings.units import read_unit
from opioids.prescriptions import Refusal, UncountedReason
from opioids.quantities import Unit

R = UncountedReason


def reason(found) -> UncountedReason:
    assert isinstance(found, Refusal), found
    assert found.detail
    return found.reason


@pytest.mark.parametrize(
    ("words", "unit", "worth", "noun"),
    [
        ("mg Mg MG mgs milligram Milligrams mg.", Unit.MG, 1, ""),
        ("ug mcg MCG µg μg microgram micrograms", Unit.MG, "0.001", ""),
        ("g gm gms gram grams", Unit.MG, 1000, ""),
        ("mL ml ML milliliter millilitres cc", Unit.ML, 1, ""),
        ("L liter litre", Unit.ML, 1000, ""),
        ("[tsp_us] tsp teaspoon Teaspoonful tsps", Unit.ML, 5, ""),
        ("stk Stk. STK", Unit.EACH, 1, ""),
        ("µg/Stunde mcg/std", Unit.MCG_PER_HOUR, 1, ""),
        ("[tbs_us] tbsp tablespoon", Unit.ML, 15, ""),
        ("ug/h mcg/h mcg/hr µg/h mcg/hour micrograms/hour", Unit.MCG_PER_HOUR, 1, ""),
        ("mg/h mg/hr", Unit.MCG_PER_HOUR, 1000, ""),
        (
            "{tbl} {Tablet} tablet tablets tablet(s) tab TAB tabs caplet 428673006 732936001 15054000",
            Unit.EACH,
            1,
            "tablet",
        ),
        ("capsule caps cap {capsule} 732937005 Softgel Hartkapseln", Unit.EACH, 1, "capsule"),
        ("patch patches patch(es) system {patch} 733005001", Unit.EACH, 1, "patch"),
        ("spray sprays actuat puff 732981002", Unit.EACH, 1, "spray"),
        ("lozenge loz 733000006 troche", Unit.EACH, 1, "lozenge"),
        ("film films strip 732995004", Unit.EACH, 1, "film"),
        ("suppository supp 733019001", Unit.EACH, 1, "suppository"),
        ("drop gtt gtts [drp] 732994000", Unit.EACH, 1, "drop"),
        ("1 each ea unit {unit}", Unit.EACH, 1, ""),
        ("dose {dose} doses", Unit.EACH, 1, "dose"),
    ],
)
def test_unit_is_known_by_code_or_word(words, unit, worth, noun):
    for word in words.split():
        wanted = (unit, Decimal(str(worth)), noun)
        assert read_unit(word, "") == wanted
        assert read_unit("", word) == wanted


@pytest.mark.parametrize(
    ("word", "noun"),
    [("tab(s)", "tablet"), ("Cap(s)", "capsule"), ("patch(es)", "patch"), ("puff(s)", "spray"), ("drop(s)", "drop"),
     ("{Lozenge(s)}", "lozenge"), ("tab.", "tablet"), ("supp(s)", "suppository"), ("film(s)", "film"),
     ("film-coated tablet", "tablet"), ("Prolonged-release tablets", "tablet"),
     ("capsule, extended release", "capsule"),
     ("Tablet ER", "tablet"), ("tablet extended release 12 hour", "tablet"), ("TD patch", "patch"),
     ("Patch, 72 hours", "patch"), ("patch 72 hr", "patch"),
     ("oral tablet", "tablet"), ("Transdermal Patch", "patch"), ("Filmtabletten", "tablet"), ("buccal film", "film")],
)  # fmt: skip
def test_plural_in_brackets_full_stop_and_words_of_the_form_are_of_no_weight(word, noun):
    assert read_unit(word, "") == read_unit("", word) == (Unit.EACH, 1, noun)


@pytest.mark.parametrize("spoon", ["5ml spoonful", "5 mL spoonfuls"])
def test_spoonful_of_a_stated_size_is_that_much(spoon):
    assert read_unit("", spoon) == (Unit.ML, 5, "")


@pytest.mark.parametrize(("word", "plain"), [("mg/dose", "mg"), ("tabs/dose", "tablet"), ("mL per dose", "mL")])
def test_unit_of_a_dose_is_the_unit(word, plain):
    assert read_unit(word, "") == read_unit("", word) == read_unit(plain, "")


@pytest.mark.parametrize("word", ["mg/kg/dose", "mg/day", "/dose"])
def test_unit_by_weight_or_day_is_none_of_a_dose(word):
    assert reason(read_unit(word, "")) is R.UNIT_UNKNOWN


@pytest.mark.parametrize("word", ["micrograms per hour", "mcg per hr", "Micrograms per Hour"])
def test_rate_of_a_patch_may_be_written_in_words(word):
    assert read_unit("", word) == (Unit.MCG_PER_HOUR, 1, "")


def test_no_unit_counts_units_of_the_product():
    assert read_unit("", "") == (Unit.EACH, 1, "")


@pytest.mark.parametrize(
    "word", ["vial", "application", "mg/kg", "mg/mL", "IU", "{foo}", "h", "oral mg", "tablet film", "oral unit"]
)
def test_unit_that_is_not_known_is_refused(word):
    assert reason(read_unit(word, "")) is R.UNIT_UNKNOWN
    assert reason(read_unit("", word)) is R.UNIT_UNKNOWN


@pytest.mark.parametrize(
    ("word", "by_the_body"),
    [("mg/kg", True), ("mcg/kg/dose", True), ("mg per kg", True), ("mg/m2", True), ("mg/m²", True), ("mg/lb", True),
     ("{foo}", False), ("mg/kgx", False), ("kg", False)],
)  # fmt: skip
def test_a_dose_by_the_body_says_so(word, by_the_body):
    for code, unit in ((word, ""), ("", word), (word, word)):
        found = read_unit(code, unit)
        assert isinstance(found, Refusal)
        assert found.reason is UncountedReason.UNIT_UNKNOWN
        assert ("by body weight or surface" in found.detail) is by_the_body


@pytest.mark.parametrize("word", ["mL/h", "mL/hr", "mcg/kg/min", "mg / hour", "mg/kg/h", "units/h"])
def test_unit_by_the_hour_or_minute_is_an_infusion(word):
    assert reason(read_unit(word, "")) is R.ROUTE_NOT_CONVERTIBLE
    assert reason(read_unit("", word)) is R.ROUTE_NOT_CONVERTIBLE


def test_readable_unit_serves_where_the_code_is_not_known():
    assert read_unit("X9", "tablet") == (Unit.EACH, 1, "tablet")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("C48542", (Unit.EACH, 1, "tablet")),
        ("C48480", (Unit.EACH, 1, "capsule")),
        ("C48524", (Unit.EACH, 1, "patch")),
        ("C28254", (Unit.ML, 1, "")),
        ("C28253", (Unit.MG, 1, "")),
        ("mg{total}", (Unit.MG, 1, "")),
        ("mL{solution}", (Unit.ML, 1, "")),
        ("{Tablet}", (Unit.EACH, 1, "tablet")),
    ],
)
def test_unit_by_its_code_in_electronic_prescriptions_and_with_annotations(word, found):
    assert read_unit(word, "") == found


@pytest.mark.parametrize(
    ("code", "unit", "found"),
    [
        ("mg", "tablet", (Unit.MG, 1, "")),
        ("{tbl}", "mg", (Unit.EACH, 1, "tablet")),
        ("1", "tablet", (Unit.EACH, 1, "tablet")),
        ("{dose}", "patch", (Unit.EACH, 1, "patch")),
        ("[tsp_us]", "mL", (Unit.ML, 5, "")),
    ],
)
def test_code_decides_and_a_bare_count_takes_its_word(code, unit, found):
    assert read_unit(code, unit) == found


@pytest.mark.parametrize(
    ("code", "unit"),
    [("mg", "mcg"), ("ug", "mg"), ("g", "mg"), ("g", "mcg"), ("ug/h", "mg/h"), ("mL", "L"), ("1", "mg"),
     ("{dose}", "mL")],
)  # fmt: skip
def test_code_and_unit_that_contradict_each_other_are_refused(code, unit):
    assert reason(read_unit(code, unit)) is R.UNIT_UNKNOWN
