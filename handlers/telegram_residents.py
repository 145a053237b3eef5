"""What a resident sends: text, buttons, and things we cannot read."""

from __future__ import annotations

import logging

from telegram import Update
from telegram.error import BadRequest

from handlers.telegram_room import Room
from handlers.telegram_show import ask, show

log = logging.getLogger(__name__)


async def typed(update: Update, room: Room) -> None:
    """Answer text, or the caption of a picture; what has neither gets a friendly line."""
    message = update.message
    text = (message.text or message.caption or "") if message else ""
    await show(ask(room, text), room)


async def tapped(update: Update, room: Room) -> None:
    """Answer a button; Telegram is told first, so that it stops spinning."""
    query = update.callback_query
    if query is None:
        return
    try:
        await query.answer()
    except BadRequest:
        log.info("button pressed too long ago to be confirmed")
    await show(ask(room, choice=query.data or ""), room)
