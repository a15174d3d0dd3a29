"""RxNorm releases that the tests make: the columns of the RRF files, filled with a few concepts.

The layout is RxNorm's; codes above 9,000,000 are invented.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from opioids import knowledge

SHIPPED = Path(knowledge.__file__).parent / "formulary" / "products.csv"
FIRST_INVENTED = 9_000_001

_SEGMENT = re.compile(
    r"^(?:(?:Abuse-Deterrent|Matrix Delivery|\d[\d.]* (?:HR|ML|ACTUAT)) )*"
    r"(?P<name>.+?) (?P<strength>\d[\d.]* [A-Z]+(?:/[A-Z]+)?)$"
)


class Release:
    """A release under construction; `write` puts its files into a folder."""

    def __init__(self) -> None:
        self.conso: list[str] = []
        self.rel: list[str] = []
        self.sat: list[str] = []
        self._codes: dict[tuple[str, str], int] = {}
        self._next = FIRST_INVENTED

    # ---- lines ----

    def concept(
        self,
        term_type: str,
        name: str,
        rxcui: object = None,
        *,
        suppress: str = "N",
        sab: str = "RXNORM",
        lat: str = "ENG",
    ) -> int:
        """A concept, made once; the code of it."""
        key = (term_type, name)
        if rxcui is None and key in self._codes:
            return self._codes[key]
        if rxcui is None:
            rxcui, self._next = self._next, self._next + 1
        code = int(str(rxcui))
        self._codes.setdefault(key, code)
        self.conso.append(f"{code}|{lat}||||||{code}||{code}||{sab}|{term_type}|{code}|{name}||{suppress}|4096|")
        return code

    def atom(self, rxcui: int, sab: str, term_type: str, code: str, name: str) -> None:
        """What a source of RxNorm calls a concept."""
        self.conso.append(f"{rxcui}|ENG||||||{rxcui}||{rxcui}||{sab}|{term_type}|{code}|{name}||N||")

    def relation(self, one: int, rela: str, other: int, *, back: str = "") -> None:
        """`one` <rela> `other`, and the same the other way round when it has a name."""
        self.rel.append(f"{other}||CUI|RO|{one}||CUI|{rela}|||RXNORM||||N|4096|")
        if back:
            self.rel.append(f"{one}||CUI|RO|{other}||CUI|{back}|||RXNORM||||N|4096|")

    def attribute(self, rxcui: int, name: str, value: str, *, sab: str = "RXNORM", suppress: str = "N") -> None:
        """An attribute of a concept."""
        self.sat.append(f"{rxcui}|||{rxcui}|AUI|{rxcui}|||{name}|{sab}|{value}|{suppress}|4096|")

    # ---- drugs ----

    def component(self, ingredient: str, strength: str, name: str = "") -> int:
        """An ingredient with its strength."""
        rxcui = self.concept("SCDC", f"{name or ingredient} {strength}")
        self.relation(rxcui, "has_ingredient", self.concept("IN", ingredient), back="ingredient_of")
        self.attribute(rxcui, "RXN_STRENGTH", strength)
        return rxcui

    def product(
        self,
        name: str,
        dose_form: str,
        parts: Sequence[int],
        rxcui: object = None,
        *,
        animals: bool = False,
        suppress: str = "N",
    ) -> int:
        """A product without a brand."""
        code = self.concept("SCD", name, rxcui, suppress=suppress)
        for part in parts:
            self.relation(code, "consists_of", part, back="constitutes")
        self.relation(code, "has_dose_form", self.concept("DF", dose_form), back="dose_form_of")
        self.attribute(code, "RXN_VET_DRUG" if animals else "RXN_HUMAN_DRUG", "US")
        return code

    def branded(self, name: str, brand: str, generic: int, rxcui: object = None, *, animals: bool = False) -> int:
        """The same under a brand."""
        code = self.concept("SBD", name, rxcui)
        self.relation(code, "tradename_of", generic, back="has_tradename")
        self.relation(code, "has_ingredient", self.concept("BN", brand), back="ingredient_of")
        self.attribute(code, "RXN_VET_DRUG" if animals else "RXN_HUMAN_DRUG", "US")
        return code

    def write(self, folder: Path, *, version: str = "20AA_251102F") -> Path:
        """The files of the release in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        sab = f"C1|C2|RXNORM_{version}|RXNORM|RxNorm Vocabulary|RXNORM|{version}|||||||0||||||ENG|UTF-8|Y|Y|||"
        for name, lines in (("CONSO", self.conso), ("REL", self.rel), ("SAT", self.sat), ("SAB", [sab])):
            (folder / f"RXN{name}.RRF").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return folder


def shipped_rows() -> list[Mapping[str, str]]:
    """The rows of `products.csv`, without packs."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["dose_form"] != "Pack"]


def segments(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The ingredients of a full name, as RxNorm writes them, and their strengths."""
    bare = re.sub(r" \[[^\]]*\]$", "", row["name"])
    assert bare.endswith(f" {row['dose_form']}"), row
    for text in bare.removesuffix(f" {row['dose_form']}").split(" / "):
        match = _SEGMENT.match(text)
        assert match, row
        yield match["name"], match["strength"]


def of_shipped_products() -> Release:
    """A release that holds every shipped product as RxNorm would hold it."""
    release = Release()
    seen: set[str] = set()
    for row in shipped_rows():
        if row["rxcui"] in seen:
            continue
        seen.add(row["rxcui"])
        parts = []
        for name, strength in segments(row):
            opioid = row["ingredient"] if row["ingredient"].split("_")[0] in name.lower() else name.lower()
            parts.append(release.component(opioid, strength, name))
        animals = row["use"] == "veterinary"
        if row["brand"]:
            bare = re.sub(r" \[[^\]]*\]$", "", row["name"])
            generic = release.concept("SCD", bare)
            for part in parts:
                release.relation(generic, "consists_of", part, back="constitutes")
            release.relation(generic, "has_dose_form", release.concept("DF", row["dose_form"]))
            release.branded(row["name"], row["brand"], generic, row["rxcui"], animals=animals)
        else:
            release.product(row["name"], row["dose_form"], parts, row["rxcui"], animals=animals)
    return release
