"""Ids are pinyin and platform, well-formed and free; the ones on file were made like this."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import knowledge
from bot.checks.accounts import MOST_ID
from bot.records import Account, Unit
from bot.upkeep.naming import slug
from bot.values import Platform


@pytest.mark.parametrize(
    ("name", "platform", "unit", "expected"),
    [
        ("水润港城", Platform.WECHAT, None, "shuirungangcheng-wx"),
        ("水润港城", None, None, "shuirungangcheng"),
        (None, None, "张家港市人民法院", "zhangjiagangshirenminfayuan"),
        ("张家港市第三中学", Platform.WECHAT, None, "zjgsdszx-wx"),
        ("张家港教育信息化公共服务平台", Platform.WEBSITE, None, "zjgjyxxhggfwpt-web"),
        ("腾冲市芒棒镇", Platform.CHANNELS, None, "tengchongshimangbangzhen-sph"),
        ("12345·热线", Platform.BILIBILI, None, "12345rexian-bili"),
        ("★", Platform.XIAOHONGSHU, "水务局", "shuiwuju-xhs"),
        ("★", Platform.KUAISHOU, None, "zhanghao-ks"),
        ("Ёж", Platform.APP, None, "zhanghao-app"),
    ],
)
def test_an_id_is_pinyin_and_platform(
    name: str | None, platform: Platform | None, unit: str | None, expected: str
) -> None:
    assert slug(name, platform, unit, ()) == expected


def test_an_id_that_is_taken_gets_a_number() -> None:
    taken = {"shuirungangcheng-wx", "shuirungangcheng-2-wx"}
    assert slug("水润港城", Platform.WECHAT, None, taken) == "shuirungangcheng-3-wx"


@given(st.text(max_size=60), st.none() | st.sampled_from(Platform), st.text(max_size=60))
def test_any_id_is_well_formed_and_free(name: str, platform: Platform | None, unit: str) -> None:
    taken: set[str] = set()
    for _ in range(12):
        made = slug(name, platform, unit, taken)
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)
        assert len(made) <= MOST_ID
        assert made not in taken
        taken.add(made)


def accounts_on_file(known: knowledge.Knowledge) -> Iterator[tuple[Unit, Account]]:
    """Yield every account that is known with its unit."""
    return ((u, a) for u in known.units for a in u.accounts)


def test_the_existing_ids_are_made_like_this(known: knowledge.Knowledge) -> None:
    """But for a few that were made by hand, or carry a number."""
    made = [slug(a.name, a.platform, u.name, ()) == a.id for u, a in accounts_on_file(known)]
    assert sum(made) > 0.95 * len(made)
