"""Hosts in settings that no machine can have: a typing error is found before going live, not by the first caller."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cds_service.base_urls import BaseUrl
from cds_service.schemas import FaultPath

if TYPE_CHECKING:
    from cds_service.settings import Settings

LONGEST_NAME = 253
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?", re.IGNORECASE | re.ASCII)
_NUMBERS = re.compile(r"[0-9.]+", re.ASCII)
_OF_EXAMPLES = re.compile(r"(?:.+\.)?example(?:\.com|\.net|\.org)?\.?")
"""Names that RFC 2606 keeps for documents, ours among them: no hospital has one."""


def is_host(text: str) -> bool:
    """Whether a text is the name of a host or an IP address, which may name its interface ("fe80::1%eth0")."""
    if ":" in text or _NUMBERS.fullmatch(text):
        try:
            ip_address(text)
        except ValueError:
            return False
        return True
    return len(text) <= LONGEST_NAME and _NAME.fullmatch(text) is not None


_NEAR = (
    *map(ip_network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16")),
    *map(ip_network, ("::/127", "fe80::/10", "::ffff:127.0.0.0/104", "::ffff:169.254.0.0/112")),
)
"""Loopback and link-local, also written as IPv6: this machine, which zeros lead to as well, and what its cloud tells it
alone."""


def reaches_the_machine_itself(network: str) -> bool:
    """Whether a network holds addresses of the machine itself, or of what only it is told."""
    given = ip_network(network)
    return any(given.version == near.version and given.overlaps(near) for near in _NEAR)


def senseless_hosts(settings: Settings) -> Iterator[tuple[FaultPath, str]]:
    """Each setting that names a host or a port that cannot be."""
    if not is_host(settings.server.host):
        yield ("server", "host"), "expected the name of a host or an IP address, without a port"
    for path, url in _urls(settings):
        if BaseUrl.of(_origin_of(url)) is None:
            yield path, "expected a host that can be, in plain letters, and a port from 1 to 65535"
    where = re.split(r"[/?#]", settings.database.url.partition("//")[2], maxsplit=1)[0].rpartition("@")[2]
    if re.search(r"\s", where):
        yield ("database", "url"), "expected a host without spaces"


def hosts_of_examples(settings: Settings) -> Iterator[FaultPath]:
    """Each setting that still holds the address of an example, as `deploy/cds.toml` has them."""
    for path, url in (*_urls(settings), *_urls_to_the_letter(settings)):
        if _OF_EXAMPLES.fullmatch(_host_of(url)):
            yield path


def _urls_to_the_letter(settings: Settings) -> Iterator[tuple[FaultPath, str]]:
    """What is compared with the words of an EHR and judged elsewhere."""
    for index, server in enumerate(settings.fhir.allowed_servers):
        yield ("fhir", "allowed_servers", index), server
    for index, client in enumerate(settings.auth.clients):
        yield ("auth", "clients", index, "issuer"), client.issuer


def _origin_of(url: str) -> str:
    """Scheme, host and port of an absolute URL; what stands behind them is judged elsewhere."""
    return re.split(r"(?<=[^:/])[/?#]", url, maxsplit=1)[0]


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # an issuer may be any text, such as "https://[of-ours]"
        return ""


def _urls(settings: Settings) -> Iterator[tuple[FaultPath, str]]:
    if settings.public_url:
        yield ("public_url",), settings.public_url
    for index, origin in enumerate(settings.cors.origins):
        if origin != "*":
            yield ("cors", "origins", index), origin
    for index, client in enumerate(settings.auth.clients):
        if client.jwks_url:
            yield ("auth", "clients", index, "jwks_url"), client.jwks_url
        for place, address in enumerate(client.key_addresses):
            yield ("auth", "clients", index, "key_addresses", place), address
