"""What was asked in vain is grouped by what it seems to mean, never across places; a draft is filled in with nothing guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from conftest import TODAY
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import index
from bot.ledger import Missing, OpenQuestion
from bot.matcher import Matcher
from bot.text import fold
from bot.upkeep.queue import Group, counts, draft, entry_of, grouped, mark_of


def asked(text: str, times: int = 1, missing: Missing = Missing.ACCOUNT) -> OpenQuestion:
    """Return an open question."""
    return OpenQuestion(missing, fold(text), text, times, 1.0, 2.0)


def names(groups: list[Group]) -> list[list[str]]:
    """Return the words of each group."""
    return [[q.question for q in g.questions] for g in groups]


def test_nothing_asked_is_no_group(matcher: Matcher) -> None:
    assert grouped([], matcher) == []


def test_names_of_different_offices_stay_apart(matcher: Matcher) -> None:
    found = names(grouped([asked("暨阳湖快讯"), asked("沙洲湖论坛"), asked("微丽江阴公安")], matcher))
    assert sorted(found) == [["微丽江阴公安"], ["暨阳湖快讯"], ["沙洲湖论坛"]]


def test_a_mistyped_name_is_with_the_right_one_and_the_most_asked_is_first(matcher: Matcher) -> None:
    found = grouped([asked("暨阳湖快迅", 2), asked("暨阳湖快讯 公众号", 5), asked("沙洲湖论坛", 6)], matcher)
    assert names(found) == [["暨阳湖快讯 公众号", "暨阳湖快迅"], ["沙洲湖论坛"]]
    assert [g.times for g in found] == [7, 6]


def test_what_one_of_our_accounts_may_answer_names_it(matcher: Matcher) -> None:
    (found,) = grouped([asked("水润港城", missing=Missing.DESTINATION), asked("水润港城公众号")], matcher)
    assert found.account == "shuirungangcheng-wx"


def test_a_group_is_found_again_by_its_button_while_it_is_asked_more(matcher: Matcher) -> None:
    (before,) = grouped([asked("暨阳湖快讯", 5), asked("暨阳湖快迅", 2)], matcher)
    (after,) = grouped([asked("暨阳湖快讯", 6), asked("暨阳湖快迅", 2), asked("暨阳湖快训")], matcher)
    assert before.mark == after.mark
    assert len(before.mark) == 16


@settings(max_examples=30)
@given(st.lists(st.text(min_size=1, max_size=30), max_size=6, unique_by=fold))
def test_every_question_is_in_one_group(matcher: Matcher, texts: list[str]) -> None:
    questions = [asked(t) for t in texts]
    found = [q for g in grouped(questions, matcher) for q in g.questions]
    assert sorted(found) == sorted(questions)
    assert len({mark_of(q) for q in questions}) == len(questions)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("shuirungangcheng-wx", "shuirungangcheng-wx"),
        (" 水润港城 ", "shuirungangcheng-wx"),
        ("nobody-wx", None),
        ("", None),
        ("发布", None),
        ("QX-00000", None),
    ],
)
def test_an_entry_is_named_by_its_id_or_surely_by_its_name(
    matcher: Matcher, text: str, entry: str | None
) -> None:
    assert entry_of(text, matcher) == entry


def test_an_entry_is_named_by_the_code_on_its_answer(matcher: Matcher) -> None:
    code = matcher.base.code("shuirungangcheng-wx")
    assert entry_of(f"QX-{code}-P2", matcher) == entry_of(f"qx-{code}", matcher) == "shuirungangcheng-wx"


@pytest.mark.parametrize("text", ["张家港暨阳湖快讯公众号", '坏"名字: [x]', "名字 #注", "暨阳湖\n快讯", "🤖"])
def test_a_draft_is_yaml_that_check_refuses_until_it_is_filled_in(
    matcher: Matcher, text: str, tmp_path: Path
) -> None:
    (group,) = grouped([asked(text, 3)], matcher)
    made = draft(group, matcher, TODAY, "2026-11-20", set())
    data = yaml.safe_load(made)
    account = data["units"][0]["accounts"][0]
    assert account["name"] == " ".join(text.split())
    assert account["notice"] == "unseen"
    assert "destinations" not in account
    folder = tmp_path / "knowledge"
    (folder / "accounts").mkdir(parents=True)
    (folder / "accounts" / "draft.yaml").write_text(made, encoding="utf-8")
    assert index.build(folder, None).errors


def test_a_draft_that_is_filled_in_passes(matcher: Matcher, tmp_path: Path) -> None:
    (group,) = grouped([asked("张家港暨阳湖快讯公众号", 3)], matcher)
    made = draft(group, matcher, TODAY, "2026-11-20", set())
    assert 'place: "320582"' in made
    assert "platform: wechat" in made
    folder = tmp_path / "knowledge"
    (folder / "accounts").mkdir(parents=True)
    filled = (
        made.replace("state: 待查", "state: closed")
        .replace("name: 待查", "name: 张家港市某局")
        .replace("待查", "某报")
    )
    (folder / "accounts" / "draft.yaml").write_text(filled, encoding="utf-8")
    assert [str(e) for e in index.build(folder, None).errors] == []


def test_kinds_are_counted_in_words() -> None:
    assert counts([]) == "没有"
    both = [asked("甲号", missing=Missing.LOOKUP), asked("乙号", missing=Missing.LOOKUP), asked("丙号")]
    assert counts(both) == "有人要我们去查 1 个、没查到 2 个"
