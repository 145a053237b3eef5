"""Folding is one normaliser for both sides: what is stored and what is typed meet, and folding twice changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import fold, initials, is_traditional, loosen, readings, spell, spellings


@pytest.mark.parametrize(
    "text", ["", " \t\n", "。,!?…—", "😀🇨🇳", "\u200b\u200d\ufeff\u202e", "\x00\x1b"], ids=repr
)
def test_what_is_no_letter_or_digit_folds_to_nothing(text: str) -> None:
    assert fold(text) == ""


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("水 润-港·城!", "水润港城"),
        ("水潤港城", "水润港城"),
        ("臨淄交警", "临淄交警"),
        ("ＡＢＣ１２３", "abc123"),
        ("淮阳特警SWAT", "淮阳特警swat"),
        ("shuǐrùn gǎngchéng", "shuirungangcheng"),
        ("Lǜ LÜ lü", "lvlvlv"),
        ("什么 甚麼", "什么甚么"),
        ("後來 后来", "后来后来"),
        ("㍿①Ⅷ", "株式会社1viii"),
    ],
)
def test_width_case_script_tones_and_punctuation_fold_away(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_folded_text_holds_only_letters_and_digits(text: str) -> None:
    assert all(map(str.isalnum, fold(text)))


def test_readings_come_commonest_first_and_unknown_ones_are_none() -> None:
    assert readings("长") == ("chang", "zhang")
    assert readings("a") == ()
    assert readings("한") == ()


def test_a_name_is_spelled_every_way_its_characters_are_read() -> None:
    assert spell("水润港城") == "shuirungangcheng"
    assert {"changleweiyang", "changyueweiyang", "zhangleweiyang"} <= set(spellings("长乐未央"))
    assert spell("特警swat") == "tejingswat"


@given(st.text(alphabet="长乐行重都单", max_size=20))
def test_spellings_are_bounded_and_hold_the_commonest(text: str) -> None:
    ways = spellings(text)
    assert len(ways) <= 16
    assert spell(text) in ways


def test_initials_are_the_first_letters_of_the_syllables() -> None:
    assert initials("水润港城") == "srgc"


@pytest.mark.parametrize(
    ("one", "other"),
    [("zhang", "zan"), ("chen", "ceng"), ("shi", "si"), ("nan", "lang"), ("fu", "hu"), ("ling", "nin")],
)
def test_sounds_that_southern_ears_confuse_are_written_one_way(one: str, other: str) -> None:
    assert loosen(one) == loosen(other)


@pytest.mark.parametrize(
    ("one", "other"), [("zhang", "chang"), ("ba", "pa"), ("lin", "lan"), ("ng", "n"), ("er", "e")]
)
def test_sounds_nobody_confuses_stay_apart(one: str, other: str) -> None:
    assert loosen(one) != loosen(other)


@pytest.mark.parametrize(
    ("character", "told"),
    [("後", False), ("來", True), ("潤", True), ("么", False), ("著", False), ("a", False)],
)
def test_only_characters_of_the_other_script_tell_traditional(character: str, *, told: bool) -> None:
    assert is_traditional(character) is told


@given(st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF)))
def test_a_text_of_characters_alone_folds_as_it_does_beside_others(text: str) -> None:
    assert fold(text) == fold(text + "!")
