"""Where a setting comes from: the environment's variables as a tree, and the line of a key in TOML."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from cds_service.settings_check import KeyPath, Mistake
from cds_service.settings_schema import validator_of

PREFIX = "OPIOID_CDS_"
SEPARATOR = "__"


class UnreadableSettings(Exception):
    """The file cannot be read as TOML."""


class TreeSource(PydanticBaseSettingsSource):
    """A source that gives all its values at once, as a tree."""

    tree: Mapping[str, Any]

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - pydantic's signature
        """The value of one key at the top."""
        return self.tree.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All values."""
        return dict(self.tree)


class ReadBefore(TreeSource):
    """Values that were read already."""

    def __init__(self, settings_cls: type[BaseSettings], tree: Mapping[str, Any]) -> None:
        super().__init__(settings_cls)
        self.tree = tree


class FileSource(TreeSource):
    """A TOML file, or nothing. Raises `UnreadableSettings`."""

    def __init__(self, settings_cls: type[BaseSettings], path: str | Path | None) -> None:
        super().__init__(settings_cls)
        self.name = str(path or "")
        self.text = _text(Path(path)) if path else ""
        self.tree = _toml(self.text, self.name)


class EnvironmentSource(TreeSource):
    """The variables that start with OPIOID_CDS_; an empty one counts as not set.

    Unlike pydantic-settings' own source it tells every variable that names no setting, and spells ids
    with hyphens (`OPIOID_CDS_SERVICES__OPIOID_ORDER_SIGN__SHADOW`).
    """

    def __init__(self, settings_cls: type[BaseSettings], environ: Mapping[str, str]) -> None:
        super().__init__(settings_cls)
        self.origins: dict[KeyPath, str] = {}
        self.mistakes: tuple[Mistake, ...] = ()
        schema = validator_of(settings_cls).schema
        tree: dict[str, Any] = {}
        named = [(name, value) for name, value in environ.items() if name.startswith(PREFIX) and value]
        # The deeper variable is read later and wins over a table that is given as JSON.
        for name, value in sorted(named, key=lambda pair: (pair[0].count(SEPARATOR), pair[0])):
            found = _key(name.removeprefix(PREFIX), schema)
            if found is None:
                self.mistakes += (Mistake(path=(), message="no such setting", source=name),)
                continue
            path, kind = found
            self.origins[path] = name
            tree = overlay(tree, _nested(path, _value(value, kind)))
        self.tree = tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What was read, kept to say where a setting is written."""

    file: FileSource
    variables: EnvironmentSource

    def located(self, mistake: Mistake) -> Mistake:
        """The mistake with the variable, or the file and line, that holds it."""
        if variable := self._variable(mistake.path):
            return replace(mistake, source=variable)
        if mistake.source:
            return mistake
        return replace(mistake, source=self.file.name, line=line_of(self.file.text, mistake.path))

    def origin(self, path: KeyPath) -> str | None:
        """The variable, or the file and line, that sets exactly this key or a table around it; None for neither."""
        if variable := self._variable(path):
            return variable
        if not _holds(self.file.tree, path):
            return None
        return f"{self.file.name}:{line_of(self.file.text, path)}"

    def _variable(self, path: KeyPath) -> str | None:
        lengths = range(len(path), 0, -1)
        return next((name for length in lengths if (name := self.variables.origins.get(path[:length]))), None)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = (error.strerror or error) if isinstance(error, OSError) else "not UTF-8 text"
        raise UnreadableSettings(f"{path}: {reason}") from None


def _toml(text: str, path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableSettings(f"{path}: not TOML: {error}") from None
    except (ValueError, RecursionError):
        raise UnreadableSettings(f"{path}: a number is too long, or tables nest too deep") from None


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
    return next((line for line, tree in _statements(text) if _holds(tree, path)), None)


@lru_cache(maxsize=4)
def _statements(text: str) -> tuple[tuple[int, Mapping[str, Any]], ...]:
    """The line on which each statement begins, with all that stands up to its end."""
    lines = text.splitlines()
    found = []
    start = 0
    for end in range(1, len(lines) + 1):
        try:
            tree = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue  # inside a list or a text that spans lines
        found.append((start + 1, tree))
        start = end
    return tuple(found)


def _holds(tree: Any, path: KeyPath) -> bool:
    for key in path:
        try:
            tree = tree[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _key(name: str, whole: Any) -> tuple[KeyPath, Mapping[str, Any]] | None:
    path: list[str] = []
    node: Mapping[str, Any] = whole
    for part in name.split(SEPARATOR):
        spelled = {key.upper().replace("-", "_"): key for key in node.get("properties", {})}
        key = spelled.get(part.upper().replace("-", "_"))
        if key is None:
            return None
        path.append(key)
        node = node["properties"][key]
        if "$ref" in node:
            node = whole["$defs"][node["$ref"].rpartition("/")[2]]
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
