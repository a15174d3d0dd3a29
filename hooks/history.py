"""How long opioids have been taken, from the dates of the orders and their supplies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from fhir_mappings.elements import Element, later, string
from opioids.prescriptions import Ignored, Order, Standing

RENEWED_WITHIN_DAYS = 31
"""Opioids that cannot be refilled are ordered anew every month: a younger order tells no length."""

SHORT_COURSE_DAYS = 14
"""An order whose whole supply is no longer than this is a short course, not a renewal."""

GREATEST_GAP_DAYS = 30
"""Two supplies further apart than this are two episodes of therapy, not one."""


def history_seen(listed_orders: Iterable[tuple[Element, str]]) -> bool:
    """Whether the list holds finished orders at all: then an opioid's earlier ones would be among them."""
    return any(string(one.get("status")) in ("completed", "stopped", "ended") for one, _ in listed_orders)


def therapy_days(orders: Iterable[Order], today: date, *, history_seen: bool) -> int | None:
    """Length of the present opioid therapy in days, from the dates of its orders; None when untold.

    Earlier, finished orders lengthen it where their supply reaches the next one. Opioids are renewed by
    new orders, so one that is younger than a renewal, in a list without finished orders, tells nothing
    of the length, unless it is a short course by its own supply. Nor does an order that names a prior
    one which was not sent.
    """
    opioids = [order for order in orders if not isinstance(order.content, Ignored)]
    active = [order for order in opioids if order.standing is Standing.ACTIVE and not order.outside and not order.plan]
    if not active or any(order.started is None for order in active):
        return None
    known = {order.key for order in opioids}
    if any((order.replaces | order.fulfils) - known for order in active):
        return None
    start = min(order.started for order in active if order.started)
    earlier = sorted(
        (one for one in opioids if one not in active and one.started), key=lambda one: one.started or today
    )
    for order in reversed(earlier):
        if order.started and order.supply_ends and later(order.supply_ends, GREATEST_GAP_DAYS) >= start:
            start = min(start, order.started)
    days = max(0, (today - start).days)
    if days <= RENEWED_WITHIN_DAYS and not history_seen and not all(map(_is_short_course, active)):
        return None
    return days


def _is_short_course(order: Order) -> bool:
    if order.started is None or order.supply_ends is None:
        return False
    return (order.supply_ends - order.started).days <= SHORT_COURSE_DAYS
