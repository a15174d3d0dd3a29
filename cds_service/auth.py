"""Who may call: each call carries a token that a configured client signed, for this address, once.

Everything that can be checked without keys is checked first, so that nothing a stranger writes makes this
service call anybody. Every failure is the same 401; the reason goes to the log.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cds_service.keys import KeySource, NoKeys
from cds_service.settings_sections import ClientProfile
from cds_service.tokens import Reason, Refused, Token, read_token

LONGEST_LIFE_SECONDS = 3600
"""A token that lives longer than clients need is refused: its id would have to be remembered as long."""
_SLASHES = re.compile(r"(?<!:)/{2,}")
_START = re.compile(r"^[A-Za-z]+://[^/]+")


IsFirst = Callable[[str, str, float, float], bool]
"""Whether the token of an issuer and an id, which expires then, is used for the first time now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedClient:
    """One client that may call. `audience` None: the address that is called."""

    issuer: str
    keys: KeySource
    key_addresses: frozenset[str]
    audience: str | None = None
    profile: ClientProfile = ClientProfile.GENERIC


class Gate:
    """Lets in the calls of configured clients. Safe to use from several threads."""

    def __init__(
        self, clients: Iterable[TrustedClient], *, public_url: str | None, leeway: float, now: Callable[[], float]
    ) -> None:
        """`now` in seconds since 1970; `leeway` in seconds, for clocks that differ."""
        self._clients = {client.issuer: client for client in clients}
        self._public_url = public_url
        self._leeway = leeway
        self._now = now

    def admit(self, authorization: str | None, path: str, is_first: IsFirst) -> TrustedClient:
        """The client whose token this is. Raises `Refused`. `path` is the address that was called."""
        token = read_token(authorization)
        client = self._clients.get(token.issuer)
        if client is None:
            raise Refused(Reason.ISSUER)
        now = self._now()
        try:
            self._check_claims(token, client, path, now)
            _check_signature(token, client)
            self._check_use(token, is_first, now)
        except Refused as refused:
            raise Refused(refused.reason, client.issuer) from None
        return client

    def _check_claims(self, token: Token, client: TrustedClient, path: str, now: float) -> None:
        if token.key_address is not None and token.key_address not in client.key_addresses:
            raise Refused(Reason.KEY_ADDRESS)
        expected = client.audience or f"{self._public_url}{path}"
        if _address(expected) not in map(_address, token.audiences):
            raise Refused(Reason.AUDIENCE)
        if token.expires + self._leeway <= now:
            raise Refused(Reason.EXPIRED)
        if max(token.issued, token.not_before or 0) > now + self._leeway:
            raise Refused(Reason.NOT_YET)
        if token.expires - now > LONGEST_LIFE_SECONDS + self._leeway:
            raise Refused(Reason.LIFETIME)

    def _check_use(self, token: Token, is_first: IsFirst, now: float) -> None:
        if not is_first(token.issuer, token.id, token.expires + self._leeway, now):
            raise Refused(Reason.REPLAYED)


def _check_signature(token: Token, client: TrustedClient) -> None:
    try:
        keys = client.keys.find(token.key_id)
    except NoKeys:
        raise Refused(Reason.KEYS_UNAVAILABLE) from None
    if not keys:
        raise Refused(Reason.KEY_UNKNOWN)
    suitable = [key for key in keys if key.algorithm == token.algorithm]
    if not suitable:
        raise Refused(Reason.KEY_UNSUITABLE)
    if not any(key.signed(token.written) for key in suitable):
        raise Refused(Reason.SIGNATURE)


def _address(url: str) -> str:
    """An endpoint's URL as it is compared: without a slash at its end or two in its path (the public sandbox)."""
    plain = _SLASHES.sub("/", url).rstrip("/")
    return _START.sub(lambda start: start[0].lower(), plain)
