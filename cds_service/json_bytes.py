"""JSON from outside as Python values, where one senseless number does not spoil the whole."""

from __future__ import annotations

import re
from math import isinf
from typing import Any

import orjson

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NO_NUMBER = b"[[]]"
"""What a number beyond a double becomes: of a type that nothing expects, and no longer than the shortest of them."""

_STRINGS_AND_NUMBERS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9][0-9.]*(?:[eE][+-]?[0-9]+)?', re.DOTALL)


def loads(body: bytes) -> Any:
    """The value in a body, with or without a byte order mark.

    JSON sets numbers no limit and a double does ("1e400"). Such a number is none that an order can mean, but the orders
    beside it may be good: it is read as a value that is no number, so that only what needs it cannot be read.

    Raises:
        orjson.JSONDecodeError: the body is not JSON in UTF-8.
    """
    body = body.removeprefix(BYTE_ORDER_MARK)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "infinity" not in error.msg:
            raise
    return orjson.loads(_STRINGS_AND_NUMBERS.sub(_without_infinity, body))


def _without_infinity(match: re.Match[bytes]) -> bytes:
    """A string or number as it is; a number beyond a double as no number, in as many bytes, so that places stay."""
    written = match.group()
    if written[:1] == b'"' or not isinf(_double(written)):
        return written
    return _NO_NUMBER.ljust(len(written))


def _double(written: bytes) -> float:
    try:
        return float(written)
    except ValueError:  # "1.2.3" is no JSON, which is said when the whole is read
        return 0.0
