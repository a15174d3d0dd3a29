"""Orders that fulfil, or are, another order: a part is no second prescription; and orders by one name each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from opioids.prescriptions import Order

_NONE: frozenset[str] = frozenset()


def parts_of_others(orders: Sequence[Order]) -> set[str]:
    """Keys of orders that fulfil, or are, another order of the list. Of a circle the first one stays."""
    if not _name_a_whole(orders):
        return set()
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

    An order of another drug fulfils nothing: morphine that is based on an order of oxycodone is taken beside it, and
    who stops a sedative stops no opioid that its statement names.
    """
    if not _name_a_whole(orders):
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


def _name_a_whole(orders: Iterable[Order]) -> bool:
    """Whether any order names one that it fulfils or is; in most lists none does."""
    return True in [bool(order.fulfils or order.same_as) for order in orders]


def _ingredients(order: Order) -> frozenset[str]:
    """The opioids of a readable order, or what sedates or blocks; nothing of an order that cannot be read."""
    if order.prescription:
        return order.prescription.product.ingredients
    return frozenset(order.risk[1:]) if order.risk else _NONE


def is_of_another_drug(one: Order, other: Order) -> bool:
    """Whether two readable orders have nothing in common, so that neither fulfils nor is the other."""
    return not _may_be_one(_ingredients(one), _ingredients(other))


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


# ---- names: other systems may know an order by an identifier, whatever its id ----


def by_one_name(active: Sequence[Order], drafts: Sequence[Order]) -> tuple[Sequence[Order], Sequence[Order]]:
    """The same orders, with one key for those of one kind that bear one identifier, and links by identifier as keys.

    An identifier makes no more of two orders than an id does: they are one only when they say the same.
    """
    orders = (*active, *drafts)
    names = [name for order in orders for name in order.names]
    links = [named for order in orders for named in (order.replaces, order.fulfils, order.same_as) if named]
    linked = _NONE.union(*links)
    if len(set(names)) == len(names) and linked.isdisjoint(names):
        return active, drafts
    keys: dict[str, dict[str, str]] = {}
    alone = True
    for order in orders:
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
