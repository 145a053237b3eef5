"""What went wrong with an update: logged with a number that the person is told too."""

from __future__ import annotations

import hashlib
import logging
import secrets
import traceback
from pathlib import Path

from telegram.error import Forbidden, InvalidToken, TelegramError

from bot.ledger import Letter
from bot.setting import ROOT
from handlers.telegram_room import ERROR, House, Room, key_of

log = logging.getLogger(__name__)


async def failed(error: Exception, room: Room) -> None:
    """Log an error under a number, and tell the person that number and what to do."""
    if isinstance(error, Forbidden):  # nobody there to be told; what they followed has ended with it
        log.info("the chat of update %s takes no messages", room.update.update_id)
        return
    number = secrets.token_hex(3)
    log.error("failed, reference %s, update %s", number, room.update.update_id, exc_info=error)
    await _reported(error, number, room.house)
    if room.chat is None or room.update.guest_message:
        return
    try:
        text = room.words.say("trouble", number=number)
        await room.bot.send_message(room.chat.id, text, message_thread_id=room.thread)
    except TelegramError:
        log.warning("could not tell the person about %s", number)


async def is_refused(house: House) -> bool:
    """Tell whether the token is no longer taken: the library says the same of a method that a server does not have."""
    try:
        await house.bot.get_me()
    except InvalidToken:
        return True
    except TelegramError:
        return False
    return False


async def unreadable(error: Exception, update_id: int, house: House) -> None:
    """Report an update that nobody can read; it lies with the dead letters."""
    number = secrets.token_hex(3)
    # What an error says of it may be a person's words.
    log.error("unreadable, reference %s, update %s: %s", number, update_id, type(error).__name__)
    await _reported(error, number, house)


async def stumbled(error: Exception, house: House) -> None:
    """Report that something the bot does by itself failed; it is begun again."""
    number = secrets.token_hex(3)
    log.error("begun again soon, reference %s", number, exc_info=error)
    await _reported(error, number, house)


async def _reported(error: Exception, number: str, house: House) -> None:
    """Report an error; that this fails keeps nobody from an answer."""
    try:
        await report(error, number, house)
    except Exception:
        log.exception("could not report %s", number)


async def report(error: Exception, number: str, house: House) -> None:
    """Tell the maintainers of an error, once for each cause: the letter's key says which, as long as it is remembered.

    The number is the one that the person was told. Nothing that an error says of itself is sent on: it may be a
    person's words.
    """
    cause = cause_of(error)
    key = f"error {hashlib.sha256(cause.encode()).hexdigest()[:16]}"
    text = f"出错了(编号 {number}):{cause}。在日志里搜 {number};同样的不再说。"
    await warned(text, key, house)


async def warned(text: str, key: str, house: House) -> None:
    """Tell each maintainer something, once for as long as the key is remembered."""
    letters = [Letter(key, key_of(chat), text, house.now(), key, ERROR) for chat in sorted(house.maintainers)]
    if letters:
        await house.ledger.outbox.put(letters)


def cause_of(error: Exception) -> str:
    """Return what an error is and where in our code it came from: two of the same cause give the same."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if Path(f.filename).is_relative_to(ROOT) and ".venv" not in f.filename]
    if not frames:
        return type(error).__name__
    last = (ours or frames)[-1]
    path = Path(last.filename)
    shown = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    return f"{type(error).__name__},{shown}:{last.lineno}"
