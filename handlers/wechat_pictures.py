"""A picture that a person sent on WeChat → the text in it, where what reads pictures is installed.

It is fetched from WeChat's own picture servers and from nowhere else, whatever address a message holds.
"""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.upkeep import ocr
from bot.upkeep.readable import UnreadableError

if TYPE_CHECKING:
    import httpx

HOST = "qpic.cn"
MOST_BYTES = 8_000_000
# Seconds for the picture to arrive.
PATIENCE = 10.0


def available() -> bool:
    """Tell whether pictures can be read here."""
    return find_spec("rapidocr") is not None


def is_wechats(url: str) -> bool:
    """Tell whether an address is one of WeChat's pictures."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and not set(url) & set("\\@ ")
    return plain and parts.scheme in ("http", "https") and port is None and host.endswith(f".{HOST}")


async def text_in(url: str, transport: httpx.AsyncBaseTransport | None = None) -> str:
    """Return the text in a picture. Raises: UnreadableError when it cannot be had or read."""
    if not is_wechats(url):
        raise UnreadableError("not one of WeChat's pictures")
    import httpx  # the first picture loads it

    content = bytearray()
    try:
        async with (
            asyncio.timeout(PATIENCE),
            httpx.AsyncClient(transport=transport, follow_redirects=False, timeout=PATIENCE) as client,
            client.stream("GET", url) as got,
        ):
            got.raise_for_status()
            async for part in got.aiter_bytes():
                content += part
                if len(content) > MOST_BYTES:
                    raise UnreadableError("too large")
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise UnreadableError("not to be had") from error
    return (await asyncio.to_thread(ocr.read, bytes(content))).text
