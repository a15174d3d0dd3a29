"""Which concepts of a release matter: opioids in every form, and the names of sedatives and antagonists.

A product whose relations are missing is not lost: its full name is kept, and read like any other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cds_service.rxnorm.attributes import Attributes
from cds_service.rxnorm.concepts import Concepts, Kind, Relations
from opioids.rxnorm_release import Content, ReleasedDrug, TermType
from opioids.rxnorm_sought import Sought

_FORMS = ("SCDF", "SCDFP", "SCDG", "SCDGP")
_BRANDED_FORMS = ("SBDF", "SBDFP", "SBDG", "SBDGP")
_PACKS = ("GPCK", "BPCK")
_TAKEN = ("SCDC", "SCD", "PIN", "MIN", "BN", "SBDC", "SBD", *_FORMS, *_BRANDED_FORMS, *_PACKS)
_AS = {"SCDFP": "SCDF", "SBDFP": "SBDF", "SCDGP": "SCDG", "SBDGP": "SBDG"}
"""A form of a salt tells the same as that of the ingredient."""

_IN_BRACKETS = re.compile(r"\[([^\[\]]+)\]$")
_AMOUNT_AT_THE_END = re.compile(r" (\d[\d.]* [A-Z]+(?:/[A-Z]+)?)$")

Sets = Mapping[int, Collection[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The drugs that hold an opioid, and other concepts whose names matter, by RxCUI."""

    opioids: Mapping[int, str]
    drugs: frozenset[int]
    names: frozenset[int]
    makeup: Makeup

    @property
    def wanted(self) -> frozenset[int]:
        """The concepts whose attributes are needed."""
        return self.drugs | {part for drug in self.drugs for part in self.makeup.components(drug)}


class Makeup:
    """What each concept is made of: components, ingredients, dose form, brand."""

    def __init__(self, concepts: Concepts, relations: Relations) -> None:
        self._concepts = concepts

        def joined(kind: Kind, sources: Iterable[str], *term_types: str) -> Sets:
            return relations.joined(kind, {rxcui for rxcui, _ in concepts.of(*sources)}, concepts, *term_types)

        salts = joined(Kind.SALT, ["PIN"], "IN")
        self._ingredients: dict[int, set[int]] = {}
        for found in (
            salts,
            joined(Kind.INGREDIENT, ["SCDC", *_FORMS], "IN", "PIN"),
            joined(Kind.AMONG, ["MIN"], "IN"),
            joined(Kind.TRADE_NAME, ["BN"], "IN"),
        ):
            for rxcui, ones in found.items():
                inside = {part for one in ones for part in salts.get(one, (one,))}
                self._ingredients.setdefault(rxcui, set()).update(inside)
        self._components = joined(Kind.COMPONENT, ["SCD"], "SCDC")
        self._generic = joined(Kind.TRADE_NAME, ["SBD", "SBDC", *_BRANDED_FORMS], "SCD", "SCDC", *_FORMS)
        self._dose_forms = joined(Kind.DOSE_FORM, ["SCD", "SBD", *_FORMS, *_BRANDED_FORMS], "DF", "DFG")
        self._brands = joined(Kind.INGREDIENT, ["SBD", "SBDC", *_BRANDED_FORMS], "BN")
        self._packed = joined(Kind.CONTENT, _PACKS, "SCD", "SBD")

    def components(self, rxcui: int) -> Collection[int]:
        """The components (ingredient and strength) of a concept, of what it is a brand of, or of what is packed."""
        if self._concepts.by_rxcui[rxcui].term_type == "SCDC":
            return (rxcui,)
        inner = (*self._generic.get(rxcui, ()), *self._packed.get(rxcui, ()))
        return self._components.get(rxcui) or {part for one in inner for part in self.components(one)}

    def ingredients(self, rxcui: int) -> Collection[int]:
        """The ingredients of a concept."""
        inner = self.components(rxcui) or self._generic.get(rxcui, ())
        return self._ingredients.get(rxcui) or {part for one in inner if one != rxcui for part in self.ingredients(one)}

    def dose_form(self, rxcui: int) -> str:
        """The dose form of a concept or of what it is a brand of; empty where there is none, or more than one."""
        own = self._dose_forms.get(rxcui)
        found = own or {form for one in self._generic.get(rxcui, ()) for form in self._dose_forms.get(one, ())}
        return self._concepts.by_rxcui[next(iter(found))].name if len(found) == 1 else ""

    def brand(self, rxcui: int) -> str:
        """The brand of a concept, by its relation or else by the brackets in its name."""
        names = sorted(self._concepts.by_rxcui[one].name for one in self._brands.get(rxcui, ()))
        written = _IN_BRACKETS.search(self._concepts.by_rxcui[rxcui].name)
        return names[0] if names else written[1] if written else ""

    def is_pack(self, rxcui: int) -> bool:
        """Whether a concept is a pack: its amounts are those of what is in it."""
        return rxcui in self._packed


def select(concepts: Concepts, relations: Relations, sought: Sought) -> Selection:
    """Choose what matters from a release."""
    opioids: dict[int, str] = {}
    others: set[int] = set()
    for rxcui, one in concepts.of("IN"):
        if sought.is_opioid(str(rxcui), one.name, concepts.atc.get(rxcui, ())):
            opioids[rxcui] = one.name
        elif sought.matters(str(rxcui), one.name):
            others.add(rxcui)
    makeup = Makeup(concepts, relations)
    drugs, names = set(), set()
    for rxcui, one in concepts.of(*_TAKEN):
        inside = makeup.ingredients(rxcui)
        if not opioids.keys().isdisjoint(inside):
            drugs.add(rxcui)
        elif not others.isdisjoint(inside) or sought.is_spoken_of(one.name):
            names.add(rxcui)
    return Selection(opioids=opioids, drugs=frozenset(drugs), names=frozenset(names), makeup=makeup)


def released(selection: Selection, concepts: Concepts, attributes: Attributes) -> Iterator[ReleasedDrug]:
    """The drugs that hold an opioid, in the order of their codes."""
    for rxcui in sorted(selection.drugs):
        one, makeup = concepts.by_rxcui[rxcui], selection.makeup
        yield ReleasedDrug(
            rxcui=str(rxcui),
            term_type=TermType(_AS.get(one.term_type, one.term_type)),
            name=one.name,
            contents=tuple(sorted(_contents(rxcui, selection, concepts, attributes), key=_by_code)),
            dose_form=makeup.dose_form(rxcui),
            brand=makeup.brand(rxcui),
            only_for_animals=attributes.only_for_animals(rxcui),
            retired=one.retired,
        )


def _contents(rxcui: int, selection: Selection, concepts: Concepts, attributes: Attributes) -> Iterator[Content]:
    makeup = selection.makeup
    components = () if makeup.is_pack(rxcui) else makeup.components(rxcui)
    if not components:
        for one in makeup.ingredients(rxcui):
            yield Content(rxcui=str(one), name=concepts.by_rxcui[one].name)
    for component in components:
        written = _AMOUNT_AT_THE_END.search(concepts.by_rxcui[component].name)
        strength = attributes.strengths.get(component) or (written[1] if written else "")
        for one in makeup.ingredients(component):
            yield Content(rxcui=str(one), name=concepts.by_rxcui[one].name, strength=strength)


def _by_code(content: Content) -> tuple[int, str]:
    return int(content.rxcui), content.strength
