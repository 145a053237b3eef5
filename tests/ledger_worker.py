"""A worker in a process of its own: python ledger_worker.py URL UPDATES. It receives so many updates and handles what it gets.

It says "ready", waits for a line, and then says what happens once it is certain: "kept N" after an update was kept, "handling N NANOSECONDS" when it is
handled, on a clock that all processes share, "done N" after its end was kept.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.ledger import Claim, Ledger, Update, open_ledger

CHATS = 10
AT_ONCE = 5


async def work(url: str, updates: int) -> None:
    """Receive all updates and handle until none is left."""
    ledger = await open_ledger(url, time.time, time.monotonic, room=CHATS // 2)
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    attending = asyncio.create_task(ledger.attend())
    handling = asyncio.create_task(_handle(ledger))
    for first in range(0, updates, AT_ONCE):
        numbers = range(first, first + AT_ONCE)
        await ledger.inbox.receive([Update(n, f"tg:{n % CHATS}", "{}") for n in numbers])
        for number in numbers:
            say("kept", number)
    while (await ledger.counts()).waiting:  # noqa: ASYNC110  # another process may end the last
        await asyncio.sleep(0.05)
    for task in (attending, handling):
        task.cancel()
    await ledger.close()


async def _handle(ledger: Ledger) -> None:
    async def handle(claim: Claim) -> None:
        say("handling", claim.id, time.monotonic_ns())
        await asyncio.sleep(0)
        await ledger.inbox.done(claim)
        say("done", claim.id)

    async with asyncio.TaskGroup() as tasks:
        while True:
            tasks.create_task(handle(await ledger.inbox.next()))


def say(word: str, *numbers: int) -> None:
    """Print a line at once."""
    print(word, *numbers, flush=True)  # noqa: T201  # what it says is what it is for


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2])))
