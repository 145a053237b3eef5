"""Floor 7. What the ledger asks of a database: one SQL for every one of them, and the words in which they differ.

The SQL of the ledger is written once. Before a statement runs, its database puts its own words in:

    ?                                  a parameter
    @(chat text, at double precision)  rows given as one parameter, a list of lists; it needs an alias
    @lock                              holds the rows read until the transaction ends
    @skip                              holds them too, passing over rows that somebody else holds
    @number @serial @compact           a whole number as key, a key that counts by itself, a table kept as its key
    @overriding                        a key that counts by itself is given

Many rows are one parameter, so a statement costs one call however many it serves.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

Row = tuple[Any, ...]
Clock = Callable[[], float]
_ROWS = re.compile(r"@\(([^)]*)\)")
_WORD = re.compile(r"@(\w+)")


class LedgerError(Exception):
    """Something is wrong with the ledger; the text tells an operator what to do."""


class RefusedError(LedgerError):
    """The ledger cannot be opened as it is: trying again changes nothing."""


class TroubleError(LedgerError):
    """The ledger could not be read or written now; nothing of what was asked was done.

    Attributes:
        passing: whether waiting a little may help: it is held by somebody else, or its server is gone for a moment.
    """

    def __init__(self, text: str, *, passing: bool) -> None:
        super().__init__(text)
        self.passing = passing


class Database(ABC):
    """One connection. Used by one thread at a time, in transactions that `begin` and `commit` enclose."""

    WORDS: ClassVar[dict[str, str]]

    def __init__(self) -> None:
        self._translated: dict[str, str] = {}

    def run(self, sql: str, *parameters: object) -> list[Row]:
        """Run one statement; the rows that it returns. A parameter that is a list stands for rows."""
        own = self._translated.get(sql)
        if own is None:
            own = self._translated[sql] = self._in_own_words(sql)
        return self._execute(own, [_given(p) for p in parameters])

    @abstractmethod
    def begin(self) -> None:
        """Start a transaction that writes."""

    @abstractmethod
    def commit(self) -> None:
        """End a transaction; when this returns, its work outlives a power cut."""

    @abstractmethod
    def rollback(self) -> None:
        """End a transaction without a trace."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    @abstractmethod
    def guard_migration(self) -> None:
        """Let nobody else migrate until the transaction ends."""

    @abstractmethod
    def tables(self) -> set[str]:
        """Return the names of the tables there are."""

    @abstractmethod
    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns, in order."""

    @abstractmethod
    def hold_still(self) -> None:
        """Let this transaction, just begun, see one state of everything, however long it takes."""

    @abstractmethod
    def count_on(self, table: str) -> None:
        """Let a key that counts by itself go on after the rows there are."""

    @abstractmethod
    def leave_nothing(self) -> None:
        """Let what this transaction deletes be unreadable on disk after the commit, as far as can be."""

    @abstractmethod
    def _execute(self, sql: str, parameters: Sequence[object]) -> list[Row]: ...

    @abstractmethod
    def _rows(self, columns: Sequence[tuple[str, str]]) -> str:
        """Return a table expression over one parameter, JSON, with columns of names and types."""

    def _in_own_words(self, sql: str) -> str:
        def rows(found: re.Match[str]) -> str:
            columns = [part.strip().partition(" ") for part in found[1].split(",")]
            return self._rows([(name, kind) for name, _, kind in columns])

        return _WORD.sub(lambda found: self.WORDS[found[1]], _ROWS.sub(rows, sql))


def storable(text: str) -> str:
    """Return a text as every database takes it: without NUL and halves of characters."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _given(parameter: object) -> object:
    if isinstance(parameter, str):
        return storable(parameter)
    if isinstance(parameter, list):
        text = json.dumps(parameter, ensure_ascii=False)
        if "\\u0000" in text or not _is_whole(text):
            text = json.dumps(
                [[storable(v) if isinstance(v, str) else v for v in row] for row in parameter],
                ensure_ascii=False,
            )
        return text
    return parameter


def _is_whole(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
