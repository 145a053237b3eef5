"""What a page and an answer of the API cost, beside an empty route of the same framework in the same run.

python -m benchmarks.web
python -m benchmarks.web --size 110000 --only "" --rounds 9

Each server is a process on one core, the clients are on another where there are two. The empty route, one that
matches a question and one that words its answer stand alone, without any of what guards ours. The limit on each client is off: all clients here are one.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import socket
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from urllib.parse import quote

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.made import add_seconds, add_size, asked, made, words
from benchmarks.running import free_port, leave_the_first_core, spent, started
from bot import index
from bot.commands.run import COLLECTING
from bot.dialogue import Message, answer
from bot.matcher import Matcher
from bot.setting import Setting
from bot.values import When
from handlers import web_told
from handlers.limits import Rate
from handlers.web import application
from handlers.web_wait import Impatient

TODAY = When("2026-11-20")
CLIENTS = 8
WARMING = 0.1
LEAST_RATE, MOST_EMPTY = 0.5, 1.5
MATCHED, WORDED = "a route that matches", "a route that words the answer"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a server: its name in the report, the addresses in turn, whether with the ETag each had."""

    name: str
    paths: Sequence[str]
    again: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What came of an address: milliseconds of the processor, requests a second, bytes and status of an answer."""

    cpu: float
    rate: float
    size: int
    status: int


@dataclass(frozen=True, slots=True)
class Beside:
    """One round: an address, and the empty route right after it, as the machine may be another's a second later."""

    row: Row
    empty: Row


def line(name: str, rounds: Sequence[Beside]) -> str:
    """Return the medians of an address."""
    one = rounds[0].row
    cpu, times, rate = (
        median(values)
        for values in (
            [r.row.cpu for r in rounds],
            [r.row.cpu / r.empty.cpu for r in rounds],
            [r.row.rate / r.empty.rate for r in rounds],
        )
    )
    return f"{name:34} {one.status:6} {one.size:8} {cpu:8.3f} {times:8.2f} {rate:8.2f}"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    pid: int
    port: int


def serve(target: str, port: int, how: str) -> None:
    """Serve an index until the process is ended: as the site does, `anew` without giving an answer twice, or `bare`."""
    matcher = Matcher(index.Base(Path(target)))
    if how == "anew":
        web_told.LARGEST = 0
    if how == "bare":
        app = bare(matcher)
    else:
        app = application(Setting(lambda: matcher, lambda: TODAY))
        app.state.site.asking._rate = Rate(1e12, 1e12)  # noqa: SLF001  # all clients are one
    gc.set_threshold(*COLLECTING)
    # Whatever else is installed: HTTP and loop are those that are served with.
    uvicorn.run(
        app,
        port=port,
        http=Impatient,
        loop="asyncio",
        access_log=False,
        log_level="warning",
        server_header=False,
    )


def bare(matcher: Matcher) -> Starlette:
    """Return three routes of nothing but the framework: empty, one that matches a question, one that words the answer too."""

    async def empty(_request: Request) -> Response:
        return Response()

    async def match(request: Request) -> Response:
        matcher.match(request.query_params["q"])
        return Response()

    async def word(request: Request) -> Response:
        answer(Message(request.query_params["q"]), matcher, TODAY)
        return Response()

    return Starlette(routes=[Route("/", empty), Route("/match", match), Route("/word", word)])


