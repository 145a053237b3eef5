"""The bots that `benchmarks/load.py` measures ours beside: each looks nothing up and repeats what it is told.

python -m benchmarks.load_bots durable|library|aiogram URL TOKEN PORT [LEDGER [INDEX]]
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from bot import index
from bot.matcher import Matcher
from bot.serving import Webhook
from bot.setting import Setting, today
from handlers import telegram_bot
from handlers.telegram_kinds import line, message, private
from handlers.telegram_room import Room
from handlers.telegram_show import say


async def _repeat(update: Update, room: Room) -> None:
    if update.message:
        await say(room, update.message.text or "", to=update.message.message_id)


def durable(url: str, token: str, port: int, ledger: str, target: str = "") -> None:
    """Serve one line on our own plumbing: inbox, lanes, patience, ledger; with an index, each text is matched and repeated."""
    plumbing: Any = telegram_bot
    plumbing.BESIDE = ()
    matcher = Matcher(index.Base(Path(target))) if target else None

    async def repeat(update: Update, room: Room) -> None:
        if matcher and update.message:
            matcher.match(update.message.text or "")
        await _repeat(update, room)

    plumbing.LINES = (line(repeat if matcher else _repeat, private, message(filters.TEXT)),)

    def none() -> None:
        return None

    webhook = Webhook(f"http://127.0.0.1:{port}", "secret")
    setting = Setting(
        none,  # type: ignore[arg-type]  # nothing is looked up
        today,
        token,
        url,
        ledger=ledger,
        webhook=webhook,
        listen=("127.0.0.1", port),
    )
    telegram_bot.run(setting)


def library(url: str, token: str, port: int) -> None:
    """Serve with python-telegram-bot as it comes, by its own webhook."""

    async def repeat(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:  # noqa: ARG001
        if update.message:
            await update.message.reply_text(update.message.text or "")

    application = Application.builder().token(token).base_url(f"{url}/bot").build()
    application.add_handler(MessageHandler(filters.TEXT, repeat))
    application.run_webhook("127.0.0.1", port, "telegram", webhook_url=f"http://127.0.0.1:{port}/telegram")


def aiogram(url: str, token: str) -> None:
    """Serve with aiogram as it comes, by polling."""
    # The others are weighed, too, and are not to carry it.
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import Message

    dispatcher = Dispatcher()

    async def repeat(message: Message) -> None:
        await message.answer(message.text or "")

    dispatcher.message.register(repeat)
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    asyncio.run(dispatcher.start_polling(bot))


if __name__ == "__main__":
    name, base, secret, number, *more = sys.argv[1:]
    if name == "durable":
        durable(base, secret, int(number), *more)
    elif name == "library":
        library(base, secret, int(number))
    else:
        aiogram(base, secret)
