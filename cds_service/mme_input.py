"""FHIR files for `opioid-cds mme`: read, put together as one regimen, and calculated."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

from cds_service import request_json
from cds_service.queries import conversion_table, day
from fhir_mappings import calculator
from fhir_mappings.bundles import NO_ORDERS, kind_of
from fhir_mappings.elements import UnsuitableBody, items
from hooks.protocol import RequestError
from opioids.knowledge import Knowledge
from opioids.mme import MmeTotal

STANDARD_INPUT = "-"


class Unreadable(Exception):
    """A file or option that cannot be read; the words say which and why."""


def calculated(files: tuple[str, ...], *, table_id: str, as_of: str | None, today: date, known: Knowledge) -> MmeTotal:
    """The total of all files on a day. Raises `Unreadable`."""
    try:
        table = conversion_table(known, table_id)
        on = day(as_of, "as-of") if as_of is not None else today
    except RequestError as error:
        raise Unreadable(f"--{error.path}: {error.reason}") from None
    try:
        return calculator.calculate(_body(files), knowledge=known, table=table, as_of=on)
    except UnsuitableBody as error:
        raise Unreadable(f"{', '.join(files)}: {error}") from None


def _body(files: tuple[str, ...]) -> dict[str, Any]:
    """One file as it is; several as one Bundle, among them at least one that is more than a Medication."""
    contents = [(name, read_file(name)) for name in files]
    if len(contents) == 1:
        return contents[0][1]
    entries: list[Any] = []
    for name, content in contents:
        entries += _entries_of(name, content)
    if all(content["resourceType"] == "Medication" for _, content in contents):
        raise UnsuitableBody(*NO_ORDERS)
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _entries_of(name: str, content: dict[str, Any]) -> list[Any]:
    """The entries of a file among several; it may also hold a Medication to which orders in others refer."""
    try:
        kind = kind_of(content, "Medication")
    except UnsuitableBody as error:
        raise Unreadable(f"{name}: {error}") from None
    return [*items(content.get("entry"))] if kind == "Bundle" else [{"resource": content}]


def read_file(name: str) -> dict[str, Any]:
    """The JSON object in a file, or on standard input. Raises `Unreadable`."""
    try:
        body = Path(name).read_bytes() if name != STANDARD_INPUT else sys.stdin.buffer.read() if sys.stdin else b""
        return request_json.read_object(body)
    except OSError as error:
        raise Unreadable(f"{name}: {error.strerror or error}") from None
    except RequestError as error:
        raise Unreadable(f"{name}: {error.reason}") from None
