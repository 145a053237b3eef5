"""What Telegram itself shows of the bot, in each language: the menu of commands, and what stands in its profile.

Set at start, and only where it differs: Telegram counts these calls. Without them the bot runs as well.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError

from bot.wording import words
from handlers.telegram_room import House

log = logging.getLogger(__name__)

# Telegram takes a two-letter language, so Traditional cannot be told from Simplified here; the replies can.
LANGUAGES = {"": "zh-Hans", "zh": "zh-Hans", "en": "en"}
EVERYBODY = ("start", "help", "area", "follow", "language", "privacy", "stop", "about")
MAINTAINERS = ("queue", "stats", "health", "reload")
# A command is called `command_…` in the wordings.
MENUS: Mapping[BotCommandScope, tuple[str, ...]] = {
    BotCommandScopeDefault(): EVERYBODY,
    BotCommandScopeAllPrivateChats(): EVERYBODY,
    BotCommandScopeAllGroupChats(): ("where", "help"),
    BotCommandScopeAllChatAdministrators(): (
        "where",
        "help",
        "speak",
        "leave",
        "area",
        "follow",
        "language",
        "privacy",
        "stop",
    ),
}


async def introduce(house: House) -> None:
    """Set what differs; what cannot be set now is set at the next start."""
    for code, language in LANGUAGES.items():
        try:
            await _menus(house, code, language)
            await _profile(house, code, language)
        except TelegramError as error:
            log.warning("the menu or the profile was not set: %s", error)


async def for_maintainers(house: House, chat: int) -> None:
    """Show a chat of the maintainers their commands too; it has written, so Telegram knows it."""
    try:
        for code, language in LANGUAGES.items():
            await _menu(house, BotCommandScopeChat(chat), (*EVERYBODY, *MAINTAINERS), code, language)
    except TelegramError as error:
        log.warning("the menu of maintainers was not set: %s", error)


async def _menus(house: House, code: str, language: str) -> None:
    for scope, names in MENUS.items():
        await _menu(house, scope, names, code, language)


async def _menu(house: House, scope: BotCommandScope, names: Sequence[str], code: str, language: str) -> None:
    wanted = [BotCommand(name, words(language).say(f"command_{name}")) for name in names]
    if list(await house.bot.get_my_commands(scope, code or None)) != wanted:
        await house.bot.set_my_commands(wanted, scope, code or None)


async def _profile(house: House, code: str, language: str) -> None:
    bot, w = house.bot, words(language)
    if (await bot.get_my_description(code or None)).description != w.say("description"):
        await bot.set_my_description(w.say("description"), code or None)
    if (await bot.get_my_short_description(code or None)).short_description != w.say("short_description"):
        await bot.set_my_short_description(w.say("short_description"), code or None)
