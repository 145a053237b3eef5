"""What went wrong with an update: logged with a number that the person is told too."""

from __future__ import annotations

import logging
import secrets

from telegram.error import Forbidden, TelegramError

from handlers.telegram_room import House, Room

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


async def unreadable(error: Exception, update_id: int, house: House) -> None:
    """Report an update that nobody can read; it lies with the dead letters."""
    number = secrets.token_hex(3)
    # What an error says of it may be a person's words.
    log.error("unreadable, reference %s, update %s: %s", number, update_id, type(error).__name__)
    await _reported(error, number, house)


async def _reported(error: Exception, number: str, house: House) -> None:
    """Report an error; that this fails keeps nobody from an answer."""
    try:
        await report(error, number, house)
    except Exception:
        log.exception("could not report %s", number)


async def report(error: Exception, number: str, house: House) -> None:
    """Tell the maintainers of an error."""
