"""What is known about a patient, and what measured values add to it."""

from __future__ import annotations

from opioids.conditions import ConditionGroup as G
from opioids.patient import Patient

PATIENT = Patient(
    age=60, conditions={G.PREGNANCY: False, G.DEPRESSION: True}, conditions_seen=True, past=frozenset({G.PREGNANCY})
)


def test_group_that_a_value_stands_for_is_present_whatever_the_history_says():
    found = PATIENT.with_groups(frozenset({G.PREGNANCY, G.RENAL_IMPAIRMENT}))
    assert found.conditions == {G.PREGNANCY: True, G.DEPRESSION: True, G.RENAL_IMPAIRMENT: True}
    assert found.past == frozenset()
    assert (found.age, found.conditions_seen) == (60, True)


def test_without_such_values_nothing_changes():
    assert PATIENT.with_groups(frozenset()) is PATIENT
