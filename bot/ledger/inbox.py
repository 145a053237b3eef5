"""Floor 7. Updates, kept before they are acknowledged: handled once, in order within a chat, side by side across chats.

A chat with updates waiting has a lane, and a lane is one worker's or nobody's. Whoever has it handles the chat's
updates one after another and then lets go. What a worker is to handle comes out of `next`, wherever it came in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from bot.ledger.database import Database
from bot.ledger.store import Store

# Chats one worker has in hand at most; more wait, for whoever has room.
ROOM = 256
# An update with which so many workers have died is what kills them: it goes to the dead letters.
MOST_DEATHS = 5
POISON = "{deaths} workers ended while they had this update in hand"
BIGGEST_ID = 2**63 - 1

_ARRIVE = """
    insert into inbox (update_id, chat, payload, at)
    select u.update_id, u.chat, u.payload, ? from @(update_id bigint, chat text, payload text) as u
    where true on conflict do nothing returning update_id, chat"""
# Free lanes are taken; others stay whose they are, and are held so that they are not let go of meanwhile.
_TAKE = """
    insert into lane (chat, worker, since)
    select l.chat, l.worker, ? from @(chat text, worker text) as l where true order by l.chat
    on conflict (chat) do update set worker = excluded.worker where lane.worker = '' and excluded.worker <> ''
    returning chat, worker"""
_FIRST = """
    select i.update_id, i.chat, i.payload, i.deaths from @(chat text) as l join inbox i on i.update_id = (
      select min(w.update_id) from inbox w where w.chat = l.chat and w.payload is not null)"""
_LET_GO = "delete from lane where worker = ? and chat in (select chat from @(chat text) as l)"
_OURS = "select chat from lane where worker = ? and chat in (select chat from @(chat text) as l) order by chat @lock"
_DONE = """
    update inbox set payload = null, chat = null, done_at = ?
    where update_id in (select update_id from @(update_id bigint) as d) and payload is not null"""
_BURY = """
    insert into dead (at, update_id, chat, payload, error)
    select ?, i.update_id, i.chat, i.payload, d.error
    from @(update_id bigint, error text) as d join inbox i on i.update_id = d.update_id where i.payload is not null"""
_REJECT = (
    "insert into dead (at, payload, error) select ?, d.payload, d.error from @(payload text, error text) as d"
)
_FREE = """
    update lane set worker = ? where worker = '' and chat in (
      select chat from lane where worker = '' order by since limit ? @skip)
    returning chat"""
_HELD = "select count(*) from lane where worker = ?"
# Ours, though we know nothing of it: the end of the transaction that took it was not heard.
_STRAY = """
    select chat from lane where worker = ? and chat not in (select chat from @(chat text) as h)
    order by chat @lock"""
_DEAD = "select id, at, update_id, payload, error from dead where id > ? order by id limit ?"


class Update(NamedTuple):
    """What came in: its number, the chat in whose order it is handled, and all of it as text."""

    id: int
    chat: str
    payload: str


class Claim(NamedTuple):
    """An update that this worker is to handle now; `deaths` workers have ended with it in hand."""

    id: int
    chat: str
    payload: str
    deaths: int


class DeadLetter(NamedTuple):
    """What nobody could handle: when it came, its update's number if it had one, all of it, and why."""

    id: int
    at: float
    update_id: int | None
    payload: str
    error: str


class _Ending(NamedTuple):
    claim: Claim
    error: str | None = None


class _Taken(NamedTuple):
    """What this worker has taken on, and whether something that was nobody's had to be left."""

    claims: Sequence[Claim]
    more: bool


_NOTHING = _Taken([], more=False)


