"""Lengths of time as FHIR writes them, by UCUM's codes or in words, and what comes so often in such a length."""

from __future__ import annotations

from decimal import Decimal

from fhir_mappings.elements import Element, Json, decimal, string
from opioids.quantities import PerDay

DAYS_PER_UNIT = {
    "s": Decimal(1) / 86400,
    "min": Decimal(1) / 1440,
    "h": Decimal(1) / 24,
    "d": Decimal(1),
    "wk": Decimal(7),
    "mo": Decimal("30.4375"),
    "a": Decimal("365.25"),
}
"""UCUM's lengths; a month is 30.4375 days and a year 365.25."""

_IN_A_DAY = {"h": 24, "min": 1440, "s": 86400}

_UNIT_WORDS = {
    "minute": "min", "minutes": "min", "mins": "min", "hour": "h", "hours": "h", "hr": "h", "hrs": "h",
    "day": "d", "days": "d", "week": "wk", "weeks": "wk", "wks": "wk", "month": "mo", "months": "mo",
    "year": "a", "years": "a", "yr": "a",
}  # fmt: skip


def length_in_days(quantity: Element) -> Decimal | None:
    """A Duration in days, or None when it has no readable length."""
    value = decimal(quantity.get("value"))
    per = unit_of_time(quantity.get("code") or quantity.get("unit"))
    if value is None or not per:
        return None
    return value / _IN_A_DAY[per] if per in _IN_A_DAY else value * DAYS_PER_UNIT[per]


def unit_of_time(value: Json) -> str:
    """UCUM's code of a unit of time, from its code or its word; empty where it is none."""
    word = string(value).lower().strip("{}").removesuffix("(s)")
    word = _UNIT_WORDS.get(word, word)
    return word if word in DAYS_PER_UNIT else ""


def per_day(count: Decimal, period: Decimal, unit: str) -> PerDay:
    """So many times in a period of UCUM's `unit`, kept exact: periods under a day multiply the count."""
    in_a_day = _IN_A_DAY.get(unit)
    if in_a_day is None:
        return PerDay(count=count, days=period * DAYS_PER_UNIT[unit])
    if (count * in_a_day) % period == 0:
        return PerDay(count=count * in_a_day / period, days=Decimal(1))
    if period % in_a_day == 0:
        return PerDay(count=count, days=period / in_a_day)
    return PerDay(count=count * in_a_day, days=period)
