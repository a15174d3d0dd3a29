"""One public key: whether calls may be signed with it, and whether one was."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.exceptions import InvalidTokenError, PyJWTError

SHORTEST_RSA, LONGEST_RSA = 2048, 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One public key, and the one algorithm that it is for."""

    id: str
    algorithm: str
    thumbprint: str
    public: EllipticCurvePublicKey | RSAPublicKey

    def signed(self, token: str) -> bool:
        """Whether a token was signed by this key's other half, with its own algorithm and no other."""
        try:
            jwt.PyJWS(algorithms=[self.algorithm]).decode(token, self.public, algorithms=[self.algorithm])
        except (InvalidTokenError, PyJWTError, ValueError):
            return False
        return True


def usable(listed: list[Any]) -> Iterator[Key]:
    """The keys among these members of a set that calls may be signed with; all others are passed over."""
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("kid"), str) or "d" in one or "k" in one:
            continue
        operations = one.get("key_ops", ["verify"])
        if one.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
            continue
        algorithm = {"EC": "ES384", "RSA": "RS384"}.get(str(one.get("kty")))
        if algorithm is None or one.get("alg", algorithm) != algorithm:
            continue
        public = _public(one, algorithm)
        if public is not None:
            yield Key(id=one["kid"], algorithm=algorithm, thumbprint=_thumbprint(public), public=public)


def _public(one: Mapping[str, Any], algorithm: str) -> EllipticCurvePublicKey | RSAPublicKey | None:
    try:
        key = jwt.PyJWK(dict(one), algorithm=algorithm).key
    except (PyJWTError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, EllipticCurvePublicKey):
        return key if key.curve.name == "secp384r1" else None
    if isinstance(key, RSAPublicKey):
        return key if SHORTEST_RSA <= key.key_size <= LONGEST_RSA else None
    return None


def _thumbprint(key: EllipticCurvePublicKey | RSAPublicKey) -> str:
    """RFC 7638: the same for one key however it was written."""
    if isinstance(key, RSAPublicKey):
        rsa = key.public_numbers()
        members = {"e": _number(rsa.e), "kty": "RSA", "n": _number(rsa.n)}
    else:
        ec = key.public_numbers()
        members = {"crv": "P-384", "kty": "EC", "x": _number(ec.x, 48), "y": _number(ec.y, 48)}
    return _encoded(hashlib.sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest())


def _number(value: int, length: int = 0) -> str:
    return _encoded(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
