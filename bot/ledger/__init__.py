"""Floor 7. The ledger: what comes in, what is to go out, and what people leave with us; durable, in SQLite or PostgreSQL.

    ledger = await open_ledger("data/ledger.sqlite", time.time, time.monotonic)
    await ledger.inbox.receive([Update(7, "tg:1", "{…}")])     # synced to disk: now acknowledge it
    claim = await ledger.inbox.next()                          # handled once, in order within its chat
    await ledger.inbox.done(claim)

Everything is asked from one event loop and never blocks it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bot.ledger.batching import Batcher, ClosedError
from bot.ledger.database import Clock, Database, LedgerError, RefusedError, TroubleError
from bot.ledger.drafts import Drafts, Fate, Waiting
from bot.ledger.engine import engine_at
from bot.ledger.feedback import Correction, Feedback, Missing, OpenQuestion, Outcome, Questions, Votes
from bot.ledger.follows import Asked, Follow, Follows, Kind, question_key
from bot.ledger.inbox import ROOM, Claim, DeadLetter, Inbox, Update
from bot.ledger.marks import Marks
from bot.ledger.outbox import Failure, Letter, Notice, Outbox, Send
from bot.ledger.people import People, Settings, Subscriber
from bot.ledger.presence import Presence
from bot.ledger.retention import DAYS, prune
from bot.ledger.schema import migrate
from bot.ledger.store import Store
from bot.ledger.workers import BEAT, Workers

__all__ = [
    "DAYS",
    "ROOM",
    "Asked",
    "Claim",
    "ClosedError",
    "Correction",
    "Counts",
    "DeadLetter",
    "Drafts",
    "Failure",
    "Fate",
    "Feedback",
    "Follow",
    "Follows",
    "Inbox",
    "Kind",
    "Ledger",
    "LedgerError",
    "Letter",
    "Marks",
    "Missing",
    "Notice",
    "OpenQuestion",
    "Outbox",
    "Outcome",
    "People",
    "Questions",
    "RefusedError",
    "Send",
    "Settings",
    "Subscriber",
    "TroubleError",
    "Update",
    "Votes",
    "Waiting",
    "open_ledger",
    "question_key",
]

log = logging.getLogger(__name__)

# No chat is called so.
PROBE = "probe:"
# Seconds between two looks for what other workers left.
LOOK = 1.0

_COUNTS = """
    select (select count(*) from inbox where payload is not null),
      (select min(at) from inbox where payload is not null),
      (select count(*) from lane where worker <> ''), (select count(*) from worker), (select count(*) from dead),
      (select count(*) from outbox where state = 'waiting' and due <= ?),
      (select count(*) from outbox where state in ('waiting', 'sending')),
      (select count(*) from outbox where state = 'failed'), (select count(*) from follow)"""


class Counts(NamedTuple):
    """What there is in the ledger now.

    Attributes:
        waiting: updates not handled yet, those in hand included; `oldest` of them came then, in seconds since 1970.
        chats: chats in somebody's hand.
        workers: at work, or not yet known to be dead.
        dead: dead letters.
        due: letters to be sent now; `letters` with those for later; `failed` could not be sent.
        follows: of all chats.
    """

    waiting: int
    oldest: float | None
    chats: int
    workers: int
    dead: int
    due: int
    letters: int
    failed: int
    follows: int


class Ledger:
    """An open ledger: a desk for each kind of thing it keeps."""

    def __init__(self, store: Store, steady: Clock, presence: Presence | None, room: int) -> None:
        self._store = store
        self._presence = presence
        self._workers = Workers(store, steady)
        self.inbox = Inbox(store, room)
        self.outbox = Outbox(store)
        self.follows = Follows(store)
        self.feedback = Feedback(store)
        self.questions = Questions(store)
        self.people = People(store)
        self.marks = Marks(store)
        self.drafts = Drafts(store)

    async def start(self) -> None:
        """Bring the tables up to date and begin work; what was left by who is gone comes out of the inbox."""
        try:
            await self._store.writes.ask(migrate, None)
            alone = await asyncio.to_thread(self._presence.enter) if self._presence else False
            await self._workers.enter(alone=alone)
            if self._presence:
                self._presence.settle()
            await self.inbox.look()
        except BaseException:
            await self._stop()
            raise

    async def attend(self) -> None:
        """Show for as long as it runs that this worker lives, and take over from those that do not; never ends."""
        looks = 0
        while True:
            try:
                if looks % round(BEAT / LOOK) == 0:
                    await self.beat()
                await self.inbox.look()
            except TroubleError as trouble:
                log.warning("%s", trouble)
            looks += 1
            await asyncio.sleep(LOOK)

    async def beat(self) -> None:
        """Show that this worker lives, and free what dead ones had in hand. `attend` does it."""
        if not await self._workers.beat():
            log.warning("taken for dead by other workers; they may answer what was in hand here")
            self.inbox.drop_unstarted()

    async def lead(self, role: str) -> bool:
        """Take a role that only one worker has at a time; whether it is this one's. It ends with its worker."""
        return await self._workers.lead(role)

    async def prune(self, days: float = DAYS) -> int:
        """Delete what is older than `docs/privacy.md` says, people's words after so many days; how many rows."""
        return await prune(self._store, days)

    async def counts(self) -> Counts:
        """Count what there is."""
        return await self._store.reads.ask(self._counted, None)

    async def probe(self) -> None:
        """Write something that says nothing and is soon gone, so as to know that writing works. Raises: TroubleError."""
        await self.people.remember(PROBE, "probe", "", BEAT)

    async def close(self) -> None:
        """Finish what was asked, give back what is in hand, and close. Close it once what is in hand is done."""
        try:
            await self._workers.leave()
        except LedgerError as error:
            log.warning("%s", error)
        finally:
            await self._stop()

    async def _stop(self) -> None:
        await self._store.writes.close()
        await self._store.reads.close()
        if self._presence:
            self._presence.leave()

    def _counted(self, database: Database, asked: Sequence[None]) -> Sequence[Counts]:
        return [Counts(*database.run(_COUNTS, self._store.now())[0])] * len(asked)


async def open_ledger(url: str | Path, now: Clock, steady: Clock, room: int = ROOM) -> Ledger:
    """Open a ledger and begin work on it.

    Args:
        url: a file, made if need be, or `postgresql://…`.
        now: seconds since 1970.
        steady: seconds on a clock that never jumps.
        room: chats that this worker has in hand at most.

    Raises:
        RefusedError: it is no ledger, or one of a newer program; what to do is said.
        TroubleError: it cannot be reached or written now.
    """
    found = await asyncio.to_thread(engine_at, str(url))
    together = found.file is not None
    store = Store(
        writes=Batcher("ledger-writes", found.connect, found.explain, together=together),
        reads=Batcher("ledger-reads", found.connect_reading, found.explain, together=together),
        now=now,
        worker=secrets.token_hex(6),
    )
    ledger = Ledger(store, steady, Presence(found.file) if found.file else None, room)
    await ledger.start()
    return ledger
