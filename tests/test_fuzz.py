"""Anything at all, thrown at whatever takes text from outside: 20,000 inputs, or as many as FUZZ says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fuzzing import FORGED, LONG_TEXTS, TEXTS, Targets
from hypothesis import HealthCheck, given, settings

from bot.matcher import Matcher

INPUTS = int(os.environ.get("FUZZ", "20000"))
# Each target's share of the inputs: the dearer, the smaller.
SHARES = {"fold": 0.25, "token": 0.25, "match": 0.2, "answer": 0.1, "button": 0.1, "knowledge": 0.05}
LONG_SHARE = 0.05
unhurried = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)


@pytest.fixture
def targets(matcher: Matcher, tmp_path: Path) -> Targets:
    """Everything that takes text, over the real knowledge."""
    return Targets(matcher, tmp_path)


def test_the_shares_are_of_every_target_and_make_the_whole(targets: Targets) -> None:
    """A target that nobody fuzzes would not be noticed."""
    assert set(SHARES) == set(targets.all)
    assert sum(SHARES.values()) + LONG_SHARE == pytest.approx(1)


@pytest.mark.parametrize("name", SHARES)
def test_nothing_makes_it_fail(targets: Targets, name: str) -> None:
    """Pieces of what people send, of what attackers send, and of anything."""

    @settings(unhurried, max_examples=max(1, int(INPUTS * SHARES[name])))
    @given(FORGED if name in ("button", "token") else TEXTS)
    def run(text: str) -> None:
        targets.bounded(name, text)

    run()


def test_no_long_text_runs_away(targets: Targets) -> None:
    """10,000 characters of it, over and over the same."""

    @settings(unhurried, max_examples=max(1, int(INPUTS * LONG_SHARE / len(SHARES))))
    @given(LONG_TEXTS)
    def run(text: str) -> None:
        for name in SHARES:
            targets.bounded(name, text)

    run()
