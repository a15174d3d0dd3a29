"""Orders by one name each: other systems may know an order by an identifier, whatever its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from opioids.prescriptions import Order


def by_one_name(active: Sequence[Order], drafts: Sequence[Order]) -> tuple[Sequence[Order], Sequence[Order]]:
    """The same orders, with one key for those of one kind that bear one identifier, and links by identifier as keys.

    An identifier makes no more of two orders than an id does: they are one only when they say the same.
    """
    keys: dict[str, dict[str, str]] = {}
    linked: set[str] = set()
    alone = True
    for order in (*active, *drafts):
        linked.update(order.replaces, order.fulfils, order.same_as)
        for name in order.names:
            alone = keys.setdefault(name, {}).setdefault(_kind(order), order.key) == order.key and alone
    if alone and linked.isdisjoint(keys):
        return active, drafts
    return [_renamed(order, keys) for order in active], [_renamed(order, keys) for order in drafts]


def _kind(order: Order) -> str:
    """A statement may bear the identifier of the order that it is about, and is still another record."""
    return order.key.partition("/")[0]


def _renamed(order: Order, keys: Mapping[str, Mapping[str, str]]) -> Order:
    key = next((keys[name][_kind(order)] for name in sorted(order.names)), order.key)
    replaces, fulfils, same_as = (
        _links(named, keys) - {key} for named in (order.replaces, order.fulfils, order.same_as)
    )
    return replace(order, key=key, replaces=replaces, fulfils=fulfils, same_as=same_as)


def _links(named: frozenset[str], keys: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
    if named.isdisjoint(keys):
        return named
    return frozenset(key for one in named for key in (keys[one].values() if one in keys else (one,)))
