"""Texts become lines that fit: nothing is lost, nothing sticks out, nothing unseen is left."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.drawing.lines import clean, fitted, shortened, wrapped

# Names as people write them, and as nobody should.
HAN = "水润港城张家港发布临淄交警龘"
TEXTS = st.one_of(
    st.text(),
    st.text(alphabet=HAN + "abcXYZ019-·,。、「」()… \u200b\u202e\ufe0f🐼", max_size=80),
)


def measure(text: str) -> float:
    """Return a width as a font would give it: a Chinese character is twice a Latin one."""
    return sum(2.0 if ord(c) > 0x2E80 else 1.0 for c in text)


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("", ""),
        ("  水润\t港城\n", "水润 港城"),
        ("水\u200b润\u200d港\u2060城\ufeff", "水润港城"),
        ("\u202e城港润水\u202c", "城港润水"),
        ("☎\ufe0f\U000e0101 e\u0301", "☎ é"),
        ("水\u00ad润\u3000港城\x00", "水润 港城"),
    ],
)
def test_what_is_not_seen_is_gone(typed: str, seen: str) -> None:
    assert clean(typed) == seen


@given(TEXTS)
def test_cleaning_twice_changes_nothing_and_leaves_nothing_that_steers(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not [c for c in once if unicodedata.category(c) in ("Cf", "Cc")]


@given(TEXTS.map(clean), st.integers(4, 60))
def test_lines_hold_the_whole_text_and_none_is_wider_than_it_may_be(text: str, width: int) -> None:
    lines = wrapped(text, measure, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(measure(line) <= width for line in lines)


@given(TEXTS.map(clean), st.integers(4, 60), st.integers(1, 4))
def test_a_shortened_text_says_that_it_is(text: str, width: int, most: int) -> None:
    lines = shortened(text, measure, width, most)
    assert len(lines) <= most
    assert all(measure(line) <= width for line in lines)
    whole = "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert whole or lines[-1].endswith("…")


def test_no_line_begins_with_a_comma_or_ends_with_an_opening_bracket() -> None:
    for width in range(8, 40):
        lines = wrapped("张家港发布,(微信公众号)「水润港城」、临淄交警。", measure, width)
        assert not [line for line in lines if line[0] in ",。、)」" or line[-1] in "(「"], width


def test_a_number_a_date_and_a_word_stay_whole() -> None:
    for width in range(11, 40):
        lines = wrapped("打 0512-12345 问,2024-06-15 查 wechat", measure, width)
        for whole in ("0512-12345", "2024-06-15", "wechat"):
            assert [line for line in lines if whole in line], (width, lines)


def test_a_sentence_breaks_after_its_comma_and_a_name_evenly() -> None:
    assert wrapped("没见到公告原文,去向不能乱指", measure, 22) == ("没见到公告原文,", "去向不能乱指")
    assert wrapped("张家港市水务局发布厅", measure, 18) == ("张家港市水", "务局发布厅")


def test_a_text_is_as_large_as_it_can_be() -> None:
    sizes = ((4, 1), (2, 2), (1, 2))
    assert fitted("水润港城", lambda size: lambda t: size * measure(t), 40, sizes).size == 4
    assert fitted("水润港城张家港发布", lambda size: lambda t: size * measure(t), 40, sizes).size == 2
    # At the last size it takes the lines it needs: nothing is ever cut.
    assert len(fitted(HAN * 9, lambda size: lambda t: size * measure(t), 40, sizes).lines) > 2
