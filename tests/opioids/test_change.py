"""What the orders being written change."""

from __future__ import annotations

from decimal import Decimal

import pytest

from opioids.change import change_of, smallest_step
from opioids.mme import mme_total
from opioids.prescriptions import Ignored, IgnoredReason, Uncounted, UncountedReason
from opioids.products import Ingredient, Pharmacology, Route
from opioids.quantities import Unit
from opioids.shelf import load_shelves
from opioids.tapers.profiles import load_tapers
from tests.opioids.build import MORPHINE, OXYCODONE, TODAY, dose, often, patch, prescription, product, sig
from tests.opioids.shipped import FORMULARY

SHELF = load_shelves(FORMULARY)["US"]
PRACTICE = load_tapers().practice

HYDROCODONE = Ingredient(name="hydrocodone", rxcui="5489", pharmacology=Pharmacology.AGONIST)
ER_40, ER_30, IR_5 = "1049584", "1049574", "1049621"


@pytest.fixture
def change(knowledge):
    """The change from the first to the second list of prescriptions (or of what could not be counted)."""

    def between(before, after):
        table = knowledge.tables["cdc-2022"]
        return change_of(mme_total(before, table, TODAY), mme_total(after, table, TODAY), SHELF, PRACTICE)

    return between


def taken(reference, rxcui, count=2, **given):
    return prescription(reference, sig(1, count, **given), of=FORMULARY.products[rxcui])


def uncounted(reference):
    return Uncounted(reference=reference, medication="x", reason=UncountedReason.DOSE_MISSING, detail="x")


def treated(reference, reason):
    return Ignored(reference=reference, medication="x", reason=reason)


def needed(reference, rxcui, count, **given):
    return taken(reference, rxcui, count, as_needed=True, **given)


@pytest.mark.parametrize(
    ("before", "after", "unit"),
    [
        ([needed("a", "1049611", 7)], [needed("a", "1049611", 6)], "22.5"),  # tablets of 15 mg
        ([needed("a", "1049618", 4)], [needed("b", "1049611", 7)], "22.5"),  # of 30 mg, and then of 15
        ([needed("a", "1049618", 4)], [], 45),
        ([taken("s", ER_40), needed("a", "1049611", 7)], [taken("s", ER_40), needed("a", "1049611", 6)], "22.5"),
        ([taken("a", "1049611", 7)], [taken("a", "1049611", 6)], None),  # by the clock
        ([needed("a", "1049611", 6)], [needed("a", "1049611", 7)], None),  # more
        ([needed("a", "1049611", 7), needed("h", "856999", 4)], [], None),  # two drugs
        ([needed("a", "1049604", 4)], [needed("a", "1049604", 3)], None),  # a solution goes by any volume
    ],
)
def test_what_is_taken_as_needed_goes_by_whole_tablets(before, after, unit, change):
    assert change(before, after).unit == (None if unit is None else Decimal(unit))


def test_cut_is_in_mme_and_in_percent_of_the_dose_before(change):
    found = change([taken("a", ER_40)], [taken("a", ER_30)])
    assert (found.cut, found.percent, found.to_zero) == (30, 25, False)


def test_rise_is_negative(change):
    found = change([taken("a", ER_30)], [taken("a", ER_40)])
    assert found.cut == -30
    assert found.percent < 0


def test_order_that_is_added_is_a_rise_like_any_other(change):
    found = change([taken("a", ER_40)], [taken("a", ER_40), taken("b", ER_30)])
    assert (found.cut, found.percent) == (-90, -75)


def test_other_opioid_in_the_place_of_a_partial_agonist_is_a_rotation(change):
    worn = treated("b", IgnoredReason.PARTIAL_AGONIST)
    assert change([worn], [taken("a", ER_40)]).rotation
    assert change([worn, taken("i", IR_5)], [taken("a", "891888")]).rotation
    assert not change([worn], [worn, taken("a", ER_40)]).rotation
    assert not change([worn, taken("a", ER_40)], [taken("a", ER_40)]).rotation
    assert not change([worn, taken("a", ER_40)], [taken("a", ER_30)]).rotation


MORPHINE_ER_60, MORPHINE_ER_30, ER_10 = "891893", "891888", "1049502"


@pytest.mark.parametrize(
    ("after", "rotation"),
    [
        # 120 MME of morphine fall by 60: half of it, 30 MME, is taken over by oxycodone.
        ([("m", MORPHINE_ER_30, 2), ("o", ER_10, 2)], True),
        ([("m", MORPHINE_ER_30, 2), ("o", ER_10, 1)], False),
        ([("m", MORPHINE_ER_30, 2), ("o", ER_40, 1)], True),
        # As much again and more: the total rises, and that is what matters.
        ([("m", MORPHINE_ER_30, 2), ("o", ER_40, 2)], False),
        ([("m", MORPHINE_ER_60, 2), ("o", ER_10, 2)], False),
        ([("m", MORPHINE_ER_30, 2)], False),
    ],
)
def test_rotation_in_steps_is_told_by_what_another_opioid_takes_over(after, rotation, change):
    now = [taken("m", MORPHINE_ER_60)]
    assert change(now, [taken(*one) for one in after]).rotation is rotation


