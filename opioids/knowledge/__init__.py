"""The knowledge that the service rests on, loaded once: formulary, tables, guidelines, value sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from opioids.conditions import load_conditions
from opioids.conversion import ConversionTable
from opioids.conversion_files import load_table
from opioids.formulary import Formulary, load_formulary
from opioids.guideline import Guideline
from opioids.guideline_files import load_guideline
from opioids.identity import Identifier
from opioids.recognition import Recogniser
from opioids.record_codes import RecordCodes, load_record_codes
from opioids.shelf import Shelf, load_shelves
from opioids.tapers.profiles import Tapers, load_tapers
from opioids.value_sets import load_rescue_naloxone, load_risk_medicines


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything known, as immutable values."""

    formulary: Formulary
    recogniser: Recogniser
    record_codes: RecordCodes
    tables: Mapping[str, ConversionTable]
    guidelines: Mapping[str, Guideline]
    shelves: Mapping[str, Shelf]
    tapers: Tapers

    def shelf_of(self, country: str) -> Shelf:
        """What can be dispensed in a country, as far as that is known."""
        return self.shelves.get(country, self.shelves[""])


def load() -> Knowledge:
    """Load every knowledge file.

    Raises:
        KnowledgeError: a file breaks its own rules (no provenance, a gap between bands, a wrong number).
    """
    formulary = load_formulary()
    return Knowledge(
        formulary=formulary,
        recogniser=Recogniser(Identifier(formulary), load_conditions(), load_risk_medicines(), load_rescue_naloxone()),
        record_codes=load_record_codes(),
        tables={name: load_table(name) for name in _folders("conversion_tables")},
        guidelines={name: load_guideline(name) for name in _folders("guidelines")},
        shelves=load_shelves(formulary),
        tapers=load_tapers(),
    )


def _folders(name: str) -> list[str]:
    root = resources.files("opioids.knowledge").joinpath(name)
    return sorted(entry.name for entry in root.iterdir() if entry.is_dir())
