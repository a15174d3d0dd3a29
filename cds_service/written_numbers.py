"""Numbers that people write: plain digits with or without decimals, and nothing else.

Python's own readers take "1_0" for ten, "1e2" for a hundred and the digits of every script: a slip would be a dose.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import click

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_MOST_DIGITS = 20
"""No dose, length or port is longer; what is would take time to read."""


def plain_number(text: str) -> Decimal | None:
    """The number that is written, white space around it set aside; None when it is none."""
    written = text.strip()
    return Decimal(written) if _PLAIN.fullmatch(written) and len(written) <= _MOST_DIGITS else None


def whole_number(text: str) -> int | None:
    """The same without decimals."""
    written = text.strip()
    return int(written) if _WHOLE.fullmatch(written) and len(written) <= _MOST_DIGITS else None


class WholeNumber(click.types.IntParamType):
    """An option of the command line that is a whole number in plain digits."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number. Raises `click.BadParameter`."""
        if isinstance(value, str) and whole_number(value) is None:
            self.fail(f"{value!r} is not a valid integer.", param, ctx)
        return super().convert(value, param, ctx)


class WholeNumberIn(WholeNumber, click.IntRange):
    """The same between two bounds, which the help names."""
