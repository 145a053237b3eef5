"""Floor 7. Whether web addresses still answer, asked politely: few hosts at once, a pause after every request.

Only http and https are followed, and of a page no more is read than shows that there is one.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

import httpx

from bot.hosts import covering
from bot.progress import progress

AGENT = "Quxiang-links (checks that published addresses still work; one request per host at a time)"
SCHEMES = ("http", "https")
# As many as browsers follow are 20; a public page behind more than 10 is broken for people too.
MOST_HOPS = 10
PERMANENT = (301, 308)
REDIRECTS = (*PERMANENT, 302, 303, 307)
# Answers that often change by themselves within seconds.
PASSING = (429, 500, 502, 503, 504)
# A server that wants a log-in or keeps programs out says nothing of whether people can open the page. 412 and 521 are
# what common shields of Chinese government sites answer to programs.
REFUSALS = (401, 403, 405, 406, 412, 429, 451, 521)
GONE = (404, 410)

LOOK = "打开看看"
REPLACE = "找到新地址就改;找不到就删掉网址,发布者和日期留着"
AGAIN = "换个网络再试;真打不开就删掉网址,只是不让程序开的写进 unchecked-hosts.txt"
BY_HAND = "用浏览器打开看看;能开就不用改"


class Outcome(StrEnum):
    """What came of an address, the most urgent first."""

    BROKEN = "broken"
    MOVED = "moved"
    REFUSED = "refused"
    OK = "ok"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class Manners:
    """How politely to ask. Times are in seconds; the wait before a retry doubles each time."""

    pause: float = 2.0
    hosts: int = 4
    retries: int = 3
    backoff: float = 1.0
    timeout: float = 20.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What came back for an address, and what to do about it, in words for maintainers.

    `status` is that of the last answer, none when nothing answered or nobody asked.
    """

    address: str
    outcome: Outcome
    said: str
    todo: str = ""
    status: int | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """One response: its status, and where it leads on."""

    status: int
    location: str | None


class _NoAnswerError(Exception):
    """No response could be had; its text says why, in words."""


async def check_all(
    addresses: Sequence[str], manners: Manners, excused: Mapping[str, str], client: httpx.AsyncClient
) -> list[Finding]:
    """Return what came of each address, in their order; nothing is raised for what a server does.

    Args:
        addresses: Web addresses, each once.
        manners: How politely to ask.
        excused: Hosts that are not asked → the reason; `.gov.cn` stands for all hosts below it.
        client: What asks; it is not closed.
    """
    checker = _Checker(client, manners, excused)
    tasks = [asyncio.create_task(checker.check(address)) for address in addresses]
    for done in progress(asyncio.as_completed(tasks), "核对网址", len(tasks)):
        await done
    return [task.result() for task in tasks]


def client(manners: Manners) -> httpx.AsyncClient:
    """Return a client that says who it is and leaves redirects to us."""
    return httpx.AsyncClient(headers={"User-Agent": AGENT}, timeout=manners.timeout, follow_redirects=False)


