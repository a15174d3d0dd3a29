"""Orders that fulfil, or are, another order: a part is no second prescription."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from opioids.prescriptions import Order

_NONE: frozenset[str] = frozenset()


def parts_of_others(orders: Sequence[Order]) -> set[str]:
    """Keys of orders that fulfil, or are, another order of the list. Of a circle the first one stays."""
    parents = parents_in(orders)
    children: dict[str, list[str]] = {}
    for key, above in parents.items():
        for parent in above:
            children.setdefault(parent, []).append(key)
    if not children:
        return set()
    parts: set[str] = set()
    roots = [key for key, above in parents.items() if above.isdisjoint(parents)]
    for start in (*roots, *parents):
        if start in parts:
            continue
        ahead = list(children.get(start, ()))
        while ahead:
            key = ahead.pop()
            if key != start and key not in parts:
                parts.add(key)
                ahead.extend(children.get(key, ()))
    return parts


def parents_in(orders: Sequence[Order]) -> dict[str, frozenset[str]]:
    """For each order the orders of the list that it fulfils or is.

    An order of another opioid fulfils nothing: morphine that is based on an order of oxycodone is taken beside it.
    """
    if not _NONE.union(*[order.fulfils | order.same_as for order in orders]):
        return dict.fromkeys([order.key for order in orders], _NONE)
    drugs = {order.key: _ingredients(order) for order in orders}
    return {
        order.key: frozenset(
            key
            for key in (order.fulfils | order.same_as) & drugs.keys()
            if key != order.key and _may_be_one(drugs[order.key], drugs[key])
        )
        for order in orders
    }


def _ingredients(order: Order) -> frozenset[str]:
    """The opioids of a readable order; nothing of another."""
    return order.prescription.product.ingredients if order.prescription else _NONE


def _may_be_one(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or not other or not one.isdisjoint(other)


def with_parents(keys: Iterable[str], parents: Mapping[str, frozenset[str]], met: set[str]) -> Iterator[str]:
    """Orders and those that they fulfil or are: who replaces a part means the whole.

    Those that were `met` before are passed over, with all above them; those that are told now are added to them.
    """
    ahead = list(keys)
    while ahead:
        key = ahead.pop()
        if key not in met:
            met.add(key)
            yield key
            ahead.extend(parents[key])
