"""What orders that are written alike share, and what is not kept of those for certain days."""

from __future__ import annotations

import copy

import pytest

from fhir_mappings.takings import read_taking

TWICE = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}
BOUNDS = {"boundsPeriod": {"start": "2026-01-02", "end": "2026-01-20"}}


def an_order(timing):
    dose = {"doseQuantity": {"value": 1, "unit": "tablet"}}
    return {
        "dosageInstruction": [{"timing": timing, "doseAndRate": [dose]}],
        "dispenseRequest": {"quantity": {"value": 60, "unit": "tablet"}, "numberOfRepeatsAllowed": 1},
    }


def test_orders_written_alike_are_read_once():
    first, again = an_order(TWICE), copy.deepcopy(an_order(TWICE))
    assert read_taking(first) is read_taking(again)
    assert read_taking(first).lasts == 60  # 60 tablets at 2 a day, twice


@pytest.mark.parametrize("timing", [{"event": ["2026-01-02"]}, {"repeat": {**TWICE["repeat"], **BOUNDS}}])
def test_directions_for_certain_days_are_not_kept(timing):
    order = an_order(timing)
    one, other = read_taking(order), read_taking(order)
    assert one is not other
    assert one.directions == other.directions
