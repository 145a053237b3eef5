"""Workers behind nginx on one PostgreSQL: throughput of 1, 2 and 4, what an answer costs where, and the pauses of faults.

python -m benchmarks.scaling --size 110000
python -m benchmarks.scaling --size 11000 --only 32 --seconds 5

nginx and PostgreSQL are Debian's. The server of the Bot API and its people share the machine with all else, so the rate is
the machine's, and grows with the workers only as far as there are cores; the milliseconds of the processor that an answer
takes in each part are what another machine can be planned with. Then a worker is killed, PostgreSQL is restarted and the
index is replaced everywhere, while people go on asking: nothing may be lost, and the longest wait is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.arena import PEOPLE, TOKEN, Server, Update, closed_loop, crowd_session, listening, p99  # noqa: E402
from benchmarks.made import add_seconds, add_size, asked, made, words  # noqa: E402
from benchmarks.running import TICK  # noqa: E402
from tests import postgres, scaled  # noqa: E402

COUNTS = (1, 2, 4)
# Seconds between two tries to hand in an update that was not taken, and for an answer over any fault.
RETRY, PATIENCE = 0.05, 90.0


@dataclass
class Crowd(Server):
    """People behind a Telegram that hands an update in until it is taken, as the real one does.

    Attributes:
        posts: The seconds that each handing in took which was taken.
    """

    posts: list[float] = field(default_factory=list)

    async def hand_in(self, update: Update, session: aiohttp.ClientSession) -> None:
        """Hand an update in until it is taken."""
        while not await self._taken(update, session):  # noqa: ASYNC110 - it asks
            await asyncio.sleep(RETRY)

    async def _taken(self, update: Update, session: aiohttp.ClientSession) -> bool:
        began = time.perf_counter()
        with contextlib.suppress(aiohttp.ClientError):
            if await self.post(update, session) == 200:
                self.posts.append(time.perf_counter() - began)
                return True
        return False


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a number of workers: answers a second, waits and processor time of an answer in milliseconds."""

    workers: int
    rate: float
    middle: float
    slowest: float
    taken: float
    bot: float
    database: float
    proxy: float

    def __str__(self) -> str:
        return (
            f"| {self.workers} | {self.rate:.0f} | {self.middle:.0f} | {self.slowest:.0f} | {self.taken:.0f} | {self.bot:.2f}"
            f" | {self.database:.2f} | {self.proxy:.2f} |"
        )


HEAD = (
    "| workers | answers a second | middle wait, ms | p99, ms | until the update is taken, p99, ms"
    " | CPU ms an answer: workers | PostgreSQL | nginx |\n|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def family(pid: int) -> float:
    """Return the seconds of the processor that a process and its children have taken, those that ended included."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            found = path.read_text().rpartition(")")[2].split()
            if int(path.parent.name) == pid:
                total += sum(map(int, found[11:15])) / TICK
            elif int(found[1]) == pid:
                total += sum(map(int, found[11:13])) / TICK
    return total


async def measured(
    count: int, texts: Sequence[str], target: Path, seconds: float, *, faults: bool
) -> tuple[Row, list[str]]:
    """Run so many workers; what came of them, and of the faults."""
    crowd = Crowd(texts, patience=PATIENCE)
    async with listening(crowd) as url:
        with tempfile.TemporaryDirectory() as name, postgres.server() as machine:
            folder = Path(name)
            arranged = scaled.town(folder, count, TOKEN, url, machine.url(), folder, str(target))
            async with arranged as town, crowd_session() as session:
                await closed_loop(crowd, session, min(2.0, seconds))
                row = await _throughput(crowd, session, town, machine, seconds)
                told = await _faults(crowd, session, town, machine) if faults else []
                return row, told


async def _throughput(
    crowd: Crowd, session: aiohttp.ClientSession, town: scaled.Town, machine: postgres.Server, seconds: float
) -> Row:
    """Let the people ask, each the next when answered."""
    nginx = int((town.folder / "nginx.pid").read_text())
    workers = [w.process.pid for w in town.workers if w.process]
    groups = (workers, [machine.pid], [nginx])
    before, began = [sum(map(family, g)) for g in groups], time.perf_counter()
    crowd.posts.clear()
    waits = await closed_loop(crowd, session, seconds)
    took = time.perf_counter() - began
    spent = [(sum(map(family, g)) - b) / len(waits) * 1000 for g, b in zip(groups, before, strict=True)]
    middle = sorted(waits)[len(waits) // 2] * 1000
    return Row(len(workers), len(waits) / took, middle, p99(waits), p99(crowd.posts), *spent)


async def _faults(
    crowd: Crowd, session: aiohttp.ClientSession, town: scaled.Town, machine: postgres.Server
) -> list[str]:
    """Let something happen a second into each of three loops; what people waited at most."""

    async def killed() -> None:
        await town.workers[0].end(signal.SIGKILL)

    async def restarted() -> None:
        await asyncio.to_thread(machine.stop, "immediate")
        await asyncio.to_thread(machine.start)

    async def rolled() -> None:
        """Put the same index again into the place of each worker's: it is read, checked and taken up."""
        for worker in town.workers[1:]:
            aside = worker.folder / "aside"
            aside.write_bytes(worker.index.read_bytes())
            aside.replace(worker.index)
            await asyncio.sleep(1.5)

    return [
        await _over("PostgreSQL crashes and is started again", restarted, crowd, session),
        await _over("the index is replaced in one worker after another", rolled, crowd, session),
        await _over("one of the workers is killed", killed, crowd, session),
    ]


async def _over(
    what: str, act: Callable[[], Awaitable[None]], crowd: Crowd, session: aiohttp.ClientSession
) -> str:
    async def soon() -> None:
        await asyncio.sleep(1)
        await act()

    happening = asyncio.create_task(soon())
    waits = await closed_loop(crowd, session, 8.0)
    await happening
    return f"| {what} | {len(waits)} | {sum(w > 1 for w in waits)} | {max(waits):.1f} |"  # who is lost ends the run


def main(argv: list[str] | None = None) -> int:
    """Build a base, measure, print; 1 where the programs are missing."""
    parser = words(__doc__)
    add_size(parser, 110_000)
    add_seconds(parser, 10.0, "each measurement")
    options = parser.parse_args(argv)
    if not (postgres.programs() and scaled.NGINX and scaled.OPENSSL):
        print(postgres.MISSING, scaled.MISSING, sep="\n")
        return 1
    with tempfile.TemporaryDirectory() as name:
        base = made(Path(name), options.size, options.only)
        texts = asked(base.world, 200)
        random.Random(1).shuffle(texts)
        print(
            f"{options.size} accounts, {PEOPLE} people, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        )
        print(HEAD)
        told: list[str] = []
        for count in COUNTS:
            row, told = asyncio.run(
                measured(count, texts, base.index, options.seconds, faults=count == COUNTS[-1])
            )
            print(row, flush=True)
    print(
        f"\n| {COUNTS[-1]} workers | answered | waited over 1 s | longest wait, s |\n|---|--:|--:|--:|",
        *told,
        sep="\n",
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
