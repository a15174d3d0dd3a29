"""JSON from outside as Python values, where one senseless number does not spoil the whole; and JSON for people."""

from __future__ import annotations

import re
from math import isinf
from typing import Any

import orjson

JsonObject = dict[str, Any]

MEDIA_TYPES = frozenset({"application/json", "application/fhir+json", "application/json+fhir", "text/json"})
"""What JSON is called by those who send it, of which release of FHIR they may be."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MOST_SENSELESS = 100
"""Numbers that no double can hold, in one body; one with more of them was not written by an EHR."""

_NO_NUMBER = b"[[]]"
"""What a number beyond a double becomes: of a type that nothing expects, and no longer than the shortest of them."""

# Nothing is tried twice, and a string that does not end goes on to the end: whatever is sent is looked through once.
_MAY_BE_BEYOND = (
    rb"-?[0-9]++(?:\.[0-9]++)?[eE]\+?[0-9]{3,}+(?![0-9.])|-?[0-9]{200,}+(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?(?![0-9.])"
)
_ANYTHING_ELSE = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^"0-9-]++|-(?![0-9])|(?!%b)-?[0-9][0-9.eE+-]*+' % _MAY_BE_BEYOND
_UP_TO_ONE = re.compile(rb"(?:%b)*+(%b)" % (_ANYTHING_ELSE, _MAY_BE_BEYOND), re.DOTALL)


def loads(body: bytes) -> Any:
    """The value in a body, with or without a byte order mark.

    JSON sets numbers no limit and a double does ("1e400"). Such a number is none that an order can mean, but the orders
    beside it may be good: it is read as a value that is no number, so that only what needs it cannot be read.

    Raises:
        orjson.JSONDecodeError: the body is not JSON in UTF-8, or holds more than `MOST_SENSELESS` such numbers.
    """
    body = body.removeprefix(BYTE_ORDER_MARK)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "infinity" not in error.msg:
            raise
    return orjson.loads(_without_senseless(body))


def indented(content: object) -> bytes:
    """JSON for people to read."""
    return orjson.dumps(content, option=orjson.OPT_INDENT_2, default=dict)


def _without_senseless(body: bytes) -> bytes:
    """A body whose numbers beyond a double are no numbers, in as many bytes, so that places stay."""
    parts: list[bytes] = []
    at = 0
    for _ in range(MOST_SENSELESS):
        found = _UP_TO_ONE.match(body, at)
        if found is None:
            break
        written = found[1]
        parts += (body[at : found.start(1)], _NO_NUMBER.ljust(len(written)) if isinf(float(written)) else written)
        at = found.end()
    return b"".join([*parts, body[at:]])
