"""The bot in any chat, while somebody types its name and an account's: results to send, a way to the bot for a miss."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from weakref import WeakKeyDictionary

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import InlineQueryLimit, MessageLimit
from telegram.error import BadRequest

from bot.matcher import Matcher
from bot.suggesting import Suggestions, suggest
from bot.talk.desk import Scene, desk
from bot.talk.speaking import language_for
from handlers.telegram_links import start_of
from handlers.telegram_room import Room
from handlers.telegram_text import cut

log = logging.getLogger(__name__)

# Results of a page: Telegram takes 50, a phone shows five.
A_PAGE = 10
assert A_PAGE <= InlineQueryLimit.RESULTS  # noqa: S101
# Seconds for which Telegram may show one person the same results again.
FRESH = 60
# Pages that are kept of a version of the base.
MOST_KEPT = 1000
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# What the way to the bot carries of a query that no link can: the bot greets.
ELSEWHERE = "inline"
_Pages = OrderedDict[tuple[str, str, str | None, int], Suggestions]
_pages: WeakKeyDictionary[Matcher, _Pages] = WeakKeyDictionary()


async def inline(update: Update, room: Room) -> None:
    """Answer an inline query; one of a version of the base that is gone has no further page."""
    query = update.inline_query
    if query is None:
        return
    matcher = room.house.matcher()
    language = language_for(query.query, room.settings.language, room.locale)
    scene = Scene(matcher, desk(matcher).voice(language), room.house.today(), area=room.settings.area)
    skip, version = _place(query.offset)
    now = matcher.base.digest[:12]
    found = Suggestions(())
    if version in ("", now):
        found = await _found(query.query, skip, scene)
    button = None
    if found.missed:
        label = scene.voice.say("inline_missed")
        button = InlineQueryResultsButton(label, start_parameter=start_of(query.query) or ELSEWHERE)
    try:
        await query.answer(
            [_article(s.account, s.title, s.note, s.text) for s in found.found],
            cache_time=FRESH,
            is_personal=True,
            next_offset=f"{skip + A_PAGE}.{now}" if found.more else "",
            button=button,
        )
    except BadRequest as error:  # they type on, or waited too long
        log.info("an inline query was not answered: %s", error)


async def _found(text: str, skip: int, scene: Scene) -> Suggestions:
    """Return a page, found once for each version of the base: who types asks again and again for the same."""
    kept = _pages.setdefault(scene.matcher, OrderedDict())
    key = (" ".join(text.split()), scene.voice.language, scene.area, skip)
    if key not in kept:
        kept[key] = await asyncio.to_thread(suggest, text, skip, A_PAGE, scene)
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    return kept[key]


def _place(offset: str) -> tuple[int, str]:
    """Return how many results were shown, and the version they were of."""
    number, _, version = offset.partition(".")
    return (int(number), version) if number.isascii() and number.isdecimal() and len(number) < 6 else (0, "")


def _article(account: str, title: str, note: str, text: str) -> InlineQueryResultArticle:
    content = InputTextMessageContent(
        cut(text, MessageLimit.MAX_TEXT_LENGTH), link_preview_options=NO_PREVIEW
    )
    return InlineQueryResultArticle(account, title, content, description=note)
