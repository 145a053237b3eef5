"""An index of which anything is missing, added or different is no index, and the next build takes its place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from bot import index
from bot.index import Base, StaleIndexError
from bot.index.seal import seal, sealed


@pytest.fixture(scope="module")
def good(index_file: Path) -> bytes:
    """An index as it was written."""
    return index_file.read_bytes()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the spoilt one is."""
    return tmp_path_factory.mktemp("spoilt") / "index.sqlite"


@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_bit_that_flipped_is_seen(good: bytes, path: Path, at: float, bit: int) -> None:
    spoilt = bytearray(good)
    spoilt[int(at * len(good))] ^= 1 << bit
    path.write_bytes(spoilt)
    assert not sealed(path)


@given(left=st.floats(0, 1, exclude_max=True), more=st.binary(max_size=9))
def test_a_part_that_is_missing_or_added_is_seen(good: bytes, path: Path, left: float, more: bytes) -> None:
    path.write_bytes(good[: int(left * len(good))])
    assert not sealed(path)
    path.write_bytes(good + more)
    assert sealed(path) == (more == b"")


def test_what_sqlite_itself_does_not_see_is_seen(good: bytes, tmp_path: Path) -> None:
    """A letter of a text that rotted hangs together as well as before."""
    path = tmp_path / "rotten.sqlite"
    at = good.rindex("张家港".encode())
    path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma quick_check").fetchall() == [("ok",)]
    with pytest.raises(StaleIndexError):
        Base(path)


def test_what_nobody_sealed_is_no_index(good: bytes, path: Path) -> None:
    path.write_bytes(good[:60] + bytes(4) + good[64:])
    assert not sealed(path)
    seal(path)
    assert path.read_bytes() == good


def test_a_build_takes_the_place_of_a_broken_index(good: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.sqlite"
    path.write_bytes(good[:5000] + b"\xa5" * 4096 + good[9096:])
    assert index.digest_of(path) is None
    assert index.update(ROOT / "knowledge", path) is None
    assert not index.build(ROOT / "knowledge", path).errors
    assert sealed(path)
