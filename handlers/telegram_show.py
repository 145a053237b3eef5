"""A Reply as a message, and what is remembered of it, so that a follow-up is understood."""

from __future__ import annotations

from telegram import LinkPreviewOptions, Message
from telegram.constants import MessageLimit

from bot.dialogue import Message as Asked
from bot.dialogue import answer
from bot.reply import Reply
from handlers.telegram_keys import keyboard
from handlers.telegram_room import Room
from handlers.telegram_wishes import grant

A_DAY = 86_400.0
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
CONTEXT = "context"


def ask(room: Room, text: str = "", choice: str | None = None) -> Reply:
    """Return the reply to a text or a button, as a follow-up to what was said last here."""
    context = room.memory.get(CONTEXT)
    asked = Asked(text, choice, context, room.settings.language, room.locale)
    return answer(asked, room.house.matcher(), room.house.today(), room.house.setting.published)


async def show(reply: Reply, room: Room) -> Message | None:
    """Send a reply with its buttons, do what it asks of us, and remember what a typed answer would mean."""
    if reply.wish:
        await grant(reply.wish, room)
    if room.chat is None:
        return None
    sent = await room.bot.send_message(
        room.chat.id,
        reply.text[: MessageLimit.MAX_TEXT_LENGTH],
        reply_markup=keyboard(reply, room),
        link_preview_options=NO_PREVIEW,
    )
    await room.remember(CONTEXT, reply.context or "", A_DAY)
    return sent
