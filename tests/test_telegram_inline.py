"""Inline mode on Telegram: results to send as they are, page by page; a miss leads to the bot with its question."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from conftest import matcher_of, unit
from serving import PATIENCE, Serving
from telegram.constants import InlineQueryLimit

from bot.matcher import Matcher
from handlers.telegram_inline import A_PAGE
from tests.botapi import BotApi, User


@pytest.fixture
async def bot(matcher: Matcher, tmp_path: Path) -> AsyncIterator[Serving]:
    """A bot with the real knowledge."""
    async with BotApi() as api, Serving(api, tmp_path, matcher) as serving:
        yield serving
        assert api.problems == []


async def typed(bot: Serving, user: User, text: str, offset: str = "") -> Any:
    """Return what the bot shows for a text."""
    query = await bot.api.inline(user, text, offset)
    return await bot.api.until(lambda: query.answer, timeout=PATIENCE)


async def test_a_miss_offers_to_open_the_bot_which_answers_the_question(bot: Serving) -> None:
    user = bot.api.user()
    answer = await typed(bot, user, "暨阳湖快讯")
    assert answer["results"] == []
    button = answer["button"]
    assert button["text"] == "没查到,打开机器人细问"
    reply = await bot.ask(user, f"/start {button['start_parameter']}")
    assert reply.text.startswith("没查到这个账号")


async def test_the_chosen_result_is_the_forwardable_text_and_nothing_else(bot: Serving) -> None:
    user = bot.api.user()
    query = await bot.api.inline(user, "水润港城")
    answer = await bot.api.until(lambda: query.answer, timeout=PATIENCE)
    first = answer["results"][0]
    assert first["title"] == "水润港城(微信公众号·苏州市张家港市)"
    sent = await bot.api.choose(query, first["id"], bot.api.group(members=(user,)))
    assert "张家港市水务局" in sent.text
    assert "非官方" in sent.text
    assert sent.buttons == []


async def test_nothing_typed_shows_closures_of_the_home_area_page_by_page(bot: Serving) -> None:
    user = bot.api.user()
    await bot.ask(user, "/area 江苏")
    seen: list[str] = []
    offset = ""
    for _ in range(3):
        answer = await typed(bot, user, "", offset)
        assert 0 < len(answer["results"]) <= A_PAGE <= InlineQueryLimit.RESULTS
        seen += [r["id"] for r in answer["results"]]
        offset = answer["next_offset"]
        assert len(offset.encode()) <= InlineQueryLimit.MAX_OFFSET_LENGTH
        if not offset:
            break
    assert len(set(seen)) == len(seen)
    places = [u.place for i in seen if (u := bot.matcher.base.holder(i))]
    assert all("320000" in bot.matcher.gazetteer.chain(p) for p in places)


@pytest.mark.parametrize("offset", ["10.0123456789ab", "x", "-5.", "99999999.", "٣", "10.", "." * 64])
async def test_an_offset_of_another_version_or_of_nobody_does_no_harm(bot: Serving, offset: str) -> None:
    answer = await typed(bot, bot.api.user(), "水润港城", offset)
    assert "button" not in answer or answer["button"] is None


async def test_what_holds_no_letter_is_a_miss_and_not_taken_for_nothing_typed(bot: Serving) -> None:
    assert (await typed(bot, bot.api.user(), "🤖"))["results"] == []
    assert len((await typed(bot, bot.api.user(), ""))["results"]) == A_PAGE


@pytest.mark.parametrize("text", ["x" * 256, "水" * 256, "\n\t", "<b>&", "🤖" * 128])
async def test_any_text_gets_an_answer(bot: Serving, text: str) -> None:
    assert "results" in await typed(bot, bot.api.user(), text)


async def test_each_person_reads_their_language_and_results_are_not_shared(bot: Serving) -> None:
    english = await typed(bot, bot.api.user(language_code="en"), "shui run gang cheng")
    plain = await typed(bot, bot.api.user(), "水润港城")
    assert english["is_personal"]
    assert "notice" in english["results"][0]["description"]
    assert "公告" in plain["results"][0]["description"]


async def test_a_new_version_ends_the_pages_of_the_old(bot: Serving, tmp_path: Path) -> None:
    user = bot.api.user()
    first = await typed(bot, user, "")
    assert first["next_offset"] == f"10.{bot.matcher.base.digest[:12]}"
    account = unit(
        "张家港市甲局", "id: a-wx, name: 港城甲号, platform: wechat, state: closed, notice: unseen"
    )
    bot.matcher = matcher_of(tmp_path / "knowledge", account)
    assert (await typed(bot, user, "", first["next_offset"]))["results"] == []
    assert [r["id"] for r in (await typed(bot, user, ""))["results"]] == ["a-wx"]
