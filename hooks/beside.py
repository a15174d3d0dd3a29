"""What is taken or written beside the opioid: sedatives, blockers, and rescue naloxone that is at hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from fhir_mappings.life import ZONES_DIFFER_DAYS
from opioids.days import later
from opioids.drug_classes import Companion, make_companion
from opioids.prescriptions import Ignored, IgnoredReason, Order, Standing


def companions_of(listed: Iterable[Order], staying: Iterable[Order], written: Iterable[Order]) -> tuple[Companion, ...]:
    """Each medicine of weight once. `listed` are those of the list, `staying` those that the drafts leave there."""
    known = {order.risk for order in listed if order.risk and is_taken(order)}
    found: dict[tuple[str, str], Companion] = {}
    taken = [(one, False) for one in staying if one.risk and is_taken(one)]
    for order, is_written in [*[(one, True) for one in written], *taken]:
        if order.risk is None or order.risk in found:
            continue
        drug_class, ingredient = order.risk
        found[order.risk] = make_companion(
            drug_class=drug_class,
            ingredient=ingredient,
            medication=order.medication,
            written=is_written,
            taken=order.risk in known,
            opioid_too=not isinstance(order.content, Ignored),
        )
    return tuple(found.values())


def is_taken(order: Order) -> bool:
    """Whether an order of the list stands on the day."""
    return order.standing is Standing.ACTIVE and order.plan is None and order.outside is None


def is_being_written(order: Order) -> bool:
    """Whether a draft orders something, and does not take an order away or forbid a drug."""
    forbidden = order.plan is not None and order.plan.reason is IgnoredReason.DO_NOT_PERFORM
    return order.standing not in (Standing.WITHDRAWN, Standing.IN_ERROR) and not forbidden


def naloxone_at_hand(
    staying: Iterable[Order], written: Iterable[Order], supplied: Sequence[date], lookback_days: int, today: date
) -> bool:
    """Whether rescue naloxone is being written, or was ordered or supplied within the last `lookback_days`.

    An active order without a date counts; a finished one without a date does not: it may be of any age.
    """

    def is_recent(day: date) -> bool:
        return day <= later(today, ZONES_DIFFER_DAYS) and today <= later(day, lookback_days)

    if any(order.is_rescue_naloxone for order in written) or any(map(is_recent, supplied)):
        return True
    for order in staying:
        if not order.is_rescue_naloxone or order.plan is not None:
            continue
        if order.started is not None and order.standing in (Standing.ACTIVE, Standing.ENDED):
            if later(order.started, lookback_days) >= today:
                return True
        elif is_taken(order):
            return True
    return False
