"""What a patient takes before and after the orders that are being written: what replaces what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from opioids.measures import measure_of
from opioids.prescriptions import (
    Ignored,
    IgnoredReason,
    Order,
    Prescription,
    Refusal,
    Sig,
    Standing,
    Uncounted,
    UncountedReason,
)
from opioids.products import Product
from opioids.quantities import Dose, Frequency

Content = Prescription | Uncounted | Ignored


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
    current = _standing_alone(active, on)
    replacements = _replacements(active, current, drafts)
    proposed = [
        _replaced(order, replacements[order.key]) if order.key in replacements else content
        for order, content in zip(active, current, strict=True)
    ]
    proposed.extend(_drafted(drafts))
    withdrawn = {Standing.WITHDRAWN, Standing.IN_ERROR}
    return Regimen(
        current=tuple(current),
        proposed=tuple(proposed),
        written=frozenset(order.reference for order in drafts if order.standing not in withdrawn),
        replaced=frozenset(order.reference for order in active if order.key in replacements),
    )


def _standing_alone(active: Sequence[Order], on: date) -> list[Content]:
    """What each order of the active list adds by itself, with doubles counted once."""
    contents = [listed(order) for order in active]
    counting = [order for order, content in zip(active, contents, strict=True) if not isinstance(content, Ignored)]
    parts = _parts_of_others(counting)
    renewed = _renewed_in_list(counting, on)
    seen = _Seen()
    for index, order in enumerate(active):
        content = contents[index]
        if isinstance(content, Ignored):
            continue
        if seen.before(order.key, content):
            contents[index] = _ignored(order, IgnoredReason.REPLACED, "the same order is listed twice")
        elif order.key in parts:
            contents[index] = _ignored(order, IgnoredReason.REPLACED, "part of another order of the list")
        elif order.key in renewed:
            contents[index] = _ignored(order, IgnoredReason.REPLACED, renewed[order.key])
    return contents


def _renewed_in_list(orders: Sequence[Order], on: date) -> dict[str, str]:
    """Orders that another one of the list repeats: a supply used up and renewed, or a statement of it."""
    found: dict[str, str] = {}
    for order in orders:
        statement = order.key.startswith("MedicationStatement/")
        used_up = order.supply_ends is not None and order.supply_ends < on
        mine = order.prescription
        if mine is None or not (statement or used_up):
            continue
        for other in orders:
            its = other.prescription
            if other is order or its is None or other.key in found or not is_same(mine, its):
                continue
            if statement and not other.key.startswith("MedicationStatement/"):
                found[order.key] = "the same as an order of the list: counted once"
            elif used_up and order.started and other.started and other.started > order.started:
                found[order.key] = "used up and renewed: counted once"
    return found


class _Seen:
    """Orders met so far. Two orders under one id are one only when they say the same."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[Prescription | Uncounted]] = {}

    def before(self, key: str, content: Prescription | Uncounted) -> bool:
        others = self._by_key.setdefault(key, [])
        if any(_says_the_same(content, other) for other in others):
            return True
        others.append(content)
        return False


def _says_the_same(one: Prescription | Uncounted, other: Prescription | Uncounted) -> bool:
    if isinstance(one, Prescription) and isinstance(other, Prescription):
        return is_same(one, other)
    return one == other


def _parts_of_others(orders: Sequence[Order]) -> set[str]:
    """Keys of orders that fulfil, or are, another order of the list. Of a circle the first one stays."""
    parents = {order.key: (order.fulfils | order.same_as) - {order.key} for order in orders}
    parts: set[str] = set()
    for position, order in enumerate(orders):
        above: set[str] = set()
        ahead = [order.key]
        while ahead:
            for key in parents[ahead.pop()] & parents.keys() - above:
                above.add(key)
                ahead.append(key)
        has_root = any(not parents[key] & parents.keys() for key in above)
        stands_later = any(earlier.key in above for earlier in orders[:position])
        if has_root or stands_later:
            parts.add(order.key)
    return parts


def listed(order: Order) -> Content:
    """What an order of an active list is worth by its status, intent and period."""
    if isinstance(order.content, Ignored):
        return order.content
    if order.standing is Standing.IN_ERROR:
        return _ignored(order, IgnoredReason.ENTERED_IN_ERROR, "")
    if order.standing is Standing.UNKNOWN:
        return Uncounted(
            reference=order.reference,
            medication=order.medication,
            reason=UncountedReason.RESOURCE_INVALID,
            detail="the order's status does not tell whether it is taken",
        )
    if order.standing is not Standing.ACTIVE:
        return _ignored(order, IgnoredReason.NOT_ACTIVE, str(order.standing))
    return order.plan or order.outside or order.content


def _drafted(drafts: Sequence[Order]) -> list[Content]:
    """What each order that is being written adds; withdrawn ones and doubles add nothing."""
    seen = _Seen()
    parts = _parts_of_others([order for order in drafts if not isinstance(order.content, Ignored)])
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


def _replacements(active: Sequence[Order], current: Sequence[Content], drafts: Sequence[Order]) -> dict[str, str]:
    """Keys of active orders that a draft replaces, each with why."""
    parents = {order.key: order.fulfils | order.same_as for order in active}
    keys = parents.keys()
    found: dict[str, str] = {}
    for draft in drafts:
        stops = draft.standing in (Standing.WITHDRAWN, Standing.IN_ERROR)
        named = _with_parents((draft.replaces | draft.fulfils | {draft.key}) & keys, parents)
        for key in sorted(named):
            found.setdefault(key, "stopped by this order" if stops else "replaced by the order being written")
        if not stops and not named and draft.prescription:
            renewed = _renewed(draft.prescription, active, current, found)
            if renewed is not None:
                found[renewed] = "renewed by the order being written: counted once"
    return found


def _with_parents(keys: Iterable[str], parents: Mapping[str, frozenset[str]]) -> set[str]:
    """Orders and those that they fulfil or are: who replaces a part means the whole."""
    found: set[str] = set()
    ahead = list(keys)
    while ahead:
        key = ahead.pop()
        if key not in found:
            found.add(key)
            ahead.extend(parents[key] & parents.keys())
    return found


def _renewed(
    draft: Prescription, active: Sequence[Order], current: Sequence[Content], taken: Collection[str]
) -> str | None:
    """The key of the first active order with the same product, dose and timing that is not replaced yet."""
    for order, content in zip(active, current, strict=True):
        if isinstance(content, Prescription) and order.key not in taken and is_same(content, draft):
            return order.key
    return None


def is_same(one: Prescription, other: Prescription) -> bool:
    """Whether two prescriptions have the same product, dose and timing: one is the other, renewed."""
    mine, its = one.product, other.product
    return (
        mine.components == its.components
        and mine.extended_release == its.extended_release
        and {_taking(sig, mine) for sig in one.sigs} == {_taking(sig, its) for sig in other.sigs}
    )


def _taking(sig: Sig, product: Product) -> tuple[object, ...]:
    """How a dose is taken, apart from from when to when; 1 tablet of 40 mg is 40 mg, and q12h twice a day."""
    dose, frequency = sig.dose, sig.frequency
    amount: object = dose
    if isinstance(dose, Dose) and not isinstance(measure := measure_of(dose, product, product.components[0]), Refusal):
        amount = (dose.low * measure.each, dose.high * measure.each)
    rates: object = frequency
    if isinstance(frequency, Frequency) and frequency.low.days > 0 and frequency.high.days > 0:
        rates = (frequency.low.rate, frequency.high.rate)
    return (amount, rates, sig.as_needed, sig.ceilings, sig.route or product.route)


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
