"""What a person follows on Telegram: asked for by them, listed by /follow, ended by one tap."""

from __future__ import annotations

import asyncio
import logging
import re

from telegram import InlineKeyboardMarkup, Update

from bot.following.publisher import Publisher
from bot.ledger import Follow, Kind, LedgerError, question_key
from bot.reply import Known
from bot.talk.desk import desk
from bot.talk.tokens import thread
from bot.talk.which import called
from bot.wording import words
from handlers.telegram_addressed import by_admin
from handlers.telegram_following import ASK_AND_TELL, FOR_LONG, pass_on
from handlers.telegram_room import House, Room
from handlers.telegram_said import by
from handlers.telegram_show import hush, say
from handlers.telegram_stop import LETTERS, STOP, mark_of, stop_button

log = logging.getLogger(__name__)

# Follows that /follow lists: Telegram takes a hundred buttons, and nobody reads so many.
MOST_LISTED = 30
# Seconds between two looks at the log.
EVERY = 10.0


async def tell_found(update: Update, room: Room) -> None:
    """Follow a question that nobody could answer, by the button under that answer; pass it on if that is not done yet.

    In a group its administrators decide what it is told, as with everything that makes the bot speak there unasked.
    """
    if not await by_admin(room):
        await hush(update, room.words.say("admins_only"), alert=True)
        return
    await hush(update)
    query = update.callback_query
    under = by(room, room.message.message_id) if room.message else None
    question = thread(under.context).asked if under else ""
    if not question:
        await say(room, room.words.say("button_gone"))
        return
    if query and query.data == ASK_AND_TELL:
        await pass_on(question, room)
    await room.ledger.follows.follow_question(room.key, question)
    await room.remember(LETTERS, room.language, FOR_LONG)
    end = stop_button(Kind.KNOWN, question_key(question), room.words.say("follow_stop"))
    await say(room, room.words.say("will_tell_found"), InlineKeyboardMarkup([end]))


async def follows(update: Update, room: Room) -> None:
    """List what the chat follows, each with the button that ends it."""
    found = await room.ledger.follows.of(room.key)
    if not found:
        await say(room, room.words.say("follow_none"))
        return
    lines = [room.words.count("follow_list", len(found))]
    if len(found) > MOST_LISTED:
        lines.append(room.words.say("follow_more", number=str(len(found) - MOST_LISTED)))
    rows = [stop_button(f.kind, f.about, _called(f, room)) for f in found[:MOST_LISTED]]
    await say(room, "\n".join(lines), InlineKeyboardMarkup(rows))


async def unfollow(update: Update, room: Room) -> None:
    """End a follow, by its button."""
    query = update.callback_query
    await hush(update)
    pressed = re.fullmatch(STOP, (query.data if query else None) or "")
    if pressed is None:
        return
    kind, mark = Kind(pressed[1]), pressed[2]
    about = mark
    if mark.startswith("?"):
        found = await room.ledger.follows.of(room.key)
        about = next((f.about for f in found if mark_of(f.about) == mark), mark)
    await room.ledger.follows.unfollow(room.key, kind, about)
    read = room.settings.language or room.spoken or room.memory.get(LETTERS) or room.language
    await say(room, words(read).say("follow_stopped"))


async def publish(house: House) -> None:
    """Watch for what changed until cancelled, and put what is to be told into the outbox."""
    log_ = house.setting.log
    if log_ is None:
        await asyncio.Event().wait()
        return
    publisher = Publisher(house.ledger, log_, house.matcher, house.now, house.setting.wait)
    while True:
        try:
            await publisher.publish()
        except LedgerError as error:
            log.warning("%s", error)
        await asyncio.sleep(min(EVERY, max(house.setting.wait, 1.0)))


def _called(follow: Follow, room: Room) -> str:
    """Return what a follow is called on its button."""
    if follow.question is not None:
        return follow.question
    matcher = room.house.matcher()
    now = matcher.base.moved(follow.about)
    account = matcher.base.account(now)
    return called(Known.of(account, matcher), desk(matcher).voice(room.language)) if account else follow.about
