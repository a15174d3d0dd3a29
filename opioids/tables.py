"""Reading the knowledge files: every row must say where it comes from, or it is not loaded."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, TypeVar, get_args, get_type_hints

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


def record(kind: Callable[..., T], row: Mapping[str, Any], where: str) -> T:
    """A row or a JSON object as a dataclass: each field is what stands under its name, as its type asks.

    In a CSV file "yes" is true, and nothing is None where a field allows it.

    Raises:
        KnowledgeError: a number that is none, or no whole one where the field is an `int`.
    """
    types = _types(kind)
    return kind(**{name: _as(types[name], row[name], f"{where}, {name}") for name in types if name in row})


@cache
def _types(kind: Callable[..., object]) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _as(asked: Any, value: Any, where: str) -> Any:
    kind, *also = get_args(asked) or (asked,)
    if also and (value is None or value == ""):
        return None
    if kind is bool:
        return value is True or value == "yes"
    if kind is Decimal or kind is int:
        number = value if isinstance(value, Decimal) else decimal_of(value, where)
        return _whole(number, where) if kind is int else number
    return kind(value)


def _whole(value: Decimal, where: str) -> int:
    if value % 1:
        raise KnowledgeError(f"{where}: {value} is not a whole number")
    return int(value)


def numbers_of(path: str, kind: Callable[..., T]) -> T:
    """The numbers of a CSV file with a `name` and a `value` in each row, as a dataclass that has a field for each.

    Raises:
        KnowledgeError: a name that is missing, unknown or there twice, or what `record` refuses.
    """
    names = _types(kind)
    found: dict[str, str] = {}
    for row in rows_of(path):
        name, where = row.get("name") or "", f"{path}, {row.get('name')}"
        if name not in names:
            raise KnowledgeError(f"{where}: no such name; expected {', '.join(names)}")
        if name in found:
            raise KnowledgeError(f"{where}: there twice")
        found[name] = row.get("value") or ""
    if missing := [name for name in names if name not in found]:
        raise KnowledgeError(f"{path}: no row for {', '.join(missing)}")
    return record(kind, found, path)


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
