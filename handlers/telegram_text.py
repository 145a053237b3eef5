"""Text as Telegram counts it: in UTF-16 units, 4096 of them in a message."""

from __future__ import annotations

from telegram.constants import MessageLimit


def units(text: str) -> int:
    """Return how long a text is for Telegram."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """Return the beginning of a text that is at most so many units long, never half of a character."""
    if units(text) <= most:
        return text
    half = text.encode("utf-16-le", "surrogatepass")[: 2 * most]
    return half.decode("utf-16-le", "ignore")


def parts(text: str, most: int = MessageLimit.MAX_TEXT_LENGTH) -> list[str]:
    """Return a text as messages, parted between lines where that can be."""
    found: list[str] = []
    rest = text.strip()
    while 2 * len(rest) > most and units(rest) > most:  # a character is two units at most
        head = cut(rest, most)
        line = head.rfind("\n")
        head = head[:line] if line > 0 else head
        found.append(head.rstrip())
        rest = rest[len(head) :].lstrip("\n")
    return [part for part in (*found, rest) if part.strip()]
