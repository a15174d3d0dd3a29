"""Sealing an explanation so that only its link opens it.

The key is made of the site key and of the secret in the link. The database has neither: a copy of it tells
nothing, nor does a copy of it together with the site key.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, fields
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson

from cds_service.pseudonyms import SiteKey
from hooks.in_particular import InParticular

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


def name_of(secret: str, key: SiteKey) -> str:
    """The name under which the explanation for a link with this secret is kept."""
    return key.pseudonym("name of an explanation", secret)


def sealed(one: InParticular, secret: str, key: SiteKey) -> bytes:
    """The explanation, encrypted."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _box(secret, key).encrypt(nonce, orjson.dumps(asdict(one)), name_of(secret, key).encode())


def opened(content: bytes, secret: str, key: SiteKey) -> InParticular | None:
    """The explanation; None where it was sealed under another key, for another link, or by another version."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as in `_box`

    nonce, box = content[:NONCE_BYTES], content[NONCE_BYTES:]
    try:
        plain = orjson.loads(_box(secret, key).decrypt(nonce, box, name_of(secret, key).encode()))
    except (InvalidTag, ValueError):
        return None
    if plain.keys() != {field.name for field in fields(InParticular)}:
        return None
    return InParticular(**{**_with_tuples(plain), "day": date.fromisoformat(plain["day"])})


def _box(secret: str, key: SiteKey) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - for the sites that keep explanations

    return AESGCM(key.derived(f"an explanation {secret}"))


def _with_tuples(tree: Any) -> Any:
    if isinstance(tree, list):
        return tuple(map(_with_tuples, tree))
    return {name: _with_tuples(value) for name, value in tree.items()} if isinstance(tree, dict) else tree
