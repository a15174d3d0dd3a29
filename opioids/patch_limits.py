"""How patches are worn and changed as a rule: what is beyond it is counted all the same, and questioned."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache

from opioids.tables import named_numbers

_FILE = "formulary/patch_limits.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchLimits:
    """Hours between two changes, and patches worn at once; what each limit is for stands beside it in its file."""

    implausible_interval_hours: Decimal
    shortest_interval_hours: Decimal
    longest_interval_hours: Decimal
    most_at_once: Decimal


@cache
def patch_limits() -> PatchLimits:
    """The limits of `opioids/knowledge/formulary/patch_limits.csv`.

    Raises:
        KnowledgeError: a row without provenance, a limit that is missing or unknown, or a number that is none.
    """
    return PatchLimits(**named_numbers(_FILE, [field.name for field in fields(PatchLimits)]))
