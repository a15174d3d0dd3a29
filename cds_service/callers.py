"""Who calls: the check before each call that needs one, and what is known of the caller afterwards."""

from __future__ import annotations

import logging
from typing import Any

from flask import Request, g, request

from cds_service.auth import Gate, TrustedClient
from cds_service.errors import NotReady, Unauthorized
from cds_service.log_lines import log
from cds_service.observability import Metrics
from cds_service.rate_limit import RateLimit
from cds_service.settings import Settings
from cds_service.storage.seen_tokens import CannotTell, SeenTokens
from cds_service.tokens import Refused

PROTECTED = frozenset({"discovery", "call_service", "record_feedback", "mme"})
"""All that machines call, but for what tells operators how the service is."""
HARMLESS_TWICE = frozenset({"discovery"})
"""Says the same to everybody, and must need no database."""


class Guard:
    """Lets nobody call without a valid token of a configured client."""

    def __init__(self, gate: Gate, seen: SeenTokens, metrics: Metrics, limit: RateLimit) -> None:
        self._gate = gate
        self._seen = seen
        self._metrics = metrics
        self._limit = limit

    def check(self) -> None:
        """Before each request. Raises `Unauthorized`, always the same, or `NotReady`.

        A client is limited by its name, whatever address it calls from; a stranger has nothing but an address.
        """
        if request.endpoint not in PROTECTED:
            return
        try:
            client = self._gate.admit(request.headers.get("Authorization"), request.path, self._is_first)
        except Refused as refused:
            g.facts["refused"] = refused.reason.value
            g.facts["client"] = refused.issuer
            self._metrics.refused.labels(refused.reason).inc()
            self._limit.require(f"address {request.remote_addr}")
            raise Unauthorized("", "") from None
        g.facts["client"] = client.issuer
        g.client = client
        self._limit.require(f"client {client.issuer}")

    def _is_first(self, issuer: str, token_id: str, expires: float, now: float) -> bool:
        try:
            return self._seen.is_first(issuer, token_id, expires, now)
        except CannotTell as error:
            if request.endpoint in HARMLESS_TWICE:
                return True
            g.facts["client"] = issuer
            raise NotReady("", "calls cannot be told from repeated ones at the moment; try again later") from (
                error.__cause__ or error
            )


def at_hand() -> tuple[Request, Any]:
    """The request and what is kept of it (Flask's `g`), once: its proxies look them up anew for each name."""
    return request._get_current_object(), g._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way


def caller(kept: Any) -> TrustedClient | None:
    """The client that proved who it is; None where nobody has to."""
    client: TrustedClient | None = kept.get("client")
    return client


def warn_if_open(settings: Settings) -> None:
    """Says loudly, when the service starts, that anybody may call it."""
    if not settings.auth.required:
        log("ANYBODY WHO REACHES THIS SERVICE MAY CALL IT: auth.required is false", level=logging.WARNING)
    elif settings.pages.enabled:
        log("the pages for people ask for no token: pages.enabled is true", level=logging.WARNING)
