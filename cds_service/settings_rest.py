"""What else is wrong where some settings are wrong in themselves: the others are looked at without these."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from cds_service.settings_check import KeyPath

_RESTS_ON: Mapping[str, frozenset[str]] = {
    "auth": frozenset({"public_url"}),
    "explain": frozenset({"site"}),
    "retention": frozenset({"snooze", "notes", "site", "mode"}),
    "snooze": frozenset({"notes", "site"}),
}
"""Tables whose mistakes can come from what stands in others, or is missing there."""


def without(tree: Mapping[str, Any], wrong: Collection[KeyPath]) -> dict[str, Any]:
    """The tree without the values at these paths; one within a list takes the list with it."""
    kept: dict[str, Any] = {}
    for key, value in tree.items():
        paths = [path[1:] for path in wrong if path and path[0] == key]
        if not paths:
            kept[key] = value
        elif isinstance(value, Mapping) and all(paths):
            kept[key] = without(value, paths)
    return kept


def may_follow(path: KeyPath, wrong: Collection[KeyPath]) -> bool:
    """Whether a mistake may be one only because the settings at other paths were left out."""
    table = str(path[0]) if path else ""
    rests_on = {table} | _RESTS_ON.get(table, frozenset())
    return any(other[0] in rests_on for other in wrong if other)
