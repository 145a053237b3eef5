"""What `notice` and `queue` both need of the ledger: where it is, and one piece of work done in it."""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from bot.ledger import Ledger, open_ledger
from bot.setting import ROOT

T = TypeVar("T")


def add_ledger(parser: argparse.ArgumentParser) -> None:
    """Add where the ledger is."""
    says = "账本:文件,或 postgresql://…(默认 $LEDGER_URL,再就是 data/ledger.sqlite)"
    parser.add_argument("--ledger", metavar="URL", help=says)


def ledger_at(options: argparse.Namespace) -> str:
    """Return the ledger that the flags or the environment name."""
    folder = Path(os.environ.get("DATA_DIR") or ROOT / "data")
    return options.ledger or os.environ.get("LEDGER_URL", "").strip() or str(folder / "ledger.sqlite")


def in_ledger(options: argparse.Namespace, work: Callable[[Ledger], Awaitable[T]]) -> T:
    """Do a piece of work in the ledger, beside a bot that may be running on it. Raises: LedgerError."""

    async def done() -> T:
        # No messages are taken in hand: a maintainer's command answers none.
        ledger = await open_ledger(ledger_at(options), time.time, time.monotonic, room=0)
        try:
            return await work(ledger)
        finally:
            await ledger.close()

    return asyncio.run(done())
