"""The bot on Telegram in the test's own process, over HTTP against the emulator, with a base that the test may change."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from conftest import TODAY

from bot.ledger import Ledger, open_ledger
from bot.matcher import Matcher
from bot.publication import Log
from bot.setting import Setting
from handlers.telegram_bot import serve
from tests.botapi import BotApi, Message, Query, User

# How long a reply may take on a busy machine before the test gives up, in seconds.
PATIENCE = 30


@dataclass
class Serving:
    """A bot that serves the emulator until the block ends.

    Attributes:
        folder: Where its ledger and its log are.
        matcher: The matcher in service; `publish` puts another there.
        more: What else it is set by.
    """

    api: BotApi
    folder: Path
    matcher: Matcher
    more: dict[str, Any] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        self.log = Log(self.folder / "published.sqlite")
        self.log.begin()
        self._begin()
        await self.api.until(lambda: self.api.world.poller.is_waiting, timeout=PATIENCE)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        assert await self._task == 0

    @property
    def url(self) -> str:
        """The address of its ledger."""
        return str(self.more.get("ledger") or self.folder / "ledger.sqlite")

    def _begin(self) -> None:
        given = {"ledger": self.url, "log": self.log, "wait": 0.0, **self.more}
        setting = Setting(lambda: self.matcher, lambda: TODAY, self.api.token, self.api.base_url, **given)
        self._leaving = asyncio.Event()
        self._task = asyncio.create_task(serve(setting, self._leaving))

    async def restart(self) -> None:
        """End it as a signal does, and begin again."""
        self._leaving.set()
        assert await self._task == 0
        self._begin()
        await self.api.until(lambda: self.api.world.poller.is_waiting, timeout=PATIENCE)

    def publish(self, matcher: Matcher) -> None:
        """Put another index in service."""
        self.log.prepare(self.matcher.base, matcher.base, TODAY)
        self.log.settle(matcher.base.digest)
        self.matcher = matcher

    async def ask(self, user: User, text: str) -> Message:
        """Return what the bot answers to a text."""
        await self.api.say(user, text)
        return await self.next(user)

    async def press(self, user: User, message: Message, label: str) -> Query:
        """Press the first button whose text begins so."""
        found = next((text for text in message.labels if text.startswith(label)), None)
        assert found, f"no button {label!r} among {message.labels}"
        return await self.api.tap(user, message, found)

    async def tap(self, user: User, message: Message, label: str) -> Message:
        """Press a button and return what the bot says to it."""
        await self.press(user, message, label)
        return await self.next(user)

    async def next(self, user: User) -> Message:
        """Return the next message of the bot to a person."""
        return await self.api.next_reply(user, timeout=PATIENCE)

    async def look(self) -> Ledger:
        """Open its ledger beside it, to look into; whoever asks closes it."""
        return await open_ledger(self.url, time.time, time.monotonic)
