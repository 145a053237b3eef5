"""The bot under a clock that somebody else sets: `python -m tests.chaos_clock OFFSET bot.py run …`.

The time of day is `time.time` plus the seconds in a file of eight bytes; the steady clock is let alone, as it is where
a real clock is set. The bot is handed its clock (`open_ledger`, `House`), so it need not know. Debian's libfaketime will
not do: with the steady clock left alone, every sleep of Python fails under it.
"""

from __future__ import annotations

import mmap
import runpy
import struct
import sys
import time
from pathlib import Path

from tests.chaos_disk import let_in

_OFFSET = struct.Struct("d")


class Clock:
    """The file, seen from outside."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set(0)

    def set(self, seconds: float) -> None:
        """Let the clock go so many seconds before the true time."""
        if not self.path.exists():
            self.path.write_bytes(_OFFSET.pack(seconds))
            return
        with self.path.open("r+b") as file:
            file.write(_OFFSET.pack(seconds))


def main(path: str, program: str, *arguments: str) -> None:
    """Run a program under the clock of a file."""
    with open(path, "rb") as file:  # noqa: PTH123 - it is mapped for as long as we live
        mapped = mmap.mmap(file.fileno(), _OFFSET.size, access=mmap.ACCESS_READ)
    let_in()  # a disk that fails is the kernel's answer put in by strace
    true = time.time
    time.time = lambda: true() + _OFFSET.unpack_from(mapped)[0]
    sys.argv = [program, *arguments]
    sys.path[0:0] = [str(Path(program).resolve().parent)]
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
