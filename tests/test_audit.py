"""The audit: a vulnerability fails it, and what was not looked up is never called well without a word."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

SPEC = importlib.util.spec_from_file_location("audit", ROOT / "scripts" / "audit.py")
assert SPEC
assert SPEC.loader
audit = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(audit)

BAD = {"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}
GOOD = {"name": "b", "version": "2", "vulns": []}
UNSEEN = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize("packages", [[BAD], [GOOD, BAD], [BAD, UNSEEN]])
def test_a_known_vulnerability_fails_and_is_named(packages: list[Any]) -> None:
    well, told = audit.verdict("r.txt", {"dependencies": packages})
    assert not well
    assert "a 1: CVE-1" in told


@pytest.mark.parametrize("found", [None, {}, {"dependencies": [UNSEEN]}])
def test_nothing_looked_up_is_skipped_aloud(found: Any) -> None:
    well, told = audit.verdict("r.txt", found)
    assert well
    assert told.startswith("SKIPPED")


def test_what_was_not_looked_up_is_counted() -> None:
    assert audit.verdict("r.txt", {"dependencies": [GOOD, UNSEEN]}) == (
        True,
        "r.txt: 1 packages audited, 0 vulnerabilities known, 1 NOT AUDITED",
    )


def test_an_audit_that_cannot_begin_is_none() -> None:
    assert audit.audited("no-such-file.txt") is None


def lint() -> str:
    """Return what `make lint` runs."""
    return (ROOT / "Makefile").read_text(encoding="utf-8").split("\nlint:")[1].split("\n\n")[0]


def searched(*places: str) -> subprocess.CompletedProcess[str]:
    """Run bandit as `make lint` does, on other places where they are given."""
    line = next(line for line in lint().splitlines() if "bin/bandit" in line.replace("$(BIN)", "bin"))
    options, _, usual = line.partition("  #")[0].partition("bandit ")[2].partition("--recursive ")
    command = [sys.executable, "-m", "bandit", *options.split(), "--recursive", *(places or usual.split())]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def test_lint_runs_it() -> None:
    assert "scripts/audit.py" in lint()


def test_a_dangerous_call_fails_the_search_of_lint(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import pickle\npickle.loads(b'')\n", encoding="utf-8")
    found = searched(str(tmp_path))
    assert found.returncode == 1
    assert "B301" in found.stdout


def test_our_own_code_passes_it() -> None:
    found = searched()
    assert found.returncode == 0, found.stdout
