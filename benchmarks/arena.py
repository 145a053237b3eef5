"""Where bots are measured: a server of the Bot API with the methods that an answer needs, and its people.

The emulator of the tests checks and remembers all that is sent, which costs more than a bot.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

TOKEN = "1000000001:a-token-only-this-server-knows"  # noqa: S105 - it opens nothing
PEOPLE = 64
# Seconds for a bot to come up, and for an answer.
PATIENCE = 60.0
BOT = {"id": 1000000001, "is_bot": True, "first_name": "Q", "username": "load_test_bot"}
HEADER = "X-Telegram-Bot-Api-Secret-Token"

Update = dict[str, Any]


@dataclass
class Server:
    """The methods that an answer needs, and the people.

    Attributes:
        texts: What they ask, one after another.
        delay: Seconds that each request takes.
        patience: Seconds for which they wait for an answer.
    """

    texts: Sequence[str]
    delay: float = 0.0
    patience: float = PATIENCE
    webhook: str = ""
    secret: str = ""
    number: int = 0
    queue: asyncio.Queue[Update] = field(default_factory=asyncio.Queue)
    waits: dict[int, asyncio.Future[None]] = field(default_factory=dict)
    up: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, request: web.Request) -> web.Response:
        """Answer a request."""
        values = dict(await request.post())
        if request.content_type == "application/json" and request.can_read_body:
            values = await request.json()
        method = request.match_info["method"].lower()
        if self.delay and method == "sendmessage":
            await asyncio.sleep(self.delay)
        return web.json_response({"ok": True, "result": await self._result(method, values)})

    async def _result(self, method: str, values: dict[str, Any]) -> object:
        if method == "getme":
            return BOT
        if method == "setwebhook":
            self.webhook, self.secret = str(values["url"]), str(values.get("secret_token", ""))
            self.up.set()
        elif method == "getwebhookinfo":
            return {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": 0}
        elif method == "getupdates":
            self.up.set()
            return await self._updates(int(str(values.get("offset") or 0)))
        elif method == "sendmessage":
            chat = int(str(values["chat_id"]))
            wait = self.waits.get(chat)
            if wait and not wait.done():
                wait.set_result(None)
            private = {"id": chat, "type": "private", "first_name": "L"}
            return {
                "message_id": self.number,
                "date": 1,
                "chat": private,
                "from": BOT,
                "text": values["text"],
            }
        elif method.startswith("getmy"):
            nothing = {"name": "", "description": "", "short_description": ""}
            return [] if method == "getmycommands" else nothing
        return True

    async def _updates(self, offset: int) -> list[Update]:
        try:
            async with asyncio.timeout(2):
                found = [await self.queue.get()]
        except TimeoutError:
            return []
        while not self.queue.empty() and len(found) < 100:
            found.append(self.queue.get_nowait())
        return [update for update in found if update["update_id"] >= offset]

    def update(self, chat: int) -> Update:
        """Return an update with the next question, asked in a chat."""
        self.number += 1
        person = {"id": chat, "first_name": "L"}
        body = {
            "message_id": self.number,
            "date": 1,
            "text": self.texts[self.number % len(self.texts)],
            "chat": {**person, "type": "private"},
            "from": {**person, "is_bot": False},
        }
        return {"update_id": self.number, "message": body}

    async def ask(self, chat: int, session: aiohttp.ClientSession) -> float:
        """Ask the next question in a chat, and return after how many seconds the answer was there."""
        update = self.update(chat)
        self.waits[chat] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        async with asyncio.timeout(self.patience):
            await self.hand_in(update, session)
            await self.waits[chat]
        return time.perf_counter() - began

    async def hand_in(self, update: Update, session: aiohttp.ClientSession) -> None:
        """Give the bot an update, in the way that it takes them."""
        if self.webhook:
            status = await self.post(update, session)
            assert status == 200, status
        else:
            self.queue.put_nowait(update)

    async def post(self, update: Update, session: aiohttp.ClientSession) -> int:
        """Send an update to the webhook; the status of its answer. Raises: ClientError."""
        headers = {HEADER: self.secret} if self.secret else {}
        async with session.post(self.webhook, json=update, headers=headers) as answer:
            return answer.status


@asynccontextmanager
async def listening(server: Server) -> AsyncIterator[str]:
    """Let a server listen; its address."""
    app = web.Application()
    app.router.add_route("*", "/bot{token:[^/]+}/{method}", server.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def crowd_session() -> aiohttp.ClientSession:
    """Return a client for any number of people at once."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, ssl=False))


async def closed_loop(server: Server, session: aiohttp.ClientSession, seconds: float) -> list[float]:
    """Let the people ask for a while, each the next when answered; the seconds that each answer took."""
    end = time.perf_counter() + seconds
    waits: list[float] = []

    async def person(chat: int) -> None:
        while time.perf_counter() < end:
            waits.append(await server.ask(chat, session))

    await asyncio.gather(*(person(1000 + n) for n in range(PEOPLE)))
    return waits


async def paced(
    server: Server, session: aiohttp.ClientSession, seconds: float, pace: int, people: int
) -> list[float]:
    """Let so many other people ask so often a second together, whether or not they are answered; the seconds of each."""
    asks, loop = [], asyncio.get_running_loop()
    began = loop.time()
    for number in range(round(pace * seconds)):
        await asyncio.sleep(began + number / pace - loop.time())
        asks.append(asyncio.create_task(server.ask(10_000 + number % people, session)))
    return await asyncio.gather(*asks)


def p99(waits: Sequence[float]) -> float:
    """Return what 99 of 100 stay within, in milliseconds."""
    return sorted(waits)[len(waits) * 99 // 100] * 1000
