"""A file is put in place whole or not at all, and why not is said in Chinese."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from bot.files import WHY, aside, put, why


@pytest.mark.parametrize("there", [True, False])
def test_a_fault_while_writing_leaves_what_was_there_and_nothing_beside_it(
    tmp_path: Path, *, there: bool
) -> None:
    target = tmp_path / "a.txt"
    if there:
        target.write_text("前", encoding="utf-8")

    def half(path: Path) -> None:
        path.write_text("后", encoding="utf-8")
        raise ValueError

    with pytest.raises(ValueError), aside(target) as path:  # noqa: PT011  # our own
        half(path)
    assert [p.name for p in tmp_path.iterdir()] == (["a.txt"] if there else [])
    assert not there or target.read_text(encoding="utf-8") == "前"


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.txt"
    put(b"1", target)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space") as error:
        put(b"2", target)
    assert why(error.value) == "磁盘满了"
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.txt", b"1")]


@pytest.mark.parametrize("place", ["none/a.txt", "file/a.txt", "folder"])
def test_a_place_that_cannot_be_written_is_an_os_error_told_in_chinese(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match=place) as error:
        put(b"1", tmp_path / place)
    assert why(error.value) in WHY.values()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


def test_an_error_that_we_have_no_words_for_is_told_as_it_is() -> None:
    assert why(OSError(errno.EIO, "Input/output error")) == "Input/output error"
    assert why(OSError("odd")) == "odd"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_file_keeps_its_permissions_and_a_new_one_is_not_hidden_from_others(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.touch()
    old.chmod(0o640)
    before = os.umask(0o022)
    try:
        put(b"1", old)
        put(b"1", new)
    finally:
        os.umask(before)
    assert [p.stat().st_mode & 0o777 for p in (old, new)] == [0o640, 0o644]
