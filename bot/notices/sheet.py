"""Floor 2. A text laid out for rules: levelled, its spaces gone, and each position still known in the text as it came."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.text import is_han, level

Span = tuple[int, int]

# Where two columns of a line meet: a tab, a wide space, or more than one space.
COLUMN = "\t"
_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
# What a reader sees: neither spaces nor the marks that have no width.
_SEEN = re.compile(r"[^\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x1f\x7f]+")
_WIDE = re.compile(r"[\t\u3000]|\s{2}")
# A line that ends with one of these is whole; so is the one before a line that begins with one of those.
_ENDS = frozenset("。!?;:…")
_BEGINS = re.compile(r"[(]?[\d一二三四五六七八九十]{1,3}[)、.:]|[●○■□◆·•*\-—]")
# A line of fewer characters than this, or than this share of the longest one, was not broken because it was full.
_FULL, _SHARE = 14, 0.85


class Sheet:
    """A text as the rules read it. Immutable; costs time linear in the text's length.

    `plain` is the levelled text without spaces: one `\\n` where a paragraph ends, one `COLUMN` where a line has
    columns. Lines that a page's width or a picture broke are joined again. `gaps` are the positions before which there
    was a space.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        levelled = level(source)
        lines = [m.span() for m in _LINE.finditer(levelled)]
        runs = [[m.span() for m in _SEEN.finditer(levelled, *line)] for line in lines]
        runs = [line for line in runs if line]
        sizes = [sum(end - start for start, end in line) for line in runs]
        longest = max(sizes, default=0)
        pieces: list[str] = []
        at: list[int] = []
        gaps: set[int] = set()
        for number, line in enumerate(runs):
            last = 0
            for start, end in line:
                if last and _WIDE.search(levelled, last, start):
                    pieces.append(COLUMN)
                    at.append(last)
                gaps.add(len(at))
                pieces.append(levelled[start:end])
                at.extend(range(start, end))
                last = end
            full = sizes[number] >= max(_FULL, longest * _SHARE)
            after = runs[number + 1][0][0] if number + 1 < len(runs) else 0
            columns = len(line) > 2 or (number + 1 < len(runs) and len(runs[number + 1]) > 2)
            if full and after and not columns and levelled[last - 1] not in _ENDS and not _BEGINS.match(levelled, after):
                continue
            pieces.append("\n")
            at.append(last)
        self.plain = "".join(pieces)
        self.gaps = frozenset(gaps)
        self._at = at

    def span(self, start: int, end: int) -> Span:
        """Return where a stretch of `plain` stands in the text as it came; its first character must be seen."""
        return self._at[start], self._at[end - 1] + 1

    def words(self, start: int, end: int) -> str:
        """Return a stretch of `plain` as the text has it."""
        return said(self.source, self.span(start, end))


def said(source: str, span: Span) -> str:
    """Return what stands in a span of a text, without line breaks, or spaces beside Chinese characters."""
    words = _SEEN.findall(source, *span)
    pieces = words[:1]
    for before, after in pairwise(words):
        pieces += ["" if is_han(before[-1]) or is_han(after[0]) else " ", after]
    return "".join(pieces)
