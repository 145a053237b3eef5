"""Floor 7. What people asked to be told: when an answer is known, or when it changes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from bot.ledger.database import Database
from bot.ledger.scrubbing import scrub
from bot.ledger.store import Store
from bot.text import fold

LONGEST_QUESTION = 200

_FOLLOW = """
    insert into follow (chat, kind, about, question, since) values (?, ?, ?, ?, ?)
    on conflict (chat, kind, about) do nothing returning chat"""
_UNFOLLOW = "delete from follow where chat = ? and kind = ? and about = ? returning chat"
_UNSEND = "delete from outbox where chat = ? and kind = ? and about = ? and state = 'waiting'"
_OF = "select kind, about, question, since from follow where chat = ? order by since, about, kind"
# An account that has a new id; who follows that already keeps it.
_RENAME = """
    update follow set about = ? where about = ? and not exists (
      select 1 from follow n where n.chat = follow.chat and n.kind = follow.kind and n.about = ?)"""
_FORGET = "delete from follow where about = ?"
# What waits to be sent answers the follow under its new id.
_READDRESS = """
    update outbox set about = ? where about = ? and kind in ('known', 'change') and state <> 'sent'"""
_QUESTIONS = """
    select about, min(question), count(*) from follow where question is not null
    group by about order by count(*) desc, about limit ?"""


class Kind(StrEnum):
    """What of something is followed."""

    KNOWN = "known"
    CHANGE = "change"


class Follow(NamedTuple):
    """What a chat follows: an account by its id, or a question by `question_key`, with its words; since when."""

    kind: Kind
    about: str
    question: str | None
    since: float


class Asked(NamedTuple):
    """A question that people follow: its key, the words of one of them, and how many they are."""

    about: str
    question: str
    followers: int


class _Wish(NamedTuple):
    chat: str
    kind: Kind
    about: str
    question: str | None = None


def question_key(question: str) -> str:
    """Return what stands for a question where an account's id could: no id begins so."""
    return "?" + fold(scrub(question)[:LONGEST_QUESTION])


class Follows:
    """The follows of all chats."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def follow(self, chat: str, kind: Kind, account: str) -> bool:
        """Follow an account by its id; whether that is new."""
        return await self._store.writes.ask(self._follow, _Wish(chat, kind, account))

    async def follow_question(self, chat: str, question: str) -> bool:
        """Follow a question until it has an answer; whether that is new. Numbers of people are not kept."""
        kept = scrub(question)[:LONGEST_QUESTION]
        return await self._store.writes.ask(
            self._follow, _Wish(chat, Kind.KNOWN, question_key(question), kept)
        )

    async def unfollow(self, chat: str, kind: Kind, about: str) -> bool:
        """Follow no longer: what already waits to be sent for it is not sent. Whether it was followed."""
        return await self._store.writes.ask(self._unfollow, _Wish(chat, kind, about))

    async def of(self, chat: str) -> list[Follow]:
        """Return what a chat follows, the oldest first."""
        return await self._store.reads.ask(_of, chat)

    async def rename(self, old: str, new: str) -> None:
        """Let whoever follows an account follow it under its new id; what already waits to be sent for it still is."""
        await self._store.writes.ask(_rename, (old, new))

    async def questions(self, most: int = 10_000) -> list[Asked]:
        """Return the questions that are followed, those with the most followers first."""
        return await self._store.reads.ask(_questions, most)

    def _follow(self, database: Database, asked: Sequence[_Wish]) -> Sequence[bool]:
        return [bool(database.run(_FOLLOW, *wish, self._store.now())) for wish in asked]

    def _unfollow(self, database: Database, asked: Sequence[_Wish]) -> Sequence[bool]:
        answers = []
        for wish in asked:
            database.run(_UNSEND, *wish[:3])
            answers.append(bool(database.run(_UNFOLLOW, *wish[:3])))
        return answers


def _of(database: Database, asked: Sequence[str]) -> Sequence[list[Follow]]:
    return [[Follow(Kind(row[0]), *row[1:]) for row in database.run(_OF, chat)] for chat in asked]


def _questions(database: Database, asked: Sequence[int]) -> Sequence[list[Asked]]:
    return [[Asked(*row) for row in database.run(_QUESTIONS, most)] for most in asked]


def _rename(database: Database, asked: Sequence[tuple[str, str]]) -> Sequence[None]:
    for old, new in asked:
        database.run(_RENAME, new, old, new)
        database.run(_FORGET, old)
        database.run(_READDRESS, new, old)
    return [None] * len(asked)
