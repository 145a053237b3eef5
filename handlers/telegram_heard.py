"""An end to a button's spinning."""

from __future__ import annotations

import logging

from telegram import CallbackQuery
from telegram.constants import CallbackQueryLimit
from telegram.error import BadRequest

from handlers.telegram_text import cut

log = logging.getLogger(__name__)


async def heard(query: CallbackQuery | None, text: str = "") -> None:
    """Tell Telegram that a button was heard, with a few words that show for a moment."""
    if query is None:
        return
    said = cut(text, CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)
    try:
        await query.answer(said or None)
    except BadRequest:
        log.info("button pressed too long ago to be confirmed")
