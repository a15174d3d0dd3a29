"""The table of changes, through order-sign: the cut in percent, and whether a slower taper is asked for."""

from __future__ import annotations

from fractions import Fraction
from itertools import count

import pytest

from hooks import services
from hooks.protocol import HookRequest
from hooks.service import Call
from opioids.recommendations import Topic
from tests.bundles import bundle
from tests.spec.notation import order_of
from tests.spec.tables import AS_OF, tables_of, worked

[TABLE] = tables_of("changes")

PATIENT = {"resourceType": "Patient", "id": "example", "birthDate": "1963-05-17"}


@pytest.fixture(scope="module")
def cards_of(knowledge):
    """The cards of order-sign for a row, judged by the row's guideline with that guideline's own table."""
    offered = {
        name: next(
            one
            for one in services.build(knowledge, guideline=name, table=guideline.default_table)
            if one.hook == "order-sign"
        )
        for name, guideline in knowledge.guidelines.items()
    }

    def cards(row):
        numbers = map(str, count())
        call = Call(today=AS_OF, new_uuid=lambda: next(numbers))
        return offered[row["guideline"]].evaluate(request_of(row), call)

    return cards


def orders_in(cell: str) -> list[list[str]]:
    """[medicine, directions] of each order of a cell, or the one sign that stands for it."""
    return [part.strip().split(": ", 1) for part in cell.split(" & ")]


def request_of(row) -> HookRequest:
    before, after = orders_in(row["before"]), orders_in(row["after"])
    active = [
        order_of(f"old{index}", coded, directions, {"written": row["since"]})[0]
        for index, (coded, directions) in enumerate(before)
    ]
    drafts = []
    for index, parts in enumerate(after):
        if parts == ["–"]:
            drafts.append({**active[index], "status": "stopped"})
        elif parts != ["="]:
            prior = {"prior": f"old{index}"} if index < len(before) else {}
            drafts.append(order_of(f"new{index}", *parts, {"draft": "", **prior})[0])
    return HookRequest(
        hook="order-sign",
        hook_instance="spec",
        patient_id="example",
        context={"patientId": "example", "draftOrders": bundle(drafts)},
        prefetch={"patient": PATIENT, "medications": bundle(active), "conditions": bundle([])},
    )


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in TABLE.rows])
def test_change_is_judged_as_the_table_says(row, cards_of):
    cards = cards_of(row)
    slower = [card for card in cards if card.source.topic is Topic.SLOWER_TAPER]
    found = [(card.indicator.value, card.rule) for card in slower]
    assert found == ([] if row["card"] == "none" else [(row["card"], row["rule"])])


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in TABLE.rows])
def test_cut_is_what_the_table_works_out(row, cards_of):
    cards = cards_of(row)
    assert cards, "all of these orders are at, or come from, a dose that is worth a card"
    before, after = cards[0].finding.current.maximum, cards[0].finding.proposed.maximum
    cut = 100 * (Fraction(before) - Fraction(after)) / Fraction(before)
    assert abs(cut - worked(row["cut"])) < Fraction(1, 10**9)
    assert all(card.finding.complete for card in cards)
