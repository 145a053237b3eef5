"""What an answer costs the whole bot, beside bots that look nothing up, against one server in one run.

python -m benchmarks.load --size 110000
python -m benchmarks.load --size 11000 --only 32 --seconds 5

Every bot is a process on one core; the server and its people are on another where there are two. The people ask the next
question when they have their answer; half of the questions are exact names, half are as people type them. Only ratios
within a run mean anything.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import mean
from typing import Any

import aiohttp
from aiohttp import web

from benchmarks import corpus
from benchmarks.questions import questions
from benchmarks.world import World
from bot import index
from bot.matcher import Matcher

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "1000000001:a-token-only-this-server-knows"  # noqa: S105 - it opens nothing
PEOPLE, RTT, PACE = 64, 0.05, 200
# Seconds for a bot to come up, and for an answer.
PATIENCE = 60.0
BOT = {"id": 1000000001, "is_bot": True, "first_name": "Q", "username": "load_test_bot"}
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """The methods that an answer needs, and the people. `delay`: seconds that each request takes."""

    texts: Sequence[str]
    delay: float = 0.0
    webhook: str = ""
    secret: str = ""
    number: int = 0
    queue: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    waits: dict[int, asyncio.Future[None]] = field(default_factory=dict)
    up: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, request: web.Request) -> web.Response:
        """Answer a request."""
        values = dict(await request.post())
        if request.content_type == "application/json" and request.can_read_body:
            values = await request.json()
        method = request.match_info["method"].lower()
        if self.delay and method == "sendmessage":
            await asyncio.sleep(self.delay)
        return web.json_response({"ok": True, "result": await self._result(method, values)})

    async def _result(self, method: str, values: dict[str, Any]) -> object:
        if method == "getme":
            return BOT
        if method == "setwebhook":
            self.webhook, self.secret = str(values["url"]), str(values.get("secret_token", ""))
            self.up.set()
        elif method == "getupdates":
            self.up.set()
            return await self._updates(int(str(values.get("offset") or 0)))
        elif method == "sendmessage":
            chat = int(str(values["chat_id"]))
            wait = self.waits.get(chat)
            if wait and not wait.done():
                wait.set_result(None)
            private = {"id": chat, "type": "private", "first_name": "L"}
            return {
                "message_id": self.number,
                "date": 1,
                "chat": private,
                "from": BOT,
                "text": values["text"],
            }
        elif method.startswith("getmy"):
            return (
                [] if method == "getmycommands" else {"name": "", "description": "", "short_description": ""}
            )
        return True

    async def _updates(self, offset: int) -> list[dict[str, Any]]:
        try:
            async with asyncio.timeout(2):
                found = [await self.queue.get()]
        except TimeoutError:
            return []
        while not self.queue.empty() and len(found) < 100:
            found.append(self.queue.get_nowait())
        return [update for update in found if update["update_id"] >= offset]

    async def ask(self, chat: int, session: aiohttp.ClientSession) -> float:
        """Ask the next question in a chat, and return after how many seconds the answer was there."""
        self.number += 1
        person = {"id": chat, "first_name": "L"}
        body = {
            "message_id": self.number,
            "date": 1,
            "text": self.texts[self.number % len(self.texts)],
            "chat": {**person, "type": "private"},
            "from": {**person, "is_bot": False},
        }
        update = {"update_id": self.number, "message": body}
        self.waits[chat] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        if self.webhook:
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
            async with session.post(self.webhook, json=update, headers=headers) as answer:
                assert answer.status == 200, answer.status
        else:
            self.queue.put_nowait(update)
        async with asyncio.timeout(PATIENCE):
            await self.waits[chat]
        return time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a bot: milliseconds of the processor and answers a second in a closed loop; p99 in milliseconds."""

    name: str
    cpu: float
    rate: float
    closed: float
    paced: float
    memory: float

    def __str__(self) -> str:
        return (
            f"{self.name:44} {self.cpu:8.3f} {self.rate:9.0f} {self.closed:10.0f} {self.paced:10.0f}"
            f" {self.memory:8.0f}"
        )


def spent(pid: int) -> float:
    """Return the seconds of the processor that a process has taken."""
    found = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(found[11]) + int(found[12])) / TICK


