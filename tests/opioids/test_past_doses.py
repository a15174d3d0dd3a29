"""What was taken before, from the dates of orders."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from opioids.mme import mme_total
from opioids.past_doses import Level, PastDoses, past_doses
from opioids.prescriptions import Ignored, IgnoredReason, Standing, Uncounted, UncountedReason
from opioids.quantities import Unit
from tests.opioids.build import (
    BUPRENORPHINE,
    MEPERIDINE,
    METHADONE,
    MORPHINE,
    OXYCODONE,
    TODAY,
    dose,
    often,
    order,
    prescription,
    product,
    sig,
)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def taken(key, mg, *, of=MORPHINE, started=None, standing=Standing.ENDED, extended=False, **given):
    """An order of so many mg a day, from so many days ago."""
    drug = product(of, 10, extended_release=extended)
    written = prescription(key, sig(dose=dose(mg, unit=Unit.MG), frequency=often(1)), of=drug)
    began = None if started is None else ago(started)
    return order(key, written, started=began, standing=standing, **given)


def active(key, mg, started=None, **given):
    return taken(key, mg, started=started, standing=Standing.ACTIVE, **given)


@pytest.fixture
def levels(knowledge):
    """[(days ago, MME/day)] for some orders."""

    def read(*orders, back_days=365, greatest_gap_days=30, by="cdc-2022"):
        table = knowledge.tables[by]
        now = [one.content for one in orders if one.standing is Standing.ACTIVE and not one.outside]
        found = past_doses(
            orders, mme_total(now, table, TODAY), table, back_days=back_days, greatest_gap_days=greatest_gap_days
        )
        return [((TODAY - one.since).days, one.mme) for one in found.levels]

    return read


def test_active_orders_make_up_the_present_level(levels):
    assert levels(active("a", 40, 100), active("b", 20, 50)) == [(100, 40), (50, 60)]


def test_order_that_is_over_ends_with_its_supply(levels):
    assert levels(taken("a", 40, started=100, supply_ends=ago(60)), active("b", 20, 100, of=OXYCODONE)) == [
        (100, 70), (60, 30),
    ]  # fmt: skip


def test_order_that_is_over_ends_with_its_period(levels):
    before = taken("a", 40, started=100, supply_ends=ago(50), ended=ago(60))
    assert levels(before, active("b", 20, 100, of=OXYCODONE)) == [(100, 70), (60, 30)]


def test_order_ends_when_another_one_takes_its_place(levels):
    before = taken("a", 40, started=100, supply_ends=ago(10))
    assert levels(before, active("b", 20, 60, replaces=frozenset({"a"}), of=OXYCODONE)) == [(100, 40), (60, 30)]


def test_order_ends_when_its_formulation_goes_on_with_another_one(levels):
    before = taken("a", 40, started=100, extended=True)
    assert levels(before, active("b", 20, 60, extended=True)) == [(100, 40), (60, 20)]
    assert levels(before, active("b", 20, 60)) == [(60, 20)]


def test_order_ends_when_the_next_one_begins_not_one_after_that(levels):
    first, second = taken("a", 40, started=100), taken("b", 30, started=60)
    assert levels(first, second, active("c", 20, 30)) == [(100, 40), (60, 30), (30, 20)]


@pytest.mark.parametrize(("gap", "expected"), [(30, [(100, 40), (40, 20)]), (31, [(100, 40), (71, 0), (40, 20)])])
def test_short_gap_before_the_next_order_is_none(gap, expected, levels):
    before = taken("a", 40, started=100, supply_ends=ago(40 + gap))
    assert levels(before, active("b", 20, 40)) == expected


def test_order_whose_end_cannot_be_told_is_left_out(levels):
    assert levels(taken("a", 40, started=100), active("b", 20, 50, of=OXYCODONE)) == [(50, 30)]


def test_order_that_would_still_be_running_is_left_out(levels):
    stopped = taken("a", 40, started=100, supply_ends=TODAY + timedelta(days=5), standing=Standing.WITHDRAWN)
    assert levels(stopped, active("b", 20, 50, of=OXYCODONE)) == [(50, 30)]


def test_order_that_ends_before_it_begins_is_left_out(levels):
    assert levels(taken("a", 40, started=100, supply_ends=ago(120)), active("b", 20, 50, of=OXYCODONE)) == [(50, 30)]


def test_stale_active_order_is_part_of_the_past(levels):
    stale = active(
        "a", 40, 100, supply_ends=ago(60),
        outside=Ignored(reference="a", medication="a", reason=IgnoredReason.OUTSIDE_PERIOD),
    )  # fmt: skip
    assert levels(stale, active("b", 20, 100, of=OXYCODONE)) == [(100, 70), (60, 30)]


@pytest.mark.parametrize("standing", [Standing.IN_ERROR, Standing.ON_HOLD, Standing.UNKNOWN])
def test_order_that_was_never_followed_is_no_past(standing, levels):
    other = taken("a", 40, started=100, supply_ends=ago(60), standing=standing)
    assert levels(other, active("b", 20, 50)) == [(50, 20)]


def test_plan_is_no_past(levels):
    plan = Ignored(reference="a", medication="a", reason=IgnoredReason.NOT_AN_ORDER)
    assert levels(taken("a", 40, started=100, supply_ends=ago(60), plan=plan), active("b", 20, 50)) == [(50, 20)]


def test_nothing_is_known_without_dates_or_without_an_opioid(levels):
    assert levels(active("a", 40)) == []
    assert levels(taken("a", 40, started=100)) == []


@pytest.mark.parametrize(("ended", "expected"), [(31, [(100, 40), (31, 0)]), (30, []), (0, [])])
def test_without_an_opioid_now_the_past_is_known_once_its_supply_cannot_last_until_today(ended, expected, levels):
    assert levels(taken("a", 40, started=100, supply_ends=ago(ended))) == expected


def test_without_an_opioid_now_the_last_supply_counts(levels):
    first = taken("a", 40, started=200, supply_ends=ago(100))
    assert levels(first, taken("b", 20, of=OXYCODONE, started=120, supply_ends=ago(20))) == []


def test_finished_order_without_a_date_is_left_out(levels):
    assert levels(taken("a", 40, supply_ends=ago(60)), active("b", 20, 50)) == [(50, 20)]


def test_level_with_something_uncounted_cannot_be_told(levels):
    fault = Uncounted(reference="a", medication="a", reason=UncountedReason.DOSE_MISSING, detail="")
    unread = order("a", fault, started=ago(100), supply_ends=ago(60), standing=Standing.ENDED)
    assert levels(unread, active("b", 20, 90)) == [(100, None), (60, 20)]


def test_renewal_is_no_new_level(levels):
    assert levels(taken("a", 40, started=100, supply_ends=ago(60)), active("b", 40, 60)) == [(100, 40)]


def test_present_level_with_something_uncounted_cannot_be_told(levels):
    fault = Uncounted(reference="a", medication="a", reason=UncountedReason.DOSE_MISSING, detail="")
    unread = order("a", fault, started=ago(40))
    assert levels(unread, active("b", 20, 100)) == [(100, 20), (40, None)]


def test_no_more_than_the_asked_for_days_are_looked_at(levels):
    orders = (taken("a", 40, started=600, supply_ends=ago(200)), active("b", 20, 200))
    assert levels(*orders) == [(365, 40), (200, 20)]
    assert levels(*orders, back_days=100) == [(100, 20)]


def test_order_that_begins_today_is_a_level_of_its_own(levels):
    assert levels(taken("a", 40, started=100, supply_ends=TODAY), active("b", 20, 0)) == [(100, 40), (0, 20)]


def test_steps_inside_an_order_are_levels(levels):
    steps = (
        sig(dose=dose(40, unit=Unit.MG), frequency=often(1), start=ago(100), end=ago(51)),
        sig(dose=dose(20, unit=Unit.MG), frequency=often(1), start=ago(50)),
    )
    stepped = order("a", prescription("a", *steps, of=product(MORPHINE, 10)), started=ago(100))
    assert levels(stepped) == [(100, 40), (50, 20)]


# ---- what can be asked of them ----


def test_dose_of_the_past_that_cannot_be_converted_makes_it_unknown(levels):
    before = taken("a", 40, of=MEPERIDINE, started=100, supply_ends=ago(60))
    assert levels(before, active("b", 20, 100)) == [(100, None), (60, 20)]


def test_drug_of_the_past_that_is_never_converted_adds_nothing(levels):
    before = taken("a", 8, of=BUPRENORPHINE, started=100, supply_ends=ago(60))
    assert levels(before, active("b", 20, 100)) == [(100, 20)]


def test_band_of_the_past_goes_by_all_that_was_taken_on_the_day(levels):
    orders = (taken("a", 20, of=METHADONE, started=100, supply_ends=ago(60)), active("b", 20, 100, of=METHADONE))
    assert levels(*orders, by="cdc-2016") == [(100, 40 * 8), (60, 20 * 4)]


def past(*given):
    """Levels as (days ago, MME/day)."""
    return PastDoses(levels=tuple(Level(ago(days), None if mme is None else Decimal(mme)) for days, mme in given))


def test_dose_on_a_day_is_that_of_its_level():
    known = past((100, 60), (50, 40))
    assert [known.on(ago(days)) for days in (101, 100, 51, 50, 0)] == [None, 60, 60, 40, 40]


@pytest.mark.parametrize(
    ("levels", "highest"),
    [
        ([(100, 60), (50, 40)], 60),
        ([(100, 60), (73, 40)], 40),  # 27 days are not enough
        ([(100, 60), (72, 40)], 60),  # 28 are
        ([(27, 40)], None),
        ([(28, 40)], 40),
        ([(40, 60), (20, 80), (0, 100)], 60),  # what was exceeded was kept up
        ([(400, 90), (366, 60), (28, 40)], 60),  # longer ago than a year
        ([(400, 90), (338, 60)], 60),  # 27 days of the year
        ([(400, 90), (337, 60)], 90),
        ([(100, 60), (80, None), (60, 60), (33, 20)], 20),  # what cannot be told is no stable dose
        ([], None),
    ],
)
def test_highest_stable_dose_was_kept_up_for_four_weeks_within_a_year(levels, highest):
    assert past(*levels).highest_stable(28, ago(365), TODAY) == highest


@pytest.mark.parametrize(
    ("levels", "fell"),
    [
        ([(50, 60)], False),
        ([(50, 60), (20, 40)], True),
        ([(50, 40), (20, 60)], False),
        ([(50, None), (20, 60)], False),
        ([(50, 60), (20, None)], False),
    ],
)
def test_last_change_fell_or_did_not(levels, fell):
    assert past(*levels).last_fell is fell


def test_end_that_the_record_dates_is_believed_on_its_day_a_supply_only_when_it_cannot_last(levels):
    assert levels(taken("a", 40, started=100, ended=ago(14))) == [(100, 40), (14, 0)]
    assert levels(taken("a", 40, started=100, supply_ends=ago(14))) == []
    assert levels(taken("a", 40, started=100, supply_ends=ago(31))) == [(100, 40), (31, 0)]
    # The last to end decides: by its supply it may last until today.
    assert levels(taken("a", 40, started=100, ended=ago(20)), taken("b", 20, started=90, supply_ends=ago(14))) == []
