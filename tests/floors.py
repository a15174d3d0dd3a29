"""Which imports each floor may have, read from the source with `ast`: nothing is imported to find out."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FLOORS = ("opioids", "fhir_mappings", "hooks", "cds_service")
"""Lowest first. A floor may import itself and the floors below it."""

DISTRIBUTIONS = {
    "alembic": {"alembic"},
    "babel": {"babel"},
    "click": {"click"},
    "fhir.resources": {"fhir"},
    # Flask's own documentation sends its readers to these, which always come with it.
    "flask": {"flask", "itsdangerous", "jinja2", "markupsafe", "werkzeug"},
    "granian": {"granian"},
    "jsonschema": {"jsonschema"},
    "orjson": {"orjson"},
    "prometheus-client": {"prometheus_client"},
    # SQLAlchemy loads the driver by its name in a URL.
    "psycopg": {"psycopg"},
    "pydantic-settings": {"pydantic", "pydantic_settings"},
    "pyjwt": {"cryptography", "jwt"},
    # Its adapters are made of urllib3, which always comes with it.
    "requests": {"requests", "urllib3"},
    "sqlalchemy": {"sqlalchemy"},
}
"""What may be imported thanks to each distribution that pyproject.toml declares."""

STANDARD = sys.stdlib_module_names | {"_typeshed"}
"""The standard library, and the names that type checkers give to parts of it."""

STRICT_WRITERS = frozenset({"fhir_mappings.models"})
"""The modules that know models of FHIR; everybody else works with plain dicts."""

WRITERS_OF_BYTES = frozenset({"fhir_mappings.written"})
"""The modules below the shell that turn plain values into bytes, and know the JSON library for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One source file: its dotted name and its tree."""

    name: str
    is_package: bool
    tree: ast.Module

    @property
    def floor(self) -> str:
        return self.name.split(".")[0]

    def resolve(self, target: str, level: int) -> str | None:
        """The absolute name of a relative import; None when it leaves the top package."""
        if not level:
            return target
        package = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        kept = package[: len(package) - (level - 1)]
        return ".".join([*kept, target]).rstrip(".") if kept else None


def parse(path: str, source: str) -> Module:
    """The module at a path relative to the repository."""
    parts = list(Path(path).with_suffix("").parts)
    is_package = parts[-1] == "__init__"
    return Module(name=".".join(parts[:-1] if is_package else parts), is_package=is_package, tree=ast.parse(source))


def check_tree(root: Path) -> list[str]:
    """Everything wrong with the floors under a folder, a floor without modules included."""
    faults = []
    for floor in FLOORS:
        paths = sorted(path.relative_to(root) for path in (root / floor).rglob("*.py"))
        if not paths:
            faults.append(f"{floor}: no modules found")
        for path in paths:
            module = parse(path.as_posix(), (root / path).read_text(encoding="utf-8"))
            faults += [f"{path.as_posix()}{fault}" for fault in check(module)]
    return faults


def check(module: Module) -> Iterator[str]:
    """`:line: what is wrong` for each import that the floors forbid."""
    for node in ast.walk(module.tree):
        for target, level in _imported(node):
            absolute = module.resolve(target, level) if target is not None else None
            fault = _fault(module, absolute)
            if fault:
                yield f":{getattr(node, 'lineno', 0)}: {fault}"


def _imported(node: ast.AST) -> Iterator[tuple[str | None, int]]:
    """What a node imports: a name and how many dots it had; None for a name known only at run time."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, 0) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        # `from fhir import resources` imports fhir.resources: the full name is what the rules look at.
        yield from ((".".join(filter(None, (node.module, alias.name))), node.level) for alias in node.names)
    elif isinstance(node, ast.Call) and _callee(node) in {"import_module", "__import__"}:
        name = _written_name(node.args[0]) if node.args else None
        yield (None, 0) if name is None else (name.lstrip("."), len(name) - len(name.lstrip(".")))


def _written_name(argument: ast.expr) -> str | None:
    """A name in full, or the package of a name whose last part alone is chosen at run time."""
    if isinstance(argument, ast.JoinedStr):
        start, *_ = argument.values
        if isinstance(start, ast.Constant) and isinstance(start.value, str) and start.value.endswith("."):
            return start.value[:-1]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return None


def _callee(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _fault(module: Module, target: str | None) -> str | None:
    if target is None:
        return "this import cannot be read from the source"
    top = target.split(".")[0]
    if top in FLOORS:
        points_up = FLOORS.index(top) > FLOORS.index(module.floor)
        return f"{module.floor} may not import {target}: it points up" if points_up else None
    if top in STANDARD:
        return None
    if top not in _libraries(module):
        return f"{target} does not belong in {module.name}"
    return None


def _libraries(module: Module) -> set[str]:
    """The top-level names of libraries that a module may import."""
    models = DISTRIBUTIONS["fhir.resources"]
    if module.name in STRICT_WRITERS:
        return models
    if module.name in WRITERS_OF_BYTES:
        return DISTRIBUTIONS["orjson"]
    if module.floor != FLOORS[-1]:
        return set()
    return {name for names in DISTRIBUTIONS.values() for name in names} - models
