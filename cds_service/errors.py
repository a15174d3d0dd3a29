"""Every error as an `OperationOutcome`: what is wrong and where, never a value, never a stack trace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import orjson
from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

from cds_service.log_lines import whereabouts
from hooks.protocol import RequestError

JSON_TYPE = "application/json"

ISSUE_CODES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    412: "required",
    413: "too-long",
    415: "not-supported",
    422: "processing",
    429: "throttled",
    503: "transient",
}
SAID = {
    404: "there is nothing at this address",
    405: "this address does not take this method",
    413: "the body is longer than this service reads",
    500: "the service failed; the fault is logged",
}
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")


class InvalidBody(RequestError):
    """A body or query that cannot be read (HTTP 400); `others` holds further faults as (path, reason)."""

    others: tuple[tuple[str, str], ...] = ()

    @classmethod
    def with_all(cls, found: Iterable[tuple[str, str]]) -> Self:
        """One error that names all these faults."""
        (path, reason), *others = sorted(set(found))
        error = cls(path, reason)
        error.others = tuple(others)
        return error


class Unauthorized(RequestError):
    """A call by somebody who may not (HTTP 401): always the same, whatever the reason."""

    status = 401


class UnsupportedContent(RequestError):
    """A body of another kind than JSON (HTTP 415)."""

    status = 415


class NotFound(RequestError):
    """No such thing (HTTP 404)."""

    status = 404


class TooManyRequests(RequestError):
    """A client that calls more often than the settings allow (HTTP 429)."""

    status = 429


class NotReady(RequestError):
    """The service cannot answer at the moment (HTTP 503); what it was raised from is logged."""

    status = 503


def outcome(*issues: dict[str, Any]) -> dict[str, Any]:
    """An `OperationOutcome` of these issues."""
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def issue(code: str, reason: str, path: str = "") -> dict[str, Any]:
    """One issue; the path is in the words and, for machines, in `expression`."""
    found: dict[str, Any] = {"severity": "error", "code": code}
    if reason:
        found["diagnostics"] = f"{path}: {reason}" if path else reason
    if path:
        found["expression"] = [path]
    return found


def outcome_of(error: RequestError) -> dict[str, Any]:
    """The `OperationOutcome` that a refused request is answered with."""
    faults = ((error.path, error.reason), *getattr(error, "others", ()))
    return outcome(*(issue(ISSUE_CODES[error.status], reason, path) for path, reason in faults))


def register(app: Flask) -> None:
    """Makes the application answer every exception in this way."""
    app.register_error_handler(RequestError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _refused(error: RequestError) -> Response:
    if error.__cause__ is not None:
        g.failure = whereabouts(error.__cause__)
    response = _answer(outcome_of(error), error.status)
    if error.status == TooManyRequests.status:
        response.headers["Retry-After"] = "1"
    if error.status == Unauthorized.status:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    code = ISSUE_CODES.get(status, "exception" if status >= 500 else "processing")
    reason = SAID.get(status, "the request cannot be read") if status != 401 else ""
    response = _answer(outcome(issue(code, reason)), status)
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    g.failure = whereabouts(error)
    return _answer(outcome(issue("exception", SAID[500])), 500)


def _answer(content: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(content), status=status, content_type=JSON_TYPE)
