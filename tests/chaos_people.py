"""People who use the bot while all goes wrong, and what each of them was owed."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.index import Base
from bot.talk.codes import account_of
from tests.botapi import Chat, Message, User
from tests.chaos_bot import FOLLOWED
from tests.chaos_server import Server

# The words that the bot's own messages begin with or hold, which are no answers to a question.
GRANTED, TROUBLE, NEWS = "记下了", "刚才出了点问题", "有去向了。"
# Askings about one account after which a second answer to the first of them is seen: it was taken for the answer to the
# next, whose own then came as that to the one after.
SHIFTED = 4
# What a letter says that may have come already.
DOUBTFUL = "可能已经收到过"
ASK_FIX, ASK_SOURCE, THANKS = "应当怎么说", "在哪儿看到", "核对后会改"


@dataclass
class Tally:
    """What is counted over all people.

    Attributes:
        told: Who got news at all.
        news: How often, by chat, without what says itself that it may have come already.
    """

    updates: int = 0
    gate: int = sys.maxsize
    answers: int = 0
    unanswered: list[str] = field(default_factory=list)
    troubled: int = 0
    strangers: list[str] = field(default_factory=list)
    doubles: Counter[str] = field(default_factory=Counter)
    unexcused: list[str] = field(default_factory=list)
    told: set[int] = field(default_factory=set)
    news: Counter[int] = field(default_factory=Counter)
    followed: set[int] = field(default_factory=set)
    corrections: list[str] = field(default_factory=list)
    deaths: list[int] = field(default_factory=list)


@dataclass
class Person:
    """Somebody with accounts of their own to ask about, so that an answer in the wrong chat is seen.

    Attributes:
        names: Each account's name by its id.
        chat: Where they ask.
        patience: Seconds they wait for an answer.
        got: Answers to the last asking about each account.
        asked: How many deaths there had been at the last few askings about each account.
        over: The deaths that have excused a second answer here.
    """

    server: Server
    base: Base
    user: User
    names: dict[str, str]
    tally: Tally
    rng: random.Random
    patience: float
    chat: Chat
    got: Counter[str] = field(default_factory=Counter)
    asked: dict[str, deque[int]] = field(default_factory=dict)
    over: set[int] = field(default_factory=set)

    async def live(self, updates: int, *, follows: bool) -> None:
        """Use the bot until so many updates have been sent by all."""
        private = self.chat.type == "private"
        if follows and private:
            await self._follow()
        while self.tally.updates < updates:
            while self.tally.updates >= self.tally.gate:  # noqa: ASYNC110 - many wait, and for no single event
                await asyncio.sleep(0.05)
            answer = await self._ask()
            if answer and private and self.rng.random() < 0.08:
                await self._correct(answer)
            elif self.rng.random() < 0.05:
                await self._inline()

    async def _ask(self) -> Message | None:
        """Ask about one or two accounts at once, and wait for the answers; the last of them."""
        wanted = self.rng.sample(sorted(self.names), self.rng.choice((1, 1, 2)))
        for account in wanted:
            self.asked.setdefault(account, deque(maxlen=SHIFTED)).append(len(self.tally.deaths))
            self.got[account] = 0
            name = self.names[account]
            text = name if self.chat.type == "private" else f"/where@{self.server.world.bot.username} {name}"
            await self._say(text)
        answer = None
        for _ in wanted:
            found = await self._wait(
                "an answer", lambda m: self._about(m) in wanted and self.got[self._about(m)] == 1
            )
            answer = found or answer
            if found is None:
                self.tally.unanswered += [f"{self.chat.id} {a}" for a in wanted if not self.got[a]]
                break
        return answer

    async def _say(self, text: str) -> None:
        self.tally.updates += 1
        await self.server.say(self.user, text, self.chat)

    async def _tap(self, message: Message, data: str) -> None:
        self.tally.updates += 1
        await self.server.tap_raw(self.user, message, data)

    async def _follow(self) -> None:
        await self._say("港城混沌号")
        answer = await self._wait("what is followed", lambda m: self._about(m) == FOLLOWED)
        button = next((b for b in answer.buttons if "告诉我" in b["text"]), None) if answer else None
        assert answer, "the account to follow was never answered"
        assert button, answer.labels
        await self._tap(answer, button["callback_data"])
        if await self._wait("that a follow is granted", lambda m: m.text.startswith(GRANTED)):
            self.tally.followed.add(self.chat.id)

    async def _correct(self, answer: Message) -> None:
        """Correct an answer, in three steps, and be thanked."""
        data = next((b["callback_data"] for b in answer.buttons if b["text"] and "fix:" in str(b)), None)
        if data is None:
            return
        text = f"订正 {self.chat.id} {len(self.tally.corrections)} 名字改了"
        await self._tap(answer, data)
        if not await self._wait("what is wrong", lambda m: ASK_FIX in m.text):
            return
        self.tally.corrections.append(text)
        await self._say(text)
        asked = await self._wait("where it was read", lambda m: ASK_SOURCE in m.text)
        if asked:
            await self._tap(asked, "fixed:skip")
            await self._wait("thanks", lambda m: THANKS in m.text)

    async def _inline(self) -> None:
        self.tally.updates += 1
        await self.server.inline(self.user, self.rng.choice(sorted(self.names.values())))

    # What comes -------------------------------------------------------------------------------------------------

    async def _wait(self, what: str, fits: Callable[[Message], bool]) -> Message | None:
        """Read until a message fits; `None` when none comes in time."""
        mail = self.server.mail.setdefault(self.chat.id, asyncio.Queue())
        try:
            async with asyncio.timeout(self.patience):
                while True:
                    message = await mail.get()
                    self.read(message)
                    if fits(message):
                        return message
                    if TROUBLE in message.text:
                        self.tally.troubled += 1
                        return None
        except TimeoutError:
            self.tally.unanswered.append(f"{self.chat.id} waited in vain for {what}")
            return None

    def _about(self, message: Message) -> str:
        return account_of(message.text, self.base) or ""

    def read(self, message: Message) -> None:
        """Note what a message is: an answer, a second one, somebody else's, or news."""
        about = self._about(message)
        if NEWS in message.text:
            self.tally.told.add(self.chat.id)
            self.tally.news[self.chat.id] += DOUBTFUL not in message.text
        elif about in self.names:
            self.got[about] += 1
            self.tally.answers += 1
            if self.got[about] > 1:
                self._double(about, message)
        elif about and about != FOLLOWED:
            self.tally.strangers.append(f"{self.chat.id}: {about}")

    def _double(self, about: str, message: Message) -> None:
        """Find what excuses a second answer: its first sending was never heard of, or a process died meanwhile."""
        key = (self.chat.id, message.text)
        if self.server.unheard[key]:
            self.server.unheard[key] -= 1
            self.tally.doubles["unheard"] += 1
        elif (died := self._death_since(self.asked[about][0])) is not None:
            self.over.add(died)
            self.tally.doubles["a death"] += 1
        else:
            self.tally.unexcused.append(f"{self.chat.id}: {about}")

    def _death_since(self, first: int) -> int | None:
        """Return a death from one on that has excused nothing here: one update of a chat is in hand, so each excuses one."""
        return next((death for death in range(first, len(self.tally.deaths)) if death not in self.over), None)

    def rest(self) -> None:
        """Read what is still in the mail."""
        mail = self.server.mail.get(self.chat.id)
        while mail and not mail.empty():
            self.read(mail.get_nowait())
