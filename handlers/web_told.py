"""Answers of `/api/ask` that were just made: who asks the same gets them without their being matched and worded again.

When an account closes, everybody asks for it. What is held here is asked by name, so it is held in memory alone, and no
longer than a caller may hold it too.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

# Seconds for which an answer may be given again, here and by whoever received it.
KEPT = 60
# Bytes from which anything is packed, and how hard a page is: beyond this it gets no smaller, and takes longer.
PACKED_FROM, PACKING = 1000, 6
# Bytes of all answers, and of one.
MOST, LARGEST = 4 * 2**20, 2**16


class Told(NamedTuple):
    """An answer as JSON, what is counted of it, and the JSON packed, where that is worth it."""

    body: bytes
    kind: str
    verdict: str
    packed: bytes = b""

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.body) + len(self.packed)


class _Held(NamedTuple):
    """An answer, and the second of the steady clock at which it was made."""

    told: Told
    at: float


@dataclass
class Answers:
    """The last answers, the oldest first; those of another index, log or day are forgotten at once. Safe for threads.

    Args:
        steady: Gives seconds on a clock that never jumps.
    """

    steady: Callable[[], float]
    _held: OrderedDict[Hashable, _Held] = field(default_factory=OrderedDict)
    _size: int = 0
    _version: str = ""
    _lock: Lock = field(default_factory=Lock)

    def get(self, version: str, asked: Hashable) -> Told | None:
        """Return the answer to what was asked; `None` where it has to be made. What is too old is forgotten."""
        with self._lock:
            self._forget(version)
            found = self._held.get(asked)
            return found.told if found else None

    def put(self, version: str, asked: Hashable, told: Told) -> None:
        """Hold an answer that was made from a version."""
        with self._lock:
            self._forget(version)
            if told.size > LARGEST or asked in self._held:
                return
            self._held[asked] = _Held(told, self.steady())
            self._size += told.size
            while self._size > MOST:
                self._drop()

    def _forget(self, version: str) -> None:
        if version != self._version:
            self._held.clear()
            self._version, self._size = version, 0
        late = self.steady() - KEPT
        while self._held and next(iter(self._held.values())).at < late:
            self._drop()

    def _drop(self) -> None:
        _, gone = self._held.popitem(last=False)
        self._size -= gone.told.size
