"""The button that saves a list as a table."""

from __future__ import annotations

import hashlib

from telegram import InlineKeyboardButton

from bot.reply import Reply
from bot.wording import words
from handlers.telegram_room import Room

# The last list of a chat is remembered under this name, as it was asked.
LAST = "list"
# From so many names on, nobody has to ask for the table.
MANY = 5


def mark_of(reply: Reply) -> str:
    """Return what stands for a list in a button."""
    return hashlib.sha256("\n".join(row.asked for row in reply.rows).encode()).hexdigest()[:16]


def table_keys(reply: Reply, room: Room) -> list[list[InlineKeyboardButton]]:
    """Return the button under a short list; a long one comes with its table."""
    if not 0 < len(reply.rows) < MANY or not room.is_private:
        return []
    label = words(reply.language).say("batch_table")
    return [[InlineKeyboardButton(label, callback_data=f"csv:{mark_of(reply)}")]]
