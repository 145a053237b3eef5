"""Floor 8. Whether Telegram was heard of late, kept by who talks to it for who asks whether all is well."""

from __future__ import annotations

from math import inf

SILENT = "Telegram 有一会儿没有回音了。看日志;运行 python bot.py doctor。"


class Pulse:
    """When something was last heard, and until when that counts, on a clock that never jumps. Safe from any thread."""

    def __init__(self) -> None:
        self._until = -inf
        self._why = SILENT

    def heard(self, now: float, lasting: float = inf) -> None:
        """Note that it was heard now, which counts for so many seconds; for ever where it is not asked again."""
        self._until, self._why = now + lasting, SILENT

    def missed(self, why: str) -> None:
        """Note why it is not heard: what is told once the last that was heard counts no more."""
        self._why = why

    def lost(self, why: str) -> None:
        """Note that it cannot be heard, and why: what was heard before counts no more."""
        self._until, self._why = -inf, why

    def beats(self, now: float) -> bool:
        """Tell whether what was heard last still counts."""
        return now <= self._until

    @property
    def why(self) -> str:
        """What keeps it from being heard, as far as that is known, and what to do."""
        return self._why
