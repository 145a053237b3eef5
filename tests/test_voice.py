"""How a language writes names: quoted as the platform shows them, Traditional that is still found, pinyin once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matcher import Matcher
from bot.talk.desk import desk
from bot.talk.screen import SCREEN, Line, fit
from bot.talk.voice import Voice, traditional
from bot.text import fold


def voice(matcher: Matcher, language: str) -> Voice:
    """Return who speaks a language."""
    return desk(matcher).voice(language)


@pytest.mark.parametrize(
    ("simple", "other"),
    [
        ("台州市", "台州市"),
        ("公里", "公里"),
        ("老干部局", "老幹部局"),
        ("征兵办", "徵兵辦"),
        ("余姚市", "餘姚市"),
        ("长春发布", "長春發佈"),
        ("理发", "理髮"),
        ("钟楼区", "鐘樓區"),
        ("合并", "合併"),
        ("注销", "註銷"),
        ("abc 12345", "abc 12345"),
    ],
)
def test_a_word_is_written_as_it_is_in_traditional(simple: str, other: str) -> None:
    assert traditional(simple) == other


def test_every_converted_name_of_the_records_is_still_found(matcher: Matcher) -> None:
    """Folding brings each back: account, unit, place, contact point, topic."""
    names = {p.name for p in matcher.base.places.values()} | {c.name for c in matcher.base.contacts}
    names |= {t.name for t in matcher.base.topics.values()}
    names |= {n for u in matcher.base.units() for n in (u.name, *(a.name for a in u.accounts))}
    assert [n for n in names if n and fold(traditional(n)) != fold(n)] == []


@given(st.text(max_size=60))
def test_any_text_keeps_its_length_and_folds_to_the_same(text: str) -> None:
    assert len(traditional(text)) == len(text)
    assert fold(traditional(text)) == fold(text)


def test_a_quoted_name_stays_in_its_own_form(matcher: Matcher) -> None:
    assert voice(matcher, "zh-Hant").quoted("长乐未央") == "「长乐未央」"
    assert voice(matcher, "zh-Hant").proper("张家港市水务局") == "張家港市水務局"


def test_english_adds_pinyin_with_the_readings_of_places(matcher: Matcher) -> None:
    english = voice(matcher, "en")
    assert english.quoted("水润港城") == "“水润港城” [shui run gang cheng]"
    assert english.proper("六安市") == "六安市 [lu an shi]"
    assert english.proper("12345") == "12345"
    assert english.bare("淮阳特警SWAT") == "淮阳特警SWAT [huai yang te jing]"


def test_pinyin_is_said_at_the_first_mention_only(matcher: Matcher) -> None:
    english = voice(matcher, "en")
    name = english.quoted("水润港城")
    assert english.once(f"{name} and {name}") == "“水润港城” [shui run gang cheng] and “水润港城”"
    assert voice(matcher, "zh-Hans").once("a [b c] a [b c]") == "a [b c] a [b c]"


def test_a_screen_loses_the_least_needed_line_first_and_never_one_that_is_needed(matcher: Matcher) -> None:
    chinese = voice(matcher, "zh-Hans")
    needed = "要" * (SCREEN - 10)
    assert (
        fit([Line(needed), Line("可有" * 3, 1), Line("可无" * 20, 2)], chinese) == f"{needed}\n" + "可有" * 3
    )
    assert fit([Line(needed), Line("可有" * 9, 1)], chinese) == needed
    assert fit([Line(needed), Line(needed)], chinese) == f"{needed}\n{needed}"
    assert fit([Line(""), Line("一")], chinese) == "一"


def test_an_english_text_too_long_loses_the_pinyin_of_offices_before_that_of_accounts(
    matcher: Matcher,
) -> None:
    english = voice(matcher, "en")
    office = english.proper("临沂市公安局交通警察支队莒南大队")
    text = fit([Line("x" * 2 * SCREEN), Line(office), Line(english.quoted("水润港城"))], english)
    assert "[shui run gang cheng]" in text
    assert "[lin yi" not in text
