"""What the codes of an order stand for: whole products, parts of products, ingredients.

The most specific code decides, whatever the order of the codes: a product before a component (an ingredient with
its strength), a component before a form (an ingredient with its form), a form before a bare ingredient.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import NamedTuple, TypeVar

from opioids.formulary import Formulary
from opioids.ndc import NO_NDCS, NdcBook
from opioids.products import Ingredient, Pharmacology, Product, opioids_among

_T = TypeVar("_T")


class CodeSystem(StrEnum):
    """The code systems in which drugs and conditions are known."""

    RXNORM = "RxNorm"
    SNOMED = "SNOMED CT"
    ATC = "ATC"
    ICD10 = auto()
    ICD9 = auto()
    NDC = auto()
    NONE = auto()
    OTHER = auto()


class Code(NamedTuple):
    """A code within a system."""

    system: CodeSystem
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What codes tell of a drug.

    `products` are whole, `parts` lack a form or a strength. `combined` says that codes name another painkiller
    beside the opioid, `is_antagonist` that a code is a product of an antagonist, `for_disorder` that the ATC code is
    that of a treatment of opioid use disorder. `notes` is what a code cannot tell apart, `other_names` what an
    imported release calls the product of a code.
    """

    products: tuple[Product, ...]
    parts: tuple[Product, ...]
    ingredients: tuple[Ingredient, ...]
    combined: bool
    is_antagonist: bool
    for_disorder: bool
    notes: tuple[str, ...]
    other_names: tuple[str, ...]

    @property
    def opioids(self) -> tuple[Ingredient, ...]:
        """The ingredients that are opioids."""
        return opioids_among(self.ingredients)


_LONGEST_RXCUI = 9
"""Digits; what is longer is no code of RxNorm."""


class CodeBook:
    """Looks codes up in one formulary and in the NDCs that a hospital supplied."""

    def __init__(self, formulary: Formulary, ndcs: NdcBook = NO_NDCS) -> None:
        self._formulary = formulary
        self._ndcs = ndcs
        by_code = {**formulary.by_rxcui, **formulary.by_snomed, **formulary.by_atc}
        opioids = {code for code, one in by_code.items() if one.pharmacology is not Pharmacology.ANTAGONIST}
        self._opioid_codes = opioids | formulary.products.keys() | formulary.parts.keys()
        self._newest = max(int(code) for code in formulary.products if code.isdigit())

    def read(self, codes: Sequence[Code]) -> Told:
        """What the codes stand for. Nothing is chosen yet: they may contradict each other."""
        book = self._formulary
        rxnorm = tuple(dict.fromkeys(self._rxnorm(codes)))
        atc = [code.code for code in codes if code.system is CodeSystem.ATC]
        snomed = [code.code for code in codes if code.system is CodeSystem.SNOMED]
        ingredients = [*_found(rxnorm, book.by_rxcui), *_found(snomed, book.by_snomed)]
        notes = (
            () if ingredients else tuple(dict.fromkeys(book.atc_notes[code] for code in atc if code in book.atc_notes))
        )
        ingredients.extend(_found(atc, book.by_atc))
        opioid_atc = {one for one in atc if one in book.by_atc}
        return Told(
            products=tuple(_found(rxnorm, book.products)),
            parts=tuple(_found(rxnorm, book.parts)),
            ingredients=tuple(dict.fromkeys(ingredients)),
            combined=not book.combined_atc.isdisjoint(atc) or not book.beside_rxcui.isdisjoint(rxnorm),
            is_antagonist=not book.antagonist_products.isdisjoint(rxnorm),
            for_disorder=bool(opioid_atc) and opioid_atc <= book.disorder_atc,
            notes=notes,
            other_names=tuple(_found(rxnorm, book.other_names)),
        )

    def doubt(self, codes: Sequence[Code], *, named: bool) -> str:
        """Why codes of no known drug may be those of an opioid all the same; empty when they are not.

        `named` says that words tell which drug it is.
        """
        groups = self._formulary.opioid_atc_groups
        if any(code.system is CodeSystem.ATC and code.code.startswith(groups) for code in codes):
            return "its ATC code is an opioid's, but which one is not known"
        if named:
            return ""
        if codes and all(self._is_newer(code) for code in codes):
            return f"only the RxNorm code {codes[0].code} is given, which is newer than the opioids known here"
        if any(self._is_known_elsewhere(code) for code in codes):
            return ""
        if not codes:
            return "its words do not say which drug it is"
        if any(code.system is CodeSystem.NDC for code in codes):
            return "only an NDC is given, and it is not known here"
        if any(code.code in self._opioid_codes for code in codes):
            return "its code is one of an opioid, but the code's system is not stated"
        return ""

    def _rxnorm(self, codes: Sequence[Code]) -> Iterator[str]:
        for code in codes:
            if code.system is CodeSystem.RXNORM:
                yield code.code.lstrip("0")  # some systems keep codes at one length
            elif code.system is CodeSystem.NDC and (rxcui := self._ndcs.find(code.code)):
                yield rxcui

    def _is_newer(self, code: Code) -> bool:
        """Whether a code was given out after those of the formulary: RxNorm counts upwards and never uses one again."""
        if code.system is not CodeSystem.RXNORM or not code.code.isdecimal() or len(code.code) > _LONGEST_RXCUI:
            return False
        return int(code.code) > self._newest

    def _is_known_elsewhere(self, code: Code) -> bool:
        if code.system is CodeSystem.NDC:
            return self._ndcs.find(code.code) is not None
        return code.system is not CodeSystem.NONE


def _found(codes: Sequence[str], book: Mapping[str, _T]) -> Iterator[_T]:
    return (book[code] for code in codes if code in book)
