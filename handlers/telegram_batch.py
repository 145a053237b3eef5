"""Many names at once on Telegram: a pasted list or a small file, answered by one list and a table."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from telegram import Document, Update

from bot.batch import MOST_BYTES, BatchError, Fault, acceptable, answered, names_of, table
from bot.reply import Reply
from bot.talk.desk import Scene, desk
from bot.talk.speaking import language_for
from handlers.telegram_room import Room
from handlers.telegram_rows import LAST, MANY, mark_of
from handlers.telegram_said import answered as answered_before
from handlers.telegram_show import afterwards, ask, busy, hush, say, show

FILE = "quxiang.csv"
A_DAY = 86_400.0


async def document(update: Update, room: Room) -> None:
    """Answer a file of names; any other file is told what would be read."""
    message = update.message
    file = message.document if message else None
    if message is None or file is None:
        return
    try:
        async with busy(room):
            content = await _content(file)
            names = await asyncio.to_thread(names_of, file.file_name or "", content)
            reply = await asyncio.to_thread(answered, names, _scene("\n".join(names[:3]), room))
    except BatchError as error:
        await say(room, room.words.say(f"batch_{error.fault}"), to=message.message_id)
        return
    if answered_before(room, message.message_id) is None:  # the table alone was held up
        await show(replace(reply, rows=()), room, message.message_id)  # its table comes anyway
    await _send(reply, room)


async def listed(reply: Reply, text: str, room: Room) -> None:
    """Send the table of a pasted list, or remember what it is made of when somebody asks for it."""
    if len(reply.rows) >= MANY:
        await _send(reply, room)
    elif reply.rows:
        await afterwards(room.remember(LAST, text, A_DAY))


async def saved(update: Update, room: Room) -> None:
    """Send the table of the list that a button stands under."""
    await hush(update)
    query = update.callback_query
    wanted = ((query.data if query else None) or "").partition(":")[2]
    reply = await ask(room, room.memory.get(LAST, ""))
    if reply.rows and mark_of(reply) == wanted:
        await _send(reply, room)
    else:
        await say(room, room.words.say("button_gone"))


async def _send(reply: Reply, room: Room) -> None:
    if room.chat and reply.rows:
        await room.bot.send_document(
            room.chat.id, table(reply.rows), filename=FILE, message_thread_id=room.thread
        )


async def _content(file: Document) -> bytes:
    """Fetch a file, if it may be one of names. Raises: BatchError."""
    fault = acceptable(file.file_name or "", file.file_size)
    if fault:
        raise BatchError(fault)
    content = bytes(await (await file.get_file()).download_as_bytearray())
    if len(content) > MOST_BYTES:
        raise BatchError(Fault.LARGE)
    return content


def _scene(text: str, room: Room) -> Scene:
    matcher = room.house.matcher()
    language = language_for(text, room.settings.language, room.locale)
    return Scene(matcher, desk(matcher).voice(language), room.house.today(), area=room.settings.area)
