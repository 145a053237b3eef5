"""Answers to choose from while somebody types: nothing that is not known, the last closures at home, page by page."""

from __future__ import annotations

import pytest
from conftest import TODAY

from bot.matcher import Matcher
from bot.suggesting import Suggestions, recent, suggest
from bot.talk.desk import Scene, desk

JIANGSU = "320000"


def scene(matcher: Matcher, area: str | None = None, language: str = "zh-Hans") -> Scene:
    """Return a scene for somebody at home in an area."""
    return Scene(matcher, desk(matcher).voice(language), TODAY, area=area)


@pytest.mark.parametrize("text", ["火星探测", "?!", "🤖", "x" * 256, "的"])
def test_what_nobody_knows_is_a_miss_without_results(matcher: Matcher, text: str) -> None:
    assert suggest(text, 0, 10, scene(matcher)) == Suggestions((), missed=True)


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_typed_shows_what_closed_last_the_latest_first(matcher: Matcher, text: str) -> None:
    page = suggest(text, 0, 10, scene(matcher))
    assert len(page.found) == 10
    assert page.more
    accounts = [matcher.base.account(s.account) for s in page.found]
    days = [str(a.stopped or a.announced or a.checked) for a in accounts if a]
    assert days == sorted(days, reverse=True)
    assert all(a and a.state.gone for a in accounts)


def test_at_home_only_what_closed_there_is_shown(matcher: Matcher) -> None:
    page = suggest("", 0, 50, scene(matcher, JIANGSU))
    units = [matcher.base.holder(s.account) for s in page.found]
    assert page.found
    assert all(u and JIANGSU in matcher.gazetteer.chain(u.place) for u in units)


def test_a_place_alone_shows_what_closed_there(matcher: Matcher) -> None:
    page = suggest("张家港", 0, 10, scene(matcher))
    assert "shuirungangcheng-wx" in [s.account for s in page.found]


def test_a_name_shows_the_sure_account_first_with_a_text_that_asks_nothing(matcher: Matcher) -> None:
    first = suggest("水润港城", 0, 10, scene(matcher)).found[0]
    assert first.account == "shuirungangcheng-wx"
    assert first.title == "水润港城(微信公众号·苏州市张家港市)"
    assert "水润港城" in first.text
    assert "?" not in first.text
    assert "选一个" not in first.text


@pytest.mark.parametrize("text", ["", "张家港", "水润", "发布"])
def test_pages_follow_each_other_without_gap_or_repetition(matcher: Matcher, text: str) -> None:
    whole = suggest(text, 0, 50, scene(matcher))
    paged: list[str] = []
    while True:
        page = suggest(text, len(paged), 3, scene(matcher))
        paged += [s.account for s in page.found]
        if not page.more or len(paged) >= 48:
            break
    assert paged[:48] == [s.account for s in whole.found][:48]
    assert len(set(paged)) == len(paged)


def test_closures_are_found_once_for_a_base(matcher: Matcher) -> None:
    assert recent(matcher) is recent(matcher)
