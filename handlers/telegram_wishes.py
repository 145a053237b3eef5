"""What a reply asks its channel to do, done: only the channel keeps anything."""

from __future__ import annotations

from dataclasses import replace

from bot.ledger import Missing
from bot.reply import Asks, Kind, Reply, Wish
from handlers.telegram_following import follow_account, pass_on
from handlers.telegram_room import Room

# A longer text is no name but a story, and nobody's business.
LONGEST_NAME = 40


async def grant(wish: Wish, room: Room) -> None:
    """Do what a person asked for."""
    if wish.asks is Asks.LANGUAGE:
        await room.keep(replace(room.settings, language=wish.value))
    elif wish.asks is Asks.TELL:
        await follow_account(wish.value, room)
    elif wish.asks is Asks.INQUIRE:
        await pass_on(wish.value, room)


async def miss(reply: Reply, text: str, room: Room) -> None:
    """Count a name that nobody found, for the maintainers: without who asked, and only what was asked of us alone."""
    if reply.kind is Kind.NOT_FOUND and room.is_private and len(text) <= LONGEST_NAME:
        await room.ledger.questions.asked(Missing.LOOKUP, text)
