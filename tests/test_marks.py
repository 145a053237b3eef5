"""Links and tone numbers are no part of a name: what they stand around is, and nothing else is taken off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.marks import unlinked, untoned
from bot.values import Platform

HOSTS = {
    "weibo.com": Platform.WEIBO,
    "www.douyin.com": Platform.DOUYIN,
    "www.toutiao.com": Platform.TOUTIAO,
}


@pytest.mark.parametrize(
    "text",
    [
        "水润港城",
        "http://www.zjg.gov.cn/swj/",
        "weibo.com",
        "和/或",
        "notweibo.example/u/1234",
        "微信/微博",
    ],
)  # fmt: skip
def test_what_is_no_link_to_an_account_stays(text: str) -> None:
    assert unlinked(text, HOSTS, bool) == (text, ())


@pytest.mark.parametrize(
    ("text", "left", "platform"),
    [
        ("https://weibo.com/u/5044281310?refer_flag=1001030103_", "5044281310", Platform.WEIBO),
        ("https://www.douyin.com/user/zxwsy4880639", "zxwsy4880639", Platform.DOUYIN),
        ("https://www.toutiao.com/c/user/token/MS4wLjABAAAA1/", "MS4wLjABAAAA1", Platform.TOUTIAO),
        ("WEIBO.COM/zjgswj", "zjgswj", Platform.WEIBO),
    ],
)
def test_a_link_to_an_account_is_its_id_and_names_its_platform(
    text: str, left: str, platform: Platform
) -> None:
    assert unlinked(text, HOSTS, bool) == (f" {left} ", (platform,))
    assert unlinked(f"这个{text} 还在吗", HOSTS, bool) == (f"这个 {left}  还在吗", (platform,))


def test_an_id_that_nobody_bears_is_left_out() -> None:
    assert unlinked("weibo.com/shanghaifabu", HOSTS, lambda _: False) == (" ", (Platform.WEIBO,))


@pytest.mark.parametrize(
    "text",
    [
        "cctv1",
        "gh_1a2b3c",
        "a1b2",
        "mp3 he mp4",
        "120 119",
        "ni3hao33",
        "2024年4月",
        "shui3rungang",
        "gang6cheng7",
    ],
)  # fmt: skip
def test_numbers_that_are_no_tones_stay(text: str) -> None:
    assert untoned(text) == text


def test_tone_numbers_part_syllables() -> None:
    assert untoned("xi1an1 Nv3er2").split() == ["xi", "an", "Nv", "er"]


@given(st.text(max_size=60))
def test_any_text_gives_one(text: str) -> None:
    bare, linked = unlinked(untoned(text), HOSTS, bool)
    assert isinstance(bare, str)
    assert len(linked) <= len(text)
