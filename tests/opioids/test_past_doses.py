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
        now = {one.key: one.content for one in orders if one.standing is Standing.ACTIVE and not one.outside}.values()
        found = past_doses(
            orders, mme_total(now, table, TODAY), table, back_days=back_days, greatest_gap_days=greatest_gap_days
        )
        return [((TODAY - one.since).days, one.mme) for one in found.levels]

    return read


def over(mg, supplied, started=100, key="a", **given):
    """An order that is over: its supply ended so many days ago."""
    return taken(key, mg, started=started, supply_ends=ago(supplied), **given)


def oxycodone(started, **given):
    """30 MME/day beside or instead of morphine."""
    return active("b", 20, started, of=OXYCODONE, **given)


FAULT = Uncounted(reference="a", medication="a", reason=UncountedReason.DOSE_MISSING, detail="")
STALE = Ignored(reference="a", medication="a", reason=IgnoredReason.OUTSIDE_PERIOD)
PLAN = Ignored(reference="a", medication="a", reason=IgnoredReason.NOT_AN_ORDER)
INSTEAD = {"replaces": frozenset({"a"})}
STEPS = (
    sig(dose=dose(40, unit=Unit.MG), frequency=often(1), start=ago(100), end=ago(51)),
    sig(dose=dose(20, unit=Unit.MG), frequency=often(1), start=ago(50)),
)
LEVELS = {
    # case: (orders, [(days ago, MME/day)])
    "what is taken": ([active("a", 40, 100), active("b", 20, 50)], [(100, 40), (50, 60)]),
    "without dates": ([active("a", 40)], []),
    "begins today": ([over(40, 0), active("b", 20, 0)], [(100, 40), (0, 20)]),
    "steps inside an order": (
        [order("a", prescription("a", *STEPS, of=product(MORPHINE, 10)), started=ago(100))], [(100, 40), (50, 20)],
    ),
    "a renewal": ([over(40, 60), active("b", 40, 60)], [(100, 40)]),
    "listed twice": ([active("a", 40, 100), active("a", 40, 100), active("b", 20, 50)], [(100, 40), (50, 60)]),
    "listed twice and over": ([over(40, 60), over(40, 60), oxycodone(100)], [(100, 70), (60, 30)]),
    # when an order ends
    "by its supply": ([over(40, 60), oxycodone(100)], [(100, 70), (60, 30)]),
    "by its period": ([over(40, 50, ended=ago(60)), oxycodone(100)], [(100, 70), (60, 30)]),
    "when another takes its place": ([over(40, 10), oxycodone(60, **INSTEAD)], [(100, 40), (60, 30)]),
    "when its formulation goes on": (
        [taken("a", 40, started=100, extended=True), active("b", 20, 60, extended=True)], [(100, 40), (60, 20)],
    ),
    "not when another formulation begins": (
        [taken("a", 40, started=100, extended=True), active("b", 20, 60)], [(60, 20)],
    ),
    "when the next begins, not one after that": (
        [taken("a", 40, started=100), taken("b", 30, started=60), active("c", 20, 30)],
        [(100, 40), (60, 30), (30, 20)],
    ),
    "a gap of 30 days is none": ([over(40, 70), active("b", 20, 40)], [(100, 40), (40, 20)]),
    "a gap of 31 days is one": ([over(40, 71), active("b", 20, 40)], [(100, 40), (71, 0), (40, 20)]),
    # what is left out
    "no end is told": ([taken("a", 40, started=100), oxycodone(50)], [(50, 30)]),
    "it would still be running": ([over(40, -5, standing=Standing.WITHDRAWN), oxycodone(50)], [(50, 30)]),
    "it ends before it begins": ([over(40, 120), oxycodone(50)], [(50, 30)]),
    "no beginning is told": ([over(40, 60, None), active("b", 20, 50)], [(50, 20)]),
    "a plan": ([over(40, 60, plan=PLAN), active("b", 20, 50)], [(50, 20)]),
    **{
        f"an order {standing}": ([over(40, 60, standing=standing), active("b", 20, 50)], [(50, 20)])
        for standing in (Standing.IN_ERROR, Standing.ON_HOLD, Standing.UNKNOWN)
    },
    "but not a stale active order": (
        [active("a", 40, 100, supply_ends=ago(60), outside=STALE), oxycodone(100)], [(100, 70), (60, 30)],
    ),
    # what cannot be told, or adds nothing
    "the past was not counted": (
        [order("a", FAULT, started=ago(100), supply_ends=ago(60), standing=Standing.ENDED), active("b", 20, 90)],
        [(100, None), (60, 20)],
    ),
    "the present is not counted": (
        [order("a", FAULT, started=ago(40)), active("b", 20, 100)], [(100, 20), (40, None)],
    ),
    "the past cannot be converted": ([over(40, 60, of=MEPERIDINE), active("b", 20, 100)], [(100, None), (60, 20)]),
    "the past is never converted": ([over(8, 60, of=BUPRENORPHINE), active("b", 20, 100)], [(100, 20)]),
    # without an opioid now: known once a supply cannot last until today, or on the day that the record dates
    "no end": ([taken("a", 40, started=100)], []),
    "supplied until 31 days ago": ([over(40, 31)], [(100, 40), (31, 0)]),
    "supplied until 30 days ago": ([over(40, 30)], []),
    "supplied until today": ([over(40, 0)], []),
    "the last supply counts": ([over(40, 100, 200), over(20, 20, 120, "b", of=OXYCODONE)], []),
    "ended on a day": ([taken("a", 40, started=100, ended=ago(14))], [(100, 40), (14, 0)]),
    "ended by supply a fortnight ago": ([over(40, 14)], []),
    "the last to end decides": ([taken("a", 40, started=100, ended=ago(20)), over(20, 14, 90, "b")], []),
}  # fmt: skip


@pytest.mark.parametrize(("orders", "expected"), LEVELS.values(), ids=LEVELS)
def test_levels_are_told_from_the_dates_of_orders(orders, expected, levels):
    assert levels(*orders) == expected


def test_no_more_than_the_asked_for_days_are_looked_at(levels):
    orders = (taken("a", 40, started=600, supply_ends=ago(200)), active("b", 20, 200))
    assert levels(*orders) == [(365, 40), (200, 20)]
    assert levels(*orders, back_days=100) == [(100, 20)]


# ---- what can be asked of them ----


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
