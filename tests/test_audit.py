"""The audit: a vulnerability fails it, and what was not looked up is never called well without a word."""

from __future__ import annotations

import importlib.util
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


def test_lint_runs_it_and_bandit() -> None:
    lint = (ROOT / "Makefile").read_text(encoding="utf-8").split("\nlint:")[1].split("\n\n")[0]
    assert "scripts/audit.py" in lint
    assert "bandit" in lint
