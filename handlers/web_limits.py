"""How much one client may ask: a bucket of tokens each that fills up again. In memory, so nothing of anybody is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock
from typing import NamedTuple

# Clients remembered; the one that has been quiet the longest is forgotten first.
MOST_CLIENTS = 20_000
# A household or a phone has a whole network of this many bits in IPv6.
IPV6_NETWORK = 64


class Rate(NamedTuple):
    """So many at once, and then so many in each second."""

    burst: float
    each_second: float


class Limits:
    """The buckets of all clients for one kind of request. Safe for threads."""

    def __init__(self, rate: Rate, steady: Callable[[], float], most: int = MOST_CLIENTS) -> None:
        """Begin with full buckets; `steady` gives seconds on a clock that never jumps."""
        self._rate = rate
        self._steady = steady
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, client: str, cost: float = 1) -> int:
        """Take tokens out of a client's bucket; 0 when there were enough, else the seconds until there are."""
        now = self._steady()
        with self._lock:
            left, at = self._buckets.pop(client, (self._rate.burst, now))
            left = min(self._rate.burst, left + (now - at) * self._rate.each_second)
            short = min(cost, self._rate.burst) - left
            self._buckets[client] = (left if short > 0 else left - cost, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return ceil(short / self._rate.each_second) if short > 0 else 0


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
