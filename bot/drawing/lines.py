"""Floor 7. A text → lines that fit a width: where Chinese and Latin may break, and the largest size that fits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Measure = Callable[[str], float]

# A number, a date, an address or a Latin word stays whole; every other character is a piece of its own.
_PIECE = re.compile(r"[A-Za-z0-9\u00c0-\u024f][A-Za-z0-9\u00c0-\u024f_\-./:%&@+?=#']*| +|.", re.DOTALL)
_NEVER_FIRST = frozenset(",.;:!?,。、;:!?)]})》」』】〕”’…·~%")
_NEVER_LAST = frozenset("([{(《「『【〔“‘")
_ELLIPSIS = "…"
_CLAUSE_ENDS = frozenset(",;:!?,。、;:!?")
_CLAUSE = re.compile("[^,;:!?,。、;:!?]*[,;:!?,。、;:!?]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text in lines, and the size they are drawn in, in pixels an em."""

    lines: tuple[str, ...]
    size: int


def clean(text: str) -> str:
    """Return a text as it is seen: composed, no character that only steers others, every space one plain space."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(" " if _is_space(c) else c for c in composed if not _steers(c)).split())


def wrapped(text: str, measure: Measure, width: float) -> tuple[str, ...]:
    """Return a text in as few lines as a width allows, broken after punctuation if it can be, else evenly."""
    pieces = _pieces(text)
    lines = _filled(pieces, measure, width)
    if len(lines) == 1:
        return lines
    clauses = _filled(_CLAUSE.findall(text), measure, width)
    if len(clauses) == len(lines) and all(c[-1] in _CLAUSE_ENDS for c in clauses[:-1]):
        return clauses
    low, high = width / 2, width
    while high - low > width / 64:
        middle = (low + high) / 2
        low, high = (low, middle) if len(_filled(pieces, measure, middle)) == len(lines) else (middle, high)
    return _filled(pieces, measure, high)


def fitted(
    text: str, measured: Callable[[int], Measure], width: float, sizes: Sequence[tuple[int, int]]
) -> Fitted:
    """Return a text in the first of the (size, most lines) that holds it whole, else in the last size, however many.

    `measured` gives the measure of a size.
    """
    for size, most in sizes:
        lines = wrapped(text, measured(size), width)
        if len(lines) <= most:
            return Fitted(lines, size)
    return Fitted(lines, size)


def shortened(text: str, measure: Measure, width: float, most: int) -> tuple[str, ...]:
    """Return a text in at most `most` lines, cut with an ellipsis: never for a name or a number."""
    lines = _filled(_pieces(text), measure, width)
    if len(lines) <= most:
        return wrapped(text, measure, width)
    last = lines[most - 1]
    while last and measure(last + _ELLIPSIS) > width:
        last = last[:-1]
    return (*lines[: most - 1], last + _ELLIPSIS)


def _filled(pieces: Iterable[str], measure: Measure, width: float) -> tuple[str, ...]:
    """Fill line after line."""
    lines, line = [], ""
    for piece in pieces:
        if measure((line + piece).rstrip()) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.strip())
        line = piece.lstrip()
        if measure(line) > width:
            *whole, line = _broken(line, measure, width)
            lines += whole
    return (*lines, line.strip()) if line.strip() or not lines else tuple(lines)


def _pieces(text: str) -> list[str]:
    """Return what may not be broken: words, and punctuation with the character it belongs to."""
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        if pieces and (piece[0] in _NEVER_FIRST or pieces[-1][-1] in _NEVER_LAST):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _broken(piece: str, measure: Measure, width: float) -> list[str]:
    """Break a piece that is too wide for a line anywhere; at least one character stands on each."""
    lines = [""]
    for character in piece:
        if lines[-1] and measure(lines[-1] + character) > width:
            lines.append("")
        lines[-1] += character
    return lines


def _is_space(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cc"


def _steers(character: str) -> bool:
    """Tell whether a character is unseen: a joiner, a direction, a variation selector, a soft hyphen."""
    return (
        unicodedata.category(character) == "Cf"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )
