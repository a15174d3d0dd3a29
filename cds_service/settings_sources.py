"""Where a setting comes from: the environment's variables as a tree, and the line of a key in TOML."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cds_service.schemas import SETTINGS_SCHEMA
from cds_service.settings_check import KeyPath, Mistake

PREFIX = "OPIOID_CDS_"
SEPARATOR = "__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """The settings that the environment holds, and which variable gave which key."""

    tree: Mapping[str, Any]
    origins: Mapping[KeyPath, str]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What was read, kept to say where a mistake is."""

    file: str
    text: str
    variables: Mapping[KeyPath, str]

    def located(self, mistake: Mistake) -> Mistake:
        """The mistake with the variable, or the file and line, that holds it."""
        for length in range(len(mistake.path), 0, -1):
            if variable := self.variables.get(mistake.path[:length]):
                return replace(mistake, source=variable)
        if mistake.source:
            return mistake
        return replace(mistake, source=self.file, line=line_of(self.text, mistake.path))


def from_environment(environ: Mapping[str, str]) -> Variables:
    """The variables that start with OPIOID_CDS_, as a tree; an empty variable counts as not set."""
    tree: dict[str, Any] = {}
    origins: dict[KeyPath, str] = {}
    mistakes: list[Mistake] = []
    named = [(name, value) for name, value in environ.items() if name.startswith(PREFIX) and value]
    for name, value in sorted(named, key=lambda pair: (pair[0].count(SEPARATOR), pair[0])):
        found = _key(name.removeprefix(PREFIX))
        if found is None:
            mistakes.append(Mistake(path=(), message="no such setting", source=name))
            continue
        path, schema = found
        origins[path] = name
        tree = overlay(tree, _nested(path, _value(value, schema)))
    return Variables(tree=tree, origins=origins, mistakes=tuple(mistakes))


def overlay(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both trees as one; where both have a value, the one `above` stands, table by table."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = overlay(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def line_of(text: str, path: KeyPath) -> int | None:
    """The line (from 1) of the statement that sets the key, or that opens its nearest table.

    The shortest beginning of the text that parses and holds the key ends with that statement.
    """
    if not text:
        return None
    for length in range(len(path), 0, -1):
        if line := _line_of_exactly(text, path[:length]):
            return line
    return None


def _line_of_exactly(text: str, path: KeyPath) -> int | None:
    lines = text.splitlines()
    start = 0
    for end in range(1, len(lines) + 1):
        try:
            tree = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue  # inside a list or a text that spans lines
        if _holds(tree, path):
            return start + 1
        start = end
    return None


def _holds(tree: Any, path: KeyPath) -> bool:
    for key in path:
        try:
            tree = tree[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _key(name: str) -> tuple[KeyPath, Mapping[str, Any]] | None:
    path: list[str] = []
    node: Mapping[str, Any] = SETTINGS_SCHEMA
    for part in name.split(SEPARATOR):
        spelled = {key.upper().replace("-", "_"): key for key in node.get("properties", {})}
        key = spelled.get(part.upper().replace("-", "_"))
        if key is None:
            return None
        path.append(key)
        node = node["properties"][key]
        if "$ref" in node:
            node = SETTINGS_SCHEMA["$defs"][node["$ref"].rpartition("/")[2]]
    return tuple(path), node


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    """The value as the schema types it; what cannot be read stays text, for the schema to refuse."""
    kind = schema.get("type", "string")
    if kind == "string":
        return text
    if kind == "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower(), text)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _nested(path: KeyPath, value: Any) -> dict[str, Any]:
    for key in reversed(path):
        value = {key: value}
    tree: dict[str, Any] = value
    return tree
