"""Which IP addresses are public: newsbot connects to no others on behalf of a page, a feed or a webhook."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from newsbot.settings import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Network of IPv6 addresses whose last 32 bits are an IPv4 address (RFC 6052)."""
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All IPv6 addresses that hosts of the Internet have. Outside of it are, among others, those of sites (fec0::/10), local
NAT64 (64:ff9b:1::/48), and two old forms of IPv4 addresses (::/96, ::ffff:0:0:0/96). Source: IANA IPv6 address space."""
SPECIAL = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
"""Networks of protocols, tunnels and documentation, of which not every version of Python knows that they are special.
Source: IANA special-purpose address registries."""


def is_allowed(address: str, networks: Iterable[Network]) -> bool:
    """Return whether an IP address is public, or in one of the allowed networks."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = _embedded(ip)
    return _is_public(inner or ip) or any(
        form in network for form in (ip, inner) if form for network in networks
    )


def _embedded(ip: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address to which a packet for an IPv6 address goes in the end; None if there is none."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def _is_public(ip: Address) -> bool:
    if any(ip in network for network in SPECIAL) or not ip.is_global or ip.is_multicast:
        return False
    return isinstance(ip, ipaddress.IPv4Address) or ip in GLOBAL_UNICAST


def refusal(host: str) -> str:
    """Return why no connection is made to a host, and which setting allows it, in one line."""
    return (
        f"{host} has no public address; NEWSBOT_ALLOWED_NETWORKS names private networks that may be fetched"
    )
