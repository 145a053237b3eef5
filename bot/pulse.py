"""Floor 8. Whether Telegram was heard of late, kept by who talks to it for who asks whether all is well."""

from __future__ import annotations

from math import inf


class Pulse:
    """When something was last heard, and until when that counts, on a clock that never jumps. Safe from any thread."""

    def __init__(self) -> None:
        self._until = -inf

    def heard(self, now: float, lasting: float = inf) -> None:
        """Note that it was heard now, which counts for so many seconds; for ever where it is not asked again."""
        self._until = now + lasting

    def beats(self, now: float) -> bool:
        """Tell whether what was heard last still counts."""
        return now <= self._until
