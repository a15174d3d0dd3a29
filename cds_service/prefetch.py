"""Filling in what a request did not bring, from the client's own FHIR server.

One deadline for everything that one request reads, and all of it at once; nothing that the client answered
with null or with a failure; nothing at all unless the server is on the list of the settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import Any, cast

from cds_service.base_urls import BaseUrl
from cds_service.errands import Deadline, Errand, ErrandPool
from cds_service.fhir_client import UNKNOWN_TYPE, Access, Fetched, FhirClient, Outcome, failed
from cds_service.request_json import Received
from fhir_mappings.elements import Element, element
from fhir_mappings.releases import Release, release_named, release_told_by
from hooks.drafts import drafts_of
from hooks.prefetch import BESIDE, STATEMENTS_KEY
from hooks.protocol import HookRequest
from hooks.reads import Read, is_plain_id, missing, unfinished
from hooks.service import Call, References, Service

READING_SHARE = 0.95
"""The part of the deadline in which is read; the rest is for judging and answering."""
MOST_MEDICATIONS = 32
"""References to Medications that are followed for one request; what is beyond stays named and uncounted."""
REFERRED_KEY = "org.opioid-cds.referred"
"""The prefetch key under which referenced Medications are added; it says nothing of what they are."""
REMEMBERED_SECONDS = 600.0
"""How long it is believed what a server was found to have or not to have."""

Work = Callable[[Errand], Fetched]

_MEDICATION = re.compile(r"Medication/([^/?]+)(?:/_history/([^/?]+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The request with what could be read, and how each read went (in no order)."""

    request: HookRequest
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """All that a request leaves to be read."""

    reads: Collection[Read]
    pages: Mapping[str, Element]
    references: References

    def __bool__(self) -> bool:
        return bool(self.reads or self.pages or self.references)

    @property
    def needed(self) -> list[str]:
        """The keys of the lists that matter."""
        return [read.key for read in self.reads if not read.is_beside]

    @property
    def only_tells_more(self) -> bool:
        """Whether nobody will miss it."""
        return not (self.needed or self.pages.keys() - BESIDE or self.references.needed)


@dataclass(frozen=True, slots=True)
class _Errands:
    """All reads of one request: one deadline for them together."""

    pool: ErrandPool
    deadline: Deadline
    gives_up: Callable[[int], bool]

    def run(self, works: Mapping[str, Work], beside: Collection[str]) -> dict[str, Fetched]:
        """How each went, in the same order; what did not come in time has failed."""
        if not works:
            return {}
        came = self.pool.run(works, self.deadline, beside=works.keys() & beside, gives_up=self.gives_up)
        return {key: came.get(key) or failed(Outcome.TIMEOUT) for key in works}


