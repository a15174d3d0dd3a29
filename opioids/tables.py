"""Reading the knowledge files: every row must say where it comes from, or it is not loaded."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from importlib import resources
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")

Row = Mapping[str, str]
"""A row of a CSV file, by the names of its columns."""

PROVENANCE = ("source", "edition", "review")


class Review(StrEnum):
    """How far a fact has been checked. `provisional` is said wherever the fact is used."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    PROVISIONAL = "provisional"
    OWN_CHOICE = "own choice"
    """An engineering choice of this project that no guideline states."""


_STATES = frozenset(state.value for state in Review)


class KnowledgeError(ValueError):
    """A knowledge file breaks its own rules; the message names the file and the row."""


def text_of(path: str) -> str:
    """The text of a file under `opioids/knowledge`, given by its path there."""
    return resources.files("opioids.knowledge").joinpath(path).read_text(encoding="utf-8")


def rows_of(path: str) -> Iterator[Row]:
    """The rows of a CSV file under `opioids/knowledge`, each with its provenance checked."""
    for number, row in enumerate(csv.DictReader(text_of(path).splitlines()), start=2):
        check_provenance(row, f"{path}, line {number}")
        yield row


def numbers_of(path: str, kind: Callable[..., T]) -> T:
    """The numbers of a CSV file with a `name` and a `value` in each row, as a dataclass that has a field for each.

    Raises:
        KnowledgeError: a name that is missing, unknown or there twice, or a number that is none, or no whole one
            where the field is an `int`.
    """
    types = get_type_hints(kind)
    found: dict[str, Decimal | int] = {}
    for row in rows_of(path):
        name, where = row.get("name") or "", f"{path}, {row.get('name')}"
        if name not in types:
            raise KnowledgeError(f"{where}: no such name; expected {', '.join(types)}")
        if name in found:
            raise KnowledgeError(f"{where}: there twice")
        value = decimal_of(row.get("value") or "", where)
        found[name] = _whole(value, where) if types[name] is int else value
    if missing := [name for name in types if name not in found]:
        raise KnowledgeError(f"{path}: no row for {', '.join(missing)}")
    return kind(**found)


def _whole(value: Decimal, where: str) -> int:
    if value % 1:
        raise KnowledgeError(f"{where}: {value} is not a whole number")
    return int(value)


def document_of(path: str) -> dict[str, Any]:
    """A JSON object under `opioids/knowledge`, with its provenance checked."""
    document: dict[str, Any] = json.loads(text_of(path), parse_float=Decimal, parse_int=Decimal)
    check_provenance(document, path)
    return document


def check_provenance(row: Mapping[str, Any], where: str) -> None:
    """Refuse a row that lacks its source, its edition or a known review state."""
    for name in PROVENANCE:
        if not row.get(name):
            raise KnowledgeError(f"{where}: no {name}")
    if row["review"] not in _STATES:
        raise KnowledgeError(f"{where}: review state {row['review']!r} is not known")


def decimal_of(text: str, where: str) -> Decimal:
    """A positive number of a knowledge file."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise KnowledgeError(f"{where}: {text!r} is not a number") from None
    if not value.is_finite() or value <= 0:
        raise KnowledgeError(f"{where}: {text!r} is not a positive number")
    return value
