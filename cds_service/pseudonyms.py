"""Identifiers made unreadable: HMAC-SHA256 under the site key, before anything is kept.

Without the key nobody can tell whose pseudonym it is, nor make the pseudonym of an identifier to look for it.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from functools import cached_property

import orjson

from cds_service.wire import Received
from fhir_mappings.elements import Json, key_of_reference, string
from fhir_mappings.practitioners import role_of


class Pseudonyms:
    """Who calls and about whom, as pseudonyms of 64 hexadecimal digits; an empty one stands for nobody.

    Each is made when it is asked for. Two EHRs may use one id for different people, so the client's FHIR
    server is part of all of them.
    """

    def __init__(self, key: bytes | None, received: Received) -> None:
        self._key = key
        self._server = received.fhir.server.rstrip("/") if received.fhir else ""
        self._request = received.request

    @cached_property
    def patient(self) -> str:
        """The patient."""
        return self._pseudonym("patient", self._request.patient_id)

    @cached_property
    def prescriber(self) -> str:
        """The user."""
        return self._pseudonym("prescriber", self._user)

    @cached_property
    def group(self) -> str:
        """Those who share the user's role and organisation, where these were sent; else the user alone."""
        role = role_of(self._user, _values(self._request.prefetch))
        return self._pseudonym("group", role or self._user)

    @property
    def _user(self) -> str:
        return key_of_reference(string(self._request.context.get("userId")))

    def _pseudonym(self, *parts: str) -> str:
        if self._key is None or not parts[-1]:
            return ""
        # As JSON, so that no two lists of parts give one message.
        return hmac.digest(self._key, orjson.dumps((self._server, *parts)), "sha256").hex()


def _values(prefetch: Mapping[str, Json]) -> list[Json]:
    return list(prefetch.values())
