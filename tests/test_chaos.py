"""A short run of everything that can go wrong; `make chaos` is the long one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.chaos import EVERY, Plan, chaos


@pytest.mark.skipif(sys.platform != "linux", reason="limits and signals of Linux")
async def test_over_all_that_can_go_wrong_everybody_is_answered_once(tmp_path: Path) -> None:
    run = await chaos(Plan(updates=300, seed=7), tmp_path)
    assert run.faults() == [], run.table()
    assert set(run.happened) == set(EVERY)
    assert run.tally.answers >= 150
    assert run.tally.news.keys() == run.tally.followed != set()
    assert run.bot.log.counts["用不了"] >= 2
