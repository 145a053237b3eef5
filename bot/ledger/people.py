"""Floor 7. What belongs to a chat: its wishes, what we remember of it for a while, and all of it at once, to show or erase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any, NamedTuple

from bot.ledger.database import Database
from bot.ledger.store import Store

_SETTINGS = """
    select s.chat, s.language, s.area, s.digest, s.speaks from setting s join @(chat text) as c on s.chat = c.chat"""
_KEEP_SETTINGS = """
    insert into setting (chat, language, area, digest, speaks, changed_at) values (?, ?, ?, ?, ?, ?)
    on conflict (chat) do update set language = excluded.language, area = excluded.area,
    digest = excluded.digest, speaks = excluded.speaks, changed_at = excluded.changed_at"""
_SUBSCRIBERS = "select chat, area, language from setting where digest = ? order by chat"
_REMEMBER = """
    insert into memory (chat, name, value, until)
    select m.chat, m.name, m.value, m.until from @(chat text, name text, value text, until double precision) as m
    where true order by m.chat, m.name
    on conflict (chat, name) do update set value = excluded.value, until = excluded.until"""
_RECALL = """
    select m.chat, m.name, m.value from memory m join @(chat text) as c on m.chat = c.chat where m.until > ?"""
# The tables in which a person is known by a column `chat`, and what of each row is worth showing.
PERSONAL = {
    "setting": "language, area, digest, speaks, changed_at",
    "follow": "kind, about, question, since",
    "feedback": "kind, about, reason, correction, source, at, state",
    "outbox": "kind, about, payload, due, state",
    "memory": "name, value, until",
    "draft_sender": "draft, tell, since",
    "inbox": "payload, at",
    "dead": "payload, at, error",
}
# A message that waits for its answer is not erased: it is answered, and then its words go.
ERASED = tuple(table for table in PERSONAL if table != "inbox")
_SHOW = {table: f"select {columns} from {table} where chat = ?" for table, columns in PERSONAL.items()}  # noqa: S608  # our own names
_ERASE = [f"delete from {table} where chat = ? returning chat" for table in ERASED]  # noqa: S608  # our own names
# What ends when a person blocks the bot or a group throws it out; what they told us of answers stays.
_GONE = (
    "delete from follow where chat = ?",
    "delete from outbox where chat = ? and state in ('waiting', 'sending')",
    "delete from memory where chat = ?",
    "delete from draft_sender where chat = ?",
    "update setting set digest = null, speaks = 0 where chat = ?",
)
# A group that becomes a supergroup has a new number; where both have a row, the new one's stays.
_MOVED = (
    """update setting set chat = ? where chat = ?
       and not exists (select 1 from setting n where n.chat = ?)""",
    """update follow set chat = ? where chat = ? and not exists (
       select 1 from follow n where n.chat = ? and n.kind = follow.kind and n.about = follow.about)""",
    """update feedback set chat = ? where chat = ? and (kind = 'correction' or not exists (
       select 1 from feedback n where n.chat = ? and n.about = feedback.about and n.kind <> 'correction'))""",
    """update outbox set chat = ? where chat = ?
       and not exists (select 1 from outbox n where n.chat = ? and n.key = outbox.key)""",
    "update dead set chat = ? where chat = ? and chat <> ?",
    """update memory set chat = ? where chat = ?
       and not exists (select 1 from memory n where n.chat = ? and n.name = memory.name)""",
    """update draft_sender set chat = ? where chat = ?
       and not exists (select 1 from draft_sender n where n.chat = ? and n.draft = draft_sender.draft)""",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a chat wishes.

    Attributes:
        language: of the replies; `None`: as the person writes.
        area: the home area, a division code.
        digest: how often it is told of changes there; `None`: never.
        speaks: in a group, whether the bot speaks without being addressed.
    """

    language: str | None = None
    area: str | None = None
    digest: str | None = None
    speaks: bool = False


class Subscriber(NamedTuple):
    """A chat that wants a digest, of its home area, in its language."""

    chat: str
    area: str | None
    language: str | None


class _Memory(NamedTuple):
    chat: str
    name: str
    value: str
    until: float


