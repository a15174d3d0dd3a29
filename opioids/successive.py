"""Prescriptions that are written together to be taken one after the other.

Opioids that may not be refilled are prescribed for months ahead by several orders, each with the day before which it
is not to be dispensed. Added up they would come to a dose that nobody takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from opioids.prescriptions import Order, Prescription, Sig
from opioids.signatures import signature


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """An order being written, by its place among them: from when on it is taken, and what it is."""

    place: int
    order: Order
    prescription: Prescription
    begins: date
    over: date | None
    """The day from which on another one can be taken in its place, where that is told."""


def one_after_another(drafts: Mapping[int, Order], on: date) -> tuple[dict[int, Prescription], frozenset[str]]:
    """What becomes of orders that follow one another, by their place, and the references of those that wait.

    An order waits that says from which later day on it is taken, where another one of the same formulation begins
    earlier, and says the same, or is over by that day. What it follows ends when it begins.
    """
    if not any(order.begins and order.begins > on for order in drafts.values()):
        return {}, frozenset()
    written = list(_written(drafts, on))
    found: dict[int, Prescription] = {}
    waiting: set[str] = set()
    for later in written:
        before = [one for one in written if one.begins < later.begins and _is_followed(one, later)]
        if later.begins <= on or not before:
            continue
        waiting.add(later.order.reference)
        _put(found, later, start=later.begins)
        for one in before:
            _put(found, one, end=later.begins - timedelta(days=1))
    return found, frozenset(waiting)


def _written(drafts: Mapping[int, Order], on: date) -> Iterator[_Written]:
    for place, order in drafts.items():
        if order.prescription is not None:
            begins = max(order.begins or on, on)
            ends = [sig.end for sig in order.prescription.sigs]
            over = max((end for end in ends if end), default=None) if None not in ends else None
            if over is None and order.supply_ends:
                over = order.supply_ends + (begins - on)  # which was told as if it were dispensed today
            yield _Written(place=place, order=order, prescription=order.prescription, begins=begins, over=over)


def _is_followed(one: _Written, later: _Written) -> bool:
    mine, other = one.prescription, later.prescription
    if signature(mine) == signature(other):
        return True
    return _formulation(mine) == _formulation(other) and one.over is not None and one.over <= later.begins


def _formulation(prescription: Prescription) -> object:
    product = prescription.product
    return frozenset(part.ingredient.name for part in product.components), product.route, product.extended_release


def _put(found: dict[int, Prescription], one: _Written, *, start: date | None = None, end: date | None = None) -> None:
    known = found.get(one.place, one.prescription)
    if start and len({sig.sequence for sig in known.sigs}) > 1:
        found[one.place] = replace(known, starts=start)  # its steps follow from its first day
    else:
        found[one.place] = replace(known, sigs=tuple([_within(sig, start, end) for sig in known.sigs]))


def _within(sig: Sig, start: date | None, end: date | None) -> Sig:
    """Directions within days: what they say themselves stays where it is narrower."""
    starts, ends = [day for day in (sig.start, start) if day], [day for day in (sig.end, end) if day]
    return replace(sig, start=max(starts, default=None), end=min(ends, default=None))
