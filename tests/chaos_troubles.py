"""What happens to the bot, one thing after another, each at its update."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from tests.chaos_bot import Bot
from tests.chaos_disk import MISSING, can_trace
from tests.chaos_people import Tally
from tests.chaos_server import Server

# Updates between two of each trouble; the short run takes one of each.
EVERY = {
    "killed": 1500, "stopped": 3000, "frozen": 2000, "disk full": 2000, "disk read-only": 2000, "ledger locked": 1000,
    "index replaced": 1000, "index cut": 2500, "index rotten": 2500, "rival": 3000, "clock jumps": 2500,
    "token revoked": 20000,
}  # fmt: skip
# Those that end the process.
DEADLY = {"killed", "stopped", "token revoked"}
# Updates that people send while one trouble is under way, at most: so that each meets the next.
AHEAD = 40
# What the bot says of a broken index, and the seconds after which it should have.
BROKEN, NOTICED = "用不了", 60.0
# Seconds that one trouble may take.
LONGEST = 150.0
# Seconds by which the clock jumps: nothing that is remembered of a chat for its next message is forgotten so soon.
JUMPS = (1500.0, -1500.0)
# What is put off while the clock is ahead is due this much later, seen by the true one.
CAUGHT_UP = 2 * JUMPS[0]


@dataclass
class Troubles:
    """All that happens to one bot.

    Attributes:
        updates: How many the people send.
        one_life: Whether to let be what ends the process.
        files: Held while something is done to its index.
        happened: How often each trouble was.
        problems: What the bot should not have done at it.
    """

    updates: int
    server: Server
    bot: Bot
    tally: Tally
    one_life: bool = False
    files: asyncio.Lock = field(default_factory=asyncio.Lock)
    happened: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    async def run(self, rng: random.Random) -> None:
        """Do one thing after another, each at its update."""
        due = [(at, kind) for kind in self.kinds() for at in self._dates(kind, rng)]
        for at, kind in sorted(due):
            while self.tally.updates < at:  # noqa: ASYNC110 - it watches a count
                await asyncio.sleep(0.02)
            self.happened[kind] += 1
            self.tally.gate = self.tally.updates + max(AHEAD, self.updates // 1000)
            try:
                async with self.files, asyncio.timeout(LONGEST):
                    await self._acts()[kind]()
            except Exception as error:  # noqa: BLE001 - it is told, and nobody waits at the gate for it
                self.problems.append(f"{kind} at update {at}: {error!r}")
            finally:
                self.tally.gate = sys.maxsize

    def kinds(self) -> set[str]:
        """Return the troubles that can be made here."""
        return (
            set(EVERY) - (DEADLY if self.one_life else set()) - (set() if can_trace() else {"disk read-only"})
        )

    def _dates(self, kind: str, rng: random.Random) -> list[int]:
        times = max(1, self.updates // EVERY[kind])
        return [rng.randrange(self.updates // 10, self.updates * 9 // 10) for _ in range(times)]

    def _acts(self) -> dict[str, Callable[[], Awaitable[None]]]:
        bot = self.bot
        return {
            "killed": lambda: self._again(signal.SIGKILL),
            "stopped": lambda: self._again(signal.SIGTERM),
            "frozen": lambda: bot.freeze(0.7),
            "disk full": lambda: bot.fill_disk(1.0),
            "disk read-only": lambda: bot.bar_disk(1.0),
            "ledger locked": lambda: bot.lock_ledger(1.0),
            "index replaced": self._replaced,
            "index cut": lambda: self._broken(lambda data: data[: len(data) // 2]),
            "index rotten": lambda: self._broken(rotten),
            "rival": self._rival,
            "clock jumps": self._jumps,
            "token revoked": self._revoked,
        }

    async def _again(self, how: signal.Signals) -> None:
        """End the process and start the next."""
        young = self.bot.is_young
        code = await self.bot.end(how)
        # Only now: what was asked while it went down may be answered again by the next, too.
        self.tally.deaths.append(self.tally.updates)
        if how is signal.SIGTERM and code != 0 and not young:
            self.problems.append(f"it ended with {code} when told to stop")
        await self.bot.start()

    async def _replaced(self) -> None:
        self.bot.swap()

    async def _broken(self, spoil: Callable[[bytes], bytes]) -> None:
        """Put a broken index in the place of the good one until the bot says so, or builds it anew as it comes up."""
        good = self.bot.index.read_bytes()
        bad = spoil(good)
        known = self.bot.log.counts[BROKEN]
        self.bot.swap(bad)
        try:
            async with asyncio.timeout(NOTICED):
                while self.bot.log.counts[BROKEN] == known and self.bot.index.read_bytes() == bad:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        finally:
            if self.bot.index.read_bytes() == bad:
                self.bot.swap(good)

    async def _rival(self) -> None:
        """Poll with the same token from elsewhere."""
        url = f"{self.server.base_url}/bot{self.server.token}/getUpdates"
        async with aiohttp.ClientSession() as session:
            try:
                async with session.post(url, data={"timeout": 1}) as found:
                    await found.read()
            except aiohttp.ClientError:
                return

    async def _jumps(self) -> None:
        """Set the clock ahead, then back beyond the true time, then right."""
        for offset in (*JUMPS, 0.0):
            self.bot.clock.set(offset)
            await asyncio.sleep(0.5)

    async def _revoked(self) -> None:
        """Take no token for a while: the bot ends, loses nothing, and is started with it again.

        It learns of it when it next speaks, and those who use it may be done by then: so a passer-by asks, too.
        """
        passer = self.server.user()
        kept, self.server.token = self.server.token, "1:none"
        ending = asyncio.create_task(self.bot.ended())
        try:
            while not ending.done():
                await self.server.say(passer, "在吗")
                await asyncio.wait({ending}, timeout=1)
            code = await ending
        finally:
            self.server.token = kept
            self.tally.deaths.append(self.tally.updates)
        if code != 1:
            self.problems.append(f"it ended with {code} when its token was revoked")
        await self.bot.start()

    def untried(self) -> list[str]:
        """Return why a trouble could not be made here."""
        return [] if can_trace() else [MISSING]


def rotten(data: bytes) -> bytes:
    """Return a file with a bit flipped in every page but the first."""
    spoilt = bytearray(data)
    for at in range(4096 + 3000, len(spoilt), 4096):
        spoilt[at] ^= 1
    return bytes(spoilt)
