"""The table of traps, through order-sign: which cards appear and which must not, and what none may say."""

from __future__ import annotations

import re
from itertools import count

import pytest

from hooks import services
from hooks.protocol import HookRequest
from hooks.service import Call
from tests.bundles import bundle
from tests.spec.notation import coding, order_of
from tests.spec.tables import AS_OF, charts_of, tables_of

[TABLE] = tables_of("traps")
PATIENT = {"resourceType": "Patient", "id": "example", "birthDate": "1983-05-17"}

TRAPS = {f"T{number:02}" for number in range(1, 19)}

COMMANDS = re.compile(
    r"taper (?:now|to\b)|(?:less than|below|under) (?:50|90)|must (?:taper|stop)|target dose", re.IGNORECASE
)
"""What others told prescribers at 90 MME/day and more, and CDC 2022 never says."""


@pytest.fixture(scope="module")
def order_sign(knowledge):
    offered = services.build(knowledge, guideline="us-cdc-2022", table="cdc-2022")
    return next(service for service in offered if service.hook == "order-sign")


def order_in(cell: str, key: str, status: str = "active"):
    """`coded: directions`, with `stopped` before it for an order that is over."""
    status = "stopped" if cell.startswith("stopped ") else status
    coded, _, directions = cell.removeprefix("stopped ").partition(": ")
    return order_of(key, coded, directions, {"written": "2026-01-10", "status": status})[0]


def problem(text: str):
    return {
        "resourceType": "Condition",
        "code": {"coding": [coding(text)]},
        "subject": {"reference": "Patient/example"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
    }


def cards_of(row, order_sign):
    chart = [part.strip() for part in row["chart"].split(" & ") if part.strip()]
    orders = [order_in(part, f"old{index}") for index, part in enumerate(chart) if not part.startswith("icd:")]
    request = HookRequest(
        hook="order-sign",
        hook_instance="spec",
        patient_id="example",
        context={"patientId": "example", "draftOrders": bundle([order_in(row["writing"], "new", "draft")])},
        prefetch={
            "patient": PATIENT,
            "medications": bundle(orders),
            "conditions": bundle([problem(part) for part in chart if part.startswith("icd:")]),
        },
    )
    numbers = map(str, count())
    return order_sign.evaluate(request, Call(today=AS_OF, new_uuid=lambda: next(numbers)))


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in TABLE.rows])
def test_trap_is_not_fallen_into(row, order_sign):
    cards = cards_of(row, order_sign)
    found = {card.source.topic.value for card in cards}
    assert set(row["cards"].split()) <= found
    assert found.isdisjoint(row["never"].split())
    assert not any(COMMANDS.search(f"{card.summary} {card.detail}") for card in cards)


def test_every_trap_has_a_row_by_its_number():
    cases = " ".join(chart.case for name in ("orders", "worked_examples") for chart in charts_of(name))
    named = {trap for trap in TRAPS if f"({trap})" in cases} | {row["id"][:3] for row in TABLE.rows}
    assert named == TRAPS
