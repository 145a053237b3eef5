"""Floor 7. What is to be sent by itself: kept until it has been sent, sent once, by one worker at a time.

Telegram's limit on bulk messages is per bot, so one worker is the sender for all; another takes over when it ends.
Telegram has no way to ask whether a message arrived: one that was being sent when its worker died, or whose answer was
lost, comes back marked as doubtful, and stays so until it is sent: that a later try was refused says nothing of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.ledger.database import Database
from bot.ledger.store import Store

_PUT = """
    insert into outbox (key, cause, kind, about, chat, payload, due)
    select l.key, l.cause, l.kind, l.about, l.chat, l.payload, l.due
    from @(key text, chat text, payload text, due double precision, cause text, kind text, about text) as l
    where true on conflict do nothing returning key"""
_ANNOUNCE = """
    insert into outbox (key, cause, kind, about, chat, payload, due)
    select n.cause || ' ' || f.kind || ' ' || f.about, n.cause, f.kind, f.about, f.chat, n.payload, n.due
    from @(cause text, kind text, about text, payload text, due double precision) as n
    join follow f on f.about = n.about and f.kind = n.kind where true on conflict do nothing returning key"""
_BE_SENDER = (
    "insert into role (name, worker) values ('sender', ?) on conflict (name) do nothing returning worker"
)
_SENDER = "select worker from role where name = 'sender' @lock"
_IN_DOUBT = "update outbox set state = 'waiting', doubtful = 1 where state = 'sending'"
_UNHEARD = """
    update outbox set state = 'waiting' where state = 'sending'
    and id not in (select id from @(id bigint) as h)"""
_TAKE = """
    update outbox set state = 'sending', attempts = attempts + 1 where id in (
      select id from outbox where state = 'waiting' and due <= ? order by due, id limit ? @skip)
    returning id, key, cause, kind, about, chat, payload, due, attempts, doubtful"""
_SENT = """
    update outbox set state = 'sent', payload = null, doubtful = 0, ended_at = ?
    where id in (select id from @(id bigint) as s)"""
# Told once is what "tell me when it is known" asked for.
_TOLD = """
    delete from follow where kind = 'known' and exists (
      select 1 from outbox o join @(id bigint) as s on o.id = s.id
      where o.chat = follow.chat and o.about = follow.about and o.kind = follow.kind)"""
_LATER = "update outbox set state = 'waiting', due = ?, doubtful = doubtful | ?, error = ? where id = ?"
_HOLD = "update outbox set due = ? where chat = ? and state = 'waiting' and due < ?"
_FAILED = "update outbox set state = 'failed', payload = null, ended_at = ?, error = ? where id = ?"
# One that got another follow meanwhile stays, and is claimed again as no hand holds it.
_DROP = "delete from outbox where id = ? and about = ?"
_CANCEL = "delete from outbox where cause = ? and state = 'waiting' returning id"
_FAILURES = """
    select key, chat, error, ended_at from outbox where state = 'failed' order by ended_at desc limit ?"""


class Letter(NamedTuple):
    """Something to send.

    Attributes:
        key: a second letter with this key to the same chat is not taken, for as long as the first is remembered.
        due: when to send it, in seconds since 1970.
        cause: what it is sent for, such as a change; all of a cause can be taken back while they wait.
        kind, about: the follow that it answers, if it answers one.
    """

    key: str
    chat: str
    payload: str
    due: float
    cause: str = ""
    kind: str = ""
    about: str = ""


class Notice(NamedTuple):
    """Something to tell all who follow: why, which kind of follow of what, and when (seconds since 1970)."""

    cause: str
    kind: str
    about: str
    payload: str
    due: float


class Send(NamedTuple):
    """A letter to send now; `doubtful`: it may have been sent already, unseen."""

    id: int
    key: str
    cause: str
    kind: str
    about: str
    chat: str
    payload: str
    due: float
    attempts: int
    doubtful: bool


class Failure(NamedTuple):
    """A letter that could not be sent, why, and when it was given up."""

    key: str
    chat: str
    error: str
    at: float


@dataclass(frozen=True, slots=True)
class _Delay:
    send: Send
    until: float
    error: str
    whole_chat: bool
    doubtful: bool


class Outbox:
    """The letters of all workers; whoever claims some is the sender while it lives."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._hands: set[int] = set()

    async def put(self, letters: Sequence[Letter]) -> int:
        """Take letters in; how many of them are new. They will be sent, whatever happens, once this returns."""
        return await self._store.writes.ask(self._put, tuple(letters))

    async def announce(self, notices: Sequence[Notice]) -> int:
        """Take in a letter for each follower there is now; how many are new. To be asked again does nothing."""
        return await self._store.writes.ask(self._announce, tuple(notices))

    async def claim(self, most: int) -> list[Send]:
        """Return what is due, the oldest first; nothing when another worker is the sender.

        Each is to be ended by `sent`, `later`, `failed` or `drop`.
        """

        def claimed(sends: list[Send]) -> None:
            self._hands.update(send.id for send in sends)

        return await self._store.writes.ask(self._claim, (most, tuple(self._hands)), then=claimed)

    async def sent(self, send: Send) -> None:
        """Say that it was sent: what it said is forgotten, its key is not."""
        await self._store.writes.ask(
            self._sent, send, patient=True, then=lambda _: self._hands.discard(send.id)
        )

    async def later(
        self, send: Send, until: float, error: str = "", *, whole_chat: bool = False, doubtful: bool = False
    ) -> None:
        """Put it back until a time in seconds since 1970.

        Args:
            send: The letter.
            until: When it goes out again.
            error: What went wrong.
            whole_chat: Whether all else that waits for its chat is put back with it, in order.
            doubtful: Whether it may have arrived all the same.
        """
        delay = _Delay(send, until, error, whole_chat, doubtful)
        await self._store.writes.ask(
            self._later, delay, patient=True, then=lambda _: self._hands.discard(send.id)
        )

    async def failed(self, send: Send, error: str) -> None:
        """Give it up for good."""
        await self._store.writes.ask(
            self._failed, (send, error), patient=True, then=lambda _: self._hands.discard(send.id)
        )

    async def drop(self, send: Send) -> None:
        """Forget one that has nothing to say any more, with its key: the follow stays, and the same may be told later."""
        await self._store.writes.ask(
            self._drop, send, patient=True, then=lambda _: self._hands.discard(send.id)
        )

    async def cancel(self, cause: str) -> int:
        """Take back all letters of a cause that still wait; how many."""
        return await self._store.writes.ask(self._cancel, cause)

    async def failures(self, most: int = 100) -> list[Failure]:
        """Return what could not be sent, the newest first."""
        return await self._store.reads.ask(_failures, most)

    def _put(self, database: Database, asked: Sequence[tuple[Letter, ...]]) -> Sequence[int]:
        return [len(database.run(_PUT, [list(letter) for letter in letters])) for letters in asked]

    def _announce(self, database: Database, asked: Sequence[tuple[Notice, ...]]) -> Sequence[int]:
        return [len(database.run(_ANNOUNCE, [list(notice) for notice in notices])) for notices in asked]

    def _claim(
        self, database: Database, asked: Sequence[tuple[int, tuple[int, ...]]]
    ) -> Sequence[list[Send]]:
        if database.run(_BE_SENDER, self._store.worker):
            database.run(_IN_DOUBT)
        elif database.run(_SENDER) != [(self._store.worker,)]:
            return [[] for _ in asked]
        found: list[list[Send]] = []
        for most, held in asked:
            taken = [send.id for sends in found for send in sends]
            database.run(_UNHEARD, [[number] for number in (*held, *taken)])
            rows = sorted(database.run(_TAKE, self._store.now(), most), key=lambda row: (row[7], row[0]))
            found.append([Send._make((*row[:9], bool(row[9]))) for row in rows])
        return found

    def _sent(self, database: Database, asked: Sequence[Send]) -> Sequence[None]:
        numbers = [[send.id] for send in asked]
        database.run(_SENT, self._store.now(), numbers)
        database.run(_TOLD, numbers)
        return [None] * len(asked)

    def _later(self, database: Database, asked: Sequence[_Delay]) -> Sequence[None]:
        for delay in asked:
            database.run(_LATER, delay.until, int(delay.doubtful), delay.error, delay.send.id)
            if delay.whole_chat:
                database.run(_HOLD, delay.until, delay.send.chat, delay.until)
        return [None] * len(asked)

    def _failed(self, database: Database, asked: Sequence[tuple[Send, str]]) -> Sequence[None]:
        for send, error in asked:
            database.run(_FAILED, self._store.now(), error, send.id)
        return [None] * len(asked)

    def _drop(self, database: Database, asked: Sequence[Send]) -> Sequence[None]:
        for send in asked:
            database.run(_DROP, send.id, send.about)
        return [None] * len(asked)

    def _cancel(self, database: Database, asked: Sequence[str]) -> Sequence[int]:
        return [len(database.run(_CANCEL, cause)) for cause in asked]


def _failures(database: Database, asked: Sequence[int]) -> Sequence[list[Failure]]:
    return [[Failure(*row) for row in database.run(_FAILURES, most)] for most in asked]
