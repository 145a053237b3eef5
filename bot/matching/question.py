"""Floor 4. What a question says, before any name is held against it: platforms, places, agencies, and how it sounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from bot.index.rows import Lexicon
from bot.matching.spelled import SpelledPlaces
from bot.phonetics import is_typed
from bot.places import Mention
from bot.records import Platform
from bot.text import fold
from bot.vocabulary import Found, Vocabulary, positions

# A question is looked at up to here: the longest official name has 40 characters, a chatty question rarely 100.
MOST_CHARACTERS = 120
# Readings of typed pinyin that are tried.
MOST_WAYS = 5


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read a question: a sound and a character at each position, and what stands where.

    Where pinyin was typed a syllable has one position; its character is a code point that stands for what was typed.
    """

    sounds: str
    letters: str
    platforms: tuple[Found[Platform], ...]
    places: tuple[Mention, ...]
    agencies: tuple[Found[int], ...]

    @property
    def spelled(self) -> bool:
        """Whether part of it is typed in letters that may be pinyin."""
        return any(map(is_typed, self.letters))


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks. `folded` is the text folded, `plain` the same with places in their short form.

    There is more than one way to read it only where letters were typed: fangan is fang-an or fan-gan.
    """

    folded: str
    plain: str
    ways: tuple[Way, ...]

    @property
    def platforms(self) -> tuple[Found[Platform], ...]:
        """The platforms named."""
        return self.ways[0].platforms

    @property
    def places(self) -> tuple[Mention, ...]:
        """The places named, in the likeliest reading."""
        return self.ways[0].places

    @property
    def agencies(self) -> tuple[Found[int], ...]:
        """The kinds of agency named, in the likeliest reading."""
        return self.ways[0].agencies

    @property
    def bare(self) -> bool:
        """Whether it says nothing but places and platforms: that is no account's name."""
        way = self.ways[0]
        return len(positions(way.platforms, way.places)) == len(way.letters)

    def without_platforms(self) -> list[str]:
        """Return the plain text without the platform's word it begins or ends with, for each such word."""
        plain = self.plain
        words = dict.fromkeys(self.ways[0].letters[w.start : w.end] for w in self.platforms)
        rests = [plain.removeprefix(w).removesuffix(w) for w in words]
        return [r.removeprefix("的").removesuffix("的") for r in rests if r != plain]


class Reader:
    """Reads questions with the vocabularies of a base."""

    def __init__(self, lexicon: Lexicon, platforms: Vocabulary[Platform]) -> None:
        self._lexicon = lexicon
        self._platforms = platforms
        self._spelled = SpelledPlaces(lexicon.gazetteer.places.values(), lexicon.phonetics)

    def read(self, text: str) -> Question:
        """Return what a question says. Any text at all gives one."""
        pieces = [fold(piece) for piece in text[: 4 * MOST_CHARACTERS].split()]
        folded = "".join(pieces)[:MOST_CHARACTERS]
        plain, mentions = self._lexicon.gazetteer.plain(folded)
        breaks = [end for end in accumulate(map(len, pieces)) if end < len(plain)] if plain == folded else ()
        spoken = self._lexicon.phonetics.spoken(plain, breaks)
        ways = [way for said in spoken for way in self._ways(*said, mentions, plain)]
        return Question(folded, plain, tuple(ways[:MOST_WAYS]))

    def _ways(self, sounds: str, letters: str, mentions: tuple[Mention, ...], plain: str) -> Iterator[Way]:
        """Yield the ways to read a text as it is cut into syllables: its typed places in their short form, and as they are.

        Names bear 南京, so nanjingshi is one syllable too long; but nanjing shiyaojian is 南京食药监.
        """
        if letters == plain:
            yield self._way(sounds, letters, mentions)
            return
        # Each typed syllable takes one position, so that the places written in characters have moved.
        meant = {plain[m.start : m.end]: m.meaning for m in mentions}
        for heard, wrote, spelled in self._spelled.ways(sounds, letters):
            written = self._lexicon.gazetteer.mentions(wrote)
            told = [Found(m.start, m.end, meant.get(wrote[m.start : m.end], m.meaning)) for m in written]
            yield self._way(heard, wrote, tuple(sorted((*spelled, *told), key=lambda m: m.start)))

    def _way(self, sounds: str, letters: str, mentions: tuple[Mention, ...]) -> Way:
        platforms = tuple(self._platforms.find(letters))
        return Way(sounds, letters, platforms, *self._lexicon.named_in(letters, mentions))
