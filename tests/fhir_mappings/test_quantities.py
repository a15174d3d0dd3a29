"""Quantities, ranges, rates and maxima of every release into doses."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fhir_mappings.quantities import Measured, read_ceilings, read_most_at_once, read_quantity, read_supply
from fhir_mappings.stated_doses import doses_differ, read_dose, restatements
from opioids.prescriptions import Refusal, UncountedReason
from opioids.quantities import Unit

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


ORDERED = {"extension": [{"url": "https://ehr.example.org/ordered-dose", "valueQuantity": q(10, "mg")}]}


@pytest.mark.parametrize("entries", [[], [{}], [{"type": {"text": "ordered"}}, {"type": {"text": "calculated"}}]])
def test_dose_in_an_extension_stands_where_no_entry_states_one(entries):
    instruction = {"doseAndRate": entries, **ORDERED}
    found = read_dose(instruction)
    assert dose(found) == (10, 10, Unit.MG, "")
    assert restatements(instruction, found) == ()


@pytest.mark.parametrize(("stated", "why"), [(q("x", "mg"), R.DOSE_UNREADABLE), (q("0.1", "mg/kg"), R.UNIT_UNKNOWN)])
def test_dose_in_an_extension_does_not_mend_one_that_cannot_be_read(stated, why):
    assert reason(read_dose({"doseAndRate": [{"doseQuantity": stated}], **ORDERED})) is why


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


@pytest.mark.parametrize(("low", "high"), [(q(5), q(10, "mg")), (q(5, "mg"), q(10)), (q(5, "mg"), q(10, "mg"))])
def test_unit_that_one_end_of_a_range_says_is_that_of_both(low, high):
    assert dose(read_dose({"doseRange": {"low": low, "high": high}})) == (5, 10, Unit.MG, "")


@pytest.mark.parametrize("comparator", ["<", "<="])
def test_dose_that_is_at_most_a_number_is_a_range_from_nothing(comparator):
    assert dose(read_dose({"doseAndRate": [{"doseQuantity": {**q(10, "mg"), "comparator": comparator}}]})) == (
        0, 10, Unit.MG, "",
    )  # fmt: skip


@pytest.mark.parametrize("comparator", [">", ">=", "ad", "~", 1])
def test_dose_that_is_above_a_number_has_no_upper_end(comparator):
    assert reason(read_dose({"doseAndRate": [{"doseQuantity": {**q(10, "mg"), "comparator": comparator}}]})) is (
        R.DOSE_UNREADABLE
    )


def test_maximum_may_be_called_at_most_so_much():
    most = {"numerator": {**q(40, "mg"), "comparator": "<="}, "denominator": q(1, "d")}
    [ceiling], notes = read_ceilings({"maxDosePerPeriod": most})
    assert (ceiling.value, ceiling.days, notes) == (40, 1, ())
    above = {"numerator": {**q(40, "mg"), "comparator": ">"}, "denominator": q(1, "d")}
    assert read_ceilings({"maxDosePerPeriod": above})[0] == ()
    at_once, notes = read_most_at_once({"maxDosePerAdministration": {**q(10, "mg"), "comparator": "<="}})
    assert (dose(at_once), notes) == ((10, 10, Unit.MG, ""), ())


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


def several(*amounts):
    return {"doseAndRate": [{"doseQuantity": q(*amount)} for amount in amounts]}


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


@pytest.mark.parametrize(
    ("instruction", "read"),
    [
        (several((3, "tablet"), (1, "tablet")), (1, 3, Unit.EACH, "tablet")),
        (several((1, "tablet"), (2, "tablet"), (3, "tablet")), (1, 3, Unit.EACH, "tablet")),
        (several((1, "tablet"), (2, "tablet"), (9, "furlong")), (1, 2, Unit.EACH, "tablet")),
        (several((4,), (1, "tablet")), (1, 4, Unit.EACH, "tablet")),
        (several((1, "tablet"), (4, "capsule")), (1, 4, Unit.EACH, "tablet")),
        ({"doseAndRate": [{"doseRange": {"low": q(2, "mg"), "high": q(3, "mg")}}, {"doseRange": {"low": q(1, "mg"),
          "high": q(5, "mg")}}]}, (1, 5, Unit.MG, "")),
        ({"doseAndRate": [kind("calculated", 9), kind("ordered", 2), kind("ordered", 1)]}, (1, 2, Unit.MG, "")),
        ({"doseAndRate": [kind("calculated", 9), kind("calculated", 8), kind("ordered", 2), kind("ordered", 1)]},
         (1, 2, Unit.MG, "")),
    ],
    ids=["two", "three", "two and one in no unit known", "one without a unit", "other units that are counted", "ranges",
         "only of the best kind",
         "of two kinds that differ only the best"],
)  # fmt: skip
def test_unlike_doses_of_one_kind_are_a_range_and_said(instruction, read):
    assert dose(read_dose(instruction)) == read
    assert len(doses_differ(instruction)) == 1


def test_contradiction_in_the_ordered_dose_is_not_mended_by_another():
    contradiction = {"type": {"text": "ordered"}, "doseQuantity": q(1, "mcg", "mg")}
    assert reason(read_dose({"doseAndRate": [contradiction, kind("calculated", 2)]})) is R.UNIT_UNKNOWN


def test_contradiction_beside_unlike_doses_is_not_mended_by_them():
    contradiction = {"doseQuantity": q(1, "mcg", "mg")}
    entries = {"doseAndRate": [contradiction, *several((1, "tablet"), (2, "tablet"))["doseAndRate"]]}
    assert reason(read_dose(entries)) is R.UNIT_UNKNOWN
    assert doses_differ(entries) == ()


def restated(instruction):
    others = restatements(instruction, read_dose(instruction))
    return [(one.dose.high, one.dose.unit, one.of_one_kind) for one in others]


@pytest.mark.parametrize(
    "instruction",
    [
        {**several((1, "tablet")), "doseQuantity": q(3, "tablet")},
        {"doseQuantity": q(1, "tablet"), "doseRange": {"low": q(1, "tablet"), "high": q(3, "tablet")}},
        several((1, "tablet")) | {"doseRange": {"low": q(1, "tablet"), "high": q(3, "tablet")}},
    ],
    ids=["beside the list", "a range beside a quantity", "a range beside the list"],
)
def test_a_dose_in_an_element_of_another_release_is_one_more_statement(instruction):
    assert dose(read_dose(instruction)) == (1, 3, Unit.EACH, "tablet")
    assert len(doses_differ(instruction)) == 1


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
