"""Totals as plain values, for laws that compare one with another."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from fhir_mappings.calculator import calculate
from opioids import knowledge as known
from opioids.mme import MmeTotal
from tests.strategies import TODAY

Json = dict[str, Any]

KNOWN = known.load()


def total_of(body: Any, table: str = "cdc-2022") -> MmeTotal:
    return calculate(body, knowledge=KNOWN, table=KNOWN.tables[table], as_of=TODAY)


Fate = tuple[str, str, Fraction, Fraction]
"""What became of an order: counted, uncounted or ignored; the reason; scheduled and maximum MME a day."""


def fates(total: MmeTotal) -> dict[str, list[Fate]]:
    """The fates of all orders of a total by reference, sorted."""
    found: dict[str, list[Fate]] = {}
    for line in total.counted:
        mme = line.mme_per_day
        found.setdefault(line.reference, []).append(("counted", "", Fraction(mme.scheduled), Fraction(mme.maximum)))
    for kind, others in (("uncounted", total.uncounted), ("ignored", total.ignored)):
        for one in others:
            found.setdefault(one.reference, []).append((kind, one.reason.value, Fraction(0), Fraction(0)))
    return {reference: sorted(each) for reference, each in found.items()}
