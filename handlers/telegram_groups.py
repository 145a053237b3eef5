"""Groups: the bot speaks when addressed, and by itself only where an administrator wants it and it is sure."""

from __future__ import annotations

from dataclasses import replace

from telegram import ChatMember, Update

from bot.matcher import Verdict
from bot.reply import Kind, Reply
from bot.text import fold
from handlers.telegram_addressed import by_admin, in_group, is_bare, question_in
from handlers.telegram_kinds import rest
from handlers.telegram_limits import speaks_too_much
from handlers.telegram_residents import followed, reanswered
from handlers.telegram_room import Room, key_of
from handlers.telegram_said import answered
from handlers.telegram_show import afterwards, ask, say, show

# Seconds for which an account is not spoken of again by ourselves.
QUIET = 6 * 3600.0
# What is worth saying to people who did not ask: not that an account is as it was.
WORTH = (Kind.MOVED, Kind.ASK, Kind.CONTACT, Kind.WARN)
INSIDE = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED)


async def where(update: Update, room: Room) -> None:
    """Answer `/where NAME`, in a group or in private; without a name, the message that it replies to."""
    message = update.message
    if message is None or answered(room, message.message_id):
        return
    replied = message.reply_to_message
    text = rest(update, room) or ((replied.text or replied.caption or "") if replied else "")
    if not text:
        await say(room, room.words.say("where_what"), to=message.message_id)
        return
    await _answer(text, room)


async def spoken_to(update: Update, room: Room) -> None:
    """Answer a message that mentions the bot or replies to it."""
    message = update.message
    if message is None or answered(room, message.message_id):
        return
    if is_bare(message, room):
        what = room.words.say("call_what", bot=room.house.username)
        await say(room, what, to=message.message_id)
        return
    await _answer(question_in(message, room), room)


async def overheard(update: Update, room: Room) -> None:
    """Where an administrator wants it: say where an account went that a message names for sure, once in a while."""
    message = update.message
    text = (message.text or message.caption or "") if message else ""
    robot = message and message.from_user and message.from_user.is_bot and not message.sender_chat
    if message is None or not text or robot or message.via_bot:
        return
    match = room.house.matcher().match(text)
    if match.verdict is not Verdict.SURE or fold(match.accounts[0].name or "?") not in match.folded:
        return
    reply = await ask(room, text)
    if reply.account is None or reply.kind not in WORTH or _told(reply) in room.memory:
        return
    if speaks_too_much(room):
        return
    # Nobody asked, so nothing is asked back and no buttons are shown.
    await show(replace(reply, text=reply.plain or reply.text), room, message.message_id, bare=True)
    await afterwards(room.remember(_told(reply), "1", QUIET))


async def edited(update: Update, room: Room) -> None:
    """Answer an edited message of a group that had an answer, in its place."""
    if message := update.edited_message:
        await reanswered(message, question_in(message, room), room)


def had_answer(update: Update, room: Room) -> bool:
    """Tell whether an edited message had an answer."""
    return bool(update.edited_message and answered(room, update.edited_message.message_id))


async def greeted(update: Update, room: Room) -> None:
    """Say how to use the bot in a group."""
    await say(room, room.words.say("group_hello", bot=room.house.username))


async def speak(update: Update, room: Room) -> None:
    """Speak by ourselves from now on, or no longer; an administrator decides."""
    if not await _may(room):
        return
    speaks = not room.settings.speaks
    await room.keep(replace(room.settings, speaks=speaks))
    lines = [room.words.say("speak_on" if speaks else "speak_off")]
    if speaks and not await _hears(room):
        lines.append(room.words.say("speak_blind"))
    await say(room, "\n".join(lines))


async def leave(update: Update, room: Room) -> None:
    """Leave a group when an administrator says so."""
    if room.chat is None or not await _may(room):
        return
    await say(room, room.words.say("leaving", bot=room.house.username))
    await room.bot.leave_chat(room.chat.id)
    await room.ledger.people.gone(room.key)


async def membership(update: Update, room: Room) -> None:
    """Greet a group the bot was added to; end what a chat follows that threw it out or blocked it."""
    change = update.my_chat_member
    if change is None or change.new_chat_member is None:
        return
    was, now = change.old_chat_member.status, change.new_chat_member.status
    if now not in INSIDE:
        await room.ledger.people.gone(room.key)
    elif was not in INSIDE and in_group(update, room):
        await greeted(update, room)


async def migrated(update: Update, room: Room) -> None:
    """Take what belongs to a group along when it becomes a supergroup."""
    if update.message and update.message.migrate_to_chat_id:
        await room.ledger.people.move(room.key, key_of(update.message.migrate_to_chat_id))


def migrates(update: Update, room: Room) -> bool:
    """Tell whether a message says that its group has become a supergroup."""
    return update.message is not None and update.message.migrate_to_chat_id is not None


def speaks(update: Update, room: Room) -> bool:
    """Tell whether the bot may speak here without being asked."""
    return room.settings.speaks


async def _answer(text: str, room: Room) -> None:
    message = room.update.message
    if message is None:
        return
    reply = await ask(room, text, after=followed(message, room))
    await show(reply, room, message.message_id)
    if reply.account:
        await afterwards(room.remember(_told(reply), "1", QUIET))


def _told(reply: Reply) -> str:
    return f"told.{reply.account.account.id}" if reply.account else "told"


async def _may(room: Room) -> bool:
    """Tell whether who asks decides for the group; tell them if not."""
    if await by_admin(room):
        return True
    await say(room, room.words.say("admins_only"))
    return False


async def _hears(room: Room) -> bool:
    """Tell whether Telegram shows us the ordinary messages of a group."""
    if room.chat is None or room.bot.can_read_all_group_messages:
        return True
    own = await room.bot.get_chat_member(room.chat.id, room.bot.id)
    return own.status == ChatMember.ADMINISTRATOR
