"""What a plan can rest on, what it says, and what it never does; the steps themselves are in tests/spec/tapers.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from opioids.prescriptions import Ignored, IgnoredReason, Purpose, Sig
from opioids.products import Form, Route
from opioids.quantities import Ceiling, Dose, Frequency, Unit, steadily, times
from opioids.tapers.pacing import Wish
from opioids.tapers.planning import first_steps, plans
from opioids.tapers.values import First, NoPlan, Obstacle, PlanNote, StepNote
from tests.opioids.build import FENTANYL, product
from tests.opioids.tapers.conftest import START, taken
from tests.spec.plans import regimen

OXYCODONE_ER_40, OXYCODONE_ER_10, OXYCODONE_5 = "1049584", "1049502", "1049621"


def steps(plan):
    return [regimen(step.doses) for step in plan.steps]


# ---- what no plan rests on ----


def test_part_that_could_not_be_counted_is_in_the_way(plan, products):
    unread = replace(taken(products[OXYCODONE_5]), sigs=(Sig(frequency=steadily(times(2))),))
    found = plan(taken(products[OXYCODONE_ER_40]), unread)
    assert found == NoPlan(obstacle=Obstacle.UNCOUNTED, medications=(products[OXYCODONE_5].name,), missing=("no dose",))


def test_treatment_of_opioid_use_disorder_is_never_tapered(plan, products):
    methadone = replace(taken(products["864706"]), purpose=Purpose.OPIOID_USE_DISORDER)
    found = plan(methadone, taken(products[OXYCODONE_5]))
    assert found == NoPlan(obstacle=Obstacle.TREATMENT, medications=(products["864706"].name,))


def test_nothing_taken_needs_no_plan(plan):
    assert plan() == NoPlan(obstacle=Obstacle.NOTHING_TAKEN)


def test_buprenorphine_alone_is_left_alone(plan, products):
    patch = taken(products["904876"], days=7, count=1)
    assert plan(patch) == NoPlan(obstacle=Obstacle.ONLY_BUPRENORPHINE, medications=(patch.medication,))


def test_buprenorphine_beside_another_opioid_is_left_alone_and_said(plan, products):
    patch = taken(products["904876"], days=7, count=1)
    [found] = plan(patch, taken(products[OXYCODONE_5], count=4))
    assert found.left_alone == (patch.medication,)
    assert PlanNote.LEFT_ALONE in found.notes
    assert all("buprenorphine" not in step for step in steps(found))


def test_partial_agonist_that_a_table_converts_is_left_alone_as_well(total, standard, products):
    counted = total(taken(products[OXYCODONE_5], count=4))
    [line] = counted.counted
    other = replace(line, ingredient=products["904876"].components[0].ingredient, medication="patch")
    [found] = plans(replace(counted, counted=(line, other)), standard(), Wish(start=START))
    assert found.left_alone == ("patch",)
    assert found.baseline == 30


def test_bare_ingredient_has_no_tablets(plan):
    bare = taken(product(strength=None), units=10, unit=Unit.MG)
    assert plan(bare) == NoPlan(obstacle=Obstacle.PRODUCT_UNKNOWN, medications=(bare.medication,))


def test_product_with_two_opioids_has_no_strengths_of_one(total, standard, products):
    counted = total(taken(products[OXYCODONE_5]))
    [line] = counted.counted
    both = replace(line, product=replace(line.product, components=line.product.components * 2))
    assert plans(replace(counted, counted=(both,)), standard(), Wish(start=START)) == NoPlan(
        obstacle=Obstacle.PRODUCT_UNKNOWN, medications=(line.medication,)
    )


def named(products, rxcui):
    """A product as its name tells it that says no form ("oxycodone 5 mg")."""
    return replace(products[rxcui], rxcui="", name="oxycodone", form=Form.UNKNOWN, noun="", route=None)


@pytest.mark.parametrize(
    ("noun", "rxcui"), [("tablet", OXYCODONE_5), ("tablet", OXYCODONE_ER_40), ("capsule", "1049696")]
)
def test_form_that_only_the_directions_tell_is_that_of_the_steps(noun, rxcui, plan, products):
    [found], [of_the_product] = plan(taken(named(products, rxcui), noun=noun)), plan(taken(products[rxcui]))
    assert steps(found)[1:] == steps(of_the_product)[1:]
    assert {one.product.noun for step in found.steps[1:] for one in step.doses} == {noun}


@pytest.mark.parametrize("noun", ["", "pill"])
def test_form_that_nothing_tells_is_asked_for(noun, plan, products):
    assert plan(taken(named(products, OXYCODONE_5), noun=noun)) == NoPlan(
        obstacle=Obstacle.FORM_NOT_TOLD, medications=("oxycodone",)
    )


def test_form_that_the_directions_tell_twice_is_asked_for(plan, products):
    one = taken(named(products, OXYCODONE_5), noun="tablet")
    other = taken(named(products, OXYCODONE_5), noun="capsule")
    found = plan(replace(one, sigs=(*one.sigs, *other.sigs)))
    assert found == NoPlan(obstacle=Obstacle.FORM_NOT_TOLD, medications=("oxycodone",))


def test_lozenges_and_sprays_do_not_stand_for_one_another(total, standard, products):
    counted = total(taken(products[OXYCODONE_5]))
    [line] = counted.counted
    lozenge = replace(line, ingredient=FENTANYL, product=products["310292"], route=Route.TRANSMUCOSAL)
    found = plans(replace(counted, counted=(lozenge,)), standard(), Wish(start=START))
    assert found == NoPlan(obstacle=Obstacle.FORM, medications=(line.medication,))


@pytest.mark.parametrize(("count", "days"), [(1, 2), (3, 7), (5, 2), (25, 1)])
def test_what_is_not_taken_so_many_times_a_day_is_refused(count, days, plan, products):
    found = plan(taken(products[OXYCODONE_5], count=count, days=days))
    assert found == NoPlan(obstacle=Obstacle.NOT_DAILY, medications=(products[OXYCODONE_5].name,))


@pytest.mark.parametrize(("count", "days"), [(2, 7), (1, 2), (24, 5)])
def test_as_needed_doses_that_come_to_a_part_of_one_a_day_are_refused(count, days, plan, products):
    as_needed = taken(products[OXYCODONE_5], count=count, days=days, as_needed=True)
    found = plan(taken(products[OXYCODONE_ER_40]), as_needed)
    assert found == NoPlan(obstacle=Obstacle.NOT_DAILY, medications=(products[OXYCODONE_5].name,))


def test_a_maximum_does_not_make_a_daily_plan_of_what_is_taken_every_other_day(plan, products):
    found = plan(taken(products[OXYCODONE_5], count=1, days=2, as_needed=True, ceilings=(most(2),)))
    assert found == NoPlan(obstacle=Obstacle.NOT_DAILY, medications=(products[OXYCODONE_5].name,))


def test_of_orders_for_one_tablet_and_for_four_at_a_time_smaller_ones_would_be_too_many(plan, products):
    eight = products["897710"]
    [found] = plan(
        taken(eight, count=1, as_needed=True), taken(eight, units=4, count=1, as_needed=True, reference="more")
    )
    assert [found.steps[1].doses[0].product, found.steps[1].doses[0].at_most] == [eight, 4]


def test_as_needed_every_five_hours_with_a_daily_maximum_is_that_maximum(plan, products):
    [found] = plan(taken(products[OXYCODONE_5], count=24, days=5, as_needed=True, ceilings=(most(20),)))
    assert steps(found)[0] == "oxycodone 5 x 4 prn"


def test_more_tablets_a_day_than_anybody_takes_at_once_are_counted_all_the_same(plan, products):
    [found] = plan(taken(products["835603"], units=10, count=6, as_needed=True))
    assert [step.mme for step in found.steps[:2]] == [600, 540]


@pytest.mark.parametrize("rxcui", ["1049604", OXYCODONE_5])
def test_as_needed_maximum_of_less_than_one_dose_is_lowered_beside_a_long_acting_form(rxcui, plan, products):
    liquid = rxcui == "1049604"
    needed = taken(
        products[rxcui],
        units=5 if liquid else 2,
        unit=Unit.ML if liquid else Unit.EACH,
        count=2,
        as_needed=True,
        ceilings=(most(4),),
    )
    for found in plan(taken(products[OXYCODONE_ER_40]), needed):
        doses = [step.mme for step in found.steps]
        assert doses == sorted(doses, reverse=True)
        assert doses[-1] == 0


@pytest.mark.parametrize(("orders", "planned"), [(24, True), (25, False), (500, False)])
def test_orders_that_make_more_dose_times_than_a_day_has_hours_are_no_schedule(orders, planned, plan, products):
    each = [taken(products[OXYCODONE_5], count=1, reference=str(number)) for number in range(orders)]
    found = plan(*each, most_steps=1)
    crowded = NoPlan(obstacle=Obstacle.NOT_DAILY, medications=(products[OXYCODONE_5].name,))
    assert (found == crowded) is not planned


@pytest.mark.parametrize(
    ("code", "orders", "given", "mme"),
    [
        ("1049618", 3, {"units": 4, "count": 4, "as_needed": True}, 2160),  # oxycodone 30 mg tablets
        ("891874", 3, {"units": 10, "count": 1}, 3000),  # morphine 100 mg ER tablets
        ("245134", 4, {"units": 20, "count": 1, "days": 3}, 4800),  # fentanyl 25 mcg/h patches
        ("1049604", 3, {"units": 150, "count": 4, "unit": Unit.ML}, 2700),  # oxycodone 1 mg/mL, 1800 mL a day
    ],
)
def test_several_orders_may_come_to_more_than_one_may_say(code, orders, given, mme, plan, products):
    each = [taken(products[code], reference=str(number), **given) for number in range(orders)]
    extended = taken(products[OXYCODONE_ER_10])
    found = plan(*each, extended, most_steps=2)
    assert found[0].baseline == found[0].steps[0].mme == mme + 30
    assert all(step.mme > 0 for one in found for step in one.steps)


def test_supply_alone_does_not_tell_what_is_taken_at_a_time(total, standard, products):
    counted = total(taken(products[OXYCODONE_5], as_needed=True, frequency=None, ceilings=(most(40),)))
    [line] = counted.counted
    scheduled = replace(line, doses=tuple(replace(dose, as_needed=False) for dose in line.doses))
    found = plans(replace(counted, counted=(scheduled,)), standard(), Wish(start=START))
    assert found == NoPlan(obstacle=Obstacle.DIRECTIONS, medications=(line.medication,))


def most(value, unit=Unit.MG):
    return Ceiling(value=Decimal(value), unit=unit, days=Decimal(1))


# ---- what is read of a regimen ----


def test_as_needed_dose_with_a_daily_maximum_only_is_that_many_tablets(plan, products):
    [found] = plan(taken(products[OXYCODONE_5], as_needed=True, frequency=None, ceilings=(most(15),)))
    assert steps(found)[0] == "oxycodone 5 x 3 prn"
    assert PlanNote.CONFIRM_USE in found.notes


@pytest.mark.parametrize(
    ("rxcui", "count", "first", "last"),
    [
        # 10 mg are a sixth of the day's dose: more than rounding may make, so 5 mg tablets take their place.
        ("1049683", 6, "oxycodone 2 x 5 prn, at most 11", ["oxycodone 2 x 5 prn, at most 2", "oxycodone 5 x 1 prn"]),
        # 4 mg are an eighth: they stay until two are left.
        (
            "897702", 8, "hydromorphone 4 x 7 prn",
            [
                "hydromorphone 4 x 2 prn", "hydromorphone 2 x 2 prn, at most 3",
                "hydromorphone 2 x 2 prn, at most 2", "hydromorphone 2 x 1 prn",
            ],
        ),
        # Its partner counts: never more tablets a day than now.
        (
            "856999", 2, "hydrocodone 2 x 5 prn, at most 2",
            ["hydrocodone 2 x 2.5 prn, at most 2", "hydrocodone 2.5 x 1 prn"],
        ),
    ],
)  # fmt: skip
def test_as_needed_doses_go_on_in_smaller_tablets_where_the_present_ones_are_too_large(
    rxcui, count, first, last, plan, products
):
    [found] = plan(taken(products[rxcui], count=count, as_needed=True))
    taken_by = steps(found)
    assert taken_by[1] == first
    assert taken_by[-1 - len(last) : -1] == last


def test_stated_maximum_leaves_out_the_last_of_the_scheduled_doses(plan, products):
    [found] = plan(taken(products[OXYCODONE_5], units=2, count=4, ceilings=(most(25),)))
    assert steps(found)[0] == "oxycodone 2 x 5 + 2 x 5 + 5 + 0"


def test_range_is_planned_from_its_upper_end(plan, products):
    ranged = taken(products[OXYCODONE_5]).sigs[0]
    sig = replace(
        ranged,
        dose=Dose(low=Decimal(1), high=Decimal(2), unit=Unit.EACH),
        frequency=Frequency(low=times(2), high=times(3)),
    )
    [found] = plan(replace(taken(products[OXYCODONE_5]), sigs=(sig,)))
    assert found.baseline == 45


def test_patches_of_two_orders_are_worn_together(plan, products):
    [found] = plan(taken(products["245136"], count=1, days=3), taken(products["245134"], count=1, days=3))
    assert steps(found)[0] == "fentanyl ER 100 and 25 worn"
    assert PlanNote.PATCHES in found.notes


def test_what_cannot_go_first_is_said(plan, products):
    """Half of a patch is more than the pace while much else is taken: the plan that begins with it says so."""
    made = plan(taken(products[OXYCODONE_ER_40], count=2), taken(products["245134"], count=1, days=3))
    assert [(one.lead, PlanNote.NOT_FIRST in one.notes) for one in made] == [("oxycodone", False), ("fentanyl", True)]


def test_of_one_plan_nothing_goes_first(plan, products):
    [made] = plan(taken(products["245134"], count=1, days=3), taken(products["891888"], count=2))
    assert (made.lead, PlanNote.NOT_FIRST in made.notes) == ("", False)


def test_solution_as_needed_beside_a_long_acting_form_becomes_one_dose(plan, products):
    [found] = plan(
        taken(products["891893"], count=2),
        taken(products["892589"], units=5, count=1, as_needed=True, unit=Unit.ML, ceilings=(most(10, Unit.ML),)),
        taken(products["892589"], units=5, count=1, as_needed=True, unit=Unit.ML, reference="other"),
        first=First.IMMEDIATE,
    )
    assert steps(found)[1] == "morphine ER 60 + 60; morphine 2 mg/mL 0 + 5 mL"
    assert StepNote.FIXED_TIME in found.steps[1].notes


# ---- which first ----


def test_both_orders_are_offered_where_forms_are_mixed(plan, products):
    mixed = (taken(products[OXYCODONE_ER_40]), taken(products[OXYCODONE_5], count=3, as_needed=True))
    assert [one.first for one in plan(*mixed)] == [First.EXTENDED, First.IMMEDIATE]
    assert [one.first for one in plan(*mixed, first=First.IMMEDIATE)] == [First.IMMEDIATE]


def test_one_tablet_as_needed_stays_while_a_long_acting_form_is_taken(plan, products):
    mixed = (taken(products[OXYCODONE_ER_10], count=1), taken(products[OXYCODONE_5], count=1, as_needed=True))
    [found] = plan(*mixed, first=First.IMMEDIATE)
    assert steps(found) == [
        "oxycodone ER 10; oxycodone 5 x 1 prn",
        "oxycodone 5; oxycodone 5 x 1 prn",
        "oxycodone 5",
        "nothing",
    ]
    assert [dose.amount for dose in found.steps[0].doses] == [10, 5]


def test_one_formulation_leaves_nothing_to_choose(plan, products):
    assert [(one.first, one.lead) for one in plan(taken(products[OXYCODONE_ER_40]))] == [(First.ONLY, "")]


def test_of_several_drugs_each_may_be_lowered_first(plan, products):
    found = plan(taken(products["1148800"]), taken(products[OXYCODONE_ER_40]))
    assert [(one.first, one.lead) for one in found] == [(First.ONLY, "tapentadol"), (First.ONLY, "oxycodone")]
    assert steps(found[1])[1] == "tapentadol ER 150 + 150; oxycodone ER 30 + 40"


# ---- pace, dates, end ----


def test_reviews_are_at_least_every_four_weeks_and_before_the_next_step(plan, products):
    [found] = plan(taken(products["245135"], count=1, days=3))
    first = found.steps[1]
    assert first.days == 70
    assert first.reviews == tuple(first.start + timedelta(days=day) for day in (28, 56, 70))
    assert first.end == found.steps[2].start - timedelta(days=1)


def test_end_that_no_tablet_meets_is_said(plan, products):
    [found] = plan(taken(products[OXYCODONE_5], count=4), target=Decimal(16))
    assert PlanNote.ENDS_ABOVE in found.notes
    assert found.steps[-1].mme == Decimal("22.5")
    [met] = plan(taken(products[OXYCODONE_5], count=4), target=Decimal(15))
    assert PlanNote.ENDS_ABOVE not in met.notes
    assert met.steps[-1].mme == 15


def test_beginning_of_a_plan_can_be_had_alone(plan, products):
    [whole] = plan(taken(products[OXYCODONE_ER_40]))
    [beginning] = plan(taken(products[OXYCODONE_ER_40]), most_steps=2)
    assert beginning.steps == whole.steps[:3]


def test_first_steps_are_those_of_the_plans(plan, total, standard, products):
    both = (taken(products[OXYCODONE_ER_40]), taken(products[OXYCODONE_5], count=3, as_needed=True))
    wish = Wish(start=START)
    found = first_steps(total(*both), standard(), wish)
    assert [(one.doses, one.notes) for one in found] == [
        (one.steps[1].doses, one.steps[1].notes) for one in plan(*both)
    ]
    assert [StepNote.FIXED_TIME in one.notes for one in found] == [False, True]
    assert len(found) == 2


def test_first_step_that_is_too_large_or_cannot_be_told_is_not_shown(total, standard, products):
    worn = total(taken(products["245134"], count=1, days=3))
    assert first_steps(worn, standard(), Wish(start=START)) == ()
    assert first_steps(total(), standard(), Wish(start=START)) == ()
    four = total(taken(products[OXYCODONE_5], count=4))
    assert first_steps(four, standard(), Wish(start=START, target=Decimal(29))) == ()


def test_methadone_is_said(plan, products):
    [found] = plan(taken(products["864706"], count=3))
    assert PlanNote.METHADONE in found.notes


def test_solution_that_allows_smaller_last_steps_is_named(plan, products):
    [found] = plan(taken(products[OXYCODONE_ER_40]))
    assert [one.name for one in found.solutions] == ["oxycodone hydrochloride 1 MG/ML Oral Solution"]
    [liquid] = plan(taken(products["892589"], units=5, count=4, unit=Unit.ML))
    assert liquid.solutions == ()


@pytest.mark.parametrize(("begun", "obstacle"), [("29.99", Obstacle.BEGUN_BELOW), ("30", None), ("200", None)])
def test_taper_that_goes_on_began_at_no_less_than_is_taken_now(begun, obstacle, plan, products):
    found = plan(taken(products[OXYCODONE_5], count=4), begun_at=Decimal(begun))
    if obstacle:
        assert found == NoPlan(obstacle=obstacle)
        return
    [made] = found
    assert made.begun_at == Decimal(begun)
    assert PlanNote.BEGUN in made.notes
    assert made.steps[0].left_percent == 3000 / Decimal(begun)
    assert made.steps[0].cut_of_previous_percent == 0
    assert made.steps[1].cut_of_previous_percent == 25


@pytest.mark.parametrize(
    ("count", "days", "hours"),
    [(1, 3, 72), (1, 2, 48), ("2", "5", 60), (1, 7, 72), (1, 1, 48), (1, "2.9", 70)],
    ids=["usual", "every other day", "between", "a week is no time for fentanyl", "a slip", "whole hours"],
)
def test_patches_are_changed_as_ordered_at_every_step(count, days, hours, plan, products):
    [found] = plan(taken(products["245135"], count=count, days=days))
    assert {dose.changed_hours for step in found.steps for dose in step.doses} == {hours}


def test_patches_are_changed_at_the_usual_time_where_the_order_does_not_tell(plan, products):
    told = taken(products["245135"], 50, unit=Unit.MCG_PER_HOUR)
    [found] = plan(replace(told, sigs=(replace(told.sigs[0], frequency=None),)))
    assert {dose.changed_hours for step in found.steps for dose in step.doses} == {72}


def test_two_orders_of_one_patch_are_so_many_of_it(plan, products):
    [found] = plan(taken(products["245135"], count=1, days=3), taken(products["245135"], 2, 1, 3, reference="second"))
    [dose] = found.steps[0].doses
    assert (dose.units, dose.references) == (3, ("245135", "second"))


def test_of_two_patches_each_is_changed_as_its_order_says(plan, products):
    [found, *_] = plan(
        taken(products["245135"], count=1, days=3), taken(products["245134"], count=1, days=2, reference="second")
    )
    now = [(dose.product.rxcui, dose.changed_hours) for dose in found.steps[0].doses]
    assert now == [("245135", 72), ("245134", 48)]
    assert {dose.changed_hours for step in found.steps for dose in step.doses} == {48, 72}


def test_plans_that_come_to_the_same_steps_are_one(plan, products):
    orders = taken(products[OXYCODONE_ER_10], count=1), taken(products[OXYCODONE_5], count=1)
    [found] = plan(*orders)
    assert (found.first, found.lead) == (First.ONLY, "")
    [asked] = plan(*orders, first=First.IMMEDIATE)
    assert asked.first is First.IMMEDIATE


@pytest.mark.parametrize(("guideline", "said"), [("us-cdc-2022", False), ("uk-nice-ng215", True), ("ca-2017", True)])
def test_strengths_of_another_country_are_said(guideline, said, total, standard, products):
    [found] = plans(total(taken(products[OXYCODONE_5], count=4)), standard(guideline=guideline), Wish(start=START))
    assert (PlanNote.OTHER_COUNTRY in found.notes) is said


@pytest.mark.parametrize(
    ("table", "said"),
    [("cdc-2022", False), ("anzca-2021", False), ("uk-fpm-2020", False), ("ca-2017", True), ("de-dgs", True)],
)
def test_doses_by_provisional_factors_are_said_to_be(table, said, plan, products):
    [found] = plan(taken(products[OXYCODONE_5], count=4), table=table)
    assert (PlanNote.PROVISIONAL_FACTORS in found.notes) is said


def test_banded_factor_changes_the_shown_total_and_not_the_steps(plan, products):
    [found] = plan(taken(products["864706"], count=3), table="cdc-2016")
    assert [step.mme for step in found.steps] == [240, 200, 80, 60, 40, 20, 0]
    assert {round(step.cut_percent, 1) for step in found.steps[1:]} == {Decimal("16.7")}


@pytest.mark.parametrize("ignored", [IgnoredReason.NOT_ACTIVE, IgnoredReason.OUTSIDE_PERIOD])
def test_what_is_not_taken_is_in_nobodys_way(ignored, plan, products):
    other = Ignored(reference="x", medication="old", reason=ignored)
    [found] = plan(other, taken(products[OXYCODONE_5], count=4))
    assert found.left_alone == ()


# ---- what is said of one part beside others ----


def test_what_is_said_of_one_part_is_said_beside_others(plan, products):
    methadone, patch = taken(products["864706"]), taken(products["245135"], days=3, count=1)
    tablets = taken(products[OXYCODONE_5], as_needed=True)
    notes = plan(methadone, patch, tablets)[0].notes
    assert {PlanNote.METHADONE, PlanNote.PATCHES, PlanNote.CONFIRM_USE} <= set(notes)
    plain = plan(taken(products[OXYCODONE_ER_40]), taken(products[OXYCODONE_5]))[0].notes
    assert not {PlanNote.METHADONE, PlanNote.PATCHES, PlanNote.CONFIRM_USE} & set(plain)


def test_order_of_forms_names_no_drug_to_begin_with(plan, products):
    found = plan(taken(products[OXYCODONE_ER_40]), taken(products[OXYCODONE_5]))
    assert [(one.first, one.lead) for one in found] == [(First.EXTENDED, ""), (First.IMMEDIATE, "")]


@pytest.mark.parametrize(("count", "is_planned"), [(24, True), (25, False)])
def test_nothing_is_planned_more_often_than_every_hour(count, is_planned, plan, products):
    found = plan(taken(products["895869"], count=count), most_steps=1)
    assert (not isinstance(found, NoPlan)) is is_planned


def test_present_dose_alone_has_its_tablets(plan, products):
    [found] = plan(taken(products[OXYCODONE_5]), most_steps=0)
    assert (len(found.steps), found.has_tablets) == (1, True)


def test_doses_that_are_ordered_together_keep_their_times(plan, products):
    """Of one order the doses stand as it gives them; of several the smaller ones come first."""
    [one] = plan(
        taken(products[OXYCODONE_5], 2, count=3, ceilings=(Ceiling(value=Decimal(25), unit=Unit.MG, days=Decimal(1)),))
    )
    assert steps(one)[0] == "oxycodone 2 x 5 + 2 x 5 + 5"
    [two] = plan(taken(products[OXYCODONE_5], 3, count=1), taken(products[OXYCODONE_5], 1, count=1, reference="b"))
    assert steps(two)[0] == "oxycodone 5 + 3 x 5"


def test_order_that_says_everything_but_has_no_factor_is_not_called_incomplete(plan, products):
    levorphanol = next(one for one in products.values() if one.name == "levorphanol tartrate 2 MG Oral Tablet")
    known = taken(products[OXYCODONE_5])
    found = plan(known, taken(levorphanol, count=3))
    assert found == NoPlan(obstacle=Obstacle.NO_FACTOR, medications=(levorphanol.name,))
    unread = replace(taken(products[OXYCODONE_5]), sigs=(Sig(frequency=steadily(times(2))),))
    assert plan(unread, taken(levorphanol, count=3)).obstacle is Obstacle.UNCOUNTED


@pytest.mark.parametrize("halves", [False, True])
@pytest.mark.parametrize("percent", [3, 5, 10])
@pytest.mark.parametrize(
    ("code", "units", "count"),
    [
        ("994046", 2, 4),  # acetaminophen 500 MG / codeine 30 MG: 4 g of acetaminophen a day, the most there may be
        ("993890", 1, 4),  # acetaminophen 300 MG / codeine 60 MG
        ("1049214", 1, 2),
        ("856999", 1, 6),
    ],
)
def test_partner_of_a_combination_does_not_rise(code, units, count, percent, halves, plan, products):
    now = taken(products[code], units=units, count=count)
    [found] = plan(now, percent=Decimal(percent), halves=halves)
    tablets = [sum(dose.per_day for dose in step.doses if dose.product.combination) for step in found.steps]
    assert max(tablets) == tablets[0] == units * count
    if not halves:
        assert tablets == sorted(tablets, reverse=True)


# ---- which of several goes first ----


@pytest.mark.parametrize("turned", [False, True])
def test_of_extended_release_forms_of_one_drug_the_greater_part_goes_first(turned, plan, products):
    more, less = taken(products["892554"], count=1), taken(products["891888"], count=1)  # 100 mg capsule, 30 mg tablet
    now, then = plan(*((less, more) if turned else (more, less)), most_steps=1)[0].steps
    kept = {dose.product.name: dose.units for dose in then.doses}
    assert now.mme == 130
    assert kept[less.medication] == 1, "the tablet stays as it is"
    assert more.medication not in kept
