"""The table of paces, through order-sign with the orders of the time before: which rule speaks, and how urgently."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from itertools import count

import pytest

from hooks import services
from hooks.protocol import HookRequest
from hooks.service import Call
from tests.spec.notation import order_of
from tests.spec.tables import AS_OF, tables_of

ROWS = [row for table in tables_of("pace") for row in table.rows]
PATIENT = {"resourceType": "Patient", "id": "example", "birthDate": "1963-05-17"}
MORPHINE = "rx:7052"
RENEWED_LATELY = 5
"""Days; an order of so long ago, alone, tells nothing of the time before."""


@pytest.fixture(scope="module")
def offered(knowledge):
    return {
        name: next(
            one
            for one in services.build(knowledge, guideline=name, table=guideline.default_table)
            if one.hook == "order-sign"
        )
        for name, guideline in knowledge.guidelines.items()
    }


def levels_in(cell: str) -> list[tuple[str, str]]:
    """[dose, days] of each part of a cell; no days where none are told."""
    parts = (part.strip().partition(" for ") for part in cell.split(","))
    return [(dose, days.removesuffix(" d")) for dose, _, days in parts]


def directions(dose: str) -> str:
    return f"{float(Fraction(dose) / 2):g} mg 2/d"


def taken(cell: str):
    """(present order, finished orders), each begun on the day on which the one before it ended."""
    begun, orders = AS_OF, []
    for index, (dose, days) in reversed(list(enumerate(levels_in(cell)))):
        length = timedelta(days=RENEWED_LATELY if days == "?" else int(days))
        begun -= length
        options = {"written": begun.isoformat()}
        order = order_of(f"taken{index}", MORPHINE, f"{directions(dose)} route oral", options)[0]
        if orders:
            supply = {"expectedSupplyDuration": {"value": length.days, "unit": "d"}}
            order = {**order, "status": "completed", "dispenseRequest": supply}
        orders.append(order)
    return orders[0], orders[1:]


def signed(cell: str, present):
    levels = levels_in(cell)
    if cell == "–":
        return {**present, "status": "stopped"}
    steps = [f"{directions(dose)}{f' for {days} d' if days else ''} route oral" for dose, days in levels]
    if len(steps) > 1:
        steps = [f"seq {number} {step}" for number, step in enumerate(steps, 1)]
    return order_of("signed", MORPHINE, "; ".join(steps), {"draft": "", "prior": present["id"]})[0]


def bundle(*resources):
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])
def test_pace_is_judged_as_the_table_says(row, offered):
    present, finished = taken(row["taken"])
    request = HookRequest(
        hook="order-sign",
        hook_instance="spec",
        patient_id="example",
        context={"patientId": "example", "draftOrders": bundle(signed(row["order"], present))},
        prefetch={
            "patient": PATIENT,
            "medications": bundle(present),
            "conditions": bundle(),
            "history": bundle(*finished),
        },
    )
    numbers = map(str, count())
    cards = offered[row["guideline"]].evaluate(request, Call(today=AS_OF, new_uuid=lambda: next(numbers)))
    assert all(card.finding.complete for card in cards)
    found = [(card.indicator.value, card.rule) for card in cards if card.rule.startswith("TA")]
    assert found == ([] if row["card"] == "none" else [(row["card"], row["rule"])])
