"""What is found of all names at once is what is found of each name by itself."""

from __future__ import annotations

import gc
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.index import postings
from bot.index.layout import SOUNDS, WRITTEN, character_pairs, hashed, unpack_ids
from bot.index.postings import Columns, Names, do, tasks_of_names, tasks_of_units
from bot.index.rows import Lexicon, Row, grams, row
from bot.index.writing import Writer
from bot.records import Account, Reading, Source, Unit
from bot.text import fold
from bot.values import State, When

FIRST = 7
LEXICON = Lexicon.of({}, [], [Reading("乐亭", ("lao", "ting")), Reading("六安", ("lu", "an"))])
# Repeated characters, letters that are syllables or none, special readings, and characters that a key has no room for.
LETTERS = "临沂临乐亭六安水水公安局发布12afgnxz𠮷ஷ𠮶"
TEXTS = st.lists(st.text(LETTERS, min_size=1).map(fold).filter(bool), unique=True)


def found(texts: list[str], own: bytes, replaced: Iterable[str] = ()) -> list[Any]:
    """Return what the tasks of some names find, three names at a time."""
    with patch.object(postings, "PORTION", 3):
        names = Names.of(texts, own, FIRST)
    return [do(task) for task in tasks_of_names(names, LEXICON.phonetics, list(replaced))]


def unit(number: int, names: Iterable[str]) -> Unit:
    """Return a unit with an account of each name."""
    checked = When("2024-04-02")
    accounts = [
        Account(f"a{number}-{at}", State.ACTIVE, checked, (Source("新京报"),), name, unit=f"a{number}-0")
        for at, name in enumerate(names)
    ]
    return Unit(tuple(accounts), key=f"a{number}-0")


def test_no_names_give_nothing() -> None:
    assert found([], b"") == [Columns.empty(), [], [], ([], [])]


def test_no_id_stands_twice_where_each_is_of_one_unit() -> None:
    columns = Columns.empty()
    columns.add((5, 3), 1)
    columns.add((4,), 2)
    ids, _ = (do(task) for task in tasks_of_units(columns, Columns.empty()))
    assert (list(ids.rows()), ids.twice()) == ([(3, 1), (4, 2), (5, 1)], [])


def test_the_units_that_share_an_id_are_told() -> None:
    columns = Columns.empty()
    for key, number in ((5, 1), (3, 1), (5, 2), (4, 3)):
        columns.add((key,), number)
    ids, _ = (do(task) for task in tasks_of_units(columns, Columns.empty()))
    assert ids.twice() == [1, 2]


@given(st.lists(st.lists(st.integers(0, 9), unique=True)))
def test_each_key_leads_to_all_its_units_in_order(keys: list[list[int]]) -> None:
    columns = Columns.empty()
    expected = defaultdict(list)
    for number, of_one in enumerate(keys):
        columns.add(of_one, number)
        for key in of_one:
            expected[key].append(number)
    _, grams_of_units = (do(task) for task in tasks_of_units(Columns.empty(), columns))
    lists = [(key, unpack_ids(ids)) for key, ids in grams_of_units.lists()]
    assert lists == sorted(expected.items())


@given(TEXTS, st.data())
def test_names_are_found_by_the_keys_of_each(texts: list[str], data: st.DataObject) -> None:
    own = bytes(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))))
    _, sounds, written, _ = found(texts, own)
    expected = defaultdict(list)
    for number, (text, is_own) in enumerate(zip(texts, own, strict=True), FIRST):
        for key in grams(text, LEXICON, own=bool(is_own)):
            expected[key].append(number)
    for kind, rows in ((SOUNDS, sounds), (WRITTEN, written)):
        lists = [(key, unpack_ids(ids)) for key, ids in rows]
        assert lists == sorted((key, ids) for key, ids in expected.items() if key >> 32 == kind)


@given(TEXTS)
def test_names_are_found_by_their_hash(texts: list[str]) -> None:
    exact, *_ = found(texts, bytes(len(texts)))
    assert list(exact.rows()) == sorted((hashed(text), n) for n, text in enumerate(texts, FIRST))


@given(TEXTS, TEXTS)
def test_what_names_hold_is_counted_and_names_replaced_are_taken_off(
    texts: list[str], replaced: list[str]
) -> None:
    *_, (letters, pairs) = found(texts, bytes(len(texts)), replaced)

    def counted(parts: Callable[[str], Iterable[Any]]) -> list[tuple[Any, int]]:
        counts = Counter(part for text in texts for part in set(parts(text)))
        counts.subtract(part for text in replaced for part in set(parts(text)))
        return sorted((part, count) for part, count in counts.items() if count)

    assert (letters, pairs) == (counted(list), counted(character_pairs))


@given(TEXTS)
def test_many_texts_sound_as_each_does(texts: list[str]) -> None:
    phonetics = LEXICON.phonetics
    assert phonetics.heard(texts) == [phonetics.spoken(text)[0][0] for text in texts]


def test_python_looks_for_cycles_again_once_an_index_failed(tmp_path: Path) -> None:
    def rows() -> Iterator[Row]:
        assert not gc.isenabled()
        raise OSError("full")
        yield

    with pytest.raises(OSError, match="full"), Writer(tmp_path / "index.sqlite", LEXICON) as writer:
        writer.add("accounts/a.yaml", "0", rows())
    assert gc.isenabled()


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 40])
def test_an_index_is_the_same_whoever_does_the_tasks(count: int, tmp_path: Path) -> None:
    dumps = []
    with ThreadPoolExecutor() as pool:
        for spread in (map, pool.map):
            path = tmp_path / f"{spread.__qualname__}.sqlite"
            with Writer(path, LEXICON) as writer:
                rows = [row(unit(n, (f"临沂{n}", "六安发布")), LEXICON) for n in range(count)]
                writer.add("accounts/a.yaml", "0", rows)
                assert writer.finish((), {}, {}, {"digest": "0", "others": ""}, spread) == []
            with closing(sqlite3.connect(path)) as connection:
                dumps.append(list(connection.iterdump()))
                assert connection.execute("select count(*) from name").fetchone() == (count + bool(count),)
    assert dumps[0] == dumps[1]
