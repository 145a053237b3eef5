"""Floor 7. What every desk of the ledger writes and reads through."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ledger.batching import Batcher
from bot.ledger.database import Clock


@dataclass(frozen=True, slots=True)
class Store:
    """The way to the database.

    Attributes:
        writes: one connection for all that is written, in its order.
        reads: another for all that is only read, which no writer holds up.
        now: seconds since 1970.
        worker: the name of this process among all that share the ledger; never used again.
    """

    writes: Batcher
    reads: Batcher
    now: Clock
    worker: str
