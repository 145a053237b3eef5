"""Floor 3. One file of the index's layout, opened for reading: an index, or an overlay."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from bot import codec
from bot.index.layout import FORMAT
from bot.index.rows import Lexicon
from bot.index.seal import sealed
from bot.records import Advice, Agency, Contact, Lookalikes, Place, PlatformInfo, Reading, Rule, Talk, Topic

# Rows read at a time where a whole table is walked.
PAGE = 1000

T = TypeVar("T", Advice, Agency, Contact, Lookalikes, Place, PlatformInfo, Reading, Rule, Talk, Topic)
# What tells a file from another that took its place: device, number, size, time in nanoseconds.
Stamp = tuple[int, int, int, int]


class StaleIndexError(Exception):
    """The file is no index of ours, or of another format; build it again."""


class Layer:
    """A file of the index's layout, open until nothing reads it any more. Safe to share between threads."""

    def __init__(self, path: Path, *, check: bool = False) -> None:
        """Open a file that is as it was written, and with `check` see how its pages hang together.

        Raises:
            StaleIndexError: it is no file of ours, or it is broken.
            FileNotFoundError: there is none.
        """
        # Taken before opening: a file swapped in between is then seen as another, never mistaken for this one.
        self.stamp = stamp_of(path)
        if not path.is_file():
            raise FileNotFoundError(path)
        if not _whole(path, self.stamp):
            raise StaleIndexError(f"{path}: 文件坏了,或是旧格式")
        # One connection for all threads: a second one opened later could find a newer file under the same name.
        uri = path.resolve().as_uri() + "?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        weakref.finalize(self, self._connection.close)
        self._lock = threading.Lock()
        self._things: dict[type, list[Any]] = {}
        try:
            self.meta: dict[str, str] = dict(self.rows("select key, value from meta"))
            torn = check and self.rows("pragma quick_check") != [("ok",)]
        except sqlite3.DatabaseError as error:
            raise StaleIndexError(f"{path}: {error}") from error
        if torn:
            raise StaleIndexError(f"{path}: 文件坏了")

    @property
    def current(self) -> bool:
        """Whether it is of the layout that this program reads."""
        return self.meta.get("format") == FORMAT

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        """Return the rows of a query."""
        with self._lock:
            return self._connection.execute(sql, tuple(values)).fetchall()

    def walk(self, columns: str, table: str) -> Iterator[Any]:
        """Yield the rows of a whole table by its first column, a number, without holding them all."""
        first = columns.partition(",")[0]
        sql = f"select {columns} from {table} where {first} > ? order by {first} limit {PAGE}"
        last = -1
        while rows := self.rows(sql, (last,)):
            yield from rows
            last = rows[-1][0]

    def things(self, cls: type[T]) -> list[T]:
        """Return the small records of a class, in the order of their files; nobody changes the list."""
        if cls not in self._things:
            rows = self.rows("select body from thing where kind = ? order by rowid", (cls.__name__,))
            bodies = json.loads(f"[{','.join(body for (body,) in rows)}]")
            self._things[cls] = [codec.load(cls, body) for body in bodies]
        return self._things[cls]

    @cached_property
    def files(self) -> dict[str, str]:
        """The digest of each accounts file, by name; an empty one in an overlay for a file that is gone."""
        return dict(self.rows("select name, digest from file"))

    @cached_property
    def places(self) -> dict[str, Place]:
        """All places by code."""
        return {p.code: p for p in self.things(Place)}

    @cached_property
    def lexicon(self) -> Lexicon:
        """What names are read by."""
        return Lexicon.of(self.places, self.things(Agency), self.things(Reading))

    @cached_property
    def letters(self) -> dict[str, int]:
        """How many names hold each character, or how many more than below."""
        return dict(self.rows("select c, n from letter"))


@lru_cache(maxsize=8)
def _whole(path: Path, stamp: Stamp) -> bool:  # noqa: ARG001 - a file of the same stamp is not read again
    """Tell whether a file is as it was sealed."""
    return sealed(path)


def stamp_of(path: Path) -> Stamp | None:
    """Return what tells a file from another of its name, `None` where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
