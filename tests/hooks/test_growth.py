"""Twice the orders are about twice the work: nobody can keep the service busy for hours with one long request.

Work is counted in calls of functions, which are the same on every machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hooks.prefetch import read_prefetch
from hooks.wording import summary
from tests.hooks.orders import TODAY, drug, listed, request

FEW = 120
MOST_TIMES = 2.1
"""A little more than twice: some of it is sorted. Four times is what is done for each order with each other one."""


def day(number: int) -> str:
    return (TODAY + timedelta(days=number)).isoformat()


def order(number: object, **given: Any) -> dict[str, Any]:
    plain = {
        "resourceType": "MedicationRequest",
        "id": f"o{number}",
        "status": "active",
        "intent": "order",
        "authoredOn": day(-700),
        "medicationCodeableConcept": drug("oxycodone 5"),
        "dosageInstruction": [{"text": "1 tablet every 6 hours"}],
    }
    return {name: value for name, value in {**plain, **given}.items() if value is not None}


def named(number: object) -> dict[str, str]:
    return {"reference": f"MedicationRequest/o{number}"}


def of_medication(reference: str) -> dict[str, Any]:
    return {"medicationCodeableConcept": None, "medicationReference": {"reference": reference}}


def listing(number: int) -> dict[str, Any]:
    ingredients = [{"itemReference": {"reference": f"#{one}"}} for one in range(number)]
    return {"resourceType": "Medication", "id": "m", "ingredient": ingredients}


def often(number: int) -> dict[str, Any]:
    """One of those that no plan is made of, whose work would hide how the rest grows."""
    return order(number, dosageInstruction=[{"text": f"1 tablet every {1 + number % 24} hours"}])


def finished(number: int) -> tuple[list[Any], list[Any]]:
    over = [order(one, status="completed", authoredOn=day(-2 * one), dispenseRequest=None) for one in range(number)]
    return [order("new")], over


def stopped(number: int) -> tuple[list[Any], list[Any]]:
    return [order(one, status="stopped") for one in range(number)], list(map(often, range(number)))


def forbidden(number: int) -> tuple[list[Any], list[Any]]:
    return [order(f"d{one}", doNotPerform=True) for one in range(number)], list(map(often, range(number)))


def months_ahead(number: int) -> tuple[list[Any], list[Any]]:
    def fill(one: int) -> dict[str, Any]:
        return order(
            one,
            authoredOn=day(0),
            dispenseRequest={"validityPeriod": {"start": day(one % 20)}},
            dosageInstruction=[{"text": f"1 tablet every {1 + one % 24} hours"}],
        )

    return list(map(fill, range(number))), []


def one_upon_another(number: int) -> tuple[list[Any], list[Any]]:
    drafts = [order(f"d{one}", priorPrescription=named(one)) for one in range(number)]
    return drafts, [order(one, basedOn=[named(one + 1)]) for one in range(number)]


def ingredients_of_one(number: int) -> tuple[list[Any], list[Any]]:
    substances = [{"resourceType": "Substance", "id": str(one), "code": {"text": "oxycodone"}} for one in range(number)]
    return [order("new", **of_medication("#m"), contained=[listing(number), *substances])], []


def one_long_list(number: int) -> tuple[list[Any], list[Any]]:
    medication = listing(10 * number)
    return [*(order(one, **of_medication("Medication/m")) for one in range(number)), medication], []


def drugs_in_place_of_the_list(number: int) -> tuple[list[Any], list[Any]]:
    drugs = [{"resourceType": "Medication", "id": f"m{one}", "code": drug("oxycodone 5")} for one in range(number)]
    return [order(one, **of_medication("Medication/x")) for one in range(number)], drugs


FAMILIES = (
    finished,
    stopped,
    forbidden,
    months_ahead,
    one_upon_another,
    ingredients_of_one,
    one_long_list,
    drugs_in_place_of_the_list,
)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.__name__)
def test_twice_the_orders_are_about_twice_the_work(family, services, call):
    def work(number: int) -> int:
        drafts, active = family(number)
        asked = request("order-sign", listed(*active), drafts=tuple(drafts))
        services["order-sign"].evaluate(asked, call)  # what is remembered of its orders is remembered now
        return calls_in(lambda: services["order-sign"].evaluate(asked, call))

    assert work(2 * FEW) <= MOST_TIMES * work(FEW)


class Compared(str):  # noqa: SLOT000 - a text as JSON has them, with nothing beside it
    """A text that counts how often it is compared."""

    times = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return str.__eq__(self, other)


def test_orders_that_a_client_sends_once_more_are_looked_up(monkeypatch):
    def compared(number: int) -> int:
        monkeypatch.setattr(Compared, "times", 0)
        orders = [order(one, id=Compared(f"o{one}")) for one in range(number)]
        found = read_prefetch({"mine": listed(*orders)["medications"]}, {"draftOrders": listed(*orders)["medications"]})
        assert len(found.repeated) == number
        return Compared.times

    assert compared(2 * FEW) <= MOST_TIMES * compared(FEW)


def test_a_summary_looks_at_no_more_items_than_could_fit():
    """Trying with one item less, and one less again, joined them all each time: 80 kB of empty entries took 40 s."""

    def work(number: int) -> int:
        return calls_in(lambda: summary("Not counted: ", ["a medicine with quite a long name"] * number))

    work(FEW)  # items are shortened once and remembered
    assert work(2 * FEW) == work(FEW)


def calls_in(work: Callable[[], object]) -> int:
    counted = 0

    def count(_frame: object, event: str, _what: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted
