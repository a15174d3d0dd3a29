"""Reads the tables of the specification: Markdown tables under headings, with sums worked out in their cells."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.releases import all_releases, written_in
from tests.spec.notation import Json, options_of, order_of

HERE = Path(__file__).parent
AS_OF = date(2026, 1, 31)


class WrongSum(ValueError):
    """A cell says that a sum has a value which it has not."""


@dataclass(frozen=True)
class Table:
    heading: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]


def tables_of(name: str) -> list[Table]:
    """The tables of `tests/spec/<name>.md`, each under the heading before it."""
    heading, found = "", []
    lines = (HERE / f"{name}.md").read_text(encoding="utf-8").splitlines()
    for is_table, block in groupby(lines, key=lambda line: line.startswith("|")):
        if is_table:
            found.append(_table(heading, list(block)))
            continue
        for line in block:
            if line.startswith("#"):
                heading = line.lstrip("# ").strip()
    return found


def _table(heading: str, lines: list[str]) -> Table:
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    columns, rows = tuple(cells[0]), cells[2:]
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"{heading}: {row[0]} has {len(row)} cells, not {len(columns)}")
    return Table(heading=heading, columns=columns, rows=tuple(dict(zip(columns, row, strict=True)) for row in rows))


# ---- sums ----

_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def worked(text: str) -> Fraction:
    """The exact value of `2 x 5 x 2 x 1.5 = 30`; what stands after `=` must be it, rounded to two places."""
    sum_, _, shown = text.partition("=")
    value = _value(ast.parse(sum_.replace(" x ", " * ").strip(), mode="eval").body)
    if shown.strip() and Fraction(shown.strip()) != _rounded(value):
        raise WrongSum(text)
    return value


def _value(node: ast.AST) -> Fraction:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Fraction(str(node.value))
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "min":
        return min(map(_value, node.args))
    raise WrongSum(ast.dump(node))


def _rounded(value: Fraction) -> Fraction:
    doubled = value * 200 + 1 if value >= 0 else value * 200 - 1
    return Fraction(int(doubled / 2), 100)


# ---- orders ----


@dataclass(frozen=True)
class Expected:
    """What becomes of one order; `scheduled` is None where the table leaves it open."""

    row: dict[str, str]
    key: str
    outcome: str
    reason: str
    scheduled: Fraction | None
    maximum: Fraction | None
    stated: bool | None


@dataclass(frozen=True)
class Chart:
    """The orders of one case as a body for the calculator, and what must become of each."""

    id: str
    case: str
    section: str
    body: Json
    table: str
    as_of: date
    expected: tuple[Expected, ...]
    only: str

    @property
    def written(self) -> dict[str, Json]:
        """The body in every release that can say it, or in the only one that the table names."""
        if self.only:
            return {self.only: written_in(self.only, self.body)}
        return all_releases(self.body)


def charts_of(name: str) -> Iterator[Chart]:
    for table in tables_of(name):
        for id_, rows in groupby(table.rows, key=lambda row: row["id"]):
            yield _chart(id_, table.heading, list(rows))


def _chart(id_: str, section: str, rows: list[dict[str, str]]) -> Chart:
    resources: list[Json] = []
    expected: list[Expected] = []
    settings: dict[str, Any] = {}
    for row in rows:
        options = options_of(row["order"])
        key = options.get("id", "order")
        order, beside = order_of(key, row["coded as"], row["directions"], options)
        resources += [*beside, order]
        settings.update({name: options[name] for name in ("table", "on", "only", "about") if name in options})
        expected.append(_expected(row, key))
    if "about" in settings:
        resources.insert(0, {"resourceType": "Patient", "id": settings["about"]})
    alone = len(resources) == 1
    body = resources[0] if alone else {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}
    return Chart(
        id=id_,
        case=rows[0]["case"],
        section=section,
        body=body,
        table=settings.get("table", "cdc-2022"),
        as_of=date.fromisoformat(settings["on"]) if "on" in settings else AS_OF,
        expected=tuple(expected),
        only=settings.get("only", ""),
    )


def _expected(row: dict[str, str], key: str) -> Expected:
    outcome, _, reason = (part.strip() for part in row["outcome"].partition(":"))
    counted = outcome == "counted"
    open_ = row["scheduled"] == "*"
    return Expected(
        row=row,
        key=key,
        outcome=outcome,
        reason=reason,
        scheduled=worked(row["scheduled"]) if counted and not open_ else None,
        maximum=worked(row["maximum"]) if counted else None,
        stated={"yes": True, "": False, "may": None}[row["stated"]] if counted else None,
    )
