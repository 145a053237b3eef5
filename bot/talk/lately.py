"""Floor 6. The last things that were made, kept for whoever asks for the same next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lately(Generic[K, V]):
    """The last values by what they were made of; the one not asked for the longest makes way. Safe for threads.

    What is kept must be as good as made anew: whatever it depends on belongs into its key, or is shown to `suits`.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K, make: Callable[[], V], suits: Callable[[V], bool] | None = None) -> V:
        """Return the value of a key, made where there is none or it does not suit any more."""
        with self._lock:
            held = self._held.get(key)
            if held is not None and (suits is None or suits(held)):
                self._held.move_to_end(key)
                return held
        made = make()
        with self._lock:
            self._held[key] = made
            self._held.move_to_end(key)
            if len(self._held) > self._most:
                self._held.popitem(last=False)
        return made
