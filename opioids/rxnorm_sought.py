"""Which ingredients are looked for in a release of RxNorm: opioids, and what matters beside them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from opioids.names.words import Words, words_of
from opioids.tables import rows_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Ingredients by code and by name, and the beginnings of ATC codes that only opioids have."""

    opioids: frozenset[str]
    opioid_names: frozenset[Words]
    others: frozenset[str]
    other_names: frozenset[Words]
    opioid_atc: tuple[str, ...]

    def is_opioid(self, rxcui: str, name: str, atc: Collection[str]) -> bool:
        """Whether an ingredient of the release is an opioid, known here or not."""
        if rxcui in self.opioids or words_of(name) in self.opioid_names:
            return True
        return any(code.startswith(self.opioid_atc) for code in atc)

    def matters(self, rxcui: str, name: str) -> bool:
        """Whether an ingredient sedates, blocks opioids or reverses them."""
        return rxcui in self.others or words_of(name) in self.other_names

    def is_spoken_of(self, name: str) -> bool:
        """Whether a full name holds the name of an ingredient that is looked for."""
        return any((word,) in self.opioid_names or (word,) in self.other_names for word in words_of(name))


def load_sought() -> Sought:
    """What the shipped files tell: `formulary/ingredients.csv`, `names.csv` and the medicines of `value_sets`."""
    ingredients = list(rows_of("formulary/ingredients.csv"))
    opioids = [row for row in ingredients if row["pharmacology"] != "antagonist"]
    names = {row["name"] for row in opioids}
    synonyms = [row for row in rows_of("formulary/names.csv") if row["kind"] == "synonym" and not row["beside"]]
    medicines = list(rows_of("value_sets/medications.csv"))
    spellings = [row["word"] for row in rows_of("value_sets/medication_words.csv") if row["kind"] == "synonym"]
    others = [row for row in (*ingredients, *medicines) if row.get("name") not in names]
    return Sought(
        opioids=frozenset(row["rxcui"] for row in opioids if row["rxcui"]),
        opioid_names=frozenset(
            words_of(name) for name in (*names, *(row["name"] for row in synonyms if row["ingredient"] in names))
        ),
        others=frozenset(row["rxcui"] for row in others if row["rxcui"]),
        other_names=frozenset(
            words_of(name) for name in (*(row.get("name") or row["ingredient"] for row in others), *spellings)
        ),
        opioid_atc=tuple(row["group"] for row in rows_of("formulary/atc_groups.csv")),
    )
