"""Floor 7. What people think of answers, and what they asked in vain: the maintainers' queue."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from bot.ledger.database import Database
from bot.ledger.scrubbing import scrub, scrub_public
from bot.ledger.store import Store
from bot.text import fold

LONGEST_QUESTION = 200
LONGEST_TEXT = 2000
LONGEST_REASON = 200

_VOTE = """
    insert into feedback (chat, about, kind, reason, at) values (?, ?, ?, ?, ?)
    on conflict (chat, about) where kind <> 'correction'
    do update set kind = excluded.kind, reason = excluded.reason, at = excluded.at"""
# The same from the same chat is the same, however often a worker ends while it keeps it.
_KNOWN = """
    select id from feedback
    where kind = 'correction' and state = 'open' and chat = ? and about = ? and correction = ? order by id limit 1"""
_CORRECT = """
    insert into feedback (chat, about, kind, correction, source, at) values (?, ?, 'correction', ?, ?, ?) returning id"""
_SOURCE = "update feedback set source = ? where id = ? and chat = ? and kind = 'correction' returning id"
_CORRECTIONS = """
    select id, about, correction, source, at from feedback where kind = 'correction' and state = 'open'
    order by at, id limit ?"""
_SETTLE_CORRECTION = (
    "update feedback set state = ?, entry = ? where id = ? and kind = 'correction' returning chat"
)
_VOTES = """
    select about, kind, coalesce(reason, ''), count(*) from feedback where kind <> 'correction' and at >= ?
    group by about, kind, coalesce(reason, '') order by count(*) desc, about, kind, coalesce(reason, '')"""
_ASKED = """
    insert into question (kind, key, question, times, first_at, last_at) values (?, ?, ?, 1, ?, ?)
    on conflict (kind, key) do update set times = question.times + 1, last_at = excluded.last_at,
    state = case when question.state = 'answered' then 'open' else question.state end"""
_OPEN = """
    select kind, key, question, times, first_at, last_at from question where state = 'open'
    order by times desc, last_at desc, key limit ? offset ?"""
_SETTLE_QUESTION = "update question set state = ?, entry = ? where kind = ? and key = ? returning key"


class Outcome(StrEnum):
    """What became of a correction or an open question."""

    DISMISSED = "dismissed"
    ANSWERED = "answered"


class Missing(StrEnum):
    """What was missing: an account somebody asked us to look for, where one went, or a name nobody asked more about."""

    ACCOUNT = "account"
    DESTINATION = "destination"
    LOOKUP = "lookup"


class Correction(NamedTuple):
    """What a person says is wrong with an answer, on whose word, and when (seconds since 1970)."""

    id: int
    about: str
    text: str
    source: str
    at: float


class Votes(NamedTuple):
    """How many found an answer good ("up") or not ("down"), and for which reason."""

    about: str
    kind: str
    reason: str
    people: int


class OpenQuestion(NamedTuple):
    """What people asked in vain, in the words of the first, how often, and first and last when."""

    missing: Missing
    key: str
    question: str
    times: int
    first_at: float
    last_at: float


class _Vote(NamedTuple):
    chat: str
    about: str
    kind: str
    reason: str | None


class _Settled(NamedTuple):
    outcome: Outcome
    entry: str | None
    key: tuple[object, ...]


class Feedback:
    """What all chats said of answers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def vote(self, chat: str, about: str, *, good: bool, reason: str | None = None) -> None:
        """Keep what a chat thinks of an answer, by its code or account; a later vote replaces an earlier."""
        said = scrub(reason)[:LONGEST_REASON] if reason else None
        await self._store.writes.ask(self._vote, _Vote(chat, about, "up" if good else "down", said))

    async def correct(self, chat: str, about: str, text: str, source: str = "") -> int:
        """Keep a correction and its source, without the numbers of people, once; its number."""
        kept = (chat, about, scrub_public(text)[:LONGEST_TEXT], scrub_public(source)[:LONGEST_TEXT])
        return await self._store.writes.ask(self._correct, kept)

    async def add_source(self, number: int, chat: str, source: str) -> bool:
        """Keep on whose word a chat's correction is; whether it is there."""
        kept = (scrub_public(source)[:LONGEST_TEXT], number, chat)
        return await self._store.writes.ask(_add_source, kept)

    async def corrections(self, most: int = 100) -> list[Correction]:
        """Return the corrections that nobody has looked at, the oldest first."""
        return await self._store.reads.ask(_corrections, most)

    async def settle(self, number: int, outcome: Outcome, entry: str | None = None) -> str | None:
        """Say what became of a correction, and in which entry; the chat it came from, `None` when it is gone."""
        return await self._store.writes.ask(_settle_corrections, _Settled(outcome, entry, (number,)))

    async def votes(self, since: float) -> list[Votes]:
        """Count the votes since a time in seconds since 1970, by answer and reason, the most first."""
        return await self._store.reads.ask(_votes, since)

    def _vote(self, database: Database, asked: Sequence[_Vote]) -> Sequence[None]:
        for vote in asked:
            database.run(_VOTE, *vote, self._store.now())
        return [None] * len(asked)

    def _correct(self, database: Database, asked: Sequence[tuple[str, str, str, str]]) -> Sequence[int]:
        return [self._number(database, kept) for kept in asked]

    def _number(self, database: Database, kept: tuple[str, str, str, str]) -> int:
        known = database.run(_KNOWN, *kept[:3]) or database.run(_CORRECT, *kept, self._store.now())
        number: int = known[0][0]
        return number


