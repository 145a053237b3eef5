"""What people think of an answer: why it did not help, and what is wrong with it, on whose word."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.following.publisher import following
from bot.ledger import Kind
from bot.ledger.feedback import LONGEST_TEXT
from bot.talk.tokens import tell_choice
from handlers.telegram_keys import THIS
from handlers.telegram_room import Room, key_of
from handlers.telegram_show import hush, say
from handlers.telegram_text import cut
from handlers.telegram_votes import REASONS, subject

# What the next message of a person is, and what is remembered with it: the answer that is wrong, the correction's number.
WRONG, SOURCE = "correcting", "sourcing"
# Seconds for which it is waited for.
PATIENCE = 3600.0
# What a vote on an answer without an account was about, for the reason that follows.
MISSED = "missed"


async def down(update: Update, room: Room) -> None:
    """Keep that an answer did not help, and ask why, which nobody has to say; a group is not asked."""
    query = update.callback_query
    if query is None:
        return
    about = (query.data or "").split(":", 2)[2]
    meant = subject(about, room)
    await room.ledger.feedback.vote(key_of(query.from_user.id), meant, good=False)
    await hush(update, room.words.say("voted"))
    if not room.is_private:
        return
    if about == THIS:
        await room.remember(MISSED, meant, PATIENCE)
    rows = [
        [InlineKeyboardButton(room.words.say(f"why_{r}"), callback_data=f"why:{r}:{about}")] for r in REASONS
    ]
    await say(room, room.words.say("why"), InlineKeyboardMarkup(rows))


async def why(update: Update, room: Room) -> None:
    """Keep the reason; whoever says that the answer is wrong is asked what is right."""
    query = update.callback_query
    if query is None:
        return
    _, reason, about = (query.data or "").split(":", 2)
    meant = room.memory.get(MISSED, "?") if about == THIS else about
    await room.ledger.feedback.vote(key_of(query.from_user.id), meant, good=False, reason=reason)
    await hush(update)
    if reason in ("wrong", "stale") and room.is_private:
        await _ask(meant, room)
    else:
        await say(room, room.words.say("why_thanks"))


async def wrong(update: Update, room: Room) -> None:
    """Ask what is wrong with an answer."""
    query = update.callback_query
    about = ((query.data if query else None) or "").partition(":")[2]
    await hush(update)
    await _ask(subject(about, room), room)


async def corrected(update: Update, room: Room) -> None:
    """Keep what a person says is wrong, and ask on whose word."""
    about = room.memory[WRONG]
    number = await room.ledger.feedback.correct(room.key, about, _text(update))
    # In this order, so that whenever a worker ends, the same message is known again for what it was.
    await room.remember(SOURCE, f"{number} {_number(update)} {about}", PATIENCE)
    await _forget(WRONG, room)
    await _ask_source(room)


async def _ask_source(room: Room) -> None:
    skip = InlineKeyboardButton(room.words.say("fix_skip"), callback_data="fixed:skip")
    await say(room, room.words.say("fix_source"), InlineKeyboardMarkup([[skip]]))


async def sourced(update: Update, room: Room) -> None:
    """Keep on whose word a correction is."""
    number, correction, about = room.memory[SOURCE].split(" ", 2)
    if correction == str(_number(update)):  # the correction itself, handled again
        await _forget(WRONG, room)
        await _ask_source(room)
        return
    await room.ledger.feedback.add_source(int(number), room.key, _text(update))
    await _thank(about, room)
    await _forget(SOURCE, room)


async def skipped(update: Update, room: Room) -> None:
    """Leave a correction without a source, or take the offer to correct back."""
    await hush(update)
    about = room.memory.get(SOURCE, "").partition(" ")[2].partition(" ")[2]
    # Answered before it is forgotten: handled again over a death, the same button still means what it meant.
    if about:
        await _thank(about, room)
    else:
        await say(room, room.words.say("send_name" if WRONG in room.memory else "button_gone"))
    await _forget(WRONG, room)
    await _forget(SOURCE, room)


def is_waited_for(update: Update, room: Room) -> bool:
    """Tell whether a message may be a correction or its source: text of their own, no command."""
    message = update.message
    return bool(message and _text(update) and not message.forward_origin)


async def _ask(about: str, room: Room) -> None:
    await room.remember(WRONG, about, PATIENCE)
    await _forget(SOURCE, room)
    leave = InlineKeyboardButton(room.words.say("fix_leave"), callback_data="fixed:skip")
    await say(room, room.words.say("fix_ask"), InlineKeyboardMarkup([[leave]]))


async def _thank(about: str, room: Room) -> None:
    rows = []
    if not about.startswith("?"):
        known = following(about, room.house.matcher()) is Kind.KNOWN
        label = room.words.say("tell_known" if known else "tell_changes")
        rows = [[InlineKeyboardButton(label, callback_data=tell_choice(about))]]
    await say(room, room.words.say("fix_thanks"), InlineKeyboardMarkup(rows) if rows else None)


async def _forget(name: str, room: Room) -> None:
    if room.memory.pop(name, None) is not None:
        await room.ledger.people.remember(room.key, name, "", 0)


def _number(update: Update) -> int:
    return update.message.message_id if update.message else 0


def _text(update: Update) -> str:
    message = update.message
    return cut((message.text or message.caption or "") if message else "", LONGEST_TEXT)
