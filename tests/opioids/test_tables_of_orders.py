"""Orders under the other tables: units of the factor, patches by strength, figures beside an uncounted opioid."""

from __future__ import annotations

from decimal import Decimal

import pytest

from opioids.conversion_files import PROVISIONAL
from opioids.dosing import DailyAmount
from opioids.mme import before_and_after
from opioids.prescriptions import IgnoredReason, UncountedReason
from opioids.products import Form, Route, StrengthUnit
from opioids.quantities import Unit
from tests.opioids.build import (
    BUPRENORPHINE,
    FENTANYL,
    LOZENGE,
    MEPERIDINE,
    MORPHINE,
    OXYCODONE,
    TODAY,
    dose,
    often,
    patch,
    prescription,
    product,
    sig,
    solution,
)

R = UncountedReason

SPRAYS = product(
    FENTANYL,
    "0.6",
    noun="spray",
    form=Form.SPRAY,
    unit=StrengthUnit.MG_PER_ACTUATION,
    route=Route.TRANSMUCOSAL,
    units_per_dose=2,
)
FOUR_A_DAY = sig(frequency=often(4))


@pytest.fixture
def refusal(total):
    def only(content, table):
        [found] = total(content, table=table).uncounted
        return found

    return only


def rate(amount, reference="a"):
    """A rate of a bare ingredient through the skin."""
    worn = sig(dose=dose(amount, unit=Unit.MCG_PER_HOUR), route=Route.TRANSDERMAL)
    return prescription(reference, worn, of=product(FENTANYL, None))


# ---- the unit of the factor ----


def test_factor_per_microgram_multiplies_micrograms(line):
    found = line(prescription("a", FOUR_A_DAY, of=LOZENGE), "heal-2025")
    assert (found.dose_per_day.maximum, found.converted.maximum) == (Decimal("1.6"), 1600)
    assert found.mme_per_day == DailyAmount(scheduled=Decimal(208), maximum=Decimal(208))
    assert found.arithmetic == "1 lozenge x 0.4 mg x 4/day = 1.6 mg/day = 1600 mcg/day; x 0.13 = 208 MME/day"


def test_dose_of_a_pack_is_all_of_its_sprays_and_a_spray_is_one(line):
    pack = sig(dose=dose(1, noun="dose"), frequency=often(4))
    one = sig(dose=dose(1, noun="spray"), frequency=often(4))
    doses = [line(prescription("a", each, of=SPRAYS), "heal-2025") for each in (pack, one)]
    assert [found.mme_per_day.maximum for found in doses] == [864, 432]
    assert [found.arithmetic.split(" =")[0] for found in doses] == [
        "1 dose x 1.2 mg x 4/day",
        "1 spray x 0.6 mg x 4/day",
    ]


def test_factor_per_milligram_takes_the_rate_of_a_patch_for_a_day(line):
    found = line(prescription("a", sig(), of=patch(75)), "de-dgs")
    assert found.mme_per_day.maximum == 180
    assert found.arithmetic == "1 patch x 75 mcg/h = 75 mcg/h x 24 h = 1.8 mg/day; x 100 = 180 MME/day"


def test_rate_of_an_injection_is_an_infusion_under_every_table(refusal, knowledge):
    drip = sig(dose=dose(50, unit=Unit.MCG_PER_HOUR), route=Route.INJECTION)
    for table in knowledge.tables:
        assert refusal(prescription("a", drip, of=product(FENTANYL, None)), table).reason is R.ROUTE_NOT_CONVERTIBLE


@pytest.mark.parametrize(("route", "assumed"), [(None, True), (Route.INJECTION, False)])
def test_injection_that_is_not_told_is_taken_for_one_into_the_body(route, assumed, line):
    found = line(
        prescription("a", sig(dose=dose(1, unit=Unit.ML), route=route), of=solution(route=Route.INJECTION)),
        "anzca-2021",
    )
    assert found.factor == 3
    assert any("how it is injected" in note for note in found.assumptions) is assumed


def test_injection_beside_the_spine_has_no_factor(refusal):
    spinal = sig(dose=dose(1, unit=Unit.ML), route=Route.REGIONAL)
    found = refusal(prescription("a", spinal, of=solution(route=Route.INJECTION)), "anzca-2021")
    assert found.reason is R.ROUTE_NOT_CONVERTIBLE


# ---- patches by strength ----


@pytest.mark.parametrize(
    ("strength", "count", "mme", "words"),
    [
        (12, 1, 30, "1 patch x 12 mcg/h = 12 mcg/h; 1 patch x 30 by the table = 30 MME/day"),
        ("12.5", 1, 30, "1 patch x 12 mcg/h = 12 mcg/h; 1 patch x 30 by the table = 30 MME/day"),
        (25, 2, 120, "2 patches x 25 mcg/h = 50 mcg/h; 2 patches x 60 by the table = 120 MME/day"),
    ],
)
def test_patch_is_worth_what_the_table_lists(strength, count, mme, words, line):
    found = line(prescription("a", sig(dose=dose(count)), of=patch(strength)), "uk-fpm-2020")
    assert (found.mme_per_day.maximum, found.arithmetic) == (mme, words)


def test_range_of_patches_is_looked_up_at_both_ends(line):
    found = line(prescription("a", sig(dose=dose(1, 2)), of=patch(12)), "uk-fpm-2020")
    assert found.mme_per_day == DailyAmount(scheduled=Decimal(30), maximum=Decimal(60))
    assert found.arithmetic.endswith(
        "(scheduled: 1 patch x 12 mcg/h = 12 mcg/h; 1 patch x 30 by the table = 30 MME/day)"
    )


