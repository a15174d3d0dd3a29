"""Markdown as the documents have it: tables, headings, and the links that lead to these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def headings(document: str, level: str = "#+") -> list[str]:
    """The words of its headings, in order, of one level ("##") or of all."""
    return re.findall(rf"^{level} (.+)$", _FENCED.sub("", document), re.MULTILINE)


def anchor(heading: str) -> str:
    """What stands behind the "#" of a link to a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def contents(document: str) -> str:
    """A list of links to its chapters."""
    return "\n".join(f"- [{heading}](#{anchor(heading)})" for heading in headings(document, "##"))


def table_of(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; a bar in a cell of it is escaped by whoever writes the cell."""
    return [f"| {' | '.join(line)} |" for line in (columns, ["---"] * len(columns), *rows)]
