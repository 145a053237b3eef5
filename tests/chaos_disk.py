"""A disk that takes nothing for a while, for one process: the kernel's own answers, put in by strace.

Where strace is missing or may not look into our processes, a limit on the size of files stands in for a full disk, and a
read-only one is not tried: `MISSING` says so.
"""

from __future__ import annotations

import asyncio
import ctypes
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
# Linux's prctl by which a process lets any other of its user look into it, where only ancestors may otherwise.
PR_SET_PTRACER, ANY = 0x59616D61, ctypes.c_ulong(-1)
WRITES = "write,pwrite64,ftruncate,fallocate,fsync,fdatasync"
MISSING = (
    "no strace that may look into our processes: apt-get install strace (.ci/run does); no disk was read-only"
)
ASLEEP = "import time; from tests.chaos_disk import let_in; let_in(); time.sleep(10)"
# Seconds in which it is let in, and in which strace says that it may not.
SAYS = 0.5


def let_in() -> None:
    """Let strace look into this process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ANY, 0, 0, 0)


@cache
def can_trace() -> bool:
    """Tell whether strace is there and the system lets it look into a process that is not its own."""
    if shutil.which("strace") is None:
        return False
    with subprocess.Popen([sys.executable, "-c", ASLEEP], cwd=Path(__file__).parent.parent) as asleep:
        time.sleep(SAYS)
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
