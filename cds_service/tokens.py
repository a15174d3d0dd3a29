"""A caller's JWT, taken apart strictly and before anything in it is believed.

Source: CDS Hooks 2.0.1 and 3.0.0-ballot, "Trusting CDS Clients"; RFC 7515, RFC 7519.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LONGEST_TOKEN = 8192
LONGEST_TEXT = 512
LATEST_SECONDS = 10**11
"""Since 1970: what is said to be later, or as much earlier, is no moment."""
ALGORITHMS = ("ES384", "RS384")
"""What the specification recommends. `none` and every symmetric algorithm are forbidden by it."""

_BEARER = re.compile(r"Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+) *", re.IGNORECASE | re.ASCII)
_NEVER_NEEDED = frozenset({"jwk", "x5u", "x5c", "crit", "b64", "zip"})
"""Header members that bring a key along, or change what a signature means."""


class Reason(StrEnum):
    """Why a call was refused: for logs and metrics of the service, never for the caller."""

    NO_TOKEN = "no-token"  # noqa: S105 - the name of a reason
    MALFORMED = "malformed"
    HEADER = "header"
    ALGORITHM = "algorithm"
    CLAIMS = "claims"
    ISSUER = "issuer"
    KEY_ADDRESS = "key-address"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    LIFETIME = "lifetime"
    KEYS_UNAVAILABLE = "keys-unavailable"
    KEY_UNKNOWN = "key-unknown"
    KEY_UNSUITABLE = "key-unsuitable"
    SIGNATURE = "signature"
    REPLAYED = "replayed"


class Refused(Exception):
    """A call that is not answered; `issuer` only where it is a configured one."""

    def __init__(self, reason: Reason, issuer: str | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.issuer = issuer


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a token says. None of it is true before its signature was checked."""

    written: str = field(repr=False)
    algorithm: str
    key_id: str
    key_address: str | None
    issuer: str
    audiences: tuple[str, ...]
    expires: float
    issued: float
    not_before: float | None
    id: str


def read_token(authorization: str | None) -> Token:
    """The token of an Authorization header. Raises `Refused`."""
    if not authorization:
        raise Refused(Reason.NO_TOKEN)
    match = _BEARER.fullmatch(authorization) if len(authorization) <= LONGEST_TOKEN else None
    if match is None:
        raise Refused(Reason.MALFORMED)
    written = match[1]
    head, body, _ = written.split(".")
    header, claims = object_in(head), object_in(body)
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise Refused(Reason.ALGORITHM)
    kind = header.get("typ")
    if not isinstance(kind, str) or kind.upper() != "JWT" or _NEVER_NEEDED & header.keys():
        raise Refused(Reason.HEADER)
    return Token(
        written=written,
        algorithm=str(algorithm),
        key_id=_text(header, "kid", Reason.HEADER),
        key_address=_text(header, "jku", Reason.KEY_ADDRESS) if "jku" in header else None,
        issuer=_text(claims, "iss"),
        audiences=_audiences(claims),
        expires=_moment(claims, "exp"),
        issued=_moment(claims, "iat"),
        not_before=_moment(claims, "nbf") if "nbf" in claims else None,
        id=_text(claims, "jti"),
    )


def object_in(segment: str) -> Mapping[str, Any]:
    """The JSON object of a segment; one that names a member twice has two meanings, and is refused."""
    try:
        text = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)).decode("utf-8")
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refused(Reason.MALFORMED) from None
    if not isinstance(found, dict):
        raise Refused(Reason.MALFORMED)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member stands twice")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _is_plain(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and value.isprintable()


def _text(members: Mapping[str, Any], name: str, otherwise: Reason = Reason.CLAIMS) -> str:
    value = members.get(name)
    if not _is_plain(value):
        raise Refused(otherwise)
    return str(value)


def _audiences(claims: Mapping[str, Any]) -> tuple[str, ...]:
    value = claims.get("aud")
    audiences = value if isinstance(value, list) else [value]
    if not audiences or not all(map(_is_plain, audiences)):
        raise Refused(Reason.CLAIMS)
    return tuple(audiences)


def _moment(claims: Mapping[str, Any], name: str) -> float:
    """Seconds since 1970, as RFC 7519 has them."""
    value = claims.get(name)
    # Compared and not converted: a whole number in JSON may be longer than any float. NaN is not at most anything.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LATEST_SECONDS:
        raise Refused(Reason.CLAIMS)
    return float(value)
