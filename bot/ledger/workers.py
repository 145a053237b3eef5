"""Floor 7. Who is at work on the ledger: a worker that ends, however it ends, gives back what it had in hand.

Each worker moves its beat on now and then. Others watch by their own steady clocks: clocks that jump or disagree
make nobody dead.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.ledger.database import Clock, Database, Row
from bot.ledger.store import Store

# Seconds without a beat after which a worker is taken for dead. It beats every `BEAT` seconds.
GRACE = 15.0
BEAT = 3.0

_ENTER = "insert into worker (id, beat) values (?, 0) on conflict (id) do nothing"
_BEAT = "update worker set beat = beat + 1 where id = ? returning beat"
_OTHERS = "select id, beat from worker where id <> ?"
_LEAVE = "delete from worker where id = ?"
_BURY = "delete from worker where id = ? and beat = ? returning id"
_CLEAR = "delete from worker"
# What belongs to a worker that is no longer there.
_ORPHANS = """
    select chat from lane where worker <> '' and worker not in (select id from worker) order by chat @lock"""
_COUNT_DEATH = """
    update inbox set deaths = deaths + 1 where update_id in (
      select min(i.update_id) from inbox i join @(chat text) as l on i.chat = l.chat
      where i.payload is not null group by i.chat)"""
_FREE = "update lane set worker = '' where chat in (select chat from @(chat text) as l)"
_TAKE_ROLE = "insert into role (name, worker) values (?, ?) on conflict (name) do nothing returning worker"
_ROLE = "select worker from role where name = ?"
_END_ROLES = "delete from role where worker not in (select id from worker)"


class Workers:
    """This worker among the others."""

    def __init__(self, store: Store, steady: Clock) -> None:
        self._store = store
        self._steady = steady
        self._seen: dict[str, tuple[int, float]] = {}

    async def enter(self, *, alone: bool) -> None:
        """Begin work. Whoever knows that it is alone frees at once what those before it left behind."""
        await self._store.writes.ask(self._enter, alone)

    async def beat(self) -> bool:
        """Say that this worker lives, and look after the others.

        Returns:
            False when the others had taken this one for dead, so that what it had in hand may be theirs now.
        """
        return await self._store.writes.ask(self._beat, None)

    async def leave(self) -> None:
        """End work: what is still in hand is free for the others."""
        await self._store.writes.ask(self._leave, None)

    async def lead(self, role: str) -> bool:
        """Take a role that only one worker has; whether it is this one's. It ends with its worker."""
        leader = await self._store.reads.ask(_leaders, role)
        return (leader or await self._store.writes.ask(self._lead, role)) == self._store.worker

    def _lead(self, database: Database, asked: Sequence[str]) -> Sequence[str]:
        for role in set(asked):
            database.run(_TAKE_ROLE, role, self._store.worker)
        return [str(database.run(_ROLE, role)[0][0]) for role in asked]

    def _enter(self, database: Database, asked: Sequence[bool]) -> Sequence[None]:
        if any(asked):
            database.run(_CLEAR)
        database.run(_ENTER, self._store.worker)
        _free(database, count_deaths=True)
        return [None] * len(asked)

    def _beat(self, database: Database, asked: Sequence[None]) -> Sequence[bool]:
        known = bool(database.run(_BEAT, self._store.worker))
        if not known:
            database.run(_ENTER, self._store.worker)
        if [
            row
            for row in self._silent(database.run(_OTHERS, self._store.worker))
            if database.run(_BURY, *row)
        ]:
            _free(database, count_deaths=True)
        return [known] * len(asked)

    def _leave(self, database: Database, asked: Sequence[None]) -> Sequence[None]:
        database.run(_LEAVE, self._store.worker)
        _free(database, count_deaths=False)
        return [None] * len(asked)

    def _silent(self, others: Sequence[Row]) -> list[Row]:
        """Return the others whose beat has not moved for too long as we watched."""
        now = self._steady()
        before, self._seen = self._seen, {}
        silent = []
        for worker, beat in others:
            last, since = before.get(worker, (None, now))
            self._seen[worker] = (beat, since if beat == last else now)
            if now - self._seen[worker][1] > GRACE:
                silent.append((worker, beat))
        return silent


def _leaders(database: Database, asked: Sequence[str]) -> Sequence[str | None]:
    found = [database.run(_ROLE, role) for role in asked]
    return [str(rows[0][0]) if rows else None for rows in found]


def _free(database: Database, *, count_deaths: bool) -> None:
    chats = [[chat] for (chat,) in database.run(_ORPHANS)]
    if chats and count_deaths:
        database.run(_COUNT_DEATH, chats)
    if chats:
        database.run(_FREE, chats)
    database.run(_END_ROLES)