@pytest.mark.parametrize(("risen", "rotation"), [("29.9", False), ("30", True), ("60", True), ("60.1", False)])
def test_half_of_what_falls_is_the_least_that_is_a_rotation_and_all_of_it_the_most(risen, rotation, change):
    """60 mg of morphine a day stay of 120; hydrocodone, of which a milligram is one MME, takes over so much."""
    hydrocodone = sig(dose=dose(risen, unit=Unit.MG), frequency=often(1), route=Route.ORAL)
    taken_over = prescription("h", hydrocodone, of=product(HYDROCODONE, None))
    now = [taken("m", MORPHINE_ER_60)]
    assert change(now, [taken("m", MORPHINE_ER_30), taken_over]).rotation is rotation


def test_rotation_in_steps_counts_all_orders_of_an_opioid(change):
    """Of two orders of morphine one stops; what the other comes to is not what falls."""
    now = [taken("m", MORPHINE_ER_60), taken("n", MORPHINE_ER_30)]
    assert change(now, [taken("n", MORPHINE_ER_30), taken("o", ER_40, 1)]).rotation
    assert not change(now, [taken("n", MORPHINE_ER_30), taken("o", ER_10, 3)]).rotation


def test_last_step_of_a_rotation_is_part_of_it(change):
    before = [taken("m", MORPHINE_ER_30), taken("o", ER_10)]
    found = change(before, [taken("n", "1049563")])
    assert (found.rotation, found.cut) == (True, 30)
    assert not change(before, [taken("o", ER_10)]).rotation


def test_stop_goes_to_zero_unless_something_uncounted_stays(change):
    assert change([taken("a", ER_40)], []).to_zero
    assert not change([taken("a", ER_40)], [uncounted("u")]).to_zero
    assert not change([taken("a", ER_40)], [taken("b", IR_5)]).to_zero
    assert change([uncounted("u")], []).to_zero
    assert not change([uncounted("u")], [uncounted("u")]).to_zero
    assert not change([], []).to_zero


def test_first_opioid_is_no_change_that_could_be_too_fast(change):
    found = change([], [taken("a", ER_40)])
    assert (found.cut, found.percent, found.to_zero, found.rotation, found.judgeable) == (-120, 0, False, False, True)


@pytest.mark.parametrize(
    ("after", "rotation"),
    [
        ([prescription("b", sig(dose=dose(30, unit=Unit.MG), route=Route.ORAL), of=product(MORPHINE, None))], True),
        ([treated("b", IgnoredReason.PARTIAL_AGONIST)], True),
        ([treated("b", IgnoredReason.OPIOID_USE_DISORDER_TREATMENT)], True),
        ([treated("b", IgnoredReason.NOT_AN_OPIOID)], False),
        ([treated("old", IgnoredReason.PARTIAL_AGONIST)], False),
        ([taken("b", IR_5)], False),
        ([], False),
    ],
)
def test_rotation_is_one_opioid_that_stops_and_another_that_starts(after, rotation, change):
    before = [taken("a", ER_40), treated("old", IgnoredReason.PARTIAL_AGONIST)]
    assert change(before, after).rotation is rotation


def test_second_opioid_that_is_added_is_no_rotation(change):
    second = prescription("b", sig(dose=dose(5, unit=Unit.MG), route=Route.ORAL), of=product(MORPHINE, None))
    assert not change([taken("a", ER_40)], [taken("a", ER_30), second]).rotation


@pytest.mark.parametrize(
    ("before", "after", "judgeable"), [([], ["u"], False), (["u"], ["u"], True), (["u"], [], True)]
)
def test_change_cannot_be_judged_when_something_new_could_not_be_counted(before, after, judgeable, change):
    found = change([taken("a", ER_40), *map(uncounted, before)], [taken("a", ER_30), *map(uncounted, after)])
    assert found.judgeable is judgeable


@pytest.mark.parametrize(("needed", "only"), [(True, True), (False, False)])
def test_change_of_as_needed_doses_only(needed, only, change):
    before = [taken("a", ER_40), taken("b", IR_5, 3, as_needed=needed)]
    assert change(before, before[:1]).only_as_needed is only


# ---- the smallest step ----


def test_one_tablet_to_the_next_strength_is_the_smallest_step(change):
    after = [taken("a", ER_40, 1), taken("b", ER_30, 1)]
    assert change([taken("a", ER_40)], after).smallest_step


def test_two_tablets_to_the_next_strength_are_more_than_the_smallest_step(change):
    assert not change([taken("a", ER_40)], [taken("a", ER_30)]).smallest_step


@pytest.mark.parametrize("renewed_as", ["ir", "another-id"])
def test_renewal_of_another_order_beside_it_does_not_matter(renewed_as, change):
    before = [taken("a", ER_40), taken("ir", IR_5, 3)]
    after = [taken("a", ER_40, 1), taken("b", ER_30, 1), taken(renewed_as, IR_5, 3)]
    assert change(before, after).smallest_step


