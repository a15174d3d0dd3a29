"""What every answer has in common: headers for browsers and safety, one log line, one count."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from time import perf_counter
from typing import Self

from flask import Response, g, request

from cds_service.errors import TooManyRequests
from cds_service.observability import Metrics, log
from cds_service.rate_limit import RateLimit
from cds_service.settings import Settings

UNLIMITED = frozenset({"healthz", "readyz", "metrics"})
UNLESS_SET = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)
"""On every answer; pages set some of them themselves."""
PREFLIGHT = (
    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "authorization, content-type"),
    ("Access-Control-Max-Age", "600"),
)
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finishing:
    """The headers that the settings decide, put together once."""

    headers: tuple[tuple[str, str], ...]
    any_origin: bool
    origins: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """From the application's settings."""
        any_origin = "*" in settings.cors.origins
        cors = ("Access-Control-Allow-Origin", "*") if any_origin else ("Vary", "Origin")
        transport = (STRICT_TRANSPORT,) if settings.production else ()
        return cls(
            headers=(*UNLESS_SET, cors, *transport),
            any_origin=any_origin,
            origins=frozenset(settings.cors.origins),
        )


def start() -> Response | None:
    """Notes the time; answers a browser's preflight of any address that exists."""
    g.started = perf_counter()
    g.facts = {}
    if request.method == "OPTIONS" and request.url_rule is not None:
        return _without_content(Response(status=204))
    return None


def _without_content(response: Response) -> Response:
    del response.headers["Content-Type"]
    return response


def admit(limit: RateLimit) -> None:
    """Raises `TooManyRequests` for a client that calls too often."""
    if request.endpoint not in UNLIMITED and not limit.admits(request.remote_addr or ""):
        raise TooManyRequests("", "more requests a second than this service allows")


def finish(finishing: Finishing, metrics: Metrics, response: Response) -> Response:
    """Adds the headers, counts and logs."""
    headers = response.headers
    own = {name for name, _ in headers}
    headers.extend([header for header in finishing.headers if header[0] not in own])
    if not finishing.any_origin:
        origin = request.headers.get("Origin")
        if origin not in finishing.origins:
            return _reported(metrics, response)
        headers["Access-Control-Allow-Origin"] = origin
    if request.method == "OPTIONS":
        headers.extend(PREFLIGHT)
    return _reported(metrics, response)


def _reported(metrics: Metrics, response: Response) -> Response:
    rule, status = request.url_rule, response.status_code
    route = rule.rule if rule is not None else "unmatched"
    metrics.answered(route, status)
    failure, place = g.get("failure", (None, None))
    log(
        "answered",
        level=logging.ERROR if status >= 500 else logging.INFO,
        route=route,
        method=request.method if rule is not None else None,
        status=status,
        ms=round((perf_counter() - g.started) * 1000, 2),
        failure=failure,
        place=place,
        **g.facts,
    )
    return response
