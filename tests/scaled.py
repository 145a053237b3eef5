"""What `compose.scaled.yaml` describes, as processes of this machine: workers behind nginx, one PostgreSQL, one index for all.

nginx runs with `deploy/nginx.conf`, but for its addresses and folders; each worker takes its index from one more process
of the bot, which builds it and has no token.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.chaos_bot import ROOT
from tests.served import free_address

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/bin")
OPENSSL = shutil.which("openssl")
MISSING = "no nginx or no openssl: apt-get install nginx openssl (.ci/run does)"
# Seconds for a process to come up or to go down.
PATIENCE = 60.0
DOOR = "127.0.0.1:8443"


@dataclass
class Process:
    """One process of the bot, which listens at an address of its own."""

    folder: Path
    environment: dict[str, str]
    options: tuple[str, ...] = ()
    listen: str = field(default_factory=free_address)
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Its address, without the proxy."""
        return f"http://{self.listen}"

    @property
    def index(self) -> Path:
        """Its index."""
        return self.folder / "index.sqlite"

    async def start(self) -> None:
        """Start it."""
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "bot.py", "run", *self.options, cwd=ROOT, env=self._env(), stdout=log, stderr=log
            )  # fmt: skip

    async def command(self, *words: str) -> int:
        """Run another command of the bot over the same folder; its exit code."""
        with (self.folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "bot.py", *words, cwd=ROOT, env=self._env(), stdout=log, stderr=log
            )
            return await process.wait()

    async def is_ready(self, session: aiohttp.ClientSession, path: str = "/readyz") -> None:
        """Wait until it says that it can answer."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    async with session.get(self.url + path) as found:
                        if found.status == 200:
                            return
                except aiohttp.ClientError:
                    assert self.process
                    assert self.process.returncode is None, (self.folder / "log").read_text("utf-8")[-2000:]
                await asyncio.sleep(0.1)

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it; what it ended with."""
        assert self.process
        if self.process.returncode is None:
            self.process.send_signal(how)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    def _env(self) -> dict[str, str]:
        return {**os.environ, **self.environment, "DATA_DIR": str(self.folder), "LISTEN": self.listen}


@dataclass
class Town:
    """All of it.

    Attributes:
        builder: The process that builds the index and offers it.
        workers: Those that answer.
        session: For requests to them.
    """

    folder: Path
    builder: Process
    workers: list[Process]
    session: aiohttp.ClientSession

    async def says(self, worker: Process, question: str) -> str:
        """Return what one worker answers on its own page."""
        async with self.session.get(f"{worker.url}/api/ask", params={"q": question}) as found:
            return str(await found.text())


@asynccontextmanager
async def town(
    folder: Path, count: int, token: str, telegram: str, ledger: str, knowledge: Path, size: str = ""
) -> AsyncIterator[Town]:
    """Start everything, in an order that compose has too, and end it; `size` is an index made before."""
    await asyncio.to_thread(folder.chmod, 0o755)  # nginx gives itself another user
    door = free_address()
    builder = Process(folder / "builder", {"TELEGRAM_BOT_TOKEN": ""}, ("--knowledge", str(knowledge)))
    if size:
        builder = Process(folder / "builder", {"TELEGRAM_BOT_TOKEN": ""}, ("--index", size))
    settings = {
        "TELEGRAM_BOT_TOKEN": token,
        "TELEGRAM_API_BASE": telegram,
        "TELEGRAM_MODE": "webhook",
        "WEBHOOK_URL": f"https://{door}",
        "LEDGER_URL": ledger,
        "INDEX_FROM": builder.url,
        "NOTICE_WAIT": "0",
        "PERSON_LIMIT": "0",
    }
    workers = [Process(folder / f"worker{n}", settings) for n in range(count)]
    async with aiohttp.ClientSession() as session:
        running: list[Process] = []
        nginx = await _nginx(folder, door, [w.listen for w in workers])
        try:
            await builder.start()
            running.append(builder)
            await builder.is_ready(session)
            for worker in workers:
                await worker.start()
                running.append(worker)
            for worker in workers:
                await worker.is_ready(session)
            yield Town(folder, builder, workers, session)
        finally:
            nginx.terminate()
            await nginx.wait()
            await asyncio.gather(*(one.end() for one in running))


async def _nginx(folder: Path, door: str, workers: list[str]) -> asyncio.subprocess.Process:
    """Start nginx with our own configuration, told of these workers."""
    assert NGINX, MISSING
    _certificate(folder)
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    line = "server worker:8000 max_fails=2 fail_timeout=5s;"
    changes = {
        line: " ".join(line.replace("worker:8000", at) for at in workers),
        "listen 8080;": f"listen {free_address()};",
        "listen 8443 ssl;": f"listen {door} ssl;",
        " /tmp/": f" {folder}/",
        "/etc/nginx/tls": str(folder),
        "worker_processes auto;": "worker_processes 1;\ndaemon off;",
        "stderr crit;": f"{folder}/nginx.log warn;",
    }
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    return await asyncio.create_subprocess_exec(
        NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), stderr=subprocess.DEVNULL
    )


def _certificate(folder: Path) -> None:
    assert OPENSSL, MISSING
    made = [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=bot.example.org"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*made, *files], check=True, capture_output=True)


def trusting() -> ssl.SSLContext:
    """Return what takes a certificate that nobody signed, as Telegram does with one that it was given."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
