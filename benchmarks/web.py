"""What a page and an answer of the API cost, beside an empty route of the same framework in the same run.

python -m benchmarks.web
python -m benchmarks.web --size 110000 --only "" --seconds 5

Each server is a process on one core, the clients are on another where there are two. The empty route stands alone, without
any of what guards ours. The limit on each client is off: all clients here are one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import mean
from urllib.parse import quote

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks import corpus
from benchmarks.load import asked, free_port, matching, spent, started
from benchmarks.world import World
from bot import index
from bot.dialogue import Message, answer
from bot.matcher import Matcher
from bot.records import When
from bot.setting import Setting
from handlers import web_told
from handlers.limits import Rate
from handlers.web import application

TODAY = When("2026-11-20")
CLIENTS = 8
WARMING = 0.5
LEAST_RATE, MOST_EMPTY = 0.5, 1.5


@dataclass(frozen=True, slots=True)
class Row:
    """What came of an address: milliseconds of the processor, requests a second, bytes and status of an answer."""

    name: str
    cpu: float
    rate: float
    size: int
    status: int

    def line(self, empty: Row) -> str:
        """Return it beside the empty route."""
        return (
            f"{self.name:34} {self.status:6} {self.size:8} {self.cpu:8.3f} {self.rate:9.0f}"
            f" {self.cpu / empty.cpu:8.2f} {self.rate / empty.rate:8.2f}"
        )


def serve(target: str, port: int, *, anew: bool) -> None:
    """Serve an index, or the empty route where none is named, until the process is ended; `anew` holds no answer for another."""
    if anew:
        web_told.LARGEST = 0
    if target:
        matcher = Matcher(index.Base(Path(target)))
        app = application(Setting(lambda: matcher, lambda: TODAY))
        app.state.site.asking._rate = Rate(1e12, 1e12)  # noqa: SLF001  # all clients are one
    else:

        async def empty(_request: Request) -> Response:
            return Response()

        app = Starlette(routes=[Route("/", empty)])
    uvicorn.run(app, port=port, access_log=False, log_level="warning", server_header=False)


async def requested(
    name: str, pid: int, port: int, paths: Sequence[str], seconds: float, *, again: bool = False
) -> Row:
    """Request addresses in turn for a while; `again` with the ETag that the first answer to each had."""
    turn, sizes, statuses = cycle(paths), 0, set()
    tags: dict[str, str] = {}
    async with aiohttp.ClientSession(
        f"http://127.0.0.1:{port}", connector=aiohttp.TCPConnector(limit=CLIENTS)
    ) as session:

        async def client(end: float) -> int:
            nonlocal sizes
            number = 0
            while time.perf_counter() < end:
                path = next(turn)
                given = {"if-none-match": tags[path]} if path in tags else {}
                async with session.get(path, headers=given) as got:
                    sizes += len(await got.read())
                    statuses.add(got.status)
                number += 1
            return number

        if again:
            for path in paths:
                async with session.get(path) as got:
                    tags[path] = got.headers["etag"]
        await client(time.perf_counter() + WARMING)
        sizes = 0
        statuses.clear()
        before, began = spent(pid), time.perf_counter()
        made = sum(await asyncio.gather(*(client(began + seconds) for _ in range(CLIENTS))))
        cpu, took = spent(pid) - before, time.perf_counter() - began
    (status,) = statuses
    assert status in (200, 304), status
    return Row(name, cpu / made * 1000, made / took, sizes // made, status)


async def measured(
    target: str, rows: Sequence[tuple[str, Sequence[str], bool]], seconds: float, *more: str
) -> list[Row]:
    """Run a server and measure rows of it: a name, addresses, and whether they are asked for again."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.web", "--serve", target, "--port", str(port), *more]
        with started(command, {**os.environ}, Path(folder) / "log") as pid:
            for _ in range(300):
                await asyncio.sleep(0.1)
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    continue
                writer.close()
                break
            return [await requested(n, pid, port, paths, seconds, again=again) for n, paths, again in rows]


def answering(target: Path, texts: Sequence[str]) -> float:
    """Return the milliseconds of the processor that finding and wording an answer takes, on average, without any web."""
    matcher = Matcher(index.Base(target))
    for text in texts:
        answer(Message(text), matcher, TODAY)

    def cost(text: str) -> float:
        began = time.thread_time()
        answer(Message(text), matcher, TODAY)
        return time.thread_time() - began

    return mean(cost(text) for text in texts) * 1000


def report(empty: Row, pages: Sequence[Row], asks: Sequence[Row], alone: float, worded: float) -> str:
    """Return the rows and what counts: each page that is asked for again, and what an answer takes beside its matching."""
    head = f"{'':34} {'status':>6} {'bytes':>8} {'cpu ms':>8} {'a second':>9} {'× cpu':>8} {'× rate':>8}"
    slowest = min((row for row in pages if row.status == 304), key=lambda row: row.rate)
    over = [f"{row.name} {(row.cpu - alone) / empty.cpu:+.2f}" for row in asks]
    return "\n".join(
        [
            head,
            *(row.line(empty) for row in (empty, *pages, *asks)),
            f"the matcher alone: {alone:.3f} ms a question; matched and worded: {worded:.3f} ms",
            f"an ETag hit, the slowest ({slowest.name}): {slowest.rate / empty.rate:.2f} × an empty route (goal ≥ {LEAST_RATE})",
            f"the matcher and so many empty routes (goal ≤ {MOST_EMPTY}): {', '.join(over)}; wording alone {(worded - alone) / empty.cpu:.2f}",
        ]
    )


def main(argv: list[str] | None = None) -> int:
    """Build a base, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=11_000)
    parser.add_argument("--only", default="32", help="two digits of one province, or nothing for all")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each row")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--anew", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.serve is not None:
        serve(options.serve, options.port, anew=options.anew)
        return 0
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as name:
        folder, target = Path(name), Path(name) / "index.sqlite"
        corpus.write(options.size, folder / "knowledge", only=options.only)
        built = index.build(folder / "knowledge", target)
        if built.errors:
            raise SystemExit("\n".join(map(str, built.errors[:3])))
        texts = asked(World(list(corpus.bodies(options.size, only=options.only))), 100)
        unit = next(u for u in index.Base(target).units() if u.accounts)
        alone, worded = matching(target, texts), answering(target, texts)
        os.sched_setaffinity(0, cores[1:] or cores)
        account, place = unit.accounts[0].id, unit.place
        pages = [
            ("/", ["/"], False),
            ("/ again", ["/"], True),
            ("/a/<id> again", [f"/a/{account}"], True),
            ("/p/<place> again", [f"/p/{place}"], True),
            ("/stats again", ["/stats"], True),
            ("/static/style.css again", ["/static/style.css"], True),
            ("/api/accounts/<id> again", [f"/api/accounts/{account}"], True),
        ]
        questions = [f"/api/ask?q={quote(text)}" for text in texts]
        repeated = [("/api/ask, asked by another", questions, False), ("/api/ask again", questions, True)]
        first = [("/api/ask, made anew", questions, False)]
        (empty,) = asyncio.run(measured("", [("an empty route", ["/"], False)], options.seconds))
        found = asyncio.run(measured(str(target), [*pages, *repeated], options.seconds))
        asks = asyncio.run(measured(str(target), first, options.seconds, "--anew"))
    asks += found[len(pages) :]
    found = found[: len(pages)]
    print(report(empty, found, asks, alone, worded))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