class _Checker:
    """Asks for addresses, a turn at a time."""

    def __init__(self, client: httpx.AsyncClient, manners: Manners, excused: Mapping[str, str]) -> None:
        self._client = client
        self._manners = manners
        self._excused = excused
        self._slots = asyncio.Semaphore(manners.hosts)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._free_at: dict[str, float] = {}

    async def check(self, address: str) -> Finding:
        """Follow an address to its end and judge it."""
        try:
            url = _web(address)
            entry = covering(url.host, self._excused)
            if entry:
                return Finding(address, Outcome.EXCUSED, f"不核对:{self._excused[entry]}")
            hops = [hop async for hop in self._follow(url)]
        except _NoAnswerError as error:
            return Finding(address, Outcome.BROKEN, str(error), AGAIN)
        return _judged(address, hops)

    async def _follow(self, url: httpx.URL) -> AsyncIterator[tuple[httpx.URL, _Answer]]:
        """Yield each address on the way with its answer. Raises: _NoAnswerError."""
        met: set[httpx.URL] = set()
        while True:
            answer = await self._ask(url)
            yield url, answer
            if answer.status not in REDIRECTS or not answer.location:
                return
            met.add(url)
            url = _web(answer.location, url)
            if url in met or len(met) > MOST_HOPS:
                raise _NoAnswerError(f"转来转去没有尽头,最后到 {url}")

    async def _ask(self, url: httpx.URL) -> _Answer:
        """Return the answer of one address: HEAD, GET where HEAD is refused, and again while it may pass."""
        methods: tuple[str, ...] = ("HEAD", "GET")
        for left in range(self._manners.retries, -1, -1):
            try:
                for method in methods:
                    answer = await self._request(method, url)
                    if answer.status < 400:
                        return answer
                if answer.status not in PASSING or not left:
                    return answer
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
                if not left:
                    raise _NoAnswerError(self._fault(error)) from error
            methods = ("GET",)  # whatever went wrong, it was not that we asked for too little
            await asyncio.sleep(self._manners.backoff * 2 ** (self._manners.retries - left))
        raise AssertionError  # the last round returns or raises

    async def _request(self, method: str, url: httpx.URL) -> _Answer:
        """Ask once, when it is the host's turn; the first piece of a body, at most 64 KiB, is all that is read."""
        limit = asyncio.timeout(self._manners.timeout)
        async with self._turn(url.host), limit, self._client.stream(method, url) as response:
            if method == "GET":
                async for _ in response.aiter_raw():
                    break
            return _Answer(response.status_code, response.headers.get("location"))

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a host's turn: one request at a time for each, a pause between them, few hosts at once."""
        now = asyncio.get_running_loop().time
        async with self._locks[host]:
            await asyncio.sleep(max(self._free_at.get(host, 0.0) - now(), 0.0))
            async with self._slots:
                try:
                    yield
                finally:
                    self._free_at[host] = now() + self._manners.pause

    def _fault(self, error: Exception) -> str:
        """Say why there was no answer."""
        causes = set(map(type, _causes(error)))
        if httpx.InvalidURL in causes:  # httpx looks where a redirect leads even when it is not to go there
            return "转到了写得不对的地址"
        if any(issubclass(c, TimeoutError | httpx.TimeoutException) for c in causes):
            return f"{self._manners.timeout:g} 秒没有回应"
        if any(issubclass(c, socket.gaierror) for c in causes):
            return "找不到这个域名"
        if any(issubclass(c, ssl.SSLError) for c in causes):
            return "证书有问题"
        return "连不上" if isinstance(error, httpx.ConnectError) else "回应不完整"


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


def _web(address: str, base: httpx.URL | None = None) -> httpx.URL:
    """Return a web address, as it is or seen from another. Raises: _NoAnswerError for any other kind."""
    try:
        url = base.join(address) if base else httpx.URL(address)
    except httpx.InvalidURL as error:
        raise _NoAnswerError("网址写得不对") from error
    if url.scheme not in SCHEMES or not url.host:
        raise _NoAnswerError(f"转到了不是网页的地址 {url}" if base else "网址写得不对")
    return url


def _judged(address: str, hops: Sequence[tuple[httpx.URL, _Answer]]) -> Finding:
    """Judge an address by the way it led and the answer at its end."""
    (first, _), (last, answer) = hops[0], hops[-1]
    status = answer.status
    said = str(status) + "".join(f",转到 {url}" for url, _ in hops[1:])
    if status in REFUSALS:
        return Finding(address, Outcome.REFUSED, f"{said}(不让程序看)", BY_HAND, status)
    if status >= 400:
        return Finding(address, Outcome.BROKEN, said, REPLACE if status in GONE else AGAIN, status)
    if len(hops) == 1:
        return Finding(address, Outcome.OK, said, status=status)
    return Finding(
        address, Outcome.MOVED, said, _advice(first, last, [a.status for _, a in hops[:-1]]), status
    )


def _advice(first: httpx.URL, last: httpx.URL, redirects: Sequence[int]) -> str:
    """Say what to do about an address that leads on to another."""
    if last == first.copy_with(scheme="https", port=None):
        return f"改成 {last}"
    if last.path == "/" and first.path != "/":
        return f"跳到了首页,原来的内容可能没了:{LOOK}"
    if all(status in PERMANENT for status in redirects):
        return f"改成 {last}"
    return f"{LOOK},还是原来的内容就不用改"
