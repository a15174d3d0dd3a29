"""What was taken before today, from day to day, as far as the dates of orders tell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from opioids.conversion import ConversionTable
from opioids.converted import Worth, worth_of, worth_on_any_day
from opioids.days import earliest, later
from opioids.listed import Seen
from opioids.mme import MmeTotal, maximum_of
from opioids.prescriptions import Ignored, Order, Prescription, Standing, Uncounted

_GONE = (Standing.ENDED, Standing.WITHDRAWN)


class Level(NamedTuple):
    """MME/day from a day on, until the next level; None where it cannot be told."""

    since: date
    mme: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDoses:
    """The levels of the past, oldest first; the last one is what is taken now. Empty: nothing is known."""

    levels: tuple[Level, ...] = ()

    def on(self, day: date) -> Decimal | None:
        """What was taken at the end of a day; None before the first level, or where it cannot be told."""
        return next((one.mme for one in reversed(self.levels) if one.since <= day), None)

    def highest_stable(self, least_days: int, since: date, until: date) -> Decimal | None:
        """The highest dose that was kept up, or exceeded, for `least_days` on end between two days."""
        ends = [*(one.since for one in self.levels[1:]), until]
        spans = [
            (max(one.since, since), end, one.mme)
            for one, end in zip(self.levels, ends, strict=False)  # no levels have no end
            if end > since
        ]
        found: list[Decimal] = []
        for index, (start, _, _) in enumerate(spans):
            lowest: Decimal | None = None
            for _, end, mme in spans[index:]:
                if mme is None:
                    break
                lowest = mme if lowest is None else min(lowest, mme)
                if (end - start).days >= least_days:
                    found.append(lowest)
                    break
        return max(found, default=None)

    @property
    def last_fell(self) -> bool:
        """Whether the last change that is known lowered the dose."""
        if len(self.levels) < 2:
            return False
        before, now = self.levels[-2].mme, self.levels[-1].mme
        return before is not None and now is not None and now < before

    @property
    def before_last_fall(self) -> Decimal | None:
        """The dose from which the last change that is known lowered; None where it did not lower."""
        return self.levels[-2].mme if self.last_fell else None

    def given_up(self, on: date, *, least_days: int, stable_days: int, back_days: int) -> Decimal | None:
        """The steady dose that was lowered, where it has been lower for `least_days` or longer on a day."""
        if not self.last_fell or (on - self.levels[-1].since).days < least_days:
            return None
        return self.highest_stable(stable_days, on - timedelta(days=back_days), on)

    def followed_by(self, day: date, mme: Decimal | None) -> PastDoses:
        """The same with what is taken from a later day on."""
        return PastDoses(levels=(*self.levels, Level(day, mme)))


NOTHING_KNOWN = PastDoses()


_Span = tuple[date, date | None, Order]
"""From when until when (None: still) an order was followed."""


def past_doses(
    orders: Sequence[Order], current: MmeTotal, table: ConversionTable, *, back_days: int, greatest_gap_days: int
) -> PastDoses:
    """The doses of the last `back_days`, told by when each order began and ended.

    An order that is over ends when a later one replaces it or goes on with the same formulation, or, where
    there is none soon after, with its supply or its period. One whose end cannot be told is left out. Where nothing
    is taken now, that is known only when the record dates the end of the last one, or when its supply ended long
    enough ago for it not to last until today.

    Args:
        orders: the patient's orders, finished ones included.
        current: what is taken today, before anything that is being written.
        table: the conversion table, for every day the same one.
        back_days: how far back to look.
        greatest_gap_days: an order that follows within so many days goes on with what was taken.
    """
    today, now = current.as_of, current.maximum if current.complete else None
    standing = {line.reference for line in current.counted} | {one.reference for one in current.uncounted}
    opioids = _told_once(orders)
    counting = [one for one in opioids if one.reference in standing]
    if None in [one.started for one in counting]:
        return NOTHING_KNOWN
    over = [one for one in opioids if one.reference not in standing and (one.standing in _GONE or one.outside)]
    spans: list[_Span] = [(one.started, None, one) for one in counting if one.started]
    if over:
        spans += _finished(over, opioids, today, greatest_gap_days)
    if not counting and not _are_over(spans, today, greatest_gap_days):
        return NOTHING_KNOWN
    turns = _turns(spans)
    first = max(later(today, -back_days), min([start for start, _, _ in spans]))
    days = sorted([day for day in {first, *turns} if first <= day < today])
    levels = _levels(spans, table, days)
    if levels and today not in turns:
        levels[-1] = Level(levels[-1].since, now)
    else:
        levels.append(Level(today, now))
    return PastDoses(levels=tuple(levels))


def _told_once(orders: Iterable[Order]) -> list[Order]:
    """The opioids that were ordered, each once, however often it is listed."""
    opioids = [order for order in orders if not isinstance(order.content, Ignored) and order.plan is None]
    if len({one.key for one in opioids}) == len(opioids):
        return opioids
    seen = Seen()
    return [one for one in opioids if not seen.before(one.key, one.content)]


def _are_over(spans: Sequence[_Span], today: date, greatest_gap_days: int) -> bool:
    """Whether the last of some orders is known to have ended, or too long ago for its supply to last until today."""
    ended = [(end, order.ended == end) for _, end, order in spans if end]
    last, is_dated = max(ended, default=(today, False))
    return is_dated or (today - last).days > greatest_gap_days


def _finished(over: Iterable[Order], opioids: Sequence[Order], today: date, greatest_gap_days: int) -> Iterator[_Span]:
    successors = _Successors(opioids)
    for order in over:
        end = _end_of(order, successors, greatest_gap_days)
        if order.started and end and order.started < end <= today:
            yield order.started, end, order


def _end_of(order: Order, successors: _Successors, greatest_gap_days: int) -> date | None:
    """The first day without an order: that of the next one, unless its own end is long before that."""
    known = earliest((order.supply_ends, order.ended))
    next_one = successors.begin(order)
    if next_one and (known is None or (next_one - known).days <= greatest_gap_days):
        return next_one
    return known


class _Successors:
    """When orders take the place of others: those that say so, and younger ones of the formulation.

    Looked up by both, since each of a thousand orders has a thousand others beside it.
    """

    def __init__(self, orders: Iterable[Order]) -> None:
        self._named: dict[str, date] = {}
        self._alike: dict[object, list[date]] = {}
        for one in orders:
            if one.started:
                self._alike.setdefault(_formulation(one), []).append(one.started)
                for key in one.replaces:
                    self._named[key] = min(one.started, self._named.get(key, one.started))
        for days in self._alike.values():
            days.sort()

    def begin(self, order: Order) -> date | None:
        """The day on which the first successor of an order begins."""
        alike, named = self._alike.get(_formulation(order), []), self._named.get(order.key)
        younger = alike[bisect_right(alike, order.started) :][:1] if order.started else []
        return earliest([*younger, named])


def _formulation(order: Order) -> object:
    prescription = order.prescription
    if prescription is None:
        return order.key
    return prescription.product.ingredients, prescription.product.extended_release


def _turns(spans: Iterable[_Span]) -> set[date]:
    """The days on which something began, ended, or went on to its next step."""
    turns: set[date] = set()
    for start, end, order in spans:
        turns.add(start)
        if end:
            turns.add(end)
        prescription = order.prescription
        for sig in prescription.sigs if prescription else ():
            if sig.start:
                turns.add(sig.start)
    return turns


def _levels(spans: Iterable[_Span], table: ConversionTable, days: Iterable[date]) -> list[Level]:
    """What was taken from each of some days on, where it was another dose than before.

    What does not depend on the day is looked up once.
    """
    followed: list[_Followed] = []
    for start, end, order in spans:
        prescription = order.prescription
        worth = worth_on_any_day(prescription, table, start) if prescription else None
        followed.append((start, end, prescription, worth))
    levels: list[Level] = []
    for day in days:
        mme = _taken_on(day, followed, table)
        if not levels or levels[-1].mme != mme:
            levels.append(Level(day, mme))
    return levels


_Followed = tuple[date, date | None, Prescription | None, Worth | Uncounted | Ignored | None]
"""From when until when a prescription was followed (None: one that cannot be read), and what it comes to on any day."""


def _taken_on(day: date, followed: Iterable[_Followed], table: ConversionTable) -> Decimal | None:
    """MME on a day; None where something could not be counted."""
    counted: list[tuple[Prescription, Worth]] = []
    for start, end, prescription, known in followed:
        if start <= day and (end is None or day < end):
            if prescription is None:
                return None
            worth = known or worth_of(prescription, table, day)
            if isinstance(worth, Worth):
                counted.append((prescription, worth))
            elif isinstance(worth, Uncounted):
                return None
    return maximum_of(counted)
