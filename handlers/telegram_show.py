"""A Reply as a message, and what is remembered of it, so that a follow-up is understood."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError

from bot.dialogue import Message as Asked
from bot.forwarding import granted
from bot.ledger import LedgerError
from bot.metrics import answer
from bot.reply import Reply
from handlers.telegram_keys import keyboard, markup
from handlers.telegram_links import start_for, start_of
from handlers.telegram_room import Room
from handlers.telegram_said import Said, note
from handlers.telegram_text import parts
from handlers.telegram_wishes import grant

log = logging.getLogger(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# Characters from which on a message is answered beside the loop: a pasted list takes its time.
LONG = 200
# Seconds after which somebody who waits is shown that we are at it, and for which Telegram shows it.
SOON, SHOWN = 0.4, 4.5
NOT_MODIFIED = "not modified"


async def ask(room: Room, text: str = "", choice: str | None = None, after: Said | None = None) -> Reply:
    """Return the reply to a text or a button, as a follow-up to an answer of ours where there was one."""
    # A button is answered in the language of the message it stands under.
    language = room.settings.language or (after.language if after and choice is not None else None)
    room.asked = text or (after.asked if after else None) or ""
    asked = Asked(text, choice, after.context if after else None, language, room.locale, room.settings.area)
    house = room.house
    given = ("telegram", asked, house.matcher(), house.today(), house.setting.published)
    if len(text) < LONG:
        return answer(*given)
    async with busy(room):
        return await asyncio.to_thread(answer, *given)


async def show(reply: Reply, room: Room, question: int | None = None, *, bare: bool = False) -> None:
    """Send a reply with its buttons, do what it asks of us, and remember what a follow-up would mean.

    Args:
        reply: What to say.
        room: Where.
        question: The message that it answers; `None` for a button.
        bare: Whether to show no buttons.
    """
    reply = await granted(reply, room.key, room.ledger)
    if reply.wish:
        await grant(reply.wish, room)
    sent = await say(room, reply.text, None if bare else markup(reply, room), to=question)
    if sent:
        await afterwards(note(room, _said(sent, question, reply, room)))


async def show_again(reply: Reply, room: Room, earlier: Said) -> None:
    """Put a reply in the place of an earlier one, whose question was edited; what is the same already stays."""
    if room.chat is None:
        return
    reply = await granted(reply, room.key, room.ledger)
    text, *rest = parts(reply.text)
    try:
        await room.bot.edit_message_text(
            text,
            room.chat.id,
            earlier.answer,
            reply_markup=keyboard(reply, room),
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as error:
        if NOT_MODIFIED not in str(error).lower():
            await show(reply, room, earlier.question)
            return
    for part in rest:
        await say(room, part)
    await afterwards(note(room, _said(earlier.answer, earlier.question, reply, room)))


async def say(
    room: Room,
    text: str,
    buttons: InlineKeyboardMarkup | dict[str, Any] | None = None,
    to: int | None = None,
) -> int | None:
    """Send a text to the chat and topic of the room; the number of the last of its messages, where it needs several.

    In a group it stands as a reply to the message `to`.
    """
    if room.chat is None:
        return None
    sent, messages = None, parts(text)
    given = buttons.to_dict() if isinstance(buttons, InlineKeyboardMarkup) else buttons
    for number, part in enumerate(messages, 1):
        sent = await room.bot.send(
            room.chat.id,
            part,
            thread=room.thread,
            markup=given if number == len(messages) else None,
            to=to if number == 1 and not room.is_private else None,
        )
    return sent


async def hush(update: Update, text: str | None = None, *, alert: bool = False) -> None:
    """Tell Telegram that a button was heard, so that it stops spinning; a text of 200 characters is shown for a moment."""
    try:
        if update.callback_query:
            await update.callback_query.answer(text, show_alert=alert)
    except BadRequest:
        log.info("button pressed too long ago to be confirmed")


async def afterwards(remembering: Awaitable[None]) -> None:
    """Remember something of an answer. Who has it already is not told that we could not, nor answered again for it."""
    try:
        await remembering
    except LedgerError as error:
        log.warning("an answer could not be remembered: %s", error)


def _said(answer: int, question: int | None, reply: Reply, room: Room) -> Said:
    if reply.account:  # whose id says all that is needed to tell the answer again
        return Said(answer, question, reply.context, reply.language)
    start = start_for(reply, room.asked) or None
    asked = room.asked if start_of(room.asked) else None
    return Said(answer, question, reply.context, reply.language, reply.plain or None, start, asked)


@asynccontextmanager
async def busy(room: Room, action: ChatAction = ChatAction.TYPING) -> AsyncIterator[None]:
    """Show that we are at it, when what is done in here takes longer than a moment."""
    task = asyncio.create_task(_show_busy(room, action))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _show_busy(room: Room, action: ChatAction) -> None:
    await asyncio.sleep(SOON)
    while room.chat:
        try:
            await room.bot.send_chat_action(room.chat.id, action, message_thread_id=room.thread)
        except TelegramError as error:
            log.info("could not show that we are at it: %s", error)
            return
        await asyncio.sleep(SHOWN)
