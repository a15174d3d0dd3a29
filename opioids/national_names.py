"""What a medicine is called where RxNorm's names are not those on the label: paracetamol for acetaminophen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from opioids.tables import rows_of


def name_in(country: str, name: str) -> str:
    """The name of an ingredient in a country, or in none (""); RxNorm's own where no other one is known."""
    return _called().get((country, name), name)


@cache
def _called() -> Mapping[tuple[str, str], str]:
    return {(row["country"], row["name"]): row["called"] for row in rows_of("formulary/national_names.csv")}
