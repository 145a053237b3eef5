"""HTTP/1.1 as uvicorn speaks it, but for two things.

Who connects and does not finish saying what they ask for is let go: uvicorn waits for them for ever, and so many at once are
served, so that a few hundred silent connections would shut everybody out. And what is no HTTP is told what would be.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

# Seconds from the first byte, or from connecting, to the end of a request's headers.
HEAD_TIME = 15.0
# What most often makes a request none that can be read; uvicorn sends it as ASCII.
UNREADABLE = (
    "This is no HTTP request that can be read. Chinese in an address has to be percent-encoded, as browsers do it; "
    "with curl: curl -G --data-urlencode 'q=...' http://.../api/ask\n"
)


class Impatient(H11Protocol):
    """One connection."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came; part of a request's head begins the wait, the whole of it ends it."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait()
        else:
            self._waited()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._waited()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Refuse what cannot be read, and say what can."""
        super().send_400_response(UNREADABLE)

    def _wait(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(HEAD_TIME, self._let_go)

    def _waited(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _let_go(self) -> None:
        self._late = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()
