"""Floor 7. How web pages are asked for politely: one request at a time for a host, a pause after each, few hosts at once.

Only http and https are followed.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

SCHEMES = ("http", "https")
# As many as browsers follow are 20; a public page behind more than 10 is broken for people too.
MOST_HOPS = 10
PERMANENT = (301, 308)
REDIRECTS = (*PERMANENT, 302, 303, 307)
# Answers that often change by themselves within seconds.
PASSING = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Manners:
    """How politely to ask. Times are in seconds; the wait before a retry doubles each time."""

    pause: float = 2.0
    hosts: int = 4
    retries: int = 3
    backoff: float = 1.0
    timeout: float = 20.0

    def wait(self, left: int) -> float:
        """Return how long to wait before asking again, with so many tries left."""
        return self.backoff * float(2 ** (self.retries - left))


class NoAnswerError(Exception):
    """No response could be had; its text says why, in words."""


def client(manners: Manners, agent: str) -> httpx.AsyncClient:
    """Return a client that says who it is and leaves redirects to us."""
    return httpx.AsyncClient(headers={"User-Agent": agent}, timeout=manners.timeout, follow_redirects=False)


class Turns:
    """Whose turn it is: one request at a time for each host, a pause between them, few hosts at once."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._slots = asyncio.Semaphore(manners.hosts)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._free_at: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, host: str, pause: float = 0.0) -> AsyncIterator[None]:
        """Wait for a host's turn; after it the host is left alone for our pause, or a longer one that it asks for."""
        now = asyncio.get_running_loop().time
        async with self._locks[host]:
            await asyncio.sleep(max(self._free_at.get(host, 0.0) - now(), 0.0))
            async with self._slots:
                try:
                    yield
                finally:
                    self._free_at[host] = now() + max(self._manners.pause, pause)


def fault(error: Exception, manners: Manners) -> str:
    """Say why there was no answer."""
    causes = set(map(type, _causes(error)))
    if httpx.InvalidURL in causes:  # httpx looks where a redirect leads even when it is not to go there
        return "转到了写得不对的地址"
    if any(issubclass(c, TimeoutError | httpx.TimeoutException) for c in causes):
        return f"{manners.timeout:g} 秒没有回应"
    if any(issubclass(c, socket.gaierror) for c in causes):
        return "找不到这个域名"
    if any(issubclass(c, ssl.SSLError) for c in causes):
        return "证书有问题"
    return "连不上" if isinstance(error, httpx.ConnectError) else "回应不完整"


def web_url(address: str, base: httpx.URL | None = None) -> httpx.URL:
    """Return a web address, as it is or seen from another. Raises: NoAnswerError for any other kind."""
    try:
        url = base.join(address) if base else httpx.URL(address)
    except httpx.InvalidURL as error:
        raise NoAnswerError("网址写得不对") from error
    if url.scheme not in SCHEMES or not url.host:
        raise NoAnswerError(f"转到了不是网页的地址 {url}" if base else "网址写得不对")
    return url


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error and all that it came of."""
    found: list[BaseException] = []
    ahead: list[BaseException | None] = [error]
    while ahead:
        current = ahead.pop()
        if current is not None and current not in found:
            found.append(current)
            ahead += [current.__cause__, current.__context__]
            ahead += current.exceptions if isinstance(current, BaseExceptionGroup) else []
    return found
