"""Floor 7. The ledger in PostgreSQL, for several workers on several machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import psycopg

from bot.ledger.database import Database, Row, TroubleError

# Our own numbers among the advisory locks of the database.
MIGRATION = 0x5158_0001
# A worker that stops in the middle of a transaction holds chats up no longer than this.
SESSION = (
    "set synchronous_commit = on; set lock_timeout = '5s'; set statement_timeout = '30s';"
    " set idle_in_transaction_session_timeout = '10s'"
)
# What is written is looked up by key. A plan that is kept from when a table was small must not read all of it later.
BY_KEY = "".join(f"; set enable_{way} = off" for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"))
READ_ONLY = "25006"
# Classes and codes of errors that pass: connection lost, conflict, lock not had, server full, stopping or starting.
PASSING = ("08", "40", "55P03", "53300", "57P01", "57P02", "57P03", "57014", "25P03", "25P04")
DISK = ("53", "58")


class PostgreSQL(Database):
    """A connection to a server."""

    WORDS: ClassVar = {
        "lock": "for update",
        "skip": "for update skip locked",
        "number": "bigint primary key",
        "serial": "bigint generated always as identity primary key",
        "compact": "",
        "overriding": "overriding system value",
    }

    def __init__(self, url: str, *, reading: bool = False) -> None:
        """Connect to a server by its URL or keywords.

        Raises:
            psycopg.Error: what `explain` explains.
        """
        super().__init__()
        self._db: psycopg.Connection[Row] = psycopg.connect(
            url, autocommit=True, connect_timeout=5, application_name="quxiang"
        )
        self._cursor = self._db.cursor()
        self._begin = b"begin read only" if reading else b"begin"
        self._db.execute(SESSION if reading else SESSION + BY_KEY)

    def begin(self) -> None:
        """Start a transaction."""
        self._db.execute(self._begin)

    def commit(self) -> None:
        """Commit; the server has synced it when this returns."""
        self._db.execute("commit")

    def rollback(self) -> None:
        """Roll back."""
        self._db.execute("rollback")

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def guard_migration(self) -> None:
        """Hold the lock of migrations, for as long as they take."""
        self.run("set local lock_timeout = 0")
        self.run("set local statement_timeout = 0")
        self.run("set local idle_in_transaction_session_timeout = 0")
        self.run("select pg_advisory_xact_lock(?)", MIGRATION)

    def tables(self) -> set[str]:
        """Return the tables of the first schema on the path."""
        found = self.run("select tablename from pg_tables where schemaname = current_schema()")
        return {name for (name,) in found}

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns."""
        found = self.run(
            "select column_name from information_schema.columns"
            " where table_schema = current_schema() and table_name = ? order by ordinal_position",
            table,
        )
        return [name for (name,) in found]

    def hold_still(self) -> None:
        """Take one snapshot, and no timeout."""
        self.run("set transaction isolation level repeatable read")
        self.run("set local statement_timeout = 0")
        self.run("set local idle_in_transaction_session_timeout = 0")

    def count_on(self, table: str) -> None:
        """Set the sequence behind the table's `id`, where it has one."""
        if self.run(
            "select 1 from information_schema.columns where table_schema = current_schema()"
            " and table_name = ? and is_identity = 'YES'",
            table,
        ):
            self.run(
                f"select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table} having max(id) > 0"  # noqa: S608  # a name from our own tables
            )

    def leave_nothing(self) -> None:
        """Do nothing more: the server's vacuum frees what was deleted."""

    def _execute(self, sql: str, parameters: Sequence[object]) -> list[Row]:
        cursor = self._cursor.execute(sql.encode(), parameters)
        return cursor.fetchall() if cursor.description else []

    def _in_own_words(self, sql: str) -> str:
        return super()._in_own_words(sql.replace("%", "%%")).replace("?", "%s")

    def _rows(self, columns: Sequence[tuple[str, str]]) -> str:
        fields = ", ".join(f"(value ->> {n})::{kind} as {name}" for n, (name, kind) in enumerate(columns))
        return f"(select {fields} from json_array_elements(?::json))"  # noqa: S608  # names from our own statements


def explain(error: Exception) -> TroubleError | None:
    """Return what an error of PostgreSQL means to an operator; `None` when it is the program's mistake."""
    if not isinstance(error, psycopg.Error):
        return None
    code, detail = error.sqlstate or "", " ".join(str(error).split())
    if code == READ_ONLY:
        return TroubleError(
            f"账本的 PostgreSQL 只能读({detail})。它是不是成了备库?连到主库就会接着写。", passing=False
        )
    if code.startswith(PASSING) or (
        not code and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    ):
        return TroubleError(
            f"账本的 PostgreSQL 连不上或正忙({detail})。会自动再试;一直这样,检查服务器和 LEDGER_URL。",
            passing=True,
        )
    if code.startswith(DISK):
        return TroubleError(
            f"账本的 PostgreSQL 写不进({detail})。检查它的磁盘和内存,好了会接着写。", passing=False
        )
    if code.startswith(("28", "3D", "42501")):
        return TroubleError(
            f"账本的 PostgreSQL 不让进({detail})。检查 LEDGER_URL 里的用户、密码和库名。", passing=False
        )
    return None
