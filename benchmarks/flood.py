"""How much longer others wait while one chat floods the bot: counted on one server in one run, with and without limits.

python -m benchmarks.flood
python -m benchmarks.flood --size 110000 --seconds 5

People ask at a steady pace, in chats of their own; then the same again while one more person sends as much as the bot
takes, the next message when the last is acknowledged, as Telegram hands over those of one chat. The two take turns, so
that what else the machine does falls on both. Only the ratio of the two within a row means anything.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import aiohttp
from aiohttp import web

from benchmarks import corpus
from benchmarks.load import PATIENCE, TOKEN, Server, asked, free_port, p99, started
from benchmarks.world import World
from bot import index

# Questions a second of all others together, and how many there are: each stays below the limit of a person.
PACE, OTHERS = 50, 100
# Who sends the flood, and how often calm and flood take turns.
LOUD, TURNS = 999, 3
# Seconds after which a flood that nobody limits is worked off, as far as it is.
REST = 1.0


async def ask_on(server: Server, session: aiohttp.ClientSession, seconds: float) -> list[float]:
    """Let the others ask at a steady pace; the seconds that each answer took."""
    asks, loop = [], asyncio.get_running_loop()
    began = loop.time()
    for number in range(round(PACE * seconds)):
        await asyncio.sleep(began + number / PACE - loop.time())
        asks.append(asyncio.create_task(server.ask(10_000 + number % OTHERS, session)))
    return await asyncio.gather(*asks)


async def flood(server: Server, session: aiohttp.ClientSession, sent: list[int]) -> None:
    """Send messages of one person until cancelled, the next as soon as one was acknowledged."""
    person = {"id": LOUD, "first_name": "L"}
    while True:
        server.number += 1
        body = {
            "message_id": server.number, "date": 1, "text": server.texts[server.number % len(server.texts)],
            "chat": {**person, "type": "private"}, "from": {**person, "is_bot": False},
        }  # fmt: skip
        headers = {"X-Telegram-Bot-Api-Secret-Token": server.secret}
        update = {"update_id": server.number, "message": body}
        async with session.post(server.webhook, json=update, headers=headers) as answer:
            sent.append(answer.status)


async def measured(limit: int, target: Path, texts: Sequence[str], seconds: float, folder: Path) -> str:
    """Run a bot with a limit for each person, and return a row of the table."""
    server, port = Server(texts), free_port()
    app = web.Application()
    app.router.add_route("*", "/bot{token:[^/]+}/{method}", server.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    place = folder / f"limit{limit}"
    place.mkdir()
    environment = {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": f"http://127.0.0.1:{runner.addresses[0][1]}",
        "TELEGRAM_MODE": "webhook", "WEBHOOK_URL": f"http://127.0.0.1:{port}", "LISTEN": f"127.0.0.1:{port}",
        "DATA_DIR": str(place), "PERSON_LIMIT": str(limit),
    }  # fmt: skip
    command = [sys.executable, "bot.py", "run", "--index", str(target)]
    try:
        with started(command, environment, place / "log"):
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
                async with asyncio.timeout(PATIENCE):
                    await server.up.wait()
                await asyncio.sleep(0.5)
                await ask_on(server, session, min(2.0, seconds))
                calm, loud, sent = list[float](), list[float](), list[int]()
                for _ in range(TURNS):
                    calm += await ask_on(server, session, seconds / TURNS)
                    flooding = asyncio.create_task(flood(server, session, sent))
                    loud += await ask_on(server, session, seconds / TURNS)
                    flooding.cancel()
                    with suppress(asyncio.CancelledError):
                        await flooding
                    await asyncio.sleep(REST)
                rate = len(sent) / seconds
    finally:
        await runner.cleanup()
    return (
        f"{limit or 'none':>8} {rate:8.0f} {median(calm) * 1000:8.1f} {median(loud) * 1000:8.1f}"
        f" {p99(calm):8.1f} {p99(loud):8.1f} {p99(loud) / p99(calm):7.2f}"
    )


def main(argv: list[str] | None = None) -> int:
    """Build a base, measure with and without limits, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=9.0, help="of each part")
    options = parser.parse_args(argv)
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as name:
        folder, target = Path(name), Path(name) / "index.sqlite"
        corpus.write(options.size, folder / "knowledge")
        built = index.build(folder / "knowledge", target)
        if built.errors:
            raise SystemExit("\n".join(map(str, built.errors[:3])))
        texts = asked(World(list(corpus.bodies(options.size))), 200)
        os.sched_setaffinity(0, cores[1:] or cores)
        print(
            f"{'a minute':>8} {'flood/s':>8} {'p50':>8} {'flooded':>8} {'p99':>8} {'flooded':>8} {'ratio':>7}"
        )
        for limit in (60, 0):
            print(asyncio.run(measured(limit, target, texts, options.seconds, folder)))
    print("milliseconds; goal with a limit: ratio ≤ 2")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
