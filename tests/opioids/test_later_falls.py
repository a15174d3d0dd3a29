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


def lasting(*steps):
    """Steps of so many mg for so many days each."""
    return tuple(step(mg, sequence=place, duration=days) for place, (mg, days) in enumerate(steps, start=1))


EIGHTY_SIXTY = lasting((80, 28), (60, 28))
UNREAD = sig(dose=Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail="x"), sequence=2)
FALLS = {
    # case: (what would be taken, [(days from today, before, after)])
    "by their periods": (
        [order(step(80, start=TODAY, end=after(27)), step(40, start=after(28), end=after(55)))], [(28, 80, 40)],
    ),
    "by their lengths, from today": (
        [order(*lasting((80, 28), (60, 28), (30, 28)))], [(28, 80, 60), (56, 60, 30)],
    ),
    "by their lengths, from the order's first day": ([order(*EIGHTY_SIXTY, starts=after(7))], [(35, 80, 60)]),
    "beside what else is taken": ([order(*EIGHTY_SIXTY), order(step(20), reference="old")], [(28, 100, 80)]),
    "beside steps of an order without a day": (
        [order(*EIGHTY_SIXTY), order(*lasting((20, 28), (10, 28)), reference="old")], [(28, 100, 80)],
    ),
    "on a day on which something cannot be read": (
        [order(*lasting((80, 28)), UNREAD), order(step(20), reference="old")], [],
    ),
    "a rise": ([order(*lasting((40, 7), (60, 7)))], []),
    "the same again": ([order(*lasting((40, 7), (40, 7)))], []),
    "after a rise, from the risen dose": ([order(*lasting((40, 7), (60, 7), (20, 7)))], [(14, 60, 20)]),
    "of an order that is not being written": (
        [order(step(80, start=TODAY, end=after(27)), step(40, start=after(28)), reference="old")], [],
    ),
    "today and before are not later": (
        [order(step(80, start=after(-28), end=after(-1)), step(40, start=TODAY, end=after(27)),
               step(20, start=after(28), end=after(55)))],
        [(28, 40, 20)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("contents", "expected"), FALLS.values(), ids=FALLS)
def test_steps_down_are_falls_of_their_days(contents, expected, falls):
    assert falls(*contents)[0] == expected


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


def test_length_of_therapy_and_past_go_on(falls):
    tapered = order(step(80, sequence=1, duration=28), step(60, sequence=2, duration=28))
    [fall] = falls(tapered)[1]
    assert fall.therapy_days == 428
    assert fall.past.on(after(27)) == 80
    [unknown] = falls(tapered, therapy_days=None)[1]
    assert unknown.therapy_days is None


def test_more_steps_than_any_taper_has_are_not_looked_at(falls):
    endless = order(*(step(300 - number, start=after(number)) for number in range(MOST_STEPS + 20)))
    assert len(falls(endless)[0]) <= MOST_STEPS


def test_plain_orders_have_no_steps():
    written = frozenset({"new"})
    assert not has_steps((order(step(40)),), written)
    assert not has_steps((order(step(40, start=TODAY), reference="old"),), written)
    assert has_steps((order(step(40, start=TODAY)),), written)
