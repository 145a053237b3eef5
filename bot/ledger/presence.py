"""Floor 7. Whether a worker is the only one on a ledger file: the system tells, and forgets a worker that is killed."""

from __future__ import annotations

from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows: a worker that starts cannot know, and waits until those before it are silent
    fcntl = None  # type: ignore[assignment]


class Presence:
    """A lock on a file beside the ledger: shared by all who work, had alone by who starts first."""

    def __init__(self, ledger: Path) -> None:
        self._path = ledger.with_name(ledger.name + "-workers")
        self._file: IO[str] | None = None

    def enter(self) -> bool:
        """Be present; whether nobody else is. Blocks while another starts. Then, `settle`."""
        if fcntl is None:
            return False
        self._file = self._path.open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(self._file, fcntl.LOCK_SH)
            return False
        return True

    def settle(self) -> None:
        """Let others in."""
        if self._file:
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def leave(self) -> None:
        """Be present no longer."""
        if self._file:
            self._file.close()
