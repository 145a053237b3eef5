"""Floor 7. A face → a PNG, drawn once and kept: the one door to drawing, safe for threads."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.drawing.face import Face, NoCardError, Spot
from bot.drawing.lines import clean

if TYPE_CHECKING:
    from bot.drawing.fonts import Fonts

# Cards kept; at about 40 kB each they take 10 MB.
MOST_KEPT = 256
# No account's name is as long: a longer text is no name. None is ever cut, so it gets no card.
LONGEST_NAME = 40
# More would make the squares of the QR code too small for a phone.
LONGEST_BASE = 120


class Cards:
    """Draws cards, and keeps the last drawn. Safe for threads: one card is drawn at a time, a kept one never waits."""

    def __init__(self, base: str | None = None, font: Path | None = None) -> None:
        """Prepare; nothing is loaded before the first card.

        Args:
            base: The address under which `/a/<id>` is served, for the QR code; without one there is no QR code.
            font: The font file to draw with; without one the system's, by fontconfig.

        Raises:
            ValueError: `base` is no address that can stand in a QR code; says what is expected.
        """
        self._base = checked_base(base) if base else None
        self._font = font
        self._fonts: Fonts | None = None
        self._lock = Lock()
        # A face holds the answer's code and every word: what changes either is another card.
        self._kept = lru_cache(MOST_KEPT)(self._drawn)

    def png(self, face: Face) -> bytes:
        """Return a card as a PNG. Raises: NoCardError when it cannot be drawn whole, with what an operator can do."""
        return self._kept(face)

    def _drawn(self, face: Face) -> bytes:
        # The libraries and the font are loaded by the first card, so that a run without cards does not pay for them.
        from bot.drawing import fonts, paint, sheet

        seen = _seen(face)
        with self._lock:
            self._fonts = self._fonts or fonts.Fonts(self._font)
            lacks = self._fonts.lacking("".join(seen.texts()), seen.language)
            if lacks:
                raise NoCardError(f"字体里没有“{lacks}”,画出来会是空框,所以不画卡片;转发文字就行。")
            link = address(self._base, face.account) if self._base else None
            laid = sheet.laid(seen, self._fonts, code=link is not None)
            return paint.png(laid, self._fonts, seen.language, link)


def address(base: str, account: str) -> str:
    """Return the page of an account: `address("https://example.org", "x")` is `https://example.org/a/x`."""
    return f"{base.rstrip('/')}/a/{account}"


def checked_base(base: str) -> str:
    """Return an address that pages can stand under. Raises: ValueError, saying what is expected."""
    try:
        parts = urlsplit(base)
        whole = parts.hostname and parts.port != 0 and parts.scheme in ("http", "https")
    except ValueError:
        whole = False
    plain = base.isascii() and base.isprintable() and not set(base) & set(" ?#@\\")
    if not whole or not plain or len(base) > LONGEST_BASE:
        raise ValueError(
            f"“{base[:LONGEST_BASE]}”不是能用的网址;写成 https://example.org 这样(不带 ?、#、@ 和空格,最多 {LONGEST_BASE} 个"
            "字符;中文域名写 xn-- 开头的形式)。"
        )
    return base


def _seen(face: Face) -> Face:
    """Return a face as it is seen. Raises: NoCardError for a name that is none, or too long to be one."""
    seen = replace(
        face,
        place=clean(face.place),
        old=clean(face.old),
        whose=tuple(map(clean, face.whose)),
        event=clean(face.event),
        spots=tuple(Spot(clean(s.name), tuple(map(clean, s.details))) for s in face.spots),
        basis=clean(face.basis),
        sources=clean(face.sources),
        step=clean(face.step),
        code=clean(face.code),
    )
    for name in (seen.old, *(s.name for s in seen.spots)):
        if not name:
            raise NoCardError("没有能写在卡片上的名字;转发文字就行。")
        if len(name) > LONGEST_NAME:
            raise NoCardError(
                f"“{name[:12]}…”有 {len(name)} 个字,卡片最多放 {LONGEST_NAME} 个;转发文字就行。"
            )
    return seen
