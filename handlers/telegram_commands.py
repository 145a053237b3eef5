"""The commands everybody has."""

from __future__ import annotations

import re

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.matcher import Verdict
from bot.reply import Kind, Reply
from bot.talk.tokens import account_choice
from handlers.telegram_addressed import by_admin
from handlers.telegram_kinds import rest
from handlers.telegram_links import need_of, question_of
from handlers.telegram_room import Room
from handlers.telegram_said import Said
from handlers.telegram_show import ask, say, show

# Real names to try, of which /start shows those that are known for sure today: moved, an app, a website.
EXAMPLES = ("水润港城", "健康济阳", "莒南交警")
_ID = re.compile(r"[a-z0-9-]{1,32}")


async def start(update: Update, room: Room) -> None:
    """Open the answer that a link leads to; without one, greet, with examples to press."""
    reply = await _linked(rest(update, room), room)
    if reply:
        await show(reply, room, _number(update))
    else:
        await say(room, room.words.say("hello"), InlineKeyboardMarkup(_examples(room)))


async def _linked(start: str, room: Room) -> Reply | None:
    """Return the answer that a link opens; `None` where it leads nowhere."""
    matcher = room.house.matcher()
    if question := question_of(start):
        return await ask(room, question, after=Said(0))
    choice = need_of(start)
    if _ID.fullmatch(start) and matcher.base.account(matcher.base.moved(start)):
        choice = account_choice(matcher.base.moved(start))
    reply = await ask(room, choice=choice) if choice else None
    return reply if reply and reply.kind is not Kind.CHAT else None


async def help_(update: Update, room: Room) -> None:
    """Say what we are for, and the address that people may write to, where there is one."""
    lines, address = [room.words.say("help")], room.house.setting.contact
    if address:
        lines.append(room.words.say("tell_us", address=address))
    await say(room, "\n".join(lines), to=_number(update))


async def about(update: Update, room: Room) -> None:
    """Say who this is and how far to trust it."""
    await say(room, room.words.say("about"), to=_number(update))


async def language(update: Update, room: Room) -> None:
    """Offer the languages, or take the one that was named; in a group its administrators decide."""
    if not await by_admin(room):
        await say(room, room.words.say("admins_only"), to=_number(update))
        return
    await show(await ask(room, f"/language {rest(update, room)}".strip()), room, _number(update))


def _number(update: Update) -> int | None:
    return update.message.message_id if update.message else None


def _examples(room: Room) -> list[list[InlineKeyboardButton]]:
    matcher = room.house.matcher()
    found = [(name, matcher.match(name)) for name in EXAMPLES]
    return [
        [InlineKeyboardButton(name, callback_data=account_choice(match.accounts[0].id))]
        for name, match in found
        if match.verdict is Verdict.SURE
    ]
