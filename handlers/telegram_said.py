"""What was said last in a chat: which message answered which, and what a follow-up to each would mean.

Kept for a day in the chat's memory, in one row that holds the last few.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from telegram import Message

from bot.talk.lately import Lately
from handlers.telegram_room import Room

A_DAY = 86_400.0
NAME = "said"
# Answers that are remembered of a chat: a reply to an older one, or its edit, is a question of its own.
MOST = 12
# The album that is being sent, and the seconds for which its pictures are one message.
ALBUM = "album"
ALBUM_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Said:
    """One answer.

    Attributes:
        answer: The message that answered.
        question: The message that was answered; `None` for a button.
        context: What a typed follow-up needs.
        language: The language it was said in.
        plain: The text to be forwarded, of an answer that cannot be told again from an account's id.
        start: What a link to such an answer carries; `None` where no link leads there.
        asked: What was asked, where a link can carry it; of a button, what had been asked before.
    """

    answer: int
    question: int | None = None
    context: str | None = None
    language: str | None = None
    plain: str | None = None
    start: str | None = None
    asked: str | None = None


# What was read or written last, by what is kept: several ask it of one update after another, and the next update again.
# Some 20 kB each at most.
_LATELY: Lately[str, tuple[Said, ...]] = Lately(96)
_FIELDS = tuple(field.name for field in fields(Said))


def said(room: Room) -> Sequence[Said]:
    """Return the last answers, the oldest first."""
    kept = room.memory.get(NAME, "[]")
    return _LATELY.get(kept, lambda: tuple(Said(**entry) for entry in json.loads(kept)))


def by(room: Room, answer: int | None) -> Said | None:
    """Return the answer that a message of ours is."""
    return next((s for s in said(room) if s.answer == answer), None)


def spoken(room: Room) -> str | None:
    """Return the language of the answer that a pressed button stands under; `None` where it is not remembered."""
    query = room.update.callback_query
    under = by(room, query.message.message_id) if query and query.message else None
    return under.language if under else None


def answered(room: Room, question: int) -> Said | None:
    """Return the answer to a message of theirs."""
    return next((s for s in said(room) if s.question == question), None)


def before(room: Room, question: int) -> Said | None:
    """Return the answer before the one to a message."""
    last = None
    for entry in said(room):
        if entry.question == question:
            return last
        last = entry
    return last


async def note(room: Room, entry: Said) -> None:
    """Remember an answer; one given in place of another takes its place."""
    found = list(said(room))
    at = next((n for n, s in enumerate(found) if s.answer == entry.answer), None)
    if at is None:
        found.append(entry)
    else:
        found[at] = replace(entry, question=entry.question or found[at].question)
    last = tuple(found[-MOST:])
    entries = [{k: v for k in _FIELDS if (v := getattr(s, k)) is not None} for s in last]
    kept = json.dumps(entries, separators=(",", ":"))
    _LATELY.get(kept, lambda: last)
    await room.remember(NAME, kept, A_DAY)


def goes_with_album(message: Message, room: Room) -> bool:
    """Tell whether a message is a further picture, without words, of an album that was seen already."""
    album = message.media_group_id
    return album is not None and not message.caption and room.memory.get(ALBUM) == album
