"""Who handles what: the one list of all that the bot does on Telegram.

An update goes to the first line whose kinds it all is; one that no line fits is done. A line is a handler,
`async def handler(update: Update, room: Room) -> None`, and its kinds, from `handlers/telegram_kinds.py`:

    line(area, private, command("area")),           # `rest(update, room)` is what stands after the command
    line(reason, pressed(r"why:.*")),                # the button's data is `update.callback_query.data`
    line(corrected, private, remembered("correct"), message(filters.TEXT)),
    line(inline, has("inline_query")),

A handler is given a `Room` (`handlers/telegram_room.py`): the bot, the ledger, the matcher, the chat's settings, memory
and language. What it raises is logged under a number that the person is told. An update may be handled twice when a
worker is killed at it (`room.again`), never two of one chat at a time.

Beside the list: `PARTS` of `handlers/telegram_keys.py` are the buttons under every reply, `grant` of
`handlers/telegram_wishes.py` does what a reply asks of its channel, `report` of `handlers/telegram_trouble.py` tells
maintainers of errors, and `BESIDE` here is what runs from start to end. Buttons of ours have data with ":" after
their first word; all other data is a choice of the dialogue's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from telegram.ext import filters

from handlers.telegram_commands import help_, start
from handlers.telegram_follow import TELL, follows, publish, stop, tell_found
from handlers.telegram_kinds import any_command, command, line, message, pressed, private
from handlers.telegram_post import post
from handlers.telegram_residents import tapped, typed
from handlers.telegram_room import House
from handlers.telegram_stop import STOP

LINES = (
    line(start, private, command("start")),
    line(help_, private, command("help")),
    line(follows, command("follow")),
    line(stop, pressed(STOP)),
    line(tell_found, pressed(TELL)),
    line(help_, private, any_command),
    line(tapped, pressed(".*")),
    line(typed, private, message(filters.ALL)),
)
# What runs beside the handling of updates until the bot stops; each is cancelled then. One that fails is begun again.
BESIDE: tuple[Callable[[House], Awaitable[None]], ...] = (publish, post)
