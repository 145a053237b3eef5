"""The documentation is held against the program: what repeats it is current, what it names exists."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from conftest import ROOT

from bot.cli import COMMANDS
from bot.matcher import Matcher

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def words(text: str) -> list[str]:
    """Return the words of a text: argparse breaks lines differently from one Python to the next."""
    return text.split()


def test_what_repeats_the_program_is_current(matcher: Matcher) -> None:
    """`python scripts/make_docs.py` writes the README's conversation and the help in docs/maintaining.md."""
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "scripts" / "make_docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path, text in module.documents(matcher).items():
        assert words(path.read_text(encoding="utf-8")) == words(text), (
            f"{path.name}: run python scripts/make_docs.py"
        )


def test_the_handbook_says_of_every_command_what_it_is_for() -> None:
    """In its table, in Chinese and English; the help below repeats only how."""
    handbook = (ROOT / "docs" / "maintaining.md").read_text(encoding="utf-8").split("<!-- commands -->")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| \*(.+?)\* \|$", handbook, flags=re.MULTILINE)
    told = {name for _, calls, _ in rows for name in re.findall(r"python bot\.py (\w+)", calls)}
    assert told == set(COMMANDS)
    assert all(re.search("[\u4e00-\u9fff]", chinese) and english.isascii() for chinese, _, english in rows)


def test_the_readme_is_no_more_than_two_screens_of_text() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 110


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_every_link_to_a_file_leads_to_one(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_every_module_named_in_the_architecture_exists_and_none_is_left_out() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(bot/\w+\.py)`", text))
    assert (ROOT / "bot" / "commands").is_dir() == ("`bot/commands/`" in text)
    for package in (ROOT / "bot").glob("*/__init__.py"):
        assert f"`bot/{package.parent.name}/`" in text
    assert named == {f"bot/{p.name}" for p in (ROOT / "bot").glob("*.py")} - {"bot/__init__.py"}


def test_the_readmes_test_command_is_the_one_ci_calls() -> None:
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_no_committed_file_names_an_index_or_a_path_of_somebodys_machine() -> None:
    """Requirements are pinned by hash, and install from whatever index a machine has."""
    hosts = (
        "py" + "pi.org",
        "python" + "hosted",
        "npm" + "js.",
        "--index" + "-url",
        "/ro" + "ot/",
        "/ho" + "me/",
    )
    folders = ("bot", "handlers", "knowledge", "tests", "docs", "scripts", "benchmarks", ".ci")
    paths = [*ROOT.glob("*.*"), *(p for f in folders for p in (ROOT / f).rglob("*"))]
    for path in paths:
        if path.is_file() and path.suffix not in (".pyc", ".sqlite", ".png"):
            text = path.read_text(encoding="utf-8", errors="ignore")
            assert not [host for host in hosts if host in text], path


def test_every_requirement_has_a_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pinned = re.findall(r"^([\w.\[\]-]+==\S+)", text, flags=re.MULTILINE)
        assert pinned
        for block in re.split(r"^(?=[\w.\[\]-]+==)", text, flags=re.MULTILINE)[1:]:
            assert "--hash=sha256:" in block, block
