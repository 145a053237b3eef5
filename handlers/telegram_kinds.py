"""Kinds of update: small questions that the list of handlers is made of."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from telegram import Message, MessageEntity, Update
from telegram.ext.filters import BaseFilter

from handlers.telegram_room import Room

Kind = Callable[[Update, Room], bool]
Handler = Callable[[Update, Room], Awaitable[None]]


class Line(NamedTuple):
    """Who handles an update that is of all these kinds."""

    handler: Handler
    kinds: tuple[Kind, ...]

    def fits(self, update: Update, room: Room) -> bool:
        """Tell whether an update is of all the kinds."""
        for kind in self.kinds:  # noqa: SIM110 - every update is asked of every line: a generator costs as much again
            if not kind(update, room):
                return False
        return True


def line(handler: Handler, *kinds: Kind) -> Line:
    """Return a line of the list."""
    return Line(handler, kinds)


def command(*names: str) -> Kind:
    """A new message that begins with one of these commands, for this bot: `/area`, `/area@its_name`."""

    def fits(update: Update, room: Room) -> bool:
        found = command_in(update.message, room.house.username)
        return found is not None and found[0] in names

    return fits


def command_in(message: Message | None, username: str) -> tuple[str, str] | None:
    """Return the command a message begins with, without "/", and what follows; `None` for another bot's."""
    entities = message.entities if message else ()
    if not message or not message.text or not entities:
        return None
    first = entities[0]
    if first.type != MessageEntity.BOT_COMMAND or first.offset:
        return None
    # A command is ASCII, so its length in UTF-16 units is that of the text.
    name, _, to = message.text[1 : first.length].partition("@")
    if to and to.lower() != username.lower():
        return None
    return name.lower(), message.text[first.length :].strip()


def rest(update: Update, room: Room) -> str:
    """Return what stands after the command of a message."""
    found = command_in(update.message, room.house.username)
    return found[1] if found else ""


def any_command(update: Update, room: Room) -> bool:
    """Tell whether a new message begins with any command for this bot."""
    return command_in(update.message, room.house.username) is not None


def pressed(pattern: str) -> Kind:
    """A button whose data this pattern matches from end to end."""
    compiled = re.compile(pattern, re.DOTALL)

    def fits(update: Update, room: Room) -> bool:
        query = update.callback_query
        return query is not None and compiled.fullmatch(query.data or "") is not None

    return fits


def message(wanted: BaseFilter) -> Kind:
    """A new message that passes a filter of the library's: `message(filters.VOICE)`."""
    return lambda update, room: update.message is not None and bool(wanted.check_update(update))


def remembered(name: str) -> Kind:
    """A chat of which something is remembered under this name: a question that waits for its answer."""
    return lambda update, room: name in room.memory


def private(update: Update, room: Room) -> bool:
    """Tell whether the bot and one person are alone."""
    return room.is_private


def by_maintainers(update: Update, room: Room) -> bool:
    """Tell whether a maintainer asks."""
    return room.is_maintainers


def has(field: str) -> Kind:
    """An update with this field of the Bot API: `has("inline_query")`."""
    return lambda update, room: getattr(update, field) is not None
