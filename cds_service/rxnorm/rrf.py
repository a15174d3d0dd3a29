"""Reading RRF files as a stream: lines of a fixed number of columns, each ended by a bar.

The files are large (the full release holds more than a gigabyte), so a block is checked as a whole, and only
lines that hold a wanted word are looked at one by one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

BLOCK = 1 << 20
LONGEST_LINE = 1 << 16

Advance = Callable[[int], None]


class Malformed(Exception):
    """A file is not what it should be; the words name the file, the line and what was expected."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}: line {line}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A file of a release: its name and how many columns its lines have."""

    name: str
    columns: int


CONSO = Layout(name="RXNCONSO.RRF", columns=18)
REL = Layout(name="RXNREL.RRF", columns=16)
SAT = Layout(name="RXNSAT.RRF", columns=13)
SAB = Layout(name="RXNSAB.RRF", columns=25)


@dataclass(slots=True, kw_only=True)
class Table:
    """One file while it is read.

    `size` (in bytes), `lines` and `sha256` are those of the whole file once it was read to its end; `line` is the
    number of the line whose columns were given last.
    """

    path: Path
    layout: Layout
    advance: Advance
    size: int = 0
    lines: int = 0
    line: int = 0
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """The hash of what was read."""
        return self._digest.hexdigest()

    def rows(self, *words: bytes) -> Iterator[list[bytes]]:
        """The columns of each line that holds one of the words. Raises `Malformed`."""
        first, *more = words
        for block in self._blocks():
            for number, line in enumerate(block, start=self.lines - len(block) + 1):
                if first in line or any(word in line for word in more):
                    self.line = number
                    yield line.split(b"|")

    def malformed(self, reason: str) -> Malformed:
        """What is wrong with the line whose columns were given last."""
        return Malformed(self.path, self.line, reason)

    def _blocks(self) -> Iterator[list[bytes]]:
        rest = b""
        with self.path.open("rb") as file:
            while read := file.read(BLOCK):
                self._count(read)
                text = rest + read
                end = text.rfind(b"\n") + 1
                rest = text[end:]
                if len(rest) > LONGEST_LINE:
                    raise self._malformed(self.lines + text.count(b"\n") + 1, "the line has no end")
                if end:
                    yield self._checked(text[:end])
        if rest:
            if not rest.endswith(b"|") or rest.count(b"|") < self.layout.columns:
                raise self._malformed(self.lines + 1, "the file is cut off in this line")
            yield self._checked(rest + b"\n")
        if not self.lines:
            raise self._malformed(1, "the file is empty")

    def _count(self, read: bytes) -> None:
        self.size += len(read)
        self._digest.update(read)
        self.advance(len(read))

    def _checked(self, text: bytes) -> list[bytes]:
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n")
        lines = text.split(b"\n")[:-1]
        if text.count(b"|") != len(lines) * self.layout.columns or text.count(b"|\n") != len(lines):
            self._find_fault(lines)
        self.lines += len(lines)
        return lines

    def _find_fault(self, lines: list[bytes]) -> None:
        wanted = self.layout.columns
        for number, line in enumerate(lines, start=self.lines + 1):
            found = line.count(b"|")
            if found != wanted or not line.endswith(b"|"):
                raise self._malformed(number, f"expected {wanted} columns, each ended by a bar, found {found}")

    def _malformed(self, line: int, reason: str) -> Malformed:
        return Malformed(self.path, line, f"{reason}; is it {self.layout.name} of an RxNorm release, whole?")
