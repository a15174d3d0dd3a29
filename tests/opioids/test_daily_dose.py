"""One instruction and one product: mg a day (patches: mcg/h worn), or why it cannot be told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from opioids.daily_dose import daily_dose
from opioids.dose_sums import rate_words
from opioids.prescriptions import Refusal, Sig, UncountedReason
from opioids.products import Form, StrengthUnit
from opioids.quantities import Frequency, Unit
from tests.opioids.build import (
    FENTANYL,
    OXYCODONE,
    ceiling,
    dose,
    often,
    patch,
    per_day,
    product,
    sig,
    solution,
)

R = UncountedReason


def daily(one: Sig, of=None):
    drug = product() if of is None else of
    return daily_dose(one, drug, drug.components[0])


def amounts(one: Sig, of=None) -> tuple[Decimal, Decimal, Unit]:
    found = daily(one, of)
    assert not isinstance(found, Refusal), found
    return found.scheduled, found.maximum, found.unit


def reason(one: Sig, of=None) -> UncountedReason:
    found = daily(one, of)
    assert isinstance(found, Refusal), found
    assert found.detail
    return found.reason


# ---- what is taken ----


def test_a_pack_is_all_of_its_units_and_a_spray_is_one():
    pack = product(FENTANYL, "0.6", unit=StrengthUnit.MG_PER_ACTUATION, form=Form.SPRAY, noun="spray", units_per_dose=2)
    assert amounts(sig(dose=dose(1), frequency=often(4)), pack)[1] == Decimal("4.8")
    assert amounts(sig(dose=dose(1, noun="spray"), frequency=often(4)), pack)[1] == Decimal("2.4")


# ---- maxima ----


def test_maximum_in_doses_is_so_many_times_the_dose():
    assert amounts(sig(2, 6, ceilings=(ceiling(3, Unit.EACH, noun="dose"),)))[1] == 30


def test_maximum_in_doses_of_a_dose_that_does_not_fit_is_not_applied():
    one = sig(dose=dose(5, unit=Unit.ML), ceilings=(ceiling(3, Unit.EACH, noun="dose"),))
    assert reason(one) is R.UNIT_UNKNOWN


@pytest.mark.parametrize(("most", "at_most"), [(1, 30), (2, 60), (3, 90), (4, 90)])
def test_maximum_at_one_time_caps_the_upper_end_of_a_range_and_never_raises(most, at_most):
    one = sig(dose=dose(1, 3, noun="tablet"), frequency=often(6), most_at_once=dose(most, noun="tablet"))
    assert amounts(one) == (30, at_most, Unit.MG)
    assert bool(daily(one).assumptions) is (most < 3)
    # Whoever takes the lower end of the range stays within the maximum: no contradiction.
    assert not any("check the order" in note for note in daily(one).assumptions)


@pytest.mark.parametrize(("most", "contradicted"), [("4.9", True), (5, False), ("5.1", False)])
def test_dose_above_the_maximum_at_one_time_is_named(most, contradicted):
    found = daily(sig(1, 6, most_at_once=dose(most, unit=Unit.MG)))
    assert found.maximum == min(Decimal(most), 5) * 6
    assert any("check the order" in note for note in found.assumptions) is contradicted


@pytest.mark.parametrize("most", [0, -1, 1_000_001])
def test_senseless_maximum_at_one_time_is_implausible(most):
    assert reason(sig(most_at_once=dose(most, unit=Unit.MG))) is R.IMPLAUSIBLE_DOSE


def test_maximum_at_one_time_of_more_patches_than_there_are_parts_of_is_not_applied():
    found = daily(sig(dose=dose(1, 2), frequency=often(1, 3), most_at_once=dose("1.5", noun="patch")), of=patch(25))
    assert (found.maximum, len(found.assumptions)) == (50, 1)


@pytest.mark.parametrize("amount", [dose(1), None])
def test_as_needed_without_frequency_counts_its_maximum(amount):
    found = daily(Sig(dose=amount, as_needed=True, ceilings=(ceiling(4, Unit.EACH),)))
    assert (found.scheduled, found.maximum, found.as_needed) == (0, 20, True)
    assert found.assumptions


def test_as_needed_without_frequency_and_with_a_maximum_that_cannot_be_used_is_uncounted():
    assert isinstance(reason(Sig(as_needed=True, ceilings=(ceiling(20, Unit.ML),))), UncountedReason)


# ---- patches ----


@pytest.mark.parametrize(
    ("worn", "counted"), [("12", 12), ("12.5", 12), ("24", 24), ("25", 24), ("37.5", 36), ("36", 36)]
)
def test_12_mcg_system_counts_its_label(worn, counted):
    found = daily(sig(dose=dose(worn, unit=Unit.MCG_PER_HOUR), frequency=often(1, 3)), patch(12))
    assert found.maximum == counted
    assert found.assumptions


@pytest.mark.parametrize(
    ("said", "of", "words"),
    [
        ("capsule", product(noun="capsule"), "2 capsules"),
        ("", product(), "2 tablets"),
        ("", product(form=Form.UNKNOWN, noun=""), "2 units"),
    ],
    ids=["in its own word", "in the product's", "in neither"],
)
def test_stated_maximum_at_one_time_is_said_in_units(said, of, words):
    found = daily(sig(dose=dose(1, 3), frequency=often(4), most_at_once=dose(2, noun=said)), of)
    assert found.assumptions == (f"at most {words} at a time as stated",)


@pytest.mark.parametrize("worn", [6, 18, "12.4", 40])
def test_rate_that_whole_patches_do_not_give_is_implausible(worn):
    assert reason(sig(dose=dose(worn, unit=Unit.MCG_PER_HOUR)), patch(12)) is R.IMPLAUSIBLE_DOSE


LONG = "changed every {} days, longer than any patch is made for: check the interval"
SHORT = "changed every {} hours: check the interval, or whether several are worn at once"
SLIP = "changed more than once a day: check the interval"
MANY = "more than 4 patches at once: check the order"


@pytest.mark.parametrize(
    ("count", "days", "said"),
    [(1, 3, ""), (1, 7, ""), (1, "7.1", LONG.format("7.1")), (1, 2, ""), (1, "1.99", SHORT.format("47.76")),
     (1, 1, SHORT.format("24")), (1, "0.99", SLIP), (4, 3, ""), (5, 3, MANY)],
)  # fmt: skip
def test_unusual_wearing_is_counted_and_questioned(count, days, said):
    """Under 24 hours is a slip, under 48 (fentanyl's shortest) more than one patch perhaps, over 7 days no patch."""
    found = daily(sig(dose=dose(count, noun="patch"), frequency=often(1, days)), patch(25))
    assert (found.maximum, found.assumptions) == (count * 25, (said,) if said else ())


# ---- refusals ----


@pytest.mark.parametrize(
    "one",
    [
        sig(0),
        sig(-1),
        sig(dose=dose(2, 1)),
        sig(dose=dose(-1, 1)),
        sig("1000000.1"),
        sig(1, 0),
        sig(1, -2),
        sig(frequency=often(1, 0)),
        sig(frequency=often(1, -3)),
        sig(frequency=often(1441)),
        sig(frequency=Frequency(low=per_day(3), high=per_day(2))),
        sig(ceilings=(ceiling(0),)),
        sig(ceilings=(ceiling(-5),)),
        sig(ceilings=(ceiling(5, days=0),)),
    ],
)
def test_senseless_numbers_are_implausible(one):
    assert reason(one) is R.IMPLAUSIBLE_DOSE


@pytest.mark.parametrize(
    "one",
    [
        sig(dose=dose(1_000_000, unit=Unit.MG), frequency=often(1, 1_000_000)),
        sig(frequency=often(1_000_000, 1_000_000)),
        sig(ceilings=(ceiling(1_000_000, days=1_000_000),)),
    ],
)
def test_numbers_of_a_million_are_still_read(one):
    assert not isinstance(daily(one), Refusal)


def test_once_a_minute_is_the_most_that_can_be_meant():
    assert amounts(sig("0.1", 1440))[1] == 720


@pytest.mark.parametrize("drug", [product(), solution()])
def test_rate_of_what_is_no_patch_is_an_infusion(drug):
    assert reason(sig(dose=dose(2, unit=Unit.MCG_PER_HOUR)), drug) is R.ROUTE_NOT_CONVERTIBLE


@pytest.mark.parametrize("noun", ["", "tablet", "capsule", "pill", "dose", "unit"])
@pytest.mark.parametrize("of", ["tablet", "capsule"])
def test_tablets_and_capsules_are_both_swallowed_whole(noun, of):
    assert amounts(sig(dose=dose(1, noun=noun)), product(noun=of))[1] == 10


# ---- combinations ----


def combination(strength=5, others=(325,)):
    return product(OXYCODONE, strength, combination=True, other_strengths=tuple(map(Decimal, others)))


def test_mg_of_a_combination_that_is_fewer_units_of_the_other_ingredient_cannot_be_read():
    assert reason(sig(dose=dose(300, unit=Unit.MG)), combination("7.5", (300,))) is R.DOSE_UNREADABLE


def test_mg_of_a_combination_with_little_of_an_antagonist_is_the_opioids():
    assert amounts(sig(dose=dose(100, unit=Unit.MG)), combination(100, (4,)))[1] == 200


def test_mg_of_a_combination_may_be_50_units():
    assert amounts(sig(dose=dose(250, unit=Unit.MG)), combination())[1] == 500


@pytest.mark.parametrize(("mass", "why"), [(255, R.IMPLAUSIBLE_DOSE), (650, R.DOSE_UNREADABLE)])
def test_mg_of_a_combination_that_would_be_too_many_units_is_refused(mass, why):
    assert reason(sig(dose=dose(mass, unit=Unit.MG)), combination()) is why


@pytest.mark.parametrize("drug", [product(strength=None, combination=True), solution(combination=True)])
def test_mg_of_a_combination_without_a_strength_in_mg_cannot_be_read(drug):
    assert reason(sig(dose=dose(5, unit=Unit.MG)), drug) is R.DOSE_UNREADABLE


# ---- words ----


@pytest.mark.parametrize(
    ("one", "drug", "words"),
    [
        (sig(1, 2), product(strength=40), "1 tablet x 40 mg x 2/day = 80 mg/day"),
        (sig(2, 3), product(), "2 tablets x 5 mg x 3/day = 30 mg/day"),
        (sig(dose=dose("7.5", unit=Unit.ML), frequency=often(6)), solution(), "7.5 mL x 2 mg/mL x 6/day = 90 mg/day"),
        (sig(dose=dose(15, unit=Unit.MG)), solution(), "15 mg x 2/day = 30 mg/day"),
        (sig(1, frequency=often(3, 7)), product(), "1 tablet x 5 mg x 3 per 7 days = 2.1429 mg/day"),
        (sig(2), product(noun="suppository"), "2 suppositories x 5 mg x 2/day = 20 mg/day"),
        (sig(2), product(noun="spray"), "2 sprays x 5 mg x 2/day = 20 mg/day"),
        (sig(2, frequency=often(1, 3)), patch(25), "2 patches x 25 mcg/h = 50 mcg/h"),
    ],
)
def test_sum_is_written_so_that_it_can_be_redone(one, drug, words):
    assert daily(one, drug).maximum_words == words


@pytest.mark.parametrize(("needed", "words"), [(False, "75 mcg/h worn"), (True, "75 mcg/h worn as needed")])
def test_sum_of_a_rate_is_the_rate_worn(needed, words):
    found = daily(sig(dose=dose(75, unit=Unit.MCG_PER_HOUR), as_needed=needed), patch(75))
    assert found.maximum_words == words


def test_sum_names_the_stated_maximum_where_it_is_less():
    most = (ceiling(2, unit=Unit.EACH),)
    worn = daily(sig(2, frequency=often(1, 3), ceilings=(ceiling(1, unit=Unit.EACH, days=3),)), patch(25))
    taken = daily(sig(dose=dose(2, 3), frequency=often(4), ceilings=most), product())
    assert worn.maximum_words == "2 patches x 25 mcg/h = 50 mcg/h, at most 25 mcg/h as stated"
    assert taken.maximum_words == "3 tablets x 5 mg x 4/day = 60 mg/day, at most 10 mg/day as stated"
    assert taken.scheduled_words == "2 tablets x 5 mg x 4/day = 40 mg/day, at most 10 mg/day as stated"


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (per_day(2), "2/day"),
        (per_day(1, 2), "0.5/day"),
        (per_day(1, 3), "1 per 3 days"),
        (per_day(24, 36), "2 per 3 days"),
        (per_day("4.5", 7), "4.5 per 7 days"),
    ],
)
def test_frequency_is_shown_exactly(rate, words):
    assert rate_words(rate) == words


