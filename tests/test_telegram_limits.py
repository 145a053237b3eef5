"""Telegram's limits, by the library's numbers: every button and text that the rooms can make stays within them."""

from __future__ import annotations

import pytest
from conftest import TODAY
from telegram import InlineKeyboardButton
from telegram.constants import (
    CallbackQueryLimit,
    InlineKeyboardButtonLimit,
    InlineKeyboardMarkupLimit,
    InlineQueryLimit,
    InlineQueryResultLimit,
    MessageLimit,
)

from bot.following.news import news
from bot.following.waiting import Step, Wait
from bot.ledger import Kind, question_key
from bot.matcher import Matcher
from bot.suggesting import suggest
from bot.talk.desk import Scene, desk
from bot.wording import LANGUAGES, words
from handlers.telegram_area import digest_keys, lying_in, place_keys
from handlers.telegram_inline import A_PAGE
from handlers.telegram_stop import mark_of, stop_button
from handlers.telegram_text import cut, units
from handlers.telegram_votes import REASONS

ID = "x" * 32
MARK = "0" * 16


def check(rows: list[list[InlineKeyboardButton]]) -> None:
    """Fail for a keyboard that Telegram refuses."""
    limits = InlineKeyboardButtonLimit
    assert sum(map(len, rows)) <= InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
    for row in rows:
        assert len(row) <= InlineKeyboardMarkupLimit.BUTTONS_PER_ROW
        for button in row:
            assert button.text.strip()
            assert (
                limits.MIN_CALLBACK_DATA
                <= len(str(button.callback_data).encode())
                <= limits.MAX_CALLBACK_DATA
            )


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("about", [ID, question_key("号" * 5000), question_key("")])
def test_whatever_is_followed_has_a_button_that_ends_it(kind: Kind, about: str) -> None:
    check([stop_button(kind, about, "x")])
    assert len(mark_of(about)) <= len(ID)


@pytest.mark.parametrize(
    "data",
    [
        *(f"why:{reason}:{ID}" for reason in REASONS),
        f"vote:down:{ID}",
        f"fix:{ID}",
        f"csv:{MARK}",
        f"queue:is:{MARK}:{ID}",
        f"queue:entry:{MARK}",
        f"queue:donefix:{10**18 - 1}",
    ],
)
def test_the_longest_of_each_button_fits(data: str) -> None:
    check([[InlineKeyboardButton("x", callback_data=data)]])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_can_be_reached_by_buttons(matcher: Matcher, language: str) -> None:
    w = desk(matcher).voice(language)
    below: list[str | None] = [None]
    seen: set[str] = set()
    while below:
        codes = [c for c in lying_in(below.pop(), matcher) if c not in seen]
        check([*place_keys(codes, "in", matcher, w), *digest_keys(w)])
        seen |= set(codes)
        below += codes
    assert len(seen) >= len(matcher.base.places) - 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_news_of_every_account_is_one_message(matcher: Matcher, language: str, kind: Kind) -> None:
    scene = Scene(matcher, desk(matcher).voice(language), TODAY)
    for account in matcher.base.ids():
        wait = Wait(account, account, 2.0, 1, "ZZ", "现" * 300, (Step(1.0, "YY", "原" * 300),))
        found = news(wait, kind, 0.0, None, scene)
        assert found
        assert units(found.text) <= MessageLimit.MAX_TEXT_LENGTH


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_result_is_one_that_telegram_takes(matcher: Matcher, language: str) -> None:
    scene = Scene(matcher, desk(matcher).voice(language), TODAY)
    found = suggest("", 0, 10_000, scene).found
    assert len(found) > A_PAGE
    assert A_PAGE <= InlineQueryLimit.RESULTS
    for suggestion in found:
        assert units(suggestion.text) <= MessageLimit.MAX_TEXT_LENGTH
        assert 1 <= len(suggestion.account.encode()) <= InlineQueryResultLimit.MAX_ID_LENGTH
        assert suggestion.title
        assert suggestion.note


def test_an_offset_fits() -> None:
    assert len(f"{99_999}.{'f' * 12}") <= InlineQueryLimit.MAX_OFFSET_LENGTH


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_shows_over_the_chat_is_short(language: str) -> None:
    most = CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
    assert all(
        len(words(language).say(key, seconds="60")) <= most
        for key in ("voted", "admins_only", "slow_down_press")
    )


@pytest.mark.parametrize("text", ["🤖" * 3000, "a\n" * 4000, "", "\ud83e" * 5000])
def test_a_text_is_cut_to_what_telegram_counts(text: str) -> None:
    assert units(cut(text, MessageLimit.MAX_TEXT_LENGTH)) <= MessageLimit.MAX_TEXT_LENGTH
