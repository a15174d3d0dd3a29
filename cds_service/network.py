"""What calls other servers, put together from the settings."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

from cds_service.addresses import AddressPolicy
from cds_service.auth import Gate, TrustedClient
from cds_service.base_urls import BaseUrl
from cds_service.circuit import Circuits
from cds_service.errands import Deadline, Errand, ErrandPool
from cds_service.fhir_client import FhirClient
from cds_service.keys import PUBLISHED_PRIVATE_KEYS, KeySource, NoKeys
from cds_service.observability import Metrics
from cds_service.outbound import Outbound, Unanswered
from cds_service.prefetch import Prefetcher
from cds_service.settings import Settings
from cds_service.settings_sections import Client, Fhir

KEYS_SECONDS = 2.0
MOST_KEY_BYTES = 2**18
KEY_THREADS = 4


def to_servers(settings: Fhir) -> Outbound:
    """What calls FHIR servers: at public addresses, and at those that the site lists."""
    policy = AddressPolicy(networks=tuple(map(ip_network, settings.private_networks)))
    return Outbound(policy=policy, ca_file=settings.ca_file)


def to_anywhere(settings: Fhir) -> Outbound:
    """What reads the keys of clients: only an administrator can have written where these are."""
    return Outbound(policy=None, ca_file=settings.ca_file)


def prefetcher(settings: Fhir, metrics: Metrics) -> Prefetcher:
    """What fills in requests from the allowed FHIR servers."""
    outbound = to_servers(settings)
    client = FhirClient(outbound, Circuits(), count=lambda outcome: metrics.fhir_reads.labels(outcome).inc())
    servers = filter(None, map(BaseUrl.of, settings.allowed_servers))
    return Prefetcher(client, ErrandPool(), servers=servers, deadline_seconds=settings.deadline_seconds)


def gate(settings: Settings, now: Callable[[], float]) -> Gate | None:
    """What lets in the calls of the configured clients; None when nobody has to prove who they are.

    `now` in seconds since 1970.
    """
    if not settings.auth.required:
        return None
    outbound = to_anywhere(settings.fhir)
    pool = ErrandPool(KEY_THREADS)
    refused = PUBLISHED_PRIVATE_KEYS if settings.production else frozenset()

    def trusted(client: Client) -> TrustedClient:
        return TrustedClient(
            issuer=client.issuer,
            keys=KeySource(_fetching(client, outbound, pool), refused=refused),
            key_addresses=frozenset(filter(None, (client.jwks_url, *client.key_addresses))),
            audience=client.audience,
            profile=client.profile,
        )

    clients = map(trusted, settings.auth.clients)
    return Gate(clients, public_url=settings.public_url, leeway=settings.auth.leeway_seconds, now=now)


def _fetching(client: Client, outbound: Outbound, pool: ErrandPool) -> Callable[[], bytes]:
    """How a client's key set is read: from its file, or from its URL within a short time."""
    url = client.jwks_url
    if url is None:
        return lambda: _content(Path(client.jwks_file or ""))

    def work(errand: Errand) -> bytes:
        try:
            answer = outbound.get(url, errand, headers={"Accept": "application/json"}, most_bytes=MOST_KEY_BYTES)
        except Unanswered:
            return b""
        return answer.body if answer.status == 200 else b""

    return lambda: pool.run({"keys": work}, Deadline.after(KEYS_SECONDS)).get("keys", b"")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise NoKeys from None
