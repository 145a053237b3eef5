"""Names that people mistake for one another: each leads to its own account, or to a question, never to the other."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import load

from bot import knowledge
from bot.matcher import Match, Matcher, Verdict

PAIRS: list[dict[str, Any]] = load("confusable.yaml")
SIDES = [pytest.param(s, id=s["asked"]) for pair in PAIRS for s in pair["sides"]]
MEANT = [pytest.param(s, id=s["asked"]) for pair in PAIRS for s in pair["sides"] if s["right"]]


def offered(match: Match) -> set[str]:
    """Return the accounts that a person is answered with or asked about."""
    return {a.id for a in match.accounts} | {a for c in match.candidates for a in c.accounts}


@pytest.mark.parametrize("side", SIDES)
def test_one_side_is_never_answered_with_the_other(matcher: Matcher, side: dict[str, Any]) -> None:
    match = matcher.match(side["asked"])
    if match.verdict is Verdict.SURE:
        answered = [a.id for a in match.accounts]
        assert answered[0] in side["right"]
        assert not set(answered) & set(side.get("never", []))


@pytest.mark.parametrize("side", MEANT)
def test_each_side_finds_its_own_account(matcher: Matcher, side: dict[str, Any]) -> None:
    assert offered(matcher.match(side["asked"])) & set(side["right"])


def test_the_pairs_name_accounts_that_are_known(known: knowledge.Knowledge) -> None:
    ids = {a.id for u in known.units for a in u.accounts}
    named = {i for pair in PAIRS for s in pair["sides"] for i in (*s["right"], *s.get("never", []))}
    assert named <= ids
