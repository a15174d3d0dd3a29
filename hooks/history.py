"""What the chart tells of the time before: how long opioids have been taken, and at which doses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from fhir_mappings.dispenses import opioids_supplied
from fhir_mappings.elements import Element
from fhir_mappings.references import Resources
from hooks.beside import is_taken
from hooks.standards import Standards
from opioids.case import Stay
from opioids.change import Change
from opioids.days import earliest, later
from opioids.episodes import Supplied, length_of_therapy
from opioids.later_steps import Begun, has_steps, later_falls
from opioids.mme import MmeTotal, mme_total
from opioids.pace import Fall
from opioids.past_doses import NOTHING_KNOWN, PastDoses, past_doses
from opioids.prescriptions import Content, Ignored, IgnoredReason, Order, Prescription, Standing
from opioids.regimen import Regimen, regimen
from opioids.signatures import signature
from opioids.tapers.profiles import Practice
from opioids.values import maker, quickly_made

_NONE: frozenset[str] = frozenset()
_FINISHED = frozenset({"completed", "stopped", "ended"})


def history_seen(listed_orders: Iterable[tuple[Element, str]]) -> bool:
    """Whether the list holds finished orders at all: then an opioid's earlier ones would be among them."""
    for one, _ in listed_orders:
        status = one.get("status")
        if isinstance(status, str) and status.strip() in _FINISHED:
            return True
    return False


@quickly_made
class Chart:
    """What is known of earlier opioids: orders of the list, finished ones included, and what was dispensed.

    `complete` is true when finished orders are among them, so that earlier ones would be seen. `of_the_stay` holds the
    keys of orders that were for a stay in hospital, which end with it.
    """

    orders: Sequence[Order]
    supplied: Sequence[Supplied] = ()
    complete: bool = False
    of_the_stay: frozenset[str] = frozenset()

    def is_short_course(self, order: Order, today: date, practice: Practice) -> bool:
        """Whether an order is for some days only: by its own supply, or because the stay it was for ends."""
        if order.started is None:
            return False
        ends = today if order.key in self.of_the_stay else order.supply_ends
        return ends is not None and (ends - order.started).days <= practice.short_course_days


def tells_of_before(order: Order, taken: Content) -> bool:
    """Whether an order tells of the time before, by what is taken of it: not an undated double of another one."""
    return order.started is not None or not (isinstance(taken, Ignored) and taken.reason is IgnoredReason.REPLACED)


class Totals(NamedTuple):
    """What is taken now, what would be taken with the orders being written, and the difference."""

    current: MmeTotal
    proposed: MmeTotal
    change: Change


@quickly_made
class Before:
    """The time before today's orders, and the steps down that these hold for later.

    `short_course_ends` is true where no more falls than a short course had added.
    """

    therapy_days: int | None
    past: PastDoses = NOTHING_KNOWN
    later_falls: tuple[Fall, ...] = ()
    short_course_ends: bool = False


make_before = maker(Before)


def read_before(chart: Chart, taken: Regimen, totals: Totals, standards: Standards, begun_days: int | None) -> Before:
    """The length of therapy, and, only where the dose changes now or later, the earlier doses.

    `begun_days`: for how long opioids have been taken by somebody who takes none at home, where that is known.
    """
    pace, practice = standards.guideline.pace, standards.practice
    current, proposed, change = totals
    days = therapy_days(chart, current.as_of, practice, long_days=pace.long_therapy_days)
    steps = has_steps(taken.proposed, taken.written | taken.later)
    if not change.cut and not steps:
        return make_before(therapy_days=days)
    past = past_doses(
        chart.orders,
        current,
        standards.table,
        back_days=pace.lookback_days,
        greatest_gap_days=practice.greatest_gap_days,
    )
    falls: tuple[Fall, ...] = ()
    if steps:
        begun = Begun(therapy_days=begun_days if days is None else days, past=past)
        falls = later_falls(taken, proposed, standards.measure(standards.table), begun)
    return make_before(
        therapy_days=days,
        past=past,
        later_falls=falls,
        short_course_ends=change.cut > 0 and _short_course_ends(chart, taken, past, totals, practice),
    )


