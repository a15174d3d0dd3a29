"""What was worked out lately and may be asked for again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """At most `most` values by key; the oldest goes when another comes. Safe to use from several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Hashable, Value] = {}
        self.get: Callable[[Hashable], Value | None] = self._values.get
        """The value under a key, or None."""

    def put(self, key: Hashable, value: Value) -> None:
        """Remember a value."""
        values = self._values
        if len(values) >= self._most:
            # Another thread may take the same one away; then there is room as well.
            values.pop(next(iter(list(values)[:1]), None), None)
        values[key] = value
