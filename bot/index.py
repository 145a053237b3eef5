"""Floor 3. Records → one SQLite file, built aside and swapped in whole; read-only look-ups for everything above.

The file is derived: it is rebuilt, never migrated, and a reader that has it open keeps reading the old one.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import sqlite_utils

from bot import codec
from bot.knowledge import Knowledge
from bot.records import Account, Advice, Agency, Contact, Place, PlatformInfo, Rule, Topic, Unit
from bot.text import fold

# Raised whenever the tables change: an index of another format is rebuilt, not read.
FORMAT = "2"
# Crockford's base32: no I, L, O or U, so that a code read aloud or copied by hand stays itself.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 5
LONG_CODE_LENGTH = 9

T = TypeVar("T", Advice, Agency, Contact, Place, PlatformInfo, Rule, Topic)


class StaleIndexError(Exception):
    """The file is no index of ours, or of another format; build it again."""


def build(knowledge: Knowledge, target: Path) -> None:
    """Write the index of a knowledge base without problems, aside, checked, then swapped in.

    Raises:
        ValueError: the knowledge has errors; the file in place stays as it is.
        OSError: no room or no right to write; likewise.
    """
    if any(not p.warning for p in knowledge.problems):
        raise ValueError("knowledge has problems")
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=target.name, suffix=".part", dir=target.parent)
    os.close(handle)
    try:
        write(sqlite_utils.Database(aside), knowledge)
        _durable(Path(aside))
        Path(aside).replace(target)
        _durable(target.parent)
    finally:
        Path(aside).unlink(missing_ok=True)


def write(db: sqlite_utils.Database, knowledge: Knowledge) -> None:
    """Fill an empty database with everything a question may need."""
    db.conn.execute("PRAGMA journal_mode = OFF")
    codes = answer_codes(a.id for u in knowledge.units for a in u.accounts)
    with db.conn:
        db.table("unit").create({"key": str, "place": str, "body": str}, pk="key")
        db.table("account").create({"id": str, "unit": str, "code": str, "body": str}, pk="id")
        db.table("name").create({"name": str, "account": str, "unit": str})
        db.table("thing").create({"kind": str, "body": str})
        db.table("moved").create({"id": str, "moved_to": str}, pk="id")
        db.table("meta").create({"key": str, "value": str}, pk="key")
        db.table("unit").insert_all(
            {"key": u.key, "place": u.place, "body": _pack(replace(u, accounts=()))} for u in knowledge.units
        )
        db.table("account").insert_all(
            {"id": a.id, "unit": a.unit, "code": codes[a.id], "body": _pack(a)}
            for u in knowledge.units
            for a in u.accounts
        )
        db.table("name").insert_all(row for u in knowledge.units for row in _names(u, knowledge.places))
        things: tuple[Iterable[Any], ...] = (
            knowledge.places.values(), knowledge.topics.values(), knowledge.contacts,
            knowledge.platforms, knowledge.agencies, knowledge.rules, knowledge.advice,
        )  # fmt: skip
        db.table("thing").insert_all(
            {"kind": type(t).__name__, "body": _pack(t)} for group in things for t in group
        )
        db.table("moved").insert_all({"id": old, "moved_to": new} for old, new in knowledge.moved.items())
        db.table("meta").insert_all(
            {"key": k, "value": v} for k, v in (("format", FORMAT), ("digest", knowledge.digest))
        )
        for table, column in (("account", "unit"), ("account", "code"), ("name", "name"), ("unit", "place")):
            db.table(table).create_index([column])
    db.conn.execute("PRAGMA optimize")


def digest_of(path: Path) -> str | None:
    """Return the digest of the knowledge an index was built from, `None` when there is no readable index."""
    try:
        base = Base(path)
    except (StaleIndexError, OSError):
        return None
    base.close()
    return base.digest


def ids_of(path: Path) -> set[str]:
    """Return the ids of all accounts of an index, none when there is no readable index."""
    try:
        base = Base(path)
    except (StaleIndexError, OSError):
        return set()
    try:
        return base.ids()
    finally:
        base.close()


def answer_codes(ids: Iterable[str]) -> dict[str, str]:
    """Return the code that stands for each account on a forwarded answer.

    It depends on the id alone, so it never changes; where two accounts share the short form (about 1 in 67 million
    pairs), both carry the long one.
    """
    long = {i: _base32(i, LONG_CODE_LENGTH) for i in ids}
    shared = Counter(code[:CODE_LENGTH] for code in long.values())
    return {i: code[:CODE_LENGTH] if shared[code[:CODE_LENGTH]] == 1 else code for i, code in long.items()}


class Base:
    """An index opened for reading. Safe to share between threads; never written."""

    def __init__(self, path: Path | str) -> None:
        """Open an index file. Raises: StaleIndexError, FileNotFoundError."""
        if not Path(path).is_file():
            raise FileNotFoundError(path)
        # One connection for all threads: a second one opened later could find a newer file under the same name.
        uri = Path(path).resolve().as_uri() + "?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        try:
            meta = dict(self._rows("select key, value from meta"))
        except sqlite3.DatabaseError as error:
            self.close()
            raise StaleIndexError(str(path)) from error
        if meta.get("format") != FORMAT:
            self.close()
            raise StaleIndexError(str(path))
        self.digest: str = meta["digest"]

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def account(self, account_id: str) -> Account | None:
        """Return an account by its id."""
        rows = self._rows("select body, unit from account where id = ?", account_id)
        return self._account(*rows[0]) if rows else None

    def moved(self, account_id: str) -> str:
        """Return the id an account has now, whatever it was called before."""
        met: set[str] = set()
        while account_id not in met and (
            rows := self._rows("select moved_to from moved where id = ?", account_id)
        ):
            met.add(account_id)
            account_id = rows[0][0] or ""
        return account_id

    def ids(self) -> set[str]:
        """Return the id of every account."""
        return {row[0] for row in self._rows("select id from account")}

    def accounts(self, unit_key: str) -> tuple[Account, ...]:
        """Return all accounts of a unit."""
        return tuple(
            self._account(*r) for r in self._rows("select body, unit from account where unit = ?", unit_key)
        )

    def unit(self, key: str) -> Unit | None:
        """Return a unit (without its accounts) by its key; a named unit's key is its id."""
        rows = self._rows("select body, place from unit where key = ?", key)
        if not rows:
            return None
        unit = codec.decode(Unit, json.loads(rows[0][0]), [])
        return replace(unit, key=key, place=rows[0][1]) if unit else None

    def code(self, account_id: str) -> str | None:
        """Return the code that stands for an account on a forwarded answer."""
        rows = self._rows("select code from account where id = ?", account_id)
        return rows[0][0] if rows else None

    @cached_property
    def names(self) -> list[tuple[str, str | None, str]]:
        """Every folded name: (name, account id or None when it is the unit's, unit key)."""
        return [(n, a or None, u) for n, a, u in self._rows("select name, account, unit from name")]

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
    def rules(self) -> list[Rule]:
        """What places decided for whole classes of accounts."""
        return self._things(Rule)

    @cached_property
    def advice(self) -> list[Advice]:
        """How to tell an official account."""
        return self._things(Advice)

    def _things(self, cls: type[T]) -> list[T]:
        rows = self._rows("select body from thing where kind = ? order by rowid", cls.__name__)
        found = (codec.decode(cls, json.loads(body), []) for (body,) in rows)
        return [thing for thing in found if thing is not None]

    def _account(self, body: str, unit: str) -> Account:
        account = codec.decode(Account, json.loads(body), [])
        if account is None:
            raise StaleIndexError(body)
        return replace(account, unit=unit)

    def _rows(self, sql: str, *values: str) -> list[Any]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()


