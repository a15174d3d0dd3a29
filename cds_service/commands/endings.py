"""How commands end: 0 done, 1 the input was read and found wanting, 2 usage or unreadable input."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

WANTING = 1
UNREADABLE = 2


def end(message: str, code: int) -> NoReturn:
    """Says why on standard error and ends the program."""
    click.echo(message, err=True)
    sys.exit(code)
