"""Orders that are written together for months ahead: which of them is taken on which day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from opioids.mme import mme_total
from opioids.prescriptions import IgnoredReason, Standing, Uncounted, UncountedReason
from opioids.regimen import regimen
from tests.opioids.build import MORPHINE, TODAY, order, prescription, product, sig

MONTH = 28
EXTENDED = product(extended_release=True)


def written(key, later=0, tablets=2, lasts: int | None = MONTH, **given):
    """A draft of 5 mg tablets of oxycodone for a month, not to be dispensed for so many days."""
    dates = {name: given.pop(name) for name in ("start", "end", "sequence", "duration") if name in given}
    taken = given.pop("sigs", (sig(1, tablets, **dates),))
    content = prescription(key, *taken, of=given.pop("of", None))
    return order(
        key,
        given.pop("content", content),
        **{
            "standing": Standing.DRAFT,
            "begins": after(later) if later else None,
            "supply_ends": None if lasts is None else after(lasts),
            **given,
        },
    )


def after(days):
    return TODAY + timedelta(days=days)


@pytest.fixture
def on_day(knowledge):
    """MME/day of tablets of 5 mg (7.5 MME each) in tablets, so many days from today."""

    def read(drafts, days=0):
        taken = regimen((), drafts, TODAY)
        total = mme_total(taken.proposed, knowledge.tables["cdc-2022"], after(days), being_written=taken.written)
        return total.maximum / Decimal("7.5")

    return read


ALIKE = (written("a"), written("b", MONTH), written("c", 2 * MONTH))
LESS = (written("a", 0, 8), written("b", MONTH, 7), written("c", 2 * MONTH, 6))
IN_ITS_OWN_WORDS = tuple(
    written(key, days, tablets, None, start=after(days), end=after(days + MONTH - 1))
    for key, days, tablets in (("a", 0, 8), ("b", MONTH, 7), ("c", 2 * MONTH, 6))
)
STEPS = (
    sig(1, 4, sequence=1, duration=Decimal(7)),
    sig(1, 3, sequence=2, duration=Decimal(7)),
    sig(1, 2, sequence=3),
)


@pytest.mark.parametrize(
    ("drafts", "tablets"),
    [
        (ALIKE, {0: 2, 27: 2, 28: 2, 55: 2, 56: 2, 90: 2}),
        (ALIKE[::-1], {0: 2, 28: 2, 56: 2}),
        (LESS, {0: 8, 27: 8, 28: 7, 55: 7, 56: 6}),
        (IN_ITS_OWN_WORDS, {0: 8, 27: 8, 28: 7, 55: 7, 56: 6, 83: 6, 84: 0}),
        ((written("a", 0, 5), written("b", MONTH, sigs=STEPS)), {0: 5, 27: 5, 28: 4, 35: 3, 42: 2}),
    ],
    ids=["alike", "whichever is first", "each less than the one before", "by their own periods", "steps"],
)
def test_of_orders_that_follow_one_another_each_is_taken_in_its_time(drafts, tablets, on_day):
    assert {day: on_day(drafts, day) for day in tablets} == tablets


@pytest.mark.parametrize(
    ("drafts", "tablets"),
    [
        ((written("a", 0, 4), written("b", 14, 3)), 7),
        ((written("a", 0, 4, None), written("b", MONTH, 3)), 7),
        ((written("a", lasts=None, sigs=(sig(1, 3, end=after(7)), sig(1, 1))), written("b", MONTH, 3)), 7),
        ((written("a", 0, 4), written("b", MONTH, 3, of=EXTENDED)), 7),
        ((written("a", 0, 3), written("b", MONTH, 3, of=product(MORPHINE, Decimal("7.5")))), 6),
        ((written("a", MONTH, 4), written("b", MONTH, 4)), 8),
        ((written("a", 0, 4, begins=after(-7)), written("b", 0, 4)), 8),
        ((written("b", MONTH, 4),), 4),
        ((written("a", 0, 4, standing=Standing.WITHDRAWN), written("b", MONTH, 4)), 4),
    ],
    ids=["the first is not over by then", "no end of the first is told", "a part of it has no end",
         "another formulation", "another drug",
         "both later on one day", "from today on", "alone", "the first is stopped"],
)  # fmt: skip
def test_orders_that_may_be_taken_together_are_added(drafts, tablets, on_day):
    assert on_day(drafts) == tablets


def test_an_order_that_waits_is_told_with_its_day(knowledge):
    taken = regimen((), ALIKE, TODAY)
    total = mme_total(taken.proposed, knowledge.tables["cdc-2022"], TODAY, being_written=taken.written)
    assert (taken.written, taken.later) == ({"a"}, {"b", "c"})
    waits = IgnoredReason.OUTSIDE_PERIOD
    assert [(one.reference, one.reason, one.detail) for one in total.ignored] == [
        ("b", waits, f"starts on {after(MONTH)}"),
        ("c", waits, f"starts on {after(2 * MONTH)}"),
    ]


def test_the_end_of_the_calendar_is_a_day_like_any_other(on_day):
    last = written("z", begins=date.max)
    assert on_day((written("a"), last)) == 2
    assert on_day((written("a"), last, written("b", begins=date.max))) == 2


def test_what_cannot_be_read_follows_nothing():
    unread = Uncounted(reference="b", medication="b", reason=UncountedReason.PRODUCT_UNKNOWN, detail="x")
    taken = regimen((), (written("a"), written("b", MONTH, content=unread)), TODAY)
    assert (taken.later, taken.proposed[1]) == (frozenset(), unread)
