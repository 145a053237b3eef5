"""Four workers behind a real nginx on one real PostgreSQL: all is answered once and in order, whatever ends meanwhile.

`python -m benchmarks.scaling` measures 1, 2 and 4 of them.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.index import Base, build
from bot.inventory import OWN
from bot.ledger.workers import GRACE
from bot.matcher import Matcher
from bot.talk.codes import account_of
from tests import postgres, scaled
from tests.botapi import Chat, Message, User
from tests.chaos import answerable
from tests.chaos_bot import write_followed
from tests.chaos_people import NEWS
from tests.chaos_server import Server
from tests.scaled import Town, town

WORKERS, PEOPLE, BURST = 4, 12, 3
# Seconds for an answer: those of a chat whose worker was killed wait until the others take it for dead.
PATIENCE = GRACE + 60.0


@dataclass
class Person:
    """Somebody who asks a few things at once, again and again, and looks at the order of the answers."""

    server: Server
    base: Base
    user: User
    chat: Chat
    names: dict[str, str]
    rng: random.Random
    last: str = ""
    doubles: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    async def live(self, enough: asyncio.Event) -> int:
        """Ask until it is enough; how many answers came."""
        count = 0
        while not enough.is_set() or count < BURST:
            asked = self.rng.sample(sorted(self.names), BURST)
            for account in asked:
                await self.server.say(self.user, self.names[account], self.chat)
            await self._answers(asked)
            count += len(asked)
        return count

    async def _answers(self, asked: Sequence[str]) -> None:
        """Read until all is answered, in the order that it was asked in; an answer may come again where a worker died."""
        for account in asked:
            while (found := await self.next()) != account and found == self.last:
                self.doubles[found] += 1
            assert found == account, f"{self.chat.id}: {found} in place of {account}"
            self.last = found

    async def next(self) -> str:
        """Return the account that the next answer is about; put the news in between aside."""
        while NEWS in (message := await self.mail()).text:
            self.told.append(message.text)
        return account_of(message.text, self.base) or message.text

    async def mail(self) -> Message:
        """Return the next message."""
        async with asyncio.timeout(PATIENCE):
            return await self.server.mail.setdefault(self.chat.id, asyncio.Queue()).get()

    async def news(self) -> list[str]:
        """Return all the news that came, once there is some and nothing more comes."""
        while not self.told:
            await self.next_news()
        await asyncio.sleep(2)
        while not self.server.mail[self.chat.id].empty():
            await self.next_news()
        return self.told

    async def next_news(self) -> None:
        """Note the next message, which is news."""
        message = await self.mail()
        assert NEWS in message.text, message.text
        self.told.append(message.text)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that nginx may enter, whichever user it takes."""
    with tempfile.TemporaryDirectory(prefix="quxiang-scaled-") as name:
        yield Path(name)


@pytest.fixture
def machine() -> Iterator[postgres.Server]:
    """A PostgreSQL of this test's own, which it may restart; without the programs the test is skipped aloud."""
    missing = [m for m, there in ((postgres.MISSING, postgres.programs()), (scaled.MISSING, scaled.NGINX and scaled.OPENSSL)) if not there]  # fmt: skip
    if missing:
        if os.environ.get("CI"):
            pytest.fail("; ".join(missing))
        pytest.skip("; ".join(missing))
    with postgres.server() as running:
        yield running


async def test_whatever_ends_meanwhile_all_is_answered_once_and_in_order(
    folder: Path, machine: postgres.Server
) -> None:
    knowledge = folder / "knowledge"
    shutil.copytree(OWN, knowledge)
    write_followed(knowledge, known=False)
    assert build(knowledge, folder / "index.sqlite").errors == []
    base = Base(folder / "index.sqlite")
    names = answerable(Matcher(base))
    enough = asyncio.Event()
    async with Server(seed=3) as server:
        people = _people(server, base, names)
        follower = people[0]
        async with town(folder, WORKERS, server.token, server.base_url, machine.url(), knowledge) as here:
            await _follow(follower)
            lives = [asyncio.create_task(person.live(enough)) for person in people]
            await asyncio.sleep(1)
            await here.workers[0].end(signal.SIGKILL)
            await asyncio.sleep(1)
            await asyncio.to_thread(machine.stop, "immediate")
            await asyncio.to_thread(machine.start)
            await _roll(here, knowledge)
            enough.set()
            counts = await asyncio.gather(*lives)
            await server.until(lambda: not server.pending, timeout=PATIENCE)
            told = await follower.news()
    assert min(counts) >= BURST
    # What a killed worker had in hand, one update of a chat at most, may come again; nothing else.
    assert max(sum(p.doubles.values()) for p in people) <= 1
    assert len(told) == 1, told
    assert not server.refusals


def _people(server: Server, base: Base, names: dict[str, str]) -> list[Person]:
    keys, found = sorted(names), []
    for number in range(PEOPLE):
        user = server.user()
        # Names far apart: what is asked next is not taken for more about the same.
        own = {key: names[key] for key in keys[number::PEOPLE][:6]}
        found.append(Person(server, base, user, server.chat(user), own, random.Random(number)))
    return found


async def _follow(person: Person) -> None:
    """Follow the account of which nobody knows yet where it went."""
    await person.server.say(person.user, "港城混沌号", person.chat)
    answer = await person.mail()
    button = next(b for b in answer.buttons if "告诉我" in b["text"])
    await person.server.tap_raw(person.user, answer, button["callback_data"])
    assert (await person.mail()).text.startswith("记下了")


async def _roll(here: Town, knowledge: Path) -> None:
    """Put another index into service: built once, taken by one worker after another while all answer."""
    write_followed(knowledge, known=True)
    assert await here.builder.command("build", "--knowledge", str(knowledge)) == 0
    for worker in here.workers[1:]:
        assert "张家港发布" not in await here.says(worker, "港城混沌号")
        assert await worker.command("pull", here.builder.url, "--index", str(worker.index)) == 0
        async with asyncio.timeout(PATIENCE):
            while "张家港发布" not in await here.says(worker, "港城混沌号"):  # noqa: ASYNC110 - it asks
                await asyncio.sleep(0.1)
