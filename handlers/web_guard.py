"""What stands before every page: sizes, times and rates have limits, and every answer carries the headers that protect it."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handlers.limits import Limits
from handlers.web_limits import client_of
from handlers.web_site import said

log = logging.getLogger(__name__)

# A pasted list of fifty names takes 22 kB in an address, nine characters for each Chinese one.
LONGEST_ADDRESS = 32_000
BIGGEST_BODY = 64 * 1024
# What another channel's server sends; that channel may take less.
BIGGEST_OF_A_SERVER = 2**20 + 1024
# Seconds for a part of a body to arrive, and for an answer to be made; a thread that is at it is waited for.
BODY_TIME = 10.0
ANSWER_TIME = 30.0
# What a request costs its client's bucket where it is not 1.
COSTS = {"/api/export": 10.0, "/card": 2.0, "/stats": 2.0, "/static": 0.0}
_OTHERS = tuple(COSTS)
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # What was asked stands in the address: no other site learns it.
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_RAW = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_NAMES = frozenset(name for name, _ in _RAW)
_LASTING = (b"strict-transport-security", b"max-age=31536000")

_Header = tuple[bytes, bytes]
Fault = Callable[[Request, int, str, dict[str, str]], Response]


class _TooBigError(Exception):
    """A body is bigger than it may be."""


@dataclass
class Guard:
    """An ASGI application around another: sizes and rates, the headers that protect, and an answer when something fails."""

    app: ASGIApp
    limits: Limits
    fault: Fault
    https: bool = False
    free: tuple[str, ...] = field(default=())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def protected(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = self._protected(message.get("headers", ()))
            await send(message)

        refused = self._refused(scope)
        if refused:
            await refused(scope, receive, protected)
            return
        try:
            await self.app(scope, receive, protected)
        except (_TooBigError, TimeoutError) as error:
            if started:
                raise
            status, key = (413, "web_too_big") if isinstance(error, _TooBigError) else (503, "web_too_slow")
            await self.fault(Request(scope), status, key, {})(scope, receive, protected)
        except Exception:
            if started:
                raise
            number = secrets.token_hex(3)
            log.exception("failed, reference %s", number)
            await self.fault(Request(scope), 500, "trouble", {"number": number})(scope, receive, protected)

    def _refused(self, scope: Scope) -> Response | None:
        """Return the answer to a request that is too big or one too many; `None` for one to go on with."""
        path = scope["path"]
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
            return self.fault(Request(scope), 414, "web_too_long", {})
        length = said(scope, b"content-length")
        if length is not None and (
            not length.isdecimal() or len(length) > 12 or int(length) > most_of(path, self.free)
        ):
            return self.fault(Request(scope), 413, "web_too_big", {})
        if path in self.free:
            return None
        cost = 1.0
        if path.startswith(_OTHERS):
            cost = next(cost for beginning, cost in COSTS.items() if path.startswith(beginning))
        client = scope.get("client")
        wait = self.limits.take(client_of(client[0] if client else None), cost)
        if wait:
            refused = self.fault(Request(scope), 429, "web_too_many", {"seconds": str(wait)})
            refused.headers["retry-after"] = str(wait)
            return refused
        return None

    def _protected(self, headers: Iterable[_Header]) -> list[_Header]:
        """Return the headers of an answer and those that protect it, but for those it has."""
        found = list(headers)
        had = {name for name, _ in found}
        found += _RAW if _NAMES.isdisjoint(had) else [header for header in _RAW if header[0] not in had]
        if self.https and _LASTING[0] not in had:
            found.append(_LASTING)
        return found


@dataclass
class Timed:
    """An ASGI application around another: how long a body may take, and its answer, and how big a body may be.

    It stands below what answers at once and reads no body.
    """

    app: ASGIApp
    free: tuple[str, ...] = field(default=())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered. Raises: TimeoutError, _TooBigError."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = asyncio.timeout(ANSWER_TIME)

        async def begun(message: Message) -> None:
            if message["type"] == "http.response.start" and not limit.expired():
                limit.reschedule(None)  # how long a slow telephone takes to receive it is no matter
            await send(message)

        async with limit:
            await self.app(scope, _measured(receive, most_of(scope["path"], self.free)), begun)


def most_of(path: str, free: tuple[str, ...]) -> int:
    """Return how many bytes a body for a path may have; those that are free are for servers."""
    return BIGGEST_OF_A_SERVER if path in free else BIGGEST_BODY


def _measured(receive: Receive, most: int) -> Receive:
    """Return what receives a body no bigger and no slower than it may be."""
    size = 0

    async def measured() -> Message:
        nonlocal size
        async with asyncio.timeout(BODY_TIME) if size >= 0 else asyncio.timeout(None):
            message = await receive()
        if message["type"] == "http.request":
            size += len(message.get("body", b""))
            if size > most:
                raise _TooBigError
            if not message.get("more_body"):
                size = -1  # all of it is there: who waits now waits for the client to go away
        return message

    return measured
