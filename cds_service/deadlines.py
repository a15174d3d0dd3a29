"""How long something may still take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Self


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a clock that never goes back."""

    at: float
    seconds: Callable[[], float] = monotonic

    @classmethod
    def after(cls, length: float, seconds: Callable[[], float] = monotonic) -> Self:
        """The moment `length` seconds from now."""
        return cls(seconds() + length, seconds)

    def remaining(self) -> float:
        """Seconds until then; never less than 0."""
        return max(0.0, self.at - self.seconds())

    @property
    def passed(self) -> bool:
        """Whether there is no time left."""
        return self.remaining() <= 0

    def at_most(self, length: float) -> Self:
        """This moment, or the one `length` seconds from now when that comes earlier."""
        return type(self)(min(self.at, self.seconds() + length), self.seconds)
