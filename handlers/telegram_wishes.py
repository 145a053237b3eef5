"""What a reply asks its channel to do, done: only the channel keeps anything."""

from __future__ import annotations

from dataclasses import replace

from bot.reply import Asks, Wish
from handlers.telegram_room import Room


async def grant(wish: Wish, room: Room) -> None:
    """Do what a person asked for."""
    if wish.asks is Asks.LANGUAGE:
        await room.keep(replace(room.settings, language=wish.value))