# ---- masses and units of the product ----


@pytest.mark.parametrize(
    ("low", "high", "broken"), [(5, 10, ""), (5, "7.5", "7.5"), ("2.5", 5, "2.5"), ("2.5", "7.5", "7.5")]
)
def test_mass_that_whole_tablets_do_not_give_is_named(low, high, broken):
    """Of a range the end that is meant, and the upper one of two."""
    found = daily(sig(dose=dose(low, high, unit=Unit.MG)))
    assert found.assumptions == ((f"{broken} mg is not a whole number of 5 mg tablets",) if broken else ())


@pytest.mark.parametrize(
    ("others", "mg", "counted"),
    [((325,), 10, True), ((325, 50), 100, False), ((50, 325), 100, False), ((5,), 10, True), ((10,), 10, False)],
)
def test_mass_of_a_combination_is_the_opioids_unless_another_ingredient_gives_fewer_tablets(others, mg, counted):
    of = product(strength=5, combination=True, other_strengths=tuple(map(Decimal, others)))
    found = daily(sig(dose=dose(mg, unit=Unit.MG)), of)
    assert (not isinstance(found, Refusal)) is counted


def test_rate_is_its_own_measure_and_needs_no_words():
    found = daily(sig(dose=dose(25, unit=Unit.MCG_PER_HOUR), frequency=often(1, 3)), patch(25))
    assert (found.measure.each, found.measure.words, found.maximum) == (1, "", 25)


def test_film_may_be_called_a_tablet():
    assert daily(sig(dose=dose(1, noun="tablet")), product(noun="film")).maximum == 10
    assert reason(sig(dose=dose(1, noun="film")), product()) is R.UNIT_UNKNOWN


@pytest.mark.parametrize(("noun", "maximum"), [("", 25), ("patch", 25), ("dose", 50)])
def test_stated_maximum_of_patches_lets_so_many_be_worn_and_one_of_doses_says_nothing_of_them(noun, maximum):
    two = sig(dose=dose(2, noun="patch"), frequency=often(1, 3), ceilings=(ceiling(1, Unit.EACH, days=3, noun=noun),))
    assert daily(two, patch(25)).maximum == maximum
