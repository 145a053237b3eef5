"""Maintainers on Telegram: a queue that is worked off by buttons, figures, health; nobody else learns that it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import matcher_of, unit
from hypothesis import given
from hypothesis import strategies as st
from serving import Serving

from bot.drawing.fonts import Fonts
from bot.ledger import Ledger, Missing
from bot.ledger.feedback import LONGEST_QUESTION
from bot.matcher import Matcher
from handlers.telegram_trouble import cause_of
from tests.botapi import BotApi, User

A = "id: a-wx, name: 港城甲号, platform: wechat, state: closed, notice: unseen, stopped: 2020-01-02"
D = "id: d-wx, name: 暨阳湖快讯, platform: wechat, state: closed, notice: unseen"
BOSS = 77


def base(tmp_path: Path, *accounts: str) -> Matcher:
    """Return a base of some accounts of 张家港市."""
    return matcher_of(
        tmp_path / "knowledge", "".join(unit(f"张家港市{'甲乙'[i]}局", a) for i, a in enumerate(accounts))
    )


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Serving]:
    """A bot with one maintainer."""
    more = {"maintainers": frozenset({BOSS}), "wait": 3600.0}
    async with BotApi() as api, Serving(api, tmp_path, base(tmp_path, A), more) as serving:
        yield serving
        assert api.problems == []


@pytest.fixture
async def ledger(bot: Serving) -> AsyncIterator[Ledger]:
    """The bot's ledger, to look into."""
    opened = await bot.look()
    yield opened
    await opened.close()


@pytest.fixture
def boss(bot: Serving) -> User:
    """The maintainer."""
    return bot.api.user(id=BOSS)


@pytest.mark.parametrize("command", ["/queue", "/stats", "/health", "/reload", "/broadcast"])
async def test_for_everybody_else_there_is_no_such_command(bot: Serving, command: str) -> None:
    user = bot.api.user()
    unknown = await bot.ask(user, "/nothing_like_it")
    assert (await bot.ask(user, command)).text == unknown.text


async def test_nobody_broadcasts(bot: Serving, boss: User) -> None:
    unknown = await bot.ask(boss, "/nothing_like_it")
    assert (await bot.ask(boss, "/broadcast hello")).text == unknown.text


@pytest.mark.parametrize("data", ["queue:fixes", "queue:page:0", "queue:drop:0123456789abcdef", "queue:is:x"])
async def test_a_forged_button_of_the_queue_is_a_button_we_do_not_have(bot: Serving, data: str) -> None:
    user = bot.api.user()
    await bot.api.tap_raw(user, await bot.ask(user, "港城甲号"), data)
    assert (await bot.next(user)).text.startswith("这个按钮用不了了")


async def test_an_empty_queue_says_so(bot: Serving, boss: User) -> None:
    assert (await bot.ask(boss, "/queue")).text.endswith("没有要看的了。")


async def test_whoever_looks_at_the_queue_has_the_commands_in_their_menu(bot: Serving, boss: User) -> None:
    await bot.ask(boss, "/queue")
    await bot.ask(boss, "/queue")
    set_ = [c for c in bot.api.called("setMyCommands") if c.params["scope"].get("chat_id") == BOSS]
    assert len(set_) == 3
    assert {"queue", "stats", "health", "reload"} < {c["command"] for c in set_[0].params["commands"]}


async def passed_on(bot: Serving, *texts: str) -> list[User]:
    """Let people ask in vain and pass it on, each to be told."""
    people = []
    for text in texts:
        user = bot.api.user()
        passed = await bot.tap(user, await bot.ask(user, text), "转给维护者去查")
        await bot.tap(user, passed, "查到了告诉我")
        people.append(user)
    return people


async def opened(bot: Serving, boss: User) -> Any:
    """Open the first group of the queue."""
    listed = await bot.ask(boss, "/queue")
    return await bot.tap(boss, listed, listed.labels[0])


async def test_questions_are_one_group_and_those_who_wished_are_told_who_answered(
    bot: Serving, boss: User, ledger: Ledger, tmp_path: Path
) -> None:
    people = await passed_on(bot, "暨阳湖快讯", "暨阳湖快迅")
    shown = await opened(bot, boss)
    assert shown.text.startswith("“暨阳湖快讯”") or shown.text.startswith("“暨阳湖快迅”")
    assert "暨阳湖快迅" in shown.text
    await bot.tap(boss, shown, "由别的条目回答")
    assert (await bot.ask(boss, "没有这条")).text.startswith("没有“没有这条”这个条目")
    bot.matcher = base(tmp_path, A, D)
    assert "告诉 2 个等着的人" in (await bot.ask(boss, "d-wx")).text
    for user in people:
        assert "查到了。\n" in (await bot.next(user)).text
    assert await ledger.questions.open() == []
    assert (await bot.tap(boss, shown, "不管")).text.startswith("这一组已经处理过了")


async def test_a_group_that_one_of_ours_answers_is_settled_by_one_tap(
    bot: Serving, boss: User, ledger: Ledger
) -> None:
    await ledger.questions.asked(Missing.ACCOUNT, "港城甲号")
    shown = await opened(bot, boss)
    assert "由 a-wx 回答,没有人在等" in (await bot.tap(boss, shown, "就是 a-wx")).text
    assert await ledger.questions.open() == []


