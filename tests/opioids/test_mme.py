"""Orders into lines and a total: factors, routes, steps, supply and what is said beside the number."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from opioids.converted import worth_of
from opioids.mme import before_and_after, maximum_of, mme_total
from opioids.prescriptions import Ignored, IgnoredReason, Refusal, Sig, Supply, Uncounted, UncountedReason
from opioids.products import Component, Form, Route, StrengthUnit
from opioids.quantities import Frequency, Unit
from tests.opioids.build import (
    FENTANYL,
    MEPERIDINE,
    METHADONE,
    MORPHINE,
    NALTREXONE,
    OXYCODONE,
    TODAY,
    ceiling,
    dose,
    often,
    patch,
    per_day,
    prescription,
    product,
    sig,
    solution,
)

R, Not = UncountedReason, IgnoredReason

NO_SIG = Sig()


@pytest.fixture
def reason(total):
    def of(content, table="cdc-2022"):
        found = total(content, table=table)
        assert found.counted == ()
        [one] = (*found.uncounted, *found.ignored)
        assert one.reference == content.reference
        assert one.medication == content.medication
        return one.reason

    return of


def mg(amount, of, count=1, **given):
    return prescription("a", sig(dose=dose(amount, unit=Unit.MG), frequency=often(count)), of=of, **given)


def bare(ingredient, amount, count=1, reference="a"):
    taken = sig(dose=dose(amount, unit=Unit.MG), frequency=often(count), route=Route.ORAL)
    return prescription(reference, taken, of=product(ingredient, None))


# ---- lines ----


def test_line_holds_dose_factor_and_mme(line):
    found = line(prescription("a", sig(1, 2), of=product(strength=40)))
    assert (found.reference, found.ingredient, found.route) == ("a", OXYCODONE, Route.ORAL)
    assert (found.dose_per_day.maximum, found.unit, found.factor) == (80, Unit.MG, Decimal("1.5"))
    assert (found.mme_per_day.scheduled, found.mme_per_day.maximum) == (120, 120)
    assert found.arithmetic == "1 tablet x 40 mg x 2/day = 80 mg/day; x 1.5 = 120 MME/day"
    assert not found.as_needed


def test_arithmetic_of_what_is_scheduled_leaves_as_needed_doses_out(line):
    found = line(prescription("a", sig(1, 2), sig(1, 3, as_needed=True)))
    assert (found.mme_per_day.scheduled, found.mme_per_day.maximum) == (15, Decimal("37.5"))
    assert found.arithmetic.endswith("(scheduled: 1 tablet x 5 mg x 2/day = 10 mg/day; x 1.5 = 15 MME/day)")
    assert not found.as_needed


def test_arithmetic_of_a_maximum_shows_the_maximum(line):
    found = line(prescription("a", sig(2, 6, as_needed=True, ceilings=(ceiling(40),))))
    assert "40 mg/day" in found.arithmetic
    assert found.as_needed
    assert found.mme_per_day.scheduled == 0


def test_assumption_that_two_instructions_share_is_said_once(line):
    half = sig(dose=dose("7.5", unit=Unit.MG))
    assert (
        len(line(prescription("a", half, replace(half, frequency=often(1)), of=product(strength=5))).assumptions) == 1
    )


# ---- totals ----


def test_what_is_uncounted_or_ignored_is_carried_through(total):
    uncounted = Uncounted(reference="u", medication="u", reason=R.DOSE_MISSING, detail="x")
    ignored = Ignored(reference="i", medication="i", reason=Not.NOT_AN_OPIOID)
    found = total(uncounted, prescription("a"), ignored)
    assert (found.uncounted, found.ignored, found.complete) == ((uncounted,), (ignored,), False)


def test_total_is_provisional_where_a_factor_of_it_is(total):
    one = prescription()
    assert not total(one).provisional
    assert total(one, table="ca-2017").provisional
    assert not total(table="ca-2017").provisional


def test_before_and_after_are_two_totals(knowledge):
    stays, goes, comes = prescription("a"), prescription("b", sig(2)), prescription("c", sig(3))
    table = knowledge.tables["cdc-2022"]
    before, after = before_and_after([stays, goes], [stays, comes], table, TODAY, frozenset({"c"}))
    assert (before, after) == (
        mme_total([stays, goes], table, TODAY),
        mme_total([stays, comes], table, TODAY, being_written=frozenset({"c"})),
    )


# ---- factors ----


def test_banded_factor_goes_by_the_patients_total_beside_other_opioids_too(total, knowledge):
    orders = [bare(METHADONE, 20), bare(METHADONE, 21, reference="b"), bare(MORPHINE, 30, reference="c")]
    found = total(*orders, table="cdc-2016")
    assert [line.factor for line in found.counted] == [10, 10, 1]
    assert found.maximum == 41 * 10 + 30
    cdc_2016 = knowledge.tables["cdc-2016"]
    assert maximum_of([(one, worth_of(one, cdc_2016, TODAY)) for one in orders]) == found.maximum


def test_banded_factor_of_what_is_scheduled_goes_by_the_scheduled_total(total):
    needed = prescription(
        "b",
        sig(dose=dose(20, unit=Unit.MG), frequency=often(1), route=Route.ORAL, as_needed=True),
        of=product(METHADONE, None),
    )
    found = total(bare(METHADONE, 20), needed, table="cdc-2016")
    assert (found.scheduled, found.maximum) == (20 * 4, 40 * 8)
    first = found.counted[0]
    assert (first.scheduled_factor, first.factor) == (4, 8)


def test_order_that_is_implausible_does_not_raise_the_band_of_another(total):
    found = total(bare(METHADONE, 10), bare(METHADONE, 5000, reference="b"), table="cdc-2016")
    assert [one.reason for one in found.uncounted] == [R.IMPLAUSIBLE_DOSE]
    assert found.maximum == 40


@pytest.mark.parametrize(
    ("drug", "why"),
    [
        (product(MEPERIDINE), R.NO_FACTOR),
        (product(MEPERIDINE, route=Route.INJECTION), R.NO_FACTOR),
        (product(route=Route.RECTAL, noun="suppository"), R.ROUTE_NOT_CONVERTIBLE),
        (solution(route=Route.INJECTION), R.ROUTE_NOT_CONVERTIBLE),
        (solution(route=None), R.ROUTE_NOT_CONVERTIBLE),
        (product(FENTANYL, "0.4", route=Route.BUCCAL), R.ROUTE_NOT_CONVERTIBLE),
    ],
)
def test_drug_is_judged_before_its_directions(drug, why, reason):
    assert reason(prescription("a", NO_SIG, of=drug)) is why


def worn(*rates, **given):
    """A rate of fentanyl through the skin, of which no patch is named."""
    rate = dose(*rates, unit=Unit.MCG_PER_HOUR)
    return sig(dose=rate, frequency=None, route=Route.TRANSDERMAL, **given)


def test_mass_of_fentanyl_through_the_skin_is_no_rate(reason):
    skin = sig(dose=dose("0.025", unit=Unit.MG), route=Route.TRANSDERMAL)
    assert reason(prescription("a", skin, of=product(FENTANYL, None))) is R.UNIT_UNKNOWN


@pytest.mark.parametrize(
    ("sigs", "mme"),
    [
        ([worn(25)], 60),
        ([worn(25, as_needed=True)], 60),
        ([worn(25, 50)], None),
        ([worn(25, 50, as_needed=True)], 120),
        ([worn(25), worn(25)], None),
        ([worn(25), worn(50)], None),
    ],
    ids=["a patch", "a patch as needed", "one or another", "at most another", "two patches", "two different patches"],
)
def test_rate_of_a_bare_ingredient_is_a_listed_patch_only_where_it_can_be_just_one(sigs, mme, total):
    """The table of the Faculty of Pain Medicine lists patches, not rates."""
    found = total(prescription("a", *sigs, of=product(FENTANYL, None)), table="uk-fpm-2020")
    assert [line.mme_per_day.maximum for line in found.counted] == ([] if mme is None else [mme])
    assert [one.reason for one in found.uncounted] == ([R.STRENGTH_UNKNOWN] if mme is None else [])


# ---- routes ----


UNREAD = Refusal(reason=R.ROUTE_NOT_CONVERTIBLE, detail="the route cannot be read")


# ---- what adds nothing ----


def test_antagonist_beside_an_opioid_adds_nothing(line):
    both = product()
    with_naltrexone = replace(both, components=(*both.components, Component(ingredient=NALTREXONE, strength=None)))
    assert line(prescription("a", of=with_naltrexone)).ingredient is OXYCODONE


def test_each_opioid_of_a_product_is_a_line_and_both_are_one_order(total):
    drug = product()
    two = replace(drug, components=(*drug.components, *product(MORPHINE, 10).components))
    found = total(prescription("a", of=two))
    assert [(one.ingredient.name, one.mme_per_day.maximum) for one in found.counted] == [
        ("oxycodone", 15),
        ("morphine", 20),
    ]


def test_of_rates_of_patches_that_cannot_be_told_apart_the_larger_one_counts(line):
    smaller, larger = (
        sig(dose=dose(rate, unit=Unit.MCG_PER_HOUR), frequency=often(1, 3), sequence=place)
        for place, rate in enumerate((25, 50), start=1)
    )
    assert line(prescription("a", smaller, larger, of=patch(25))).mme_per_day.maximum == 120


# ---- supply and written directions beside the number ----


def supply(quantity, days=30, unit=Unit.EACH, noun="tablet"):
    return Supply(quantity=Decimal(str(quantity)), unit=unit, noun=noun, days=Decimal(str(days)))


@pytest.mark.parametrize(
    ("quantity", "stated"), [(60, False), (72, False), ("72.1", True), (48, False), ("47.9", True), (120, True)]
)
def test_supply_that_differs_by_more_than_a_fifth_is_stated(quantity, stated, line):
    found = line(prescription("a", supply=supply(quantity)))
    assert (found.mme_per_day.maximum, bool(found.assumptions)) == (15, stated)


@pytest.mark.parametrize(
    "what", [supply(1000, unit=Unit.MG, noun=""), supply(500, unit=Unit.ML, noun=""), supply(10, noun="patch")]
)
def test_supply_that_does_not_fit_the_product_says_nothing(what, line):
    assert line(prescription("a", supply=what)).assumptions == ()


@pytest.mark.parametrize(
    ("quantity", "worn", "stated"),
    [
        (10, sig(1, frequency=often(1, 3)), ""),
        (12, sig(1, frequency=often(1, 3)), ""),
        (15, sig(1, frequency=often(1, 3)), "15 patches dispensed for 30 days, 10 needed as directed"),
        (10, sig(1, frequency=often(1, 2)), "10 patches dispensed for 30 days, 15 needed as directed"),
        (1, sig(1, frequency=often(1, 3)), "1 patch dispensed for 30 days, 10 needed as directed"),
        (30, sig(dose=dose(25, unit=Unit.MCG_PER_HOUR), frequency=often(1, 3)), ""),
        (30, sig(dose=dose(25, unit=Unit.MCG_PER_HOUR), frequency=None), ""),
    ],
)
def test_supply_of_patches_is_compared_with_how_many_are_needed(quantity, worn, stated, line):
    found = line(prescription("a", worn, of=patch(), supply=supply(quantity, noun="patch")))
    assert (found.mme_per_day.maximum, found.assumptions) == (60, (stated,) if stated else ())


def test_supply_of_patches_by_another_unit_or_for_two_instructions_says_nothing(line):
    worn = sig(1, frequency=often(1, 3))
    assert line(prescription("a", worn, of=patch(), supply=supply(30))).assumptions == ()
    assert line(prescription("a", worn, worn, of=patch(), supply=supply(60, noun="patch"))).assumptions == ()


def test_supply_of_all_steps_says_nothing_of_the_one_that_counts(line):
    steps = [sig(1, count, sequence=number, duration=Decimal(30)) for number, count in enumerate((4, 2), start=1)]
    assert line(prescription("a", *steps, starts=TODAY, supply=supply(60))).assumptions == ()


def test_supply_may_be_measured_in_milligrams_where_no_unit_is_known(line):
    found = line(replace(prescription("a", of=product(MORPHINE, None)), sigs=(), supply=supply(900, unit=Unit.MG)))
    assert found.arithmetic == "900 mg / 30 days = 30 mg/day; x 1 = 30 MME/day"


@pytest.mark.parametrize("sigs", [(), (NO_SIG,), (Sig(dose=Refusal(reason=R.DOSE_UNREADABLE, detail="x")),)])
def test_supply_serves_when_nothing_else_can_be_read(sigs, line):
    found = line(replace(prescription("a"), sigs=sigs, supply=supply(120)))
    assert (found.mme_per_day.scheduled, found.mme_per_day.maximum) == (30, 30)
    assert found.assumptions
    assert found.arithmetic == "120 tablets x 5 mg / 30 days = 20 mg/day; x 1.5 = 30 MME/day"


@pytest.mark.parametrize("drug", [patch(), product(strength=None)])
def test_supply_that_tells_no_dose_does_not_serve(drug, reason):
    unknown = reason(replace(prescription("a", of=drug), sigs=(NO_SIG,), supply=supply(120, noun="patch")))
    assert isinstance(unknown, UncountedReason)


@pytest.mark.parametrize(
    ("count", "stated"), [(2, False), ("2.2", False), ("2.21", True), ("1.8", False), ("1.79", True)]
)
def test_written_directions_that_differ_by_more_than_a_tenth_are_stated(count, stated, line):
    found = line(prescription("a", written=(sig(1, count),)))
    assert (found.mme_per_day.maximum, bool(found.assumptions)) == (15, stated)


def test_written_directions_may_differ_in_what_is_scheduled_only(line):
    found = line(prescription("a", sig(1, 2), written=(sig(dose=dose("0.5", 1), frequency=often(2)),)))
    assert found.assumptions == (
        "the written directions come to 10 mg/day (5 scheduled): the structured dose was used",
    )


def test_written_directions_of_a_patch_come_to_a_rate(line):
    found = line(prescription("a", sig(2, frequency=often(1, 3)), of=patch(), written=(sig(1, frequency=often(1, 3)),)))
    assert found.assumptions == ("the written directions come to 25 mcg/h: the structured dose was used",)


def test_supply_that_was_used_and_a_range_of_a_pack_have_words(line):
    spray = product(MORPHINE, 10, unit=StrengthUnit.MG_PER_ACTUATION, form=Form.SPRAY, noun="spray", units_per_dose=2)
    found = line(
        prescription("a", sig(dose=dose(1, 2), frequency=Frequency(low=per_day(1), high=per_day(2))), of=spray)
    )
    assert (found.mme_per_day.scheduled, found.mme_per_day.maximum) == (20, 80)
