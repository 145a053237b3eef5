"""Guest mode: somebody calls the bot in a chat that it is not in, and it answers there once."""

from __future__ import annotations

from dataclasses import replace

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Update,
)
from telegram.error import BadRequest

from bot.reply import Reply
from bot.wording import words
from handlers.telegram_addressed import is_bare, question_in
from handlers.telegram_keys import choices
from handlers.telegram_links import start_for, url_of
from handlers.telegram_room import Room
from handlers.telegram_show import NO_PREVIEW, NOT_MODIFIED, ask, hush
from handlers.telegram_text import parts

# What a link carries of an answer that no link can open: the bot greets.
ELSEWHERE = "guest"


async def guest(update: Update, room: Room) -> None:
    """Answer a call: the words beside our name, or the post it stands under. Nothing is kept of the chat."""
    message = update.guest_message
    if message is None or message.guest_query_id is None:
        return
    reply = await ask(room, question_in(message, room))
    if is_bare(message, room):
        reply = replace(reply, text=room.words.say("call_what", bot=room.house.username))
    content = InputTextMessageContent(_text(reply), link_preview_options=NO_PREVIEW)
    result = InlineQueryResultArticle(
        "1", _text(reply).partition("\n")[0][:60], content, _keyboard(reply, room)
    )
    try:
        await room.bot.answer_guest_query(message.guest_query_id, result)
    except BadRequest as error:
        if "too old" not in str(error):  # or answered before a worker ended
            raise


def elsewhere(update: Update, room: Room) -> bool:
    """Tell whether a button was pressed under a message of ours in a chat that we are not in."""
    return update.callback_query is not None and update.callback_query.inline_message_id is not None


async def tapped(update: Update, room: Room) -> None:
    """Answer a button under such a message in its place."""
    query = update.callback_query
    if query is None:
        return
    await hush(update)
    reply = await ask(room, choice=query.data or "")
    try:
        await room.bot.edit_message_text(
            _text(reply),
            inline_message_id=query.inline_message_id,
            reply_markup=_keyboard(reply, room),
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as error:
        if NOT_MODIFIED not in str(error).lower():
            raise


def _text(reply: Reply) -> str:
    return parts(reply.text if reply.choices else reply.plain or reply.text)[0]


def _keyboard(reply: Reply, room: Room) -> InlineKeyboardMarkup:
    """Return what answers the reply's question, and the way to us: elsewhere we cannot be written to."""
    link = url_of(start_for(reply, room.asked) or ELSEWHERE, room)
    label = words(reply.language).say("open_bot")
    return InlineKeyboardMarkup([*choices(reply, room), [InlineKeyboardButton(label, url=link)]])
