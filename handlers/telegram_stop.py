"""The button that ends what somebody follows: one tap, and nothing more comes."""

from __future__ import annotations

import hashlib

from telegram import InlineKeyboardButton

from bot.ledger import Kind

# The language of somebody's letters, remembered when they asked for them.
LETTERS = "letters"
# The button that ends the digest of a home area; `handlers/telegram_area.py` hears it.
NEVER = "never"
STOP = r"unfollow:(known|change):([a-z0-9-]{1,32}|\?[0-9a-f]{16})"


def mark_of(about: str) -> str:
    """Return what stands for something followed in a button: an account's id, or a question's key cut short."""
    return f"?{hashlib.sha256(about.encode()).hexdigest()[:16]}" if about.startswith("?") else about


def stop_button(kind: Kind, about: str, label: str) -> list[InlineKeyboardButton]:
    """Return a row with the button that ends to follow something."""
    return [InlineKeyboardButton(label, callback_data=f"unfollow:{kind}:{mark_of(about)}")]


def digest_stop(label: str) -> list[InlineKeyboardButton]:
    """Return a row with the button that ends a digest."""
    return [InlineKeyboardButton(label, callback_data=f"area:digest:{NEVER}")]
