"""Floor 7. Pages of a list fetched politely: robots respected, a pause for each host, each page kept once it is read.

What was fetched stands in a file, a line of JSON each; whoever is interrupted goes on where they were.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.robotparser import RobotFileParser

import httpx

from bot.upkeep.manners import (
    MOST_HOPS,
    PASSING,
    REDIRECTS,
    Manners,
    NoAnswerError,
    Turns,
    fault,
    web_url,
)
from bot.upkeep.readable import MOST_BYTES, UnreadableError, readable
from bot.values import When

NAME = "Quxiang-notices"
AGENT = f"{NAME} (reads closure notices that maintainers listed; one request per host at a time)"
# Bytes of a robots.txt that are read, as search engines do, and the longest pause that one may ask for, in seconds.
MOST_ROBOTS, LONGEST_PAUSE = 500_000, 60.0


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was asked for.

    Attributes:
        url: as it stands in the list.
        at: the day it was fetched, ISO.
        text: what it says; empty when it could not be read.
        date: the day it says it was published, ISO.
        digest: SHA-256 of its bytes.
        error: why there is no text, in words.
        again: whether it is worth asking another time.
    """

    url: str
    at: str
    text: str = ""
    date: str | None = None
    digest: str = ""
    error: str = ""
    again: bool = False


@dataclass(slots=True)
class Record:
    """The file of what was fetched so far."""

    path: Path
    pages: dict[str, Page] = field(default_factory=dict)

    @classmethod
    def at(cls, path: Path) -> Record:
        """Read a record; a last line that was cut off is as if never written. Raises: OSError."""
        found = cls(path)
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            try:
                page = Page(**json.loads(line))
            except (ValueError, TypeError):
                continue
            found.pages[page.url] = page
        return found

    def left(self, urls: Sequence[str]) -> list[str]:
        """Return the addresses that are still to be asked for, each once."""
        return [u for u in dict.fromkeys(urls) if u not in self.pages or self.pages[u].again]

    def keep(self, page: Page) -> None:
        """Write a page down, synced to disk. Raises: OSError."""
        self.pages[page.url] = page
        line = json.dumps(asdict(page), ensure_ascii=False)
        with self.path.open("a+b") as file:
            # After a line that was cut off, a line of its own.
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            broken = b"\n" if size and file.read(1) != b"\n" else b""
            file.write(broken + line.encode("utf-8", "replace") + b"\n")
            file.flush()
            os.fsync(file.fileno())


async def fetch_all(
    urls: Sequence[str], manners: Manners, today: When, client: httpx.AsyncClient
) -> AsyncIterator[Page]:
    """Yield each page as it is fetched; nothing is raised for what a server does.

    Args:
        urls: web addresses, each once.
        manners: how politely to ask.
        today: the day it is.
        client: what asks; it is not closed.
    """
    fetcher = _Fetcher(client, manners, today)
    tasks = [asyncio.create_task(fetcher.fetch(url)) for url in urls]
    try:
        for done in asyncio.as_completed(tasks):
            yield await done
    finally:
        for task in tasks:
            task.cancel()


class _Fetcher:
    """Asks for pages, a turn at a time, where robots.txt lets it."""

    def __init__(self, client: httpx.AsyncClient, manners: Manners, today: When) -> None:
        self._client = client
        self._manners = manners
        self._today = today
        self._turns = Turns(manners)
        self._rules: dict[str, asyncio.Task[RobotFileParser]] = {}

    async def fetch(self, address: str) -> Page:
        """Return a page, or why there is none."""
        at = str(self._today)
        try:
            status, content, charset = await self._follow(web_url(address))
        except NoAnswerError as error:
            return Page(address, at, error=str(error), again=True)
        except PermissionError as error:
            return Page(address, at, error=str(error))
        if status != 200:
            return Page(address, at, error=f"回来的是 {status}", again=status in PASSING)
        digest = hashlib.sha256(content).hexdigest()
        try:
            # A page may take long to sort out; the others go on meanwhile.
            found = await asyncio.to_thread(readable, content, charset)
        except UnreadableError as error:
            return Page(address, at, digest=digest, error=str(error))
        return Page(address, at, found.text, str(found.date) if found.date else None, digest)

    async def _follow(self, url: httpx.URL) -> tuple[int, bytes, str]:
        """Return the status, body and charset at the end of an address. Raises: NoAnswerError, PermissionError."""
        for _ in range(MOST_HOPS):
            rules = await self._rules_of(url)
            if not rules.can_fetch(NAME, str(url)):
                raise PermissionError("robots.txt 不让程序看;用浏览器打开,把文字存下来读")
            delay = min(float(rules.crawl_delay(NAME) or 0), LONGEST_PAUSE)
            status, location, body, charset = await self._ask(url, MOST_BYTES, delay)
            if status not in REDIRECTS or not location:
                return status, body, charset
            url = web_url(location, url)
        raise NoAnswerError(f"转来转去没有尽头,最后到 {url}")

    async def _rules_of(self, url: httpx.URL) -> RobotFileParser:
        """Return what a site lets programs see; whoever comes first asks for all."""
        origin = str(url.copy_with(path="/robots.txt", query=None, fragment=None))
        if origin not in self._rules:
            self._rules[origin] = asyncio.create_task(self._robots(httpx.URL(origin)))
        return await self._rules[origin]

    async def _robots(self, url: httpx.URL) -> RobotFileParser:
        """Read a robots.txt: without one all is open; one that cannot be had now closes all, as RFC 9309 says."""
        rules = RobotFileParser()
        status, body = 500, b""
        for _ in range(MOST_HOPS):
            status, location, body, _charset = await self._ask(url, MOST_ROBOTS, 0.0)
            if status not in REDIRECTS or not location:
                break
            url = web_url(location, url)
        if status >= 500:
            raise NoAnswerError(f"robots.txt 现在问不到({status})")
        rules.parse(body.decode("utf-8", "replace").splitlines() if status == 200 else ())
        return rules

    async def _ask(self, url: httpx.URL, most: int, pause: float) -> tuple[int, str, bytes, str]:
        """Return status, redirect, body and charset of one address, asked again while it may pass. Raises: NoAnswerError."""
        for left in range(self._manners.retries, -1, -1):
            try:
                answer = await self._request(url, most, pause)
                if answer[0] not in PASSING or not left:
                    return answer
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
                if not left:
                    raise NoAnswerError(fault(error, self._manners)) from error
            await asyncio.sleep(self._manners.wait(left))
        raise AssertionError  # the last round returns or raises

    async def _request(self, url: httpx.URL, most: int, pause: float) -> tuple[int, str, bytes, str]:
        """Ask once, when it is the host's turn; of a body one byte more is read than is allowed, to know it is too much."""
        limit = asyncio.timeout(self._manners.timeout)
        async with self._turns.turn(url.host, pause), limit, self._client.stream("GET", url) as response:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > most:
                    break
            headers = response.headers
            return (
                response.status_code,
                headers.get("location") or "",
                bytes(body[: most + 1]),
                response.charset_encoding or "",
            )
