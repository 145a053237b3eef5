"""The bot on Telegram in the loop of a test, and the Bot API emulator it serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conftest import TODAY

from bot.ledger import Ledger
from bot.matcher import Matcher
from bot.setting import Setting
from handlers import telegram_bot
from handlers.telegram_bot import serve
from handlers.telegram_room import key_of
from tests.botapi import BotApi

# How long something may take on a busy machine before a test gives up, in seconds.
PATIENCE = 30.0


@dataclass
class Town:
    """A server, the bot that serves it, and its ledger: what a test acts in.

    Attributes:
        api: The server, and what people do.
        folder: Where the ledger is.
        setting: What the bot is started with.
    """

    api: BotApi
    folder: Path
    setting: Setting
    ledgers: list[Ledger] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        """The ledger of the bot that runs."""
        return self.ledgers[-1]

    @asynccontextmanager
    async def bot(self, setting: Setting | None = None, ends: int = 0) -> AsyncIterator[None]:
        """Run the bot until the block ends, gracefully, and see what it ends with."""
        leaving = asyncio.Event()
        serving = asyncio.create_task(serve(setting or self.setting, leaving))
        try:
            await self.api.until(
                lambda: (
                    serving.done() or self.api.world.poller.is_waiting or self.api.world.sender.webhook.url
                ),
                timeout=PATIENCE,
            )
            yield
        finally:
            leaving.set()
            code = await serving
        assert code == ends

    async def reply(self, chat: Any) -> Any:
        """Return the next message of the bot in a chat."""
        return await self.api.next_reply(chat, timeout=PATIENCE)

    async def ask(self, user: Any, text: str, chat: Any = None, **extra: Any) -> Any:
        """Say something and return what the bot answers."""
        await self.api.say(user, text, chat, **extra)
        return await self.reply(chat or user)

    async def quiet(self, chat: Any) -> None:
        """Wait until all that came is handled; fail if the bot has written to the chat."""
        await self.handled()
        await self.api.no_reply(chat, within=0.02)

    async def handled(self) -> None:
        """Wait until all that came is handled."""
        api = self.api
        await api.until(lambda: not api.pending or api.world.sender.webhook.url, timeout=PATIENCE)
        async with asyncio.timeout(PATIENCE):
            while (await self.ledger.counts()).waiting or api.pending:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def kept(self, chat: Any) -> dict[str, list[dict[str, Any]]]:
        """Return what the ledger keeps of a chat."""
        return await self.ledger.people.person(key_of(chat.id))

    def no_problems(self) -> None:
        """Fail if the server refused anything the bot sent."""
        problems = [str(c)[:600] for c in self.api.problems]
        assert problems == [], problems


@asynccontextmanager
async def town(
    matcher: Matcher, folder: Path, monkeypatch: Any, maintainers: tuple[int, ...] = (), **options: Any
) -> AsyncIterator[Town]:
    """Build a server and all that a bot needs to serve it; `options` are the server's."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    opened = telegram_bot.open_ledger
    async with BotApi(**options) as api:
        ledger = str(folder / "ledger.sqlite")
        setting = Setting(
            lambda: matcher,
            lambda: TODAY,
            api.token,
            api.base_url,
            ledger=ledger,
            maintainers=frozenset(maintainers),
        )
        built = Town(api, folder, setting)

        async def kept(*given: Any) -> Ledger:
            built.ledgers.append(await opened(*given))
            return built.ledger

        monkeypatch.setattr(telegram_bot, "open_ledger", kept)
        yield built
