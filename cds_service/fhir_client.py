"""Reading from the client's FHIR server: one resource or one search with all its pages, GET only.

What cannot be had becomes an OperationOutcome, as a client would send it under a prefetch key, so that
those who judge need not know who asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from cds_service import errors, json_bytes
from cds_service.base_urls import BaseUrl
from cds_service.circuit import Circuits
from cds_service.errands import Errand
from cds_service.json_bytes import JsonObject
from cds_service.outbound import Answer, Outbound, Unanswered
from fhir_mappings.elements import elements, items
from hooks.list_states import leads_on

MOST_PAGES = 20
MOST_BYTES = 16 * 2**20
"""Of one answer, and of all pages of one search together."""
MOST_ENTRIES = 5000
"""Of one page, and beyond which no further one is asked for. No chart has so many; judging each takes time that no
deadline ends."""
MOST_PARTS = 500_000
"""Objects and lists of one answer. Written they take three bytes, once read hundreds: an answer of nothing else took
gigabytes."""
BACKOFF_SECONDS = 0.1
BACKOFF_SHARE = 0.1
"""Before the second attempt: no more than this part of the time left."""
ACCEPT = "application/fhir+json, application/json+fhir;q=0.9, application/json;q=0.8"


class Outcome(StrEnum):
    """How a read went. A closed list: it is a label of the metrics."""

    OK = "ok"
    PARTIAL = "partial"
    """Not all pages could be had."""
    REJECTED = "rejected"
    DENIED = "denied"
    MISSING = "missing"
    THROTTLED = "throttled"
    BROKEN = "broken"
    REDIRECT = "redirect"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too-large"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    INSECURE = "insecure"
    FORBIDDEN_ADDRESS = "forbidden-address"
    CIRCUIT_OPEN = "circuit-open"
    NOT_LISTED = "not-listed"


UNKNOWN_TYPE = frozenset({Outcome.REJECTED, Outcome.MISSING})
"""How servers answer a search for a type that their FHIR release does not have."""
AWAY_STATUSES = frozenset({429, 502, 503, 504})
"""Said by whatever stands before a server that cannot answer: no answer of the server itself."""
_OF_STATUS = {
    401: Outcome.DENIED,
    403: Outcome.DENIED,
    404: Outcome.MISSING,
    410: Outcome.MISSING,
    429: Outcome.THROTTLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of a read: the content (an OperationOutcome when it failed) and how it went."""

    content: JsonObject
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The server that is read from, as the settings spell it, and the token for it."""

    base: BaseUrl
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    outcome: Outcome
    content: JsonObject | None
    size: int = 0


def failed(outcome: Outcome) -> Fetched:
    """A read that brought nothing."""
    return Fetched(content=errors.outcome(errors.issue("incomplete", outcome.value)), outcome=outcome)


class FhirClient:
    """Reads for all requests of one process; what it counts goes to `count`."""

    def __init__(self, outbound: Outbound, circuits: Circuits, *, count: Callable[[Outcome], None]) -> None:
        self._outbound = outbound
        self.circuits = circuits
        self.count = count

    def read(self, access: Access, path: str, errand: Errand) -> Fetched:
        """The resource at a path such as `Patient/1`, or the Bundle of a search such as `Condition?patient=1`."""
        kind, mark, _ = path.partition("?")
        expected = "Bundle" if mark else kind.partition("/")[0]
        url = f"{access.base}/{path}"
        page = self._get(access, url, errand, MOST_BYTES)
        if page.content is None:
            return failed(page.outcome)
        found = page.content.get("resourceType")
        if found == "Bundle" and mark:
            return self._completed(access, page, errand, {url})
        if found not in (expected, "OperationOutcome"):
            return failed(Outcome.UNREADABLE)
        return Fetched(content=page.content, outcome=page.outcome)

    def completed(self, access: Access, bundle: JsonObject, errand: Errand) -> Fetched:
        """A Bundle that a client sent, with the entries of all its pages.

        What cannot be followed leaves its `next` link in it: the Bundle says of itself that it is a part.
        """
        return self._completed(access, _Page(outcome=Outcome.OK, content=bundle), errand, set())

    def _completed(self, access: Access, first: _Page, errand: Errand, seen: set[str]) -> Fetched:
        bundle = first.content or {}
        link = _next(bundle)
        if link is None:
            return Fetched(content=bundle, outcome=Outcome.OK)
        entries = list(_entries(bundle))
        left = MOST_BYTES - first.size
        for _ in range(MOST_PAGES - 1):
            errand.so_far = _part(bundle, entries, link)
            url = access.base.below(link)
            if url is None or url in seen or left <= 0 or len(entries) >= MOST_ENTRIES:
                break
            seen.add(url)
            page = self._get(access, url, errand, left)
            if page.content is None or page.content.get("resourceType") != "Bundle":
                break
            left -= page.size
            entries += _entries(page.content)
            link = _next(page.content)
            if link is None:
                return Fetched(content={**bundle, "entry": entries, "link": []}, outcome=Outcome.OK)
        return _part(bundle, entries, link)

    def _get(self, access: Access, url: str, errand: Errand, most_bytes: int) -> _Page:
        headers = {"Accept": ACCEPT}
        if access.token:
            headers["Authorization"] = f"Bearer {access.token}"
        origin = access.base.origin
        outcome, answer = self._attempt(url, errand, headers, most_bytes, origin)
        if outcome is Outcome.CONNECTION and not errand.is_over and not self.circuits.is_open(origin):
            errand.rests(_backoff(errand.deadline.remaining()))
            outcome, answer = self._attempt(url, errand, headers, most_bytes, origin)
        content = _read(answer) if answer and outcome is Outcome.OK else None
        if outcome is Outcome.OK and content is None:
            outcome = Outcome.UNREADABLE
        self.count(outcome)
        content = None if content is None else _bounded(content, url)
        return _Page(outcome=outcome, content=content, size=len(answer.body) if answer else 0)

    def _attempt(
        self, url: str, errand: Errand, headers: Mapping[str, str], most_bytes: int, origin: str
    ) -> tuple[Outcome, Answer | None]:
        self.circuits.asked(origin)
        try:
            answer = self._outbound.get(url, errand, headers=headers, most_bytes=most_bytes)
        except Unanswered as error:
            return Outcome(error.fault.value), None
        if answer.status not in AWAY_STATUSES:
            self.circuits.answered(origin)
        return _of_status(answer.status), answer


def _backoff(remaining: float) -> float:
    """Seconds before the second attempt, different for each caller so that they do not all come at once."""
    return min(BACKOFF_SECONDS, remaining * BACKOFF_SHARE) * random.uniform(0.5, 1)  # noqa: S311 - no secret


def _of_status(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome.OK
    if 300 <= status < 400:
        return Outcome.REDIRECT
    if status >= 500:
        return Outcome.BROKEN
    return _OF_STATUS.get(status, Outcome.REJECTED)


def _read(answer: Answer) -> JsonObject | None:
    """The JSON object of an answer; None for anything else, whatever it says of itself."""
    parts = answer.body.count(b"{") + answer.body.count(b"[")
    if answer.media_type not in json_bytes.MEDIA_TYPES or parts > MOST_PARTS:
        return None
    try:
        content = json_bytes.loads(answer.body)
    except orjson.JSONDecodeError:
        return None
    return content if isinstance(content, dict) else None


def _bounded(content: JsonObject, url: str) -> JsonObject:
    """A Bundle of more entries than any chart has, without those beyond: a part, whose rest is at its own address."""
    entries = content.get("entry")
    if not isinstance(entries, list) or len(entries) <= MOST_ENTRIES:
        return content
    return {**content, "entry": entries[:MOST_ENTRIES], "link": [{"relation": "next", "url": url}]}


def _entries(bundle: JsonObject) -> Iterator[Any]:
    yield from items(bundle.get("entry"))


def _part(bundle: JsonObject, entries: Iterable[Any], link: str) -> Fetched:
    """A Bundle with the entries of some of its pages, and the link to those that are missing."""
    rest = [{"relation": "next", "url": link}]
    return Fetched(content={**bundle, "entry": [*entries], "link": rest}, outcome=Outcome.PARTIAL)


def _next(bundle: JsonObject) -> str | None:
    for link in elements(bundle.get("link")):
        if leads_on(link) and isinstance(link.get("url"), str):
            return str(link["url"])
    return None