class Questions:
    """What was asked in vain: counted by what it says, without who asked."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def asked(self, missing: Missing, question: str) -> None:
        """Count a question; one that had been answered is open again, one that was dismissed stays so."""
        kept = scrub(question)[:LONGEST_QUESTION]
        if fold(kept):
            await self._store.writes.ask(self._asked, (missing, fold(kept), kept))

    async def open(self, most: int = 20, skip: int = 0) -> list[OpenQuestion]:
        """Return the open questions, the most asked first."""
        return await self._store.reads.ask(_open, (most, skip))

    async def settle(self, missing: Missing, key: str, outcome: Outcome, entry: str | None = None) -> bool:
        """Say what became of a question, and which entry answers it; whether it was there."""
        return await self._store.writes.ask(_settle_questions, _Settled(outcome, entry, (missing, key)))

    def _asked(self, database: Database, asked: Sequence[tuple[Missing, str, str]]) -> Sequence[None]:
        for question in asked:
            database.run(_ASKED, *question, self._store.now(), self._store.now())
        return [None] * len(asked)


def _add_source(database: Database, asked: Sequence[tuple[str, int, str]]) -> Sequence[bool]:
    return [bool(database.run(_SOURCE, *kept)) for kept in asked]


def _corrections(database: Database, asked: Sequence[int]) -> Sequence[list[Correction]]:
    return [[Correction(*row) for row in database.run(_CORRECTIONS, most)] for most in asked]


def _votes(database: Database, asked: Sequence[float]) -> Sequence[list[Votes]]:
    return [[Votes(*row) for row in database.run(_VOTES, since)] for since in asked]


def _open(database: Database, asked: Sequence[tuple[int, int]]) -> Sequence[list[OpenQuestion]]:
    return [[OpenQuestion(Missing(row[0]), *row[1:]) for row in database.run(_OPEN, *page)] for page in asked]


def _settle_corrections(database: Database, asked: Sequence[_Settled]) -> Sequence[str | None]:
    found = [database.run(_SETTLE_CORRECTION, s.outcome, s.entry, *s.key) for s in asked]
    return [rows[0][0] if rows else None for rows in found]


def _settle_questions(database: Database, asked: Sequence[_Settled]) -> Sequence[bool]:
    return [bool(database.run(_SETTLE_QUESTION, s.outcome, s.entry, *s.key)) for s in asked]
