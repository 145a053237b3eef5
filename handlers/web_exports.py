"""The open dump as files, each made when it is first asked for and kept as long as its index is in service."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from threading import Lock

from bot.commands.export import MAIN, MARK, write_sqlite
from bot.files import put
from bot.matcher import Matcher
from bot.upkeep.exporting import Tables, as_csv, as_json, tables

TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8", "sqlite": "application/vnd.sqlite3"}


class Exports:
    """The files of the index in service, in a folder of their own. One is made at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._digest = ""

    def file(self, matcher: Matcher, kind: str, table: str = MAIN) -> Path:
        """Return the file of a kind, with one table where it is CSV. Raises: OSError."""
        with self._lock:
            if self._folder is None or self._digest != matcher.base.digest:
                self.close()
                self._folder = tempfile.TemporaryDirectory(prefix="quxiang-")
                self._digest = matcher.base.digest
            found = Path(self._folder.name) / (f"{table}.csv" if kind == "csv" else f"all.{kind}")
            if not found.exists():
                _write(_tables(matcher), kind, table, found)
            return found

    def close(self) -> None:
        """Delete what was made; what is being sent is sent to its end."""
        if self._folder:
            self._folder.cleanup()
            self._folder = None


def _tables(matcher: Matcher) -> Tables:
    base = matcher.base
    return tables(replace(base.around(), units=list(base.units()), digest=base.digest))


def _write(found: Tables, kind: str, table: str, target: Path) -> None:
    if kind == "sqlite":
        write_sqlite(found, target)
    else:
        put(as_json(found) if kind == "json" else MARK + as_csv(table, found[table]), target)
