"""FHIR files for `opioid-cds mme`: read, put together as one regimen, and calculated."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

from cds_service import wire
from cds_service.queries import conversion_table, day
from fhir_mappings import calculator
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
    contents = [(name, read_file(name)) for name in files]
    body = contents[0][1] if len(contents) == 1 else _together([content for _, content in contents])
    try:
        return calculator.calculate(body, knowledge=known, table=table, as_of=on)
    except UnsuitableBody as error:
        raise Unreadable(f"{', '.join(files)}: {error}") from None


def read_file(name: str) -> dict[str, Any]:
    """The JSON object in a file, or on standard input. Raises `Unreadable`."""
    try:
        body = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
        return wire.read_object(body)
    except OSError as error:
        raise Unreadable(f"{name}: {error.strerror}") from None
    except RequestError as error:
        raise Unreadable(f"{name}: {error.reason}") from None


def _together(contents: list[dict[str, Any]]) -> dict[str, Any]:
    entries: list[Any] = []
    for content in contents:
        if content.get("resourceType") == "Bundle":
            entries += items(content.get("entry"))
        else:
            entries.append({"resource": content})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}
