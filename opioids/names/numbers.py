"""Strengths that a name tells by a number: "Tylenol #3" is codeine 30 mg with acetaminophen.

No. 1 is not in the table: it holds 7.5 or 8 mg of codeine, by country.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from opioids.drug_phrases import Named
from opioids.names.words import Amount
from opioids.products import Strength, StrengthUnit
from opioids.tables import Row, rows_of

_UNITS = r"(?![\d.,/-]| ?(?:mgs?|mcg|ml|g)\b)"
_BARE = r"(?![\d.,/-]| ?(?:mgs?|mcg|ml|g|tabs?|tablets|caps|caplets)\b)"
"""Behind a number without "#" or "No.": in "Tylenol 3 tabs" the 3 may be how many are taken."""


class NumberedStrengths:
    """The strengths of `numbered_strengths.csv`."""

    def __init__(self) -> None:
        self._rows = [
            (row["ingredient"], frozenset([row["beside"]]), _written(row), Decimal(row["number"]), strength)
            for row in rows_of("formulary/numbered_strengths.csv")
            for strength in (Strength(value=Decimal(row["strength_mg"]), unit=StrengthUnit.MG),)
        ]

    def told(self, text: str, ingredient: str, beside: frozenset[str]) -> tuple[Decimal, Strength] | None:
        """The number that stands in a plain `text` and the strength that it tells; None without one."""
        for opioid, partner, written, number, strength in self._rows:
            if (opioid, partner) == (ingredient, beside) and written.search(text):
                return number, strength
        return None


def fits_the_amounts(number: Decimal, strength: Strength, parts: Sequence[Named | Amount]) -> bool:
    """Whether each amount of a name holds the strength that its number tells."""
    # In "No.3" the number itself is one that cannot be read as an amount.
    itself = ((number,), (None,))
    amounts = [part.values for part in parts if isinstance(part, Amount) and part.values not in itself]
    return all(strength.value in values for values in amounts)


def _written(row: Row) -> re.Pattern[str]:
    """The number right behind a name: behind a form ("tablet #3") it is how many are handed out."""
    number = row["number"]
    return re.compile(rf"\b(?:{row['after']})[ (-]*(?:(?:# ?|no\.? ?|number ){number}{_UNITS}|{number}{_BARE})")
