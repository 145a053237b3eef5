"""What travels with a reply is small, says all that is needed, and anything we did not make carries nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.talk.tokens import (
    MOST_CONTEXT,
    MOST_QUESTIONS,
    SKIPPED,
    UNKNOWN,
    Need,
    Thread,
    Which,
    account_choice,
    chosen_account,
    chosen_language,
    chosen_tell,
    language_choice,
    need,
    passed_on,
    tell_choice,
    thread,
    which,
)

IDS = st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True)
NEEDS = st.builds(
    Need,
    st.one_of(st.just(UNKNOWN), IDS),
    st.one_of(st.sampled_from((UNKNOWN, SKIPPED)), st.from_regex(r"[a-z]{1,10}", fullmatch=True)),
    st.one_of(st.sampled_from((UNKNOWN, SKIPPED)), st.from_regex(r"[a-z0-9-]{1,14}", fullmatch=True)),
    st.integers(0, MOST_QUESTIONS),
)
WHICH = st.builds(
    Which, st.lists(IDS, min_size=1, max_size=5).map(tuple), st.just("320582"), st.integers(0, 2)
)
THREADS = st.builds(
    Thread,
    st.one_of(st.none(), NEEDS, WHICH),
    st.lists(IDS, max_size=4).map(tuple),
    st.lists(IDS, max_size=4).map(tuple),
)


@pytest.mark.parametrize(
    "text", ["", "x", "n.", "w.", "-", "n.-.-.-.3", "n.-.-.-", "/h.", "-/x.a", "q.", "-/q.@@", "h.a", "\x00" * 900]
)  # fmt: skip
def test_a_context_we_did_not_make_carries_nothing(text: str) -> None:
    assert thread(text) == Thread()


@given(st.text(max_size=80))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    thread(text)
    assert chosen_account(text) is None or text.startswith("a.")
    assert chosen_language(text) is None or text.startswith("l.")
    assert chosen_tell(text) is None or text.startswith("f.")


@given(NEEDS)
def test_a_need_fits_a_button_and_comes_back_as_it_was(state: Need) -> None:
    assert len(state.token()) <= 64
    assert need(state.token()) == state


@given(WHICH)
def test_what_was_offered_comes_back_as_it_was(offered: Which) -> None:
    assert which(offered.token()) == offered


@given(THREADS)
def test_a_thread_comes_back_as_it_was_and_fits_a_context(left: Thread) -> None:
    token = left.token()
    assert len(token or "") <= MOST_CONTEXT
    assert thread(token) == left


@given(st.text(min_size=1, max_size=400))
def test_a_question_to_pass_on_comes_back_without_long_numbers(text: str) -> None:
    asked = passed_on(text)
    token = Thread(Need(), ("a" * 32,) * 4, asked=asked).token()
    assert len(token or "") <= MOST_CONTEXT
    assert thread(token).asked == asked


def test_a_phone_or_identity_number_is_not_passed_on() -> None:
    assert passed_on("我是13812345678,身份证32058219800101123X") == "我是…,身份证…"


@given(IDS, st.integers(0, 2))
def test_the_choice_of_an_account_says_how_often_was_asked(account: str, asked: int) -> None:
    assert chosen_account(account_choice(account, asked)) == (account, asked)
    assert chosen_tell(tell_choice(account)) == account


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_the_choice_of_a_language_is_one_of_ours(language: str) -> None:
    assert chosen_language(language_choice(language)) == language
    assert chosen_language("l.fr") is None


@given(NEEDS)
def test_after_two_questions_nothing_is_asked(state: Need) -> None:
    asked = 0
    while state.question:
        state = state.answered(**{state.question: SKIPPED})
        asked += 1
    assert asked <= MOST_QUESTIONS


def test_history_keeps_the_last_four_each_once() -> None:
    left = Thread()
    for account in ("a", "b", "c", "b", "d", "e"):
        left = left.about(account, Need(account))
    assert left.history == ("e", "d", "b", "c")
