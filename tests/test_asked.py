"""Questions as people type them: the right account is answered or offered, and a sure answer is never a wrong one."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import load
from test_confusable import offered

from bot import knowledge
from bot.matcher import Matcher, Verdict

ASKED: list[dict[str, Any]] = load("asked.yaml")
QUESTIONS = [pytest.param(q, id=q["asked"]) for q in ASKED]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_sure_answer_is_the_account_that_was_meant(matcher: Matcher, question: dict[str, Any]) -> None:
    match = matcher.match(question["asked"])
    if match.verdict is Verdict.SURE:
        assert match.accounts[0].id in question["right"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_account_that_was_meant_is_answered_or_offered(
    matcher: Matcher, question: dict[str, Any]
) -> None:
    assert offered(matcher.match(question["asked"])) & set(question["right"])


def test_the_questions_name_accounts_that_are_known(known: knowledge.Knowledge) -> None:
    ids = {a.id for u in known.units for a in u.accounts}
    assert {i for q in ASKED for i in q["right"]} <= ids
    assert all(q["right"] for q in ASKED)
