"""Floor 8. What looks at something again and again, in a thread of its own, until its block ends."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import ClassVar, Self


class Looking(ABC):
    """Looks every so many seconds.

    Attributes:
        waits: Whether the end of the block waits for a look that is under way.
    """

    waits: ClassVar[bool] = True

    def __init__(self, every: float, name: str) -> None:
        """Look every so many seconds, in a thread of a name."""
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=name, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Look no more."""
        self._stopped.set()
        if self.waits:
            self._thread.join()

    @abstractmethod
    def look(self) -> None:
        """Look once; whatever goes wrong is told here and ends nothing."""

    def _watch(self) -> None:
        while not self._stopped.wait(self._every):
            self.look()
