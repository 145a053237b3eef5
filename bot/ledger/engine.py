"""Floor 7. Which database an address means, and how to connect to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.ledger.database import Database, LedgerError, RefusedError, TroubleError
from bot.ledger.sqlite import SQLite, explain

SERVERS = ("postgresql://", "postgres://")
FILE = "sqlite:///"
NO_DRIVER = "账本用 PostgreSQL 要先装 psycopg:python -m pip install 'psycopg[binary]>=3.3,<4'"
UNKNOWN = "不认得账本的地址 {kind}://…。写一个文件名,或 postgresql://用户@主机/库名。"
NO_FOLDER = "账本的文件夹 {folder} 建不了({detail})。换个地方,或检查权限。"


@dataclass(frozen=True, slots=True)
class Engine:
    """A database that a ledger can be in.

    Attributes:
        connect: opens a connection that writes.
        connect_reading: opens one that only reads.
        explain: what an error means to an operator; `None` when it is the program's own mistake.
        file: the file it is; `None` on a server. Only a file's writers share a transaction: see `Batcher`.
    """

    connect: Callable[[], Database]
    connect_reading: Callable[[], Database]
    explain: Callable[[Exception], TroubleError | None]
    file: Path | None

    @contextmanager
    def transaction(self, *, reading: bool) -> Iterator[Database]:
        """Give a connection in one transaction, which ends with the block; an error leaves no trace and is explained.

        Raises:
            LedgerError: what keeps the database from being used, and what to do.
        """
        try:
            database = (self.connect_reading if reading else self.connect)()
            try:
                database.begin()
                yield database
                database.rollback() if reading else database.commit()
            except BaseException:
                database.rollback()
                raise
            finally:
                database.close()
        except (LedgerError, OSError):
            raise
        except Exception as error:
            explained = self.explain(error)
            if explained is None:
                raise
            raise explained from error


def engine_at(url: str) -> Engine:
    """Return the database of an address: a file's name, `sqlite:///name`, or `postgresql://…`.

    Raises:
        RefusedError: no database is meant, its driver is missing, or its folder cannot be made.
    """
    if url.startswith(SERVERS):
        return _server(url)
    path = Path(url.removeprefix(FILE))
    kind, is_url, _ = str(url.removeprefix(FILE)).partition("://")
    if is_url:
        raise RefusedError(UNKNOWN.format(kind=kind))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RefusedError(NO_FOLDER.format(folder=path.parent, detail=error.strerror)) from error
    connect = partial(SQLite, path)
    return Engine(connect, partial(connect, reading=True), partial(explain, path=path), path)


def _server(url: str) -> Engine:
    try:
        from bot.ledger.postgres import PostgreSQL
        from bot.ledger.postgres import explain as explain_server
    except ImportError as error:
        raise RefusedError(NO_DRIVER) from error
    connect = partial(PostgreSQL, url)
    return Engine(connect, partial(connect, reading=True), explain_server, None)
