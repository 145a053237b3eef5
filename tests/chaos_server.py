"""The emulator, counting: what went out to whom, and which sends worked though the bot never heard so."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from tests.botapi import BotApi, Call, Chat, Fault, Message
from tests.botapi_faults import REFUSING_FAULTS, REQUEST_FAULTS
from tests.botapi_rules import Params
from tests.botapi_text import Json

# Seconds after which the bot no longer waits for an answer to a request.
DEAF = 9.0
# Refusals that a repeated request meets when the first was carried out and its answer lost.
REPEATED = ("query is too old", "message is not modified")


class Server(BotApi):
    """A server that keeps counts in place of the calls.

    Attributes:
        unheard: Chat and text of each message that was sent and whose sending the bot did not hear of.
        refusals: Requests refused with 4xx by no order, by description.
        hits: Faults that happened, by kind.
        mail: The messages of the bot that nobody has looked at yet, by chat.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.unheard: Counter[tuple[int, str]] = Counter()
        self.refusals: Counter[str] = Counter()
        self.hits: Counter[str] = Counter()
        self.sent = 0
        self.mail: dict[int, asyncio.Queue[Message]] = {}
        self._say = self.world.bot_says
        self.world.bot_says = self._said  # type: ignore[method-assign]

    def _said(self, chat: Chat, fields: Json) -> Message:
        message = self._say(chat, fields)
        chat.untaken.clear()
        del chat.messages[:-40]
        self.sent += 1
        self.mail.setdefault(chat.id, asyncio.Queue()).put_nowait(message)
        return message

    async def _perform(
        self, name: str, params: Params, fault: Fault | None = None, *, in_webhook: bool = False
    ) -> Call:
        done = await super()._perform(name, params, fault, in_webhook=in_webhook)
        if fault is not None:
            self.hits[fault.kind] += 1
            self._note(done, fault)
        if 400 <= done.status < 500 and done.fault not in REFUSING_FAULTS:
            said = done.answer.get("description", "")
            self.refusals[next((r for r in REPEATED if r in said), f"{done.method}: {said}")] += 1
        self.calls.clear()
        return done

    def _note(self, done: Call, fault: Fault) -> None:
        deaf = fault.kind in ("drop_after", "half", "garbage") or (
            fault.kind == "late" and fault.delay > DEAF
        )
        if deaf and done.method == "sendMessage" and done.status == 200 and done.chat is not None:
            self.unheard[(done.chat, done.answer["result"]["text"])] += 1

    def trouble(self, share: float) -> None:
        """Order faults for a share of all requests, polls and updates; a few answers come half a minute late."""
        each = share / len(REQUEST_FAULTS)
        for kind in REQUEST_FAULTS:
            for method in (None, "getUpdates"):
                self.fault(kind, method=method, times=None, probability=each, delay=0.3)
        self.fault("late", times=None, probability=share / 1000, delay=30.0)
        for kind in ("duplicate", "reorder"):
            self.fault(kind, times=None, probability=share / 2)
