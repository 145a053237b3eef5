"""Who handles what: the one list of all that the bot does on Telegram.

An update goes to the first line whose kinds it all is; one that no line fits is done. A line is a handler,
`async def handler(update: Update, room: Room) -> None`, and its kinds, from `handlers/telegram_kinds.py`:

    line(area, private, command("area")),           # `rest(update, room)` is what stands after the command
    line(reason, pressed(r"why:.*")),                # the button's data is `update.callback_query.data`
    line(corrected, private, remembered("correct"), message(filters.TEXT)),
    line(inline, has("inline_query")),

A handler is given a `Room` (`handlers/telegram_room.py`): the bot, the ledger, the matcher, the chat's settings, memory
and language. What it raises is logged under a number that the person is told. An update may be handled again when a
worker is killed at it or Telegram cannot be reached, never two of one chat at a time: a handler of messages looks first
whether it was answered (`answered` of `handlers/telegram_said.py`).

Beside the list: `PARTS` of `handlers/telegram_keys.py` are the buttons under every reply, `grant` of
`handlers/telegram_wishes.py` does what a reply asks of its channel, `report` of `handlers/telegram_trouble.py` tells
maintainers of errors, and `BESIDE` of `handlers/telegram_rooms.py` is what runs from start to end. Buttons of ours have
data with ":" after their first word; all other data is a choice of the dialogue's.
"""

from __future__ import annotations

from telegram.ext import filters

from handlers import telegram_groups as groups
from handlers import telegram_guests as guests
from handlers.telegram_addressed import addressed, in_group
from handlers.telegram_commands import about, help_, language, start
from handlers.telegram_kinds import any_command, command, has, line, message, pressed, private
from handlers.telegram_personal import privacy, stop, stopped
from handlers.telegram_residents import edited, tapped, typed
from handlers.telegram_rooms import AWAITED, ROOMS
from handlers.telegram_tools import card, link, plain, steps
from handlers.telegram_votes import voted

LINES = (
    line(groups.membership, has("my_chat_member")),
    line(groups.migrated, groups.migrates),
    # Commands
    line(groups.where, command("where")),
    line(start, private, command("start")),
    line(groups.greeted, in_group, command("start")),
    line(help_, private, command("help")),
    line(groups.greeted, in_group, command("help")),
    line(groups.speak, in_group, command("speak")),
    line(groups.leave, in_group, command("leave")),
    line(language, command("language")),
    line(about, command("about")),
    line(privacy, command("privacy")),
    line(stop, command("stop")),
    line(guests.tapped, guests.elsewhere),  # before any other button
    *ROOMS,
    line(help_, private, any_command),
    # Buttons
    line(stopped, pressed("stop:(yes|no)")),
    line(plain, pressed("plain:.*")),
    line(card, pressed("card:.*")),
    line(link, pressed("link:.*")),
    line(steps, pressed("find:.*")),
    line(voted, pressed("vote:up:.*")),
    line(tapped, pressed(".*")),
    # Messages
    line(guests.guest, has("guest_message")),
    line(edited, private, has("edited_message")),
    line(groups.edited, in_group, has("edited_message"), groups.had_answer),
    *AWAITED,
    # A text is no news of a chat; to ask of each kind of news costs more than all other lines.
    line(typed, private, message(filters.TEXT | (filters.ALL & ~filters.StatusUpdate.ALL))),
    line(groups.spoken_to, in_group, addressed),
    line(groups.overheard, in_group, groups.speaks, message(filters.ALL & ~filters.COMMAND)),
)
