"""A message that is one too many: counted, and told once, politely; what ends or shows something always works.

Only what would be answered counts, when its turn has come: of a group, what is put to the bot. Nothing is written down.
"""

from __future__ import annotations

import logging

from telegram import InlineQueryResultArticle, InputTextMessageContent, Update
from telegram.error import BadRequest

from bot.metrics import REFUSED
from handlers.telegram_addressed import addressed, in_group
from handlers.telegram_kinds import command_in, pressed
from handlers.telegram_pace import Refusal
from handlers.telegram_room import Room
from handlers.telegram_said import goes_with_album
from handlers.telegram_show import hush, say
from handlers.telegram_stop import NEVER, STOP

log = logging.getLogger(__name__)

# Commands by which somebody sees or ends what the bot keeps, sends and says.
ALWAYS = ("stop", "privacy", "follow", "leave", "speak")
# The buttons that do the same.
ENDINGS = (pressed("stop:(yes|no)"), pressed(STOP), pressed(f"area:digest:{NEVER}"))
# Who types a name in a chat sends a query for each few letters.
A_QUERY = 0.25
# A file of names, or a picture whose text is read, is work for seconds.
A_FILE = 3.0


async def refused(room: Room) -> bool:
    """Count what was asked; when it is one too many, tell so the first time, and answer nothing else.

    An update that is handled again, since Telegram or the ledger could not be reached, is counted once.
    """
    if not room.counted:
        room.counted = True
        cost = cost_of(room)
        room.refusal = room.house.pace.refused(askers(room), cost) if cost else None
        if room.refusal:
            REFUSED.labels(room.refusal.who).inc()
    if room.refusal and room.refusal.first:
        await _tell(room.refusal, room)
    return room.refusal is not None


def speaks_too_much(room: Room) -> bool:
    """Count something that the bot would say by itself in a group; tell whether it is one too many."""
    refusal = room.house.pace.refused({"chat": room.key}, tells=False)
    if refusal:
        REFUSED.labels(refusal.who).inc()
    return refusal is not None


def cost_of(room: Room) -> float:
    """Return how many messages an update counts for.

    Nothing for news of chats, what always works, and further pictures of an album, which are not answered.
    """
    update = room.update
    if room.is_maintainers:
        return 0
    if update.callback_query:
        return 0 if any(ends(update, room) for ends in ENDINGS) else 1
    if update.inline_query:
        return A_QUERY
    if update.guest_message or update.edited_message:
        return 1
    found = command_in(update.message, room.house.username)
    if update.message is None or (found and found[0] in ALWAYS):
        return 0
    if in_group(update, room) and not found and not addressed(update, room):
        return 0
    if goes_with_album(update.message, room) and not update.message.document:
        return 0  # but a table of names is answered wherever it lies
    return A_FILE if update.message.document or update.message.photo else 1


def askers(room: Room) -> dict[str, str]:
    """Return by what a person and a group are known to the limits; who speaks as a chat is nobody but that chat."""
    update, found = room.update, {}
    if update.callback_query:
        return {"press": str(update.callback_query.from_user.id)}
    message = update.effective_message
    if room.user and not (message and message.sender_chat):
        where = "query" if update.inline_query else "private" if _alone(room) else "group"
        found["person"] = f"{where} {room.user.id}"
    if not _alone(room):
        found["chat"] = room.key
    return found


def _alone(room: Room) -> bool:
    """Tell whether the bot and one person are alone; a guest's call comes from a chat that the bot is not in."""
    return room.is_private and room.update.guest_message is None


async def _tell(refusal: Refusal, room: Room) -> None:
    """Say when to come back, in the way that the update can be answered."""
    update, seconds = room.update, str(refusal.seconds)
    if update.inline_query:
        return  # what is shown there is results; there is no place for a word
    if update.callback_query:
        await hush(update, room.words.say("slow_down_press", seconds=seconds), alert=True)
        return
    key = "slow_down" if _alone(room) else "slow_down_here"
    text = room.words.say(key, seconds=seconds, bot=room.house.username)
    if update.guest_message:
        await _tell_guest(update, text, room)
        return
    await say(room, text, to=update.effective_message.message_id if update.effective_message else None)


async def _tell_guest(update: Update, text: str, room: Room) -> None:
    query = update.guest_message.guest_query_id if update.guest_message else None
    if query is None:
        return
    try:
        result = InlineQueryResultArticle("1", text[:60], InputTextMessageContent(text))
        await room.bot.answer_guest_query(query, result)
    except BadRequest as error:
        log.info("a guest was not told to wait: %s", error)
