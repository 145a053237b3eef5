"""Pages that say the same to everybody are kept as they were sent, until an answer may have changed.

A page is made once for each index, day, language and packing. Answers to questions are never kept: they are somebody's.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.wording import language_of
from handlers.web_site import Site, holds, locale_in

# What may be kept; of the first page only the empty one.
FIRST = "/"
KEPT = ("/a/", "/p/", "/changes", "/stats", "/about", "/static/", "/api/accounts/")
# Bytes of all pages, and of one.
MOST, LARGEST = 16 * 2**20, 2**18
# A place has one page for each of its print forms and languages; longer addresses are nobody's page.
LONGEST_ADDRESS = 200

_Header = tuple[bytes, bytes]


class _Key(NamedTuple):
    """What a page depends on. Links to it begin with the host that was asked; a script of another site asks with `Origin`."""

    path: bytes
    query: bytes
    host: str
    scheme: str
    language: str
    packed: bool
    elsewhere: bool


class _Page(NamedTuple):
    """A page as it was sent."""

    headers: list[_Header]
    etag: str
    body: bytes


@dataclass
class Kept:
    """An ASGI application around another; for one event loop."""

    app: ASGIApp
    _pages: OrderedDict[_Key, _Page] = field(default_factory=OrderedDict)
    _size: int = 0
    _version: str = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a page that is kept, or have it made and keep it."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _may_be_kept(scope):
            await self.app(scope, receive, send)
            return
        site: Site = scope["app"].state.site
        version = site.version(site.setting.matcher())
        if version != self._version:
            self._pages.clear()
            self._version, self._size = version, 0
        headers = Headers(scope=scope)
        asked = headers.get("if-none-match", "")
        key = _key(scope, headers)
        page = self._pages.get(key)
        if page:
            self._pages.move_to_end(key)
        else:
            page = await self._made(scope, receive, send)
            if page is None:
                return
            self._keep(key, page, version)
        await _sent(page, asked, send)

    def _keep(self, key: _Key, page: _Page, version: str) -> None:
        """Keep a page, in place of those that nobody asked for the longest."""
        if len(page.body) > LARGEST or version != self._version or key in self._pages:
            return
        self._pages[key] = page
        self._size += len(page.body)
        while self._size > MOST:
            _, gone = self._pages.popitem(last=False)
            self._size -= len(gone.body)

    async def _made(self, scope: Scope, receive: Receive, send: Send) -> _Page | None:
        """Have a page made, whole; `None` when it was sent as it is, being none that may be kept."""
        whole = {**scope, "headers": [h for h in scope["headers"] if h[0] != b"if-none-match"]}
        begun: Message | None = None
        body = bytearray()

        async def held(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and _is_everybodys(message):
                begun = message
            elif begun is None:
                await send(message)
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))

        await self.app(whole, receive, held)
        if begun is None:
            return None
        return _Page(begun["headers"], Headers(raw=begun["headers"])["etag"], bytes(body))


async def _sent(page: _Page, asked: str, send: Send) -> None:
    """Send a page, or that the one somebody has is still right."""
    known = holds(asked, page.etag)
    # A list of its own each time: what stands around adds to it.
    headers = [h for h in page.headers if not known or not h[0].startswith(b"content-")]
    await send({"type": "http.response.start", "status": 304 if known else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if known else page.body})


def _may_be_kept(scope: Scope) -> bool:
    path, query = scope["path"], scope["query_string"]
    if len(scope.get("raw_path") or b"") + len(query) > LONGEST_ADDRESS:
        return False
    if path == FIRST:
        return not query or (query.startswith(b"lang=") and b"&" not in query)
    return bool(path.startswith(KEPT))


def _is_everybodys(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    return (
        message["status"] == 200
        and "etag" in headers
        and headers.get("cache-control", "").startswith("public")
    )


def _key(scope: Scope, headers: Headers) -> _Key:
    return _Key(
        scope.get("raw_path") or scope["path"].encode(),
        scope["query_string"],
        headers.get("host", ""),
        scope["scheme"],
        language_of(locale_in(headers)),
        "gzip" in headers.get("accept-encoding", ""),
        "origin" in headers,
    )
