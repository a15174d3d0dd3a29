"""Extended-release products labelled as the base where others of the drug are labelled as its salt.

They count as labelled, as the tables say; the line says what the label leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from opioids.products import Component, Strength, StrengthUnit
from opioids.tables import KnowledgeError, Review, decimal_of, rows_of

_FILE = "formulary/base_strengths.csv"


def base_note(component: Component) -> str:
    """What is said beside the dose of an extended-release component in such a strength; empty for all others."""
    return base_strengths().get((component.ingredient.name, component.strength), "")


@cache
def base_strengths() -> Mapping[tuple[str, Strength | None], str]:
    """The notes of `opioids/knowledge/formulary/base_strengths.csv` by ingredient and labelled strength.

    Raises:
        KnowledgeError: a row without provenance, a strength that is no number, or that is no less than its salt's.
    """
    notes: dict[tuple[str, Strength | None], str] = {}
    for row in rows_of(_FILE):
        where = f"{_FILE}, {row['ingredient']} {row['strength_mg']}"
        base, salt = (decimal_of(row[name], where) for name in ("strength_mg", "salt_mg"))
        if base >= salt:
            raise KnowledgeError(f"{where}: expected less of the base than of its salt")
        unsure = " (provisional)" if row["review"] == Review.PROVISIONAL else ""
        notes[row["ingredient"], Strength(value=base, unit=StrengthUnit.MG)] = (
            f"labelled as base, counted as labelled: {base} mg is as much as {salt} mg of the {row['salt']}{unsure}"
        )
    return notes
