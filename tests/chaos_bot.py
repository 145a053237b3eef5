"""The bot as a process, its knowledge and its log; what happens to a process happens to it here."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sqlite3
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot import index
from bot.index import Base
from bot.inventory import OWN
from tests.chaos_clock import Clock
from tests.chaos_disk import FULL, READ_ONLY, can_trace, limit, refuse
from tests.served import free_address

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
# Seconds after which a process that ended by itself with 1 is started again, as systemd and Docker do.
REST = 0.5
_LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z \[")


def write_followed(knowledge: Path, *, known: bool) -> None:
    """Write what is known of the account that is followed."""
    text = _TOWN.format(
        id=FOLLOWED, notice="named" if known else "unseen", goal=_GOAL if known else "reason: other"
    )
    (knowledge / "accounts" / "chaos.yaml").write_text(text, encoding="utf-8")


@dataclass
class Log:
    """What the processes wrote, read line by line, and what is wrong with it."""

    path: Path
    secret: str
    head: str = ""
    counts: Counter[str] = field(default_factory=Counter)
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
                self.counts[word] += 1
        with self.path.open("a", encoding="utf-8") as out:
            out.write(line)


@dataclass
class Bot:
    """One bot that is started again and again over one folder.

    Attributes:
        folder: Its ledger, index and knowledge.
        token, server: Of the emulator.
        mode: How it takes updates in: `polling` or `webhook`.
        memory: Of each process: updates sent so far, and resident bytes then.
        fallen: What processes ended with that nobody told to end; after a 1 the next was started.
    """

    folder: Path
    token: str
    server: str
    mode: str = "polling"
    log: Log = field(init=False)
    memory: list[list[tuple[int, int]]] = field(default_factory=list)
    fallen: Counter[int] = field(default_factory=Counter)
    process: asyncio.subprocess.Process | None = None
    _listen: str = field(default_factory=free_address)
    _attended: asyncio.Task[None] | None = None
    _since: float = 0.0
    _leaving: bool = False

    @property
    def is_young(self) -> bool:
        """Whether the process may not have come far enough to end gracefully."""
        return time.monotonic() - self._since < YOUTH

    def __post_init__(self) -> None:
        self.log = Log(self.folder / "log", self.token.partition(":")[2])
        self.clock = Clock(self.folder / "clock")
        self.knowledge = self.folder / "knowledge"
        shutil.copytree(OWN, self.knowledge)
        write_followed(self.knowledge, known=False)
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
            "LISTEN": self._listen,
            "TELEGRAM_MODE": self.mode,
            "WEBHOOK_URL": f"http://{self._listen}",
            "PERSON_LIMIT": "0",
            "CHAT_LIMIT": "0",
        }
        return {**os.environ, **own}

    # Its life ---------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start a process."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.chaos_clock", str(self.clock.path),
            "bot.py", "run", "--knowledge", str(self.knowledge),
            cwd=ROOT, env=self.environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self.memory.append([])
        self._since, self._leaving = time.monotonic(), False
        self._attended = asyncio.create_task(self._attend(self.process))

    async def _attend(self, process: asyncio.subprocess.Process) -> None:
        """Read what a process writes; start the next when it ends by itself because it cannot go on."""
        assert process.stdout
        while line := await process.stdout.readline():
            self.log.take(line.decode("utf-8", "replace"))
        code = await process.wait()
        if self._leaving or process is not self.process:
            return
        self.fallen[code] += 1
        await asyncio.sleep(REST)
        if code == 1 and not self._leaving and process is self.process:
            await self.start()

    async def end(self, how: signal.Signals) -> int:
        """End the process; what it ended with."""
        assert self.process
        self._leaving = True
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(how)
        return await self._ended()

    async def ended(self) -> int:
        """Wait until it ends by itself, and start no other; what it ended with."""
        self._leaving = True
        return await self._ended()

    async def _ended(self) -> int:
        assert self.process
        async with asyncio.timeout(PATIENCE):
            code = await self.process.wait()
            if self._attended:
                await self._attended
        return code

    async def freeze(self, seconds: float) -> None:
        """Stop the process for a while, as a machine that swaps does."""
        assert self.process
        frozen = self.process
        with suppress(ProcessLookupError):  # it had ended by itself, or does now
            frozen.send_signal(signal.SIGSTOP)
            await asyncio.sleep(seconds)
            frozen.send_signal(signal.SIGCONT)

    async def fill_disk(self, seconds: float) -> None:
        """Let the disk be full for a while."""
        assert self.process
        if can_trace():
            await refuse(self.process.pid, FULL, self._ledger, seconds)
        else:
            await limit(self.process.pid, seconds)

    async def bar_disk(self, seconds: float) -> None:
        """Let the disk be read-only for a while, as the kernel makes one that errs."""
        assert self.process
        await refuse(self.process.pid, READ_ONLY, self._ledger, seconds)

    @property
    def _ledger(self) -> list[Path]:
        return [self.folder / f"ledger.sqlite{end}" for end in ("", "-wal", "-shm")]

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
        write_followed(self.knowledge, known=True)
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
