"""Workers on one ledger, as the tests of the ledger drive them: with clocks of their own, closed or killed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from bot.ledger import ROOM, Claim, Ledger, LedgerError, Update, open_ledger
from bot.ledger.workers import GRACE

A_DAY = 86_400.0


@dataclass
class Clocks:
    """The time of day in seconds since 1970, and a clock that never jumps."""

    now: float = 1_800_000_000.0
    steady: float = 0.0


@dataclass
class Office:
    """Every worker that a test has opened on one ledger."""

    url: str
    clocks: Clocks = field(default_factory=Clocks)
    workers: list[Ledger] = field(default_factory=list)

    async def open(self, room: int = ROOM) -> Ledger:
        """Open a worker."""
        worker = await open_ledger(self.url, lambda: self.clocks.now, lambda: self.clocks.steady, room)
        self.workers.append(worker)
        return worker

    async def leave(self, worker: Ledger) -> None:
        """Close a worker as a process that ends well does."""
        self.workers.remove(worker)
        await worker.close()

    async def kill(self, worker: Ledger) -> None:
        """End a worker without a good-bye, as kill -9 does once what it wrote is written."""
        self.workers.remove(worker)
        await worker._stop()

    async def outlive(self, survivor: Ledger) -> None:
        """Let so much time pass that a survivor takes the silent for dead."""
        await survivor.beat()
        self.clocks.steady += GRACE + 1
        await survivor.beat()
        await survivor.inbox.look()

    async def close(self) -> None:
        """Close whoever is still open."""
        for worker in list(self.workers):
            with suppress(LedgerError):
                await self.leave(worker)


def update(number: int, chat: str = "tg:1", payload: str = "{}") -> Update:
    """Return an update."""
    return Update(number, chat, payload)


def ready(worker: Ledger) -> list[Claim]:
    """Return what a worker is to handle now, without waiting."""
    queue = worker.inbox._ready
    return [queue.get_nowait() for _ in range(queue.qsize())]


def numbers(claims: list[Claim]) -> list[int]:
    """Return the numbers of claims."""
    return [claim.id for claim in claims]
