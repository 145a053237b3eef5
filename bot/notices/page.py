"""Floor 5. A text with what was found in it: words that do something, dates, names in quotes, places."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

from bot.notices import dates, quotes, words
from bot.notices.sheet import Sheet, Span
from bot.places import Gazetteer


class Spanned(Protocol):
    """Something that stands somewhere in a text."""

    @property
    def start(self) -> int:
        """Where it starts."""

    @property
    def end(self) -> int:
        """Where it ends."""


T = TypeVar("T", bound=Spanned)
S = TypeVar("S", bound=Spanned)
# No clause is longer; a text without punctuation is still read in linear time.
FARTHEST = 160


class Ordered(Generic[T]):
    """What was found in a text, by where it starts; looked up without going through all of it."""

    def __init__(self, found: Iterable[T]) -> None:
        self._found = sorted(found, key=attrgetter("start"))
        self._starts = [f.start for f in self._found]

    def __iter__(self) -> Iterator[T]:
        return iter(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)

    def between(self, start: int, end: int) -> list[T]:
        """Return what starts in a stretch."""
        starts = self._starts
        n = bisect_left(starts, start)
        if n == len(starts) or starts[n] >= end:
            return []
        return self._found[n : bisect_left(starts, end, n)]

    def at(self, start: int) -> T | None:
        """Return what starts at a place."""
        n = bisect_left(self._starts, start)
        return self._found[n] if n < len(self._found) and self._starts[n] == start else None

    def over(self, at: int) -> T | None:
        """Return the last thing that starts at or before a place and reaches over it."""
        n = bisect_right(self._starts, at) - 1
        return self._found[n] if n >= 0 and at < self._found[n].end else None

    def outside(self, found: Iterable[S]) -> Iterator[S]:
        """Yield what starts inside none of these, of some things in order. These must not overlap."""
        ahead = iter(self._found)
        last = next(ahead, None)
        for one in found:
            while last is not None and last.end <= one.start:
                last = next(ahead, None)
            if last is None or one.start < last.start:
                yield one

    def nearest(self, end: int) -> T | None:
        """Return the last thing that starts before a place."""
        n = bisect_left(self._starts, end)
        return self._found[n - 1] if n else None

    def reaching(self, over: int, end: int) -> list[T]:
        """Return what starts before a place and ends behind another, the last first. These must not overlap."""
        n = last = bisect_left(self._starts, end)
        while n and self._found[n - 1].end > over:
            n -= 1
        return self._found[n:last][::-1]

    def before(self, end: int) -> Iterator[T]:
        """Yield what starts before a place, the last first."""
        for n in range(bisect_left(self._starts, end) - 1, -1, -1):
            yield self._found[n]

    def first(self, start: int, end: int) -> T | None:
        """Return the first thing that starts in a stretch."""
        n = bisect_left(self._starts, start)
        return self._found[n] if n < len(self._found) and self._starts[n] < end else None


class Page:
    """A text to be read by rules. Positions are those of `plain`, the levelled text without spaces."""

    def __init__(self, text: str, places: Gazetteer) -> None:
        self.sheet = Sheet(text)
        self.plain = self.sheet.plain
        self.places = places
        self.marks = Ordered(words.marks(self.plain))
        self.names = Ordered(quotes.names(self.plain))
        self.days = Ordered(self.names.outside(dates.days(self.plain)))
        self._places: dict[int, bool] = {}

    def text(self, span: Span | None) -> str:
        """Return what stands in a span, nothing for none."""
        return self.plain[span[0] : span[1]] if span else ""

    def last(self, characters: str, start: int, end: int) -> int:
        """Return the place behind the last of some characters in a stretch, its start when there is none near."""
        if end - start > FARTHEST:
            start = end - FARTHEST
        find = self.plain.rfind
        for c in characters:
            behind = find(c, start, end) + 1
            if behind > start:
                start = behind
        return start

    def is_place(self, at: int) -> bool:
        """Tell whether the name of a place starts somewhere."""
        if at not in self._places:
            self._places[at] = self.places.starts(self.plain, at)
        return self._places[at]
