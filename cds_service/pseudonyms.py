"""Identifiers made unreadable: HMAC-SHA256 under the site key, before anything is kept.

Without the key nobody can tell whose pseudonym it is, nor make the pseudonym of an identifier to look for it.
"""

from __future__ import annotations

import hmac

import orjson

from cds_service.request_json import Received
from cds_service.settings_check import InvalidSettings, Mistake
from cds_service.settings_kept import SHORTEST_KEY, Site
from fhir_mappings.elements import key_of_reference, string
from fhir_mappings.practitioners import role_of


class SiteKey:
    """The key, ready for use."""

    def __init__(self, key: bytes) -> None:
        self._keyed = hmac.new(key, digestmod="sha256")

    def pseudonym(self, *parts: str) -> str:
        """64 hexadecimal digits. As JSON, so that no two lists of parts give one message."""
        keyed = self._keyed.copy()
        keyed.update(orjson.dumps(parts))
        return keyed.hexdigest()

    def derived(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose; no pseudonym is made of two parts, so none gives it away."""
        return bytes.fromhex(self.pseudonym("key for", purpose))


def configured_key(site: Site) -> SiteKey | None:
    """The key of the settings, or of the file that they name; None when neither is set. Raises `InvalidSettings`."""
    if site.key is not None:
        return SiteKey(site.key.get_secret_value().encode())
    if site.key_file is None:
        return None
    try:
        key = site.key_file.read_bytes().strip()
    except OSError:
        raise _unusable("expected a file that can be read") from None
    if len(key) < SHORTEST_KEY:
        raise _unusable(f"expected at least {SHORTEST_KEY} characters in the file")
    return SiteKey(key)


def _unusable(reason: str) -> InvalidSettings:
    return InvalidSettings((Mistake(path=("site", "key_file"), message=reason),))


class Pseudonyms:
    """Who calls and about whom, as pseudonyms; an empty one stands for nobody.

    Each is made when it is asked for. Two EHRs may use one id for different people, so the client's FHIR
    server is part of all of them.
    """

    def __init__(self, key: SiteKey | None, received: Received) -> None:
        self._key = key
        self._server = received.fhir.server.rstrip("/") if received.fhir else ""
        self._request = received.request
        self._user = key_of_reference(string(received.request.context.get("userId")))
        self._made: dict[str, str] = {}

    @property
    def patient(self) -> str:
        """The patient."""
        return self._pseudonym("patient", self._request.patient_id)

    @property
    def prescriber(self) -> str:
        """The user."""
        return self._pseudonym("prescriber", self._user)

    @property
    def group(self) -> str:
        """Those who share the user's role and organisation, where these were sent; else the user alone."""
        role = role_of(self._user, self._request.prefetch.values()) if self._key else ""
        return self._pseudonym("group", role) if role else self.prescriber

    def _pseudonym(self, kind: str, name: str) -> str:
        if self._key is None or not name:
            return ""
        if kind not in self._made:
            self._made[kind] = self._key.pseudonym(self._server, kind, name)
        return self._made[kind]