def weighs(pid: int) -> float:
    """Return the resident MiB of a process."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        number: int = found.getsockname()[1]
        return number


@contextmanager
def started(command: Sequence[str], environment: dict[str, str], log: Path) -> Iterator[int]:
    """Run a bot on one core; its process id."""
    cores = sorted(os.sched_getaffinity(0))
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        os.sched_setaffinity(process.pid, cores[:1])
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(PATIENCE)


async def closed_loop(server: Server, session: aiohttp.ClientSession, seconds: float) -> list[float]:
    """Let the people ask for a while, each the next when answered; the seconds that each answer took."""
    end = time.perf_counter() + seconds
    waits: list[float] = []

    async def person(chat: int) -> None:
        while time.perf_counter() < end:
            waits.append(await server.ask(chat, session))

    await asyncio.gather(*(person(1000 + n) for n in range(PEOPLE)))
    return waits


async def paced(server: Server, session: aiohttp.ClientSession, seconds: float) -> list[float]:
    """Let other people ask at a steady pace, whether or not they are answered."""
    asks, loop = [], asyncio.get_running_loop()
    began = loop.time()
    for number in range(round(PACE * seconds)):
        await asyncio.sleep(began + number / PACE - loop.time())
        asks.append(asyncio.create_task(server.ask(10_000 + number % 2000, session)))
    return await asyncio.gather(*asks)


def p99(waits: Sequence[float]) -> float:
    """Return what 99 of 100 stay within, in milliseconds."""
    return sorted(waits)[len(waits) * 99 // 100] * 1000


async def measured(
    name: str, command: Sequence[str], texts: Sequence[str], seconds: float, folder: Path
) -> Row:
    """Run a bot and measure it."""
    server, port = Server(texts), free_port()
    app = web.Application()
    app.router.add_route("*", "/bot{token:[^/]+}/{method}", server.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    place = folder / name.partition(" ")[0]
    place.mkdir()
    environment = {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": url, "TELEGRAM_MODE": "webhook", "DATA_DIR": str(place),
        "WEBHOOK_URL": f"http://127.0.0.1:{port}", "LISTEN": f"127.0.0.1:{port}",
        "PERSON_LIMIT": "0", "CHAT_LIMIT": "0",
    }  # fmt: skip
    given = [w.format(url=url, token=TOKEN, port=port, ledger=place / "ledger.sqlite") for w in command]
    connector = aiohttp.TCPConnector(limit=0)
    try:
        with started([sys.executable, *given], environment, place / "log") as pid:
            async with aiohttp.ClientSession(connector=connector) as session, asyncio.timeout(600):
                await server.up.wait()
                await asyncio.sleep(0.5)
                await closed_loop(server, session, min(2.0, seconds))
                before, began = spent(pid), time.perf_counter()
                answers = len(await closed_loop(server, session, seconds))
                cpu, took = spent(pid) - before, time.perf_counter() - began
                server.delay = RTT
                far = await closed_loop(server, session, seconds)
                steady = await paced(server, session, min(5.0, seconds))
                return Row(name, cpu / answers * 1000, answers / took, p99(far), p99(steady), weighs(pid))
    except TimeoutError:
        print((place / "log").read_text(encoding="utf-8")[-2000:])
        raise
    finally:
        await runner.cleanup()


def bots(target: Path) -> list[tuple[str, list[str]]]:
    """Return what is measured: a name and a command each; what is not installed is said."""
    echo = ["-m", "benchmarks.load_bots", "{name}", "{url}", "{token}", "{port}", "{ledger}"]

    def named(name: str) -> list[str]:
        return [name if word == "{name}" else word for word in echo]

    way = "webhook" if find_spec("tornado") else "polling: tornado is not installed"
    found = [
        ("ours", ["bot.py", "run", "--index", str(target)]),
        ("durable echo on our plumbing", named("durable")),
        (f"python-telegram-bot echo ({way})", named("library")),
    ]
    if find_spec("aiogram"):
        found.append(("aiogram echo (polling)", named("aiogram")))
    else:
        print("aiogram is not installed and has no row")
    return found


def asked(world: World, count: int) -> list[str]:
    """Return questions, half exact names, half as people type them, in a fixed mixed order."""
    found = list(questions(world, "dev", count))
    exact = [q.text for q in found if q.kind == "exact"]
    other = [q.text for q in found if q.kind != "exact" and q.expect == "answer"]
    random.Random(1).shuffle(other)
    return [text for pair in zip(exact, other, strict=False) for text in pair]


def matching(target: Path, texts: Sequence[str]) -> float:
    """Return the milliseconds of the processor that the matcher alone takes for a question, on average."""
    matcher = Matcher(index.Base(target))
    for text in texts:
        matcher.match(text)

    def cost(text: str) -> float:
        began = time.thread_time()
        matcher.match(text)
        return time.thread_time() - began

    return mean(cost(text) for text in texts) * 1000


def report(rows: Sequence[Row], alone: float) -> str:
    """Return the rows and the ratios that count."""
    ours, durable, library = rows[:3]
    head = f"{'':44} {'cpu ms':>8} {'a second':>9} {'p99 50 ms':>10} {f'p99 {PACE}/s':>10} {'MiB':>8}"
    return "\n".join(
        [
            head,
            *map(str, rows),
            f"the matcher alone: {alone:.3f} ms a question",
            f"cpu: ours / (durable echo + matcher) = {ours.cpu / (durable.cpu + alone):.2f} (goal ≤ 1.1)",
            f"answers a second: ours / python-telegram-bot = {ours.rate / library.rate:.2f} (goal ≥ 1.5)",
            f"p99 at {RTT * 1000:.0f} ms, {PEOPLE} people: {ours.closed / RTT / 1000:.1f} round trips (goal ≤ 4)",
            f"p99 at {PACE} a second: {ours.paced - RTT * 1000:.0f} ms above the round trip (goal ≤ 50)",
        ]
    )


def main(argv: list[str] | None = None) -> int:
    """Build a base, measure all bots, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=110_000)
    parser.add_argument("--only", default="", help="two digits of one province")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each part, for each bot")
    parser.add_argument("--questions", type=int, default=400, help="different ones; they are asked in turn")
    options = parser.parse_args(argv)
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as name:
        folder, target = Path(name), Path(name) / "index.sqlite"
        corpus.write(options.size, folder / "knowledge", only=options.only)
        built = index.build(folder / "knowledge", target)
        if built.errors:
            raise SystemExit("\n".join(map(str, built.errors[:3])))
        world = World(list(corpus.bodies(options.size, only=options.only)))
        texts = asked(world, options.questions // 2)
        alone = matching(target, texts)
        os.sched_setaffinity(0, cores[1:] or cores)
        rows = [
            asyncio.run(measured(called, command, texts, options.seconds, folder))
            for called, command in bots(target)
        ]
    print(report(rows, alone))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
