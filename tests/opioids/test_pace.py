"""How fast a dose falls: windows, baselines, rounding, and the tiers at their edges."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from opioids.pace import Fall, Tier, judged
from opioids.past_doses import PastDoses
from tests.opioids.build import TODAY, change
from tests.opioids.test_past_doses import past


@pytest.fixture
def tier(knowledge):
    """The tier of a fall from `before` to `after` under a guideline."""

    def found(before, after, *, days=400, levels=(), guideline="us-cdc-2022", **given):
        fall = Fall(
            day=TODAY,
            before=Decimal(before),
            after=Decimal(after),
            change=change(before, after, **given),
            therapy_days=days,
            past=past(*levels) if levels else PastDoses(),
        )
        return judged(fall, knowledge.guidelines[guideline].pace)

    return found


# ---- the window: half-open, with two days of grace for early refills ----


@pytest.mark.parametrize(("ago", "found"), [(6, Tier.SHORT_PACE), (7, None), (8, None)])
def test_weekly_window_within_the_first_year(ago, found, tier):
    assert tier(90, 80, days=200, levels=[(200, 100), (ago, 90)]).tier is found


@pytest.mark.parametrize(("ago", "found"), [(13, Tier.PACE), (14, None)])
def test_canadian_window_is_two_weeks_at_any_length_of_therapy(ago, found, tier):
    assert tier(90, 80, levels=[(200, 100), (ago, 90)], guideline="ca-2017").tier is found


@pytest.mark.parametrize(("days", "found"), [(364, None), (365, Tier.TWO_CUTS), (None, None)])
def test_two_small_cuts_matter_after_a_year_that_is_known(days, found, tier):
    assert tier(97, 94, days=days, levels=[(200, 100), (20, 97)]).tier is found


@pytest.mark.parametrize("guideline", ["uk-nice-ng215", "de-lonts-2020"])
def test_two_cuts_mean_nothing_where_the_guideline_names_no_interval(guideline, tier):
    assert tier(96, 92, levels=[(200, 100), (10, 96)], guideline=guideline).tier is None


def test_rise_within_the_window_does_not_add_to_the_cut(tier):
    assert tier(110, 100, levels=[(200, 100), (10, 110)]).tier is None


def test_cuts_of_a_window_are_told_apart_from_this_one(tier):
    found = tier(90, 80, levels=[(200, 100), (10, 90)])
    assert (found.percent, found.window_days, found.earlier) == (20, 28, True)
    alone = tier(90, 81, levels=[(200, 90)])
    assert (alone.percent, alone.earlier) == (10, False)


# ---- the baseline ----


@pytest.mark.parametrize(("after", "found"), [(40, None), (Decimal("39.99"), Tier.PACE)])
def test_percent_is_of_the_highest_stable_dose(after, found, tier):
    result = tier(50, after, levels=[(300, 100), (100, 50)])
    assert result.baseline == 100
    assert result.tier is found


def test_half_of_the_present_dose_is_critical_whatever_the_baseline(tier):
    assert tier(50, 25, levels=[(300, 500), (100, 50)]).tier is Tier.CRITICAL
    assert tier(50, Decimal("25.01"), levels=[(300, 500), (100, 50)]).tier is None


@pytest.mark.parametrize(
    ("earlier", "found"), [(Decimal(115), Tier.WIDE), (Decimal(105), Tier.PACE), (Decimal(125), Tier.CRITICAL)]
)
def test_what_fell_within_four_weeks_reaches_the_wider_tiers(earlier, found, tier):
    assert tier(100, 85, levels=[(300, earlier), (10, 100)]).tier is found


@pytest.mark.parametrize(("days", "found"), [(364, Tier.SHORT_PACE), (365, Tier.WIDE), (None, Tier.WIDE)])
def test_monthly_tiers_are_not_for_the_first_year(days, found, tier):
    assert tier(100, 73, days=days).tier is found


# ---- rounding to whole units ----


@pytest.mark.parametrize(
    ("cut", "step", "found"),
    [
        ("15", "15", None),  # the smallest step, 15% of 100
        ("15.01", "15.01", Tier.PACE),  # more than rounding may make
        ("12", "4", None),  # 2 above the pace: half a step
        ("12.01", "4", Tier.PACE),
        ("12", "3.9", Tier.PACE),
        ("10.01", None, Tier.PACE),  # no step is known
    ],
)
def test_rounding_is_to_the_nearest_step(cut, step, found, tier):
    amount = None if step is None else 10 * Decimal(step)
    assert tier(1000, 1000 - 10 * Decimal(cut), step=amount).tier is found


@pytest.mark.parametrize(
    ("cut", "step", "unit", "found"),
    [
        ("12.5", "5", "12.5", None),  # one tablet as needed, although a smaller one is sold
        ("12.5", None, "12.5", None),
        ("12", None, "4", None),  # 2 above the pace: half a tablet
        ("12.01", None, "4", Tier.PACE),
        ("15.01", None, "15.01", Tier.PACE),
    ],
)
def test_rounding_of_what_is_taken_as_needed_is_to_whole_tablets_of_what_is_taken(cut, step, unit, found, tier):
    given = {"step": None if step is None else 10 * Decimal(step), "unit": 10 * Decimal(unit)}
    assert tier(1000, 1000 - 10 * Decimal(cut), **given).tier is found


def test_tablet_as_needed_is_no_smallest_step_of_a_low_dose(tier):
    assert tier(20, 10, unit=Decimal(10)).tier is Tier.CRITICAL


def test_rounding_is_for_the_only_cut_in_four_weeks(tier):
    assert tier(950, 840, levels=[(200, 1000), (26, 950)], step=Decimal(110)).tier is None
    assert tier(950, 840, levels=[(200, 1000), (25, 950)], step=Decimal(110)).tier is Tier.PACE


@pytest.mark.parametrize(("cut", "found"), [("15", None), ("15.01", Tier.CRITICAL)])
def test_smallest_step_of_a_low_dose_is_let_pass(cut, found, tier):
    assert tier(20, 20 - Decimal(cut), smallest_step=True).tier is found


@pytest.mark.parametrize(("ago", "found"), [(26, None), (25, Tier.CRITICAL)])
def test_low_dose_is_let_pass_for_the_only_cut_of_its_window(ago, found, tier):
    assert tier(20, 10, levels=[(200, 30), (ago, 20)], smallest_step=True).tier is found


@pytest.mark.parametrize("guideline", ["uk-nice-ng215", "de-lonts-2020"])
@pytest.mark.parametrize(("ago", "found"), [(6, Tier.CRITICAL), (7, None), (14, None)])
def test_low_dose_is_let_pass_for_the_only_cut_of_a_week_where_there_is_no_pace(guideline, ago, found, tier):
    # Plans of the United Kingdom go by two weeks: their last tablets are no critical cut.
    assert tier(20, 10, levels=[(200, 30), (ago, 20)], guideline=guideline, smallest_step=True).tier is found


@pytest.mark.parametrize(("ago", "found"), [(7, None), (6, Tier.CRITICAL)])
def test_low_dose_of_the_first_year_is_let_pass_for_the_only_cut_of_a_week(ago, found, tier):
    assert tier(20, 10, days=200, levels=[(200, 30), (ago, 20)], smallest_step=True).tier is found


# ---- stopping ----


@pytest.mark.parametrize(("before", "found"), [("15", Tier.END), ("15.01", Tier.ABRUPT)])
def test_stop_of_the_smallest_unit_of_a_low_dose_is_the_end_of_a_taper(before, found, tier):
    assert tier(before, 0, smallest_step=True).tier is found


def test_stop_after_a_length_that_is_not_known_is_judged_by_its_size(tier):
    assert tier(60, 0, days=None).tier is Tier.CRITICAL


def test_guideline_without_a_number_warns_about_the_steep_only(tier):
    tiers = [tier(100, after, guideline="uk-nice-ng215").tier for after in (80, 70, 69, 50, 0)]
    assert tiers == [None, None, Tier.CRITICAL, Tier.CRITICAL, Tier.ABRUPT]


@pytest.mark.parametrize(
    ("guideline", "found"), [("us-cdc-2022", Tier.PACE), ("au-2022", None), ("ca-2017", Tier.PACE)]
)
def test_a_quarter_in_four_weeks_is_within_one_pace_and_beyond_another(guideline, found, tier):
    assert tier(120, 90, days=365, guideline=guideline).tier is found


def test_a_day_of_the_past_is_told_by_the_fall_and_not_by_the_clock(knowledge):
    later = Fall(
        day=TODAY + timedelta(days=28),
        before=Decimal(90),
        after=Decimal(80),
        change=change(90, 80),
        therapy_days=400,
        past=past((200, 100), (0, 90)),
    )
    assert judged(later, knowledge.guidelines["us-cdc-2022"].pace).tier is None
