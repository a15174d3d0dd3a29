"""What each order of a patient's list adds by itself, with doubles counted once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from opioids.order_parts import parts_of_others
from opioids.prescriptions import (
    Content,
    Ignored,
    IgnoredReason,
    Order,
    Prescription,
    Standing,
    Uncounted,
    UncountedReason,
    make_ignored,
)
from opioids.signatures import Hours, hours_of, of_one, signature


def standing_alone(active: Sequence[Order], on: date) -> list[Content]:
    """What each order of the active list adds by itself, with doubles counted once."""
    contents = [listed(order) for order in active]
    counting = [(place, content) for place, content in enumerate(contents) if not isinstance(content, Ignored)]
    orders = [active[place] for place, _ in counting]
    why = {**_renewed_in_list(orders, on), **_replaced_in_list(orders)}
    why.update(dict.fromkeys(parts_of_others(orders), "part of another order of the list"))
    seen = Seen()
    for index, content in counting:
        order = active[index]
        if seen.before(order.key, content):
            contents[index] = set_aside(order, IgnoredReason.REPLACED, "the same order is listed twice")
        elif order.key in why:
            contents[index] = set_aside(order, IgnoredReason.REPLACED, why[order.key])
    return contents


def listed(order: Order) -> Content:
    """What an order of an active list is worth by its status, intent and period."""
    if isinstance(order.content, Ignored):
        return order.content
    if order.standing is Standing.ACTIVE:
        return order.plan or order.outside or order.content
    if order.standing is Standing.IN_ERROR:
        return set_aside(order, IgnoredReason.ENTERED_IN_ERROR, "")
    if order.plan is not None:
        return order.plan
    if order.standing is Standing.UNKNOWN:
        return Uncounted(
            reference=order.reference,
            medication=order.medication,
            reason=UncountedReason.RESOURCE_INVALID,
            detail=f"the order's status{f' ({order.state})' if order.state else ''} does not tell whether it is taken",
        )
    return set_aside(order, IgnoredReason.NOT_ACTIVE, order.state or order.standing)


def set_aside(order: Order, reason: IgnoredReason, detail: str) -> Ignored:
    """An order that adds nothing, and why."""
    return make_ignored(reference=order.reference, medication=order.medication, reason=reason, detail=detail)


def _replaced_in_list(orders: Sequence[Order]) -> dict[str, str]:
    """Orders that another order of the list names as its prior one (unless each names the other)."""
    replaces = {order.key: order.replaces for order in orders}
    if not any(replaces.values()):
        return {}
    return {
        prior: "replaced by another order of the list"
        for key, priors in replaces.items()
        for prior in priors & replaces.keys()
        if prior != key and key not in replaces[prior]
    }


def _renewed_in_list(orders: Sequence[Order], on: date) -> dict[str, str]:
    """Orders that another one of the list repeats: a supply used up and renewed, or a statement of it."""
    if len(orders) < 2:
        return {}
    statements = [order for order in orders if is_statement(order)]
    used_up = [order for order in orders if order.supply_ends is not None and order.supply_ends < on]
    if not statements and not used_up:
        return {}
    requested, latest = _known_requests(orders)
    found: dict[str, str] = {}
    for order in statements:
        if mine := order.prescription:
            said = requested.get(signature(mine) if mine.sigs else mine.product.components)
            if said and of_one(said, mine.product):
                found[order.key] = "the same as an order of the list: counted once"
    for order in used_up:
        mine = order.prescription
        if mine and (started := order.started):
            later = of_one(latest.get(signature(mine), {}), mine.product)
            if any(started < day for day in later):
                found[order.key] = "used up and renewed: counted once"
    return found


_Requested = dict[object, dict[Hours, bool]]
_Latest = dict[object, dict[Hours, date]]


def _known_requests(orders: Sequence[Order]) -> tuple[_Requested, _Latest]:
    """What the orders of the list say and which components they name, statements apart; and their latest start."""
    requested: _Requested = {}
    latest: _Latest = {}
    for order in orders:
        if order.prescription is None:
            continue
        said, product = signature(order.prescription), order.prescription.product
        hours = hours_of(product)
        if not is_statement(order):
            requested.setdefault(said, {})[hours] = True
            requested.setdefault(product.components, {})[hours] = True
        if order.started:
            days = latest.setdefault(said, {})
            days[hours] = max(order.started, days.get(hours, order.started))
    return requested, latest


def is_statement(order: Order) -> bool:
    """Whether an order was not given as one, but is told of as taken."""
    return order.key.startswith("MedicationStatement/")


class Seen:
    """Orders met so far. Two orders under one id are one only when they say the same."""

    def __init__(self) -> None:
        self._first: dict[str, Content] = {}
        self._said: dict[str, set[object]] = {}

    def before(self, key: str, content: Content) -> bool:
        """Whether an order under this key said the same; if not, it is remembered."""
        if key not in self._first:
            self._first[key] = content
            return False
        said = self._said.setdefault(key, {_what(self._first[key])})
        if _what(content) in said:
            return True
        said.add(_what(content))
        return False


def _what(content: Content) -> object:
    return signature(content) if isinstance(content, Prescription) else content
