"""Floor 3. Rows → one SQLite file of the index's layout, filled from empty and made durable."""

from __future__ import annotations

import json
import os
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import sqlite_utils

from bot import codec
from bot.index.layout import (
    FORMAT,
    SCHEMA,
    character_pairs,
    hashed,
    pack_ids,
    unit_hash,
)
from bot.index.rows import Lexicon, Row, grams


class Writer:
    """Fills an empty index file, file of knowledge after file, and closes it whole."""

    def __init__(self, path: Path, lexicon: Lexicon) -> None:
        self._db = sqlite_utils.Database(path)
        self._db.executescript(
            "pragma journal_mode = off; pragma synchronous = off; pragma page_size = 4096;" + SCHEMA
        )
        self._lexicon = lexicon
        self._units = 0
        self._hashes: list[tuple[int, int]] = []
        self._leads: list[tuple[int, int]] = []
        self._names: dict[str, int] = {}
        self._refs: list[array[int]] = []
        self._own = bytearray()
        self._grams: dict[int, array[int]] = {}

    def add(self, name: str, digest: str, rows: Iterable[Row]) -> None:
        """Take in the units of one file."""
        first = self._units + 1
        bodies = []
        for row in rows:
            self._units += 1
            bodies.append((self._units, row.body))
            self._take(row, self._units)
        with self._db.conn as connection:
            connection.executemany("insert into unit values (?, ?)", bodies)
            connection.execute("insert into file values (?, ?, ?, ?)", (name, digest, first, self._units))

    def finish(self, things: Iterable[Any], moved: dict[str, str | None], meta: dict[str, str]) -> list[int]:
        """Write all that depends on the whole, close the file and make it durable.

        Returns:
            The numbers of units with an id that another has too: an index with any must not go into service.
        """
        self._order()
        self._hashes.sort()
        twice = [
            number for one, two in pairwise(self._hashes) if one[0] == two[0] for number in (one[1], two[1])
        ]
        with self._db.conn as connection:
            connection.executemany("insert or ignore into account values (?, ?)", self._hashes)
            connection.executemany("insert into lead values (?, ?)", sorted(set(self._leads)))
            connection.executemany("insert into name values (?, ?, ?)", self._name_rows())
            exact = sorted((hashed(text), number) for text, number in self._names.items())
            connection.executemany("insert or ignore into exact values (?, ?)", exact)
            connection.executemany("insert into gram values (?, ?)", self._gram_rows())
            letters = Counter(c for text in self._names for c in set(text))
            connection.executemany("insert into letter values (?, ?)", sorted(letters.items()))
            connection.executemany("insert into pair values (?, ?)", sorted(self._pairs().items()))
            connection.executemany("insert into moved values (?, ?)", moved.items())
            connection.executemany(
                "insert into thing values (?, ?)", ((type(t).__name__, _dump(t)) for t in things)
            )
            meta = {"format": FORMAT, "names": str(len(self._names)), **meta}
            connection.executemany("insert into meta values (?, ?)", meta.items())
        path = Path(self._db.conn.execute("pragma database_list").fetchone()[2])
        self._db.close()
        durable(path)
        return twice

    def close(self) -> None:
        """Let go of a file that will not be finished."""
        self._db.close()

    def _take(self, row: Row, number: int) -> None:
        self._hashes += [(hashed(i), number) for i in row.ids]
        if row.unit_id:
            self._hashes.append((unit_hash(row.unit_id), number))
        self._leads += [(hashed(lead), number) for lead in row.leads]
        for text, own in row.names:
            name = self._names.setdefault(text, len(self._names) + 1)
            if name > len(self._refs):
                self._refs.append(array("I"))
                self._own.append(0)
            self._refs[name - 1].extend((number, row.place << 1 | own))
            self._own[name - 1] |= own
        for key in row.grams:
            self._grams.setdefault(key, array("I")).append(number)

    def _order(self) -> None:
        """Number the names by their letters, so that nothing depends on the order of the knowledge's files."""
        old = sorted(self._names.items())
        self._refs = [self._refs[n - 1] for _, n in old]
        self._own = bytearray(self._own[n - 1] for _, n in old)
        self._names = {text: n for n, (text, _) in enumerate(old, 1)}

    def _name_rows(self) -> Iterator[tuple[int, str, bytes]]:
        return ((n, text, self._refs[n - 1].tobytes()) for text, n in self._names.items())

    def _pairs(self) -> Counter[int]:
        return Counter(pair for text in self._names for pair in set(character_pairs(text)))

    def _gram_rows(self) -> Iterator[tuple[int, bytes]]:
        found = self._grams
        for text, number in self._names.items():
            for key in grams(text, self._lexicon, own=bool(self._own[number - 1])):
                ids = found.get(key)
                if ids is None:
                    found[key] = array("I", (number,))
                else:
                    ids.append(number)
        return ((key, pack_ids(found[key])) for key in sorted(found))


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


def sound(path: Path) -> bool:
    """Tell whether a file is a whole SQLite database, page for page."""
    connection = sqlite3.connect(path)
    try:
        return bool(connection.execute("pragma quick_check").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def _dump(record: Any) -> str:
    return json.dumps(codec.encode(record), ensure_ascii=False, separators=(",", ":"))
