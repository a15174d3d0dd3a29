"""Which instructions of an order are in force on a day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from opioids.prescriptions import Sig
from opioids.steps import beginnings, in_force
from tests.opioids.build import TODAY, per_day, sig


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def step(amount, **given) -> Sig:
    if "duration" in given:
        given["duration"] = Decimal(str(given["duration"]))
    return sig(amount, **given)


def amounts(sigs, *, starts=None, being_written=False, on=TODAY):
    """(amounts at a time of what is in force, whether something was assumed)."""
    found = in_force(
        sigs, on, starts=starts, being_written=being_written, size=lambda one: one.dose.high if one.dose else Decimal(0)
    )
    return [int(one.dose.high) for one in found.sigs], bool(found.assumptions)


def test_part_of_a_day_counts_as_a_day():
    taper = [step(4, sequence=1, duration="0.5"), step(2, sequence=2, duration=3)]
    assert amounts(taper, starts=TODAY)[0] == [4]
    assert amounts(taper, starts=day(-1))[0] == [2]


def test_length_of_a_single_step_does_not_end_it():
    assert amounts([step(4, sequence=1, duration=7)], starts=day(-20)) == ([4], False)


def test_steps_that_bear_their_own_dates_are_not_dated_by_their_lengths():
    taper = [step(4, sequence=1, duration=7, start=day(-3)), step(2, sequence=2, duration=7, start=day(4))]
    assert amounts(taper, starts=day(-20)) == ([4], False)


def test_instruction_without_sequence_is_taken_beside_the_step_in_force():
    taper = [step(9), step(4, sequence=1, duration=7), step(2, sequence=2, duration=7)]
    assert amounts(taper, starts=day(-8)) == ([9, 2], False)


@pytest.mark.parametrize(
    "taper",
    [
        [step(2, sequence=1), step(4, sequence=2), step(1, sequence=3)],
        [step(2, sequence=1), step(4, sequence=2, duration=7)],
        [step(4, sequence=1, duration=0), step(2, sequence=2, duration=7)],
        [step(4, sequence=1, duration=-3), step(2, sequence=2, duration=7)],
        [step(4, sequence=1, duration=40000), step(2, sequence=2, duration=7)],
    ],
    ids=["no lengths", "first without", "zero", "negative", "over a hundred years"],
)
@pytest.mark.parametrize("starts", [None, TODAY])
def test_largest_step_counts_and_is_said_when_lengths_do_not_tell(taper, starts):
    assert amounts(taper, starts=starts) == ([4], True)


def test_largest_step_is_the_largest_together():
    taper = [step(3, sequence=1), step(2, sequence=2), step(2, sequence=2)]
    assert amounts(taper) == ([2, 2], True)


def test_step_at_the_end_of_the_calendar_is_read():
    taper = [step(4, sequence=1, duration=7), step(2, sequence=2, duration=7)]
    assert amounts(taper, starts=date.max - timedelta(days=2), on=date.max) == ([4], True)


# ---- dated doses ----


@pytest.mark.parametrize(("being_written", "stated"), [(True, 0), (False, 1)])
def test_one_time_dose_without_a_day_counts_today(being_written, stated):
    [found] = in_force(
        [sig(days=())], TODAY, starts=None, being_written=being_written, size=lambda one: Decimal(0)
    ).sigs
    assert found.frequency.high.rate == 1
    assert len(found.assumptions) == stated


# ---- being written ----


def test_order_that_is_being_written_for_the_past_counts_nothing():
    assert amounts([step(4, start=day(-9), end=day(-3)), step(4, end=day(-3))], being_written=True) == ([], False)


@pytest.mark.parametrize(
    ("offsets", "worn"),
    [([0, 3], True), ([-1, 2], True), ([-3, 0], True), ([-6, -3], False), ([-5, -2], True), ([-9, -6, -2], True),
     ([-9, -5, -4], False), ([1, 4], False), ([-1], False), ([-1, -1], False), ([0, 0], True)],
)  # fmt: skip
def test_dated_patches_are_worn_from_one_day_to_the_next(offsets, worn):
    one = sig(1, frequency=None, days=tuple(day(offset) for offset in offsets))
    found = in_force([one], TODAY, starts=None, being_written=False, size=lambda _: Decimal(0), worn=True)
    assert bool(found.sigs) is worn


@pytest.mark.parametrize("first", [-3, 0])
def test_interval_of_dated_patches_is_that_between_their_days(first):
    one = sig(1, frequency=None, days=(day(first), day(first + 3), day(first + 6)))
    found = in_force([one], TODAY, starts=None, being_written=False, size=lambda _: Decimal(0), worn=True)
    assert found.sigs[0].frequency.high == per_day(3, 9)


def test_dated_patches_at_the_end_of_the_calendar_are_worn():
    one = sig(1, frequency=None, days=(date(9999, 12, 1), date(9999, 12, 31)))
    found = in_force([one], date(9999, 12, 30), starts=None, being_written=False, size=lambda _: Decimal(0), worn=True)
    assert found.sigs


def test_step_of_several_instructions_lasts_as_long_as_the_longest_of_them():
    taper = [step(4, sequence=1, duration=7), step(1, sequence=1, duration=14), step(2, sequence=2, duration=7)]
    assert beginnings(taper, TODAY) == (TODAY, TODAY + timedelta(days=14))


def test_of_steps_that_began_on_different_days_the_latest_counts():
    """The latest beginning within a step decides, not its first."""
    early = step(4, sequence=1, start=day(-9))
    late = step(2, sequence=2, start=day(-3))
    assert amounts([early, late]) == ([2], False)
    assert amounts([step(2, sequence=1, start=day(-3)), step(4, sequence=2, start=day(-9))]) == ([2], False)
    spread = [
        step(1, sequence=1, start=day(-20)),
        step(3, sequence=1, start=day(-1)),
        step(4, sequence=2, start=day(-9)),
    ]
    assert amounts(spread) == ([1, 3], False)


def test_where_some_steps_have_dates_none_are_worked_out():
    """Its length would put the second step after the first; but dates are stated, and they do not tell."""
    mixed = [step(4, sequence=1, duration=7, start=day(-30)), step(2, sequence=2, duration=7)]
    assert amounts(mixed, starts=day(-3)) == ([4], True)
