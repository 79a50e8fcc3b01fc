"""Private addresses are refused when a connection is made: after DNS, for every hop of a redirect.

A page or feed must not make the crawler speak to the machine it runs on, its network, or a cloud's metadata service
(server-side request forgery). Checking the name in a URL is not enough: any name can resolve to any address.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from newsbot.settings import Network, read_settings

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses whose last 32 bits are an IPv4 address (RFC 6052)."""


def is_allowed(address: str, networks: Iterable[Network]) -> bool:
    """Return whether an IP address is public, or in one of the networks that may be fetched."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or ip
    if ip in NAT64:
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return (ip.is_global and not ip.is_multicast) or any(ip in network for network in networks)


@implementer(IResolutionReceiver)
class _AllowedOnly:
    """Passes on the addresses that may be fetched, and notes a host that has others."""

    def __init__(self, receiver: Any, host: str, resolver: GuardedResolver) -> None:
        self.receiver = receiver
        self.host = host
        self.resolver = resolver

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:
        if is_allowed(address.host, self.resolver.networks):
            self.receiver.addressResolved(address)
        else:
            self.resolver.refused.add(self.host)

    def resolutionComplete(self) -> None:
        self.receiver.resolutionComplete()


class GuardedResolver(CachingHostnameResolver):
    """Scrapy's resolver, without private addresses: a host that has no others cannot be connected to."""

    def __init__(self, reactor: ReactorBase, cache_size: int, networks: Sequence[Network]) -> None:
        super().__init__(reactor, cache_size)
        self.networks = networks
        self.refused: set[str] = set()
        """Hosts of which an address was refused, to tell the failure from one of DNS."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Read which private networks may be fetched."""
        settings = crawler.settings
        return cls(reactor, settings.getint("DNSCACHE_SIZE"), read_settings(settings).allowed_networks)

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        *args: Any,
        **kwargs: Any,
    ) -> IHostResolution:
        """Resolve a host name or an address written out."""
        receiver: Any = _AllowedOnly(resolutionReceiver, hostName, self)
        return super().resolveHostName(receiver, hostName, *args, **kwargs)
