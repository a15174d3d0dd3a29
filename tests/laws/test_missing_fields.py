"""An order that says less is never worth less in silence."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from hypothesis import assume, event, given, settings

from tests.laws.totals import total_of
from tests.strategies import orders

NEEDED = {
    "medicationCodeableConcept", "coding", "code", "system",
    "dosageInstruction", "doseAndRate", "doseQuantity", "doseRange", "value", "high",
    "timing", "repeat", "frequency", "period", "periodUnit", "timeOfDay", "when", "dayOfWeek",
}  # fmt: skip
"""What says which drug, how much and how often. Units are not among them: an amount without one counts units of the
product; nor is what only widens or narrows an answer (upper ends, maxima, `as needed`)."""

# A code inside a quantity is its unit; the low end of a range only narrows it.
UNITS_OF = {"doseQuantity", "low", "high", "numerator", "denominator", "boundsDuration"}
OTHERS = {"maxDosePerPeriod", "reasonCode", "type", "low", "boundsDuration", "dispenseRequest"}

EVENTS = {"timeOfDay", "when", "dayOfWeek"}


def needed(node, above: tuple = ()) -> Iterator[tuple]:
    """The paths of all needed fields."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in items:
        path = (*above, name)
        is_unit = name in ("code", "system") and bool(above) and above[-1] in UNITS_OF
        if name in NEEDED and not is_unit and OTHERS.isdisjoint(path) and not _said_otherwise(name, node):
            yield path
        # Of several restatements of one dose, each can stand for another.
        if not (name == "doseAndRate" and len(value) > 1):
            yield from needed(value, path)


def _said_otherwise(name: str, repeat: dict) -> bool:
    """Without the field, the times or days that remain are a whole statement of their own."""
    return name in {*EVENTS, "frequency"} and not EVENTS.isdisjoint(repeat.keys() - {name})


def without(order, path):
    copy = deepcopy(order)
    node = copy
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]
    return copy


def counted_from_supply(total):
    """The dispensed supply stands in for directions that are gone: that is said, and not silent."""
    return any("counted from the dispensed quantity" in note for line in total.counted for note in line.assumptions)


@settings(max_examples=150)
@given(orders())
def test_deleting_a_needed_field_never_lowers_the_total_in_silence(order):
    before = total_of(order)
    assume(before.maximum > 0)
    for path in needed(order):
        after = total_of(without(order, path))
        event(str(path[-1]))
        lower = after.maximum < before.maximum or after.scheduled < before.scheduled
        assert not (lower and after.complete and not counted_from_supply(after)), (path, before, after)
