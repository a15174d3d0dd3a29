"""National Drug Codes: the many ways to write one, and what a hospital's own list says that it stands for.

An NDC has three parts: labeler, product and package. Packages print ten digits with hyphens (4-4-2, 5-3-2 or
5-4-1), bills and RxNorm eleven without (5-4-2). Ten digits without hyphens may mean up to three codes.
"""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cached_property

from opioids.tables import KnowledgeError

_PARTS = (5, 4, 2)
_TEN_DIGITS = ((4, 4, 2), (5, 3, 2), (5, 4, 1))
_WHOLE = 11
_WITHOUT_PACKAGE = 9


def spellings(code: str) -> tuple[str, ...]:
    """The eleven digits that an NDC may mean, in order; nine where it names no package; none for what is no NDC."""
    written = code.strip().replace("\N{EN DASH}", "-").replace("\N{NON-BREAKING HYPHEN}", "-")
    parts = written.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return ()
    if len(parts) > 1:
        return _of_parts(parts)
    if len(written) == _WHOLE + 1 and written.startswith("0"):
        return (written[1:],)
    if len(written) == _WHOLE - 1:
        return tuple(sorted(_padded(_cut(written, lengths)) for lengths in _TEN_DIGITS))
    return (written,) if len(written) == _WHOLE else ()


def _of_parts(parts: list[str]) -> tuple[str, ...]:
    lengths = tuple(map(len, parts))
    if lengths in ((5, 4), (5, 3), (4, 4)) or lengths == _PARTS or lengths in _TEN_DIGITS:
        return (_padded(parts),)
    return ()


def _cut(digits: str, lengths: tuple[int, int, int]) -> list[str]:
    labeler, product, _ = lengths
    return [digits[:labeler], digits[labeler : labeler + product], digits[labeler + product :]]


def _padded(parts: Iterable[str]) -> str:
    return "".join(part.zfill(length) for part, length in zip(parts, _PARTS, strict=False))


class NdcBook:
    """What NDCs stand for, as far as a hospital's list or an imported release tells."""

    def __init__(self, rxcuis: Mapping[str, str], others: str = "") -> None:
        """Keep the lists.

        Args:
            rxcuis: RxNorm codes by eleven digits.
            others: the eleven digits of drugs that do not matter, sorted and joined into one text.
        """
        self._rxcuis = rxcuis
        self._others = others

    def find(self, code: str) -> str | None:
        """The RxNorm code that an NDC stands for; empty when it is known to be a drug that does not matter.

        None when the code is not known, or when it may be written for two different drugs.
        """
        found = set().union(*(self._meanings(digits) for digits in spellings(code)))
        return found.pop() if len(found) == 1 else None

    def _meanings(self, digits: str) -> set[str]:
        if len(digits) == _WITHOUT_PACKAGE:
            return self._products.get(digits, set()) | ({""} if self._is_other(digits) else set())
        if digits in self._rxcuis:
            return {self._rxcuis[digits]}
        return {""} if self._is_other(digits) else set()

    @cached_property
    def _products(self) -> Mapping[str, set[str]]:
        """The RxNorm codes of all packages of a product."""
        found: dict[str, set[str]] = {}
        for digits, rxcui in self._rxcuis.items():
            found.setdefault(digits[:_WITHOUT_PACKAGE], set()).add(rxcui)
        return found

    def _is_other(self, digits: str) -> bool:
        at = bisect_left(range(len(self._others) // _WHOLE), digits, key=self._other)
        return self._other(at).startswith(digits)

    def _other(self, at: int) -> str:
        return self._others[at * _WHOLE : (at + 1) * _WHOLE]


NO_NDCS = NdcBook({})


# ---- a hospital's own list: a CSV file ----

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
