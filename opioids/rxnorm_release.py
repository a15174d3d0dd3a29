"""An imported RxNorm release: what a hospital's own copy says of the drugs that matter here, as plain facts.

No judgement is in it: which product is for coughs, for opioid use disorder or for animals' use is decided when it
is loaded, so that a better rule also holds for a formulary that was imported before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from opioids.tables import KnowledgeError

FORMAT = "opioid-cds formulary 1"
"""The first line of a file says so; another number is another layout."""

_T = TypeVar("_T")


class TermType(StrEnum):
    """What a code of RxNorm stands for, as far as it matters here."""

    PRODUCT = "SCD"
    BRANDED_PRODUCT = "SBD"
    PACK = "GPCK"
    BRANDED_PACK = "BPCK"
    COMPONENT = "SCDC"
    BRANDED_COMPONENT = "SBDC"
    FORM = "SCDF"
    BRANDED_FORM = "SBDF"
    FORM_GROUP = "SCDG"
    BRANDED_FORM_GROUP = "SBDG"
    SALT = "PIN"
    SEVERAL_INGREDIENTS = "MIN"
    BRAND = "BN"


WHOLE = frozenset({TermType.PRODUCT, TermType.BRANDED_PRODUCT})
"""What has ingredients, strengths and a dose form of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One ingredient of a drug; `strength` as RxNorm writes it ("5 MG"), empty where none belongs to it."""

    rxcui: str
    name: str
    strength: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedDrug:
    """One code of the release. `retired` codes are out of use but stand in old charts."""

    rxcui: str
    term_type: TermType
    name: str
    contents: tuple[Content, ...]
    dose_form: str = ""
    brand: str = ""
    only_for_animals: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of the release that was read."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RxNormRelease:
    """What was taken from a release.

    `ingredients` are the opioids of the release by RxCUI, `drugs` what holds one of them. `names` are the full names
    of other products that matter (sedatives, naloxone) and of codes whose relations are missing, so that they can be
    read like any name. `ndcs` maps eleven digits to codes that matter; `other_ndcs` are those of all other drugs,
    sorted and joined.
    """

    version: str
    day: date | None
    files: tuple[SourceFile, ...]
    ingredients: Mapping[str, str] = field(default_factory=dict)
    drugs: tuple[ReleasedDrug, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    ndcs: Mapping[str, str] = field(default_factory=dict)
    other_ndcs: str = ""


# ---- the file ----


def read_release(text: str, where: str) -> RxNormRelease:
    """The release that an imported formulary file holds.

    Raises:
        KnowledgeError: it is no such file, or a part of it is not what it should be; the message names the part.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise KnowledgeError(f"{where}: not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise KnowledgeError(f'{where}: expected a file made by opioid-cds import-rxnorm, "format": "{FORMAT}"')
    reader = _Reader(document, where)
    day = reader.get("date", str)
    try:
        on = date.fromisoformat(day) if day else None
    except ValueError:
        raise KnowledgeError(f"{where}: date: expected a day such as 2026-01-05") from None
    return RxNormRelease(
        version=reader.get("version", str),
        day=on,
        files=tuple(SourceFile(**one) for one in reader.rows("files", {"name": str, "bytes": int, "sha256": str})),
        ingredients=reader.texts("ingredients"),
        drugs=tuple(reader.drugs()),
        names=reader.texts("names"),
        ndcs=reader.texts("ndcs"),
        other_ndcs=reader.get("other_ndcs", str),
    )


class _Reader:
    def __init__(self, document: Mapping[str, Any], where: str) -> None:
        self._document = document
        self._where = where

    def get(self, name: str, kind: type[_T]) -> _T:
        value = self._document.get(name)
        if not isinstance(value, kind):
            raise KnowledgeError(f"{self._where}: {name}: expected {_KINDS[kind]}")
        return value

    def texts(self, name: str) -> Mapping[str, str]:
        table = self.get(name, dict)
        if not all(isinstance(value, str) for value in table.values()):
            raise KnowledgeError(f"{self._where}: {name}: expected texts only")
        return table

    def rows(self, name: str, columns: Mapping[str, type]) -> Iterator[dict[str, Any]]:
        for index, row in enumerate(self.get(name, list)):
            self._check(row, columns, f"{name}[{index}]")
            yield row

    def drugs(self) -> Iterator[ReleasedDrug]:
        columns = {"rxcui": str, "term_type": str, "name": str, "contents": list, "dose_form": str, "brand": str}
        flags = {"only_for_animals": bool, "retired": bool}
        for index, row in enumerate(self.rows("drugs", {**columns, **flags})):
            for at, content in enumerate(row["contents"]):
                self._check(content, {"rxcui": str, "name": str, "strength": str}, f"drugs[{index}].contents[{at}]")
            try:
                term_type = TermType(row["term_type"])
            except ValueError:
                raise KnowledgeError(f"{self._where}: drugs[{index}].term_type: not known here") from None
            contents = tuple(Content(**content) for content in row["contents"])
            yield ReleasedDrug(**{**row, "term_type": term_type, "contents": contents})

    def _check(self, row: object, columns: Mapping[str, type], path: str) -> None:
        if not isinstance(row, dict) or row.keys() != columns.keys():
            raise KnowledgeError(f"{self._where}: {path}: expected {', '.join(columns)}")
        for name, kind in columns.items():
            if type(row[name]) is not kind:
                raise KnowledgeError(f"{self._where}: {path}.{name}: expected {_KINDS[kind]}")


_KINDS: Mapping[type, str] = {
    str: "a text",
    dict: "a table",
    list: "a list",
    int: "a whole number",
    bool: "true or false",
}
