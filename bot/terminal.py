"""Floor 0. Text for a terminal, where a Chinese character is two columns wide: tables, and lines that fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Characters of these East Asian widths take two columns (Unicode Standard Annex 11).
WIDE = ("W", "F")
# A line may end after any of these pieces: a stop, a word of letters with the space after it, any other character.
_PIECE = re.compile(r"[,;:!?)]+ *|[!-~]+ *|.")
# What may not begin a line.
_CLOSING = frozenset("、,。;:!?)”’」》…")


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes; a combining mark takes none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in WIDE else 1 for c in text
    )


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Return rows as lines with their columns aligned.

    Args:
        rows: Rows of equally many cells.
        right: Which columns are aligned at their right edge, counted from 0.
    """
    widths = [max(map(columns, cells)) for cells in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = []
        for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
            room = " " * (width - columns(cell))
            cells.append(room + cell if number in right else cell + room)
        lines.append("  ".join(cells).rstrip())
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines of at most so many columns; a word of letters stays whole, however long it is."""
    lines, line = [], ""
    for piece in _PIECE.findall(" ".join(text.split())):
        if line and piece[0] not in _CLOSING and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]
