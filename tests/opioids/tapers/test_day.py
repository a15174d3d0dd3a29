"""The dose times of a day: put together from all orders of a formulation, and spread anew when one of them falls away.

Whole plans are in tests/spec/tapers.md (T43 to T50).
"""

from __future__ import annotations

import pytest

from opioids.parts_of_day import PartOfDay
from opioids.quantities import Frequency, times
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