def _names(unit: Unit, places: dict[str, Place]) -> Iterable[dict[str, str]]:
    """Yield a row for each name of a unit and of its accounts."""
    for name in {way for n in (unit.name, *unit.aliases) if n for way in _everyday(n, places)}:
        if unit.accounts:
            yield {"name": name, "account": "", "unit": unit.key}
    for account in unit.accounts:
        for name in {fold(n) for n in (account.name, account.platform_id, *account.aliases) if n}:
            yield {"name": name, "account": account.id, "unit": unit.key}


def _everyday(name: str, places: dict[str, Place]) -> Iterable[str]:
    """Yield a unit's folded name, also without "former", and with its place said short: 张家港水务局."""
    folded = fold(name).removeprefix("原")
    yield folded
    code = next((c for c, p in places.items() if p.short and folded.startswith(fold(p.name))), None)
    if code:
        yield fold(places[code].short or "") + folded[len(fold(places[code].name)) :]


def _pack(record: object) -> str:
    return json.dumps(codec.encode(record), ensure_ascii=False, separators=(",", ":"))


def _base32(text: str, length: int) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    return "".join(LETTERS[number >> (5 * i) & 31] for i in range(length))


def _durable(path: Path) -> None:
    """Make a file or a folder's entries survive a power cut; a platform that cannot sync a folder is let be."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:  # Windows opens no folder
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
