"""A short run of everything that can go wrong; `make chaos` is the long one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.chaos import Plan, chaos


@pytest.mark.skipif(sys.platform != "linux", reason="limits and signals of Linux")
@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_over_all_that_can_go_wrong_everybody_is_answered_once(tmp_path: Path, mode: str) -> None:
    run = await chaos(Plan(updates=300, seed=7, mode=mode), tmp_path)
    assert run.faults() == [], run.table()
    assert set(run.troubles.happened) == run.troubles.kinds()
    assert run.tally.answers >= 150
    assert run.tally.told == run.tally.followed != set()
    if untried := run.troubles.untried():
        assert shutil.which("strace") or not os.environ.get("CI"), untried
        pytest.skip("all but this: " + "; ".join(untried))
