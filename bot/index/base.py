"""Floor 3. An index opened for reading: one file, and an overlay of what changed since it was built.

A reader sees one state from opening to closing: both files are replaced, never written in place.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from bot import codec
from bot.index.layout import (
    CODE_LENGTH,
    FORMAT,
    LONG_CODE_LENGTH,
    Ref,
    account_of,
    code_range,
    count_ids,
    hashed,
    long_code,
    unit_hash,
    unpack,
    unpack_ids,
    unpack_refs,
)
from bot.index.rows import Lexicon
from bot.knowledge import Knowledge
from bot.records import (
    Account,
    Advice,
    Agency,
    Contact,
    Lookalikes,
    Place,
    PlatformInfo,
    Reading,
    Rule,
    Topic,
    Unit,
)

OVERLAY = ".overlay"
# Numbers of units and names in an overlay begin here; no base has as many.
ABOVE = 1 << 30
# The file is read as mapped memory, which all processes that answer share.
MAPPED = 1 << 30
# SQLite takes at most 999 values in a query of an old build; a question needs fewer.
MOST_VALUES = 900

T = TypeVar("T", Advice, Agency, Contact, Lookalikes, Place, PlatformInfo, Reading, Rule, Topic)


class StaleIndexError(Exception):
    """The file is no index of ours, or of another format; build it again."""


class Layer:
    """One file of the index's layout, opened for reading. Safe to share between threads."""

    def __init__(self, path: Path, offset: int) -> None:
        """Open a file. Raises: StaleIndexError, FileNotFoundError."""
        if not path.is_file():
            raise FileNotFoundError(path)
        self.offset = offset
        # One connection for all threads: a second one opened later could find a newer file under the same name.
        uri = path.resolve().as_uri() + "?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._connection.execute(f"pragma mmap_size = {MAPPED}")
        self._lock = threading.Lock()
        try:
            self.meta = dict(self.rows("select key, value from meta"))
        except sqlite3.DatabaseError as error:
            self.close()
            raise StaleIndexError(str(path)) from error
        if self.meta.get("format") != FORMAT:
            self.close()
            raise StaleIndexError(str(path))

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        """Return the rows of a query."""
        with self._lock:
            return self._connection.execute(sql, tuple(values)).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class Base:
    """An index opened for reading, its overlay laid over it. Safe to share between threads; never written."""

    def __init__(self, path: Path | str, *, overlay: bool | Path = True) -> None:
        """Open an index and the overlay beside it, or the one given. Raises: StaleIndexError, FileNotFoundError."""
        path = Path(path)
        self._layers = [Layer(path, 0)]
        self._dead: list[tuple[int, int]] = []
        self.digest: str = self._layers[0].meta["digest"]
        beside = path.with_name(path.name + OVERLAY) if overlay is True else overlay
        if isinstance(beside, Path):
            self._lay_over(beside)

    def _lay_over(self, path: Path) -> None:
        """Take in an overlay that was made for this very index; any other is as if it were not there."""
        try:
            layer = Layer(path, ABOVE)
        except (StaleIndexError, FileNotFoundError):
            return
        if layer.meta.get("base") != self.digest:
            layer.close()
            return
        self._layers.insert(0, layer)
        pieces = (piece.split("-") for piece in layer.meta["dead"].split(",") if piece)
        self._dead = sorted((int(first), int(last)) for first, last in pieces)
        self.digest = layer.meta["digest"]

    def close(self) -> None:
        """Let go of the files."""
        for layer in self._layers:
            layer.close()

    # Accounts and units -----------------------------------------------------------------------------------------

    def account(self, account_id: str) -> Account | None:
        """Return an account by its id."""
        unit = self.holder(account_id)
        return account_of(unit, account_id) if unit else None

    def holder(self, account_id: str) -> Unit | None:
        """Return the unit, with all its accounts, that has the account of an id."""
        for unit in self._hashed(hashed(account_id)):
            if account_of(unit, account_id):
                return unit
        return None

    def unit_of_id(self, unit_id: str) -> Unit | None:
        """Return the unit of an id that the knowledge gives it."""
        return next((u for u in self._hashed(unit_hash(unit_id)) if u.id == unit_id), None)

    def unit(self, key: str) -> Unit | None:
        """Return a unit, with its accounts, by its key: its id, or that of its first account."""
        return self.unit_of_id(key) or self.holder(key)

    def accounts(self, key: str) -> tuple[Account, ...]:
        """Return all accounts of a unit by its key."""
        unit = self.unit(key)
        return unit.accounts if unit else ()

    def unit_at(self, number: int) -> Unit:
        """Return the unit of a number that this index gave. Raises: KeyError."""
        layer = self._layer(number)
        rows = layer.rows("select body from unit where id = ?", (number - layer.offset,))
        if not rows:
            raise KeyError(number)
        return unpack(rows[0][0])

    def alive(self, number: int) -> bool:
        """Tell whether a unit's number still stands: an overlay may have replaced it."""
        return not self._is_dead(number)

    def ids(self) -> Iterator[str]:
        """Yield the id of every account."""
        return (a.id for unit in self.units() for a in unit.accounts)

    def units(self) -> Iterator[Unit]:
        """Yield every unit with its accounts, in the order of the knowledge's files."""
        for layer in reversed(self._layers):
            for number, body in layer.rows("select id, body from unit order by id"):
                if not self._is_dead(number + layer.offset):
                    yield unpack(body)

    def moved(self, account_id: str) -> str:
        """Return the id an account has now, whatever it was called before; nothing for one that was withdrawn."""
        met: set[str] = set()
        while account_id not in met:
            met.add(account_id)
            rows = self._layers[-1].rows("select moved_to from moved where id = ?", (account_id,))
            if rows:
                account_id = rows[0][0] or ""
        return account_id

    def code(self, account_id: str) -> str:
        """Return the code that stands for an account on a forwarded answer: short where that is its alone."""
        long = long_code(account_id)
        first, last = code_range(long[:CODE_LENGTH])
        return long[:CODE_LENGTH] if len(self._between(first, last)) <= 1 else long

    def coded(self, code: str) -> list[Account]:
        """Return the accounts that a code stands for: one, none, or in a rare case several."""
        try:
            first, last = code_range(code[:LONG_CODE_LENGTH])
        except ValueError:
            return []
        units = [self.unit_at(n) for n in dict.fromkeys(self._between(first, last))]
        return [a for u in units for a in u.accounts if long_code(a.id).startswith(code[:LONG_CODE_LENGTH])]

    # Names ------------------------------------------------------------------------------------------------------

    def exact(self, plain: Iterable[str]) -> dict[str, list[Ref]]:
        """Return the units that bear each of some plain names; names that nobody bears are left out."""
        wanted = {hashed(text): text for text in list(plain)[:MOST_VALUES]}
        sql = "select text, refs from exact join name on id = name where h in "
        marks = f"({','.join('?' * len(wanted))})"
        found: dict[str, list[Ref]] = {}
        for layer in self._layers:
            for text, data in layer.rows(sql + marks, wanted):
                refs = self._refs(data, layer)
                if refs and wanted[hashed(text)] == text:
                    found[text] = found.get(text, []) + refs
        return found

    def counts(self, keys: Iterable[int]) -> dict[int, int]:
        """Return how many names or units stand behind each gram key; keys without any are left out."""
        wanted = list(keys)[:MOST_VALUES]
        found: dict[int, int] = {}
        for layer in self._layers:
            marks = ",".join("?" * len(wanted))
            sql = f"select k, length(ids), substr(ids, 1, 5) from gram where k in ({marks})"  # noqa: S608  # only marks
            for key, size, head in layer.rows(sql, wanted):
                found[key] = found.get(key, 0) + count_ids(head, size)
        return found

    def pairs(self, keys: Iterable[int]) -> dict[int, int]:
        """Return how many names hold each pair of neighbouring characters; pairs in none are left out."""
        wanted = list(keys)[:MOST_VALUES]
        marks = ",".join("?" * len(wanted))
        found: dict[int, int] = {}
        for layer in self._layers:
            for key, count in layer.rows(f"select k, n from pair where k in ({marks})", wanted):  # noqa: S608
                found[key] = found.get(key, 0) + count
        return found

    @cached_property
    def letters(self) -> dict[str, int]:
        """How many names hold each character."""
        found: dict[str, int] = {}
        for layer in self._layers:
            for letter, count in layer.rows("select c, n from letter"):
                found[letter] = found.get(letter, 0) + count
        return found

    @cached_property
    def size(self) -> int:
        """How many different names there are."""
        return sum(int(layer.meta["names"]) for layer in self._layers)

    def posting(self, key: int) -> list[int]:
        """Return the numbers of the names or units behind a gram key."""
        return [number for numbers in self.postings((key,)) for number in numbers]

    def postings(self, keys: Collection[int]) -> Iterator[list[int]]:
        """Yield the numbers of the names or units behind each of some gram keys, in no order."""
        sql = f"select ids from gram where k in ({','.join('?' * len(keys))})"  # noqa: S608
        for layer in self._layers:
            for (ids,) in layer.rows(sql, keys):
                numbers = unpack_ids(ids)
                yield [n + layer.offset for n in numbers] if layer.offset else numbers

    def names(self, numbers: Iterable[int]) -> list[tuple[int, str, list[Ref]]]:
        """Return (number, name, units that bear it) of names by number; those whose units are all gone are left out."""
        found: list[tuple[int, str, list[Ref]]] = []
        wanted = list(numbers)
        for layer in self._layers:
            mine = [n - layer.offset for n in wanted if self._layer(n) is layer][:MOST_VALUES]
            if mine:
                sql = f"select id, text, refs from name where id in ({','.join('?' * len(mine))})"  # noqa: S608
                for number, text, data in layer.rows(sql, mine):
                    refs = self._refs(data, layer)
                    if refs:
                        found.append((number + layer.offset, text, refs))
        return found

    # What stands around -----------------------------------------------------------------------------------------

    @cached_property
    def places(self) -> dict[str, Place]:
        """All places by code."""
        return {p.code: p for p in self._things(Place)}

    @cached_property
    def topics(self) -> dict[str, Topic]:
        """All topics by id, in the order of the file."""
        return {t.id: t for t in self._things(Topic)}

    @cached_property
    def contacts(self) -> list[Contact]:
        """All contact points that stand on their own."""
        return self._things(Contact)

    @cached_property
    def platforms(self) -> list[PlatformInfo]:
        """The platforms with the words people use for them."""
        return self._things(PlatformInfo)

    @cached_property
    def agencies(self) -> list[Agency]:
        """All kinds of organisation."""
        return self._things(Agency)

    @cached_property
    def readings(self) -> list[Reading]:
        """Words read differently from their characters."""
        return self._things(Reading)

    @cached_property
    def lookalikes(self) -> list[Lookalikes]:
        """Characters that look alike."""
        return self._things(Lookalikes)

    @cached_property
    def rules(self) -> list[Rule]:
        """What places decided for whole classes of accounts."""
        return self._things(Rule)

    @cached_property
    def advice(self) -> list[Advice]:
        """How to tell an official account."""
        return self._things(Advice)

    def lexicon(self) -> Lexicon:
        """Return what names are read by."""
        return Lexicon.of(self.places, self.agencies, self.readings)

    def around(self) -> Knowledge:
        """Return the records around the accounts."""
        moved = dict(self._layers[-1].rows("select id, moved_to from moved"))
        return Knowledge(
            self.places, [], self.contacts, self.topics, self.platforms, self.agencies, self.readings, self.lookalikes,
            self.rules, self.advice, moved,
        )  # fmt: skip

    # For builders -----------------------------------------------------------------------------------------------

    def files(self) -> dict[str, str]:
        """Return the digest of each file the index was built from, by name."""
        layer = self._layers[-1]
        others = dict(line.split(" ", 1) for line in layer.meta["others"].splitlines())
        return others | dict(layer.rows("select name, digest from file"))

    def ranges(self, names: Iterable[str]) -> list[tuple[int, int]]:
        """Return the unit numbers (first, last) that came from files."""
        wanted = set(names)
        rows = self._layers[-1].rows("select name, first, last from file")
        return [(first, last) for name, first, last in rows if name in wanted and first <= last]

    def file_at(self, number: int) -> str:
        """Return the file that a unit came from."""
        layer = self._layer(number)
        sql = "select name from file where first <= ?1 and last >= ?1"
        rows = layer.rows(sql, (number - layer.offset,))
        return str(rows[0][0])

    def file_of(self, account_id: str) -> str:
        """Return the file that an account stands in. Raises: KeyError."""
        for number in self._numbers(hashed(account_id)):
            return self.file_at(number)
        raise KeyError(account_id)

    def lost(self, other: Base) -> list[str]:
        """Return the ids of the accounts that this index has and another has not."""
        gone = self._hashes() - other._hashes()
        units = (unit for h in gone for unit in self._hashed(h))
        return sorted({a.id for u in units for a in u.accounts if hashed(a.id) in gone})

    def leading(self) -> list[int]:
        """Return the numbers of all units with an account that leads to another or to a unit."""
        return [
            number + layer.offset
            for layer in self._layers
            for (number,) in layer.rows("select distinct unit from lead order by unit")
            if not self._is_dead(number + layer.offset)
        ]

    def touched(self) -> list[int]:
        """Return the units an overlay may have put wrong: its own that lead on, and those that lead to what it changed."""
        if len(self._layers) == 1:
            return []
        over, under = self._layers
        found = [n + over.offset for (n,) in over.rows("select distinct unit from lead")]
        hashes = {h for (h,) in over.rows("select h from account")}
        for first, last in self._dead:
            hashes |= {
                h for (h,) in under.rows("select h from account where unit between ? and ?", (first, last))
            }
        for h in hashes:
            found += [
                n for (n,) in under.rows("select unit from lead where h = ?", (h,)) if not self._is_dead(n)
            ]
        return list(dict.fromkeys(found))

    # Inside -----------------------------------------------------------------------------------------------------

    def _layer(self, number: int) -> Layer:
        return self._layers[0] if number >= ABOVE else self._layers[-1]

    def _is_dead(self, number: int) -> bool:
        if not self._dead or number >= ABOVE:
            return False
        at = bisect_right(self._dead, (number, ABOVE)) - 1
        return at >= 0 and self._dead[at][1] >= number

    def _numbers(self, h: int) -> list[int]:
        rows = ((layer, layer.rows("select unit from account where h = ?", (h,))) for layer in self._layers)
        return [
            n + layer.offset for layer, found in rows for (n,) in found if not self._is_dead(n + layer.offset)
        ]

    def _between(self, first: int, last: int) -> list[int]:
        sql = "select unit from account where h between ? and ?"
        rows = ((layer, layer.rows(sql, (first, last))) for layer in self._layers)
        return [
            n + layer.offset for layer, found in rows for (n,) in found if not self._is_dead(n + layer.offset)
        ]

    def _hashes(self) -> set[int]:
        rows = ((layer, layer.rows("select h, unit from account")) for layer in self._layers)
        return {h for layer, found in rows for h, n in found if not self._is_dead(n + layer.offset)}

    def _hashed(self, h: int) -> Iterator[Unit]:
        return (self.unit_at(number) for number in self._numbers(h))

    def _refs(self, data: bytes, layer: Layer) -> list[Ref]:
        refs = unpack_refs(data)
        if layer.offset:
            return [Ref(r.unit + layer.offset, r.place, r.own) for r in refs]
        return [r for r in refs if not self._is_dead(r.unit)] if self._dead else refs

    def _things(self, cls: type[T]) -> list[T]:
        rows = self._layers[-1].rows("select body from thing where kind = ? order by rowid", (cls.__name__,))
        return [codec.load(cls, json.loads(body)) for (body,) in rows]
