"""What durability costs: updates a second through the ledger's inbox, beside a bare loop of insert and sync.

python benchmarks/ledger.py --updates 6000

Each update is kept, synced, claimed, and its end kept and synced: two transactions at least. The bare loop keeps one
row a commit on one connection, as a program without grouped commits would. `cpu` is of this process, with its threads.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402

from bot.ledger import Claim, Ledger, Update, open_ledger  # noqa: E402
from tests import postgres  # noqa: E402

PAYLOAD = json.dumps(
    {"update_id": 1, "message": {"message_id": 7, "date": 1, "text": "水润港城去哪里了" * 4,
     "chat": {"id": 1, "type": "private", "first_name": "张"}, "from": {"id": 1, "is_bot": False, "first_name": "张"}}},
    ensure_ascii=False,
)  # fmt: skip
BARE = "create table bare (id bigint primary key, chat text not null, payload text not null)"
PEOPLE = (1, 16, 64, 256)


@dataclass(frozen=True, slots=True)
class Run:
    """How many updates took how many seconds, of which processor time; `slowest`: 99 of 100 were kept within."""

    updates: int
    seconds: float
    cpu: float
    slowest: float

    def row(self, name: str, bare: Run) -> str:
        """Return the run as a row, beside the bare loop."""
        rate, base = self.updates / self.seconds, bare.updates / bare.seconds
        return (
            f"{name:24} {rate:9.0f} {rate / base:8.2f} {self.cpu / self.updates * 1e6:9.0f}"
            f" {self.cpu / self.updates / (bare.cpu / bare.updates):8.2f} {self.slowest * 1000:9.1f}"
        )


def timed(updates: int, act: Callable[[], list[float]]) -> Run:
    """Run something that handles so many updates and returns how long each took to be kept."""
    wall, cpu = time.perf_counter(), time.process_time()
    waits = sorted(act())
    return Run(updates, time.perf_counter() - wall, time.process_time() - cpu, waits[len(waits) * 99 // 100])


def bare_sqlite(path: Path, updates: int) -> list[float]:
    """Keep rows one by one in a file of SQLite, each synced."""
    db = sqlite3.connect(path, isolation_level=None)
    for statement in ("pragma journal_mode = wal", "pragma synchronous = full", BARE):
        db.execute(statement)
    sql = "insert into bare values (?, ?, ?)"
    waits = [_took(partial(db.execute, sql, (n, f"tg:{n}", PAYLOAD))) for n in range(updates)]
    db.close()
    return waits


def bare_postgres(url: str, updates: int) -> list[float]:
    """Keep rows one by one on a server, each synced."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("drop table if exists bare")
        db.execute(BARE)
        sql = "insert into bare values (%s, %s, %s)"
        waits = [_took(partial(db.execute, sql, (n, f"tg:{n}", PAYLOAD))) for n in range(updates)]
        db.execute("drop table bare")
    return waits


def _took(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


async def through_inbox(url: str, people: int, updates: int, work: float) -> list[float]:
    """Let people send updates, each the next when the last is done; `work`: seconds of thinking for each."""
    ledger = await open_ledger(url, time.time, time.monotonic)
    numbers = iter(range(updates))
    ended: dict[int, asyncio.Future[None]] = {}
    waits: list[float] = []

    async def person() -> None:
        for number in numbers:
            ended[number] = asyncio.get_running_loop().create_future()
            started = time.perf_counter()
            await ledger.inbox.receive([Update(number, f"tg:{random.randrange(10**9)}", PAYLOAD)])
            waits.append(time.perf_counter() - started)
            await ended[number]

    handling = asyncio.create_task(_handle(ledger, ended, work))
    await asyncio.gather(*(person() for _ in range(people)))
    handling.cancel()
    if (await ledger.counts()).waiting:
        raise SystemExit("updates were left over: the measurement is void")
    await ledger.close()
    return waits


async def _handle(ledger: Ledger, ended: dict[int, asyncio.Future[None]], work: float) -> None:
    async def handle(claim: Claim) -> None:
        _think(work)
        await ledger.inbox.done(claim)
        ended.pop(claim.id).set_result(None)

    async with asyncio.TaskGroup() as tasks:
        while True:
            tasks.create_task(handle(await ledger.inbox.next()))


def _think(seconds: float) -> None:
    """Hold the interpreter for so long, as a look-up does."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def table(name: str, bare: Callable[[], list[float]], url: Callable[[], str], updates: int) -> None:
    """Print a database's rows."""
    base = timed(updates, bare)
    print(f"\n{name:24} {'a second':>9} {'× bare':>8} {'cpu us':>9} {'× bare':>8} {'p99 ms':>9}")
    print(base.row("bare insert and sync", base))
    for people in PEOPLE:
        count = updates if people > 1 else updates // 4
        run = timed(count, partial(_through, url(), people, count, 0))
        print(run.row(f"inbox, {people} at once", base))
    run = timed(updates, partial(_through, url(), 64, updates, 0.001))
    print(run.row("64 at once, 1 ms of work", base))


def _through(url: str, people: int, updates: int, work: float) -> list[float]:
    return asyncio.run(through_inbox(url, people, updates, work))


def main() -> None:
    """Measure both databases."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--updates", type=int, default=6000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = iter(range(1000))
        table(
            "SQLite",
            lambda: bare_sqlite(Path(folder) / "bare", options.updates),
            lambda: f"{folder}/{next(files)}.sqlite",
            options.updates,
        )
    if not postgres.programs():
        print(f"\n{postgres.MISSING}")
        return
    with postgres.server() as server:
        table(
            "PostgreSQL", lambda: bare_postgres(server.url(), options.updates), server.fresh, options.updates
        )


if __name__ == "__main__":
    main()
