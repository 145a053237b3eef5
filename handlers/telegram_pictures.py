"""A screenshot of a notice: its text is read on this machine; what any other picture shows is nobody's business."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

from telegram import Message
from telegram.error import TelegramError

from bot.reply import Asks, Kind, Reply
from bot.upkeep import ocr
from bot.upkeep.readable import Readable, UnreadableError
from handlers.telegram_room import Room
from handlers.telegram_show import ask, busy

# Reading a picture takes all the machine has for some seconds: one at a time.
_READING = threading.Lock()


async def notice_in(message: Message, room: Room) -> Reply | None:
    """Return the reply to the notice that a picture shows; `None` when it shows none, or nothing here reads pictures."""
    if not message.photo or not room.is_private or not ocr.installed():
        return None
    photo = message.photo[-1]
    if (photo.file_size or 0) > ocr.MOST_BYTES:
        return None
    try:
        async with busy(room):
            content = bytes(await (await photo.get_file()).download_as_bytearray())
            found = await asyncio.to_thread(_read, content)
    except (TelegramError, UnreadableError):
        return None
    reply = await ask(room, found.text)
    held = reply.wish is not None and reply.wish.asks is Asks.HOLD
    if reply.kind is not Kind.NOTICE and not held and reply.account is None:
        return None
    if not found.remarks:
        return reply
    return replace(reply, text="\n".join((room.words.say("picture_unclear"), reply.text)))


def _read(content: bytes) -> Readable:
    with _READING:
        return ocr.read(content)