def test_of_two_equal_orders_one_that_stops_is_a_change(change):
    found = change([taken("a", IR_5, 1), taken("b", IR_5, 1)], [taken("a", IR_5, 1)])
    assert (found.cut, found.smallest_step) == (Decimal("7.5"), True)


def test_smallest_step_of_several_strengths_that_fall_is_that_of_the_least(change):
    """40 mg go to 30 mg, and 5 mg to nothing: of the 15 mg a day that fall 5 mg are the smallest step."""
    found = change([taken("a", ER_40, 1), taken("b", IR_5, 1)], [taken("a", ER_30, 1)])
    assert (found.cut, found.step) == (Decimal("22.5"), Decimal("7.5"))


def test_what_is_only_released_in_another_way_is_no_step_of_what_falls(change):
    """Of 20 mg that fall the smallest step is 10 mg, whatever the smallest of those tablets would be that go on."""
    slow, quick = (prescription("b", sig(1, 2), of=product(extended_release=one)) for one in (True, False))
    found = change([taken("a", ER_40), quick], [taken("a", ER_30), slow])
    assert (found.cut, found.step) == (30, 15)
    assert change([quick], [slow]).step is None


def test_step_of_one_opioid_for_another_cannot_be_told(change):
    assert change([taken("a", ER_40)], [taken("m", MORPHINE_ER_30)]).step is None


def test_step_of_two_opioids_is_never_the_smallest(change):
    other = prescription("b", sig(dose=dose(5, unit=Unit.MG), route=Route.ORAL), of=product(MORPHINE, None))
    assert not change([taken("a", ER_40), other], [taken("a", ER_30)]).smallest_step


def test_rise_is_no_step_down(change):
    assert not change([taken("a", ER_30)], [taken("a", ER_40)]).smallest_step


def test_step_of_a_bare_ingredient_has_no_strength_to_follow(change):
    bare = [
        prescription("a", sig(dose=dose(mg, unit=Unit.MG), route=Route.ORAL), of=product(OXYCODONE, None))
        for mg in (40, 39)
    ]
    assert not change(bare[:1], bare[1:]).smallest_step


@pytest.mark.parametrize(
    ("drug", "step"),
    [
        (FORMULARY.products[ER_40], 10),
        (FORMULARY.products["1049502"], 10),  # 5 mg has a code and no market
        (FORMULARY.products["245135"], Decimal("12.5")),
        (FORMULARY.products["577057"], 12),
        (FORMULARY.products["1049691"], 5),  # with aspirin; nobody goes to the 4.84 mg of another maker
        (product(strength=None), None),
        (product(strength=7, noun="unheard-of form"), 7),
    ],
)
def test_smallest_step_is_to_the_next_marketed_strength_or_to_nothing(drug, step):
    assert smallest_step(drug, SHELF, PRACTICE) == step


def in_ml(reference, rxcui, ml, count=1):
    return prescription(
        reference, sig(dose=dose(ml, unit=Unit.ML), frequency=often(count)), of=FORMULARY.products[rxcui]
    )


@pytest.mark.parametrize(
    ("rxcui", "before", "after", "smallest"),
    [
        ("892589", "0.25", None, True),  # morphine 2 mg/mL: half a mL is one MME
        ("892589", "0.5", None, True),
        ("892589", "0.6", None, False),
        ("892589", "5", "4.5", True),
        ("892589", "5", "4.4", False),
        ("1049604", "1", None, True),  # oxycodone 1 mg/mL: half a mL is less than one MME, so a whole one
        ("1049604", "1.1", None, False),
        ("892625", "0.25", None, True),  # a concentrate goes by a quarter of a mL
        ("892625", "0.3", None, False),
    ],
)
def test_smallest_step_of_a_solution_is_what_can_be_measured_and_is_worth_taking(
    rxcui, before, after, smallest, change
):
    lowered = [in_ml("b", rxcui, after)] if after else []
    found = change([in_ml("a", rxcui, before)], lowered)
    assert found.smallest_step is smallest
    assert found.step is None


def test_solutions_of_two_strengths_have_no_step_in_common(change):
    assert not change([in_ml("a", "892589", "0.5")], [in_ml("b", "892625", "0.04")]).smallest_step


def test_taken_patches_have_one_step(change):
    worn = {count: prescription("a", sig(count, frequency=often(1, 3)), of=patch(25)) for count in (1, 2)}
    assert change([worn[2]], [worn[1]]).percent == 50


def test_solution_given_in_smaller_amounts_more_often_has_no_step(change):
    """As much a day as before: nothing to divide by."""
    before = taken("a", "892589", 2, dose=dose(5, unit=Unit.ML))
    after = taken("a", "892589", 4, dose=dose("2.5", unit=Unit.ML))
    found = change([before], [after])
    assert (found.cut, found.volume_step, found.smallest_step) == (0, None, False)


def test_change_of_nothing_is_no_smallest_step(change):
    assert not change([taken("a", ER_40)], [taken("a", ER_40)]).smallest_step
