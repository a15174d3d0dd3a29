"""The calculator alone: FHIR orders in, their MME total out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fhir_mappings.bundles import read_orders
from fhir_mappings.elements import Json
from opioids.conversion import ConversionTable
from opioids.knowledge import Knowledge
from opioids.later_steps import at_its_highest
from opioids.mme import MmeTotal, mme_total
from opioids.mme_lines import MmeLine
from opioids.prescriptions import Order, Uncounted
from opioids.regimen import regimen, split


def calculate(body: Json, *, knowledge: Knowledge, table: ConversionTable, as_of: date) -> MmeTotal:
    """The total of a resource or Bundle on a day; drafts in it stand over the active orders.

    Raises:
        UnsuitableBody: `body` is neither an order nor a Bundle.
    """
    taken = regimen(*split(read_orders(body, knowledge.recogniser, as_of)), as_of)
    return at_its_highest(taken, mme_total(taken.proposed, table, as_of, being_written=taken.written), table)


def taken_now(orders: Sequence[Order], *, table: ConversionTable, as_of: date) -> MmeTotal:
    """What is taken before anything new: the active orders, or the drafts where no opioid is active."""
    taken = regimen(*split(orders), as_of)
    total = mme_total(taken.current, table, as_of)
    if total.counted or total.uncounted:
        return total
    return mme_total(taken.proposed, table, as_of, being_written=taken.written)


def not_taken_yet(orders: Sequence[Order], now: MmeTotal, *, table: ConversionTable, as_of: date) -> tuple[str, ...]:
    """The opioids that are only being written and so are not part of what is taken `now`: each medicine once."""
    active, drafts = split(orders)
    if not drafts:
        return ()
    taken = regimen(active, drafts, as_of)
    total = mme_total(taken.proposed, table, as_of, being_written=taken.written)
    known: tuple[MmeLine | Uncounted, ...] = (*now.counted, *now.uncounted)
    found: tuple[MmeLine | Uncounted, ...] = (*total.counted, *total.uncounted)
    written = {one.reference for one in drafts} - {one.reference for one in known}
    return tuple(dict.fromkeys(one.medication for one in found if one.reference in written))
