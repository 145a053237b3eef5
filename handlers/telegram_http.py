"""Requests to the Bot API over aiohttp.

The library's own client collapses when more than a few dozen requests are under way (its pool looks at every request
for every connection); this one costs a third of the time for each and serves hundreds at once.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

# The library logs an answer that is no JSON as it came; what came may be what people wrote. We log that it was none.
logging.getLogger("telegram.request.BaseRequest").setLevel(logging.CRITICAL)

JSON = {"Content-Type": "application/json"}


class UnsentError(NetworkError):
    """There was no connection: nothing of the request went out."""


class AiohttpRequest(BaseRequest):
    """A pool of connections to a Bot API server, made for one bot and one event loop.

    Args:
        connections: How many requests may be under way at once; more wait for their turn.
        read_timeout: Seconds to wait for an answer.
        connect_timeout: Seconds to wait for a connection.
        upload_timeout: Seconds for a request that carries a file.
    """

    def __init__(
        self,
        connections: int = 256,
        read_timeout: float = 10.0,
        connect_timeout: float = 5.0,
        upload_timeout: float = 60.0,
    ) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._connect_timeout = connect_timeout
        self._upload_timeout = upload_timeout
        self._session: aiohttp.ClientSession | None = None
        self._headers = {"User-Agent": self.USER_AGENT}
        # By scheme and host: the client would ask the environment anew for each request, in another thread.
        self._proxies: dict[tuple[str, str], str | None] = {}

    @property
    def read_timeout(self) -> float:
        """Seconds that an answer is waited for by default; long polling adds its own time to them."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the pool; twice is once."""
        if self._session is None:
            # Telegram sits behind few addresses: one pool, its connections kept while they last.
            connector = aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=300)
            self._session = aiohttp.ClientSession(connector=connector, headers=self._headers)

    async def shutdown(self) -> None:
        """Close the pool; twice is once."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - the library's signature
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Return the status and the body of an answer. Raises: UnsentError, TimedOut, NetworkError."""
        if self._session is None:
            raise RuntimeError("this request pool is not initialised")
        files = request_data is not None and request_data.contains_files
        usual = self._upload_timeout if files else self._read_timeout
        timeout = aiohttp.ClientTimeout(
            total=None,
            sock_read=_given(read_timeout, usual),
            sock_connect=_given(connect_timeout, self._connect_timeout),
        )
        body, kind = _body(request_data)
        try:
            async with self._session.request(
                method, url, data=body, headers=kind, timeout=timeout, proxy=self._proxy(url)
            ) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise UnsentError(f"aiohttp {type(error).__name__}") from None
        except asyncio.TimeoutError as error:  # noqa: UP041 - aiohttp's own is one of these
            raise TimedOut from error
        except aiohttp.ClientError as error:
            # Its text may hold the address, and the address holds the token.
            raise NetworkError(f"aiohttp {type(error).__name__}") from None

    def _proxy(self, url: str) -> str | None:
        """Return the proxy that the environment names: in some networks there is no other way to Telegram."""
        parts = urlsplit(url)
        place = parts.scheme, parts.hostname or ""
        if place not in self._proxies:
            self._proxies[place] = None if proxy_bypass(place[1]) else getproxies().get(place[0])
        return self._proxies[place]


def _given(value: ODVInput[float], usual: float) -> float | None:
    return usual if isinstance(value, DefaultValue) else value


def _body(data: RequestData | None) -> tuple[aiohttp.FormData | bytes | None, dict[str, str] | None]:
    """Return what is sent and its type: JSON, which costs the least to write, or a form in parts when it carries files."""
    if data is None:
        return None, None
    if not data.contains_files:
        return json.dumps(data.parameters, ensure_ascii=False).encode("utf-8", "replace"), JSON
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    files: dict[str, Any] = data.multipart_data
    for name, (filename, content, kind) in files.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, None
