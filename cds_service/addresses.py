"""Which resolved addresses may be connected to.

A listed host name may be made to point anywhere by whoever runs its DNS, now or a moment later. So each
address is judged after it was resolved, and the connection goes to the very address that was judged.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], list[str]]

_CARRIES_IPV4 = tuple(map(ip_network, ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48", "::/96")))
"""6to4, Teredo, NAT64 and the old compatible form: an IPv6 address that leads to an IPv4 one."""
_UNICAST = IPv6Network("2000::/3")
"""All that has been given out of IPv6. Python takes for public what is not known to it as anything else, such as the
site-local addresses of old and translated IPv4 ones."""
_EXAMPLES = IPv6Network("3fff::/20")
"""For documentation (RFC 9637), which not every version of Python knows."""


class ForbiddenAddress(OSError):
    """A host resolves to an address that nobody listed. Holds no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPolicy:
    """Public addresses, and of the private ones those in `networks`.

    A host that is itself written as an address, or as `localhost`, was listed explicitly: only hosts of
    the settings ever come here.
    """

    networks: tuple[Network, ...] = ()

    def permits(self, host: str, address: str) -> bool:
        """Whether `host` may be reached at `address`."""
        found = _read(address)
        if any(found in network for network in self.networks if network.version == found.version):
            return True
        if host == "localhost":
            return found.is_loopback
        if _is_literal(host):
            return _read(host) == found
        return _is_public(found)

    def permitted(self, host: str, addresses: Sequence[str]) -> list[str]:
        """Those of a host's addresses that may be connected to. Raises `ForbiddenAddress` when none of them may."""
        allowed = [address for address in addresses if self.permits(host, address)]
        if not allowed:
            raise ForbiddenAddress("not a listed address")
        return allowed


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the order in which the system would try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _read(address: str) -> Address:
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_public(found: Address) -> bool:
    if any(found in network for network in _CARRIES_IPV4 if network.version == found.version):
        return False
    if isinstance(found, IPv6Address) and (found not in _UNICAST or found in _EXAMPLES):
        return False
    return found.is_global and not found.is_multicast
