"""How orders are written and filled as a rule: how far two statements of a dose lie apart, how early one is filled."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache

from opioids.tables import named_numbers

_FILE = "formulary/order_limits.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLimits:
    """Percent, times, days, and one part in so many; what each limit is for stands beside it in its file."""

    restated_percent: Decimal
    contradiction_times: Decimal
    early_fill_days: Decimal
    early_fill_part: Decimal


@cache
def order_limits() -> OrderLimits:
    """The limits of `opioids/knowledge/formulary/order_limits.csv`.

    Raises:
        KnowledgeError: a row without provenance, a limit that is missing or unknown, or a number that is none.
    """
    return OrderLimits(**named_numbers(_FILE, [field.name for field in fields(OrderLimits)]))
