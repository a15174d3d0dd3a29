"""The public keys of a client: which of them may be used, and keeping a fetched set for a while."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.exceptions import InvalidTokenError, PyJWTError

MOST_KEYS = 100
SHORTEST_RSA, LONGEST_RSA = 2048, 8192
FRESH_SECONDS = 600.0
USED_AT_MOST_SECONDS = 3600.0
"""An old set serves so long when no newer one can be had; then it is as if there were none."""
REFETCH_SECONDS = 10.0
"""Between two attempts for one client, whoever asks."""
SAME_KEY_SECONDS = 60.0
"""Between two attempts for one key that is not there."""
KEY_IDS_REMEMBERED = 1000

PUBLISHED_PRIVATE_KEYS = frozenset({"s9fOe-KDYD1myZ8YCzleUqJQgrYZL49kVijBxhnZvZc"})
"""RFC 7638 thumbprints of keys whose private halves everybody can read.

The public sandbox's, kid 44823f3d-0b01-4a6c-a80e-b9d3e8a7226f: github.com/cds-hooks/sandbox,
`build/.well-known/jwks.json` and `keys/ecprivkey.pem`, commit 3b7e255 of 2026-03-31.
"""


class NoKeys(Exception):
    """A key set that cannot be had or read. Holds nothing of it."""


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


KeysById = Mapping[str, tuple[Key, ...]]


def read_keys(document: bytes, *, refused: frozenset[str] = frozenset()) -> KeysById:
    """The usable keys of a JSON Web Key Set by their `kid`, without those of the `refused` thumbprints.

    Raises `NoKeys` for anything but a key set. Keys that are of no use here are passed over: other kinds,
    curves and sizes, keys for encryption, symmetric keys, and keys that were published with their private half.
    """
    try:
        listed = orjson.loads(document)["keys"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise NoKeys from None
    if not isinstance(listed, list):
        raise NoKeys
    found: dict[str, tuple[Key, ...]] = {}
    for key in _usable(listed[:MOST_KEYS]):
        if key.thumbprint not in refused:
            found[key.id] = (*found.get(key.id, ()), key)
    return found


def _usable(listed: list[Any]) -> Iterator[Key]:
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("kid"), str) or "d" in one or "k" in one:
            continue
        if one.get("use", "sig") != "sig" or "verify" not in one.get("key_ops", ("verify",)):
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


class KeySource:
    """One client's keys, fetched when they are needed and kept for a while. Safe to use from several threads."""

    def __init__(
        self,
        fetch: Callable[[], bytes],
        *,
        refused: frozenset[str] = frozenset(),
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """`fetch` gives the key set as it is now, and raises `NoKeys` when it cannot."""
        self._fetch = fetch
        self._refused = refused
        self._seconds = seconds
        self._lock = Lock()
        self._keys: KeysById = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._tried: dict[str, float] = {}

    def find(self, key_id: str) -> tuple[Key, ...]:
        """The keys of an id; none when the client has no such key. Raises `NoKeys` when none can be had at all.

        Fetched anew when the set is old, and when the key is not in it (clients change their keys).
        """
        if key_id not in self._keys or self._age() > FRESH_SECONDS:
            self._renew(key_id)
        if self._age() > USED_AT_MOST_SECONDS:
            raise NoKeys
        return self._keys.get(key_id, ())

    def _age(self) -> float:
        return self._seconds() - self._fetched_at

    def _renew(self, key_id: str) -> None:
        """One thread fetches. The others wait for it only where they have no key to go on with."""
        serves = key_id in self._keys and self._age() <= USED_AT_MOST_SECONDS
        if not self._lock.acquire(blocking=not serves):
            return
        try:
            if self._is_due(key_id):
                self._tried_at = self._seconds()
                self._note(key_id)
                self._keys = read_keys(self._fetch(), refused=self._refused)
                self._fetched_at = self._seconds()
        except NoKeys:
            pass  # the old set serves as long as it may
        finally:
            self._lock.release()

    def _is_due(self, key_id: str) -> bool:
        now = self._seconds()
        if now - self._tried_at < REFETCH_SECONDS:
            return False
        if self._age() > FRESH_SECONDS:
            return True
        return key_id not in self._keys and now - self._tried.get(key_id, float("-inf")) >= SAME_KEY_SECONDS

    def _note(self, key_id: str) -> None:
        if len(self._tried) >= KEY_IDS_REMEMBERED:
            self._tried.clear()
        self._tried[key_id] = self._tried_at