class Inbox:
    """The updates of all workers, and the part of them that this worker has in hand."""

    def __init__(self, store: Store, room: int = ROOM) -> None:
        self._store = store
        self._room = room
        self._hands: dict[str, Claim] = {}
        self._ready: asyncio.Queue[Claim] = asyncio.Queue()
        self._more = False

    @property
    def in_hand(self) -> int:
        """How many chats this worker has in hand, those whose claim nobody asked for yet included."""
        return len(self._hands)

    async def receive(self, updates: Sequence[Update]) -> int:
        """Keep updates. They may be acknowledged when this returns; how many of them are new.

        Raises:
            ValueError: an update whose number no database holds.
            TroubleError: nothing was kept; do not acknowledge.
        """
        for update in updates:
            if not 0 <= update.id <= BIGGEST_ID:
                raise ValueError(f"update_id {update.id} is no number of an update")
        new, _ = await self._store.writes.ask(
            self._receive, tuple(updates), then=lambda answer: self._take_on(answer[1])
        )
        return new

    async def next(self) -> Claim:
        """Wait for the next update to handle. `done` or `bury` ends it, and hands out the next of its chat."""
        return await self._ready.get()

    async def done(self, claim: Claim) -> None:
        """Say that an update has been handled; it never comes again once this returns."""
        await self._end(_Ending(claim))

    async def bury(self, claim: Claim, error: str) -> None:
        """Put an update that cannot be handled with the dead letters."""
        await self._end(_Ending(claim, error))

    async def reject(self, payload: str, error: str) -> None:
        """Put something that is no update with the dead letters; it may be acknowledged when this returns."""
        await self._store.writes.ask(self._reject, (payload, error))

    async def look(self) -> None:
        """Take what is nobody's, as far as there is room: left by others, or passed over when there was none."""
        await self._store.writes.ask(self._look, tuple(self._hands), then=self._take_on)

    async def letters(self, after: int = 0, most: int = 100) -> list[DeadLetter]:
        """Return the dead letters that came after one, oldest first."""
        return await self._store.reads.ask(_letters, (after, most))

    def drop_unstarted(self) -> None:
        """Forget the claims that nobody has asked for yet: they are other workers' now."""
        while not self._ready.empty():
            del self._hands[self._ready.get_nowait().chat]

    async def _end(self, ending: _Ending) -> None:
        def ended(following: Claim | None) -> None:
            held = self._hands.get(ending.claim.chat)
            if held and held.id == ending.claim.id:
                del self._hands[ending.claim.chat]
            self._take_on(_Taken([following] if following else [], self._more))

        await self._store.writes.ask(self._finish, ending, patient=True, then=ended)

    def _take_on(self, taken: _Taken) -> None:
        """Put claims out to be handled, but for chats in hand: a transaction whose end was not heard runs twice."""
        for claim in taken.claims:
            if claim.chat not in self._hands:
                self._hands[claim.chat] = claim
                self._ready.put_nowait(claim)
        self._more = self._more or taken.more
        if self._more and self.in_hand < self._room and not self._store.writes.is_closing:
            self._more = False
            future = self._store.writes.ask(self._look, tuple(self._hands), then=self._take_on)
            # Nobody waits for this one; trouble shows where somebody does, and the next look makes up for it.
            future.add_done_callback(lambda f: f.cancelled() or f.exception())

    def _receive(
        self, database: Database, asked: Sequence[tuple[Update, ...]]
    ) -> Sequence[tuple[int, _Taken]]:
        rows = [list(update) for updates in asked for update in updates]
        fresh: dict[int, str] = dict(database.run(_ARRIVE, self._store.now(), rows))
        room = self._left(database)
        mine, free = [self._store.worker], [""]
        lanes = [
            [chat, *(mine if n < room else free)] for n, chat in enumerate(dict.fromkeys(fresh.values()))
        ]
        found = database.run(_TAKE, self._store.now(), lanes) if lanes else []
        claims = self._firsts(database, [chat for chat, worker in found if worker])
        taken = _Taken(claims, len(lanes) > room)
        return [
            (sum(fresh.pop(u.id, None) is not None for u in updates), taken if n == 0 else _NOTHING)
            for n, updates in enumerate(asked)
        ]

    def _look(self, database: Database, asked: Sequence[tuple[str, ...]]) -> Sequence[_Taken]:
        # Only the last to ask knows all that was in hand when this was asked.
        held = [[chat] for chat in asked[-1]]
        stray = [chat for (chat,) in database.run(_STRAY, self._store.worker, held)]
        room = self._left(database)
        freed = [chat for (chat,) in database.run(_FREE, self._store.worker, room)] if room else []
        taken = _Taken(self._firsts(database, [*stray, *freed]), len(freed) == room)
        return [taken if n == 0 else _NOTHING for n in range(len(asked))]

    def _left(self, database: Database) -> int:
        """Return how many chats more this worker may have in hand."""
        return max(0, self._room - int(database.run(_HELD, self._store.worker)[0][0]))

    def _reject(self, database: Database, asked: Sequence[tuple[str, str]]) -> Sequence[None]:
        database.run(_REJECT, self._store.now(), [list(letter) for letter in asked])
        return [None] * len(asked)

    def _finish(self, database: Database, asked: Sequence[_Ending]) -> Sequence[Claim | None]:
        ours = [row[0] for row in database.run(_OURS, self._store.worker, [[e.claim.chat] for e in asked])]
        self._bury(database, [[e.claim.id, e.error] for e in asked if e.error is not None])
        database.run(_DONE, self._store.now(), [[e.claim.id] for e in asked])
        following = {claim.chat: claim for claim in self._firsts(database, ours)}
        return [following.get(e.claim.chat) for e in asked]

    def _firsts(self, database: Database, chats: Sequence[str]) -> list[Claim]:
        """Return the first update of each of our lanes; those with none are let go of."""
        claims: list[Claim] = []
        while chats:
            found = [Claim(*row) for row in database.run(_FIRST, [[chat] for chat in chats])]
            idle = set(chats) - {claim.chat for claim in found}
            if idle:
                database.run(_LET_GO, self._store.worker, [[chat] for chat in idle])
            claims += [claim for claim in found if claim.deaths < MOST_DEATHS]
            deadly = [claim for claim in found if claim.deaths >= MOST_DEATHS]
            self._bury(database, [[claim.id, POISON.format(deaths=claim.deaths)] for claim in deadly])
            chats = [claim.chat for claim in deadly]
        return claims

    def _bury(self, database: Database, letters: Sequence[Sequence[object]]) -> None:
        if letters:
            database.run(_BURY, self._store.now(), list(letters))
            database.run(_DONE, self._store.now(), [[number] for number, _ in letters])


def _letters(database: Database, asked: Sequence[tuple[int, int]]) -> Sequence[list[DeadLetter]]:
    return [[DeadLetter(*row) for row in database.run(_DEAD, *which)] for which in asked]
