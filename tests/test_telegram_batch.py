"""Many names at once on Telegram: a file or a pasted list gives one list and a table."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from serving import Serving
from telegram.error import NetworkError

from bot.batch import MOST_BYTES
from bot.ledger import TroubleError
from bot.matcher import Matcher
from handlers import telegram_batch, telegram_desk, telegram_rows, telegram_said
from handlers.telegram_room import Room
from tests.botapi import BotApi, User

NAMES = ["水润港城", "健康济阳", "莒南交警", "中央厨房外卖号", "月安社区", "=HYPERLINK(1)"]


@pytest.fixture
async def bot(matcher: Matcher, tmp_path: Path) -> AsyncIterator[Serving]:
    """A bot with the real knowledge."""
    async with BotApi() as api, Serving(api, tmp_path, matcher) as serving:
        yield serving
        assert api.problems == []


async def sent(bot: Serving, user: User, name: str, content: bytes, **extra: Any) -> Any:
    """Send a file and return what the bot says."""
    await bot.api.document(user, content, name, **extra)
    return await bot.next(user)


def rows_of(bot: Serving, message: Any) -> list[dict[str, str]]:
    """Return the rows of the table that a message carries."""
    file = bot.api.world.files[message["document"]["file_id"]]
    return list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", b"%PDF", "这种文件我打不开"),
        ("a.csv", b"x" * (MOST_BYTES + 1), "文件太大了"),
        ("a.xlsx", b"PK\x03\x04", "这个文件读不出来"),
        ("a.txt", b"\n\n", "这个文件里没有名字"),
    ],
    ids=["a PDF", "too large", "broken", "empty"],
)
async def test_a_bad_file_gets_a_clear_sentence(bot: Serving, name: str, content: bytes, says: str) -> None:
    assert (await sent(bot, bot.api.user(), name, content)).text.startswith(says)


async def test_a_file_that_is_too_large_is_not_even_fetched(bot: Serving) -> None:
    await sent(bot, bot.api.user(), "a.csv", b"x" * (MOST_BYTES + 1))
    assert bot.api.called("getFile") == []


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
async def test_a_file_of_names_gives_one_list_and_a_table(bot: Serving, encoding: str) -> None:
    user = bot.api.user()
    listed = await sent(bot, user, "名单.txt", "\n".join(NAMES).encode(encoding))
    assert listed.text.startswith("一共 6 个,按您发的顺序:\n1. 「水润港城」")
    assert "没查到的:「中央厨房外卖号」" in listed.text
    rows = rows_of(bot, await bot.next(user))
    assert [r["asked"] for r in rows] == [*NAMES[:5], "'=HYPERLINK(1)"]
    assert rows[0]["id"] == "shuirungangcheng-wx"


async def test_a_workbook_gives_a_table_back_that_a_spreadsheet_opens(bot: Serving) -> None:
    book = Workbook()
    for row in (("序号", "名称", "备注"), *((n, name, "") for n, name in enumerate(NAMES[:3], 1))):
        book.active.append(row)  # type: ignore[union-attr]
    content = io.BytesIO()
    book.save(content)
    user = bot.api.user()
    listed = await sent(bot, user, "名单.xlsx", content.getvalue())
    assert listed.text.startswith("一共 3 个,按您发的顺序:\n1. 「水润港城」")
    file = bot.api.world.files[(await bot.next(user))["document"]["file_id"]]
    assert file.data.startswith("\ufeff".encode())
    assert [r["asked"] for r in csv.DictReader(io.StringIO(file.data.decode("utf-8-sig")))] == NAMES[:3]


async def test_a_short_list_in_a_file_comes_with_its_table_and_offers_it_no_second_time(bot: Serving) -> None:
    user = bot.api.user()
    listed = await sent(bot, user, "名单.txt", "\n".join(NAMES[:2]).encode())
    assert "存成表格" not in listed.labels
    assert len(rows_of(bot, await bot.next(user))) == 2


async def test_a_long_pasted_list_comes_with_its_table(bot: Serving) -> None:
    user = bot.api.user()
    assert (await bot.ask(user, "\n".join(NAMES[:5]))).text.startswith("一共 5 个")
    assert len(rows_of(bot, await bot.next(user))) == 5


async def test_a_short_list_has_a_button_for_its_table(bot: Serving) -> None:
    user = bot.api.user()
    first = await bot.ask(user, "水润港城、健康济阳")
    assert len(rows_of(bot, await bot.tap(user, first, "存成表格"))) == 2
    await bot.ask(user, "莒南交警抖音、月安社区")
    assert (await bot.tap(user, first, "存成表格")).text.startswith("这个按钮用不了了")


async def test_a_table_that_was_held_up_comes_without_a_second_list(
    bot: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_desk, "PAUSE", 0.05)
    done, failed = telegram_batch._send, []

    async def fails_once(*given: Any) -> None:
        if not failed:
            failed.append(given)
            raise NetworkError("gone")
        await done(*given)

    monkeypatch.setattr(telegram_batch, "_send", fails_once)
    user = bot.api.user()
    assert (await sent(bot, user, "名单.txt", "\n".join(NAMES).encode())).text.startswith("一共 6 个")
    assert len(rows_of(bot, await bot.next(user))) == 6
    assert failed


async def test_a_list_whose_names_could_not_be_remembered_is_not_told_twice(
    bot: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_desk, "PAUSE", 0.05)
    keep = Room.remember

    async def fails(room: Room, name: str, *given: Any) -> None:
        if name in (telegram_rows.LAST, telegram_said.NAME):
            raise TroubleError("the disk is full", passing=True)
        await keep(room, name, *given)

    monkeypatch.setattr(Room, "remember", fails)
    user = bot.api.user()
    assert (await bot.ask(user, "水润港城、健康济阳")).text.startswith("一共 2 个")
    assert "健康济阳" in (await bot.ask(user, "健康济阳")).text


async def test_fifty_long_names_stay_within_telegrams_limit(bot: Serving) -> None:
    user = bot.api.user()
    long = "\n".join(f"{n}某某省某某市某某区人民政府办公室信息发布微信公众号" for n in range(50))
    await sent(bot, user, "a.txt", long.encode())


async def test_a_file_in_traditional_characters_is_answered_in_them(bot: Serving) -> None:
    listed = await sent(bot, bot.api.user(), "a.txt", "水潤港城\n健康濟陽".encode())
    assert listed.text.startswith("一共 2 個")
