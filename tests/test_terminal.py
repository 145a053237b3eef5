"""Text on a terminal is laid out by what is seen: a Chinese character is two columns wide."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.terminal import aligned, columns, wrapped


@pytest.mark.parametrize(
    ("text", "wide"), [("", 0), ("ab", 2), ("中文", 4), ("中a", 3), ("，", 2), ("e\u0301", 1)]
)
def test_a_chinese_character_takes_two_columns(text: str, wide: int) -> None:
    assert columns(text) == wide


def test_columns_are_aligned_by_what_is_seen() -> None:
    assert aligned([("微博", "9"), ("App", "10")], right=(1,)) == ["微博   9", "App   10"]
    assert aligned([("a", ""), ("bb", "x")]) == ["a", "bb  x"]
    assert aligned([]) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("格式", ["格式"]),
        ("格式格式", ["格式", "格式"]),
        ("destination、differing", ["destination、", "differing"]),
        ("甲乙,丙", ["甲乙,", "丙"]),
        ("a b c d", ["a b", "c d"]),
        ("甲   乙\n丙", ["甲", "乙", "丙"]),
    ],
)
def test_a_line_ends_before_it_is_too_long_but_never_inside_a_word_or_before_a_comma(
    text: str, lines: list[str]
) -> None:
    assert wrapped(text, 4) == lines


@given(st.text("ab 甲乙,。-", max_size=60), st.integers(4, 20))
def test_nothing_is_lost_in_wrapping_and_only_a_long_word_or_a_comma_stands_out(
    text: str, width: int
) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert columns(line.rstrip(",。 ")) <= width or re.fullmatch("[!-~]+[,。 ]*", line)
