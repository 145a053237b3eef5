"""A PostgreSQL server of the tests' own, from Debian's programs: on a socket in a folder of its own, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

PROGRAMS = Path("/usr/lib/postgresql")
MISSING = "no PostgreSQL under /usr/lib/postgresql: apt-get install postgresql (.ci/run does)"


class Server:
    """A running server. It can be stopped hard and started again, as one that crashed."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._schemas = count()
        self._folder = folder
        # PostgreSQL refuses to run as root, as which the tests of a container run.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run("initdb", "--auth=trust", "--username=quxiang", "--encoding=UTF8", "--locale=C.UTF-8")
        self.start()

    def url(self, schema: str = "public") -> str:
        """Return the address of a schema."""
        options = quote(f"-csearch_path={schema}")
        return f"postgresql://quxiang@/postgres?host={quote(str(self._folder))}&options={options}"

    def fresh(self) -> str:
        """Return the address of a new, empty schema."""
        schema = f"t{next(self._schemas)}"
        with psycopg.connect(self.url()) as db:
            db.execute(f"create schema {schema}".encode())
        return self.url(schema)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        # The path of a socket may have 107 characters.
        options = f"-k '{self._folder}' -c listen_addresses='' -c max_connections=50"
        self._run("pg_ctl", "start", "--wait", f"--options={options}", f"--log={self._folder / 'log'}")

    @property
    def pid(self) -> int:
        """The number of the process that all its others are children of."""
        return int((self._folder / "data" / "postmaster.pid").read_text().split("\n")[0])

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; with mode `immediate`, without a good-bye to anybody."""
        self._run("pg_ctl", "stop", "--wait", f"--mode={mode}")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), f"--pgdata={self._folder / 'data'}", *arguments]
        done = subprocess.run(
            command, user=self._user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        if done.returncode:
            log = self._folder / "log"
            raise RuntimeError(f"{program}: {done.stderr} {log.read_text() if log.exists() else ''}")


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL there is."""
    found = [p.parent for p in PROGRAMS.glob("*/bin/initdb")]
    return max(found, key=lambda p: float(p.parent.name), default=None)


@contextmanager
def server() -> Iterator[Server]:
    """Yield a server of our own; only where `programs` finds one."""
    found = programs()
    assert found, MISSING
    folder = Path(tempfile.mkdtemp(prefix="quxiang-pg-"))
    try:
        running = Server(found, folder)
        try:
            yield running
        finally:
            running.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
