"""Floor 3. Rows → one SQLite file of the index's layout, filled from empty and made durable."""

from __future__ import annotations

import errno
import gc
import json
import os
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot import codec
from bot.index.layout import FORMAT, SCHEMA, Ref, hashed, pack_ids, pack_ref, unit_hash
from bot.index.postings import Columns, Names, Spread, do, tasks_of_names, tasks_of_units
from bot.index.rows import Lexicon, Row, grams
from bot.index.seal import seal

# Rows that one statement inserts: by the dozen they take little more than half the time.
TOGETHER = 16


class Writer:
    """Fills an empty index file, file of knowledge after file, and closes it whole.

    An overlay is filled the same way. Its numbers begin above those of the index below, and it is told which units and
    names of that it takes the place of.
    """

    def __init__(self, path: Path, lexicon: Lexicon, above: int = 0) -> None:
        self._path = path
        self._db = sqlite3.connect(path)
        self._db.executescript(
            "pragma journal_mode = off; pragma synchronous = off; pragma page_size = 4096;" + SCHEMA
        )
        self._lexicon = lexicon
        self._collects = False
        self._above = self._units = above
        self._ids, self._grams = Columns.empty(), Columns.empty()
        self._leads: list[tuple[int, int]] = []
        self._names: dict[str, bytes] = {}  # each with its packed refs
        self._titles: set[str] = set()  # those that are no account's own
        self._dead: list[int] = []
        self._replaced: list[str] = []
        self._gone: defaultdict[int, array[int]] = defaultdict(_no_numbers)

    def __enter__(self) -> Self:
        """Begin to fill the file. Python looks for no cycles meanwhile: what is filled in holds none, and is much."""
        self._collects = gc.isenabled()
        gc.disable()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the file. Raises: OSError, for what SQLite says when there is no room or no right to write."""
        if self._collects:
            gc.enable()
        self._db.close()
        if isinstance(error, sqlite3.OperationalError):
            full = error.sqlite_errorcode == sqlite3.SQLITE_FULL
            raise OSError(errno.ENOSPC if full else errno.EIO, str(error)) from error

    def add(self, name: str, digest: str, rows: Iterable[Row]) -> None:
        """Take in the units of one file."""
        first = self._units + 1
        bodies = []
        for row in rows:
            self._units += 1
            bodies.append((self._units, row.body))
            self._take(row, self._units)
        with self._db as connection:
            _insert(connection, "into unit", 2, bodies)
            connection.execute("insert into file values (?, ?, ?, ?)", (name, digest, first, self._units))

    def without(self, number: int, row: Row) -> None:
        """Take away a unit of the index below; to be told in the order of their numbers."""
        self._dead.append(number)
        for key in row.grams:
            self._gone[key].append(number)

    def replace(self, name: tuple[int, str], refs: Iterable[Ref], still: Iterable[Ref]) -> None:
        """Take the place of a name of the index below; to be told in the order of their numbers, before any unit is added.

        Args:
            name: Its number and its text.
            refs: The units that bear it below.
            still: Those of them that will go on to bear it.
        """
        number, text = name
        self._replaced.append(text)
        for key in grams(text, self._lexicon, own=any(r.own for r in refs)):
            self._gone[key].append(number)
        for ref in still:
            self._bear(text, pack_ref(*ref), own=ref.own)

    def finish(
        self,
        things: Iterable[Any],
        moved: dict[str, str | None],
        hosts: Mapping[str, int],
        meta: dict[str, str],
        spread: Spread = map,
    ) -> list[int]:
        """Write all that depends on the whole, close the file and make it durable.

        Args:
            things: The small records.
            moved: The ids that were changed or withdrawn.
            hosts: How many units show an http address of each host, or how many more than below.
            meta: What else is to be known of the file.
            spread: What does tasks, in other processes if there is much to do.

        Returns:
            The numbers of units with an id that another has too: an index with any must not go into service.
        """
        names = len(self._names) - len(self._replaced)
        meta = {"format": FORMAT, "names": str(names), "around": "", **meta}
        with self._db as connection:
            twice = self._write_found(spread)
            connection.executemany("insert into host values (?, ?)", sorted(hosts.items()))
            connection.executemany("insert into moved values (?, ?)", moved.items())
            connection.executemany(
                "insert into thing values (?, ?)", ((type(t).__name__, _dump(t)) for t in things)
            )
            connection.executemany("insert into dead values (?)", ((n,) for n in sorted(self._dead)))
            connection.executemany("insert into gone values (?, ?)", _packed(self._gone))
            connection.executemany("insert into meta values (?, ?)", meta.items())
        self._db.close()
        seal(self._path)
        durable(self._path)
        return twice

    def _write_found(self, spread: Spread) -> list[int]:
        """Write what leads to units and names, and which names there are; return the units that share an id."""
        of_units = iter(spread(do, tasks_of_units(self._ids, self._grams)))
        texts = sorted(self._names)  # by their letters: nothing depends on the order of the knowledge's files
        names = Names.of(texts, bytes(t not in self._titles for t in texts), self._above + 1)
        of_names = iter(spread(do, tasks_of_names(names, self._lexicon.phonetics, self._replaced)))
        ids: Columns = next(of_units)
        _insert(self._db, "or ignore into account", 2, ids.rows())
        _insert(self._db, "into lead", 2, sorted(set(self._leads)))
        refs = map(self._names.__getitem__, texts)
        _insert(self._db, "into name", 3, zip(count(names.first), texts, refs, strict=False))
        texts.clear()
        self._names.clear()  # it is the most that stands in memory
        _insert(self._db, "or ignore into exact", 2, next(of_names).rows())
        _insert(self._db, "into gram", 2, next(of_names))
        _insert(self._db, "into gram", 2, next(of_units).lists())
        _insert(self._db, "into gram", 2, next(of_names))
        letters, pairs = next(of_names)
        _insert(self._db, "into letter", 2, letters)
        _insert(self._db, "into pair", 2, pairs)
        return ids.twice()

    def _take(self, row: Row, number: int) -> None:
        self._ids.add(map(hashed, row.ids), number)
        if row.unit_id:
            self._ids.add((unit_hash(row.unit_id),), number)
        self._leads += [(hashed(lead), number) for lead in row.leads]
        for text, own in row.names:
            self._bear(text, pack_ref(number, row.place, own), own=own)
        self._grams.add(row.grams, number)

    def _bear(self, text: str, ref: bytes, *, own: bool) -> None:
        known = self._names.get(text, b"")
        self._names[text] = known + ref
        if own:
            self._titles.discard(text)
        elif not known:
            self._titles.add(text)


def _no_numbers() -> array[int]:
    return array("I")


def _packed(postings: dict[int, array[int]]) -> Iterator[tuple[int, bytes]]:
    return ((key, pack_ids(postings[key])) for key in sorted(postings))


def _insert(connection: sqlite3.Connection, into: str, width: int, rows: Iterable[Iterable[Any]]) -> None:
    """Insert rows of so many columns."""
    values = chain.from_iterable(rows)
    most = width * TOGETHER
    part: tuple[Any, ...] = ()

    def whole() -> Iterator[tuple[Any, ...]]:
        nonlocal part
        while len(part := tuple(islice(values, most))) == most:
            yield part

    connection.executemany(_statement(into, width, TOGETHER), whole())
    if part:
        connection.execute(_statement(into, width, len(part) // width), part)


def _statement(into: str, width: int, rows: int) -> str:
    marks = f"({','.join('?' * width)})"
    return f"insert {into} values {','.join([marks] * rows)}"  # noqa: S608  # our own tables


def durable(path: Path) -> None:
    """Make a file or a folder's entries survive a power cut; a platform that cannot sync a folder is let be."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:  # Windows opens no folder
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _dump(record: Any) -> str:
    return json.dumps(codec.encode(record), ensure_ascii=False, separators=(",", ":"))
