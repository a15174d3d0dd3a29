"""Base URLs that may be read from, compared as what they mean and not as they are spelled.

A request names its FHIR server. That name is only ever compared: what is read from is the URL of the
settings, so nothing that is hidden in the request's spelling can reach the network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Self

LONGEST = 2048
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ABSOLUTE = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[a-z0-9._~!$&'()*+,;=:@%-]*)*)",
    re.IGNORECASE | re.ASCII,
)
_HIDDEN = re.compile(r"%(?:2e|2f|5c|25|[01][0-9a-f]|7f|c[01])|%(?![0-9a-f]{2})", re.IGNORECASE | re.ASCII)
"""Dots, slashes, backslashes, percent signs and control characters that a server may decode, also from bytes that are
no UTF-8; broken escapes."""
_QUERY = re.compile(r"\?[!-~]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseUrl:
    """The address of a FHIR server: equal when scheme, host, port and path are the same."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The base URL that a text says; None for anything but a plain absolute http(s) URL.

        Plain means: nothing beside scheme, host, port and path (no user, query or fragment), a path
        without dot segments, empty segments or escapes that hide one, and ASCII only.
        """
        match = _ABSOLUTE.fullmatch(text) if len(text) <= LONGEST else None
        if match is None:
            return None
        scheme = match["scheme"].lower()
        host = _host(match["host"].lower())
        port = int(match["port"] or _DEFAULT_PORTS[scheme])
        path = match["path"].removesuffix("/")
        segments = path.split("/")[1:]
        if host is None or not 0 < port < 65536 or _HIDDEN.search(path):
            return None
        # Servers in Java take what follows a semicolon away first: "..;" is a dot segment to them.
        if any(segment.partition(";")[0] in ("", ".", "..") for segment in segments):
            return None
        return cls(scheme=scheme, host=host, port=port, path=path)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one circuit and one set of connections belong to."""
        return f"{self.scheme}://{self.host}:{self.port}"

    def below(self, link: str) -> str | None:
        """The URL of a link (absolute or relative to this base) when it stays below this base, else None.

        The link's own scheme, host and path prefix are checked and then thrown away: the answer starts
        with this base, spelled as here.
        """
        if len(link) > LONGEST or "\\" in link:
            return None
        address, mark, query = link.partition("?")
        if not _QUERY.fullmatch(mark + query or "?") or "#" in query:
            return None
        if "://" not in address:
            if ":" in address.partition("/")[0]:
                return None  # a URI of another scheme, such as urn:uuid:…
            address = f"{self._origin_as_written}{address}" if address.startswith("/") else f"{self}/{address}"
        other = BaseUrl.of(address)
        if other is None or other.origin != self.origin:
            return None
        if other.path != self.path and not other.path.startswith(f"{self.path}/"):
            return None
        return f"{self}{other.path.removeprefix(self.path)}{mark}{query}"

    @property
    def _origin_as_written(self) -> str:
        return str(self).removesuffix(self.path) if self.path else str(self)


def _host(host: str) -> str | None:
    if not host.startswith("["):
        return None if ".." in host else host
    try:
        address = ip_address(host[1:-1])
    except ValueError:
        return None
    return address.compressed if isinstance(address, IPv6Address) else None
