"""Prescriptions that are written together to be taken one after the other.

Opioids that may not be refilled are prescribed for months ahead by several orders, each with the day before which it
is not to be dispensed. Added up they would come to a dose that nobody takes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from opioids.limits import order_limits
from opioids.prescriptions import Content, Order, Prescription, Sig
from opioids.signatures import signature

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """An order being written, by its place among them: from when on it is taken, and what it says."""

    place: int
    reference: str
    prescription: Prescription
    says: object
    begins: date
    over: date | None
    """The day from which on another one can be taken in its place, where that is told."""
    ends: date | None
    """The same by what the order says of its taking alone, and not by its supply."""

    @property
    def as_needed(self) -> bool:
        """Whether nothing of it is scheduled."""
        return all(sig.as_needed for sig in self.prescription.sigs)


def one_after_another(
    drafts: Mapping[int, Order], on: date, current: Iterable[Content]
) -> tuple[dict[int, Prescription], frozenset[str]]:
    """What becomes of orders that follow one another, by their place, and the references of those that wait.

    An order waits that says from which later day on it is taken, where another one of the same formulation begins
    earlier, and says the same, or is over by that day. What it follows ends when it begins. So does a new drug wait for
    the end of one that is taken until then (`current`): a rotation from one day to the next.
    """
    if not any(order.begins and order.begins > on for order in drafts.values()):
        return {}, frozenset()
    formulations: dict[object, list[_Written]] = {}
    written = sorted(_written(drafts, on), key=lambda one: one.begins)
    for one in written:
        formulations.setdefault(_formulation(one.prescription), []).append(one)
    rotations = _Rotations(written, current)
    found: dict[int, Prescription] = {}
    waiting: set[str] = set()
    for alike in formulations.values():
        line = _Line(alike)
        for one in alike:
            following = line.next_after(one) or rotations.next_after(one)
            waits = line.waits(one) or rotations.waits(one)
            if waits:
                waiting.add(one.reference)
            if waits or following:
                end = following - timedelta(days=1) if following else None
                found[one.place] = _dated(one.prescription, one.begins if waits else None, end)
    return found, frozenset(waiting)


class _Line:
    """The orders of one formulation by the days on which they begin.

    One is followed by another that begins later, and says the same or finds it over. Of what is taken as needed nobody
    takes two at once: without any end the next one takes its place. Days are looked up: each of a thousand orders
    has a thousand others beside it.
    """

    def __init__(self, alike: Sequence[_Written]) -> None:
        """`alike` in the order of their days."""
        self._days = [one.begins for one in alike]
        self._as_needed = [one.begins for one in alike if one.as_needed]
        self._without_end = [one.begins for one in alike if one.as_needed and one.over is None]
        ends = [max(one.begins + _DAY, one.over) for one in alike if one.over and one.begins < date.max]
        self._makes_way = min(ends, default=None)
        self._saying: dict[object, list[date]] = {}
        for one in alike:
            self._saying.setdefault(one.says, []).append(one.begins)

    def next_after(self, one: _Written) -> date | None:
        """The day on which the first order that follows another one begins."""
        found = _later(self._saying[one.says], one.begins)
        if one.over is not None:
            place = max(bisect_left(self._days, one.over), bisect_right(self._days, one.begins))
            found += self._days[place : place + 1]
        elif one.as_needed:
            found += _later(self._as_needed, one.begins)
        return min(found, default=None)

    def waits(self, one: _Written) -> bool:
        """Whether an order follows another one."""
        if self._saying[one.says][0] < one.begins:
            return True
        if self._makes_way is not None and self._makes_way <= one.begins:
            return True
        return one.as_needed and bool(self._without_end) and self._without_end[0] < one.begins


class _Rotations:
    """Orders that end what is taken now by their own words, and those of drugs that are not taken yet."""

    def __init__(self, written: Sequence[_Written], current: Iterable[Content]) -> None:
        taken = {one.product.ingredients for one in current if isinstance(one, Prescription)}
        going_on = [one for one in written if one.prescription.product.ingredients in taken]
        self._new = {one.place for one in written} - {one.place for one in going_on}
        self._ending = {one.place for one in going_on if one.ends}
        ends = [max(one.ends, one.begins + _DAY) for one in going_on if one.ends]
        self._end = max(ends, default=None)
        self._days = {one.begins for one in written if one.place in self._new}

    def next_after(self, one: _Written) -> date | None:
        """The day on which a new drug begins, where that is the last one of what is taken now."""
        is_last = one.place in self._ending and one.ends in self._days
        return one.ends if is_last and one.ends and one.ends > one.begins else None

    def waits(self, one: _Written) -> bool:
        """Whether a new drug begins when what is taken now has ended."""
        return one.place in self._new and self._end is not None and self._end <= one.begins


def _later(days: Sequence[date], than: date) -> list[date]:
    """The first of some days in order that is later than another."""
    place = bisect_right(days, than)
    return list(days[place : place + 1])


def _written(drafts: Mapping[int, Order], on: date) -> Iterator[_Written]:
    for place, order in drafts.items():
        if order.prescription is not None:
            begins, ends = max(order.begins or on, on), _ends(order, order.prescription)
            yield _Written(
                place=place,
                reference=order.reference,
                prescription=order.prescription,
                says=signature(order.prescription),
                begins=begins,
                over=ends or _used_up(order, begins),
                ends=ends,
            )


def _ends(order: Order, prescription: Prescription) -> date | None:
    """When it ends by what it says of its taking."""
    ends = [sig.end for sig in prescription.sigs]
    return order.ended or (max((end for end in ends if end), default=None) if None not in ends else None)


def _used_up(order: Order, begins: date) -> date | None:
    """When its supply is used up; until when it may be dispensed is asked only where that is not told."""
    lasts = order.supply_days
    if lasts is None:
        return order.supply_ends
    # A month's supply lasts 30 days and the next may be filled on the 28th: what is left is not taken on top.
    limits = order_limits()
    early = min(int(limits.early_fill_days), lasts // int(limits.early_fill_part))
    return begins + min(timedelta(days=lasts - early), date.max - begins)


def _formulation(prescription: Prescription) -> object:
    product = prescription.product
    return product.ingredients, product.route, product.extended_release


def _dated(one: Prescription, start: date | None, end: date | None) -> Prescription:
    """A prescription within days: what its directions say themselves stays where it is narrower."""
    waits = start is not None
    if start and len({sig.sequence for sig in one.sigs}) > 1:
        one, start = replace(one, starts=start), None  # its steps follow from its first day
    return replace(one, sigs=tuple([_within(sig, start, end) for sig in one.sigs]), waits=waits)


def _within(sig: Sig, start: date | None, end: date | None) -> Sig:
    starts, ends = [day for day in (sig.start, start) if day], [day for day in (sig.end, end) if day]
    return replace(sig, start=max(starts, default=None), end=min(ends, default=None))