class Prefetcher:
    """Fills in requests, for one application. Safe to use from several threads."""

    def __init__(
        self,
        client: FhirClient,
        pool: ErrandPool,
        *,
        servers: Iterable[BaseUrl],
        deadline_seconds: float,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._client = client
        self._pool = pool
        self._servers = frozenset(servers)
        self._deadline_seconds = deadline_seconds
        self._seconds = seconds
        self._dstu2: dict[BaseUrl, float] = {}
        """Servers that turned out to be of DSTU2, and until when that is believed."""
        self._without: dict[tuple[BaseUrl, str], float] = {}
        """Servers that lack a type (Epic's R4 server has no MedicationStatement), with the key of it, likewise."""

    def fill(self, received: Received, service: Service, call: Call, spent: float = 0.0) -> Filled:
        """The request with all that could be read for it within the deadline, of which so many seconds are gone."""
        request, fhir, needs = received.request, received.fhir, service.needs
        if fhir is None or needs is None or not self._servers or not needs.chart(request, call):
            return Filled(request=request)
        base = BaseUrl.of(fhir.server)
        wanted = _Wanted(
            reads=self._reads(request, service, base),
            pages=dict(unfinished(request.prefetch)),
            references=needs.medications(request),
        )
        if not wanted:
            return Filled(request=request)
        if base not in self._servers or base is None:
            return self._without_asking(request, wanted, Outcome.NOT_LISTED)
        visit = self._client.circuits.enter(base.origin)
        if visit is None:
            return self._without_asking(request, wanted, Outcome.CIRCUIT_OPEN)
        access = Access(base=base, token=fhir.token)
        errands = _Errands(
            self._pool,
            Deadline.after(self._deadline_seconds * READING_SHARE - spent, self._seconds),
            partial(self._client.circuits.gives_up, visit),
        )
        try:
            filled = self._read_all(request, access, errands, wanted)
            return self._with_medications(filled, needs.medications(filled.request), access, errands)
        finally:
            self._client.circuits.leave(visit, counts=not wanted.only_tells_more)

    def _without_asking(self, request: HookRequest, wanted: _Wanted, outcome: Outcome) -> Filled:
        """What is needed has failed; where nothing may be read at all, it was not sent."""
        if wanted.only_tells_more:
            return Filled(request=request)
        self._client.count(outcome)
        failing = () if outcome is Outcome.NOT_LISTED else wanted.needed
        return Filled(request=_with(request, dict.fromkeys(failing, failed(outcome).content)), outcomes=(outcome,))

    def _read_all(self, request: HookRequest, access: Access, errands: _Errands, wanted: _Wanted) -> Filled:
        works: dict[str, Work] = {read.key: partial(self._read, access, read) for read in wanted.reads}
        for key, bundle in wanted.pages.items():
            works[key] = partial(self._client.completed, access, cast("dict[str, Any]", bundle))
        came = errands.run(works, BESIDE)
        # A first page that was sent stays what it was: it says of itself that it is a part.
        optional = wanted.pages.keys() | BESIDE
        added = {key: one.content for key, one in came.items() if key not in optional or _is_had(one)}
        return Filled(request=_with(request, added), outcomes=tuple(one.outcome for one in came.values()))

    def _with_medications(self, filled: Filled, references: References, access: Access, errands: _Errands) -> Filled:
        """The same with the Medications that its orders refer to, as far as they can be had."""
        names = (*references.needed, *references.beside)
        paths = {name: path for name in names if (path := _medication_path(name, access.base))}
        first = list(paths.items())[:MOST_MEDICATIONS]
        works: dict[str, Work] = {name: partial(self._client.read, access, path) for name, path in first}
        came = errands.run(works, references.beside)
        entries = [{"fullUrl": name, "resource": one.content} for name, one in came.items() if _is_had(one)]
        added = {REFERRED_KEY: {"resourceType": "Bundle", "entry": entries}} if entries else {}
        return Filled(
            request=_with(filled.request, added), outcomes=(*filled.outcomes, *(one.outcome for one in came.values()))
        )

    def _reads(self, request: HookRequest, service: Service, base: BaseUrl | None) -> tuple[Read, ...]:
        reads = missing(request, service.prefetch, self._release(request, base))
        if base is None or not self._without:
            return reads
        now = self._seconds()
        return tuple(read for read in reads if self._without.get((base, read.key), 0.0) <= now)

    def _read(self, access: Access, read: Read, errand: Errand) -> Fetched:
        """The first of the paths that the server knows the type of."""
        fetched = self._client.read(access, read.paths[0], errand)
        for path in read.paths[1:]:
            if fetched.outcome not in UNKNOWN_TYPE:
                break
            other = self._client.read(access, path, errand)
            if _is_had(other):
                self._dstu2[access.base] = self._seconds() + REMEMBERED_SECONDS
                return other
        if fetched.outcome is Outcome.MISSING and (read.is_beside or read.key == STATEMENTS_KEY):
            self._without[access.base, read.key] = self._seconds() + REMEMBERED_SECONDS
        return fetched

    def _release(self, request: HookRequest, base: BaseUrl | None) -> Release | None:
        """The FHIR release of the client's server: as it says, as its orders are written, or as was found out."""
        if told := release_named(request.fhir_version):
            return told
        drafts = drafts_of(request, "draftOrders", "medications") or ()
        if told := release_told_by(element(one) for one, _, _ in drafts):
            return told
        return Release.DSTU2 if base and self._dstu2.get(base, 0.0) > self._seconds() else None


def _with(request: HookRequest, added: Mapping[str, Any]) -> HookRequest:
    return replace(request, prefetch={**request.prefetch, **added}) if added else request


def _is_had(fetched: Fetched) -> bool:
    return fetched.outcome in (Outcome.OK, Outcome.PARTIAL)


def _medication_path(reference: str, base: BaseUrl) -> str | None:
    """The path of a referenced Medication below the base; None for a reference to anything or anywhere else."""
    url = base.below(reference)
    path = url.removeprefix(f"{base}/") if url else ""
    match = _MEDICATION.fullmatch(path)
    return path if match and all(is_plain_id(part) for part in match.groups() if part is not None) else None
