"""The dose times of a day: put together from all orders of a formulation, and spread anew when one of them falls away.

Whole plans are in tests/spec/tapers.md (T43 to T50).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from opioids.parts_of_day import PartOfDay
from opioids.quantities import Frequency, Unit, times
from tests.opioids.tapers.conftest import taken
from tests.spec.plans import regimen

MORNING, MIDDAY, EVENING, BEDTIME = PartOfDay
ER_20, ER_40, ER_10, IR_5, IR_10 = "1049563", "1049584", "1049502", "1049621", "1049683"


def at(*parts):
    rate = times(len(parts))
    return {"frequency": Frequency(low=rate, high=rate, at=parts)}


@pytest.mark.parametrize(
    ("orders", "day"),
    [
        ([(ER_40, 1, at(MORNING)), (ER_20, 1, at(EVENING))], "oxycodone ER 40 + 20"),
        ([(ER_20, 1, at(BEDTIME)), (ER_40, 1, at(MORNING))], "oxycodone ER 40 + 20"),
        ([(ER_40, 1, at(MORNING)), (ER_20, 1, at(MORNING, EVENING))], "oxycodone ER (40 and 20) + 20"),
        ([(ER_40, 1, at(MORNING)), (ER_20, 1, at(MORNING))], "oxycodone ER (40 and 20)"),
        ([(IR_10, 1, at(MIDDAY)), (IR_5, 1, at(EVENING))], "oxycodone 0 + 10 + 5"),
        ([(IR_10, 1, at(EVENING)), (IR_5, 1, at(BEDTIME))], "oxycodone 0 + 0 + 10 + 5"),
        ([(ER_40, 1, {"count": 2}), (ER_10, 1, {"count": 2})], "oxycodone ER (40 and 10) + (40 and 10)"),
        ([(ER_40, 1, {"count": 2}), (ER_10, 1, {"count": 1})], "oxycodone ER 40 + (40 and 10)"),
        ([(ER_40, 1, {"count": 1}), (ER_10, 1, {"count": 1})], "oxycodone ER 10 + 40"),
        ([("902741", 1, {"count": 1}), ("902729", 1, {"count": 1})], "hydromorphone ER (8 and 12)"),
        ([(ER_40, 1, at(MORNING)), (ER_10, 1, {"count": 2})], "oxycodone ER 10 + (40 and 10)"),
        ([(IR_10, 1, {"count": 3}), (IR_5, 1, {"count": 3})], "oxycodone (10 and 5) + (10 and 5) + (10 and 5)"),
        ([(IR_10, 1, {"count": 1}), (IR_5, 1, {"count": 1})], "oxycodone 5 + 10"),
        ([(IR_5, 2, {"count": 2}), (IR_5, 3, {"count": 1})], "oxycodone 2 x 5 + 2 x 5 + 3 x 5"),
        ([(IR_5, 2, {"count": 2}), (IR_5, 1, {"count": 2})], "oxycodone 3 x 5 + 3 x 5"),
    ],
)
def test_orders_of_one_formulation_are_one_day(orders, day, plan, products):
    contents = [
        taken(products[code], units=units, reference=f"order-{number}", **given)
        for number, (code, units, given) in enumerate(orders)
    ]
    [found] = plan(*contents)
    assert regimen(found.steps[0].doses) == day


def test_form_for_a_day_that_is_known_by_its_name_alone_is_taken_at_one_time(plan, products):
    """Its own name says nothing of 24 hours; those that are marketed do."""
    named = [replace(products[code], rxcui="", name="hydromorphone ER tablet") for code in ("902741", "902729")]
    [found] = plan(*(taken(one, count=1, reference=str(number)) for number, one in enumerate(named)))
    assert len({(dose.time, dose.times) for dose in found.steps[0].doses}) == 1


def test_solutions_of_two_strengths_are_told_apart(plan, products):
    """Nobody pours one into the other: each is lowered by itself."""
    [found] = plan(
        taken(products["892589"], units=5, unit=Unit.ML, reference="thin"),
        taken(products["892625"], units=1, unit=Unit.ML, reference="thick"),
    )
    assert regimen(found.steps[1].doses) == "morphine 2 mg/mL 3.5 mL + 3.5 mL; morphine 20 mg/mL 1 mL + 1 mL"


@pytest.mark.parametrize(
    ("count", "days"),
    [
        (3, ["5 + 5 + 5", "5 + 5", "0 + 5", "nothing"]),
        (4, ["5 + 5 + 5 + 5", "5 + 5 + 5", "5 + 5", "0 + 5", "nothing"]),
        (2, ["5 + 5", "0 + 5", "nothing"]),
    ],
)
def test_doses_that_are_left_are_spread_over_the_day(count, days, plan, products):
    [found] = plan(taken(products[IR_5], count=count))
    assert [regimen(step.doses).removeprefix("oxycodone ") for step in found.steps] == days


def test_time_at_which_nothing_was_taken_before_stays(plan, products):
    """At noon and in the evening: that nothing is taken in the morning is the patient's way, not the taper's."""
    [found] = plan(taken(products[IR_10], **at(MIDDAY)), taken(products[IR_5], **at(EVENING)))
    assert regimen(found.steps[1].doses) == "oxycodone 0 + 7.5 + 5"
