"""What everything that is printed for a terminal obeys: how wide it is, what may stand in it, and how it ends."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

WANTING, UNREADABLE = 1, 2
"""Exit codes: the input was read and found wanting; usage is wrong, or the input cannot be read."""
NARROWEST = 64
WIDEST = 120


def within_reason(width: int) -> int:
    """A terminal's columns, no fewer and no more than a table is laid out for."""
    return min(max(width, NARROWEST), WIDEST)


def printable(text: str) -> str:
    """Text without control characters, which could steer a terminal."""
    return "".join(one if one.isprintable() else "?" for one in text)


def end(message: str, code: int) -> NoReturn:
    """Says why on standard error and ends the program."""
    click.echo(message, err=True)
    sys.exit(code)
