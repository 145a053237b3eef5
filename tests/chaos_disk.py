"""A disk that takes nothing for a while, for one process: the kernel's own answers, put in by strace.

Where strace is missing or may not look into our processes, a limit on the size of files stands in for a full disk, and a
read-only one is not tried: `MISSING` says so.
"""

from __future__ import annotations

import asyncio
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

FULL, READ_ONLY = "ENOSPC", "EROFS"
WRITES = "write,pwrite64,ftruncate,fallocate,fsync,fdatasync"
MISSING = (
    "no strace that may look into our processes: apt-get install strace (.ci/run does); no disk was read-only"
)
# Seconds in which strace says that it may not.
SAYS = 0.5


@cache
def can_trace() -> bool:
    """Tell whether strace is there and the system lets it look into a process that is not its own."""
    if shutil.which("strace") is None:
        return False
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(10)"]) as asleep:
        tracer = subprocess.Popen(_command(asleep.pid, FULL, []), stderr=subprocess.DEVNULL)
        time.sleep(SAYS)
        can = tracer.poll() is None
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
        asleep.kill()
    return can


async def refuse(pid: int, error: str, files: Sequence[Path], seconds: float) -> None:
    """Let every write of a process to some files fail with an error for a while."""
    tracer = await asyncio.create_subprocess_exec(
        *_command(pid, error, files), stderr=asyncio.subprocess.DEVNULL
    )
    await asyncio.sleep(seconds)
    with suppress(ProcessLookupError):  # it ends with the process
        tracer.send_signal(signal.SIGINT)
    await tracer.wait()


async def limit(pid: int, seconds: float) -> None:
    """Let no file of a process grow for a while."""
    free = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    with suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        await asyncio.sleep(seconds)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, free)


def _command(pid: int, error: str, files: Sequence[Path]) -> list[str]:
    paths = [word for file in files for word in ("-P", str(file))]
    how = ["-e", f"trace={WRITES}", "-e", f"inject={WRITES}:error={error}"]
    return ["strace", "-qq", "-f", "-p", str(pid), "-o", "/dev/null", *paths, *how]
