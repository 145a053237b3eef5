"""Feedback on Telegram: reasons on every kind of answer, corrections with their source, kept without numbers of people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from conftest import matcher_of, unit
from serving import Serving
from telegram.error import NetworkError

from bot.ledger import Ledger, Missing
from handlers import telegram_desk, telegram_feedback
from tests.botapi import BotApi, User

A = "id: a-wx, name: 港城甲号, platform: wechat, state: closed, notice: unseen, stopped: 2020-01-02"
B = "id: b-wx, name: 港城乙号, platform: wechat, state: active, seen: 2024-01-01"


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Serving]:
    """A bot that knows two accounts."""
    text = unit("张家港市甲局", A) + unit("张家港市乙局", B)
    async with BotApi() as api, Serving(api, tmp_path, matcher_of(tmp_path / "knowledge", text)) as serving:
        yield serving
        assert api.problems == []


@pytest.fixture
async def ledger(bot: Serving) -> AsyncIterator[Ledger]:
    """The bot's ledger, to look into."""
    opened = await bot.look()
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    "text", ["港城甲号", "港城乙号", "港城", "暨阳湖快讯", "社保怎么办", "港城甲号、港城乙号"]
)
async def test_every_kind_of_answer_takes_a_vote_and_a_reason(
    bot: Serving, ledger: Ledger, text: str
) -> None:
    user = bot.api.user()
    asked = await bot.tap(user, await bot.ask(user, text), "👎")
    assert asked.labels == ["说的不对", "没有我要的", "看不懂", "过时了", "别的"]
    thanked = await bot.tap(user, asked, "看不懂")
    assert thanked.text.startswith("谢谢,告诉维护者了")
    (vote,) = await ledger.feedback.votes(0)
    assert (vote.kind, vote.reason, vote.people) == ("down", "unclear", 1)


async def correcting(bot: Serving, user: User) -> None:
    """Let a person press that the answer about 港城甲号 is wrong."""
    asked = await bot.tap(user, await bot.ask(user, "港城甲号"), "有误?")
    assert asked.text.startswith("哪里不对")


async def test_a_correction_and_its_source_are_kept_scrubbed(bot: Serving, ledger: Ledger) -> None:
    user = bot.api.user()
    await correcting(bot, user)
    source = await bot.ask(user, "它搬到今日张家港了,我电话 13812345678")
    assert source.text.startswith("在哪儿看到的")
    thanked = await bot.ask(user, "https://www.zjg.gov.cn/x 我的邮箱 a@b.com")
    assert thanked.text.startswith("谢谢,记下了,维护者核对后会改")
    assert thanked.labels == ["有去向了告诉我"]
    (kept,) = await ledger.feedback.corrections()
    assert (kept.about, kept.text) == ("a-wx", "它搬到今日张家港了,我电话 〔电话〕")
    assert kept.source == "https://www.zjg.gov.cn/x 我的邮箱 〔邮箱〕"
    assert "今日张家港" not in (await bot.ask(user, "港城乙号")).text


async def test_a_source_may_be_skipped_and_the_correction_is_kept_before_it(
    bot: Serving, ledger: Ledger
) -> None:
    user = bot.api.user()
    await correcting(bot, user)
    source = await bot.ask(user, "名字写错了")
    (kept,) = await ledger.feedback.corrections()
    assert (kept.text, kept.source) == ("名字写错了", "")
    assert (await bot.tap(user, source, "跳过")).text.startswith("谢谢,记下了")
    assert "港城甲号" in (await bot.ask(user, "港城甲号")).text


async def test_who_says_never_mind_is_asked_no_more(bot: Serving, ledger: Ledger) -> None:
    user = bot.api.user()
    asked = await bot.tap(user, await bot.ask(user, "港城甲号"), "有误?")
    await bot.tap(user, asked, "不说了")
    await bot.api.say(user, "港城乙号")  # no correction any more
    while "港城乙号" not in (await bot.next(user)).text:
        pass
    assert (await bot.tap(user, asked, "不说了")).text.startswith("这个按钮用不了了")
    assert await ledger.feedback.corrections() == []


async def test_a_command_or_a_sticker_is_no_correction(bot: Serving, ledger: Ledger) -> None:
    user = bot.api.user()
    await correcting(bot, user)
    assert (await bot.ask(user, "/help")).text.startswith("发账号名字给我")
    await bot.api.sticker(user)
    assert (await bot.next(user)).text.startswith("我只看得懂文字")
    assert await ledger.feedback.corrections() == []