async def requested(server: Server, asked: Asked, seconds: float) -> Row:
    """Request addresses in turn for a while."""
    pid, port, paths = server.pid, server.port, asked.paths
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

        if asked.again:
            for path in paths:
                async with session.get(path) as got:
                    tags[path] = got.headers["etag"]
        await client(time.perf_counter() + WARMING)
        sizes = 0
        statuses.clear()
        before, began = spent(pid), time.perf_counter()
        made = sum(await asyncio.gather(*(client(began + seconds) for _ in range(CLIENTS))))
        cpu, took = spent(pid) - before, time.perf_counter() - began
    if not cpu:  # the machine stood still, or does not count so finely
        return await requested(server, asked, seconds)
    (status,) = statuses
    assert status in (200, 304), status
    return Row(cpu / made * 1000, made / took, sizes // made, status)


@contextmanager
def serving(target: str, how: str) -> Iterator[Server]:
    """Run a server of an index."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "benchmarks.web",
            "--serve",
            target,
            "--port",
            str(port),
            "--how",
            how,
        ]
        with started(command, {**os.environ}, Path(folder) / "log") as pid:
            for _ in range(300):
                time.sleep(0.1)
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
            yield Server(pid, port)


def report(rounds: Mapping[str, Sequence[Beside]]) -> str:
    """Return the rows and what counts: each page that is asked for again, and what an answer takes beside its matching."""
    head = f"{'':34} {'status':>6} {'bytes':>8} {'cpu ms':>8} {'× cpu':>8} {'× rate':>8}"
    rates = {
        name: median(r.row.rate / r.empty.rate for r in found)
        for name, found in rounds.items()
        if found[0].row.status == 304
    }
    slowest = min(rates, key=lambda name: rates[name])
    # The route that matches is the matcher and one empty route.
    over = [
        f"{name} {1 + median((r.row.cpu - m.row.cpu) / r.empty.cpu for r, m in zip(found, rounds[MATCHED], strict=True)):+.2f}"
        for name, found in rounds.items()
        if name.startswith("/api/ask") or name == WORDED
    ]
    return "\n".join(
        [
            head,
            *(line(name, found) for name, found in rounds.items()),
            f"an empty route: {median(r.empty.cpu for found in rounds.values() for r in found):.3f} ms",
            f"an ETag hit, the slowest ({slowest}): {rates[slowest]:.2f} × an empty route (goal ≥ {LEAST_RATE})",
            f"the matcher and so many empty routes (goal ≤ {MOST_EMPTY}): {', '.join(over)}",
        ]
    )


def main(argv: list[str] | None = None) -> int:
    """Build a base, measure, print."""
    parser = words(__doc__)
    add_size(parser, 11_000, "32")
    add_seconds(parser, 0.5, "each row in each round")
    parser.add_argument("--rounds", type=int, default=5, help="the medians of so many are printed")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--how", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.serve is not None:
        serve(options.serve, options.port, options.how)
        return 0
    with tempfile.TemporaryDirectory() as name:
        source = made(Path(name), options.size, options.only)
        texts = asked(source.world, 100)
        unit = next(u for u in index.Base(source.index).units() if u.accounts)
        account, place = unit.accounts[0].id, unit.place
        questions = [f"/api/ask?q={quote(text)}" for text in texts]
        rows = [
            Asked("/", ["/"]),
            Asked("/ again", ["/"], again=True),
            Asked("/a/<id> again", [f"/a/{account}"], again=True),
            Asked("/p/<place> again", [f"/p/{place}"], again=True),
            Asked("/stats again", ["/stats"], again=True),
            Asked("/static/style.css again", ["/static/style.css"], again=True),
            Asked("/api/accounts/<id> again", [f"/api/accounts/{account}"], again=True),
            Asked("/api/ask, asked by another", questions),
            Asked("/api/ask again", questions, again=True),
        ]
        anew = Asked("/api/ask, made anew", questions)
        matched = Asked(MATCHED, [f"/match?q={quote(text)}" for text in texts])
        worded = Asked(WORDED, [f"/word?q={quote(text)}" for text in texts])
        found: dict[str, list[Beside]] = defaultdict(list)
        leave_the_first_core()
        base = str(source.index)
        with serving(base, "bare") as plain, serving(base, "site") as ours, serving(base, "anew") as making:
            for _ in range(options.rounds):
                for server, asked_ in (
                    *((ours, row) for row in rows),
                    (plain, matched),
                    (making, anew),
                    (plain, worded),
                ):
                    row = asyncio.run(requested(server, asked_, options.seconds))
                    empty = asyncio.run(requested(plain, Asked("", ["/"]), options.seconds))
                    found[asked_.name].append(Beside(row, empty))
    print(report(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
