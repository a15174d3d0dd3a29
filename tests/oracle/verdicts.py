"""What may become of an order."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """`counted` with amounts in MME a day, or `uncounted` or `ignored` with a reason."""

    kind: str
    reason: str = ""
    scheduled: Fraction = Fraction(0)
    maximum: Fraction = Fraction(0)


Verdict = frozenset[Outcome]


def uncounted(*reasons: str) -> Verdict:
    return frozenset(Outcome("uncounted", reason) for reason in reasons)


def ignored(*reasons: str) -> Verdict:
    return frozenset(Outcome("ignored", reason) for reason in reasons)
