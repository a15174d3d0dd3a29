"""What everything that is printed for a terminal obeys: how wide it is, and what may stand in it."""

from __future__ import annotations

NARROWEST = 64
WIDEST = 120


def within_reason(width: int) -> int:
    """A terminal's columns, no fewer and no more than a table is laid out for."""
    return min(max(width, NARROWEST), WIDEST)


def printable(text: str) -> str:
    """Text without control characters, which could steer a terminal."""
    return "".join(one if one.isprintable() else "?" for one in text)
