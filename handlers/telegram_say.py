"""A few words to the chat that an update came from, and an end to a button's spinning."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.constants import CallbackQueryLimit
from telegram.error import BadRequest

from handlers.telegram_fit import fitted
from handlers.telegram_room import Room

log = logging.getLogger(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Rows = Sequence[Sequence[InlineKeyboardButton]]


async def say(room: Room, text: str, rows: Rows = ()) -> Message | None:
    """Send a text with buttons to where the update came from, in its topic; nothing where it came from no chat."""
    if room.chat is None:
        return None
    thread = room.message.message_thread_id if room.message and room.message.is_topic_message else None
    return await room.bot.send_message(
        room.chat.id,
        fitted(text),
        reply_markup=InlineKeyboardMarkup(rows) if rows else None,
        link_preview_options=NO_PREVIEW,
        message_thread_id=thread,
    )


async def heard(query: CallbackQuery | None, text: str | None = None) -> None:
    """Tell Telegram that a button was heard, with a few words that show for a moment."""
    if query is None:
        return
    try:
        await query.answer(
            fitted(text, CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH) if text else None
        )
    except BadRequest:
        log.info("button pressed too long ago to be confirmed")
