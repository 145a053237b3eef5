"""The home area on Telegram: typed or pressed, forgotten again; what changes there is told as often as was asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from conftest import matcher_of, unit
from serving import Serving

from bot.ledger import Ledger
from bot.matcher import Matcher
from tests.botapi import BotApi

A = "id: a-wx, name: 港城甲号, platform: wechat, state: closed, notice: {}, stopped: 2020-01-02"
B = "id: b-wx, name: 港城乙号, platform: wechat, state: active, seen: 2024-01-01"
UNSEEN = A.format("unseen")
TO_B = A.format("named") + ", destinations: [{account: b-wx, basis: notice}]"


def base(tmp_path: Path, *accounts: str) -> Matcher:
    """Return a base of some accounts of 张家港市."""
    return matcher_of(
        tmp_path / "knowledge", "".join(unit(f"张家港市{'甲乙丙'[i]}局", a) for i, a in enumerate(accounts))
    )


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Serving]:
    """A bot that tells of changes without waiting."""
    async with BotApi() as api, Serving(api, tmp_path, base(tmp_path, UNSEEN, B)) as serving:
        yield serving
        assert api.problems == []


@pytest.fixture
async def ledger(bot: Serving) -> AsyncIterator[Ledger]:
    """The bot's ledger, to look into."""
    opened = await bot.look()
    yield opened
    await opened.close()


@pytest.mark.parametrize("text", ["火星", "水润港城", "张家港在哪里办社保", "x" * 3000, "全国"])
async def test_what_is_no_place_is_not_taken_for_one(bot: Serving, ledger: Ledger, text: str) -> None:
    user = bot.api.user()
    assert (await bot.ask(user, f"/area {text}")).text.startswith("没有认出这个地方")
    await bot.ask(user, "/area")
    await bot.ask(user, text)
    assert (await ledger.people.settings(f"tg:{user.id}")).area is None


@pytest.mark.parametrize("text", ["/area 张家港", "/area 江苏省张家港市", "/area 張家港"])
async def test_a_place_after_the_command_is_home(bot: Serving, ledger: Ledger, text: str) -> None:
    user = bot.api.user()
    said = await bot.ask(user, text)
    assert "苏州市张家港市" in said.text.replace("蘇", "苏").replace("張", "张")
    assert (await ledger.people.settings(f"tg:{user.id}")).area == "320582"


async def test_a_place_typed_after_it_was_asked_for_is_home_and_only_then(
    bot: Serving, ledger: Ledger
) -> None:
    user = bot.api.user()
    await bot.ask(user, "张家港")
    assert (await ledger.people.settings(f"tg:{user.id}")).area is None
    await bot.ask(user, "/area")
    assert "港城甲号" in (await bot.ask(user, "港城甲号")).text
    assert (await bot.ask(user, "张家港")).text.startswith("记下了,您的家乡是苏州市张家港市")


async def test_of_two_of_the_same_name_the_one_at_home_is_meant(bot: Serving, tmp_path: Path) -> None:
    there = unit("昆山市甲局", UNSEEN.replace("a-wx", "k-wx"))
    (tmp_path / "knowledge" / "accounts" / "k.yaml").write_text(
        f'place: "320583"\nunits:\n{there}', encoding="utf-8"
    )
    bot.matcher = base(tmp_path, UNSEEN, B)
    user = bot.api.user()
    assert "昆山市" in str((await bot.ask(user, "港城甲号"))["reply_markup"])
    await bot.ask(user, "/area 昆山")
    told = (await bot.ask(user, "港城甲号")).text
    assert told.startswith("同名的不止一个,按您的家乡")
    assert "昆山市甲局" in told


async def test_a_spot_on_the_map_is_home_by_its_address(bot: Serving, ledger: Ledger) -> None:
    user = bot.api.user()
    await bot.ask(user, "/area")
    spot = {"latitude": 31.87, "longitude": 120.55}
    venue = {"location": spot, "title": "暨阳湖", "address": "江苏省苏州市张家港市杨舍镇人民中路1号"}
    await bot.api.location(user, 31.87, 120.55, venue=venue)
    assert (await bot.next(user)).text.startswith("记下了,您的家乡是苏州市张家港市")


async def test_a_name_of_several_places_asks_which(bot: Serving, ledger: Ledger) -> None:
    user = bot.api.user()
    which = await bot.ask(user, "/area 鼓楼区")
    assert len(which.labels) == 4
    await bot.tap(user, which, "徐州市鼓楼区")
    assert (await ledger.people.settings(f"tg:{user.id}")).area == "320302"


async def test_buttons_lead_from_the_province_to_the_county(bot: Serving, ledger: Ledger) -> None:
    user = bot.api.user()
    provinces = await bot.ask(user, "/area")
    assert len(provinces.labels) == 34
    cities = await bot.tap(user, provinces, "江苏")
    counties = await bot.tap(user, cities, "苏州")
    assert counties.labels[0] == "就选苏州市"
    assert (await bot.tap(user, counties, "张家港")).text.startswith("记下了")
    assert (await ledger.people.settings(f"tg:{user.id}")).area == "320582"
    shown = await bot.ask(user, "/area")
    assert shown.text.startswith("您的家乡是苏州市张家港市。那里有变化时:不要摘要。")
    await bot.tap(user, shown, "不设家乡")
    assert (await ledger.people.settings(f"tg:{user.id}")).area is None


async def test_who_has_only_an_area_is_sent_nothing(bot: Serving, tmp_path: Path) -> None:
    user = bot.api.user()
    await bot.ask(user, "/area 张家港")
    bot.publish(base(tmp_path, TO_B, B))
    await bot.api.no_reply(user, within=2.5)


async def test_who_asked_to_be_told_at_once_is_told_once(bot: Serving, tmp_path: Path) -> None:
    user = bot.api.user()
    await bot.tap(user, await bot.ask(user, "/area 苏州"), "马上告诉我")
    bot.publish(
        base(tmp_path, TO_B, B, "id: c-wx, name: 港城丙号, platform: weibo, state: closed, notice: unseen")
    )
    told = await bot.next(user)
    assert told.text.startswith(
        "江苏省苏州市有 2 个账号的去向有变化:\n· 「港城甲号」(微信公众号):现在看 「港城乙号」"
    )
    assert "港城丙号" in told.text
    await bot.api.no_reply(user, within=2)


async def test_who_wants_no_more_of_it_is_sent_no_more(bot: Serving, tmp_path: Path) -> None:
    user = bot.api.user()
    asked = await bot.ask(user, "/area 张家港")
    await bot.tap(user, asked, "马上告诉我")
    await bot.tap(user, asked, "不要摘要")
    bot.publish(base(tmp_path, TO_B, B))
    await bot.api.no_reply(user, within=2.5)


@pytest.mark.parametrize(
    "data", ["area:set:nowhere", "area:in:nowhere", "area:digest:weekly", "area:digest:x", "area:"]
)
async def test_a_forged_button_gets_a_friendly_line(bot: Serving, data: str) -> None:
    user = bot.api.user()
    await bot.api.tap_raw(user, await bot.ask(user, "港城甲号"), data)
    assert (await bot.next(user)).text.startswith("这个按钮用不了了")
