"""Texts as Telegram counts them: in UTF-16 units, so many at most."""

from __future__ import annotations

from telegram.constants import MessageLimit


def units(text: str) -> int:
    """Return how long Telegram takes a text to be."""
    return len(text.encode("utf-16-le")) // 2


def fitted(text: str, most: int = MessageLimit.MAX_TEXT_LENGTH) -> str:
    """Return a text that is short enough, cut at the end of a line where one ends in its last half."""
    if units(text) <= most:
        return text
    cut = text.encode("utf-16-le")[: 2 * (most - 1)].decode("utf-16-le", "ignore")
    line = cut.rfind("\n")
    return (cut[:line] if line > len(cut) // 2 else cut) + "…"
