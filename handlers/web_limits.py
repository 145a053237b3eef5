"""Who is one client of the web, so that its requests can be counted."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address

# A household or a phone has a whole network of this many bits in IPv6.
IPV6_NETWORK = 64


@lru_cache(1024)
def client_of(host: str | None) -> str:
    """Return what one client is known by: its address, of an IPv6 address the network."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return "?"
    if isinstance(address, IPv6Address):
        return (
            str(int(address) >> (128 - IPV6_NETWORK)) if not address.ipv4_mapped else str(address.ipv4_mapped)
        )
    return str(address)
