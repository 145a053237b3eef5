"""What stands before every page: sizes, times and rates have limits, and every answer carries the headers that protect it."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handlers.limits import Limits
from handlers.web_limits import client_of

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
_LASTING = (b"strict-transport-security", b"max-age=31536000")

Fault = Callable[[Request, int, str, dict[str, str]], Response]


class _TooBigError(Exception):
    """A body is bigger than it may be."""


@dataclass
class Guard:
    """An ASGI application around another."""

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
        started = at_work = False
        limit = asyncio.timeout(ANSWER_TIME)

        async def protected(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                if at_work:
                    limit.reschedule(None)  # how long a slow telephone takes to receive it is no matter
                message["headers"] = [*message.get("headers", ())]
                self._protect(message["headers"])
            await send(message)

        refused = self._refused(scope)
        if refused:
            await refused(scope, receive, protected)
            return
        try:
            async with limit:
                at_work = True
                await self.app(scope, _measured(receive, self._most(scope)), protected)
        except (_TooBigError, TimeoutError) as error:
            at_work = False
            if started:
                raise
            status, key = (413, "web_too_big") if isinstance(error, _TooBigError) else (503, "web_too_slow")
            await self._answered(scope, receive, protected, status, key)
        except Exception:
            at_work = False
            if started:
                raise
            number = secrets.token_hex(3)
            log.exception("failed, reference %s", number)
            await self._answered(scope, receive, protected, 500, "trouble", {"number": number})

    async def _answered(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        status: int,
        key: str,
        values: dict[str, str] | None = None,
    ) -> None:
        await self.fault(Request(scope), status, key, values or {})(scope, receive, send)

    def _refused(self, scope: Scope) -> Callable[[Scope, Receive, Send], Awaitable[None]] | None:
        """Return the answer to a request that is too big or one too many; `None` for one to go on with."""
        request = Request(scope)
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
            return self.fault(request, 414, "web_too_long", {})
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or len(length) > 12 or int(length) > self._most(scope):
            return self.fault(request, 413, "web_too_big", {})
        if scope["path"] in self.free:
            return None
        cost = next((cost for path, cost in COSTS.items() if scope["path"].startswith(path)), 1.0)
        wait = self.limits.take(client_of(request.client.host if request.client else None), cost)
        if wait:
            refused = self.fault(request, 429, "web_too_many", {"seconds": str(wait)})
            refused.headers["retry-after"] = str(wait)
            return refused
        return None

    def _most(self, scope: Scope) -> int:
        """Return how many bytes a body may have."""
        return BIGGEST_OF_A_SERVER if scope["path"] in self.free else BIGGEST_BODY

    def _protect(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Add the headers that protect an answer, but for those it has."""
        had = {name for name, _ in headers}
        headers.extend(header for header in _RAW if header[0] not in had)
        if self.https and _LASTING[0] not in had:
            headers.append(_LASTING)


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
