"""What is taken: today, before and with the orders being written, and in the course of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from hooks.beside import is_being_written, is_taken
from hooks.history import Before, Chart, Totals, is_start, read_before, stay_of, tells_of_before
from hooks.record import Setting
from hooks.standards import Standards
from opioids.case import Stay
from opioids.change import change_of
from opioids.days import later
from opioids.episodes import Supplied
from opioids.later_steps import at_its_highest
from opioids.listed import listed as of_the_list
from opioids.mme import before_and_after
from opioids.prescriptions import Ignored, Order
from opioids.regimen import Regimen, regimen


class ChartToday(NamedTuple):
    """The orders of the list and those that are being written, and what is taken before and with these.

    `of_the_stay` holds the keys of orders of the list that end with a stay in hospital; `at_home` are the others, and
    `earlier` those of them that did not begin in it either. `begun` holds the doses of today.
    """

    listed: list[Order]
    of_the_stay: frozenset[str]
    at_home: list[Order]
    earlier: list[Order]
    written: list[Order]
    taken: Regimen
    begun: Totals


def chart_today(
    drafts: list[Order], listed: list[Order], setting: Setting, standards: Standards, today: date
) -> ChartToday:
    """Decide what is taken, before and with the drafts.

    What has been given in hospital for so long that it is long-term therapy does not end with the stay, where nothing
    else is taken at home: opioids that are written for home take its place.
    """
    long_term_days = standards.guideline.long_term_days
    lasting = _lasting(listed, setting.of_the_stay, long_term_days, today)
    of_the_stay = setting.of_the_stay - lasting
    instead = [_in_place_of(lasting, order) for order in drafts] if lasting else drafts
    taken = regimen(listed, instead, today, of_the_stay)
    current, proposed = before_and_after(taken.current, taken.proposed, standards.table, today, taken.written)
    at_home = [order for order in listed if order.key not in of_the_stay] if of_the_stay else listed
    return ChartToday(
        listed=listed,
        of_the_stay=of_the_stay,
        at_home=at_home,
        earlier=_earlier(at_home, setting.begun_in_it, long_term_days, today),
        written=list(filter(is_being_written, drafts)),
        taken=taken,
        begun=Totals(current, proposed, change_of(current, proposed, standards.shelf, standards.practice)),
    )


def _earlier(at_home: list[Order], in_it: frozenset[str], long_term_days: int, today: date) -> list[Order]:
    """All but those that began within a stay, unless that was so long ago that they are long-term therapy."""
    if not in_it:
        return at_home
    long = later(today, -long_term_days)
    return [order for order in at_home if order.key not in in_it or (order.started and order.started <= long)]


def _lasting(listed: Sequence[Order], of_the_stay: frozenset[str], long_term_days: int, today: date) -> frozenset[str]:
    """The keys of those orders of a stay that have been given for as long as long-term therapy lasts at least.

    None where an opioid is taken at home: then the ward's is given in its place or beside it.
    """
    if not of_the_stay:
        return of_the_stay
    taken = [order for order in listed if is_taken(order) and not isinstance(order.content, Ignored)]
    if any(order.key not in of_the_stay for order in taken):
        return frozenset()
    return frozenset(one.key for one in taken if one.started and (today - one.started).days >= long_term_days)


def _in_place_of(keys: frozenset[str], draft: Order) -> Order:
    written = draft.prescription is not None and is_being_written(draft)
    return replace(draft, replaces=draft.replaces | keys) if written else draft


class Course(NamedTuple):
    """What was taken until now, and what the orders being written come to at the most.

    `starting` is true where opioids begin with them; `stay` tells what was taken in a hospital that is being left.
    """

    starting: bool
    stay: Stay | None
    before: Before
    totals: Totals


def course_of(
    chart: ChartToday, supplied: Sequence[Supplied], standards: Standards, *, list_seen: bool, complete: bool
) -> Course:
    """Look back and ahead. `complete`: finished orders are in the list too, so that earlier ones would be seen."""
    begun = chart.begun
    known = Chart(orders=_telling(chart), supplied=supplied, complete=complete)
    stay = stay_of(chart.listed, chart.of_the_stay, known, standards, begun.current.as_of)
    takes_none = list_seen and not begun.current.holds_any_opioid
    # A ward's order that bears no category is taken until home, and none that was taken before the stay.
    days_without = standards.guideline.new_therapy_days
    took_none = takes_none or (list_seen and not any(map(_counts, chart.earlier)) and not _goes_on(chart))
    took_none = took_none and not (supplied and _supplied_earlier(chart, supplied, days_without))
    starting = took_none and is_start(chart.earlier, chart.written, days_without, begun.current.as_of)
    # Who begins with steps down is at the beginning: nothing about them is long-term. Who was taken off an opioid,
    # nobody says when, may have taken it until now: what is written then goes on with it.
    begins = starting and not any(map(_has_no_end, chart.at_home))
    begun_days = 0 if begins else stay.therapy_days if stay and takes_none else None
    return Course(
        starting=starting,
        stay=stay,
        before=read_before(known, chart.taken, begun, standards, begun_days),
        totals=_at_their_highest(chart.taken, begun, standards),
    )


def _counts(order: Order) -> bool:
    """Whether an order of the list is, or may be, for an opioid that is taken."""
    return not isinstance(of_the_list(order), Ignored)


def _goes_on(chart: ChartToday) -> bool:
    """Whether the orders of a stay that the list holds, or those being written, go on with one that it does not."""
    earlier = {order.key for order in chart.earlier}
    in_it = [order for order in chart.at_home if order.key not in earlier and _counts(order)]
    named = frozenset[str]().union(*[order.replaces for order in (*in_it, *chart.written)])
    return not named <= {order.key for order in chart.listed}


def _supplied_earlier(chart: ChartToday, supplied: Sequence[Supplied], days_without: int) -> bool:
    """Whether opioids were supplied lately: before today, or before the first order of a stay."""
    earlier = {order.key for order in chart.earlier}
    of_the_stay = [order.started for order in chart.listed if order.key not in earlier and _counts(order)]
    since = min([day for day in of_the_stay if day], default=chart.begun.current.as_of)
    return any(start < since <= later(end, days_without) for start, end in supplied)


def _has_no_end(order: Order) -> bool:
    """Whether an opioid of the list is over, and nothing says since when."""
    return not isinstance(order.content, Ignored) and order.ended is None and order.supply_ends is None


def _telling(chart: ChartToday) -> list[Order]:
    """The orders that tell of the time before."""
    if None not in [order.started for order in chart.at_home]:
        return chart.at_home
    return [
        order
        for order, one in zip(chart.listed, chart.taken.current, strict=True)
        if order.key not in chart.of_the_stay and tells_of_before(order, one)
    ]


def _at_their_highest(taken: Regimen, begun: Totals, standards: Standards) -> Totals:
    """What the orders come to at the most, on a later day if need be. What falls today is judged as it falls."""
    if begun.change.cut > 0:
        return begun
    highest = at_its_highest(taken, begun.proposed, standards.table)
    if highest is begun.proposed:
        return begun
    return Totals(begun.current, highest, change_of(begun.current, highest, standards.shelf, standards.practice))
