"""Small faults in a module: one changed comparison, number, name, branch or statement at a time.

A mutant is made in the syntax tree and compiled from it, so that nothing on disk changes. Left alone are what cannot
matter to a caller or is wording: annotations, docstrings, decorators, the texts of exceptions, f-strings and the
`detail` of a refusal.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One fault: where it is, what stood there and what stands there now."""

    path: Path
    line: int
    last_line: int
    before: str
    after: str
    number: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.before}  ->  {self.after}"


Swap = tuple[Callable[[], None], Callable[[], None]]
"""How to change a tree, and how to undo that."""

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "True": "False", "False": "True"}
WORDING = ("detail", "reason_words", "note")


def mutants_of(path: Path, root: Path) -> list[Mutant]:
    """Every mutant of one module, in the order in which they stand there."""
    tree = ast.parse((root / path).read_text(encoding="utf-8"))
    found = []
    for number, (statement, change, undo) in enumerate(_changes(tree)):
        before = ast.unparse(statement)
        change()
        after = ast.unparse(ast.fix_missing_locations(statement))
        undo()
        first, last = _first_difference(before, after)
        span = _head(statement)
        found.append(Mutant(path=path, line=span[0], last_line=span[1], before=first, after=last, number=number))
    return found


def code_of(mutant: Mutant, root: Path) -> ast.Module:
    """The whole module with the fault in it."""
    tree = ast.parse((root / mutant.path).read_text(encoding="utf-8"))
    for number, (_, change, _) in enumerate(_changes(tree)):
        if number == mutant.number:
            change()
            return ast.fix_missing_locations(tree)
    raise LookupError(f"no mutant {mutant.number} in {mutant.path}")


def _first_difference(before: str, after: str) -> tuple[str, str]:
    """The first line in which two texts differ, of each."""
    for one, other in zip(before.splitlines(), after.splitlines(), strict=False):
        if one != other:
            return one.strip(), other.strip()
    return before.splitlines()[0].strip(), (after.splitlines() or ["(nothing)"])[0].strip()


def _head(statement: ast.stmt) -> tuple[int, int]:
    """The lines of a statement without the block that it may head."""
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if isinstance(body, list) and body else statement.end_lineno
    return statement.lineno, max(statement.lineno, last or statement.lineno)


# ---- walking ----


def _changes(tree: ast.Module) -> Iterator[tuple[ast.stmt, Callable[[], None], Callable[[], None]]]:
    for statement in _statements(tree.body):
        for part in _own_parts(statement):
            for change, undo in _of_node(part):
                yield statement, change, undo
        for change, undo in _of_statement(statement):
            yield statement, change, undo


def _statements(block: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in block:
        if isinstance(statement, ast.Import | ast.ImportFrom | ast.Assert) or _is_words(statement):
            continue
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
            continue
        yield statement
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(statement, name, None)
            if isinstance(inner, list):
                yield from _statements([one for one in inner if isinstance(one, ast.stmt)])
        for handler in getattr(statement, "handlers", []):
            yield from _statements(handler.body)
        for case in getattr(statement, "cases", []):
            yield from _statements(case.body)


def _is_words(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _own_parts(statement: ast.stmt) -> Iterator[ast.AST]:
    """The expressions of a statement, without those of the statements within it and without annotations."""
    if isinstance(statement, ast.FunctionDef):
        roots: list[ast.AST | None] = [*statement.args.defaults, *statement.args.kw_defaults]
    elif isinstance(statement, ast.ClassDef):
        roots = []
    elif isinstance(statement, ast.AnnAssign):
        roots = [] if "TypeAlias" in ast.unparse(statement.annotation) else [statement.value]
    elif isinstance(statement, ast.Raise):
        roots = []
    else:
        roots = [
            child for child in ast.iter_child_nodes(statement) if not isinstance(child, ast.stmt | ast.excepthandler)
        ]
    for root in roots:
        if root is not None:
            yield from _walk(root)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr | ast.stmt):
        return
    yield node
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("cast", "TypeVar", "dataclass", "isinstance"):
        children: list[ast.AST] = list(node.args[:1]) if ast.unparse(node.func) == "isinstance" else []
    elif isinstance(node, ast.keyword):
        children = [] if node.arg in WORDING else [node.value]
    else:
        children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from _walk(child)


# ---- changes ----


def _swap(owner: object, name: str, value: object) -> Swap:
    old = getattr(owner, name)
    return lambda: setattr(owner, name, value), lambda: setattr(owner, name, old)


def _of_node(node: ast.AST) -> Iterator[Swap]:  # noqa: C901 - one case for each kind of fault
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                ops = list(node.ops)
                ops[place] = COMPARISONS[type(operator)]()
                yield _swap(node, "ops", ops)
        case ast.BoolOp():
            yield _swap(node, "op", ast.And() if isinstance(node.op, ast.Or) else ast.Or())
        case ast.UnaryOp(op=ast.Not()):
            # Twice, as a node cannot take its own place: `not not x`.
            yield _swap(node, "operand", ast.UnaryOp(op=ast.Not(), operand=node.operand))
        case ast.BinOp() if type(node.op) in OPERATORS and not _is_text(node):
            yield _swap(node, "op", OPERATORS[type(node.op)]())
        case ast.IfExp():
            yield _swap(node, "test", ast.UnaryOp(op=ast.Not(), operand=node.test))
        case ast.comprehension() if node.ifs:
            yield _swap(node, "ifs", [])
        case ast.Constant(value=bool()):
            yield _swap(node, "value", not node.value)
        case ast.Constant(value=int()):
            yield _swap(node, "value", node.value + 1)
        case ast.Constant(value=str()):
            yield _swap(node, "value", _other_text(node.value))
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            yield _swap(node.func, "id", NAMES[name])
        case _:
            return


def _is_text(node: ast.BinOp) -> bool:
    return any(isinstance(part, ast.JoinedStr) for part in (node.left, node.right))


def _other_text(text: str) -> str:
    """Another text: the double of a number, a list of words or phrases without its first, else one nobody wrote."""
    try:
        return str(float(text) * 2 or 1) if abs(float(text)) < float("inf") else "0"
    except ValueError:
        pass
    for separator in ("\n", "|", " "):
        if separator in text.strip(separator):
            return text.strip(separator).partition(separator)[2]
    return "mutant"


def _of_statement(statement: ast.stmt) -> Iterator[Swap]:
    match statement:
        case ast.If() | ast.While():
            yield _swap(statement, "test", ast.UnaryOp(op=ast.Not(), operand=statement.test))
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield _swap(statement, "value", ast.Constant(value=None))
        case ast.AugAssign() if type(statement.op) in OPERATORS:
            yield _swap(statement, "op", OPERATORS[type(statement.op)]())
        case ast.Expr(value=ast.Call()):
            yield _swap(statement, "value", ast.Constant(value=None))
        case ast.Raise():
            yield _swap(statement, "exc", ast.Name(id="ZeroDivisionError", ctx=ast.Load()))
        case _:
            return


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
