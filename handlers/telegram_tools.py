"""An answer made fit to be passed on: as plain text, as a picture, as a link with its QR code."""

from __future__ import annotations

import asyncio
import io

from telegram import Message, Update
from telegram.constants import CallbackQueryLimit, ChatAction
from telegram.error import BadRequest

from bot.card import NoCardError, face
from bot.dialogue import Message as Asked
from bot.dialogue import answer
from bot.reply import Reply
from bot.talk.desk import desk
from bot.talk.tokens import account_choice
from bot.wording import words
from handlers.telegram_keys import THIS
from handlers.telegram_links import url_of
from handlers.telegram_room import Room
from handlers.telegram_said import by
from handlers.telegram_show import busy, hush, say

# Width of a square of the QR code in pixels.
SCALE = 10


async def plain(update: Update, room: Room) -> None:
    """Send the answer as text alone, to be forwarded."""
    account = await _told(update, room)
    said = by(room, _under(update))
    text = said.plain if account == THIS and said else _about(account, room).plain
    await say(room, text or room.words.say("button_gone"))


async def card(update: Update, room: Room) -> None:
    """Send the answer as a picture; as text where there can be none."""
    account = await _told(update, room)
    reply = _about(account, room)
    said = face(reply)
    if said is None:
        await say(room, reply.plain or room.words.say("button_gone"))
        return
    try:
        async with busy(room, ChatAction.UPLOAD_PHOTO):
            picture = await asyncio.to_thread(room.house.cards.png, said)
    except NoCardError:
        await say(room, "\n\n".join((words(reply.language).say("no_card"), reply.plain)))
        return
    await _send(picture, f"card {reply.code} {reply.language}", url_of(account, room), room)


async def link(update: Update, room: Room) -> None:
    """Send the link that opens the answer, and its QR code; of what no link can open, the link to the bot."""
    account = await _told(update, room)
    if account == THIS:
        said = by(room, _under(update))
        await _link((said.start if said else None) or "", room, said.language if said else None)
        return
    reply = _about(account, room)
    if reply.account is None:
        await say(room, reply.text)
        return
    await _link(reply.account.account.id, room, reply.language)


async def _link(start: str, room: Room, language: str | None) -> None:
    found = url_of(start, room)
    caption = words(room.settings.language or language or room.language).say(
        "link_here" if start else "link_bot", link=found
    )
    await _send(await asyncio.to_thread(qr, found), f"link {start}", caption, room)


async def steps(update: Update, room: Room) -> None:
    """Show how an account is found on a platform, over the chat."""
    query = update.callback_query
    if query is None:
        return
    wanted = (query.data or "").partition(":")[2]
    matcher = room.house.matcher()
    voice = desk(matcher).voice(room.language)
    find = next((p.find for p in matcher.base.platforms if p.id == wanted), ())
    text = voice.say("arrow").join(map(voice.sentence, find)) or voice.say("button_gone")
    most = CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
    await hush(update, text[:most], alert=True)


def qr(link: str) -> bytes:
    """Return a link as a QR code, a PNG."""
    import segno  # the first picture loads it

    out = io.BytesIO()
    segno.make(link, micro=False).save(out, kind="png", scale=SCALE, border=4)
    return out.getvalue()


async def _told(update: Update, room: Room) -> str:
    """Tell Telegram that a button was heard; what it is for."""
    await hush(update)
    query = update.callback_query
    return (query.data or "").partition(":")[2] if query else ""


def _under(update: Update) -> int | None:
    query = update.callback_query
    return query.message.message_id if query and query.message else None


def _about(account: str, room: Room) -> Reply:
    """Return the answer about an account as it is now, in the language of the message that the button stands under."""
    said = by(room, _under(room.update))
    language = room.settings.language or (said.language if said else None)
    house = room.house
    asked = Asked(choice=account_choice(account), language=language, locale=room.locale)
    return answer(asked, house.matcher(), house.today(), house.setting.published)


async def _send(picture: bytes, name: str, caption: str, room: Room) -> None:
    """Send a picture; one that Telegram has already is not uploaded again."""
    if room.chat is None:
        return
    known = room.house.pictures
    try:
        photo = known.get(name) or picture
        sent = await room.bot.send_photo(room.chat.id, photo, caption, message_thread_id=room.thread)
    except BadRequest:
        if known.pop(name, None) is None:
            raise
        sent = await room.bot.send_photo(room.chat.id, picture, caption, message_thread_id=room.thread)
    if isinstance(sent, Message) and sent.photo:
        known[name] = sent.photo[-1].file_id
