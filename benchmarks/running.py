"""A bot that is measured, as a process: it has the first core to itself, whoever measures it the others where there are any."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp

from benchmarks.arena import PATIENCE, TOKEN, Server, crowd_session, listening

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")
# Those that this process began with: it leaves the first of them itself.
CORES = sorted(os.sched_getaffinity(0))


def on_webhook(url: str, port: int, folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a bot of ours: on a webhook at a port, without limits unless told, its data in a folder."""
    own = f"127.0.0.1:{port}"
    return {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": url, "TELEGRAM_MODE": "webhook", "DATA_DIR": str(folder),
        "WEBHOOK_URL": f"http://{own}", "LISTEN": own, "PERSON_LIMIT": "0", "CHAT_LIMIT": "0", **more,
    }  # fmt: skip


def leave_the_first_core() -> None:
    """Run on the other cores from now on, where there are any."""
    os.sched_setaffinity(0, CORES[1:] or CORES)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        number: int = found.getsockname()[1]
        return number


@contextmanager
def started(command: Sequence[str], environment: dict[str, str], log: Path) -> Iterator[int]:
    """Run a process on the first core; its id."""
    log.parent.mkdir(exist_ok=True)
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        os.sched_setaffinity(process.pid, CORES[:1])
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(PATIENCE)


@asynccontextmanager
async def running(
    command: Sequence[str], server: Server, place: Path, **more: str
) -> AsyncIterator[tuple[int, aiohttp.ClientSession]]:
    """Run a bot against a server in a folder of its own until the server hears of it; its process, and a client for the people.

    Args:
        command: What follows "python"; `{url}`, `{token}`, `{port}` and `{ledger}` in it are filled in.
        server: Where it sends its answers, and whose people ask.
        place: The folder, which is made; what it logs is in `log`.
        more: Further words of its environment.
    """
    port, ledger = free_port(), place / "ledger.sqlite"
    async with listening(server) as url, crowd_session() as session:
        given = (word.format(url=url, token=TOKEN, port=port, ledger=ledger) for word in command)
        environment = on_webhook(url, port, place, **more)
        with started([sys.executable, *given], environment, place / "log") as pid:
            try:
                async with asyncio.timeout(PATIENCE):
                    await server.up.wait()
                    while server.webhook and not await _listens(port):  # noqa: ASYNC110 - it asks
                        await asyncio.sleep(0.01)
                yield pid, session
            except TimeoutError:
                print((place / "log").read_text(encoding="utf-8")[-2000:])
                raise


async def _listens(port: int) -> bool:
    """Tell whether somebody listens on a port: python-telegram-bot tells where it is before it is there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


def spent(pid: int) -> float:
    """Return the seconds of the processor that a process has taken."""
    found = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(found[11]) + int(found[12])) / TICK


def weighs(pid: int, what: str = "VmRSS") -> float:
    """Return the resident MiB of a process: all, or `RssAnon`, what no other can share."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition(f"{what}:")[2].split()[0]) / 1024
