"""Floor 7. The ledger in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from bot.ledger.database import Database, RefusedError, Row, TroubleError

# RETURNING came with this release.
OLDEST = (3, 35, 0)
# Seconds for which SQLite itself waits for another writer, before the one who asked hears of it.
PATIENCE = 2.0
WRITING = ("journal_mode = wal", "synchronous = full", "secure_delete = on")
READING = ("query_only = on",)
BUSY, LOCKED = 5, 6
HELD = "账本 {path} 正被别的程序占着({detail})。会自动再试;一直这样,看看是不是有备份或维护程序没有结束。"
MEANINGS = {
    BUSY: HELD,
    LOCKED: HELD,
    13: "磁盘满了,账本 {path} 写不进({detail})。腾出空间就会接着写,不用重启。",
    10: "账本 {path} 读写出错({detail})。检查磁盘空间、配额和磁盘本身。",
    8: "账本 {path} 是只读的({detail})。检查文件权限,和磁盘是不是挂成了只读。",
    14: "账本 {path} 打不开({detail})。检查文件夹在不在、有没有写的权限。",
    11: "账本 {path} 坏了({detail})。停下机器人,用最近的备份换回来。",
    26: "{path} 不是账本({detail})。换个文件名,或把原来的账本放回去。",
}


class SQLite(Database):
    """A connection to a ledger file: WAL, each commit synced, what is deleted overwritten."""

    WORDS: ClassVar = {
        "lock": "",
        "skip": "",
        "number": "integer primary key",
        "serial": "integer primary key autoincrement",
        "compact": "without rowid",
        "overriding": "",
    }

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        """Open a file, made if need be.

        Raises:
            RefusedError: this Python's SQLite is too old.
            sqlite3.Error: what `explain` explains.
        """
        super().__init__()
        self._begin = "begin" if reading else "begin immediate"
        self._is_tidy = True
        if sqlite3.sqlite_version_info < OLDEST:
            wanted = ".".join(map(str, OLDEST))
            raise RefusedError(
                f"这个 Python 带的 SQLite 是 {sqlite3.sqlite_version},账本要 {wanted} 以上。换一个新些的 Python。"
            )
        self._db = sqlite3.connect(
            path, timeout=PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            for pragma in READING if reading else WRITING:
                self._db.execute(f"pragma {pragma}")
        except sqlite3.Error:
            self._db.close()
            raise

    def begin(self) -> None:
        """Start a transaction, as the only writer if it writes."""
        self._db.execute(self._begin)

    def commit(self) -> None:
        """Commit and sync; after a deletion that is to leave nothing, empty the log that holds the pages as they were."""
        self._db.execute("commit")
        if not self._is_tidy:
            self._is_tidy = self._db.execute("pragma wal_checkpoint(truncate)").fetchone()[0] == 0

    def rollback(self) -> None:
        """Roll back, unless SQLite did so by itself."""
        if self._db.in_transaction:
            self._db.execute("rollback")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def guard_migration(self) -> None:
        """Do nothing more: whoever has begun is the only writer."""

    def tables(self) -> set[str]:
        """Return the tables of the file."""
        return {name for (name,) in self._db.execute("select name from sqlite_master where type = 'table'")}

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns."""
        return [name for (name,) in self._db.execute("select name from pragma_table_info(?)", (table,))]

    def hold_still(self) -> None:
        """Do nothing more: a transaction sees the file as it was."""

    def count_on(self, table: str) -> None:
        """Do nothing more: SQLite counts on from the highest key there was."""

    def leave_nothing(self) -> None:
        """Empty the write-ahead log after the commit."""
        self._is_tidy = False

    def _execute(self, sql: str, parameters: Sequence[object]) -> list[Row]:
        return self._db.execute(sql, parameters).fetchall()

    def _rows(self, columns: Sequence[tuple[str, str]]) -> str:
        fields = ", ".join(f"json_extract(value, '$[{n}]') as {name}" for n, (name, _) in enumerate(columns))
        return f"(select {fields} from json_each(?))"  # noqa: S608  # names from our own statements


def explain(error: Exception, path: Path) -> TroubleError | None:
    """Return what an error of SQLite at a file means to an operator; `None` when it is the program's mistake."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code not in MEANINGS:
        return None
    return TroubleError(MEANINGS[code].format(path=path, detail=error), passing=code in (BUSY, LOCKED))
