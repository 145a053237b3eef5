"""Floor 3. Rows → one SQLite file of the index's layout, filled from empty and made durable."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot import codec
from bot.index.layout import (
    FORMAT,
    SCHEMA,
    Ref,
    hashed,
    pack_ids,
    unit_hash,
)
from bot.index.postings import BREAK, Names, Spread, do, tasks
from bot.index.rows import Lexicon, Row, grams
from bot.index.seal import seal


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
        self._above = self._units = above
        self._hashes: list[tuple[int, int]] = []
        self._leads: list[tuple[int, int]] = []
        self._names: dict[str, int] = {}
        self._refs: list[array[int]] = []
        self._own = bytearray()
        self._grams: defaultdict[int, array[int]] = defaultdict(_no_numbers)
        self._dead: list[int] = []
        self._replaced: list[str] = []
        self._gone: defaultdict[int, array[int]] = defaultdict(_no_numbers)

    def __enter__(self) -> Self:
        """Begin to fill the file."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the file. Raises: OSError, for what SQLite says when there is no room or no right to write."""
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
            connection.executemany("insert into unit values (?, ?)", bodies)
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
            self._bear(text, ref)

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
        self._order()
        names = Names(BREAK.join(self._names), bytes(self._own), self._above + 1)
        found = iter(spread(do, tasks(names, self._lexicon.phonetics, self._replaced)))
        self._hashes.sort()
        twice = [
            number for one, two in pairwise(self._hashes) if one[0] == two[0] for number in (one[1], two[1])
        ]
        with self._db as connection:
            connection.executemany("insert or ignore into account values (?, ?)", self._hashes)
            connection.executemany("insert into lead values (?, ?)", sorted(set(self._leads)))
            connection.executemany("insert into name values (?, ?, ?)", self._name_rows())
            exact = sorted((hashed(text), number) for number, text in self._numbered())
            connection.executemany("insert or ignore into exact values (?, ?)", exact)
            for rows in (next(found), _packed(self._grams), next(found)):
                connection.executemany("insert into gram values (?, ?)", rows)
            letters, pairs = next(found)
            connection.executemany("insert into letter values (?, ?)", letters)
            connection.executemany("insert into pair values (?, ?)", pairs)
            connection.executemany("insert into host values (?, ?)", sorted(hosts.items()))
            connection.executemany("insert into moved values (?, ?)", moved.items())
            connection.executemany(
                "insert into thing values (?, ?)", ((type(t).__name__, _dump(t)) for t in things)
            )
            connection.executemany("insert into dead values (?)", ((n,) for n in sorted(self._dead)))
            connection.executemany("insert into gone values (?, ?)", _packed(self._gone))
            standing = len(self._names) - len(self._replaced)
            meta = {"format": FORMAT, "names": str(standing), "around": "", **meta}
            connection.executemany("insert into meta values (?, ?)", meta.items())
        self._db.close()
        seal(self._path)
        durable(self._path)
        return twice

    def _take(self, row: Row, number: int) -> None:
        self._hashes += [(hashed(i), number) for i in row.ids]
        if row.unit_id:
            self._hashes.append((unit_hash(row.unit_id), number))
        self._leads += [(hashed(lead), number) for lead in row.leads]
        for text, own in row.names:
            self._bear(text, Ref(number, row.place, own))
        for key in row.grams:
            self._grams[key].append(number)

    def _order(self) -> None:
        """Number the names by their letters, so that nothing depends on the order of the knowledge's files."""
        old = sorted(self._names.items())
        self._refs = [self._refs[at] for _, at in old]
        self._own = bytearray(self._own[at] for _, at in old)
        self._names = {text: at for at, (text, _) in enumerate(old)}

    def _bear(self, text: str, ref: Ref) -> None:
        at = self._names.setdefault(text, len(self._names))
        if at == len(self._refs):
            self._refs.append(array("I"))
            self._own.append(0)
        self._refs[at].extend((ref.unit, ref.place << 1 | ref.own))
        self._own[at] |= ref.own

    def _name_rows(self) -> Iterator[tuple[int, str, bytes]]:
        return (
            (number, text, refs.tobytes())
            for (number, text), refs in zip(self._numbered(), self._refs, strict=True)
        )

    def _numbered(self) -> Iterator[tuple[int, str]]:
        return enumerate(self._names, self._above + 1)


def _no_numbers() -> array[int]:
    return array("I")


def _packed(postings: dict[int, array[int]]) -> Iterator[tuple[int, bytes]]:
    return ((key, pack_ids(postings[key])) for key in sorted(postings))


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
