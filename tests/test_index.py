"""One SQLite file, built aside and swapped in whole: a reader, a fault or a mistake never meets half of one."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest
from conftest import ROOT

from bot import index, inventory, knowledge
from bot.index import Base, StaleIndexError, building
from bot.index.seal import seal


def test_knowledge_with_an_error_never_replaces_a_good_index(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "i.sqlite"
    index.build(folder, target)
    before = target.read_bytes()
    (folder / "accounts" / "bad.yaml").write_text("units: [", encoding="utf-8")
    assert index.build(folder, target).errors
    assert target.read_bytes() == before


def test_a_fault_while_writing_leaves_the_old_index_and_no_litter(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "data" / "i.sqlite"
    index.build(folder, target)
    before = target.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        index.build(folder, target)
    assert target.read_bytes() == before
    assert [p.name for p in target.parent.iterdir()] == ["i.sqlite"]


@pytest.mark.parametrize(
    "content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 4096], ids=["empty", "text", "torn"]
)
def test_a_file_that_is_no_index_is_told_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "i.sqlite"
    path.write_bytes(content)
    with pytest.raises(StaleIndexError):
        Base(path)
    assert index.digest_of(path) is None


def test_an_index_of_another_format_is_told_so(index_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    path.write_bytes(index_file.read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute("update meta set value = '0' where key = 'format'")
    connection.close()
    seal(path)
    with pytest.raises(StaleIndexError):
        Base(path)


def test_no_index_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Base(tmp_path / "none.sqlite")


def test_an_open_reader_keeps_the_index_it_opened(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "i.sqlite"
    index.build(ROOT / "knowledge", target)
    reader = Base(target)
    index.build(folder, target)
    assert reader.account("shuirungangcheng-wx")
    assert Base(target).account("shuirungangcheng-wx") is None


def test_an_index_knows_the_knowledge_it_was_built_from(index_file: Path) -> None:
    assert index.digest_of(index_file) == inventory.digest(ROOT / "knowledge")


def test_several_processes_build_what_one_does(
    index_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "WORTH_PROCESSES", 0)
    assert index.build(ROOT / "knowledge", tmp_path / "index.sqlite").errors == []
    assert (tmp_path / "index.sqlite").read_bytes() == index_file.read_bytes()


def test_every_account_and_unit_is_read_back_whole(index_file: Path, known: knowledge.Knowledge) -> None:
    base = Base(index_file)
    for unit in known.units:
        assert base.accounts(unit.key) == unit.accounts
        again = base.unit(unit.key)
        assert again
        assert (again.name, again.place, again.aliases) == (unit.name, unit.place, unit.aliases)


def test_many_threads_may_read_at_once(index_file: Path, known: knowledge.Knowledge) -> None:
    base = Base(index_file)
    ids = [a.id for u in known.units for a in u.accounts]
    wrong: list[str] = []

    def read() -> None:
        wrong.extend(i for i in ids if getattr(base.account(i), "id", None) != i)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_no_two_accounts_share_a_code(index_file: Path, known: knowledge.Knowledge) -> None:
    base = Base(index_file)
    codes = [base.code(a.id) for u in known.units for a in u.accounts]
    assert len(set(codes)) == len(codes)
