"""What is kept of a person, shown and erased: /privacy and /stop."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import MessageLimit
from telegram.error import BadRequest

from bot.wording import words
from handlers.telegram_addressed import by_admin
from handlers.telegram_room import Room
from handlers.telegram_show import hush, say
from handlers.telegram_stop import LETTERS
from handlers.telegram_text import units
from handlers.telegram_votes import REASONS

YES, NO = "stop:yes", "stop:no"
# Columns that hold seconds since 1970.
_TIMES = {"at", "since", "due", "changed_at"}
# What is of use to us alone: that a row is there is what a person wants to know.
_INNER = {"payload", "value", "name", "state", "kind", "error", "until", "draft", "tell"}
_VOTES = {"up": "👍", "down": "👎"}


async def privacy(update: Update, room: Room) -> None:
    """Show all that is kept of the chat; as a file what a message has no room for."""
    kept = await room.ledger.people.person(room.key)
    # The message that asks is on its way out, like any that has been answered.
    lines = [_told(table, row, room) for table, rows in kept.items() if table != "inbox" for row in rows]
    lines = list(dict.fromkeys(lines))
    if not lines:
        await say(room, room.words.say("privacy_nothing"))
        return
    text = "\n".join([room.words.say("privacy_head"), *lines, room.words.say("privacy_foot")])
    if units(text) <= MessageLimit.MAX_TEXT_LENGTH:
        await say(room, text)
    elif room.chat:
        whole = json.dumps(kept, ensure_ascii=False, indent=2).encode("utf-8")
        note = room.words.say("privacy_file")
        await room.bot.send_document(
            room.chat.id, whole, filename="privacy.json", caption=note, message_thread_id=room.thread
        )


async def stop(update: Update, room: Room) -> None:
    """Ask once whether all of it is to be erased; in a group its administrators decide."""
    w = room.words
    if not await by_admin(room):
        await say(room, w.say("admins_only"))
        return
    rows = [[InlineKeyboardButton(w.say("stop_yes"), callback_data=YES)]]
    rows += [[InlineKeyboardButton(w.say("stop_no"), callback_data=NO)]]
    await say(room, w.say("stop_ask"), InlineKeyboardMarkup(rows))


async def stopped(update: Update, room: Room) -> None:
    """Erase all that is kept of the chat, or leave it; the question makes way for what was done."""
    query, w = update.callback_query, room.words
    if query is None:
        return
    if not await by_admin(room):
        await hush(update, w.say("admins_only"), alert=True)
        return
    if query.data == YES:
        await room.ledger.people.erase(room.key)
    text = w.say("stop_done" if query.data == YES else "stop_kept")
    try:
        await query.answer()
        if isinstance(query.message, Message):
            await query.edit_message_text(text)
    except BadRequest:  # pressed twice, or too long ago
        await say(room, text)


def _told(table: str, row: Mapping[str, Any], room: Room) -> str:
    """Return what is kept in one row, in a line."""
    if row.get("name") == LETTERS:
        return "· " + room.words.say("kept_letters", what=words(str(row["value"])).say("language_name"))
    shown = [_shown(name, value, room) for name, value in row.items() if value not in (None, "", 0)]
    return "· " + room.words.say(f"kept_{table}", what=", ".join(filter(None, shown)))


def _shown(name: str, value: object, room: Room) -> str:
    """Return a value as a person would say it; nothing for what says nothing to one."""
    base = room.house.matcher().base
    if name == "kind" and value in _VOTES:
        return _VOTES[str(value)]
    if name == "reason":
        return room.words.say(f"why_{value}") if value in REASONS else ""
    if name in _INNER:
        return ""
    if name in _TIMES and isinstance(value, int | float):
        return dt.datetime.fromtimestamp(value, dt.UTC).strftime("%Y-%m-%d")
    if name == "speaks":
        return "/speak"
    if name == "language":
        return words(str(value)).say("language_name")
    if name == "area" and value in base.places:
        return base.places[str(value)].name
    if name == "digest":
        return room.words.say(f"area_{value}")
    if name == "about":
        return _called(str(value), room)
    return str(value)


def _called(about: str, room: Room) -> str:
    """Return the name of an account or a place; nothing for what stands for a question or a notice."""
    base = room.house.matcher().base
    if about in base.places:
        return base.places[about].name
    account = base.account(about)
    return (account.name if account else None) or ("" if about[:1] == "?" or about.isdecimal() else about)
