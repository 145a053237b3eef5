"""How much longer others wait while one chat floods the bot: counted on one server in one run, with and without limits.

python -m benchmarks.flood
python -m benchmarks.flood --size 110000 --seconds 5

People ask at a steady pace, in chats of their own; then the same again while one more person sends as much as the bot
takes, the next message when the last is acknowledged, as Telegram hands over those of one chat. The two take turns, so
that what else the machine does falls on both. Only the ratio of the two within a row means anything.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import aiohttp

from benchmarks.arena import Server, p99, paced
from benchmarks.made import add_seconds, add_size, asked, made, words
from benchmarks.running import leave_the_first_core, running

# Questions a second of all others together, and how many there are: each stays below the limit of a person.
PACE, OTHERS = 50, 100
# Who sends the flood, and how often calm and flood take turns.
LOUD, TURNS = 999, 3
# Seconds after which a flood that nobody limits is worked off, as far as it is.
REST = 1.0


async def flood(server: Server, session: aiohttp.ClientSession, sent: list[int]) -> None:
    """Send messages of one person until cancelled, the next as soon as one was acknowledged."""
    while True:
        sent.append(await server.post(server.update(LOUD), session))


async def measured(limit: int, target: Path, texts: Sequence[str], seconds: float, folder: Path) -> str:
    """Run a bot with a limit for each person, and return a row of the table."""
    server = Server(texts)
    command = ["bot.py", "run", "--index", str(target)]
    async with running(command, server, folder / f"limit{limit}", PERSON_LIMIT=str(limit)) as (_, session):
        await asyncio.sleep(0.5)
        await paced(server, session, min(2.0, seconds), PACE, OTHERS)
        calm, loud, sent = list[float](), list[float](), list[int]()
        for _ in range(TURNS):
            calm += await paced(server, session, seconds / TURNS, PACE, OTHERS)
            flooding = asyncio.create_task(flood(server, session, sent))
            loud += await paced(server, session, seconds / TURNS, PACE, OTHERS)
            flooding.cancel()
            with suppress(asyncio.CancelledError):
                await flooding
            await asyncio.sleep(REST)
    return (
        f"{limit or 'none':>8} {len(sent) / seconds:8.0f} {median(calm) * 1000:8.1f} {median(loud) * 1000:8.1f}"
        f" {p99(calm):8.1f} {p99(loud):8.1f} {p99(loud) / p99(calm):7.2f}"
    )


def main(argv: list[str] | None = None) -> int:
    """Build a base, measure with and without limits, print."""
    parser = words(__doc__)
    add_size(parser, 10_000)
    add_seconds(parser, 9.0, "each part")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        base = made(Path(name), options.size, options.only)
        texts = asked(base.world, 200)
        leave_the_first_core()
        print(
            f"{'a minute':>8} {'flood/s':>8} {'p50':>8} {'flooded':>8} {'p99':>8} {'flooded':>8} {'ratio':>7}"
        )
        for limit in (60, 0):
            print(asyncio.run(measured(limit, base.index, texts, options.seconds, Path(name))))
    print("milliseconds; goal with a limit: ratio ≤ 2")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
