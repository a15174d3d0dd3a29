"""What a patient takes before and after the orders that are being written: what replaces what."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from opioids.order_names import by_one_name
from opioids.prescriptions import (
    Ignored,
    IgnoredReason,
    Order,
    Prescription,
    Standing,
    Uncounted,
    UncountedReason,
)
from opioids.signatures import signature

Content = Prescription | Uncounted | Ignored

_NONE: frozenset[str] = frozenset()

_TAKEN_AWAY = frozenset({Standing.WITHDRAWN, Standing.IN_ERROR})
"""Where a draft stands that takes an order away instead of writing one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """One entry per order, in the order given. `current` is before the drafts, `proposed` with them.

    `written` holds the references of the drafts that count in `proposed`; `replaced` the active orders
    that a draft replaces or takes away.
    """

    current: tuple[Content, ...]
    proposed: tuple[Content, ...]
    written: frozenset[str]
    replaced: frozenset[str]


def regimen(active: Sequence[Order], drafts: Sequence[Order], on: date) -> Regimen:
    """Decide which orders count before and after `drafts`.

    A draft replaces the active order that it names as its prior or basis, whose id it bears, or whose
    product, dose and timing are the same; a withdrawn draft takes its active order away. An order that
    fulfils another of the list, is the same order in another list, or whose supply is used up on the day
    `on` and was renewed, counts once.
    """
    active, drafts = by_one_name(active, drafts)
    current = _standing_alone(active, on)
    replacements = _replacements(active, current, drafts)
    proposed = [
        _replaced(order, replacements[place]) if place in replacements else content
        for place, (order, content) in enumerate(zip(active, current, strict=True))
    ]
    proposed.extend(_drafted(drafts))
    return Regimen(
        current=tuple(current),
        proposed=tuple(proposed),
        written=frozenset(order.reference for order in drafts if order.standing not in _TAKEN_AWAY),
        replaced=frozenset(active[place].reference for place in replacements),
    )


def _standing_alone(active: Sequence[Order], on: date) -> list[Content]:
    """What each order of the active list adds by itself, with doubles counted once."""
    contents = [listed(order) for order in active]
    counting = [order for order, content in zip(active, contents, strict=True) if not isinstance(content, Ignored)]
    why = {**_renewed_in_list(counting, on), **_replaced_in_list(counting)}
    why.update(dict.fromkeys(_parts_of_others(counting), "part of another order of the list"))
    seen = _Seen()
    for index, order in enumerate(active):
        content = contents[index]
        if isinstance(content, Ignored):
            continue
        if seen.before(order.key, content):
            contents[index] = _ignored(order, IgnoredReason.REPLACED, "the same order is listed twice")
        elif order.key in why:
            contents[index] = _ignored(order, IgnoredReason.REPLACED, why[order.key])
    return contents


def _replaced_in_list(orders: Sequence[Order]) -> dict[str, str]:
    """Orders that another order of the list names as its prior one (unless each names the other)."""
    replaces = {order.key: order.replaces for order in orders}
    return {
        prior: "replaced by another order of the list"
        for key, priors in replaces.items()
        for prior in priors & replaces.keys()
        if prior != key and key not in replaces[prior]
    }


def _renewed_in_list(orders: Sequence[Order], on: date) -> dict[str, str]:
    """Orders that another one of the list repeats: a supply used up and renewed, or a statement of it."""
    statements = [order for order in orders if _is_statement(order)]
    used_up = [order for order in orders if order.supply_ends is not None and order.supply_ends < on]
    if not statements and (not used_up or len(orders) < 2):
        return {}
    requested, products, latest = _known_requests(orders)
    found: dict[str, str] = {}
    for order in statements:
        mine = order.prescription
        bare = mine is not None and not mine.sigs and mine.product.components in products
        if mine is not None and (bare or signature(mine) in requested):
            found[order.key] = "the same as an order of the list: counted once"
    for order in used_up:
        mine = order.prescription
        if mine and order.started and order.started < latest.get(signature(mine), order.started):
            found[order.key] = "used up and renewed: counted once"
    return found


def _known_requests(orders: Sequence[Order]) -> tuple[set[object], set[object], dict[object, date]]:
    """What the orders of the list say and which products they name, statements apart; and their latest start."""
    requested: set[object] = set()
    products: set[object] = set()
    latest: dict[object, date] = {}
    for order in orders:
        if order.prescription is None:
            continue
        said = signature(order.prescription)
        if not _is_statement(order):
            requested.add(said)
            products.add(order.prescription.product.components)
        if order.started:
            latest[said] = max(order.started, latest.get(said, order.started))
    return requested, products, latest


def _is_statement(order: Order) -> bool:
    return order.key.startswith("MedicationStatement/")


class _Seen:
    """Orders met so far. Two orders under one id are one only when they say the same."""

    def __init__(self) -> None:
        self._first: dict[str, Prescription | Uncounted] = {}
        self._said: dict[str, set[object]] = {}

    def before(self, key: str, content: Prescription | Uncounted) -> bool:
        if key not in self._first:
            self._first[key] = content
            return False
        said = self._said.setdefault(key, {_what(self._first[key])})
        if _what(content) in said:
            return True
        said.add(_what(content))
        return False


def _what(content: Prescription | Uncounted) -> object:
    return signature(content) if isinstance(content, Prescription) else content


def _parts_of_others(orders: Sequence[Order]) -> set[str]:
    """Keys of orders that fulfil, or are, another order of the list. Of a circle the first one stays."""
    parents = _parents_in(orders)
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


