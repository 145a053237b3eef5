"""A notice forwarded on Telegram: said back, kept once its sender says that it is right, and what became of it told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from conftest import matcher_of, unit
from serving import Serving

from bot.ledger import Fate, Waiting
from bot.upkeep import ocr
from bot.upkeep.readable import Readable, UnreadableError
from tests.botapi import BotApi

NOTICE = "因工作需要,“平湖科普”微信公众号自2024年7月1日起停止更新,后续信息请关注“平湖发布”微信公众号。感谢支持。平湖市科学技术协会 2024年6月28日"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
OURS = "id: a-wx, name: 港城甲号, platform: wechat, state: closed, notice: unseen, stopped: 2020-01-02"


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Serving]:
    """A bot on a base of one account."""
    matcher = matcher_of(tmp_path / "knowledge", unit("张家港市甲局", OURS))
    async with BotApi() as api, Serving(api, tmp_path, matcher) as serving:
        yield serving


async def waiting(bot: Serving) -> list[Waiting]:
    ledger = await bot.look()
    try:
        return await ledger.drafts.open()
    finally:
        await ledger.close()


async def test_a_notice_that_was_not_read_rightly_is_not_kept(bot: Serving) -> None:
    user = bot.api.user()
    said = await bot.ask(user, NOTICE)
    assert "尚未核实:现在看「平湖发布」(微信公众号)" in said.text
    assert "没有转" in (await bot.ask(user, "不对")).text
    assert await waiting(bot) == []


async def test_a_notice_is_kept_once_its_sender_says_that_it_is_right(bot: Serving) -> None:
    user = bot.api.user()
    await bot.ask(user, NOTICE)
    assert await waiting(bot) == []
    assert "转给维护者核实了" in (await bot.ask(user, "对")).text
    (kept,) = await waiting(bot)
    assert (kept.text, kept.senders) == (NOTICE, 1)


async def test_who_asked_to_hear_is_told_why_it_was_rejected(bot: Serving) -> None:
    user = bot.api.user()
    said = await bot.ask(user, NOTICE)
    told = await bot.tap(user, said, "转给维护者,有结果告诉我")
    assert "有结果在这里告诉您" in told.text
    (kept,) = await waiting(bot)
    ledger = await bot.look()
    assert await ledger.drafts.settle(kept.id, Fate.REJECTED, reason="这是旧公告。") == 1
    await ledger.close()
    assert "这是旧公告。" in (await bot.next(user)).text


@pytest.mark.parametrize(
    ("shown", "remarks", "said"),
    [
        (NOTICE, (), "尚未核实:现在看「平湖发布」(微信公众号)"),
        (NOTICE, ("有 1 行不清楚",), "图里有些字看不清"),
        ("生日快乐", (), "我只看得懂文字"),
        ("", (), "我只看得懂文字"),
    ],
    ids=["notice", "unclear", "another picture", "illegible"],
)
async def test_a_screenshot_of_a_notice_is_read_and_no_other_picture_is(
    bot: Serving, monkeypatch: pytest.MonkeyPatch, shown: str, remarks: tuple[str, ...], said: str
) -> None:
    def read(content: bytes) -> Readable:
        if not shown:
            raise UnreadableError("图片太模糊。")
        return Readable(shown, remarks=remarks)

    monkeypatch.setattr(ocr, "installed", lambda: True)
    monkeypatch.setattr(ocr, "read", read)
    user = bot.api.user()
    await bot.api.photo(user, PICTURE)
    assert said in (await bot.next(user)).text


async def test_where_nothing_reads_pictures_none_is_fetched(
    bot: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(content: bytes) -> Readable:
        raise AssertionError

    monkeypatch.setattr(ocr, "installed", lambda: False)
    monkeypatch.setattr(ocr, "read", read)
    user = bot.api.user()
    await bot.api.photo(user, PICTURE)
    assert "我只看得懂文字" in (await bot.next(user)).text
