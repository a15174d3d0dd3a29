"""What RXNSAT says of the concepts that matter: strengths, for whom a product is, and National Drug Codes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from cds_service.rxnorm.concepts import RXNORM
from cds_service.rxnorm.rrf import Table
from opioids.ndc import spellings

_HOLDS_RXNORM = b"|RXNORM|"


@dataclass(slots=True, kw_only=True)
class Attributes:
    """The attributes of the concepts that were asked for, and the NDCs of all.

    `ndcs` maps eleven digits to the codes that they were given to, those in use apart from those of the past.
    """

    strengths: dict[int, str] = field(default_factory=dict)
    for_people: set[int] = field(default_factory=set)
    for_animals: set[int] = field(default_factory=set)
    ndcs: dict[str, set[int]] = field(default_factory=dict)
    former_ndcs: dict[str, set[int]] = field(default_factory=dict)

    def only_for_animals(self, rxcui: int) -> bool:
        """Whether RxNorm knows a product as one for animals and not as one for people."""
        return rxcui in self.for_animals and rxcui not in self.for_people


def read_attributes(table: Table, wanted: Collection[int]) -> Attributes:
    """The attributes in RXNSAT that RxNorm itself gives, not its sources, whose licences differ.

    Raises:
        Malformed: the file is cut off, or none of RxNorm's.
    """
    found = Attributes()
    for row in table.rows(_HOLDS_RXNORM):
        name = row[8]
        if row[9] != RXNORM or not row[0].isdigit():
            continue
        rxcui = int(row[0])
        if name == b"NDC":
            book = found.ndcs if row[11] in (b"N", b"") else found.former_ndcs
            for digits in spellings(row[10].decode(errors="replace")):
                book.setdefault(digits, set()).add(rxcui)
        elif rxcui in wanted:
            if name == b"RXN_STRENGTH":
                found.strengths[rxcui] = row[10].decode(errors="replace")
            elif name == b"RXN_HUMAN_DRUG":
                found.for_people.add(rxcui)
            elif name == b"RXN_VET_DRUG":
                found.for_animals.add(rxcui)
    return found
