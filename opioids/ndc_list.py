"""A hospital's own list of National Drug Codes: a CSV file with the columns `ndc` and `rxcui`."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from opioids.ndc import spellings
from opioids.tables import KnowledgeError

COLUMNS = ("ndc", "rxcui")


def read_ndc_list(text: str, where: str) -> Mapping[str, str]:
    """RxNorm codes by the eleven digits of NDCs; other columns are passed over, and so are rows without a code.

    Raises:
        KnowledgeError: a column is missing, a code is none, or an NDC is listed with two codes; the message names the
            line.
    """
    reader = csv.DictReader(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines())
    columns = {name.strip().lower(): name for name in reader.fieldnames or ()}
    if missing := [name for name in COLUMNS if name not in columns]:
        raise KnowledgeError(
            f"{where}: line 1: expected the columns ndc and rxcui, found no {' and no '.join(missing)}"
        )
    found: dict[str, str] = {}
    for row in reader:
        line = f"{where}: line {reader.line_num}"
        ndc, rxcui = ((row[columns[name]] or "").strip() for name in COLUMNS)
        if not ndc or not rxcui:
            continue
        digits = spellings(ndc)
        if len(digits) != 1 or len(digits[0]) != len("00000000000"):
            raise KnowledgeError(f"{line}: expected an NDC of eleven digits, or of ten with hyphens")
        if not (rxcui.isascii() and rxcui.isdigit()):
            raise KnowledgeError(f"{line}: expected an RxCUI, a number")
        if found.setdefault(digits[0], rxcui) != rxcui:
            raise KnowledgeError(f"{line}: this NDC stands above with another RxCUI")
    return found