def stay_of(
    active: Sequence[Order], of_the_stay: frozenset[str], chart: Chart, standards: Standards, today: date
) -> Stay | None:
    """What is taken in a hospital until now, those orders of the list included that end with the stay."""
    if not of_the_stay:
        return None
    known, pace = replace(chart, orders=active, of_the_stay=of_the_stay), standards.guideline.pace
    return Stay(
        total=mme_total(regimen(active, (), today).current, standards.table, today),
        therapy_days=therapy_days(known, today, standards.practice, long_days=pace.long_therapy_days),
    )


def supplied_opioids(dispenses: Iterable[Element], resources: Resources, standards: Standards) -> list[Supplied]:
    """What was handed over of opioids, for as long as the supply says, or for one renewal."""
    renewed = standards.practice.renewed_within_days
    return [
        (day, later(day, days or renewed))
        for day, days in opioids_supplied(dispenses, resources, standards.knowledge.recogniser)
    ]


def therapy_days(chart: Chart, today: date, practice: Practice, *, long_days: int) -> int | None:
    """Length of the present opioid therapy in days, as far as orders and supplies tell; None when untold.

    Earlier, finished orders lengthen it where their supply reaches the next one. Opioids are renewed by
    new orders, so one that is younger than a renewal, in a list without finished orders, tells nothing
    of the length, unless it is a short course by its own supply. Nor does an order that names a prior
    one which was not sent, unless it alone is `long_days` old.
    """
    opioids = [order for order in chart.orders if not isinstance(order.content, Ignored)]
    active: list[Order] = []
    over: list[Order] = []
    for order in opioids:
        (active if is_taken(order) else over).append(order)
    started = [order.started for order in active if order.started]
    if not active or len(started) < len(active):
        return None
    tomorrow = later(today, 1)
    spans = [*chart.supplied, *[(day, tomorrow) for day in started]]
    if over:
        spans += _spans_of(over, opioids, practice)
    days = length_of_therapy(spans, today, practice)
    if days is None or days >= long_days:
        return days
    if _NONE.union(*[order.replaces | order.fulfils for order in active]) - {order.key for order in opioids}:
        return None
    told = chart.complete or chart.supplied or all(chart.is_short_course(order, today, practice) for order in active)
    return days if told or days > practice.renewed_within_days else None


def _spans_of(over: Iterable[Order], opioids: Iterable[Order], practice: Practice) -> Iterator[Supplied]:
    """From when until when those were taken that are not taken any more."""
    replaced_on = {key: order.started for order in opioids if order.started for key in order.replaces}
    for order in over:
        if order.started is None or order.standing is Standing.IN_ERROR or order.plan is not None:
            continue
        # What was stopped by the order that took its place was followed until then.
        stopped = replaced_on.get(order.key) if order.standing is Standing.WITHDRAWN else None
        told = earliest((order.supply_ends, order.ended)) or stopped
        yield order.started, told or later(order.started, practice.renewed_within_days)


def _short_course_ends(chart: Chart, taken: Regimen, past: PastDoses, totals: Totals, practice: Practice) -> bool:
    """Whether all that is lowered are short courses by their own supply, and the dose before them stays."""
    written = {
        signature(one) for one in taken.proposed if isinstance(one, Prescription) and one.reference in taken.written
    }
    lowered = [
        order
        for order in chart.orders
        if order.reference in taken.replaced
        and not isinstance(order.content, Ignored)
        and not (order.prescription and signature(order.prescription) in written)
    ]
    today = totals.current.as_of
    begun = [order.started for order in lowered if order.started and chart.is_short_course(order, today, practice)]
    if not begun or len(begun) < len(lowered):
        return False
    before = past.on(later(min(begun), -1))
    return before is not None and before <= totals.proposed.maximum


def is_start(active: Sequence[Order], written: Sequence[Order], days: int, today: date) -> bool:
    """Whether an opioid is written for somebody who takes none and had none for so many days."""
    if not any(not isinstance(order.content, Ignored) for order in written):
        return False
    earlier = [order for order in active if not isinstance(order.content, Ignored)]
    return all(_ended_before(order, days, today) for order in earlier)


def _ended_before(order: Order, days: int, today: date) -> bool:
    """Whether an opioid is known to have been over for more than so many days; what is on hold may be back any day."""
    if order.standing is Standing.ON_HOLD:
        return False
    known = [one for one in (order.started, order.supply_ends) if one]
    return bool(known) and later(max(known), days) < today
