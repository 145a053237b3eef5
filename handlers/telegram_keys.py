"""The buttons under a reply: its own choices first, one a row, since names are long and thumbs are big."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit

from bot.reply import Reply
from handlers.telegram_following import follow_keys
from handlers.telegram_room import Room

Row = list[InlineKeyboardButton]


def choices(reply: Reply, room: Room) -> list[Row]:
    """Return what answers the reply's question."""
    assert all(len(c.choice.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA for c in reply.choices)  # noqa: S101
    return [[InlineKeyboardButton(c.label, callback_data=c.choice)] for c in reply.choices]


# What stands under every reply, from top to bottom; each part gives its rows.
PARTS: Sequence[Callable[[Reply, Room], list[Row]]] = (choices, follow_keys)


def keyboard(reply: Reply, room: Room) -> InlineKeyboardMarkup | None:
    """Return the buttons of a reply, `None` where it has none."""
    rows = [row for part in PARTS for row in part(reply, room)]
    return InlineKeyboardMarkup(rows) if rows else None
