"""What the prescriber is looking at, told by the orders that are being written."""

from __future__ import annotations

from fhir_mappings.elements import Element, string
from fhir_mappings.prescriptions import ORDER_TYPES
from hooks.drafts import Asked
from opioids.case import Focus
from opioids.listed import listed
from opioids.prescriptions import Ignored, IgnoredReason, Order, Standing


def focus_of(asked: Asked, orders: list[Order], active: list[Order], *, list_seen: bool) -> Focus:
    """What the orders in focus are; without drafts the chart itself is looked at.

    A draft that was given up before it stood on the list stops nothing, where the list could be seen and holds nothing
    else of the drug that might be meant.
    """
    if asked.whole_chart or asked.drafts is None:
        return Focus.CHART
    looked_at = [order for order in orders if asked.selected is None or _is_selected(order, asked.selected)]
    if list_seen and any(map(_is_taken_away, looked_at)):
        known = frozenset(name for one in active for name in (one.key, *one.names))
        held = _ingredients(active)
        looked_at = [order for order in looked_at if not _never_stood(order, known, held)]
    if not all(map(_is_harmless, looked_at)):
        return Focus.OPIOID
    taken = {order.key for order in active if not isinstance(listed(order), Ignored)}
    if any((order.replaces | order.fulfils | {order.key}) & taken for order in looked_at):
        return Focus.OPIOID
    forbidden = _NOTHING.union(*(order.forbidden for order in looked_at))
    if forbidden and forbidden & _ingredients(active):
        return Focus.OPIOID
    if any(order.risk for order in looked_at):
        return Focus.SEDATIVE
    stood = {order.key for order in active}
    rescue = (order for order in looked_at if order.is_rescue_naloxone and order.standing in _TAKEN_AWAY)
    return Focus.RESCUE if any(order.key in stood or not list_seen for order in rescue) else Focus.NEITHER


_TAKEN_AWAY = (Standing.WITHDRAWN, Standing.IN_ERROR)
_NOTHING: frozenset[str] = frozenset()


def _is_taken_away(order: Order) -> bool:
    return order.standing in _TAKEN_AWAY and order.prescription is not None


def _never_stood(order: Order, known: frozenset[str], held: frozenset[str]) -> bool:
    """Whether an order is taken away that is none of the list, nor names one, nor is for a drug that one is for.

    The list is given by the names that its orders are `known` by, and the opioids that they are for.
    """
    if not _is_taken_away(order):
        return False
    named = order.replaces | order.fulfils | order.names | {order.key}
    return known.isdisjoint(named) and _ingredients([order]).isdisjoint(held)


def _ingredients(orders: list[Order]) -> frozenset[str]:
    """The opioids that are prescribed."""
    return _NOTHING.union(*(order.prescription.product.ingredients for order in orders if order.prescription))


def is_in_focus(sent: Element, asked: Asked) -> bool:
    """Whether a draft is looked at, told by what was sent of it."""
    if asked.selected is None:
        return True
    id_ = string(sent.get("id"))
    return id_ in asked.selected or f"{string(sent.get('resourceType'))}/{id_}" in asked.selected


def _is_selected(order: Order, selected: frozenset[str]) -> bool:
    """Selections name an order as `Type/id`; some clients give the bare id, and some orders have none."""
    kind, _, id_ = order.key.partition("/")
    return kind not in ORDER_TYPES or order.key in selected or id_ in selected


def _is_harmless(order: Order) -> bool:
    return isinstance(order.content, Ignored) and order.content.reason in _HARMLESS


_HARMLESS = (IgnoredReason.NOT_AN_OPIOID, IgnoredReason.ANTAGONIST, IgnoredReason.DO_NOT_PERFORM)


def are_several(drafts: list[Order]) -> bool:
    """Whether more than one of the drafts is, or may be, for an opioid, or takes one away."""
    return len(drafts) > 1 and len({(one.key, one.medication) for one in drafts if not _is_harmless(one)}) > 1


def replaced_opioids(active: list[Order], replaced: frozenset[str]) -> frozenset[str]:
    """The opioid orders of the list that the drafts replace or take away."""
    return frozenset(one.reference for one in active if one.reference in replaced and _is_opioid(one))


def swaps_of(written: list[Order], active: list[Order]) -> frozenset[str] | None:
    """The opioid drafts, where each of them stands in for an active order and bears an id of its own."""
    opioids = [order for order in written if _is_opioid(order)]
    known = {order.key for order in active}
    swap = all(order.replaces & known and order.key not in known for order in opioids)
    return frozenset(order.reference for order in opioids) if swap else None


def _is_opioid(order: Order) -> bool:
    return not isinstance(order.content, Ignored)
