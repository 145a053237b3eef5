"""Whether an answer helped: 👍 and 👎."""

from __future__ import annotations

from telegram import Update

from bot.ledger import question_key
from bot.talk.tokens import thread
from handlers.telegram_keys import THIS
from handlers.telegram_room import Room, key_of
from handlers.telegram_said import by
from handlers.telegram_show import hush

# Why an answer did not help; a word of each stands in the wordings as `why_…`.
REASONS = ("wrong", "missing", "unclear", "stale", "other")


async def voted(update: Update, room: Room) -> None:
    """Keep what a person thinks of an answer."""
    query = update.callback_query
    if query is None:
        return
    _, way, about = (query.data or "").split(":", 2)
    await room.ledger.feedback.vote(key_of(query.from_user.id), subject(about, room), good=way == "up")
    await hush(update, room.words.say("voted"))


def subject(about: str, room: Room) -> str:
    """Return what a vote is about: an account's id, or for a miss the key of the question that had no answer."""
    if about != THIS:
        return about
    query = room.update.callback_query
    said = by(room, query.message.message_id if query and query.message else None)
    asked = thread(said.context).asked if said else ""
    return question_key(asked) if asked else "?"
