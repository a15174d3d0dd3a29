"""How a check-up calls a deployment from outside, and what it reads in an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import LocationValueError

SECONDS = 10
NO_HEADERS: Mapping[str, str] = {}


class Unreachable(Exception):
    """Nothing answers at the address; the message says how the attempt failed, without the address's secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One address to look at, with the token that callers need there (None where none is needed)."""

    url: str
    token: str | None = None
    ca_file: str | None = None

    def ask(
        self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] = NO_HEADERS
    ) -> requests.Response:
        """One call, without following redirects. Raises `Unreachable`."""
        sent = {"Accept": "application/json", **headers}
        if content is not None:
            sent["Content-Type"] = "application/json"
        if self.token and method != "OPTIONS":
            sent["Authorization"] = f"Bearer {self.token}"
        try:
            return _session().request(
                method,
                self.url.rstrip("/") + path,
                data=content,
                headers=sent,
                timeout=SECONDS,
                allow_redirects=False,
                verify=self.ca_file or True,
            )
        except (requests.RequestException, LocationValueError) as error:  # the latter of hosts like a..b
            raise Unreachable(_failure(error)) from None


def _session() -> requests.Session:
    """Goes straight to the address, as all that this program calls: a proxy of the environment would be looked at
    instead, and a `.netrc` would replace the token.
    """
    session = requests.Session()
    session.trust_env = False
    return session


def _failure(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted, or TLS failed"
    if isinstance(error, requests.Timeout):
        return f"no answer within {SECONDS} s"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return "no answer that can be read"


def json_in(answer: requests.Response) -> Any:
    """The JSON of an answer; None where it holds none."""
    try:
        return answer.json()
    except ValueError:
        return None


def diagnosis(answer: requests.Response) -> str:
    """What an OperationOutcome says, which never holds a value that was sent."""
    tree = json_in(answer)
    issues = tree.get("issue") if isinstance(tree, dict) else None
    said = [str(one.get("diagnostics")) for one in issues or () if isinstance(one, dict) and one.get("diagnostics")]
    return "; ".join(said)[:300] or "no OperationOutcome"
