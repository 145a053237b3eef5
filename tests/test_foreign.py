"""Another folder of knowledge: what it lacks is lent, what of it speaks of accounts it has not is a reminder only."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import ROOT, TODAY

from bot import index, inventory
from bot.checks import check
from bot.knowledge import Knowledge, read

ACCOUNT = """\
place: "320582"
units:
  - name: 张家港市水务局
    accounts:
      - {id: a, name: 健康港城, state: active, checked: 2024-06-15, sources: [{publisher: 新京报, url: "http://www.zjg.gov.cn/"}]}
"""
RULE = """\
- id: r
  place: "320582"
  covers: [any]
  since: 2019
  says: 都转到一个账号
  sources: [{publisher: 新京报}]
  destinations: [{account: elsewhere, basis: rule}, {unit: elsewhere, basis: rule}]
"""


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A folder that holds one account and nothing around it."""
    path = tmp_path / "alone" / "accounts" / "x.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(ACCOUNT, encoding="utf-8")
    return tmp_path / "alone"


def told(known: Knowledge) -> list[tuple[str, int, str, bool]]:
    """Return (file, line, what was found, whether it is a reminder) of every problem."""
    return [(Path(p.file).name, p.line, p.found, p.warning) for p in check(known, TODAY)]


@pytest.mark.parametrize("own", [True, False], ids=["own", "another"])
def test_a_rule_that_leads_to_nobody_is_an_error_in_the_own_knowledge_only(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, own: bool
) -> None:
    monkeypatch.setattr(inventory, "OWN", folder if own else ROOT / "knowledge")
    (folder / "rules").mkdir()
    (folder / "rules" / "r.yaml").write_text(RULE, encoding="utf-8")
    expected = [
        ("r.yaml", 7, "没有单位“elsewhere”", not own),
        ("r.yaml", 7, "没有账号“elsewhere”", not own),
    ]
    assert sorted(told(read(folder))) == expected
    built = index.build(folder, tmp_path / "i.sqlite", TODAY)
    assert sorted(p.found for p in built.problems) == [found for _, _, found, _ in expected]
    assert (tmp_path / "i.sqlite").exists() is not own


def test_a_rule_that_says_two_things_is_an_error_everywhere(folder: Path) -> None:
    (folder / "rules").mkdir()
    text = RULE.replace("{account: elsewhere, basis: rule}, ", "{account: a, name: b, basis: rule}, ")
    (folder / "rules" / "r.yaml").write_text(text, encoding="utf-8")
    assert ("r.yaml", 7, "account、unit、name 写了零个或几个", False) in told(read(folder))


@pytest.mark.parametrize("own", [True, False], ids=["own", "another"])
def test_an_excuse_that_nobody_needs_is_named_by_its_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, own: bool
) -> None:
    monkeypatch.setattr(inventory, "OWN", folder if own else ROOT / "knowledge")
    (folder / "excused-hosts.txt").write_text("# 说明\nx.example\t只有 http\n", encoding="utf-8")
    assert told(read(folder)) == [("excused-hosts.txt", 2, "已经没有网址用到它", not own)]


def test_a_moved_id_that_leads_to_nobody_is_a_reminder_in_another_folder(folder: Path) -> None:
    (folder / "moved.yaml").write_text("- {id: old, moved_to: elsewhere}\n", encoding="utf-8")
    assert told(read(folder)) == [("moved.yaml", 1, "没有账号“elsewhere”", True)]


def test_a_folder_of_accounts_alone_stands_among_the_projects_own_records(alone: Path) -> None:
    """Its http address is excused by the project's own list, whose other lines are not its business."""
    known = read(alone)
    assert told(known) == []
    assert (known.foreign, known.lent) == (True, True)
    assert [u.name for u in known.units] == ["张家港市水务局"]
    assert known.places["320582"].name == "张家港市"
    assert known.topics
    assert known.contacts
    assert known.platforms
    assert known.agencies
    assert (known.rules, known.moved) == ([], {})


def test_what_such_a_folder_has_of_its_own_goes_before(alone: Path) -> None:
    (alone / "topics.yaml").write_text("- {id: only, name: 唯一}\n", encoding="utf-8")
    (alone / "excused-hosts.txt").write_text("none.example\t没有\n", encoding="utf-8")
    known = read(alone)
    assert list(known.topics) == ["only"]
    assert list(known.excused) == ["none.example"]


def test_a_folder_with_places_stands_on_its_own(alone: Path) -> None:
    (alone / "places").mkdir()
    (alone / "places" / "p.yaml").write_text('- {code: "320582", name: 张家港市}\n', encoding="utf-8")
    known = read(alone)
    assert (known.foreign, known.lent) == (True, False)
    assert list(known.places) == ["320582"]
    assert (known.topics, known.contacts, known.excused) == ({}, [], {})


def test_the_projects_own_folder_is_neither(known: Knowledge) -> None:
    assert (known.foreign, known.lent) == (False, False)


def test_what_is_lent_counts_in_the_digest_and_is_taken_up_again(
    alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, target = tmp_path / "own", tmp_path / "i.sqlite"
    shutil.copytree(ROOT / "knowledge", own)
    monkeypatch.setattr(inventory, "OWN", own)
    assert index.build(alone, target, TODAY).errors == []
    before = inventory.digest(alone)
    assert index.digest_of(target) == before == read(alone).digest
    with (own / "topics.yaml").open("a", encoding="utf-8") as file:
        file.write("# 一句\n")
    assert inventory.digest(alone) != before
    done = index.update(alone, target, TODAY)
    assert done is not None
    assert done.errors == []
    assert index.digest_of(target) == inventory.digest(alone) == read(alone).digest


def test_an_edit_of_such_a_folder_is_an_overlay(alone: Path, tmp_path: Path) -> None:
    target = tmp_path / "i.sqlite"
    assert index.build(alone, target, TODAY).errors == []
    path = alone / "accounts" / "x.yaml"
    path.write_text(ACCOUNT.replace("健康港城", "水润港城"), encoding="utf-8")
    done = index.update(alone, target, TODAY)
    assert done is not None
    assert (done.problems, done.accounts) == ([], 1)
    account = index.Base(target).account("a")
    assert account is not None
    assert account.name == "水润港城"
