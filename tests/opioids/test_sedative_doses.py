"""Whether a sedative is lowered: only where the same drug, in the same measure, is less than before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from opioids.prescriptions import Refusal, Sig, UncountedReason
from opioids.quantities import Dose, Unit, steadily, times
from opioids.sedative_doses import SedativeOrder, is_lowered, is_raised

TODAY = date(2026, 2, 2)
SOLUTION = "diazepam 5 MG/ML solution"
UNREADABLE = Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail="")


def sig(units=1, a_day=1, unit=Unit.EACH, **more):
    amount = Decimal(str(units))
    return Sig(**{"dose": Dose(low=amount, high=amount, unit=unit), "frequency": steadily(times(a_day)), **more})


def taken(name, *sigs, **more):
    made = {"sigs": sigs or (sig(),), "being_written": False, **more}
    return SedativeOrder(ingredient=name.split()[0].casefold(), name=name, **made)


def test_more_of_the_same_drug_is_a_rise_and_what_cannot_be_told_is_none():
    now, twice = [taken("lorazepam 1 mg")], [taken("lorazepam 1 mg", sig(2))]
    assert is_raised(now, twice, TODAY)
    assert is_raised(now, [taken("lorazepam 2 mg")], TODAY)
    for after in (now, [taken("lorazepam 0.5 mg")], [taken("lorazepam 1 mg", sig(unit=Unit.ML))], []):
        assert not is_raised(now, after, TODAY)


@pytest.mark.parametrize(
    ("before", "after", "lowered"),
    [
        ([taken("lorazepam 1 MG Oral Tablet")], [], True),
        ([], [], False),
        ([], [taken("lorazepam 1 MG Oral Tablet")], False),
        ([taken("lorazepam 1 MG Oral Tablet")], [taken("lorazepam 0.5 mg")], True),
        ([taken("lorazepam 1 MG Oral Tablet")], [taken("lorazepam 0.5 mg", sig(2))], False),
        ([taken("lorazepam 0.5 mg", sig(2))], [taken("lorazepam 1mg", sig(1))], False),
        ([taken("lorazepam 1 mg", sig(1, 2))], [taken("lorazepam 1 mg", sig(1, 1))], True),
        ([taken("lorazepam 1 mg", sig(1, 1))], [taken("lorazepam 1 mg", sig(1, 2))], False),
        # two orders of one drug count together
        ([taken("lorazepam 1 mg"), taken("lorazepam 0.5 mg")], [taken("lorazepam 1 mg")], True),
        ([taken("lorazepam 1 mg"), taken("lorazepam 0.5 mg")], [taken("lorazepam 1 mg", sig(1, 2))], False),
        ([taken("lorazepam 1 mg")], [taken("lorazepam 1 mg", sig(1), sig("0.5"))], False),
        # another drug is a switch, and says nothing of the rest
        ([taken("lorazepam 1 mg")], [taken("diazepam 5 mg")], False),
        ([taken("lorazepam 1 mg"), taken("diazepam 5 mg")], [taken("diazepam 2 mg")], True),
        # a dose in mg needs no strength
        ([taken("lorazepam", sig(1, 2, Unit.MG))], [taken("lorazepam 0.5 mg", sig(1, 2))], True),
        ([taken("lorazepam", sig(1, 2, Unit.MG))], [taken("lorazepam", sig("1.5", 1, Unit.MG))], True),
        # without a strength, units of one product are compared, and of two are not
        ([taken("lorazepam", sig(2))], [taken("lorazepam", sig(1))], True),
        ([taken("lorazepam", sig(2))], [taken("lorazepam tablets", sig(1))], False),
        ([taken("lorazepam", sig(2))], [taken("lorazepam 1 mg", sig(1))], False),
        ([taken(SOLUTION, sig(2, 1, Unit.ML))], [taken(SOLUTION, sig(1, 1, Unit.ML))], True),
        ([taken(SOLUTION, sig(2, 1, Unit.ML))], [taken("diazepam 5 mg", sig(1))], False),
        ([taken("lorazepam 1 mg or 2 mg", sig(2))], [taken("lorazepam 1 mg", sig(1))], False),
        # what cannot be read has not fallen
        ([taken("lorazepam 1 mg", sig(dose=UNREADABLE))], [taken("lorazepam 0.5 mg")], False),
        ([taken("lorazepam 1 mg")], [taken("lorazepam 0.5 mg", sig(frequency=None))], False),
        ([taken("lorazepam 1 mg", sig(dose=None))], [taken("lorazepam 1 mg", sig(dose=None))], False),
        ([taken("lorazepam 1 mg", sig(dose=None))] * 2, [taken("lorazepam 1 mg", sig(dose=None))], False),
        ([replace(taken("lorazepam 1 mg"), sigs=())], [taken("lorazepam 0.5 mg")], False),
    ],
)  # fmt: skip
def test_lower_dose(before, after, lowered):
    assert is_lowered(before, after, TODAY) is lowered


def test_step_of_the_day_counts():
    steps = (sig(2, end=TODAY - timedelta(days=1)), sig(1, start=TODAY))
    assert is_lowered([taken("lorazepam 1 mg", sig(2))], [taken("lorazepam 1 mg", *steps)], TODAY)
    assert not is_lowered([taken("lorazepam 1 mg", sig(1))], [taken("lorazepam 1 mg", *steps)], TODAY)


def test_steps_without_days_count_by_the_largest():
    steps = (sig(1, sequence=1), sig(3, sequence=2))
    assert not is_lowered([taken("lorazepam 1 mg", sig(2))], [taken("lorazepam 1 mg", *steps)], TODAY)
    assert is_lowered([taken("lorazepam 1 mg", sig(4))], [taken("lorazepam 1 mg", *steps)], TODAY)


def test_order_being_written_counts_by_its_first_step():
    coming = (sig(1, start=TODAY + timedelta(days=1)), sig(3, start=TODAY + timedelta(days=9)))
    written = taken("lorazepam 1 mg", *coming, being_written=True)
    assert is_lowered([taken("lorazepam 1 mg", sig(2))], [written], TODAY)


def test_drug_that_is_added_or_stopped_beside_another_says_nothing_of_the_one_that_stays():
    diazepam = taken("diazepam 5 mg", sig(2))
    assert not is_lowered([diazepam], [diazepam, taken("lorazepam 1 mg")], TODAY)
    assert not is_lowered([diazepam, taken("lorazepam 1 mg")], [diazepam], TODAY)
