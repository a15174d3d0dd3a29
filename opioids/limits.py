"""How orders are written and filled and how patches are worn as a rule: the limits of it, from data.

What is beyond a limit is counted all the same, and questioned or explained.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from opioids.tables import numbers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLimits:
    """Percent, times, days, and one part in so many; what each limit is for stands beside it in its file."""

    restated_percent: Decimal
    contradiction_times: Decimal
    early_fill_days: Decimal
    early_fill_part: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchLimits:
    """Hours between two changes, and patches worn at once; what each limit is for stands beside it in its file."""

    implausible_interval_hours: Decimal
    shortest_interval_hours: Decimal
    usual_interval_hours: Decimal
    longest_interval_hours: Decimal
    most_at_once: Decimal


@cache
def order_limits() -> OrderLimits:
    """Raises `KnowledgeError` where `opioids/knowledge/formulary/order_limits.csv` breaks its rules."""
    return numbers_of("formulary/order_limits.csv", OrderLimits)


@cache
def patch_limits() -> PatchLimits:
    """Raises `KnowledgeError` where `opioids/knowledge/formulary/patch_limits.csv` breaks its rules."""
    return numbers_of("formulary/patch_limits.csv", PatchLimits)
