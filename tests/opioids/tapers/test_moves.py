"""The next dose where there are many: it is found among so many ways as can be compared in no time."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from opioids.products import Route
from opioids.shelf import ShelfLine
from opioids.tapers import moves
from opioids.tapers.amounts import Amounts, as_needed_amounts, finer_than, solid_amounts
from opioids.tapers.moves import Aim, next_doses
from opioids.tapers.streams import Stream
from opioids.tapers.values import Sort


@pytest.fixture
def stream(products):
    """Tablets of 5 mg at so many mg at each dose time."""
    tablet = products["1049621"]

    def taken(doses):
        units = {Decimal(5 * count): ((tablet, Decimal(count)),) for count in range(1, int(max(doses)) // 5 + 1)}
        return Stream(
            sort=Sort.IMMEDIATE,
            ingredient=tablet.components[0].ingredient,
            route=Route.ORAL,
            product=tablet,
            line=ShelfLine(products=(tablet,)),
            amounts=Amounts({Decimal(0): (), **units}),
            weight=Decimal("1.5"),
            doses=tuple(map(Decimal, doses)),
            orders={},
        )

    return taken


@pytest.fixture
def compared(monkeypatch):
    """How many ways to lower a day were compared."""
    seen = []
    arranged = moves._arranged
    monkeypatch.setattr(moves, "_arranged", lambda *args, **more: (seen.append(1), arranged(*args, **more))[1])
    return seen


@pytest.mark.parametrize(
    ("doses", "wanted"),
    [([200] * 6, 120), ([200] * 12, 240), ([150, 160, 170, 180, 190, 200], 105), ([*range(10, 250, 10)], 300)],
    ids=["six alike", "twelve alike", "six different", "24 different"],
)
def test_many_tablets_many_times_a_day_are_lowered_near_the_pace(stream, compared, doses, wanted):
    before = stream(doses)
    aim = Aim(
        wanted=Decimal(wanted), at_first=Decimal(wanted), most=Decimal(wanted), apart=Decimal(100), lopsided=Decimal(2)
    )
    after = next_doses(before, before.doses, aim)
    assert after is not None
    assert all(0 <= later <= dose and not later % 5 for later, dose in zip(after, before.doses, strict=True))
    assert wanted / 2 < sum(doses) - sum(after) <= wanted
    assert len(compared) <= 1400


def test_few_doses_are_lowered_in_the_best_of_all_ways(stream, compared):
    before = stream([40, 40])
    after = next_doses(
        before,
        before.doses,
        Aim(wanted=Decimal(10), at_first=Decimal(10), most=Decimal(10), apart=Decimal(20), lopsided=Decimal(2)),
    )
    assert after == (30, 40)
    assert len(compared) == 4


# ---- what can be taken at a time ----


@pytest.mark.parametrize(
    ("code", "halved"),
    [("1049621", True), ("1049696", False), ("1049584", False), ("245135", False)],
    ids=["tablet", "capsule", "extended-release tablet", "patch"],
)
def test_only_immediate_release_tablets_are_ever_halved(code, halved, products, standard):
    product = products[code]
    strength = product.components[0].strength.value
    amounts = solid_amounts(ShelfLine(products=(product,)), product, 2 * strength, standard().practice, halves=True)
    counts = [count for one in amounts.descending for _, count in amounts.units(one)]
    assert any(count % 1 for count in counts) is halved
    assert amounts.descending[0] == 2 * strength


# ---- where no step is near the pace ----


@pytest.fixture
def one_dose(stream):
    """The next dose from 100 mg once a day, where only some amounts can be put together."""

    def lowered(*amounts, wanted):
        before = stream([100])
        made_of = {Decimal(one): before.amounts.units(Decimal(100)) for one in amounts}
        only = replace(before, amounts=Amounts({Decimal(0): (), **made_of, Decimal(100): made_of[Decimal(amounts[0])]}))
        aim = Aim(
            wanted=Decimal(wanted),
            at_first=Decimal(wanted),
            most=Decimal(wanted),
            apart=Decimal(100),
            lopsided=Decimal(2),
        )
        return next_doses(only, only.doses, aim)

    return lowered


def test_of_steps_that_are_all_too_small_the_largest_is_taken(one_dose):
    assert one_dose(97, 96, 95, wanted=20) == (95,)
    assert one_dose(97, 96, 95, 40, wanted=20) == (95,)


# ---- solutions ----


@pytest.mark.parametrize(
    ("doses", "wanted", "late_first", "after"),
    [((0, 10, 10), 5, False, (0, 8, 8)), ((0, 10, 10), 1, False, (0, 9, 10)), ((0, 10, 10), 1, True, (0, 10, 9)),
     ((0, 10, 12), 1, False, (0, 10, 11)), ((10, 10, 10), 2, False, (9, 9, 10)), ((10, 10, 10), 7, False, (8, 8, 8)),
     ((0, 1, 0), 5, False, (0, 0, 0))],
)  # fmt: skip
def test_solution_is_lowered_by_marks_alike_at_every_time_at_which_it_is_taken(
    doses, wanted, late_first, after, stream, products
):
    """A mark of the syringe is half a millilitre of 2 mg/mL: 1 mg."""
    solution = products["892589"]
    marks = {Decimal(mg): ((solution, Decimal(mg) / 2),) for mg in range(13)}
    solution_of = {"sort": Sort.LIQUID, "product": solution, "amounts": Amounts(marks), "mark": Decimal(1)}
    before = replace(stream([10]), **solution_of)
    aim = Aim(
        wanted=Decimal(wanted),
        at_first=Decimal(wanted),
        most=Decimal(wanted),
        apart=Decimal(5),
        lopsided=Decimal(2),
        late_first=late_first,
    )
    assert next_doses(before, tuple(map(Decimal, doses)), aim) == after


@pytest.mark.parametrize(
    ("at_first", "after"),
    [(1, (9, 10)), (3, (9, 9)), (4, (8, 8)), (9, (8, 8))],
    ids=["the start was smaller", "the start was less than is worth it", "equal", "the start was larger"],
)
def test_small_step_of_a_solution_is_one_that_is_worth_taking_but_no_larger_than_the_first(
    at_first, after, stream, products
):
    solution = products["892589"]
    marks = {Decimal(mg): ((solution, Decimal(mg) / 2),) for mg in range(13)}
    before = replace(
        stream([10, 10]),
        sort=Sort.LIQUID,
        product=solution,
        amounts=Amounts(marks),
        mark=Decimal(1),
        least_step=Decimal(4),
    )
    aim = Aim(wanted=Decimal("0.5"), at_first=Decimal(at_first), most=Decimal(9), apart=Decimal(5), lopsided=Decimal(2))
    assert next_doses(before, before.doses, aim) == after


def of(product, count):
    return ((product, Decimal(count)),)


@pytest.mark.parametrize("present", [40, 200], ids=["four tablets", "twenty tablets"])
def test_of_two_strengths_together_nobody_takes_more_than_eight_units(present, products, standard):
    """Of one strength as many are taken as now."""
    five, ten = products["1049621"], products["1049683"]
    amounts = solid_amounts(ShelfLine(products=(five, ten)), ten, Decimal(present), standard().practice, halves=False)
    made_of = [amounts.units(one) for one in amounts.descending]
    mixed = [sum(count for _, count in units) for units in made_of if len(units) == 2]
    assert max(mixed) == (4 if present == 40 else 8)
    assert max(count for units in made_of if len(units) == 1 for _, count in units) == present / 10


def test_present_dose_is_put_together_more_simply_where_it_can_be(products, standard):
    five, ten, fifteen = (products[code] for code in ("1049621", "1049683", "1049611"))
    line = ShelfLine(products=(five, ten, fifteen))
    amounts = solid_amounts(line, ten, Decimal(15), standard().practice, halves=False)
    assert amounts.units(Decimal(15)) == of(fifteen, 1)


@pytest.mark.parametrize(("coarse", "unit"), [(10, 10), ("9.9", 5), (5, 5), ("4.9", "2.5"), ("2.5", "2.5"), (1, "2.5")])
def test_as_needed_goes_by_the_largest_unit_that_is_no_larger_than_rounding_makes(coarse, unit, products, standard):
    """Of 2.5, 5 and 10 mg: just under a strength, and equal to it; without any so small, the smallest."""
    ten, five = products["1049683"], products["1049621"]
    least = replace(
        five,
        components=(replace(five.components[0], strength=replace(five.components[0].strength, value=Decimal("2.5"))),),
    )
    line = ShelfLine(products=(least, five, ten))
    finer = finer_than(ten, Decimal(1), Decimal(str(coarse)), standard().practice)
    amounts = as_needed_amounts(line, ten, Decimal(30), finer)
    assert amounts.descending[:2] == (30, 30 - Decimal(str(unit)))


def of_strength(product, mg):
    [component] = product.components
    strength = replace(component.strength, value=Decimal(mg))
    return replace(product, rxcui="", components=(replace(component, strength=strength),))


@pytest.mark.parametrize(("each", "unit"), [(1, "2.5"), (2, 5), (3, 10), (4, 10), (5, 10)])
def test_as_needed_the_smaller_unit_is_at_most_four_times_as_many(each, unit, products, standard):
    """Of 2.5, 5 and 10 mg, so many of 10 mg at a time, and none is fine enough."""
    ten, five = products["1049683"], products["1049621"]
    finer = finer_than(ten, Decimal(each), Decimal(1), standard().practice)
    line = ShelfLine(products=(of_strength(five, "2.5"), five, ten))
    amounts = as_needed_amounts(line, ten, Decimal(100), finer)
    assert amounts.descending[:2] == (100, 100 - Decimal(str(unit)))


@pytest.mark.parametrize(
    ("strengths", "first", "finest"),
    [(("2.5", "6"), "2.5", "2.5"), (("2.6", "6"), "6", "2.6"), (("2", "6"), "6", "2"),
     (("1.25",), "10", "1.25"), (("1.24",), "10", "10")],
    ids=["four make up one", "none makes up one", "five make up one", "an eighth", "less than an eighth"],
)  # fmt: skip
def test_as_needed_smaller_strengths_follow_by_small_folds(strengths, first, finest, products, standard):
    ten = products["1049683"]
    smaller = tuple(of_strength(ten, mg) for mg in strengths)
    finer = finer_than(ten, Decimal(1), Decimal(6), standard().practice)
    amounts = as_needed_amounts(ShelfLine(products=(*smaller, ten)), ten, Decimal(60), finer)
    assert amounts.descending[1] == 60 - Decimal(first)
    assert amounts.descending[-2] == Decimal(finest)


@pytest.mark.parametrize(("apart", "after"), [(10, (0, 10)), (9, (5, 5))])
def test_doses_of_a_day_differ_by_as_much_as_rounding_makes_and_no_more(apart, after, stream):
    """Few changes come before equal doses, up to that difference."""
    before = stream([10, 10])
    aim = Aim(wanted=Decimal(10), at_first=Decimal(10), most=Decimal(10), apart=Decimal(apart), lopsided=Decimal(2))
    assert next_doses(before, before.doses, aim) == after


def test_room_that_one_dose_takes_is_gone_for_the_others(stream, compared):
    """Of 5 mg to take away there are as many ways as there are dose times."""
    before = stream([10, 20, 30])
    aim = Aim(wanted=Decimal(5), at_first=Decimal(5), most=Decimal(5), apart=Decimal(40), lopsided=Decimal(2))
    assert next_doses(before, before.doses, aim) == (10, 20, 25)
    assert len(compared) == 4
