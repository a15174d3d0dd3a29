"""Days of which some are not known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


def earliest(days: Iterable[date | None]) -> date | None:
    """The first of those that are known; None where none is."""
    known = [day for day in days if day]
    return min(known) if known else None


def latest(days: Iterable[date | None]) -> date | None:
    """The last of those that are known; None where none is."""
    known = [day for day in days if day]
    return max(known) if known else None
