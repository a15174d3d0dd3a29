"""The knowledge that the service rests on, loaded once: formulary, tables, guidelines, value sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from opioids.base_strengths import base_strengths
from opioids.conditions import load_conditions
from opioids.conversion import ConversionTable
from opioids.conversion_files import load_table
from opioids.formulary import Formulary, load_formulary
from opioids.guideline import Guideline
from opioids.guideline_files import load_guideline
from opioids.identity import Identifier
from opioids.limits import order_limits, patch_limits
from opioids.ndc import NdcBook
from opioids.recognition import Recogniser
from opioids.record_codes import RecordCodes, load_record_codes
from opioids.rxnorm_release import RxNormRelease
from opioids.shelf import Shelf, load_shelves
from opioids.tapers.profiles import Tapers, load_tapers
from opioids.value_sets import load_rescue_naloxone, load_risk_medicines

NO_CODES: Mapping[str, str] = {}


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
    release: RxNormRelease | None

    def shelf_of(self, country: str) -> Shelf:
        """What can be dispensed in a country, as far as that is known."""
        return self.shelves.get(country, self.shelves[""])


def load(release: RxNormRelease | None = None, ndcs: Mapping[str, str] = NO_CODES) -> Knowledge:
    """Load every knowledge file.

    Args:
        release: an RxNorm release that a hospital imported, for products beside the shipped ones.
        ndcs: RxNorm codes by the eleven digits of NDCs, from the hospital's own list; it stands over the release's.

    Raises:
        KnowledgeError: a file breaks its own rules (no provenance, a gap between bands, a wrong number).
    """
    order_limits()  # a faulty file is refused here, not at the first order that needs it
    patch_limits()
    base_strengths()
    formulary = load_formulary(release)
    book = NdcBook({**release.ndcs, **ndcs}, release.other_ndcs) if release else NdcBook(ndcs)
    identifier = Identifier(formulary, book)
    return Knowledge(
        formulary=formulary,
        recogniser=Recogniser(identifier, load_conditions(), load_risk_medicines(), load_rescue_naloxone()),
        record_codes=load_record_codes(),
        tables={name: load_table(name) for name in _folders("conversion_tables")},
        guidelines={name: load_guideline(name) for name in _folders("guidelines")},
        shelves=load_shelves(formulary),
        tapers=load_tapers(),
        release=release,
    )


def _folders(name: str) -> list[str]:
    root = resources.files("opioids.knowledge").joinpath(name)
    return sorted(entry.name for entry in root.iterdir() if entry.is_dir())
