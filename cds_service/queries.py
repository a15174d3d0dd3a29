"""What callers of the calculator choose beside the orders: the conversion table and the day."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from cds_service.errors import InvalidBody
from opioids.conversion import ConversionTable
from opioids.knowledge import Knowledge

DEFAULT_TABLE = "cdc-2022"
NAMES = ("table", "asOf")
YEARS = range(1900, 2200)
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_names(names: Iterable[str]) -> None:
    """Raises `InvalidBody` at a name of ours that is given twice, or in another letter case: one would go unseen, and
    another day be told. `names` holds each as often as it is given.
    """
    given = Counter(names)
    for name, times in given.items():
        if times > 1 and name in NAMES:
            raise InvalidBody(name, "expected it once")
        meant = next((one for one in NAMES if name.lower() == one.lower() and name != one), None)
        if meant:
            raise InvalidBody(name, f'expected the name as "{meant}"')


def conversion_table(knowledge: Knowledge, table_id: str) -> ConversionTable:
    """The table of that id. Raises `InvalidBody` at `table`."""
    if table := knowledge.tables.get(table_id):
        return table
    raise InvalidBody("table", f"expected one of {', '.join(sorted(knowledge.tables))}")


def day(text: str, path: str) -> date:
    """A calendar day written YYYY-MM-DD and nothing else. Raises `InvalidBody` at `path`."""
    if ISO_DAY.fullmatch(text) and int(text[:4]) in YEARS:
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise InvalidBody(path, f"expected a day as YYYY-MM-DD, from {YEARS.start} to {YEARS.stop - 1}")
