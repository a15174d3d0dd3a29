"""The public keys of a client: reading a set of them, and keeping a fetched one for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from cds_service.public_keys import Key

MOST_KEYS = 100
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


KeysById = Mapping[str, tuple["Key", ...]]


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
    from cds_service.public_keys import usable  # noqa: PLC0415 - cryptography is for those who have clients

    found: dict[str, tuple[Key, ...]] = {}
    for key in usable(listed[:MOST_KEYS]):
        if key.thumbprint not in refused:
            found[key.id] = (*found.get(key.id, ()), key)
    return found


def fault_in_keys(document: bytes, *, production: bool) -> str | None:
    """What an administrator should mend in a client's key set: nobody can prove anything by it, or everybody can."""
    try:
        usable = read_keys(document)
    except NoKeys:
        return 'expected a JSON Web Key Set: an object with "keys"'
    if not usable:
        return (
            "expected a public key that can be used: P-384 for ES384, or RSA of 2048 bits or more for RS384, with a kid"
        )
    thumbprints = {key.thumbprint for keys in usable.values() for key in keys}
    if production and thumbprints & PUBLISHED_PRIVATE_KEYS:
        return "expected no key whose private half is public: the sandbox's is"
    return None


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
