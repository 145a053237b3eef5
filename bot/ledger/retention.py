"""Floor 7. How long the ledger keeps what; deleted little by little, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ledger.database import Database
from bot.ledger.store import Store

DAY = 86_400.0
# Days for which what people said is kept, and the keys of what was sent to them.
DAYS = 90
# Telegram repeats an update for a day; its number is kept a little longer, to know it again.
DAYS_OF_NUMBERS = 2
# Dead letters hold messages as they came, so they go sooner.
DAYS_OF_LETTERS = 14
# Rows that one transaction deletes of a table.
AT_ONCE = 2000

_EXPIRED = "delete from memory where (chat, name) in (select chat, name from memory where until <= ? limit ?) returning 1"
_NUMBERS = """
    delete from inbox where update_id in (
      select update_id from inbox where done_at < ? order by update_id limit ?) returning 1"""
_LETTERS = "delete from dead where id in (select id from dead where at < ? order by id limit ?) returning 1"
_SENT = """
    delete from outbox where id in (select id from outbox where ended_at < ? order by id limit ?) returning 1"""
_FEEDBACK = (
    "delete from feedback where id in (select id from feedback where at < ? order by id limit ?) returning 1"
)
_QUESTIONS = """
    delete from question where (kind, key) in (select kind, key from question where last_at < ? limit ?) returning 1"""
# A notice stays until a maintainer has settled it; who sent it is forgotten sooner.
_SETTLED = "delete from draft where id in (select id from draft where settled_at < ? order by id limit ?) returning 1"
_SENDERS = """
    delete from draft_sender where (chat, draft) in (
      select chat, draft from draft_sender where since < ? limit ?) returning 1"""


async def prune(store: Store, days: float = DAYS) -> int:
    """Delete what is older than it may be, as told in docs/privacy.md; how many rows.

    Follows and settings stay until their person ends them: they asked for them.
    """
    gone = 0
    for statement, age in (
        (_EXPIRED, 0.0),
        (_NUMBERS, DAYS_OF_NUMBERS),
        (_LETTERS, min(days, DAYS_OF_LETTERS)),
        (_SENT, days),
        (_FEEDBACK, days),
        (_QUESTIONS, days),
        (_SETTLED, days),
        (_SENDERS, days),
    ):
        before = store.now() - age * DAY
        while deleted := await store.writes.ask(_delete, (statement, before)):
            gone += deleted
    return gone


def _delete(database: Database, asked: Sequence[tuple[str, float]]) -> Sequence[int]:
    return [len(database.run(statement, before, AT_ONCE)) for statement, before in asked]
