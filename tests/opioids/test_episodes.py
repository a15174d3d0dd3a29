"""How long opioids have been taken, from supplies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from opioids.episodes import length_of_therapy
from tests.opioids.build import TODAY


def supplied(start, end):
    """From so many days ago to so many days ago."""
    return TODAY - timedelta(days=start), TODAY - timedelta(days=end)


@pytest.fixture
def length(knowledge):
    return lambda *supplies: length_of_therapy(supplies, TODAY, knowledge.tapers.practice)


def test_no_supply_is_no_length(length):
    assert length() is None
    assert length(supplied(100, 31)) is None  # over for more than a gap
    assert length(supplied(100, 30)) is None  # covers less than four fifths of 100 days


def test_one_supply_is_as_long_as_it_is(length):
    assert length(supplied(100, -1)) == 100
    assert length(supplied(0, -30)) == 0


@pytest.mark.parametrize(("gap", "days"), [(30, 400), (31, 100)])
def test_gap_divides_two_episodes(gap, days, length):
    assert length(supplied(400, 100 + gap), supplied(100, -1)) == days


def test_days_that_two_supplies_share_count_once(length):
    overlapping = [supplied(100, 60), supplied(100, 60), supplied(95, 60), supplied(30, -1)]
    assert length(*overlapping) == 30  # 40 + 30 of 100 days, however often


def test_supply_without_a_day_or_in_the_future_counts_nothing(length):
    assert length(supplied(50, 50), supplied(-5, -30), supplied(20, -1)) == 20
    assert length(supplied(-5, -30)) is None
    assert length(supplied(-1, -30)) is None
    # What was supplied for no day bridges no gap of 40 days.
    assert length(supplied(400, 50), supplied(30, 30), supplied(10, -1)) == 10


@pytest.mark.parametrize(("covered", "days"), [(79, None), (80, 100)])
def test_four_fifths_of_the_days_have_to_be_supplied(covered, days, length):
    """In two supplies, with a gap that is bridged: just under, and equal."""
    found = length(supplied(100, 60), supplied(100 - 40 - (100 - covered), 0))
    assert found == (days or covered - 40)
