"""The commands everybody has."""

from __future__ import annotations

from telegram import Update

from handlers.telegram_room import Room

COMMANDS = ("start", "help")


async def start(update: Update, room: Room) -> None:
    """Greet."""
    await _say(room, room.words.say("hello"))


async def help_(update: Update, room: Room) -> None:
    """Say what we are for, and the address that people may write to, where there is one."""
    lines, address = [room.words.say("help")], room.house.setting.contact
    if address:
        lines.append(room.words.say("tell_us", address=address))
    await _say(room, "\n".join(lines))


async def _say(room: Room, text: str) -> None:
    if room.chat:
        await room.bot.send_message(room.chat.id, text)
