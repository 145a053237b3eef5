"""Everything that can go wrong, at once and in a seeded order, while people use the bot; then everything is counted.

python -m tests.chaos --updates 100000 --faults 0.1 --seed 1

The bot is a process against the emulator. Its requests and polls are refused, cut and held up; updates come twice, out of
order, and in no shape at all; it is killed, stopped, frozen, and started again; its disk fills and is read-only, its clock
jumps, its ledger is locked, its index is replaced by others and by broken ones. What happens is seeded; when exactly, the machine decides.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bot.dialogue import Message as Asked
from bot.dialogue import answer
from bot.ledger import Correction, Counts, open_ledger
from bot.matcher import Matcher
from bot.talk.codes import account_of
from bot.values import When
from tests.chaos_bot import FOLLOWED, Bot
from tests.chaos_people import NEWS, Person, Tally
from tests.chaos_server import Server
from tests.chaos_troubles import CAUGHT_UP, Troubles

# Accounts of its own that each person asks about.
EACH = 6
# Updates from which a process in one life must not grow any more.
LONG = 50_000
# Refusals that are as they should be: a button handled again, and a rival where updates go to a webhook.
EXPECTED = ("query is too old", "while webhook is active", "terminated by other getUpdates")
# What has no shape; nobody is owed an answer to it.
SHAPELESS: tuple[dict[str, object], ...] = (
    {"message": []},
    {"message": {"chat": 5}},
    {"callback_query": {"id": 7}},
    {"unheard_of": {"x": [None]}},
    {"update_id": -1, "message": None},
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen.

    Attributes:
        updates: How many the people send.
        faults: The share of requests, polls and updates that something happens to.
        people: Chats; every fifth is a group.
        patience: Seconds that a person waits for an answer.
        mode: How the bot takes updates in: `polling` or `webhook`.
        one_life: Whether nothing happens that ends the process, so that its memory is that of the whole run.
    """

    updates: int = 300
    faults: float = 0.1
    seed: int = 1
    people: int = 24
    patience: float = 150.0
    mode: str = "polling"
    one_life: bool = False