async def test_whoever_says_that_it_is_wrong_is_asked_what_is_right(bot: Serving, ledger: Ledger) -> None:
    user = bot.api.user()
    asked = await bot.tap(user, await bot.ask(user, "港城甲号"), "👎")
    assert (await bot.tap(user, asked, "说的不对")).text.startswith("哪里不对,应当怎么说")


async def test_a_longest_message_as_a_correction_is_kept_as_far_as_it_goes(
    bot: Serving, ledger: Ledger
) -> None:
    user = bot.api.user()
    await correcting(bot, user)
    await bot.ask(user, "错" * 4096)
    (kept,) = await ledger.feedback.corrections()
    assert kept.text == "错" * 2000


async def test_a_name_that_nobody_found_is_counted_without_who_asked(bot: Serving, ledger: Ledger) -> None:
    one, other = bot.api.user(), bot.api.user()
    await bot.ask(one, "暨阳湖快讯")
    await bot.ask(other, "暨阳湖快讯")
    await bot.ask(
        one,
        "暨阳湖快讯和我说的那些事情,是从前楼下的老王告诉我的,他又是听他家隔壁的邻居说的,不知道是不是真有这么一个号",
    )
    await bot.ask(other, "港城乙号")
    (found,) = await ledger.questions.open()
    assert (found.missing, found.question, found.times) == (Missing.LOOKUP, "暨阳湖快讯", 2)


@pytest.mark.parametrize("data", ["why:wrong:-", "why:nothing:a-wx", "fix:-", "fixed:skip", "vote:down:x"])
async def test_a_forged_or_old_button_gets_a_friendly_line(bot: Serving, data: str) -> None:
    user = bot.api.user()
    await bot.api.tap_raw(user, await bot.ask(user, "港城甲号"), data)
    assert (await bot.next(user)).text


@pytest.mark.parametrize(
    ("step", "is_done"),
    [("_forget", False), ("_forget", True), ("_ask_source", True), ("_thank", True), ("say", True)],
)
async def test_a_correction_handled_again_after_any_step_is_kept_once_and_is_not_its_own_source(
    bot: Serving, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, step: str, is_done: bool
) -> None:
    monkeypatch.setattr(telegram_desk, "PAUSE", 0.05)
    user = bot.api.user()
    await correcting(bot, user)
    done = getattr(telegram_feedback, step)
    failed: list[str] = []

    async def fails_once(*given: Any) -> None:
        if failed or is_done:
            await done(*given)
        if not failed:
            failed.append(step)
            raise NetworkError("gone")

    monkeypatch.setattr(telegram_feedback, step, fails_once)
    await bot.api.say(user, "它搬到今日张家港了")
    while not (await bot.next(user)).text.startswith("在哪儿看到的"):
        pass
    await bot.api.say(user, "报上说的")
    while not (await bot.next(user)).text.startswith("谢谢,记下了"):
        pass
    await bot.api.until(lambda: failed, timeout=30)
    (kept,) = await ledger.feedback.corrections()
    assert (kept.text, kept.source) == ("它搬到今日张家港了", "报上说的")
    await bot.api.say(user, "港城乙号")  # no correction any more
    while "港城乙号" not in (await bot.next(user)).text:
        pass


@pytest.mark.parametrize("step", ["_forget", "_thank"])
async def test_a_source_left_out_is_thanked_for_also_when_that_is_handled_again(
    bot: Serving, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(telegram_desk, "PAUSE", 0.05)
    user = bot.api.user()
    await correcting(bot, user)
    source = await bot.ask(user, "它搬到今日张家港了")
    done = getattr(telegram_feedback, step)
    failed: list[str] = []

    async def fails_once_it_is_done(*given: Any) -> None:
        await done(*given)
        if not failed:
            failed.append(step)
            raise NetworkError("gone")

    monkeypatch.setattr(telegram_feedback, step, fails_once_it_is_done)
    await bot.press(user, source, "跳过")
    said = [(await bot.next(user)).text, (await bot.next(user)).text]
    assert failed
    assert all(text.startswith("谢谢,记下了") for text in said)
    (kept,) = await ledger.feedback.corrections()
    assert (kept.text, kept.source) == ("它搬到今日张家港了", "")
    bot.api.calls.clear()  # the second time Telegram says that the button was heard already
