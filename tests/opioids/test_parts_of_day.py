"""When doses are taken: parts of the day, by the clock and in written directions."""

from __future__ import annotations

import pytest

from opioids.parts_of_day import PartOfDay, part_at
from opioids.quantities import steadily, times
from opioids.sigs.directions import read_sig

MORNING, MIDDAY, EVENING, BEDTIME = PartOfDay


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, BEDTIME), (3, BEDTIME), (4, MORNING), (10, MORNING), (11, MIDDAY), (15, MIDDAY), (16, EVENING), (20, EVENING),
     (21, BEDTIME), (23, BEDTIME)],
)  # fmt: skip
def test_hour_of_the_clock_is_in_a_part_of_the_day(hour, part):
    assert part_at(hour) is part


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1 tablet in the morning and at bedtime", [(MORNING, BEDTIME)]),
        ("1 tablet at 08:00 and 20:00", [(MORNING, EVENING)]),
        ("2 tablets in the morning and 1 tablet in the evening", [(MORNING,), (EVENING,)]),
        ("1 tablet with lunch", [(MIDDAY,)]),
        ("1-0-2 tablets", [(MORNING,), (EVENING,)]),
        ("1 tablet twice a day", [()]),
        ("1 tablet every other day at bedtime", [()]),
        ("1 tablet at 08:00 and 10:00", [()]),  # both in the morning: nobody could tell them apart by it
    ],
)
def test_directions_that_name_each_dose_tell_when_it_is_taken(text, at):
    assert [sig.frequency.at for sig in read_sig(text)] == at


def test_how_often_is_the_same_whether_the_times_are_named_or_not():
    [named] = read_sig("1 tablet in the morning and in the evening")
    assert named.frequency == steadily(times(2))