@dataclass
class Chaos:
    """One run."""

    plan: Plan
    folder: Path
    server: Server
    bot: Bot
    tally: Tally = field(default_factory=Tally)
    shapeless: int = 0
    counts: Counts | None = None
    corrections: list[Correction] = field(default_factory=list)
    troubles: Troubles = field(init=False)

    def __post_init__(self) -> None:
        self.troubles = Troubles(
            self.plan.updates, self.server, self.bot, self.tally, one_life=self.plan.one_life
        )

    @property
    def problems(self) -> list[str]:
        """What should not have been, beside what is counted."""
        return self.troubles.problems

    async def run(self) -> None:
        """Let people and trouble loose; then heal, wait until all is done, and look at the ledger."""
        rng = random.Random(self.plan.seed)
        people = self._people(rng)
        await self.bot.start()
        self.server.trouble(self.plan.faults)
        beside = [
            asyncio.create_task(act)
            for act in (self.troubles.run(rng), self._tick(rng), self._publish(people))
        ]
        try:
            lives = (p.live(self.plan.updates, follows=n % 3 == 0) for n, p in enumerate(people))
            await asyncio.gather(*lives)
            await asyncio.gather(beside[0], beside[-1])
        finally:
            for task in beside:
                task.cancel()
            results = await asyncio.gather(*beside, return_exceptions=True)
        self.problems.extend(repr(r) for r in results if isinstance(r, Exception))
        self.server.heal()
        await self._settle(people)

    def _people(self, rng: random.Random) -> list[Person]:
        """Return people with accounts that no other asks about."""
        base = self.bot.base()
        names = answerable(Matcher(base))
        keys = sorted(names)
        rng.shuffle(keys)
        plan, found = self.plan, []
        for number in range(min(plan.people, len(keys) // EACH)):
            user = self.server.user()
            group = number % 5 == 4
            chat = (
                self.server.group(members=(user,), bot="administrator") if group else self.server.chat(user)
            )
            own = {key: names[key] for key in keys[number * EACH : (number + 1) * EACH]}
            person = Person(
                self.server, base, user, own, self.tally, random.Random(rng.random()), plan.patience, chat
            )
            found.append(person)
        return found

    async def _tick(self, rng: random.Random) -> None:
        """Send what has no shape now and then, which also frees an update that is held; weigh the process."""
        while True:
            await asyncio.sleep(0.25)
            self.server.world.tell(dict(rng.choice(SHAPELESS)))
            self.shapeless += 1
            self.bot.weigh(self.tally.updates)

    async def _publish(self, people: list[Person]) -> None:
        """Publish where the followed account went, once all follow it who will."""
        wanted = sum(n % 3 == 0 and p.chat.type == "private" for n, p in enumerate(people))
        while len(self.tally.followed) < wanted or self.tally.updates < self.plan.updates // 3:  # noqa: ASYNC110 - it watches counts
            await asyncio.sleep(0.1)
        async with self.troubles.files:
            await self.bot.publish()

    # The end ----------------------------------------------------------------------------------------------------

    async def _settle(self, people: list[Person]) -> None:
        """Wait until nothing is in hand, end the process, and read what is in the mail and in the ledger."""
        # What was put off while the clock was ahead is due when the true one has come so far.
        self.bot.clock.set(CAUGHT_UP)
        try:
            await self.server.until(lambda: not self.server.pending, timeout=60)
            await asyncio.sleep(1)
            async with asyncio.timeout(60):
                while (await self._counted()).waiting:  # noqa: ASYNC110 - what was taken is not yet answered
                    await asyncio.sleep(0.2)
                while self.tally.told != self.tally.followed:
                    for person in people:
                        person.rest()
                    await asyncio.sleep(0.2)
        except (AssertionError, TimeoutError):
            self.problems.append("updates or news were still under way a minute after the end")
        young = self.bot.is_young
        code = await self.bot.end(signal.SIGTERM)
        if code != 0 and not young:
            self.problems.append(f"it ended with {code} at the end")
        for person in people:
            person.rest()
        ledger = await open_ledger(str(self.folder / "ledger.sqlite"), time.time, time.monotonic)
        self.counts = await ledger.counts()
        self.corrections = await ledger.feedback.corrections(100_000)
        await ledger.close()

    async def _counted(self) -> Counts:
        """Return what the ledger holds now."""
        ledger = await open_ledger(str(self.folder / "ledger.sqlite"), time.time, time.monotonic)
        try:
            return await ledger.counts()
        finally:
            await ledger.close()

    def faults(self) -> list[str]:
        """Return all that should not have been."""
        tally, texts = self.tally, Counter(c.text for c in self.corrections)
        troubled = self.bot.log.counts["failed, reference"]
        return [
            *self.problems,
            *(f"it ended by itself with {code} ({n})" for code, n in self.bot.fallen.items() if code != 1),
            *(f"unanswered: {one}" for one in tally.unanswered),
            *(f"in the wrong chat: {one}" for one in tally.strangers),
            *(f"answered twice: {one}" for one in tally.unexcused),
            *(f"a correction is kept {texts[t]} times: {t}" for t in tally.corrections if texts[t] != 1),
            *(f"what is no correction was kept as one: {t}" for t in texts if t not in tally.corrections),
            *(f"a traceback without a reference after: {head}" for head in self.bot.log.bare),
            *(f"{chat} was told {n} times" for chat, n in tally.news.items() if n > 1 + self._unheard(chat)),
            *(f"{chat} follows and was not told" for chat in tally.followed - tally.told),
            *([f"{tally.troubled} people were told of trouble, the log knows {troubled}"]
              if tally.troubled > troubled else []),
            *([f"{self.counts.waiting} updates were left"] if self.counts and self.counts.waiting else []),
            *(f"refused: {what} ({n})" for what, n in self.server.refusals.items()
              if not any(known in what for known in EXPECTED)),
        ]  # fmt: skip

    def _unheard(self, chat: int) -> int:
        """How often news may come to a chat again without a word of doubt: for each sending the bot never heard of."""
        return sum(n for (at, text), n in self.server.unheard.items() if at == chat and NEWS in text)

    def table(self) -> str:
        """Return what happened, as a table."""
        t = self.tally
        rows: list[tuple[str, object]] = [
            ("updates of people", t.updates),
            ("answers to questions", t.answers),
            ("unanswered", len(t.unanswered)),
            ("told of trouble, with a number", t.troubled),
            ("in the wrong chat", len(t.strangers)),
            ("twice, the first unheard of", t.doubles["unheard"]),
            ("twice, over a death", t.doubles["a death"]),
            ("twice, for no reason", len(t.unexcused)),
            ("followers, told, letters", f"{len(t.followed)}, {len(t.told)}, {sum(t.news.values())}"),
            ("corrections, kept", f"{len(t.corrections)}, {len(self.corrections)}"),
            ("shapeless updates", self.shapeless),
            ("tracebacks without a reference", len(self.bot.log.bare)),
            ("could not start, started again", self.bot.fallen[1]),
            *((f"trouble: {kind}", n) for kind, n in sorted(self.troubles.happened.items())),
            *((f"fault: {kind}", n) for kind, n in sorted(self.server.hits.items())),
            *((f"log: {word}", n) for word, n in sorted(self.bot.log.counts.items())),
            ("memory, MiB: 2nd tenth, last", "{:.1f}, {:.1f}".format(*self.weight())),
        ]
        return "\n".join(f"{name:34}{value:>12}" for name, value in rows)

    def weight(self) -> tuple[float, float]:
        """Return what the process that lived longest weighed in the second and in the last tenth of its life, MiB."""
        longest = max(self.bot.memory, key=len, default=[])
        tenth = max(1, len(longest) // 10)
        early, late = longest[tenth : 2 * tenth], longest[-tenth:]
        return tuple(sum(m for _, m in part) / max(1, len(part)) / 2**20 for part in (early, late))  # type: ignore[return-value]


def answerable(matcher: Matcher) -> dict[str, str]:
    """Return the accounts that their names lead to, and whose answers lead back to them."""
    found, today = {}, When("2026-11-20")
    for unit in matcher.base.units():
        for account in unit.accounts:
            reply = answer(Asked(account.name or ""), matcher, today)
            sure = reply.account and reply.account.account.id == account.id
            if sure and account_of(reply.text, matcher.base) == account.id != FOLLOWED:
                found[account.id] = account.name or ""
    return found


async def chaos(plan: Plan, folder: Path) -> Chaos:
    """Run it in an empty folder, and return what came of it."""
    async with Server(seed=plan.seed) as server:
        run = Chaos(plan, folder, server, Bot(folder, server.token, server.base_url, plan.mode))
        try:
            await run.run()
        finally:
            if run.bot.process and run.bot.process.returncode is None:
                run.bot.process.kill()
                await run.bot.process.wait()
        return run


def main() -> int:
    """Run it as asked, print the table and what should not have been; 1 where there is any."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--updates", type=int, default=20_000)
    parser.add_argument("--faults", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--mode", choices=("polling", "webhook"), default="polling")
    parser.add_argument("--one-life", action="store_true", help="nothing that ends the process; weigh it")
    options = parser.parse_args()
    plan = Plan(
        options.updates,
        options.faults,
        options.seed,
        options.people,
        mode=options.mode,
        one_life=options.one_life,
    )
    with tempfile.TemporaryDirectory() as name:
        began = time.monotonic()
        run = asyncio.run(chaos(plan, Path(name)))
        print(run.table())
        print(f"{time.monotonic() - began:.0f} s", *run.troubles.untried(), sep="\n")
        found = run.faults()
        early, late = run.weight()
        if options.one_life and options.updates >= LONG and late > 1.05 * early:
            found.append(f"memory grew from {early:.1f} to {late:.1f} MiB")
        print(*found[:40], sep="\n")
        if found:
            kept = Path(f"chaos-{options.seed}.log")
            kept.write_text(run.bot.log.path.read_text(encoding="utf-8"), encoding="utf-8")
            print(f"the log of the bot: {kept}", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main())
