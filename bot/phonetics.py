"""Floor 1. How folded texts sound: one code point per syllable as a southern ear hears it, and pinyin cut apart.

One code point per syllable lets string metrics compare sounds. The code of a syllable is its place among all that the
table of readings knows, so an index built on one machine is read the same on another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise

from bot.text import is_han, loosen, reading_table

_LETTERS = re.compile("[a-z]+")
_RUNS = re.compile("[a-z]+|[^a-z]+")
# Sounds live in the private use area, so that no sound is mistaken for a letter.
FIRST_SOUND = 0xE000
# Where a syllable was typed instead of a character, a code point of this area stands for it as it was typed.
FIRST_TYPED = 0xF000
# A cut is a way to read letters as syllables: fangan is fang-an or fan-gan. More than this many are not tried.
MOST_CUTS = 4
# A syllable has at most six letters (zhuang), so a cut never looks further.
LONGEST_SYLLABLE = 6


class Phonetics:
    """The sounds of texts, with the readings of a lexicon. Immutable; safe to use from any thread."""

    def __init__(self, readings: Mapping[str, Iterable[str]]) -> None:
        """Take the words that are read differently from their characters: `{"六安": ("lu", "an")}`."""
        self._read = {word: "".join(sound(s) for s in syllables) for word, syllables in readings.items()}
        longest_first = sorted(self._read, key=len, reverse=True)
        self._special = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
        self._spelled = {word: tuple(syllables) for word, syllables in readings.items()}

    def sounds(self, folded: str) -> str:
        """Return a folded text as sounds, one code point for each character; what has no reading stays as it is."""
        plain = folded.translate(_sound_of_character())
        pieces: list[str] = []
        end = 0
        for found in self._special.finditer(folded) if self._special else ():
            pieces += (plain[end : found.start()], self._read[found[0]])
            end = found.end()
        return "".join((*pieces, plain[end:])) if pieces else plain

    def heard(self, folded: list[str]) -> list[str]:
        """Return the likeliest sounds of each of many folded texts, the first that `spoken` would give."""
        plain = self.sounds("\n".join(folded)).split("\n")  # at once: a fifth of the time
        return [
            self.spoken(text)[0][0] if _LETTERS.search(text) else sounds
            for text, sounds in zip(folded, plain, strict=False)
        ]

    def spoken(self, folded: str, breaks: Iterable[int] = ()) -> list[tuple[str, str]]:
        """Return the ways a folded text may be said, as (sounds, characters) of equal length, the likeliest first.

        Args:
            folded: The text.
            breaks: Positions where the person typed a space: no syllable goes across one.

        A syllable typed in letters has no character; a code point that stands for the syllable takes its place.
        """
        if folded.isascii() is False and _LETTERS.search(folded) is None:
            return [(self.sounds(folded), folded)]
        ways = [("", "")]
        edges = [0, *sorted(set(breaks)), len(folded)]
        for start, end in pairwise(edges):
            for run in _RUNS.findall(folded[start:end]):
                heard = cuts(run) if _LETTERS.match(run) else [(self.sounds(run), run)]
                ways = [(s + sounds, c + chars) for sounds, chars in heard for s, c in ways][:MOST_CUTS]
        return ways

    def typed(self, folded: str) -> str:
        """Return the code points of the syllables that a folded text is typed as; what has no reading stays as it is."""
        plain = "".join(typed(r[0]) if (r := reading_table().get(c)) else c for c in folded)
        for found in self._special.finditer(folded) if self._special else ():
            said = "".join(map(typed, self._spelled[found[0]]))
            plain = plain[: found.start()] + said + plain[found.end() :]
        return plain

    def initials(self, folded: str) -> set[str]:
        """Return the first letters of the syllables of a folded text: 水润港城 is srgc; 重庆 is cq, and zq to some."""
        letters = plain = folded.translate(_initial_of_character())
        for found in self._special.finditer(folded) if self._special else ():
            first = "".join(s[0] for s in self._spelled[found[0]])
            letters = letters[: found.start()] + first + letters[found.end() :]
        return {letters, plain}


@cache
def sound(syllable: str) -> str:
    """Return the code point of a syllable, the syllable itself when it is none we know."""
    code = _codes().get(loosen(syllable))
    return chr(FIRST_SOUND + code) if code is not None else syllable


def cuts(letters: str) -> list[tuple[str, str]]:
    """Return the ways to read Latin letters as syllables, as (sounds, syllables typed), the fewest syllables first.

    A stretch that is no pinyin stays as letters: `swat` in `tejingswat`; ways that leave more letters than needed are left out. Costs time linear in the length.
    """
    best: list[list[tuple[int, int, str, str]]] = [[] for _ in range(len(letters) + 1)]
    best[0] = [(0, 0, "", "")]
    known = _codes()
    for end in range(1, len(letters) + 1):
        ways: list[tuple[int, int, str, str]] = []
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            piece = letters[start:end]
            if piece in known:
                said, wrote = sound(piece), typed(piece)
                ways += [(odd, count + 1, s + said, c + wrote) for odd, count, s, c in best[start]]
            elif end - start == 1:
                ways += [(odd + 1, count + 1, s + piece, c + piece) for odd, count, s, c in best[start]]
        unique = {way[2]: way for way in sorted(ways, reverse=True)}
        best[end] = sorted(unique.values())[:MOST_CUTS]
    least = best[-1][0][0]
    return [(said, wrote) for odd, _, said, wrote in best[-1] if said and odd == least]


def typed(syllable: str) -> str:
    """Return the code point of a syllable as it was typed, with sh apart from s."""
    return chr(FIRST_TYPED + _codes()[syllable])


def is_typed(character: str) -> bool:
    """Tell whether a code point stands for a typed syllable."""
    return FIRST_TYPED <= ord(character) < FIRST_TYPED + len(_codes())


def syllable_typed(character: str) -> str:
    """Return the syllable that a code point of `typed` stands for."""
    return _syllables()[ord(character) - FIRST_TYPED]


@cache
def typed_as(character: str) -> frozenset[str]:
    """Return the code points of all syllables a character may be typed as."""
    ways = {way for reading in reading_table().get(character, ()) for way in _ways_to_type(reading)}
    return frozenset(typed(way) for way in ways)


def _ways_to_type(reading: str) -> tuple[str, ...]:
    """Return a reading and, where it has ü, the other ways people type it."""
    if "v" not in reading:
        return (reading,)
    return (
        reading,
        reading.replace("v", "u"),
        *((reading.replace("v", "yu"),) if reading in ("lv", "nv") else ()),
    )


@cache
def _codes() -> dict[str, int]:
    """Return the number of each syllable; those that a southern ear hears alike follow the same `sound`."""
    said = {r for readings in reading_table().values() for r in readings if len(r) > 1 or r in "aeo"}
    return {s: n for n, s in enumerate(sorted({w for r in said for w in (*_ways_to_type(r), loosen(r))}))}


@cache
def _syllables() -> tuple[str, ...]:
    return tuple(_codes())


@cache
def _sound_of_character() -> dict[int, str]:
    return {ord(c): sound(readings[0]) for c, readings in reading_table().items() if is_han(c)}


@cache
def _initial_of_character() -> dict[int, str]:
    return {ord(c): readings[0][0] for c, readings in reading_table().items() if is_han(c)}
