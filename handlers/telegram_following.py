"""What a reply's wish to be told does, and the buttons that go with it."""

from __future__ import annotations

from telegram import InlineKeyboardButton

from bot.following.publisher import following
from bot.ledger import Kind, Missing
from bot.reply import Asks, Reply
from bot.talk.tokens import INQUIRE
from bot.wording import words
from handlers.telegram_room import Room
from handlers.telegram_stop import LETTERS, stop_button

# Seconds for which the language of letters is remembered: while somebody may follow; /stop erases it.
FOR_LONG = 10 * 365 * 86_400.0
# The button by which somebody who asked in vain is told when it is found: once it was passed on, or in one with that.
TELL, ASK_AND_TELL = "tell:", "tell:too"


async def follow_account(account: str, room: Room) -> None:
    """Follow an account as its answer stands: until it is known where it went, or whenever that changes."""
    matcher = room.house.matcher()
    kind = following(account, matcher)
    new = await room.ledger.follows.follow(room.key, kind, account)
    await room.remember(LETTERS, room.language, FOR_LONG)
    record = matcher.base.account(account)
    if new and kind is Kind.KNOWN and record and record.name:  # maintainers see how many wait for it
        await room.ledger.questions.asked(Missing.DESTINATION, record.name)


async def pass_on(question: str, room: Room) -> None:
    """Give the maintainers a question that nobody could answer."""
    await room.ledger.questions.asked(Missing.ACCOUNT, question)


def follow_keys(reply: Reply, room: Room) -> list[list[InlineKeyboardButton]]:
    """Return what a reply offers to tell; and under one that grants it, its end."""
    w = words(reply.language)
    if reply.wish and reply.wish.asks is Asks.TELL:
        kind = following(reply.wish.value, room.house.matcher())
        return [stop_button(kind, reply.wish.value, w.say("follow_stop"))]
    if reply.wish and reply.wish.asks is Asks.INQUIRE and reply.wish.value:
        return [[InlineKeyboardButton(w.say("follow_question"), callback_data=TELL)]]
    rows = [[InlineKeyboardButton(c.label, callback_data=c.choice)] for c in reply.offers]
    for choice, row in zip(reply.offers, rows, strict=True):
        if choice.choice == INQUIRE:
            row.append(InlineKeyboardButton(w.say("follow_question"), callback_data=ASK_AND_TELL))
    return rows