async def test_what_is_dismissed_does_not_come_back(bot: Serving, boss: User, ledger: Ledger) -> None:
    await passed_on(bot, "暨阳湖快讯")
    await bot.tap(boss, await opened(bot, boss), "不管")
    await ledger.questions.asked(Missing.ACCOUNT, "暨阳湖快讯")
    await ledger.questions.asked(Missing.LOOKUP, "暨阳湖快讯")
    assert await ledger.questions.open() == []


async def test_a_group_is_exported_as_a_draft_entry(bot: Serving, boss: User, ledger: Ledger) -> None:
    await ledger.questions.asked(Missing.LOOKUP, "张家港暨阳湖快讯公众号")
    sent = await bot.tap(boss, await opened(bot, boss), "导出草稿")
    file = bot.api.world.files[sent["document"]["file_id"]]
    draft = yaml.safe_load(file.data)
    assert draft["place"] == "320582"
    assert draft["units"][0]["accounts"][0]["name"] == "张家港暨阳湖快讯公众号"


async def test_a_long_queue_is_paged(bot: Serving, boss: User, ledger: Ledger) -> None:
    for n in "甲乙丙丁戊己庚辛壬癸子丑":
        await ledger.questions.asked(Missing.LOOKUP, n * 3 + "观察")
    first = await bot.ask(boss, "/queue")
    assert first.labels[-1] == "下一页(2/2)"
    second = await bot.tap(boss, first, "下一页")
    assert len(second.labels) == 4
    assert (await bot.ask(boss, "/queue 2")).labels == second.labels
    assert (await bot.ask(boss, "/queue 99")).labels == second.labels
    assert (await bot.ask(boss, "/queue ٣")).labels == first.labels


@pytest.mark.parametrize(("label", "open_"), [("已改", 0), ("不管", 0)])
async def test_a_correction_is_read_and_settled(
    bot: Serving, boss: User, ledger: Ledger, label: str, open_: int
) -> None:
    await ledger.feedback.correct("tg:5", "a-wx", "它搬走了", "https://www.zjg.gov.cn/x")
    listed = await bot.tap(boss, await bot.ask(boss, "/queue"), "看纠错(1)")
    shown = await bot.tap(boss, listed, "a-wx:它搬走了")
    assert "出处:https://www.zjg.gov.cn/x" in shown.text
    await bot.tap(boss, shown, label)
    assert len(await ledger.feedback.corrections()) == open_
    assert (await bot.tap(boss, shown, label)).text.startswith("这条纠错已经处理过了")


async def test_a_very_long_question_fits_its_button(bot: Serving, boss: User, ledger: Ledger) -> None:
    await ledger.questions.asked(Missing.ACCOUNT, "号" * LONGEST_QUESTION)
    assert "号" in (await opened(bot, boss)).text


async def test_figures_come_with_a_picture(bot: Serving, boss: User, ledger: Ledger, fonts: Fonts) -> None:
    await ledger.feedback.vote("tg:5", "a-wx", good=False, reason="wrong")
    said = await bot.ask(boss, "/stats")
    assert "1 个账号" in said.text
    assert "👎 1(说的不对 1)" in said.text
    assert (await bot.next(boss))["photo"]


async def test_health_says_what_waits_and_what_failed(bot: Serving, boss: User, ledger: Ledger) -> None:
    assert "一切正常" in (await bot.ask(boss, "/health")).text
    await ledger.inbox.reject("nonsense", "no update")
    assert "读不懂的消息:1" in (await bot.ask(boss, "/health")).text


async def test_reload_says_whether_the_index_is_a_new_one(bot: Serving, boss: User, tmp_path: Path) -> None:
    assert (await bot.ask(boss, "/reload")).text.startswith("还是原来的索引")


async def test_maintainers_hear_of_an_error_once_with_the_number_that_the_person_was_told(
    bot: Serving, boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(text: str) -> None:
        raise ZeroDivisionError(text)

    await bot.ask(boss, "/health")
    monkeypatch.setattr(bot.matcher, "match", fails)
    user = bot.api.user()
    told = (await bot.ask(user, "港城甲号")).text
    await bot.ask(user, "港城甲号")
    heard = await bot.next(boss)
    await bot.api.no_reply(boss, within=2)
    number = told.split("编号 ")[1][:6]
    assert f"编号 {number}" in heard.text
    assert "ZeroDivisionError" in heard.text
    assert "港城甲号" not in heard.text


@given(st.sampled_from([ValueError, KeyError, asyncio.TimeoutError]), st.text(max_size=20))
def test_a_cause_is_where_it_happened_and_not_what_was_said(kind: type[Exception], text: str) -> None:
    def raised(said: str) -> Exception:
        try:
            raise kind(said)  # noqa: TRY301 - it is to be caught here
        except kind as error:
            return error

    assert cause_of(raised(text)) == cause_of(raised(""))
    assert cause_of(kind(text)) == kind.__name__
