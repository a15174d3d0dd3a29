"""Days of which some are not known, and those that lie so and so far apart."""

from __future__ import annotations

from datetime import date

import pytest

from opioids.days import earliest, later, latest

FIRST, SECOND = date(2026, 1, 31), date(2026, 3, 2)


@pytest.mark.parametrize(
    ("days", "first", "last"),
    [
        ([], None, None),
        ([None, None], None, None),
        ([None, SECOND], SECOND, SECOND),
        ([SECOND, None, FIRST], FIRST, SECOND),
    ],
)
def test_of_days_only_those_that_are_known_are_compared(days, first, last):
    assert (earliest(days), latest(days)) == (first, last)


@pytest.mark.parametrize(("days", "then"), [(0, FIRST), (30, SECOND), (-31, date(2025, 12, 31))])
def test_day_later_is_counted_by_the_calendar(days, then):
    assert later(FIRST, days) == then


@pytest.mark.parametrize("days", [30, 10**9, 10**30])
def test_days_beyond_the_calendar_end_with_it(days):
    assert later(date(9999, 12, 30), days) == date.max
