"""Orders under the other tables: units of the factor, patches by strength, figures beside an uncounted opioid."""

from __future__ import annotations

import pytest

from opioids.mme import before_and_after
from opioids.prescriptions import UncountedReason
from opioids.products import Form, Route, StrengthUnit
from opioids.quantities import Unit
from tests.opioids.build import (
    FENTANYL,
    LOZENGE,
    MEPERIDINE,
    MORPHINE,
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


def test_rate_and_mass_in_one_order_are_not_added(refusal):
    worn = sig(dose=dose(25, unit=Unit.MCG_PER_HOUR), route=Route.TRANSDERMAL)
    mass = sig(dose=dose("0.1", unit=Unit.MG), route=Route.TRANSDERMAL)
    both = prescription("a", worn, mass, of=product(FENTANYL, None))
    assert refusal(both, "de-dgs").reason is R.UNIT_UNKNOWN


# ---- beside an uncounted opioid ----


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
