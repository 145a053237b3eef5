"""Floor 7. Whether web addresses still answer, asked politely: few hosts at once, a pause after every request.

Only http and https are followed, and of a page no more is read than shows that there is one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import httpx

from bot.hosts import covering
from bot.progress import progress
from bot.upkeep.manners import (
    MOST_HOPS,
    PASSING,
    PERMANENT,
    REDIRECTS,
    Manners,
    NoAnswerError,
    Turns,
    fault,
    web_url,
)
from bot.upkeep.manners import client as polite_client

AGENT = "Quxiang-links (checks that published addresses still work; one request per host at a time)"
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
    """Return a client that says what it is for."""
    return polite_client(manners, AGENT)


class _Checker:
    """Asks for addresses, a turn at a time."""

    def __init__(self, client: httpx.AsyncClient, manners: Manners, excused: Mapping[str, str]) -> None:
        self._client = client
        self._manners = manners
        self._excused = excused
        self._turns = Turns(manners)

    async def check(self, address: str) -> Finding:
        """Follow an address to its end and judge it."""
        try:
            url = web_url(address)
            entry = covering(url.host, self._excused)
            if entry:
                return Finding(address, Outcome.EXCUSED, f"不核对:{self._excused[entry]}")
            hops = [hop async for hop in self._follow(url)]
        except NoAnswerError as error:
            return Finding(address, Outcome.BROKEN, str(error), AGAIN)
        return _judged(address, hops)

    async def _follow(self, url: httpx.URL) -> AsyncIterator[tuple[httpx.URL, _Answer]]:
        """Yield each address on the way with its answer. Raises: NoAnswerError."""
        met: set[httpx.URL] = set()
        while True:
            answer = await self._ask(url)
            yield url, answer
            if answer.status not in REDIRECTS or not answer.location:
                return
            met.add(url)
            url = web_url(answer.location, url)
            if url in met or len(met) > MOST_HOPS:
                raise NoAnswerError(f"转来转去没有尽头,最后到 {url}")

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
                    raise NoAnswerError(fault(error, self._manners)) from error
            methods = ("GET",)  # whatever went wrong, it was not that we asked for too little
            await asyncio.sleep(self._manners.wait(left))
        raise AssertionError  # the last round returns or raises

    async def _request(self, method: str, url: httpx.URL) -> _Answer:
        """Ask once, when it is the host's turn; the first piece of a body, at most 64 KiB, is all that is read."""
        limit = asyncio.timeout(self._manners.timeout)
        async with self._turns.turn(url.host), limit, self._client.stream(method, url) as response:
            if method == "GET":
                async for _ in response.aiter_raw():
                    break
            return _Answer(response.status_code, response.headers.get("location"))


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
