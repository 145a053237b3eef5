"""What a resident sends: text, buttons, replies, edits, forwarded posts, and things we cannot read."""

from __future__ import annotations

from telegram import Message, Update

from bot.talk.codes import account_of
from bot.talk.tokens import Thread, chosen_language, chosen_tell
from handlers.telegram_addressed import by_admin
from handlers.telegram_batch import listed
from handlers.telegram_pictures import notice_in
from handlers.telegram_room import Room
from handlers.telegram_said import ALBUM, ALBUM_SECONDS, Said, answered, before, by, goes_with_album, said
from handlers.telegram_show import afterwards, ask, hush, show, show_again
from handlers.telegram_wishes import miss


async def typed(update: Update, room: Room) -> None:
    """Answer text, or the caption of a picture; what has neither gets a friendly line.

    A forwarded post is a text like any other: whoever it was forwarded from is not asked about.
    """
    message = update.message
    if message is None or answered(room, message.message_id):  # answered before a worker ended
        return
    text = message.text or message.caption or (message.venue.title if message.venue else "")
    if goes_with_album(message, room):
        return
    if message.media_group_id:
        await room.remember(ALBUM, message.media_group_id, ALBUM_SECONDS)
    seen = await notice_in(message, room) if not text else None
    reply = seen or await ask(room, text, after=followed(message, room))
    await show(reply, room, message.message_id)
    await afterwards(miss(reply, text, room))
    await listed(reply, text, room)


async def edited(update: Update, room: Room) -> None:
    """Answer what a message says now in the place of what it said; one that is no longer remembered, anew."""
    message = update.edited_message
    if message and (text := message.text or message.caption):
        await reanswered(message, text, room)


async def reanswered(message: Message, text: str, room: Room) -> None:
    """Answer a message anew as what it asks now."""
    earlier = answered(room, message.message_id)
    after = followed(message, room) if message.reply_to_message else before(room, message.message_id)
    reply = await ask(room, text, after=after if room.is_private or message.reply_to_message else None)
    if earlier:
        await show_again(reply, room, earlier)
    else:
        await show(reply, room, message.message_id)


async def tapped(update: Update, room: Room) -> None:
    """Answer a button; Telegram is told first, so that it stops spinning."""
    query = update.callback_query
    if query is None:
        return
    decides = chosen_language(query.data or "") or chosen_tell(query.data or "")
    if decides and not await by_admin(room):
        await hush(update, room.words.say("admins_only"), alert=True)
        return
    await hush(update)
    under = by(room, query.message.message_id) if query.message else None
    await show(await ask(room, choice=query.data or "", after=under), room)


def followed(message: Message, room: Room) -> Said | None:
    """Return the answer that a message follows: the one it replies to, else in a private chat the last."""
    replied = message.reply_to_message
    if replied:
        earlier = by(room, replied.message_id) or answered(room, replied.message_id)
        return earlier or _of_old(replied, room)
    last = said(room)
    return last[-1] if last and room.is_private else None


def _of_old(replied: Message, room: Room) -> Said | None:
    """Return what an answer of ours was about that is no longer remembered: its code says it."""
    account = account_of(replied.text or replied.caption or "", room.house.matcher().base)
    return Said(replied.message_id, context=Thread(history=(account,)).token()) if account else None
