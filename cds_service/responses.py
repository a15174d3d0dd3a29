"""What every answer has in common: headers for browsers and safety, one log line, one count."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import TYPE_CHECKING

from flask import Response, g, request

from cds_service.callers import at_hand, caller
from cds_service.log_lines import log
from cds_service.observability import Metrics
from cds_service.rate_limit import RateLimit
from cds_service.settings import Settings

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Header = tuple[str, str]

UNLIMITED = frozenset({"healthz", "readyz", "metrics"})
OWN_ORIGIN_ONLY = frozenset({"reports", "reports.csv"})
"""Paths behind a login that browsers send along: no other origin may read them, whatever `cors.origins` says."""
UNLESS_SET = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)
"""On every answer; pages set some of them themselves."""
PREFLIGHT = (("Access-Control-Allow-Methods", "GET, POST, OPTIONS"), ("Access-Control-Max-Age", "600"))
READ_HEADERS = ("authorization", "content-type")
"""The request headers that are read. What else a page asks to send (tracing, correlation) is passed over."""
_HEADER_NAMES = re.compile(r"[a-z0-9-]{1,64}(?:\s*,\s*[a-z0-9-]{1,64}){0,31}", re.ASCII)
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


class CommonHeaders:
    """Adds what every answer has in common, and what the settings say of other origins (CORS).

    Around the application and not within it: Flask checks and copies each header twice.
    """

    def __init__(self, application: WSGIApplication, settings: Settings) -> None:
        origins = settings.cors.origins
        self._application = application
        self._own_only = OWN_ORIGIN_ONLY if settings.reports.enabled else frozenset()
        self._any_origin = "*" in origins
        self._origins = frozenset(origins)
        cors = ("Access-Control-Allow-Origin", "*") if self._any_origin else ("Vary", "Origin")
        transport = (STRICT_TRANSPORT,) if settings.production else ()
        self._always = (*UNLESS_SET, *transport)
        self._shared = (*self._always, cors)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Passes the call on; the headers are added when the answer begins."""

        def start(status: str, headers: list[Header], exc_info: OptExcInfo | None = None, /) -> Callable[..., object]:
            own = {name for name, _ in headers}
            shared = environ.get("PATH_INFO", "").strip("/") not in self._own_only
            added = [header for header in (self._shared if shared else self._always) if header[0] not in own]
            others = self._for_origin(environ) if shared else ()
            return start_response(status, [*headers, *added, *others], exc_info)

        return self._application(environ, start)

    def _for_origin(self, environ: WSGIEnvironment) -> Iterable[Header]:
        """What a browser has to know of this call in particular."""
        origin = environ.get("HTTP_ORIGIN", "")
        if not self._any_origin and origin not in self._origins:
            return ()
        named: tuple[Header, ...] = () if self._any_origin else (("Access-Control-Allow-Origin", origin),)
        if environ["REQUEST_METHOD"] != "OPTIONS":
            return named
        return (*named, *PREFLIGHT, ("Access-Control-Allow-Headers", allowed_headers(environ)))


def allowed_headers(environ: WSGIEnvironment) -> str:
    """The headers that a page of an allowed origin may send: those that are read, and those that it asks for."""
    asked = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "").strip().lower()
    others = re.split(r"\s*,\s*", asked) if _HEADER_NAMES.fullmatch(asked) else []
    return ", ".join(dict.fromkeys((*READ_HEADERS, *others)))


def start() -> Response | None:
    """Notes the time; answers a browser's preflight of any address that exists."""
    asked, kept = at_hand()
    kept.started, kept.facts = perf_counter(), {}
    if asked.method == "OPTIONS" and asked.url_rule is not None:
        response = Response(status=204)
        del response.headers["Content-Type"]
        return response
    return None


def admit(limit: RateLimit) -> None:
    """Raises `TooManyRequests` for an address that calls too often; clients that sign were counted by their name."""
    if request.endpoint not in UNLIMITED and caller(g) is None:
        limit.require(f"address {request.remote_addr}")


def finish(metrics: Metrics, response: Response) -> Response:
    """Counts and logs an answer."""
    asked, kept = at_hand()
    rule, status = asked.url_rule, response.status_code
    route = rule.rule if rule is not None else "unmatched"
    metrics.answered(route, status)
    failure, place = kept.get("failure", (None, None))
    log(
        "answered",
        level=logging.ERROR if status >= 500 else logging.INFO,
        route=route,
        method=asked.method if rule is not None else None,
        status=status,
        ms=round((perf_counter() - kept.started) * 1000, 2),
        failure=failure,
        place=place,
        **kept.facts,
    )
    return response
