"""Whether a benzodiazepine is stopped or lowered together with the opioid, and which sedatives are raised beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from fhir_mappings.elements import Element
from fhir_mappings.takings import read_taking
from hooks.beside import is_being_written, is_taken
from opioids.days import later
from opioids.drug_classes import SEDATING, Companion, DrugClass
from opioids.guideline import Pace
from opioids.listed import is_statement
from opioids.prescriptions import Order, Standing
from opioids.sedative_doses import SedativeOrder, a_day, is_lowered, is_raised
from opioids.tapers.profiles import Practice


class Window(NamedTuple):
    """What says how far back a lower dose counts, and how long a short course is."""

    pace: Pace
    practice: Practice

    @property
    def days(self) -> int:
        """Lowered longer ago is not at the same time."""
        return self.pace.tier_window_days - self.pace.grace_days


ReadOrder = tuple[Order, Element]
"""An order with what was sent of it."""


def each_once(orders: Iterable[ReadOrder], today: date) -> list[ReadOrder]:
    """Orders of medicines of weight, none listed twice, and no statement that says no more than another order does."""
    said = {(one[0].key, _sedative(one)): one for one in orders}
    ordered = [(order, by) for (_, by), (order, _) in said.items() if not is_statement(order)]
    keys = {order.key for order, _ in ordered}
    # A statement without directions tells of no other dose.
    told = {(order.risk, dose) for order, by in ordered for dose in (a_day(by, today), ())}
    return [
        (order, sent)
        for (_, by), (order, sent) in said.items()
        if not is_statement(order)
        or (keys.isdisjoint(order.same_as | order.fulfils) and (order.risk, a_day(by, today)) not in told)
    ]


def stated_again(listed: Iterable[ReadOrder], today: date) -> frozenset[str]:
    """References of those statements of the list that go when the order goes of which they tell."""
    taken = [one for one in listed if one[0].risk and is_taken(one[0])]
    if not any(is_statement(order) for order, _ in taken):
        return frozenset()
    kept = {order.reference for order, _ in each_once(taken, today)}
    return frozenset(order.reference for order, _ in taken if order.reference not in kept)


def benzodiazepine_lowered(
    listed: Iterable[ReadOrder],
    drafts: Iterable[ReadOrder],
    replaced: frozenset[str],
    today: date,
    window: Window,
) -> bool:
    """Whether the orders being written lower a benzodiazepine, or it was lowered within the window.

    What was taken for a short course only has not been lowered when it ends.
    """
    known = [one for one in listed if _is_benzodiazepine(one)]
    if not known:
        return False
    taken = each_once([one for one in known if is_taken(one[0])], today)
    after = [_sedative(one) for one in taken if one[0].reference not in replaced]
    written = each_once([one for one in drafts if _is_benzodiazepine(one) and is_being_written(one[0])], today)
    after += [_sedative(one, being_written=True) for one in written]
    if is_lowered([_sedative(one) for one in taken], after, today):
        return True
    since = later(today, -window.days)
    replaced_on = {key: order.started for order, _ in known if order.started for key in order.replaces}
    earlier = ((_sedative(one), _ended(one[0], replaced_on)) for one in known if _is_over(one[0]))
    return any(
        is_lowered([one], after, today)
        for one, ended in earlier
        if one.started
        and ended
        and since < ended <= today
        and (ended - one.started).days > window.practice.short_course_days
    )


def with_raised(
    companions: tuple[Companion, ...],
    listed: Iterable[ReadOrder],
    drafts: Iterable[ReadOrder],
    replaced: frozenset[str],
    today: date,
) -> tuple[Companion, ...]:
    """The same, those told that are taken already and of which the orders being written make it more.

    A renewal that does not name what it renews is no second dose beside it: then the orders being written are
    compared alone.
    """
    if not any(one.written and one.taken and one.drug_class in SEDATING for one in companions):
        return companions
    known = [one for one in listed if is_taken(one[0])]
    written = [one for one in drafts if is_being_written(one[0])]
    return tuple(_told_raised(one, known, written, replaced, today) for one in companions)


def _told_raised(
    one: Companion, known: list[ReadOrder], written: list[ReadOrder], replaced: frozenset[str], today: date
) -> Companion:
    if not (one.written and one.taken and one.drug_class in SEDATING):
        return one
    risk = (one.drug_class, one.ingredient)
    before = each_once([order for order in known if order[0].risk == risk], today)
    ordered = each_once([order for order in written if order[0].risk == risk], today)
    keys = {order.key for order, _ in before}
    linked = all((order.replaces | order.fulfils | {order.key}) & keys for order, _ in ordered)
    stays = [order for order in before if linked and order[0].reference not in replaced]
    after = [*map(_sedative, stays), *(_sedative(order, being_written=True) for order in ordered)]
    return replace(one, raised=is_raised(list(map(_sedative, before)), after, today))


def _is_benzodiazepine(one: ReadOrder) -> bool:
    risk = one[0].risk
    return risk is not None and risk[0] is DrugClass.BENZODIAZEPINE


def _is_over(order: Order) -> bool:
    return not is_taken(order) and order.plan is None and order.standing is not Standing.IN_ERROR


def _sedative(one: ReadOrder, *, being_written: bool = False) -> SedativeOrder:
    order, sent = one
    return SedativeOrder(
        ingredient=order.risk[1] if order.risk else "",
        name=order.medication,
        sigs=read_taking(sent).sigs_from(order.started),
        started=order.started,
        being_written=being_written,
    )


def _ended(order: Order, replaced_on: Mapping[str, date]) -> date | None:
    """The first day without what an order gave: at the latest that of the order that took its place."""
    own = order.ended or order.supply_ends
    return min((day for day in (own, replaced_on.get(order.key)) if day), default=None)
