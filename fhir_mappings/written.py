"""Values as bytes, by which what was read of one is found again when the next is written alike, or looked up."""

from __future__ import annotations

from typing import Any

import orjson

LONGEST_REMEMBERED = 4096
"""Bytes; longer values are read each time, so that nobody can fill the memory with them."""


def as_written(value: Any) -> bytes | None:
    """A JSON value as bytes, which are equal for values that are written alike.

    None for what is too long to be worth remembering, and for what no JSON body can hold.
    """
    try:
        written = orjson.dumps(value)
    except orjson.JSONEncodeError:
        return None
    return written if len(written) <= LONGEST_REMEMBERED else None


def canonical(value: Any) -> bytes | None:
    """A JSON value as bytes, which are equal for values that say the same in any order of names.

    Of any length: for looking values up and not for remembering them. None for what no JSON body can hold.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return None


def read_again(written: bytes) -> Any:
    """The value that `as_written` was given."""
    return orjson.loads(written)