def test_strength_that_is_not_listed_has_no_factor(refusal):
    assert refusal(prescription("a", sig(), of=patch("37.5")), "uk-fpm-2020").reason is R.NO_FACTOR


@pytest.mark.parametrize(("amount", "mme"), [(25, 60), (12, 30)])
def test_rate_that_is_a_listed_strength_is_one_patch(amount, mme, line):
    assert line(rate(amount), "uk-fpm-2020").mme_per_day.maximum == mme


def test_rate_that_several_patches_may_give_has_no_known_strength(refusal):
    assert refusal(rate(150), "uk-fpm-2020").reason is R.STRENGTH_UNKNOWN


def test_two_rates_of_a_bare_ingredient_have_no_known_strength(refusal):
    worn = sig(dose=dose(25, unit=Unit.MCG_PER_HOUR), route=Route.TRANSDERMAL)
    twice = prescription("a", worn, worn, of=product(FENTANYL, None))
    assert refusal(twice, "uk-fpm-2020").reason is R.STRENGTH_UNKNOWN


def test_rate_and_mass_in_one_order_are_not_added(refusal):
    worn = sig(dose=dose(25, unit=Unit.MCG_PER_HOUR), route=Route.TRANSDERMAL)
    mass = sig(dose=dose("0.1", unit=Unit.MG), route=Route.TRANSDERMAL)
    both = prescription("a", worn, mass, of=product(FENTANYL, None))
    assert refusal(both, "de-dgs").reason is R.UNIT_UNKNOWN


# ---- buprenorphine ----


@pytest.mark.parametrize(
    ("table", "mme"),
    [("cdc-2022", None), ("cdc-2016", None), ("heal-2025", None), ("ca-2017", None), ("anzca-2021", 40),
     ("uk-fpm-2020", 48), ("de-dgs", Decimal("28.8"))],
)  # fmt: skip
def test_buprenorphine_counts_only_where_the_table_counts_it(table, mme, total):
    worn = product(
        BUPRENORPHINE, 20, unit=StrengthUnit.MCG_PER_HOUR, form=Form.PATCH, noun="patch", route=Route.TRANSDERMAL
    )
    found = total(prescription("a", sig(), of=worn), table=table)
    if mme is None:
        assert [one.reason for one in found.ignored] == [IgnoredReason.PARTIAL_AGONIST]
    else:
        assert found.maximum == mme


def test_buprenorphine_by_a_route_that_the_table_lacks_is_unknown_and_not_nothing(refusal):
    film = product(BUPRENORPHINE, "0.4", route=Route.SUBLINGUAL)
    assert refusal(prescription("a", sig(), of=film), "uk-fpm-2020").reason is R.ROUTE_NOT_CONVERTIBLE


# ---- provisional ----


@pytest.mark.parametrize(("table", "provisional"), [("ca-2017", True), ("de-dgs", True), ("cdc-2022", False)])
def test_total_with_a_factor_that_is_not_checked_says_so(table, provisional, total):
    found = total(prescription("a", of=product(OXYCODONE)), table=table)
    assert found.provisional is provisional
    assert (PROVISIONAL in found.counted[0].assumptions) is provisional


# ---- beside an uncounted opioid ----


def test_figure_of_another_table_stands_beside_and_never_in_the_total(total):
    found = total(prescription("a", FOUR_A_DAY, of=LOZENGE), prescription("b"))
    [beside] = found.supplements
    assert (found.maximum, found.complete) == (15, False)
    assert (beside.uncounted, beside.table) == (found.uncounted[0], "heal-2025")
    assert beside.mme_per_day.maximum == 208
    assert beside.arithmetic.endswith("x 0.13 = 208 MME/day")
    assert beside.assumptions == ()


def test_figure_beside_names_its_assumptions(total):
    bare = sig(dose=dose(50, unit=Unit.MG), frequency=often(4))
    [beside] = total(prescription("a", bare, of=product(MEPERIDINE, None))).supplements
    assert beside.mme_per_day.maximum == 20
    assert beside.assumptions == ("route not stated: counted as oral",)


@pytest.mark.parametrize(
    ("content", "table"),
    [
        (prescription("a", sig(dose=dose(1, unit=Unit.ML)), of=solution(route=Route.INJECTION)), "cdc-2022"),
        (prescription("a", sig(dose=None), of=LOZENGE), "cdc-2022"),
        (prescription("a", sig(dose=dose(50), frequency=often(24)), of=LOZENGE), "cdc-2022"),
        (prescription("a", sig(dose=dose(1, unit=Unit.ML)), of=product(MORPHINE)), "cdc-2022"),
        (prescription("a", FOUR_A_DAY, of=LOZENGE), "anzca-2021"),
    ],
    ids=["no table knows it", "no dose", "implausible", "unit that does not fit", "a table without another beside it"],
)
def test_nothing_stands_beside_where_no_figure_can_be_given(content, table, total):
    found = total(content, table=table)
    assert len(found.uncounted) == 1
    assert found.supplements == ()


def test_what_stays_is_the_same_before_and_after_with_the_figure_beside_it(knowledge):
    lozenge = prescription("a", FOUR_A_DAY, of=LOZENGE)
    before, after = before_and_after([lozenge], [lozenge], knowledge.tables["cdc-2022"], TODAY, frozenset())
    assert before.supplements == after.supplements != ()
