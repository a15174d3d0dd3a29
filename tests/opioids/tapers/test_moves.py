"""The next dose where there are many: it is found among so many ways as can be compared in no time."""

from __future__ import annotations

from decimal import Decimal

import pytest

from opioids.products import Route
from opioids.shelf import ShelfLine
from opioids.tapers import moves
from opioids.tapers.amounts import Amounts
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
    aim = Aim(wanted=Decimal(wanted), most=Decimal(wanted), apart=Decimal(100))
    after = next_doses(before, before.doses, aim)
    assert after is not None
    assert all(0 <= later <= dose and not later % 5 for later, dose in zip(after, before.doses, strict=True))
    assert wanted / 2 < sum(doses) - sum(after) <= wanted
    assert len(compared) <= 1400


def test_few_doses_are_lowered_in_the_best_of_all_ways(stream, compared):
    before = stream([40, 40])
    after = next_doses(before, before.doses, Aim(wanted=Decimal(10), most=Decimal(10), apart=Decimal(20)))
    assert after == (30, 40)
    assert len(compared) == 4


def test_dose_that_cannot_be_put_together_is_lowered_to_the_next_that_can(stream):
    before = stream([40, 40])
    aim = Aim(wanted=Decimal(2), most=Decimal(2), apart=Decimal(20))
    assert next_doses(before, (Decimal(33), Decimal(40)), aim) == (30, 40)
