"""Floor 7. How far the bot's own work has come: bookmarks, under a name each. Nothing of people is in them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ledger.database import Database
from bot.ledger.store import Store

_GET = "select value from mark where name = ?"
_PUT = "insert into mark (name, value) values (?, ?) on conflict (name) do update set value = excluded.value"


class Marks:
    """The bookmarks of all workers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, name: str) -> str | None:
        """Return a bookmark; `None` when there is none yet."""
        return await self._store.reads.ask(_get, name)

    async def put(self, name: str, value: str) -> None:
        """Keep a bookmark in place of the one before."""
        await self._store.writes.ask(_put, (name, value))


def _get(database: Database, asked: Sequence[str]) -> Sequence[str | None]:
    found = (database.run(_GET, name) for name in asked)
    return [rows[0][0] if rows else None for rows in found]


def _put(database: Database, asked: Sequence[tuple[str, str]]) -> Sequence[None]:
    for mark in asked:
        database.run(_PUT, *mark)
    return [None] * len(asked)
