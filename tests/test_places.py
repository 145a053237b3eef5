"""Which places a text speaks of: leftmost, longest, never one inside another; and how places lie in each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matcher import Matcher
from bot.places import Gazetteer
from bot.text import fold


@pytest.fixture(scope="module")
def gazetteer(matcher: Matcher) -> Gazetteer:
    return matcher.gazetteer


@pytest.mark.parametrize("text", ["", "好", "你好谢谢", "abc", "水润", "单"])
def test_a_text_without_a_place_mentions_none(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.mentions(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("雨花台发布", ["雨花台"]),
        ("青海西宁公安", ["青海", "西宁"]),
        ("张家港住建", ["张家港"]),
        ("张家口住建", ["张家口"]),
        ("山东临沂市河东区", ["山东", "临沂市", "河东区"]),
        ("巴彦淖尔交警", ["巴彦淖尔"]),
        ("江北新区招考", ["江北新区"]),
        ("阿克塞县文旅", ["阿克塞"]),
    ],
)
def test_mentions_are_leftmost_and_longest(gazetteer: Gazetteer, text: str, words: list[str]) -> None:
    assert [text[m.start : m.end] for m in gazetteer.mentions(text)] == words


@pytest.mark.parametrize("text", ["雨花台发布", "水润张家港", "好", ""])
def test_a_place_starts_where_the_first_mention_does(gazetteer: Gazetteer, text: str) -> None:
    for at in range(len(text) + 1):
        found = gazetteer.mentions(text[at:])
        assert gazetteer.starts(text, at) == (bool(found) and found[0].start == 0)


@pytest.mark.parametrize(
    ("name", "count"), [("鼓楼区", 4), ("市中区", 4), ("张家港", 1), ("河东", 2), ("不是地方", 0)]
)
def test_namesakes_are_all_found(gazetteer: Gazetteer, name: str, count: int) -> None:
    assert len(gazetteer.named(name)) == count


def test_a_place_lies_in_those_above_it(gazetteer: Gazetteer) -> None:
    assert gazetteer.chain("320582") == (
        "320582",
        "320500",
        "320000",
    )
    assert gazetteer.chain("nj-jiangbei") == (
        "nj-jiangbei",
        "320100",
        "320000",
    )
    assert gazetteer.chain("110105") == (
        "110105",
        "110000",
    )
    assert gazetteer.chain("429004") == (
        "429004",
        "420000",
    )
    assert gazetteer.chain("100000") == ("100000",)
    assert gazetteer.chain("999999") == ()


def test_places_agree_when_one_lies_in_the_other(gazetteer: Gazetteer) -> None:
    assert gazetteer.agree(["320000"], "320582")
    assert gazetteer.agree(["320582"], "320500")
    assert not gazetteer.agree(["371300"], "370305")
    assert not gazetteer.within(["320582"], "320500")


def test_a_place_short_of_one_character_may_be_several(gazetteer: Gazetteer) -> None:
    assert gazetteer.short_of_one("喵区") == frozenset()
    assert gazetteer.short_of_one("牡区") == {"371702"}
    assert {"341202", "341203"} < gazetteer.short_of_one("颍区")


def test_before_a_market_a_city_is_named_in_short(gazetteer: Gazetteer) -> None:
    plain, mentions = gazetteer.plain("六盘水市场监管")
    assert plain == "六盘水市场监管"
    assert [plain[m.start : m.end] for m in mentions] == ["六盘水"]
    assert gazetteer.plain("六盘水市市场监管")[0] == "六盘水市场监管"


@given(st.text(max_size=40))
def test_mentions_never_overlap_and_are_words_of_their_places(gazetteer: Gazetteer, text: str) -> None:
    folded = fold(text)
    end = 0
    for mention in gazetteer.mentions(folded):
        assert end <= mention.start < mention.end <= len(folded)
        assert set(mention.meaning) == {p.code for p in gazetteer.named(folded[mention.start : mention.end])}
        end = mention.end
