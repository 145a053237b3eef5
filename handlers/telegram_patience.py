"""Every call to Telegram passes here: it waits when Telegram says wait, tries again when the network failed.

Replies are never held back: Telegram's 30 messages a second are for bulk notices, and those alone take turns, where
they are sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from handlers.telegram_http import UnsentError

log = logging.getLogger(__name__)

# Telegram takes about 30 bulk messages a second from a bot, and one a second for a chat; some room is left.
BULK_A_SECOND = 25.0
# How long a call is worth trying, in seconds: who asked is still there after a minute, hardly after ten.
PATIENCE = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
# What the library calls an answer that is no JSON: the connection broke within it.
CUT_OFF = "Invalid server response"

Result = bool | dict[str, Any] | list[dict[str, Any]]
Call = Callable[..., Coroutine[Any, Any, Result]]
Told = Callable[[int], Awaitable[None]]
Moved = Callable[[int, int], Awaitable[None]]


async def _nobody(*_: int) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Turns:
    """Lets one pass every so often; all who come in between wait in line.

    `pause` is in seconds.
    """

    pause: float
    _next: float = 0.0

    async def wait(self) -> None:
        """Wait for the next turn."""
        now = asyncio.get_running_loop().time()
        turn = max(now, self._next)
        self._next = turn + self.pause
        await asyncio.sleep(turn - now)


@dataclass
class Patience(BaseRateLimiter[bool]):
    """Carries calls through 429, 5xx, lost connections and chats that moved.

    A call with `rate_limit_args=True` is not repeated once it may have had its effect: whoever makes it sees to that.

    Attributes:
        patience: Seconds after which a call is given up with the error it last met.
        gone: Told the chat that blocked the bot or is no more.
        moved: Told the old and the new id of a group that became a supergroup.
    """

    patience: float = PATIENCE
    gone: Told = _nobody
    moved: Moved = _nobody
    _until: dict[int | str, float] = field(default_factory=dict)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to let go."""

    async def process_request(
        self,
        callback: Call,
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: bool | None,
    ) -> Result:
        """Make a call until it is answered or its patience is over. Raises: TelegramError."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience
        pause = FIRST_PAUSE
        while True:
            await self._wait_for(data.get("chat_id"), deadline)
            try:
                return await callback(*args, **kwargs)
            except TelegramError as error:
                wait = await self._wait_after(error, data, pause)
                if wait is None or loop.time() + wait > deadline or (rate_limit_args and is_doubtful(error)):
                    raise
                log.info("%s goes out again in %.1f s: %s", endpoint, wait, error)
            await asyncio.sleep(wait)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _wait_after(self, error: TelegramError, data: dict[str, Any], pause: float) -> float | None:
        """Return how many seconds after an error a call may go out again; `None` when it never will succeed."""
        chat = data.get("chat_id")
        if isinstance(error, RetryAfter):
            wait = seconds(error.retry_after)
            self._halt(chat, wait)
            return wait
        if isinstance(error, ChatMigrated) and chat != error.new_chat_id:
            data["chat_id"] = error.new_chat_id
            if isinstance(chat, int):
                await self.moved(chat, error.new_chat_id)
            return 0.0
        if isinstance(error, Forbidden) and isinstance(chat, int):
            await self.gone(chat)
        return pause if isinstance(error, UnsentError) or is_doubtful(error) else None

    def _halt(self, chat: int | str | None, wait: float) -> None:
        """Hold back all calls to a chat; to no other."""
        if chat is not None:
            self._until[chat] = asyncio.get_running_loop().time() + wait

    async def _wait_for(self, chat: int | str | None, deadline: float) -> None:
        """Wait until a chat may be written to again."""
        until = self._until.get(chat) if chat is not None else None
        if until is None:
            return
        now = asyncio.get_running_loop().time()
        if until <= now:
            self._until.pop(chat or 0, None)
            return
        await asyncio.sleep(min(until, deadline) - now)


def is_doubtful(error: Exception) -> bool:
    """Tell whether a call may have had its effect though it failed: its answer was lost."""
    # A BadRequest is a NetworkError by name, but it is an answer.
    lost = isinstance(error, NetworkError) and not isinstance(error, BadRequest | UnsentError)
    return lost or str(error) == CUT_OFF


def seconds(retry_after: int | timedelta) -> float:
    """Return how long Telegram says to wait."""
    return retry_after.total_seconds() if isinstance(retry_after, timedelta) else float(retry_after)
