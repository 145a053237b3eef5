"""The verdict: what must not be answered comes first. A number decides nothing; a real place is never a typo."""

from __future__ import annotations

import pytest
from conftest import load
from hypothesis import given
from hypothesis import strategies as st

from bot import knowledge
from bot.matcher import MOST_OFFERED, Matcher, Verdict

ABSENT: list[str] = load("absent.yaml")
NAMES: list[str] = [e["asked"] for e in load("accounts.yaml")]


@pytest.mark.parametrize("text", ABSENT)
def test_a_name_we_do_not_have_is_never_answered_with_another(matcher: Matcher, text: str) -> None:
    """Other places, other agencies, other levels, other numbers, small talk, shops: asked back or not found."""
    match = matcher.match(text)
    assert match.verdict is not Verdict.SURE, [a.id for a in match.accounts]


@pytest.mark.parametrize(
    "text",
    [
        "张家港",
        "南京",
        "江苏省南京市",
        "微博",
        "张家港公众号",
        "你好",
        "谢谢",
        "今天天气怎么样",
        "",
        "啊",
        "😀",
        "a",
    ],
)
def test_a_bare_place_or_small_talk_matches_nothing(matcher: Matcher, text: str) -> None:
    match = matcher.match(text)
    assert (match.verdict, match.candidates) == (Verdict.NONE, ())


@pytest.mark.parametrize(
    ("text", "veto"),
    [
        ("张家口住建", "place"),
        ("临沂交警", "unsaid"),
        ("张家港市第二中学", "number"),
        ("水润港城抖音", "platform"),
        ("水润港城教育局", "agency"),
    ],
)
def test_what_is_said_differently_turns_an_answer_into_a_question(
    matcher: Matcher, text: str, veto: str
) -> None:
    match = matcher.match(text)
    assert match.verdict is Verdict.UNSURE
    assert any(veto in c.vetoes for c in match.candidates)


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("水润岗城", "shuirungangcheng-wx"),  # a homophone
        ("水润gangcheng", "shuirungangcheng-wx"),
        ("shui run gang cheng", "shuirungangcheng-wx"),
        ("shuirungangceng", "shuirungangcheng-wx"),  # a southern accent
        ("ShuǐRùn GǎngChéng", "shuirungangcheng-wx"),
        ("张家港水务局的公众号", "shuirungangcheng-wx"),
        ("水 润 港 城", "shuirungangcheng-wx"),
        ("水润城港", "shuirungangcheng-wx"),  # swapped
        ("淄博张店交警", "zibozhangdianjiaojing-dy"),
        ("淄博交警", "zibojiaojing"),
        ("江苏张家港的水润港城", "shuirungangcheng-wx"),
    ],
)  # fmt: skip
def test_what_people_type_is_found(matcher: Matcher, text: str, account: str) -> None:
    match = matcher.match(text)
    assert match.verdict is Verdict.SURE
    assert match.accounts[0].id == account


def test_every_account_is_found_by_its_exact_name(matcher: Matcher, known: knowledge.Knowledge) -> None:
    for unit in known.units:
        for account in unit.accounts:
            match = matcher.match(account.name or unit.name or "")
            assert match.verdict is Verdict.SURE
            assert match.accounts[0].unit == unit.key


@given(st.text(max_size=60))
def test_any_text_gives_a_bounded_verdict(matcher: Matcher, text: str) -> None:
    match = matcher.match(text)
    assert len(match.candidates) <= MOST_OFFERED
    assert (match.verdict is Verdict.SURE) == bool(match.accounts)
    assert all(0 <= c.score <= 1 for c in match.candidates)


@pytest.mark.parametrize("mark", [",", "\uff0c", "?", "\uff1f", "!", "\uff01", ";", "\uff1b", ":", "\uff1a"])
def test_a_mark_of_either_width_parts_clauses(matcher: Matcher, mark: str) -> None:
    assert 5 in matcher.match(f"我在张家港{mark}消防看哪个").question.ways[0].stops


def test_a_noon_is_no_school(matcher: Matcher) -> None:
    assert matcher.match("找了一中午张家港的号").question.agencies == ()
    assert matcher.match("张家港一中的号").question.agencies != ()
