"""Steps down that an order holds for later days."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from opioids.later_steps import MOST_STEPS, Begun, Measure, has_steps, later_falls
from opioids.mme import mme_total
from opioids.past_doses import NOTHING_KNOWN
from opioids.prescriptions import Refusal, UncountedReason
from opioids.quantities import Unit
from opioids.regimen import Regimen
from tests.opioids.build import MORPHINE, TODAY, dose, often, prescription, product, sig


def step(mg, **given):
    if "duration" in given:
        given["duration"] = Decimal(given["duration"])
    return sig(dose=dose(mg, unit=Unit.MG), frequency=often(1), **given)


def order(*sigs, reference="new", **given):
    return prescription(reference, *sigs, of=product(MORPHINE, 10), **given)


def after(days):
    return TODAY + timedelta(days=days)


@pytest.fixture
def falls(knowledge):
    """[(days from today, before, after)] of what would be taken; the order "new" is being written."""

    def read(*contents, therapy_days=400):
        table = knowledge.tables["cdc-2022"]
        measure = Measure(table=table, shelf=knowledge.shelf_of("US"), practice=knowledge.tapers.practice)
        written = frozenset({"new"})
        taken = Regimen(current=(), proposed=contents, written=written, replaced=frozenset())
        proposed = mme_total(contents, table, TODAY, being_written=written)
        begun = Begun(therapy_days=therapy_days, past=NOTHING_KNOWN)
        found = later_falls(taken, proposed, measure, begun)
        return [((one.day - TODAY).days, one.before, one.after) for one in found], found

    return read


def test_steps_by_their_periods(falls):
    tapered = order(step(80, start=TODAY, end=after(27)), step(40, start=after(28), end=after(55)))
    assert falls(tapered)[0] == [(28, 80, 40)]


def test_steps_by_their_lengths_begin_today(falls):
    tapered = order(
        step(80, sequence=1, duration=28), step(60, sequence=2, duration=28), step(30, sequence=3, duration=28)
    )
    assert falls(tapered)[0] == [(28, 80, 60), (56, 60, 30)]


def test_steps_by_their_lengths_begin_on_the_orders_first_day(falls):
    tapered = order(step(80, sequence=1, duration=28), step(60, sequence=2, duration=28), starts=after(7))
    assert falls(tapered)[0] == [(35, 80, 60)]


def test_what_else_is_taken_counts_on_every_day(falls):
    tapered = order(step(80, sequence=1, duration=28), step(60, sequence=2, duration=28))
    assert falls(tapered, order(step(20), reference="old"))[0] == [(28, 100, 80)]


def test_steps_of_an_order_without_a_day_that_is_not_being_written_are_not_dated_from_today(falls):
    tapered = order(step(80, sequence=1, duration=28), step(60, sequence=2, duration=28))
    old = order(step(20, sequence=1, duration=28), step(10, sequence=2, duration=28), reference="old")
    assert falls(tapered, old)[0] == [(28, 100, 80)]


def test_day_on_which_something_cannot_be_read_is_no_fall(falls):
    unread = Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail="x")
    tapered = order(step(80, sequence=1, duration=28), sig(dose=unread, sequence=2))
    assert falls(tapered, order(step(20), reference="old"))[0] == []


def test_rotation_that_comes_later_is_no_fall(falls):
    """On one day of two that are being written one falls and the other takes over half of it, or less."""

    def both(risen):
        oxycodone = prescription(
            "new", step(40, sequence=1, duration=28), step(20, sequence=2, duration=28), of=product(strength=10)
        )
        morphine = order(step(10, sequence=1, duration=28), step(10 + risen, sequence=2, duration=28))
        return falls(oxycodone, morphine)[0]

    assert both(15) == []
    assert both(14) == [(28, 70, 54)]


def test_steps_up_and_even_steps_are_no_falls(falls):
    assert falls(order(step(40, sequence=1, duration=7), step(60, sequence=2, duration=7)))[0] == []
    assert falls(order(step(40, sequence=1, duration=7), step(40, sequence=2, duration=7)))[0] == []


def test_fall_after_a_rise_is_from_the_risen_dose(falls):
    up_and_down = order(
        step(40, sequence=1, duration=7), step(60, sequence=2, duration=7), step(20, sequence=3, duration=7)
    )
    assert falls(up_and_down)[0] == [(14, 60, 20)]


def test_length_of_therapy_and_past_go_on(falls):
    tapered = order(step(80, sequence=1, duration=28), step(60, sequence=2, duration=28))
    [fall] = falls(tapered)[1]
    assert fall.therapy_days == 428
    assert fall.past.on(after(27)) == 80
    [unknown] = falls(tapered, therapy_days=None)[1]
    assert unknown.therapy_days is None


def test_order_that_is_not_being_written_holds_nothing_for_later(falls):
    old = order(step(80, start=TODAY, end=after(27)), step(40, start=after(28)), reference="old")
    assert falls(old)[0] == []


def test_more_steps_than_any_taper_has_are_not_looked_at(falls):
    endless = order(*(step(300 - number, start=after(number)) for number in range(MOST_STEPS + 20)))
    assert len(falls(endless)[0]) <= MOST_STEPS


def test_plain_orders_have_no_steps():
    written = frozenset({"new"})
    assert not has_steps((order(step(40)),), written)
    assert not has_steps((order(step(40, start=TODAY), reference="old"),), written)
    assert has_steps((order(step(40, start=TODAY)),), written)


def test_step_that_began_before_today_or_begins_today_is_no_later_one(falls):
    tapered = order(
        step(80, start=after(-28), end=after(-1)),
        step(40, start=TODAY, end=after(27)),
        step(20, start=after(28), end=after(55)),
    )
    assert falls(tapered)[0] == [(28, 40, 20)]
