"""How a check-up calls a deployment from outside, and what it reads in an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import orjson
import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from cds_service.outbound import DirectSession
from fhir_mappings.elements import elements

SECONDS = 10
CHUNK = 65_536
MOST_BYTES = 16 * 2**20
NO_HEADERS: Mapping[str, str] = {}


class Unreachable(Exception):
    """Nothing answers at the address; the message says how the attempt failed, without the address's secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back from the address."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    is_redirect: bool

    @property
    def tree(self) -> dict[str, Any]:
        """The JSON object that it holds; an empty one where it holds none."""
        try:
            found = orjson.loads(self.content)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One address to look at, with the token that callers need there (None where none is needed)."""

    url: str
    token: str | None = None
    ca_file: str | None = None

    def ask(
        self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] = NO_HEADERS
    ) -> Answer:
        """One call, straight to the address: a proxy would be looked at instead, a `.netrc` would replace the token.

        Raises `Unreachable`.
        """
        sent = {"Accept": "application/json", **headers}
        if content is not None:
            sent["Content-Type"] = "application/json"
        if self.token and method != "OPTIONS":
            sent["Authorization"] = f"Bearer {self.token}"
        try:
            with DirectSession().request(
                method,
                self.url.rstrip("/") + path,
                data=content,
                headers=sent,
                timeout=SECONDS,
                allow_redirects=False,
                stream=True,
                verify=self.ca_file or True,
            ) as came:
                return Answer(
                    status_code=came.status_code,
                    headers=came.headers,
                    content=_content(came),
                    is_redirect=came.is_redirect,
                )
        except (requests.RequestException, HTTPError) as error:  # the latter of hosts like a..b too
            raise Unreachable(_failure(error)) from None


def _content(came: requests.Response) -> bytes:
    """The whole body. Raises `Unreachable` for one that does not end in time, or at all."""
    until, body = monotonic() + SECONDS, bytearray()
    while chunk := came.raw.read1(CHUNK, decode_content=True):
        body += chunk
        if len(body) > MOST_BYTES or monotonic() > until:
            raise Unreachable("an answer that does not end")
    return bytes(body)


def _failure(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted (--ca-file: whom to trust), or TLS failed"
    if isinstance(error, requests.Timeout | ReadTimeoutError):
        return f"no answer within {SECONDS} s"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return "no answer that can be read"


def diagnosis(answer: Answer) -> str:
    """What an OperationOutcome says, which never holds a value that was sent."""
    said = [str(one["diagnostics"]) for one in elements(answer.tree.get("issue")) if one.get("diagnostics")]
    return "; ".join(said)[:300] or "no OperationOutcome"
