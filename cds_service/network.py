"""What calls other servers, put together from the settings."""

from __future__ import annotations

from ipaddress import ip_network

from cds_service.addresses import AddressPolicy
from cds_service.base_urls import BaseUrl
from cds_service.circuit import Circuits
from cds_service.errands import ErrandPool
from cds_service.fhir_client import FhirClient, Outcome
from cds_service.observability import Metrics
from cds_service.outbound import Outbound
from cds_service.prefetch import Prefetcher
from cds_service.settings_sections import Fhir


def prefetcher(settings: Fhir, metrics: Metrics) -> Prefetcher:
    """What fills in requests from the allowed FHIR servers."""
    policy = AddressPolicy(networks=tuple(map(ip_network, settings.private_networks)))

    def count(outcome: Outcome) -> None:
        metrics.read_from_fhir(outcome.value)

    client = FhirClient(Outbound(policy=policy, ca_file=settings.ca_file), Circuits(), count=count)
    servers = filter(None, map(BaseUrl.of, settings.allowed_servers))
    return Prefetcher(client, ErrandPool(), servers=servers, deadline_seconds=settings.deadline_seconds)
