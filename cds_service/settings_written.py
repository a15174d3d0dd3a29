"""The settings in effect, as TOML that could be used again but for its secrets, with where each comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.engine import make_url

from cds_service.settings import Settings
from cds_service.settings_check import KeyPath
from cds_service.settings_sources import Sources

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
MASKED = "***"
SECRET_PARAMETERS = frozenset({"password", "sslpassword"})


def effective(settings: Settings, sources: Sources) -> str:
    """Every setting, a line each. Values that are secret, or hold a secret, are masked."""
    tree = settings.model_dump(mode="json", by_alias=True)
    tree["database"]["url"] = masked_url(settings.database.url)
    if settings.site.key is not None:
        tree["site"]["key"] = MASKED
    return "\n".join(_table(tree, (), sources))


def masked_url(url: str) -> str:
    """A database URL without its password, wherever it stands in it."""
    parsed = make_url(url)
    query = {key: MASKED if key.lower() in SECRET_PARAMETERS else value for key, value in parsed.query.items()}
    return parsed.set(query=query).render_as_string(hide_password=True)


def _table(tree: Mapping[str, Any], path: KeyPath, sources: Sources) -> Iterator[str]:
    """The plain values first: in TOML what follows the head of a table belongs to it."""
    inner = {key: value for key, value in tree.items() if _is_table(value)}
    if path and len(inner) < len(tree):
        yield f"\n[{_written(path)}]"
    for key, value in tree.items():
        if key not in inner:
            yield _line(key, value, sources.origin((*path, key)))
    for key, value in inner.items():
        if isinstance(value, Mapping):
            yield from _table(value, (*path, key), sources)
        else:
            yield from _tables(value, (*path, key), sources)


def _tables(rows: list[Mapping[str, Any]], path: KeyPath, sources: Sources) -> Iterator[str]:
    for index, row in enumerate(rows):
        yield f"\n[[{_written(path)}]]"
        for key, value in row.items():
            yield _line(key, value, sources.origin((*path, index, key)))


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _written(path: KeyPath) -> str:
    return ".".join(map(_quoted, map(str, path)))


def _quoted(key: str) -> str:
    """A key as TOML wants it: bare, or in quotes when it holds anything but letters, digits and hyphens."""
    return key if BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _line(key: str, value: Any, origin: str | None) -> str:
    if value is None:
        return f"# {key} is not set"
    return f"{_quoted(key)} = {json.dumps(value, ensure_ascii=False)}  # {origin or 'default'}"
