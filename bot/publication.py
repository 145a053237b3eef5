"""Floor 7. The publication log: what every index that went into service changed in answers, kept for ever.

One line before and after for each account, by the version its code shows. Written in two steps, so that a process killed
between them leaves no change out and tells none that did not happen: prepared before the swap, settled after it.
Nothing of people is in it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.index import Base
from bot.index.layout import hashed, unit_hash
from bot.matcher import Matcher
from bot.progress import progress
from bot.reply import Known
from bot.talk.desk import desk
from bot.talk.story import story, version
from bot.talk.telling import headline
from bot.trail import MOST_STEPS
from bot.values import When
from bot.wording import DEFAULT

SCHEMA = """
create table if not exists publication(
    id integer primary key, date text not null, before text not null, after text not null);
create table if not exists change(
    id integer primary key, publication integer not null references publication(id), account text not null,
    was_version text, now_version text, was text, now text);
create index if not exists change_of_account on change(account, was_version);
create table if not exists pending(date text not null, before text not null, after text not null, changes text not null);
create trigger if not exists change_stays before delete on change begin select raise(abort, 'append-only'); end;
create trigger if not exists change_is_fixed before update on change begin select raise(abort, 'append-only'); end;
create trigger if not exists publication_stays before delete on publication
    begin select raise(abort, 'append-only'); end;
create trigger if not exists publication_is_fixed before update on publication
    begin select raise(abort, 'append-only'); end;
"""
# How long a writer waits for another, in seconds.
PATIENCE = 10.0
_CHANGES = (
    "select change.id, date, account, was_version, now_version, was, now from change "
    "join publication on publication.id = publication"
)
_PLACE = (
    "select max(n) from (select id as n from publication where after = ? "
    "union all select id - 1 from publication where before = ?)"
)


@dataclass(frozen=True, slots=True)
class Change:
    """What one publication changed of the answer about one account.

    Attributes:
        id: Its number in the log, ascending for ever; 0 before it is in the log.
        date: The day it went into service.
        account: The account's id.
        was_version: The version that its code showed before; `None` for a new account.
        now_version: The version it shows now; `None` for one that was withdrawn.
        was: The answer in one line before, in Simplified Chinese.
        now: The answer in one line now.
    """

    id: int
    date: str
    account: str
    was_version: str | None
    now_version: str | None
    was: str | None
    now: str | None


class Log:
    """The log in its own SQLite file. Opened anew for each call, so any number of processes and threads may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self) -> None:
        """Make the log where there is none: an empty one says that nothing has changed yet. Raises: OSError, sqlite3.Error."""
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._open():
                pass

    def prepare(self, before: Base, after: Base, date: When) -> int:
        """Write down what will change when an index goes into service; return how many answers.

        One that changes none is written down too: the order of indexes is known by the log.

        Raises:
            sqlite3.Error: the log cannot be written; the index should then not go into service.
        """
        changes = list(changed(before, after))
        if before.digest != after.digest:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            told = json.dumps([(c.account, c.was_version, c.now_version, c.was, c.now) for c in changes])
            with self._open() as log:
                log.execute(
                    "insert into pending values (?, ?, ?, ?)", (str(date), before.digest, after.digest, told)
                )
        return len(changes)

    def settle(self, in_service: str) -> None:
        """Make what was prepared for the index in service, named by its digest, part of the log; drop the rest."""
        if not self._read("select 1 from pending limit 1"):
            return
        with self._open() as log:
            for date, before, after, told in log.execute("select * from pending").fetchall():
                if after == in_service:
                    number = log.execute(
                        "insert into publication(date, before, after) values (?, ?, ?)", (date, before, after)
                    ).lastrowid
                    log.executemany(
                        "insert into change(publication, account, was_version, now_version, was, now) "
                        "values (?, ?, ?, ?, ?, ?)",
                        [(number, *change) for change in json.loads(told)],
                    )
            log.execute("delete from pending")

    def latest(self) -> int | None:
        """Return the number of the last change, 0 in a log without any; `None` where there is no log that can be read."""
        found = self._read("select coalesce(max(id), 0) from change")
        return found[0][0] if found else None

    def place(self, digest: str) -> int | None:
        """Return the number of the publication that last put an index in service, named by its digest.

        0 for the one before the first; `None` for one that the log does not know.
        """
        found = self._read(_PLACE, digest, digest)
        return found[0][0] if found else None

    def line(self, account: str, version: str) -> str | None:
        """Return what the answer of a version said, the last time it was replaced; `None` when the log does not know."""
        sql = "select was from change where account = ? and was_version = ? order by id desc limit 1"
        found = self._read(sql, account, version)
        return found[0][0] if found else None

    def of(self, account: str) -> list[Change]:
        """Return what ever changed of an account's answer, the latest first."""
        return self._changes(f"{_CHANGES} where account = ? order by change.id desc", account)

    def after(self, number: int, most: int = 1000) -> list[Change]:
        """Return what changed after a change of the log, in order: a follower's bookmark is the number of the last."""
        return self._changes(f"{_CHANGES} where change.id > ? order by change.id limit ?", number, most)

    def since(self, date: str, most: int = 1000) -> list[Change]:
        """Return what changed on a day and after it, the latest first."""
        return self._changes(f"{_CHANGES} where date >= ? order by change.id desc limit ?", date, most)

    def _changes(self, sql: str, *values: object) -> list[Change]:
        return [Change(*row) for row in self._read(sql, *values)]

    def _read(self, sql: str, *values: object) -> list[Any]:
        """Return the rows of a query; none while there is no log, or where it cannot be read."""
        if not self.path.exists():
            return []
        try:
            with closing(sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)) as log:
                return log.execute(sql, values).fetchall()
        except sqlite3.DatabaseError:
            return []

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the log for writing in one transaction, durable when it ends."""
        with closing(sqlite3.connect(self.path, timeout=PATIENCE)) as log:
            log.execute("pragma synchronous = full")
            log.executescript(SCHEMA)
            with log:
                log.execute("begin immediate")
                yield log


def changed(before: Base, after: Base) -> Iterator[Change]:
    """Yield what is said differently of each account in a later index, by id."""
    ids = before.unlike(after)
    # Who leads to a changed account is answered differently too, over as many moves as a trail has.
    reached = ids
    for _ in range(MOST_STEPS):
        reached = (_led_to(before, reached) | _led_to(after, reached)) - ids
        if not reached:
            break
        ids |= reached
    was = Matcher(before)
    now = Matcher(after, like=was)
    for account_id in progress(sorted(ids), "比较回答", len(ids)):
        first = said(account_id, was)
        second = said(account_id, now)
        if first != second:
            yield Change(0, "", account_id, first[0], second[0], first[1], second[1])


def _led_to(base: Base, ids: Iterable[str]) -> set[str]:
    """Return the ids of the accounts of all units that lead to one of some accounts, or to its unit, in one step."""
    hashes: set[int] = set()
    for account_id in ids:
        unit = base.holder(account_id)
        hashes |= {hashed(account_id), *({unit_hash(unit.id)} if unit and unit.id else ())}
    return {a.id for h in hashes for n in base.leading_to(h) for a in base.unit_at(n).accounts}


def said(account_id: str, matcher: Matcher) -> tuple[str | None, str | None]:
    """Return the version and the line of an account's answer, nothing where it is not in the index."""
    account = matcher.base.account(account_id)
    if account is None:
        return None, None
    tale = story(Known.of(account, matcher), matcher)
    return version(tale), headline(tale, desk(matcher).voice(DEFAULT))
