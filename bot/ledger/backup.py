"""Floor 7. The whole ledger as one compressed file of lines, and back: for a backup, or to move to another database.

The first line says what it is and of which version; then each table's columns and its rows; the last counts the rows,
so that a file cut short is known for one. It is taken in one transaction, beside a bot at work. Which worker has what
in hand is left out: whoever opens the restored ledger takes it up.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.ledger.database import Database, RefusedError
from bot.ledger.engine import engine_at
from bot.ledger.schema import NEWEST, STEPS, migrate, version_of
from bot.progress import progress

KIND = "quxiang-ledger"
# What belongs to the processes at work, and the version that the first line says.
NOT_KEPT = frozenset(("worker", "role", "ledger_schema"))
IN_HAND = ("lane", "worker")
NO_LEDGER = "{url} 里没有账本,没有可备份的。检查 --ledger-url(或 LEDGER_URL)。"
NO_BACKUP = "{path} 不是账本的备份({why})。换一个用 python bot.py backup 存下的文件。"
CUT_SHORT = "{path} 不完整:写着 {wanted} 行,只有 {found} 行。什么都没有恢复;换一份备份。"
TOO_NEW = "{path} 是更新的版本存的(第 {found} 版),这个程序只认到第 {known} 版。先升级程序。"
NOT_EMPTY = "{url} 里已经有东西({table})。恢复只往空的账本里写:换一个空的文件或数据库,看好了再换过去。"


def back_up(url: str, path: Path) -> int:
    """Write a ledger to a file, whole or not at all; how many rows.

    Raises:
        LedgerError: there is no ledger at the address, or it cannot be read now.
        OSError: the file cannot be written.
    """
    if "://" not in url and not Path(url).exists():
        raise RefusedError(NO_LEDGER.format(url=url))
    aside = path.with_name(f".{path.name}.part")
    count = 0
    try:
        with engine_at(url).transaction(reading=True) as database:
            # Nobody but the operator may read what people left with us.
            handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as raw, gzip.open(raw, "wt", encoding="utf-8") as file:
                for line in progress(_lines(database, url), "备份"):
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
                    count += isinstance(line, list)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return count


def restore(path: Path, url: str) -> int:
    """Fill an empty ledger from a file, whole or not at all; how many rows. One of an earlier version is brought up to date.

    Raises:
        LedgerError: the file is no backup or not all of one, or the ledger is not empty or cannot be written.
        OSError: the file cannot be read.
    """
    with engine_at(url).transaction(reading=False) as database:
        lines = _read(path)
        head = next(lines, None)
        if not isinstance(head, dict) or head.get("kind") != KIND:
            raise RefusedError(NO_BACKUP.format(path=path, why="第一行不认得"))
        version = int(head["version"])
        if version > NEWEST:
            raise RefusedError(TOO_NEW.format(path=path, found=version, known=NEWEST))
        database.guard_migration()
        _make_empty(database, url, version)
        count = _fill(database, lines, path)
        migrate(database, [None])
    return count


def _lines(database: Database, url: str) -> Iterator[Any]:
    """Yield each line of a backup."""
    database.hold_still()
    if "ledger_schema" not in database.tables():
        raise RefusedError(NO_LEDGER.format(url=url))
    yield {"kind": KIND, "version": version_of(database)}
    count = 0
    for table in sorted(database.tables() - NOT_KEPT - {"sqlite_sequence"}):
        columns = database.columns(table)
        yield {"table": table, "columns": columns}
        wanted = ["''" if (table, c) == IN_HAND else c for c in columns]
        for row in database.run(f"select {', '.join(wanted)} from {table}"):  # noqa: S608  # names from the database
            count += 1
            yield list(row)
    yield {"rows": count}


def _read(path: Path) -> Iterator[Any]:
    """Yield the lines of a backup. Raises: RefusedError, OSError."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
        raise RefusedError(NO_BACKUP.format(path=path, why=error)) from error


def _make_empty(database: Database, url: str, version: int) -> None:
    """Make the tables as they were in a version, where there are none. Raises: RefusedError for a ledger that is not empty."""
    version_of(database)  # refuses what is no ledger
    tables = database.tables() - {"sqlite_sequence"}
    for table in sorted(tables - NOT_KEPT):
        if database.run(f"select 1 from {table} limit 1"):  # noqa: S608  # names from the database
            raise RefusedError(NOT_EMPTY.format(url=url.rpartition("@")[2], table=table))
    for table in tables - {"ledger_schema"}:
        database.run(f"drop table {table}")
    for statement in (statement for step in STEPS[:version] for statement in step):
        database.run(statement)
    database.run("delete from ledger_schema")
    database.run("insert into ledger_schema values (?)", version)


def _fill(database: Database, lines: Iterator[Any], path: Path) -> int:
    """Write the rows of a backup. Raises: RefusedError."""
    insert, table, count = "", "", 0
    for line in progress(lines, "恢复"):
        if isinstance(line, list):
            database.run(insert, *line)
            count += 1
        elif "table" in line:
            if table:
                database.count_on(table)
            table, columns = line["table"], line["columns"]
            if table not in database.tables() or set(columns) - set(database.columns(table)):
                raise RefusedError(NO_BACKUP.format(path=path, why=f"表 {table} 不认得"))
            marks = ", ".join("?" * len(columns))
            insert = f"insert into {table} ({', '.join(columns)}) @overriding values ({marks})"  # noqa: S608  # checked above
        elif line.get("rows") == count:
            database.count_on(table)
            return count
        else:
            raise RefusedError(CUT_SHORT.format(path=path, wanted=line.get("rows"), found=count))
    raise RefusedError(CUT_SHORT.format(path=path, wanted="更多", found=count))
