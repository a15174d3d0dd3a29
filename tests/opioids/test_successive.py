"""Orders that are written together for months ahead: which of them is taken on which day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from opioids.later_steps import at_its_highest
from opioids.mme import mme_total
from opioids.prescriptions import IgnoredReason, Standing, Uncounted, UncountedReason
from opioids.products import Route
from opioids.regimen import regimen
from tests.opioids.build import MORPHINE, TODAY, order, prescription, product, sig

MONTH = 28
EXTENDED = product(extended_release=True)


def written(key, later=0, tablets=2, lasts: int | None = MONTH, **given):
    """A draft of 5 mg tablets of oxycodone for a month, not to be dispensed for so many days."""
    dates = {name: given.pop(name) for name in ("start", "end", "sequence", "duration") if name in given}
    taken = given.pop("sigs", (sig(1, tablets, **dates),))
    content = prescription(key, *taken, of=given.pop("of", None), starts=given.pop("starts", TODAY))
    return order(
        key,
        given.pop("content", content),
        **{"standing": Standing.DRAFT, "begins": after(later) if later else None, "supply_days": lasts, **given},
    )


def needed(key, later=0, tablets=2, lasts: int | None = None, **given):
    """The same as needed, of which no length is known unless it is given."""
    return written(key, later, lasts=lasts, sigs=(sig(1, tablets, as_needed=True),), **given)


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
STEPS = (sig(1, 4, sequence=1, duration=Decimal(7)), sig(1, 3, sequence=2, duration=Decimal(7)), sig(1, 2, sequence=3))
WITHIN_ITS_MONTH = (sig(1, 7, start=after(MONTH), end=after(MONTH + 13)), sig(1, 6, start=after(MONTH + 14)))
OVER_EARLIER_IN_PART = (sig(1, 3, end=after(7)), sig(1, 5))
OVER_LATER_IN_PART = (sig(1, 3, end=after(7)), sig(1, 1, end=after(40)))
OF_UNKNOWN_LENGTH = (sig(1, 4, sequence=1), sig(1, 3, sequence=2))
IN_PART_AS_NEEDED = (sig(1, 2), sig(1, 2, as_needed=True))
MAY_BE_FILLED_UNTIL = tuple(
    written(key, days, tablets, supply_ends=after(180)) for key, days, tablets in (("a", 0, 8), ("b", MONTH, 7))
)
ONLY_TO_BE_FILLED_WITHIN = tuple(
    written(key, days, tablets, None, supply_ends=after(days + MONTH - 1))
    for key, days, tablets in (("a", 0, 8), ("b", MONTH, 7), ("c", 2 * MONTH, 6))
)
BY_THEIR_PERIODS = tuple(
    written(key, days, tablets, 2 * MONTH, ended=after(days + MONTH))
    for key, days, tablets in (("a", 0, 8), ("b", MONTH, 7), ("c", 2 * MONTH, 6))
)


@pytest.mark.parametrize(
    ("drafts", "tablets"),
    [
        (ALIKE, {0: 2, 27: 2, 28: 2, 55: 2, 56: 2, 90: 2}),
        (ALIKE[::-1], {0: 2, 28: 2, 56: 2}),
        (LESS, {0: 8, 27: 8, 28: 7, 55: 7, 56: 6}),
        (IN_ITS_OWN_WORDS, {0: 8, 27: 8, 28: 7, 55: 7, 56: 6, 83: 6, 84: 0}),
        ((written("a", 0, 5), written("b", MONTH, sigs=STEPS)), {0: 5, 27: 5, 28: 4, 35: 3, 42: 2}),
        (
            (written("a", 0, 5), written("b", MONTH, sigs=STEPS), written("c", 2 * MONTH, 1)),
            {28: 4, 35: 3, 42: 2, 55: 2, 56: 1},
        ),
        ((written("a", 0, 5), written("b", MONTH, sigs=STEPS[1:])), {27: 5, 28: 3, 34: 3, 35: 2}),
        ((written("a", 0, 8), written("b", MONTH, sigs=WITHIN_ITS_MONTH)), {27: 8, 28: 7, 41: 7, 42: 6}),
        ((written("a", sigs=OVER_EARLIER_IN_PART), written("b", MONTH, 7)), {0: 8, 7: 8, 8: 5, 27: 5, 28: 7}),
        ((written("a", sigs=STEPS), written("b", MONTH, 1)), {0: 4, 7: 3, 14: 2, 27: 2, 28: 1}),
        (
            (written("a", 0, 5), written("b", MONTH, sigs=OF_UNKNOWN_LENGTH), written("c", 2 * MONTH, 1)),
            {0: 5, 27: 5, 28: 4, 55: 4, 56: 1},
        ),
        (MAY_BE_FILLED_UNTIL, {0: 8, 27: 8, 28: 7}),
        (ONLY_TO_BE_FILLED_WITHIN, {0: 8, 27: 8, 28: 7, 55: 7, 56: 6}),
        (BY_THEIR_PERIODS, {0: 8, 27: 8, 28: 7, 55: 7, 56: 6}),
        (
            (written("a", 0, 8), written("b", MONTH, 7, 2 * MONTH), written("c", 2 * MONTH, 6)),
            {0: 8, 28: 7, 56: 13, 90: 13},
        ),
        ((written("a", 0, 8, 60, end=after(27)), written("b", MONTH, 7)), {0: 8, 27: 8, 28: 7}),
        ((written("a", 0, 8, 30), written("b", 25, 7)), {0: 8, 24: 8, 25: 7}),
        ((written("a", 0, 8, 60), written("b", 55, 7)), {0: 8, 54: 8, 55: 7}),
        ((written("a", sigs=STEPS, starts=after(-7), begins=after(-7)), written("b", MONTH, 1)), {0: 3, 7: 2, 28: 1}),
        ((written("a", 0, 8, 7), written("b", 6, 7)), {0: 8, 5: 8, 6: 7}),
        ((needed("a", 0, 8), needed("b", MONTH, 7), needed("c", 2 * MONTH, 6)), {0: 8, 27: 8, 28: 7, 56: 6}),
        ((needed("a", 0, 8, lasts=30), written("b", MONTH, 7)), {0: 8, 27: 8, 28: 7}),
    ],
    ids=["alike", "whichever is first", "each less than the one before", "by their own periods", "steps",
         "steps between others", "two steps", "days of its own within its time", "a part that ends before it is over",
         "steps at first", "steps of unknown length", "supply and long to be filled",
         "to be filled within its time", "by the periods of the orders", "the second lasts longer",
         "its own words before its supply", "filled five days early", "filled five days early of sixty",
         "steps that began a week ago", "filled a day of a week early",
         "as needed, without an end", "as needed, used up by then however fast"],
)  # fmt: skip
def test_of_orders_that_follow_one_another_each_is_taken_in_its_time(drafts, tablets, on_day):
    assert {day: on_day(drafts, day) for day in tablets} == tablets


@pytest.mark.parametrize(
    ("drafts", "tablets"),
    [
        ((written("a", 0, 4), written("b", 14, 3)), 7),
        ((written("a", 0, 4, 30), written("b", 24, 3)), 7),
        ((written("a", 0, 4, 7), written("b", 5, 3)), 7),
        ((written("a", 0, 4, 5), written("b", 4, 3)), 7),
        ((needed("a", 0, 4, lasts=35), needed("b", MONTH, 3)), 7),
        ((needed("a", 0, 4), written("b", MONTH, 3, None)), 7),
        ((written("a", 0, 4, None), needed("b", MONTH, 3)), 7),
        ((written("a", lasts=None, sigs=IN_PART_AS_NEEDED), needed("b", MONTH, 3)), 7),
        ((written("a", 0, 4, 60), written("b", 54, 3)), 7),
        ((written("a", 0, 4, None), written("b", MONTH, 3)), 7),
        ((written("a", lasts=None, sigs=(sig(1, 3, end=after(7)), sig(1, 1))), written("b", MONTH, 3)), 7),
        ((written("a", 0, 4), written("b", MONTH, 3, of=EXTENDED)), 7),
        ((written("a", 0, 3), written("b", MONTH, 3, of=product(MORPHINE, Decimal("7.5")))), 6),
        ((written("a", MONTH, 4), written("b", MONTH, 4)), 8),
        ((written("a", 0, 4, begins=after(-7)), written("b", 0, 4)), 8),
        ((written("a", 0, 4, begins=after(-7)), written("b", 0, 4), written("c", MONTH, 4)), 8),
        ((written("a", lasts=None, sigs=OVER_LATER_IN_PART), written("b", MONTH, 3)), 7),
        ((written("b", MONTH, 4),), 4),
        ((written("a", 0, 3, standing=Standing.WITHDRAWN), written("b", MONTH, 4)), 4),
    ],
    ids=["the first is not over by then", "six days early", "two days of a week early", "a day of five early",
         "as needed, may last longer", "as needed, and then scheduled",
         "scheduled, and then as needed", "in part as needed, and then all of it", "six days early of sixty",
         "no end of the first is told", "a part of it has no end",
         "another formulation", "another drug",
         "both later on one day", "from today on", "two from today on, and one that follows",
         "a part of it is not over", "alone", "the first is stopped"],
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


def test_the_day_that_is_told_is_its_first_one(knowledge):
    taken = regimen((), (written("a"), written("b", MONTH, sigs=WITHIN_ITS_MONTH)), TODAY)
    total = mme_total(taken.proposed, knowledge.tables["cdc-2022"], TODAY, being_written=taken.written)
    assert [one.detail for one in total.ignored] == [f"starts on {after(MONTH)}"]


def test_steps_that_wait_are_told_with_the_day_of_the_first(knowledge):
    taken = regimen((), (written("a"), written("b", MONTH, sigs=STEPS)), TODAY)
    total = mme_total(taken.proposed, knowledge.tables["cdc-2022"], TODAY, being_written=taken.written)
    assert [one.detail for one in total.ignored] == [f"starts on {after(MONTH)}"]


def test_what_is_taken_by_another_route_follows_nothing():
    assert not regimen((), (written("a"), written("b", MONTH, of=product(route=Route.RECTAL))), TODAY).later


def test_the_end_of_the_calendar_is_a_day_like_any_other(on_day):
    last = written("z", begins=date.max)
    assert on_day((written("a"), last)) == 2
    assert on_day((written("a"), last, written("b", begins=date.max))) == 2


def test_what_cannot_be_read_follows_nothing():
    unread = Uncounted(reference="b", medication="b", reason=UncountedReason.PRODUCT_UNKNOWN, detail="x")
    taken = regimen((), (written("a"), written("b", MONTH, content=unread)), TODAY)
    assert (taken.later, taken.proposed[1]) == (frozenset(), unread)


# ---- one drug after another ----

TAKEN = order("t", prescription("t", sig(1, 4)))
ENDS_TOMORROW = written("a", 0, 4, None, end=after(1), replaces=frozenset({"t"}))


def morphine(later, **given):
    """A new drug, 5 MME a dose, from so many days on."""
    return written("m", later, 3, None, of=product(MORPHINE), **given)


@pytest.mark.parametrize(
    ("drafts", "active", "each_day"),
    [
        ((ENDS_TOMORROW, morphine(2)), (TAKEN,), [4, 4, 2, 2]),
        ((morphine(2), ENDS_TOMORROW), (TAKEN,), [4, 4, 2, 2]),
        ((ENDS_TOMORROW, morphine(1)), (TAKEN,), [4, 2, 2, 2]),  # no day has both
        ((ENDS_TOMORROW, morphine(0)), (TAKEN,), [6, 6, 2, 2]),  # a day of both, as it is written
        ((ENDS_TOMORROW, morphine(2)), (), [6, 6, 2, 2]),  # nothing is taken that would end
        ((written("a", 0, 4, 14, replaces=frozenset({"t"})), morphine(20)), (TAKEN,), [6, 6, 6, 6]),  # by its supply
        ((written("a", 0, 4, None, end=after(30), replaces=frozenset({"t"})), morphine(2)), (TAKEN,), [6, 6, 6, 6]),
    ],
    ids=["the day after", "whatever their order", "on its last day", "today", "nothing taken", "supply", "not over"],
)
def test_a_new_drug_waits_for_the_end_of_the_one_that_is_taken(drafts, active, each_day, knowledge):
    taken = regimen(active, drafts, TODAY)
    table = knowledge.tables["cdc-2022"]
    totals = [mme_total(taken.proposed, table, after(day), being_written=taken.written) for day in range(4)]
    assert [total.maximum / Decimal("7.5") for total in totals] == each_day


def test_a_drug_that_is_taken_already_waits_for_no_other():
    """A month ahead of it is a renewal of what is taken now, and would vanish until then."""
    goes_on = order("n", prescription("n", sig(1, 3), of=product(MORPHINE)))
    assert not regimen((TAKEN, goes_on), (ENDS_TOMORROW, morphine(2)), TODAY).later
    assert regimen((TAKEN,), (ENDS_TOMORROW, morphine(2)), TODAY).later == {"m"}


# ---- what rises later, and what is for a later day ----

RISING_AND_FALLING = (
    sig(1, 2, sequence=1, duration=Decimal(7)),
    sig(1, 5, sequence=2, duration=Decimal(7)),
    sig(1, 1, sequence=3),
)
"""What an order holds for later days of its own is taken when its day comes."""


def highest(drafts, knowledge, active=()):
    taken = regimen(active, drafts, TODAY)
    table = knowledge.tables["cdc-2022"]
    today = mme_total(taken.proposed, table, TODAY, being_written=taken.written)
    return at_its_highest(taken, today, table), today


@pytest.mark.parametrize(
    ("drafts", "tablets", "said"),
    [
        ((written("a", 0, 2), written("b", MONTH, 4), written("c", 2 * MONTH, 3)), 4, [f"from {after(MONTH)} on"]),
        ((written("a", 0, 2), written("b", MONTH, 3), written("c", 2 * MONTH, 4)), 4, [f"from {after(2 * MONTH)} on"]),
        ((written("a", 0, 2), written("b", MONTH, 2)), 2, []),
        ((written("a", 0, 4), written("b", MONTH, 3)), 4, []),
        ((needed("a", 0, 2), needed("b", MONTH, 4)), 4, [f"from {after(MONTH)} on"]),
        ((written("a", 0, 2),), 2, []),
        ((written("a", sigs=RISING_AND_FALLING), written("b", MONTH, 3)), 3, [f"from {after(MONTH)} on"]),
    ],
    ids=["in the middle", "at the end", "alike", "falling", "as needed", "one", "steps of the first"],
)
def test_orders_that_follow_one_another_come_to_the_highest_of_their_doses(drafts, tablets, said, knowledge):
    total, _ = highest(drafts, knowledge)
    assert total.maximum / Decimal("7.5") == tablets
    assert total.as_of == TODAY
    assert [note.partition(":")[0] for line in total.counted for note in line.assumptions] == said


def test_what_is_taken_beside_a_rise_says_nothing_of_it(knowledge):
    beside = written("d", 0, 1, of=product(MORPHINE, Decimal("7.5")))
    total, today = highest((written("a", 0, 2), written("b", MONTH, 4), beside), knowledge)
    assert [line.reference for line in total.counted if line.assumptions] == ["b"]
    assert total.maximum - today.maximum == 2 * Decimal("7.5")


def test_steps_beside_a_rise_begin_when_they_are_written(knowledge):
    """On the day of the rise the last of them is taken, and not once more the first."""
    steps = (sig(1, 8, sequence=1, duration=Decimal(7)), sig(1, 1, sequence=2))
    beside = written("d", sigs=steps, starts=None, of=product(MORPHINE, Decimal("7.5")))
    total, today = highest((written("a", 0, 2), written("b", MONTH, 4), beside), knowledge)
    assert total == today


def test_what_was_assumed_of_an_order_is_said_beside_the_day_of_its_rise(knowledge):
    later = written("b", MONTH, sigs=(sig(1, 4, assumptions=("as told",)),))
    total, _ = highest((written("a", 0, 2), later), knowledge)
    [line] = total.counted
    assert line.assumptions[0] == "as told"
    assert line.assumptions[1].startswith(f"from {after(MONTH)} on")


def test_a_later_order_that_follows_none_says_when_it_begins(knowledge):
    other = written("b", MONTH, 3, of=product(MORPHINE, Decimal("7.5")))
    total, _ = highest((written("a"), other), knowledge)
    assert [line.assumptions for line in total.counted] == [
        (),
        (f"begins on {after(MONTH)}: counted as what is being ordered",),
    ]


@pytest.mark.parametrize("last", ["b", "c"])
def test_a_dose_for_a_later_day_counts_though_an_order_that_waits_bears_its_id(last, knowledge):
    """Temporary ids are given twice: of two unlike drafts under one id one waits, the other is being ordered."""
    once = sig(1, 2, days=(after(5),))
    dated = written("c", of=product(MORPHINE, Decimal("7.5")), sigs=(once,), lasts=None)
    total, _ = highest((written("a", 0, 2), written(last, MONTH, 2), dated), knowledge)
    assert total.maximum / Decimal("7.5") == 2 + 1
