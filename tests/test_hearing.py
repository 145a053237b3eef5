"""What people say besides names is heard whole, or where it can stand in no name; names are never heard as talk."""

from __future__ import annotations

import pytest
from conftest import load

from bot.matcher import Matcher
from bot.talk.hearing import bare, danger, doubts, english, heard, question_in, scolds, wants_done
from bot.text import fold
from bot.wording import LANGUAGES, words


def test_no_account_of_ours_is_heard_as_small_talk_or_danger(matcher: Matcher) -> None:
    for unit in matcher.base.units():
        for account in unit.accounts:
            folded = fold(account.name or "")
            assert heard(folded) is None, account.name
            assert not danger(folded), account.name
            assert not scolds(folded), account.name
            assert doubts(folded) is None, account.name


def test_no_absent_name_is_heard_as_small_talk() -> None:
    for entry in load("absent.yaml"):
        text = entry if isinstance(entry, str) else entry["asked"]
        assert heard(fold(text)) not in ("back", "not_this", "skip", "none"), text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("您好!", "hello"),
        ("谢谢啊", "thanks"),
        ("轉人工", "human"),
        ("你是谁呀", "who"),
        ("上一个", "back"),
        ("不是这个", "not_this"),
        ("都不是的", "none"),
        ("WHO ARE YOU?", "who"),
        ("嗯", "yes"),
        ("这个呢", "this"),
        ("水润港城", None),
        ("您好水润港城", None),
        ("", None),
    ],
)
def test_a_whole_message_is_heard_with_its_particles(text: str, name: str | None) -> None:
    assert heard(fold(text)) == name


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("我被骗了怎么办", ["fraud"]),
        ("着火了有人受伤", ["fire", "hurt"]),
        ("不想活了", ["life"]),
        ("家暴", ["violence"]),
        ("着火啦救命", ["fire", "hurt"]),
        ("反诈中心的公众号", []),
        ("消防救援支队", []),
        ("急救中心搬哪了", []),
    ],
)
def test_danger_is_heard_inside_a_message_the_gravest_first(text: str, kinds: list[str]) -> None:
    assert danger(fold(text)) == kinds


def test_every_word_of_the_issue_is_heard_as_danger() -> None:
    for word in ("被骗", "转账", "着火", "受伤", "家暴", "轻生"):
        assert danger(fold(word)), word


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("水润港城是真的吗", "水润港城"),
        ("是真的吗", ""),
        ("这个号是官方的吗", "这个号"),
        ("真假水润港城", "水润港城"),
    ],
)
def test_a_question_of_trust_leaves_what_it_is_about(text: str, rest: str) -> None:
    assert doubts(fold(text)) == rest


def test_a_long_text_with_a_curse_in_it_is_a_question() -> None:
    assert scolds(fold("什么玩意"))
    assert not scolds(fold("这个什么玩意公众号叫水润港城的停更了到哪里去看"))


def test_particles_are_taken_off_both_ends_and_never_all() -> None:
    assert bare(fold("那抖音呢")) == fold("抖音")
    assert bare(fold("呢")) == fold("呢")
    assert wants_done(fold("公积金怎么查"))
    assert not wants_done(fold("水润港城"))


@pytest.mark.parametrize(
    ("text", "is_english"),
    [
        ("where did 水润港城 go", True),
        ("did shuirungangcheng close", True),
        ("how are you", True),
        ("who are you", True),
        ("shui run gang cheng", False),
        ("hello", True),
        ("水润港城", False),
        ("SWAT", False),
        ("", False),
    ],
)
def test_english_is_told_from_pinyin(text: str, is_english: bool) -> None:
    assert english(text) is is_english


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("where did 水润港城 go", "水润港城"),
        ("where is the account", "where is the account"),
        ("这个呢 健康济阳", "健康济阳"),
        ("谢谢,水润港城呢", "水润港城呢"),
        ("您好!水润港城", "水润港城"),
        ("您好", "您好"),
        ("水润港城,谢谢", "水润港城,谢谢"),
    ],
)
def test_what_stands_around_a_question_is_left_out(text: str, question: str) -> None:
    assert question_in(text).strip() == question


def test_every_number_said_in_danger_is_a_sourced_contact_point(matcher: Matcher) -> None:
    values = {c.value for c in matcher.base.contacts if c.sources}
    for language in LANGUAGES:
        for kind in words(language).danger:
            said = words(language).say(f"danger_{kind}")
            numbers = [n for n in "".join(c if c.isdigit() else " " for c in said).split() if len(n) > 2]
            assert numbers
            assert set(numbers) <= values
            assert said.count("。") + said.count(".") == 1, "one sentence"
