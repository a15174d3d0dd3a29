"""Quantities, ranges, rates and maxima of every release into doses."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fhir_mappings.quantities import (
    Measured,
    read_ceilings,
    read_dose,
    read_most_at_once,
    read_quantity,
    read_supply,
    read_unit,
)
from opioids.prescriptions import Refusal, UncountedReason
from opioids.quantities import Dose, Unit

R = UncountedReason


def q(value, unit=None, code=None):
    return {name: one for name, one in (("value", value), ("unit", unit), ("code", code)) if one is not None}


def reason(found) -> UncountedReason:
    assert isinstance(found, Refusal), found
    assert found.detail
    return found.reason


def dose(found):
    assert not isinstance(found, Refusal), found
    return found.low, found.high, found.unit, found.noun


@pytest.mark.parametrize(
    ("words", "unit", "worth", "noun"),
    [
        ("mg Mg MG mgs milligram Milligrams mg.", Unit.MG, 1, ""),
        ("ug mcg MCG µg μg microgram micrograms", Unit.MG, "0.001", ""),
        ("g gm gram grams", Unit.MG, 1000, ""),
        ("mL ml ML milliliter millilitres cc", Unit.ML, 1, ""),
        ("L liter litre", Unit.ML, 1000, ""),
        ("[tsp_us] tsp teaspoon Teaspoonful", Unit.ML, 5, ""),
        ("[tbs_us] tbsp tablespoon", Unit.ML, 15, ""),
        ("ug/h mcg/h mcg/hr µg/h mcg/hour micrograms/hour", Unit.MCG_PER_HOUR, 1, ""),
        ("mg/h mg/hr", Unit.MCG_PER_HOUR, 1000, ""),
        ("{tbl} {Tablet} tablet tablets tablet(s) tab TAB tabs caplet 428673006", Unit.EACH, 1, "tablet"),
        ("capsule caps cap {capsule}", Unit.EACH, 1, "capsule"),
        ("patch patches patch(es) system {patch}", Unit.EACH, 1, "patch"),
        ("spray sprays actuat puff", Unit.EACH, 1, "spray"),
        ("lozenge loz", Unit.EACH, 1, "lozenge"),
        ("film films strip", Unit.EACH, 1, "film"),
        ("suppository supp", Unit.EACH, 1, "suppository"),
        ("drop gtt [drp]", Unit.EACH, 1, "drop"),
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
     ("oral tablet", "tablet"), ("Transdermal Patch", "patch"), ("Filmtabletten", "tablet"), ("buccal film", "film")],
)  # fmt: skip
def test_plural_in_brackets_full_stop_and_words_of_the_form_are_of_no_weight(word, noun):
    assert read_unit(word, "") == read_unit("", word) == (Unit.EACH, 1, noun)


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


@pytest.mark.parametrize("word", ["mL/h", "mL/hr", "mcg/kg/min", "mg / hour", "mg/kg/h", "units/h"])
def test_unit_by_the_hour_or_minute_is_an_infusion(word):
    assert reason(read_unit(word, "")) is R.ROUTE_NOT_CONVERTIBLE
    assert reason(read_unit("", word)) is R.ROUTE_NOT_CONVERTIBLE


def test_readable_unit_serves_where_the_code_is_not_known():
    assert read_unit("C48542", "tablet") == (Unit.EACH, 1, "tablet")


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
    [
        ("mg", "mcg"),
        ("ug", "mg"),
        ("g", "mg"),
        ("g", "mcg"),
        ("ug/h", "mg/h"),
        ("mL", "L"),
        ("1", "mg"),
        ("{dose}", "mL"),
    ],
)
def test_code_and_unit_that_contradict_each_other_are_refused(code, unit):
    assert reason(read_unit(code, unit)) is R.UNIT_UNKNOWN


@pytest.mark.parametrize("value", ["five", "1-2", True, [5], {}])
def test_value_that_is_no_number_is_refused(value):
    assert reason(read_quantity(q(value, "mg"))) is R.DOSE_UNREADABLE


@pytest.mark.parametrize("quantity", [{}, {"unit": "mg"}, {"value": None}])
def test_quantity_without_a_value_says_nothing(quantity):
    assert read_quantity(quantity) is None


# ---- doses ----


@pytest.mark.parametrize(
    "instruction",
    [
        {"doseAndRate": [{"doseQuantity": q(2, "tablet")}]},
        {"doseAndRate": {"doseQuantity": q(2, "tablet")}},
        {"doseQuantity": q(2, "tablet")},
        {"quantityQuantity": q(2, "tablet")},
        {"quantity": q(2, "tablet")},
        {"dose": q(2, "tablet")},
        {"extension": [{"url": "https://ehr.example.org/ordered-dose", "valueQuantity": q(2, "tablet")}]},
    ],
)
def test_dose_is_found_where_each_release_and_careless_clients_put_it(instruction):
    assert dose(read_dose(instruction)) == (2, 2, Unit.EACH, "tablet")


@pytest.mark.parametrize(
    "instruction",
    [
        {"doseAndRate": [{"doseRange": {"low": q(1, "tablet"), "high": q(2, "tablet")}}]},
        {"doseRange": {"low": q(1, "tablet"), "high": q(2)}},
        {"quantityRange": {"low": q(1), "high": q(2, "tablet")}},
        {"dose": {"low": q(1, "tablet"), "high": q(2, "tablet")}},
    ],
)
def test_range_is_found_likewise(instruction):
    assert dose(read_dose(instruction)) == (1, 2, Unit.EACH, "tablet")


def test_range_without_a_low_end_starts_at_nothing():
    assert dose(read_dose({"doseRange": {"high": q(10, "mg")}})) == (0, 10, Unit.MG, "")


@pytest.mark.parametrize(
    ("span", "why"),
    [
        ({"low": q(1, "tablet")}, R.DOSE_UNREADABLE),
        ({"low": q(1, "tablet"), "high": q(10, "mg")}, R.UNIT_UNKNOWN),
        ({"low": q(1, "mg"), "high": q("x", "mg")}, R.DOSE_UNREADABLE),
        ({"low": q("x", "mg"), "high": q(1, "mg")}, R.DOSE_UNREADABLE),
    ],
)
def test_range_that_cannot_be_read_is_refused(span, why):
    assert reason(read_dose({"doseRange": span})) is why


@pytest.mark.parametrize(
    "instruction", [{}, {"doseRange": {}}, {"doseQuantity": {}}, {"doseQuantity": "2"}, {"doseAndRate": [{}]}]
)
def test_instruction_without_a_dose_has_none(instruction):
    assert read_dose(instruction) is None


def kind(name, value, unit="mg", where="code"):
    type_ = {"text": name} if where == "text" else {"coding": [{"code": name}]}
    return {"type": type_, "doseQuantity": q(value, unit)}


@pytest.mark.parametrize(
    ("entries", "value"),
    [
        ([kind("admin-amount", 3), kind("calculated", 2), kind("ordered", 1)], 1),
        ([kind("admin-amount", 3), kind("calculated", 2)], 2),
        ([kind("admin-amount", 3)], 3),
        ([kind("calculated", 2), {"doseQuantity": q(9, "mg")}], 9),
        ([{"doseQuantity": q(9, "mg")}, kind("Ordered", 1, where="text")], 1),
        ([kind("ordered", 1, "mg/kg"), kind("calculated", 70)], 70),
        ([{"type": {"text": "ordered"}}, kind("calculated", 2)], 2),
    ],
)
def test_one_of_several_restatements_is_read(entries, value):
    assert dose(read_dose({"doseAndRate": entries}))[0] == value


def test_contradiction_in_the_ordered_dose_is_not_mended_by_another():
    contradiction = {"type": {"text": "ordered"}, "doseQuantity": q(1, "mcg", "mg")}
    assert reason(read_dose({"doseAndRate": [contradiction, kind("calculated", 2)]})) is R.UNIT_UNKNOWN


def test_unit_that_nothing_restates_is_not_known():
    assert reason(read_dose({"doseAndRate": [kind("ordered", 1, "mg/kg")]})) is R.UNIT_UNKNOWN


@pytest.mark.parametrize(
    ("entry", "rate"),
    [
        ({"rateQuantity": q(75, "ug/h")}, 75),
        ({"rateRatio": {"numerator": q(75, "ug"), "denominator": q(1, "h")}}, 75),
        ({"rateRatio": {"numerator": q("7.2", "mg"), "denominator": q(96, "hour")}}, 75),
    ],
)
def test_rate_of_mass_an_hour_is_a_rate(entry, rate):
    assert dose(read_dose({"doseAndRate": [entry]})) == (rate, rate, Unit.MCG_PER_HOUR, "")


@pytest.mark.parametrize(
    "entry",
    [
        {"rateQuantity": q(5, "mL/h")},
        {"rateRatio": {"numerator": q(5, "mL"), "denominator": q(1, "h")}},
        {"rateRatio": {"numerator": q(5, "mg"), "denominator": q(1, "min")}},
        {"rateRatio": {"numerator": q(5, "mg"), "denominator": q(0, "h")}},
        {"rateRange": {"low": q(1, "mg"), "high": q(2, "mg")}},
    ],
)
def test_any_other_rate_is_an_infusion(entry):
    assert reason(read_dose({"doseAndRate": [entry]})) is R.ROUTE_NOT_CONVERTIBLE


# ---- maxima and supplies ----


@pytest.mark.parametrize(
    ("period", "days"),
    [
        (q(1, code="d"), 1), (q(24, "h"), 1), (q(1, "day"), 1), (q(1, "week"), 7), (q(4, code="h"), Decimal(1) / 6),
        ({"unit": "day"}, 1),
    ],
)  # fmt: skip
def test_maximum_per_period(period, days):
    [ceiling], notes = read_ceilings({"maxDosePerPeriod": {"numerator": q(40, "mg"), "denominator": period}})
    assert (ceiling.value, ceiling.unit, ceiling.days, notes) == (40, Unit.MG, days, ())


def test_several_maxima_of_r5():
    one = {"numerator": q(40, "mg"), "denominator": q(1, "d")}
    other = {"numerator": q(8, "tablet"), "denominator": q(1, "d")}
    assert len(read_ceilings({"maxDosePerPeriod": [one, other]})[0]) == 2


@pytest.mark.parametrize(
    "ratio",
    [
        {},
        {"numerator": q(40, "mg")},
        {"denominator": q(1, "d")},
        {"numerator": q(40, "vial"), "denominator": q(1, "d")},
        {"numerator": q(40, "mg"), "denominator": q(1, "fortnight")},
        {"numerator": q(40, "mg"), "denominator": q("x", "d")},
    ],
)
def test_maximum_that_cannot_be_read_is_said(ratio):
    ceilings, notes = read_ceilings({"maxDosePerPeriod": ratio})
    assert (ceilings, len(notes)) == ((), 1)


@pytest.mark.parametrize("value", [None, "x", 5, []])
def test_no_maximum_is_none(value):
    assert read_ceilings({"maxDosePerPeriod": value}) == ((), ())


@pytest.mark.parametrize("stated", [q(10, "mg"), [q(10, "mg")]])
def test_maximum_at_one_time(stated):
    assert read_most_at_once({"maxDosePerAdministration": stated}) == (
        Dose(low=Decimal(10), high=Decimal(10), unit=Unit.MG),
        (),
    )


@pytest.mark.parametrize("stated", [{}, q("x", "mg"), q(0.1, "mg/kg"), {"unit": "mg"}])
def test_maximum_at_one_time_that_cannot_be_read_is_said(stated):
    most, notes = read_most_at_once({"maxDosePerAdministration": stated})
    assert (most, len(notes)) == (None, 1)


@pytest.mark.parametrize("value", [None, "x", 5, []])
def test_no_maximum_at_one_time_is_none(value):
    assert read_most_at_once({"maxDosePerAdministration": value}) == (None, ())


def test_dispensed_quantity():
    assert read_supply(q(60, "tablet")) == Measured(value=Decimal(60), unit=Unit.EACH, noun="tablet")
    assert read_supply(q(60, "box")) is None
    assert read_supply(None) is None
