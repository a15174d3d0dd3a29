"""The concepts of a release and how they hang together, as far as RxNorm itself (not a source of it) says so.

Which of two concepts a relation starts from is told by what they are: a component and an ingredient are joined
by "ingredient" whichever way round the line says it. So a file that holds only one direction serves as well.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from cds_service.rxnorm.rrf import CONSO, Table

RXNORM = b"RXNORM"
_HOLDS_RXNORM = b"|RXNORM|"
_HOLDS_ATC = b"|ATC|"

TERM_TYPES = frozenset(
    b"IN PIN MIN BN DF DFG SCDC SBDC SCDF SBDF SCDFP SBDFP SCDG SBDG SCDGP SBDGP SCD SBD GPCK BPCK".split()
)
"""The kinds of concepts that are taken. Synonyms and prescribable names say nothing that these do not."""

_TAKEN = frozenset(["N", "O"])
"""What SUPPRESS may say: in use, or out of use. What editors or sources suppressed is not taken."""


class Kind(StrEnum):
    """How two concepts are joined."""

    INGREDIENT = "ingredient"
    SALT = "salt"
    AMONG = "one of several ingredients"
    COMPONENT = "component"
    DOSE_FORM = "dose form"
    TRADE_NAME = "trade name"
    CONTENT = "content of a pack"


_KINDS = {
    **dict.fromkeys([b"has_ingredient", b"ingredient_of"], Kind.INGREDIENT),
    **dict.fromkeys([b"form_of", b"has_form"], Kind.SALT),
    **dict.fromkeys([b"has_part", b"part_of"], Kind.AMONG),
    **dict.fromkeys([b"consists_of", b"constitutes"], Kind.COMPONENT),
    **dict.fromkeys([b"has_dose_form", b"dose_form_of", b"has_doseformgroup", b"doseformgroup_of"], Kind.DOSE_FORM),
    **dict.fromkeys([b"tradename_of", b"has_tradename"], Kind.TRADE_NAME),
    **dict.fromkeys([b"contains", b"contained_in"], Kind.CONTENT),
}


class Concept(NamedTuple):
    """A concept: what it is ("SCD"), its full name, and whether it is out of use."""

    term_type: str
    name: str
    retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Concepts:
    """All concepts of a release in the order of their codes, and the ATC codes of its ingredients."""

    by_rxcui: Mapping[int, Concept]
    atc: Mapping[int, frozenset[str]]

    def of(self, *term_types: str) -> Iterator[tuple[int, Concept]]:
        """The concepts of some kinds, in the order of their codes."""
        wanted = frozenset(term_types)
        return ((rxcui, one) for rxcui, one in self.by_rxcui.items() if one.term_type in wanted)


def read_concepts(table: Table) -> Concepts:
    """The concepts in RXNCONSO. Raises `Malformed`."""
    concepts: dict[int, Concept] = {}
    atc: dict[int, set[str]] = {}
    for row in table.rows(_HOLDS_RXNORM, _HOLDS_ATC):
        if row[11] == RXNORM and row[1] == b"ENG" and row[12] in TERM_TYPES:
            suppress = row[16].decode()
            if suppress in _TAKEN:
                rxcui = _number(table, row[0])
                concepts[rxcui] = Concept(row[12].decode(), _text(table, row[14]), suppress == "O")
        elif row[11] == b"ATC":
            atc.setdefault(_number(table, row[0]), set()).add(row[13].decode(errors="replace"))
    if not any(one.term_type == "SCD" for one in concepts.values()):
        raise table.malformed("no product of RxNorm (SAB RXNORM, TTY SCD) up to here, the end of the file")
    return Concepts(
        by_rxcui=dict(sorted(concepts.items())), atc={rxcui: frozenset(codes) for rxcui, codes in atc.items()}
    )


def _number(table: Table, text: bytes) -> int:
    if not text.isdigit() or len(text) > 9:
        raise table.malformed(f"expected an RxCUI, found {text[:20].decode(errors='replace')!r}")
    return int(text)


def _text(table: Table, text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise table.malformed("the name is no UTF-8 text") from None


@dataclass(slots=True, kw_only=True)
class Relations:
    """The pairs of concepts that are joined, by kind; compact, because a full release has a million of them."""

    pairs: dict[Kind, array[int]] = field(default_factory=lambda: {kind: array("L") for kind in Kind})

    def joined(self, kind: Kind, sources: Collection[int], concepts: Concepts, *term_types: str) -> dict[int, set[int]]:
        """For each of the sources the concepts of some kinds that it is joined with."""
        wanted = frozenset(term_types)
        found: dict[int, set[int]] = {}
        pairs, known = self.pairs[kind], concepts.by_rxcui
        for one, other in zip(pairs[::2], pairs[1::2], strict=True):
            if one in sources and known[other].term_type in wanted:
                found.setdefault(one, set()).add(other)
            if other in sources and known[one].term_type in wanted:
                found.setdefault(other, set()).add(one)
        return found


def read_relations(table: Table, concepts: Concepts) -> Relations:
    """The relations in RXNREL between concepts of RxNorm. Raises `Malformed`."""
    relations = Relations()
    known, unknown, joined = concepts.by_rxcui, 0, 0
    for row in table.rows(_HOLDS_RXNORM):
        kind = _KINDS.get(row[7])
        if kind is None or row[10] != RXNORM or not (row[0] and row[4]):
            continue
        one, other = _number(table, row[0]), _number(table, row[4])
        if one in known and other in known:
            relations.pairs[kind].extend((one, other))
            joined += 1
        else:
            unknown += 1
    if unknown >= joined:
        raise table.malformed(
            f"of the relations up to here, the end of the file, {unknown} name a concept that {CONSO.name} does not "
            f"hold and {joined} do not: are both files whole, and of one release?"
        )
    return relations