class People:
    """What belongs to each chat."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def settings(self, chat: str) -> Settings:
        """Return what a chat wishes; the defaults when it never said."""
        return await self._store.reads.ask(_settings, chat)

    async def known(self, chat: str) -> tuple[Settings, dict[str, str]]:
        """Return what a chat wishes and what is remembered of it, as of one moment."""
        return await self._store.reads.ask(self._known, chat)

    async def keep(self, chat: str, settings: Settings) -> None:
        """Keep what a chat wishes, in place of what it wished before."""
        await self._store.writes.ask(self._keep, (chat, settings))

    async def subscribers(self, digest: str) -> list[Subscriber]:
        """Return the chats that want this digest."""
        return await self._store.reads.ask(_subscribers, digest)

    async def remember(self, chat: str, name: str, value: str, seconds: float) -> None:
        """Remember a value under a name for a while, in place of the one before; for no time at all, forget it.

        What is forgotten stays so when the clock goes back.
        """
        until = self._store.now() + seconds if seconds > 0 else 0.0
        await self._store.writes.ask(_remember, _Memory(chat, name, value, until))

    async def recall(self, chat: str) -> dict[str, str]:
        """Return all that is remembered of a chat now, by name."""
        return await self._store.reads.ask(self._recall, chat)

    async def person(self, chat: str) -> dict[str, list[dict[str, Any]]]:
        """Return all that is kept of a chat: by table, each row by column. Times are in seconds since 1970."""
        return await self._store.reads.ask(_person, chat)

    async def erase(self, chat: str) -> int:
        """Erase all that is kept of a chat, at once and for good; how many rows there were.

        A message that still waits for its answer is answered, and then erased like any other.
        """
        return await self._store.writes.ask(_erase, chat)

    async def gone(self, chat: str) -> None:
        """End what a chat follows and is to be sent: it has blocked the bot, or thrown it out."""
        await self._store.writes.ask(_gone, chat)

    async def move(self, old: str, new: str) -> None:
        """Give what belongs to a chat to its new number, as when a group becomes a supergroup."""
        await self._store.writes.ask(_move, (old, new))

    def _keep(self, database: Database, asked: Sequence[tuple[str, Settings]]) -> Sequence[None]:
        for chat, settings in asked:
            language, area, digest, speaks = astuple(settings)
            database.run(_KEEP_SETTINGS, chat, language, area, digest, int(speaks), self._store.now())
        return [None] * len(asked)

    def _known(self, database: Database, asked: Sequence[str]) -> Sequence[tuple[Settings, dict[str, str]]]:
        return list(zip(_settings(database, asked), self._recall(database, asked), strict=True))

    def _recall(self, database: Database, asked: Sequence[str]) -> Sequence[dict[str, str]]:
        found: dict[str, dict[str, str]] = {chat: {} for chat in asked}
        for chat, name, value in database.run(_RECALL, [[chat] for chat in found], self._store.now()):
            found[chat][name] = value
        return [found[chat] for chat in asked]


def _settings(database: Database, asked: Sequence[str]) -> Sequence[Settings]:
    rows = database.run(_SETTINGS, [[chat] for chat in set(asked)])
    known = {row[0]: Settings(row[1], row[2], row[3], speaks=bool(row[4])) for row in rows}
    return [known.get(chat, Settings()) for chat in asked]


def _subscribers(database: Database, asked: Sequence[str]) -> Sequence[list[Subscriber]]:
    return [[Subscriber(*row) for row in database.run(_SUBSCRIBERS, digest)] for digest in asked]


def _remember(database: Database, asked: Sequence[_Memory]) -> Sequence[None]:
    # Of several under one name, the last holds; one statement may not write a row twice.
    latest = {(memory.chat, memory.name): list(memory) for memory in asked}
    database.run(_REMEMBER, list(latest.values()))
    return [None] * len(asked)


def _person(database: Database, asked: Sequence[str]) -> Sequence[dict[str, list[dict[str, Any]]]]:
    return [
        {
            table: [
                dict(zip(columns.split(", "), row, strict=True)) for row in database.run(_SHOW[table], chat)
            ]
            for table, columns in PERSONAL.items()
        }
        for chat in asked
    ]


def _erase(database: Database, asked: Sequence[str]) -> Sequence[int]:
    database.leave_nothing()
    return [sum(len(database.run(statement, chat)) for statement in _ERASE) for chat in asked]


def _gone(database: Database, asked: Sequence[str]) -> Sequence[None]:
    for chat in asked:
        for statement in _GONE:
            database.run(statement, chat)
    return [None] * len(asked)


def _move(database: Database, asked: Sequence[tuple[str, str]]) -> Sequence[None]:
    for old, new in asked:
        for statement in _MOVED:
            database.run(statement, new, old, new)
        for statement in _ERASE:
            database.run(statement, old)
    return [None] * len(asked)
