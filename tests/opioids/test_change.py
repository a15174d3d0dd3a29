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


MORPHINE_ER_60, MORPHINE_ER_30, ER_10 = "891893", "891888", "1049502"


def in_mg(reference, mg):
    """Morphine by mouth, of which no product is known."""
    return prescription(reference, sig(dose=dose(mg, unit=Unit.MG), route=Route.ORAL), of=product(MORPHINE, None))


WORN, OLD = treated("w", IgnoredReason.PARTIAL_AGONIST), treated("old", IgnoredReason.PARTIAL_AGONIST)
FORTY, THIRTY, FIVE, UNREAD = taken("a", ER_40), taken("a", ER_30), taken("i", IR_5), uncounted("u")
MORPHINE_60, MORPHINE_30 = taken("m", MORPHINE_ER_60), taken("m", MORPHINE_ER_30)
ONE_LESS = [taken("a", ER_40, 1), taken("b", ER_30, 1)]
TWO_PATCHES, PATCH = (prescription("a", sig(n, frequency=often(1, 3)), of=patch(25)) for n in (2, 1))
CHANGES = {
    # case: (before, after, what is told of the change)
    "a cut": ([FORTY], [THIRTY], {"cut": 30, "percent": 25, "to_zero": False}),
    "a rise": ([THIRTY], [FORTY], {"cut": -30, "percent": Decimal(-100) / 3, "smallest_step": False}),
    "an order that is added": ([FORTY], [FORTY, taken("b", ER_30)], {"cut": -90, "percent": -75}),
    "the first opioid": (
        [], [FORTY], {"cut": -120, "percent": 0, "to_zero": False, "rotation": False, "judgeable": True},
    ),
    "nothing": ([FORTY], [FORTY], {"cut": 0, "smallest_step": False}),
    "one of two equal orders stops": (
        [taken("a", IR_5, 1), taken("b", IR_5, 1)], [taken("a", IR_5, 1)],
        {"cut": Decimal("7.5"), "smallest_step": True},
    ),
    "one of two patches": ([TWO_PATCHES], [PATCH], {"percent": 50}),
    "as-needed doses alone fall": ([FORTY, needed("b", IR_5, 3)], [FORTY], {"only_as_needed": True}),
    "doses by the clock fall": ([FORTY, taken("b", IR_5, 3)], [FORTY], {"only_as_needed": False}),
    # to nothing
    "all stops": ([FORTY], [], {"to_zero": True, "rotation": False}),
    "all stops but what is unknown": ([FORTY], [UNREAD], {"to_zero": False}),
    "another goes on": ([FORTY], [FIVE], {"to_zero": False, "rotation": False}),
    "what is unknown stops": ([UNREAD], [], {"to_zero": True}),
    "what is unknown stays": ([UNREAD], [UNREAD], {"to_zero": False}),
    "nothing was, and nothing is": ([], [], {"to_zero": False}),
    # rotations: one opioid stops, and another starts
    "morphine instead": ([FORTY, OLD], [in_mg("b", 30)], {"rotation": True}),
    "a partial agonist instead": ([FORTY, OLD], [WORN], {"rotation": True}),
    "treatment instead": (
        [FORTY, OLD], [treated("b", IgnoredReason.OPIOID_USE_DISORDER_TREATMENT)], {"rotation": True},
    ),
    "no opioid instead": ([FORTY, OLD], [treated("b", IgnoredReason.NOT_AN_OPIOID)], {"rotation": False}),
    "a partial agonist goes on": ([FORTY, OLD], [OLD], {"rotation": False}),
    "instead of a partial agonist": ([WORN], [FORTY], {"rotation": True}),
    "instead of a partial agonist and tablets": ([WORN, FIVE], [taken("a", MORPHINE_ER_30)], {"rotation": True}),
    "beside a partial agonist": ([WORN], [WORN, FORTY], {"rotation": False}),
    "a partial agonist stops": ([WORN, FORTY], [FORTY], {"rotation": False}),
    "a partial agonist stops, and less": ([WORN, FORTY], [THIRTY], {"rotation": False}),
    "a second opioid is added": ([FORTY], [THIRTY, in_mg("b", 5)], {"rotation": False}),
    # 120 MME of morphine fall by 60: half of it, 30 MME, is taken over by oxycodone; or less; or more
    "half is taken over": ([MORPHINE_60], [MORPHINE_30, taken("o", ER_10)], {"rotation": True}),
    "less than half": ([MORPHINE_60], [MORPHINE_30, taken("o", ER_10, 1)], {"rotation": False}),
    "all of it": ([MORPHINE_60], [MORPHINE_30, taken("o", ER_40, 1)], {"rotation": True}),
    "more than fell": ([MORPHINE_60], [MORPHINE_30, taken("o", ER_40)], {"rotation": False}),
    "nothing fell": ([MORPHINE_60], [MORPHINE_60, taken("o", ER_10)], {"rotation": False}),
    "nothing takes over": ([MORPHINE_60], [MORPHINE_30], {"rotation": False}),
    "of two orders one stops": (
        [MORPHINE_60, taken("n", MORPHINE_ER_30)], [taken("n", MORPHINE_ER_30), taken("o", ER_40, 1)],
        {"rotation": True},
    ),
    "of two orders one stops, for less than half": (
        [MORPHINE_60, taken("n", MORPHINE_ER_30)], [taken("n", MORPHINE_ER_30), taken("o", ER_10, 3)],
        {"rotation": False},
    ),
    "the last step": ([MORPHINE_30, taken("o", ER_10)], [taken("n", "1049563")], {"rotation": True, "cut": 30}),
    "the last step, for nothing": ([MORPHINE_30, taken("o", ER_10)], [taken("o", ER_10)], {"rotation": False}),
    # the smallest step
    "one tablet to the next strength": ([FORTY], ONE_LESS, {"smallest_step": True}),
    "two tablets to the next strength": ([FORTY], [THIRTY], {"smallest_step": False}),
    "beside a renewal": ([FORTY, taken("ir", IR_5, 3)], [*ONE_LESS, taken("ir", IR_5, 3)], {"smallest_step": True}),
    "beside another id": ([FORTY, taken("ir", IR_5, 3)], [*ONE_LESS, taken("x", IR_5, 3)], {"smallest_step": True}),
    # 40 mg go to 30 mg, and 5 mg to nothing: of the 15 mg a day that fall 5 mg are the smallest step
    "of several strengths": (
        [taken("a", ER_40, 1), taken("b", IR_5, 1)], [taken("a", ER_30, 1)],
        {"cut": Decimal("22.5"), "step": Decimal("7.5")},
    ),
    "one opioid for another": ([FORTY], [MORPHINE_30], {"step": None}),
    "two opioids": ([FORTY, in_mg("b", 5)], [THIRTY], {"smallest_step": False}),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "told"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_told_by_how_much_falls_to_what_and_by_which_step(before, after, told, change):
    found = change(before, after)
    assert {name: getattr(found, name) for name in told} == told


@pytest.mark.parametrize(("risen", "rotation"), [("29.9", False), ("30", True), ("60", True), ("60.1", False)])
def test_half_of_what_falls_is_the_least_that_is_a_rotation_and_all_of_it_the_most(risen, rotation, change):
    """60 mg of morphine a day stay of 120; hydrocodone, of which a milligram is one MME, takes over so much."""
    hydrocodone = sig(dose=dose(risen, unit=Unit.MG), frequency=often(1), route=Route.ORAL)
    taken_over = prescription("h", hydrocodone, of=product(HYDROCODONE, None))
    now = [taken("m", MORPHINE_ER_60)]
    assert change(now, [taken("m", MORPHINE_ER_30), taken_over]).rotation is rotation


@pytest.mark.parametrize(
    ("before", "after", "judgeable"), [([], ["u"], False), (["u"], ["u"], True), (["u"], [], True)]
)
def test_change_cannot_be_judged_when_something_new_could_not_be_counted(before, after, judgeable, change):
    found = change([taken("a", ER_40), *map(uncounted, before)], [taken("a", ER_30), *map(uncounted, after)])
    assert found.judgeable is judgeable


# ---- the smallest step ----


def test_what_is_only_released_in_another_way_is_no_step_of_what_falls(change):
    """Of 20 mg that fall the smallest step is 10 mg, whatever the smallest of those tablets would be that go on."""
    slow, quick = (prescription("b", sig(1, 2), of=product(extended_release=one)) for one in (True, False))
    found = change([taken("a", ER_40), quick], [taken("a", ER_30), slow])
    assert (found.cut, found.step) == (30, 15)
    assert change([quick], [slow]).step is None


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


def test_solution_given_in_smaller_amounts_more_often_has_no_step(change):
    """As much a day as before: nothing to divide by."""
    before = taken("a", "892589", 2, dose=dose(5, unit=Unit.ML))
    after = taken("a", "892589", 4, dose=dose("2.5", unit=Unit.ML))
    found = change([before], [after])
    assert (found.cut, found.volume_step, found.smallest_step) == (0, None, False)