def _parents_in(orders: Sequence[Order]) -> dict[str, frozenset[str]]:
    """For each order the orders of the list that it fulfils or is.

    An order of another opioid fulfils nothing: morphine that is based on an order of oxycodone is taken beside it.
    """
    if not any(order.fulfils or order.same_as for order in orders):
        return dict.fromkeys([order.key for order in orders], _NONE)
    drugs = {order.key: _ingredients(order) for order in orders}
    return {
        order.key: frozenset(
            key
            for key in (order.fulfils | order.same_as) & drugs.keys() - {order.key}
            if _may_be_one(drugs[order.key], drugs[key])
        )
        for order in orders
    }


def _ingredients(order: Order) -> frozenset[str]:
    """The opioids of a readable order; nothing of another."""
    prescription = order.prescription
    return frozenset(one.ingredient.name for one in prescription.product.components) if prescription else frozenset()


def _may_be_one(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or not other or not one.isdisjoint(other)


def listed(order: Order) -> Content:
    """What an order of an active list is worth by its status, intent and period."""
    if isinstance(order.content, Ignored):
        return order.content
    if order.standing is Standing.IN_ERROR:
        return _ignored(order, IgnoredReason.ENTERED_IN_ERROR, "")
    if order.plan is not None:
        return order.plan
    if order.standing is Standing.UNKNOWN:
        return Uncounted(
            reference=order.reference,
            medication=order.medication,
            reason=UncountedReason.RESOURCE_INVALID,
            detail=f"the order's status{f' ({order.state})' if order.state else ''} does not tell whether it is taken",
        )
    if order.standing is not Standing.ACTIVE:
        return _ignored(order, IgnoredReason.NOT_ACTIVE, order.state or order.standing)
    return order.outside or order.content


def _drafted(drafts: Sequence[Order]) -> list[Content]:
    """What each order that is being written adds; withdrawn ones and doubles add nothing."""
    seen = _Seen()
    # An order that goes on from one that is stopped in the same session is no part of it.
    adding = [order for order in drafts if order.standing not in _TAKEN_AWAY]
    parts = _parts_of_others([order for order in adding if not isinstance(order.content, Ignored)])
    contents: list[Content] = []
    for order in drafts:
        content = order.content
        if not isinstance(content, Ignored):
            if order.standing is Standing.WITHDRAWN:
                content = _ignored(order, IgnoredReason.NOT_ACTIVE, "stopped by this order")
            elif order.standing is Standing.IN_ERROR:
                content = _ignored(order, IgnoredReason.ENTERED_IN_ERROR, "")
            elif seen.before(order.key, content):
                content = _ignored(order, IgnoredReason.REPLACED, "the same order is listed twice")
            elif order.key in parts:
                content = _ignored(order, IgnoredReason.REPLACED, "part of another order being written")
        contents.append(content)
    return contents


def _replacements(active: Sequence[Order], current: Sequence[Content], drafts: Sequence[Order]) -> dict[int, str]:
    """Places of the active orders that a draft replaces, each with why.

    Who names an order means all that bear its key; who renews one means that one, though another bears its key.
    """
    parents = _parents_in(active)
    alike: dict[object, deque[int]] | None = None
    found: dict[int, str] = {}
    for draft in drafts:
        stops = draft.standing in _TAKEN_AWAY
        named = _with_parents((draft.replaces | draft.fulfils | {draft.key}) & parents.keys(), parents)
        if named:
            why = "stopped by this order" if stops else "replaced by the order being written"
            for place, order in enumerate(active):
                if order.key in named:
                    found.setdefault(place, why)
        elif draft.forbidden:
            found = {**dict.fromkeys(_places_of(draft.forbidden, active), "stopped by this order"), **found}
        if stops or named or draft.prescription is None:
            continue
        if alike is None:
            written = {one.prescription.product.components for one in drafts if one.prescription}
            alike = _by_signature(current, written)
        same = alike.get(signature(draft.prescription), deque()) if alike else deque()
        while same and same[0] in found:
            same.popleft()
        if same:
            found[same.popleft()] = "renewed by the order being written: counted once"
    return found


def _places_of(ingredients: frozenset[str], active: Sequence[Order]) -> Iterator[int]:
    """Places of the prescriptions of a drug that an order says not to give."""
    for place, order in enumerate(active):
        product = order.prescription.product if order.prescription else None
        if product and {part.ingredient.name for part in product.components} <= ingredients:
            yield place


def _with_parents(keys: Iterable[str], parents: Mapping[str, frozenset[str]]) -> set[str]:
    """Orders and those that they fulfil or are: who replaces a part means the whole."""
    found: set[str] = set()
    ahead = list(keys)
    while ahead:
        key = ahead.pop()
        if key not in found:
            found.add(key)
            ahead.extend(parents[key])
    return found


def _by_signature(current: Sequence[Content], written: Container[object]) -> dict[object, deque[int]]:
    """Places of the active prescriptions of drugs that are being written, by what they say."""
    found: dict[object, deque[int]] = {}
    for place, content in enumerate(current):
        if isinstance(content, Prescription) and content.product.components in written:
            found.setdefault(signature(content), deque()).append(place)
    return found


def _replaced(order: Order, why: str) -> Content:
    return _ignored(order, IgnoredReason.REPLACED, why)


def _ignored(order: Order, reason: IgnoredReason, detail: str) -> Ignored:
    return Ignored(reference=order.reference, medication=order.medication, reason=reason, detail=detail)


def split(orders: Iterable[Order]) -> tuple[list[Order], list[Order]]:
    """The active list and the drafts of one mixed list: a draft that is only a plan stays in the list."""
    active: list[Order] = []
    drafts: list[Order] = []
    for order in orders:
        if order.standing is Standing.DRAFT and order.plan is None:
            drafts.append(order)
        else:
            active.append(order)
    return active, drafts
