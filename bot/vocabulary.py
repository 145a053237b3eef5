"""Floor 1. Words that stand for things, found in folded text: leftmost, longest, never overlapping."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")
# In shorter texts each position is tried sooner than an expression has found those that are worth it.
SHORT = 12


class Found(NamedTuple, Generic[T]):
    """A word in a text: where it starts and ends, and what it stands for."""

    start: int
    end: int
    meaning: T

    @property
    def span(self) -> range:
        """The positions of the word."""
        return range(self.start, self.end)


def positions(*groups: Iterable[Found[Any]]) -> set[int]:
    """Return the positions that words found in one text take."""
    return {i for group in groups for found in group for i in found.span}


class Vocabulary(Generic[T]):
    """A set of words of two or more characters. Immutable; safe to use from any thread."""

    def __init__(self, words: Iterable[tuple[str, T]]) -> None:
        """Take (folded word, what it stands for); of two meanings the last is kept."""
        self._meanings = {word: meaning for word, meaning in words if len(word) > 1}
        lengths: dict[str, set[int]] = {}
        for word in self._meanings:
            lengths.setdefault(word[:2], set()).add(len(word))
        first, second = (_class_of(start[at] for start in lengths) for at in (0, 1))
        self._starts = re.compile(f"{first}(?={second})")  # where a word may start: few places of a text
        self._lengths = {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}

    def find(self, folded: str) -> list[Found[T]]:
        """Return the words of a text in order. Costs time linear in its length."""
        found: list[Found[T]] = []
        free = 0  # nothing starts before this: the last word reaches to it
        lengths, meanings = self._lengths, self._meanings
        new = tuple.__new__  # a third of the time of Found(…)
        starts = (
            range(len(folded) - 1)
            if len(folded) < SHORT
            else [match.start() for match in self._starts.finditer(folded)]
        )
        for start in starts:
            if start < free or (known := lengths.get(folded[start : start + 2])) is None:
                continue
            for length in known:
                word = folded[start : start + length]
                if word in meanings:
                    free = start + len(word)
                    found.append(new(Found, (start, free, meanings[word])))
                    break
        return found

    def at(self, folded: str, start: int) -> Found[T] | None:
        """Return the longest word that starts at a place of a text."""
        for length in self._lengths.get(folded[start : start + 2], ()):
            if (meaning := self._meanings.get(folded[start : start + length])) is not None:
                return Found(start, min(start + length, len(folded)), meaning)
        return None

    def items(self) -> Iterable[tuple[str, T]]:
        """Return the words, each with what it stands for."""
        return self._meanings.items()

    def get(self, folded: str) -> T | None:
        """Return what a whole text stands for, `None` when it is no word of these."""
        return self._meanings.get(folded)


def _class_of(characters: Iterable[str]) -> str:
    """Return a regular expression for one of some characters; of none, for nothing at all."""
    known = "".join(sorted(set(characters)))
    return f"[{re.escape(known)}]" if known else "(?!)"
