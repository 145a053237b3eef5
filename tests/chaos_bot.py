"""The bot as a process, its knowledge and its log; what happens to a process happens to it here."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import shutil
import signal
import sqlite3
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from bot import index
from bot.index import Base
from bot.inventory import OWN

ROOT = Path(__file__).resolve().parent.parent
# The account that people follow: at first nobody knows where it went, then it is published.
FOLLOWED = "chaos-followed-wx"
_TOWN = """place: "320582"
units:
  - name: 张家港市混沌局
    accounts:
      - id: {id}
        name: 港城混沌号
        platform: wechat
        state: closed
        notice: {notice}
        stopped: 2024-01-02
        {goal}
        checked: 2024-05-01
        sources: [{{publisher: 某报, date: 2024-05-01}}]
"""
_GOAL = "destinations: [{name: 张家港发布, platform: wechat, basis: notice}]"
# Seconds for which a process may come up or go down.
PATIENCE = 60.0
# Seconds that it takes at most until a process listens to signals, on a busy machine.
YOUTH = 10.0
_LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z \[")


@dataclass
class Log:
    """What the processes wrote, read line by line, and what is wrong with it."""

    path: Path
    secret: str
    head: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    bare: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Keep a line; note a traceback whose head gives no reference, and a secret."""
        if _LINE.match(line):
            self.head = line
        if line.startswith("Traceback ") and "reference" not in self.head:
            self.bare.append(self.head.strip())
        if self.secret in line:
            self.bare.append("a secret")
        for word in ("failed, reference", "用不了", "换上了新的索引", "dead letters"):
            if word in line:
                self.counts[word] = self.counts.get(word, 0) + 1
        with self.path.open("a", encoding="utf-8") as out:
            out.write(line)


@dataclass
class Bot:
    """One bot that is started again and again over one folder.

    Attributes:
        folder: Its ledger, index and knowledge.
        token, server: Of the emulator.
        wait: Seconds before followers are told.
        memory: Of the process that runs: updates sent so far, and resident bytes then.
    """

    folder: Path
    token: str
    server: str
    log: Log = field(init=False)
    memory: list[list[tuple[int, int]]] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None
    _reader: asyncio.Task[None] | None = None
    _since: float = 0.0

    @property
    def is_young(self) -> bool:
        """Whether the process may not have come far enough to end gracefully."""
        return time.monotonic() - self._since < YOUTH

    def __post_init__(self) -> None:
        self.log = Log(self.folder / "log", self.token.partition(":")[2])
        self.knowledge = self.folder / "knowledge"
        shutil.copytree(OWN, self.knowledge)
        self.write(known=False)
        built = index.build(self.knowledge, self.index)
        assert not built.errors, [str(p) for p in built.errors]

    @property
    def index(self) -> Path:
        """Its index."""
        return self.folder / "index.sqlite"

    @property
    def environment(self) -> dict[str, str]:
        """What it is set by."""
        own = {
            "TELEGRAM_BOT_TOKEN": self.token,
            "TELEGRAM_API_BASE": self.server,
            "DATA_DIR": str(self.folder),
            "NOTICE_WAIT": "0",
            "PERSON_LIMIT": "0",
            "CHAT_LIMIT": "0",
        }
        return {**os.environ, **own}

    def write(self, *, known: bool) -> None:
        """Write the knowledge of the account that is followed."""
        text = _TOWN.format(
            id=FOLLOWED, notice="named" if known else "unseen", goal=_GOAL if known else "reason: other"
        )
        (self.knowledge / "accounts" / "chaos.yaml").write_text(text, encoding="utf-8")

    # Its life ---------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start a process."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "bot.py", "run", "--knowledge", str(self.knowledge),
            cwd=ROOT, env=self.environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self.memory.append([])
        self._since = time.monotonic()
        self._reader = asyncio.create_task(self._read(self.process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        while line := await process.stdout.readline():
            self.log.take(line.decode("utf-8", "replace"))

    async def end(self, how: signal.Signals) -> int:
        """End the process; what it ended with."""
        assert self.process
        if self.process.returncode is None:
            self.process.send_signal(how)
        async with asyncio.timeout(PATIENCE):
            code = await self.process.wait()
            if self._reader:
                await self._reader
        return code

    async def ended(self) -> int:
        """Wait until it ends by itself; what it ended with."""
        assert self.process
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def freeze(self, seconds: float) -> None:
        """Stop the process for a while, as a machine that swaps does."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)

    async def fill_disk(self, seconds: float) -> None:
        """Let no file of the process grow for a while, as on a full disk."""
        assert self.process
        free = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        await asyncio.sleep(seconds)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, free)

    async def lock_ledger(self, seconds: float) -> None:
        """Hold the ledger's file for a while, as another program does."""
        connection = sqlite3.connect(self.folder / "ledger.sqlite", isolation_level=None, timeout=5)
        try:
            connection.execute("begin immediate")
            await asyncio.sleep(seconds)
            connection.execute("rollback")
        finally:
            connection.close()

    def weigh(self, updates: int) -> None:
        """Note what the process weighs now."""
        try:
            text = Path(f"/proc/{self.process.pid if self.process else 0}/status").read_text()
        except OSError:
            return
        if found := re.search(r"VmRSS:\s*(\d+) kB", text):
            self.memory[-1].append((updates, int(found[1]) * 1024))

    # Its index --------------------------------------------------------------------------------------------------

    async def publish(self) -> None:
        """Publish where the followed account went, as a maintainer does."""
        self.write(known=True)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "bot.py", "build", "--knowledge", str(self.knowledge),
            cwd=ROOT, env=self.environment, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert await process.wait() == 0

    def swap(self, data: bytes | None = None) -> None:
        """Put a file in the index's place: these bytes, or the same again."""
        aside = self.folder / "swap"
        aside.write_bytes(self.index.read_bytes() if data is None else data)
        aside.replace(self.index)

    def base(self) -> Base:
        """Open its index."""
        return Base(self.index)
