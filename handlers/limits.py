"""How much one client may ask: a bucket of tokens each that fills up again. In memory, so nothing of anybody is kept.

Every process has buckets of its own: several workers together let through as many times more.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from threading import Lock
from typing import NamedTuple

# Clients remembered; the one that has been quiet the longest is forgotten first.
MOST_CLIENTS = 20_000


class Rate(NamedTuple):
    """So many at once, and then so many in each second."""

    burst: float
    each_second: float


class _Bucket(NamedTuple):
    """What is left of a client's tokens, since when, and until when nothing is given; seconds of the steady clock."""

    left: float
    at: float
    shut: float = 0.0


class Limits:
    """The buckets of all clients for one kind of request. Safe for threads.

    Args:
        rate: What each client may ask.
        steady: Gives seconds on a clock that never jumps.
        most: Clients remembered.
        whole: Whether a bucket that ran empty stays shut until it is full again: one wait, instead of a short one
            after each request.
    """

    def __init__(
        self, rate: Rate, steady: Callable[[], float], most: int = MOST_CLIENTS, *, whole: bool = False
    ) -> None:
        self._rate = rate
        self._steady = steady
        self._most = most
        self._whole = whole
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = Lock()

    def take(self, client: str, cost: float = 1) -> int:
        """Take tokens out of a client's bucket; 0 when there were enough, else the seconds until there are."""
        now = self._steady()
        with self._lock:
            bucket, wait = self._taken(self._buckets.pop(client, None), cost, now)
            self._buckets[client] = bucket
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return ceil(wait)

    def _taken(self, found: _Bucket | None, cost: float, now: float) -> tuple[_Bucket, float]:
        """Return a bucket after tokens were asked of it, and for how many seconds there are not enough."""
        burst, each_second = self._rate
        before = found or _Bucket(burst, now)
        left = min(burst, before.left + (now - before.at) * each_second)
        if now < before.shut:
            return _Bucket(left, now, before.shut), before.shut - now
        short = min(cost, burst) - left
        if short <= 0:
            return _Bucket(left - cost, now), 0.0
        wait = (burst - left if self._whole else short) / each_second
        return _Bucket(left, now, now + wait if self._whole else 0.0), wait
