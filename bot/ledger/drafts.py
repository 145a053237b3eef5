"""Floor 7. Notices that wait for a maintainer: what was sent or found, by its words and not by who sent it.

Who wants to hear what became of one stands apart, so that a person can be erased and the notice stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from bot.ledger.database import Database
from bot.ledger.scrubbing import scrub_public
from bot.ledger.store import Store

# A notice's text hardly has a tenth of it; a report may.
LONGEST_TEXT = 100_000
LONGEST_REASON = 500
# The kind of letter that tells a sender what became of a notice; what it is about is the notice's number.
KIND = "draft"

_PUT = """
    insert into draft (digest, text, date, url, at) values (?, ?, ?, ?, ?)
    on conflict (digest) do update set url = coalesce(draft.url, excluded.url), date = coalesce(draft.date, excluded.date)
    returning id"""
_SENT_BY = """
    insert into draft_sender (chat, draft, tell, since) values (?, ?, ?, ?)
    on conflict (chat, draft) do update set tell = case when excluded.tell > draft_sender.tell then excluded.tell
    else draft_sender.tell end"""
_COLUMNS = """
    d.id, d.text, d.date, d.url, d.at, d.state, d.entry, d.reason,
    (select count(*) from draft_sender s where s.draft = d.id)"""
_OPEN = f"select {_COLUMNS} from draft d where d.state = 'open' order by d.at, d.id limit ?"  # noqa: S608  # our own names
_ONE = f"select {_COLUMNS} from draft d where d.id = ?"  # noqa: S608  # our own names
_SETTLE = "update draft set state = ?, entry = ?, reason = ?, settled_at = ? where id = ? and state = 'open' returning id"
_TELL = """
    insert into outbox (key, cause, kind, about, chat, payload, due)
    select ?, '', ?, ?, s.chat, ?, ? from draft_sender s where s.draft = ? and s.tell = 1
    on conflict do nothing returning chat"""


class Fate(StrEnum):
    """What became of a notice."""

    APPLIED = "applied"
    MERGED = "merged"
    REJECTED = "rejected"


class Waiting(NamedTuple):
    """A notice, and what became of it.

    Attributes:
        id: its number.
        text: what it says, without the numbers of people.
        date: its own date where that is known from outside, ISO.
        url: where it was found.
        at: when it came, in seconds since 1970.
        state: "open", or its fate.
        entry: the ids of the accounts that came of it.
        reason: why it was rejected.
        senders: how many sent it.
    """

    id: int
    text: str
    date: str | None
    url: str | None
    at: float
    state: str
    entry: str | None
    reason: str | None
    senders: int


class _New(NamedTuple):
    text: str
    date: str | None
    url: str | None
    chat: str | None
    tell: bool


class _Settled(NamedTuple):
    number: int
    fate: Fate
    entry: str
    reason: str


def digest(text: str) -> str:
    """Return what stands for a notice however its lines are broken: the same words are one notice."""
    return hashlib.sha256("".join(text.split()).encode("utf-8", "replace")).hexdigest()


class Drafts:
    """The maintainers' queue of notices."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def put(
        self,
        text: str,
        *,
        date: str | None = None,
        url: str | None = None,
        chat: str | None = None,
        tell: bool = False,
    ) -> int:
        """Keep a notice, without the numbers of people; its number. The same words are kept once.

        Args:
            text: what it says.
            date: its own date where that is known from outside, ISO.
            url: where it was found.
            chat: who sent it.
            tell: whether they want to hear what became of it.
        """
        kept = scrub_public(text)[:LONGEST_TEXT]
        return await self._store.writes.ask(self._put, _New(kept, date, url, chat, tell))

    async def open(self, most: int = 100) -> list[Waiting]:
        """Return the notices that nobody has settled, the oldest first."""
        return await self._store.reads.ask(_open, most)

    async def one(self, number: int) -> Waiting | None:
        """Return a notice by its number, settled ones too."""
        return await self._store.reads.ask(_one, number)

    async def settle(self, number: int, fate: Fate, entry: str = "", reason: str = "") -> int | None:
        """Say what became of an open notice, and tell whoever asked to hear; how many, `None` when it was not open."""
        settled = _Settled(number, fate, entry, reason[:LONGEST_REASON])
        return await self._store.writes.ask(self._settle, settled)

    def _put(self, database: Database, asked: Sequence[_New]) -> Sequence[int]:
        numbers = []
        for new in asked:
            now = self._store.now()
            ((number,),) = database.run(_PUT, digest(new.text), new.text, new.date, new.url, now)
            if new.chat is not None:
                database.run(_SENT_BY, new.chat, number, int(new.tell), now)
            numbers.append(int(number))
        return numbers

    def _settle(self, database: Database, asked: Sequence[_Settled]) -> Sequence[int | None]:
        return [self._one_settled(database, settled) for settled in asked]

    def _one_settled(self, database: Database, settled: _Settled) -> int | None:
        now, number = self._store.now(), settled.number
        kept = (settled.fate, settled.entry or None, settled.reason or None)
        if not database.run(_SETTLE, *kept, now, number):
            return None
        payload = json.dumps(
            {"fate": settled.fate, "entry": settled.entry, "reason": settled.reason}, ensure_ascii=False
        )
        return len(database.run(_TELL, f"{KIND} {number}", KIND, str(number), payload, now, number))


def _open(database: Database, asked: Sequence[int]) -> Sequence[list[Waiting]]:
    return [[Waiting(*row) for row in database.run(_OPEN, most)] for most in asked]


def _one(database: Database, asked: Sequence[int]) -> Sequence[Waiting | None]:
    found = [database.run(_ONE, number) for number in asked]
    return [Waiting(*rows[0]) if rows else None for rows in found]
