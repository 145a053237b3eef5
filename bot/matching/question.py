"""Floor 4. What a question says, before any name is held against it: platforms, places, agencies, and how it sounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate

from bot.index.rows import Lexicon
from bot.matching.marks import unlinked, untoned
from bot.matching.mending import Mender
from bot.matching.spelled import SpelledPlaces
from bot.phonetics import is_typed
from bot.places import Mention
from bot.text import fold
from bot.values import Platform
from bot.vocabulary import Found, Vocabulary, positions

# A question is looked at up to here: the longest official name has 40 characters, a chatty question rarely 100.
MOST_CHARACTERS = 120
# What ends no agency: 找了一中午 speaks of no 一中.
NOON = re.compile("中[午间]")
# What parts one clause from the next, in either width: a name does not run on across it.
CLAUSE = re.compile(r"[,\uff0c\u3002?\uff1f!\uff01\u3001;\uff1b:\uff1a\u2026~\uff5e\n]+")
# Clauses that are told apart; a question rarely has three.
MOST_CLAUSES = 12
# Readings of typed pinyin that are tried.
MOST_WAYS = 5


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read a question: a sound and a character at each position, and what stands where.

    Where pinyin was typed a syllable has one position; its character is a code point that stands for what was typed.
    `stops` are the positions right after a punctuation mark, `full` those where a place begins that was written out:
    杨浦 may be a town of that name elsewhere, 杨浦区 may not. `spelled` tells whether part of it is typed in
    letters that may be pinyin, `misread` that a place in it is typed by another reading than it is called by.
    """

    sounds: str
    letters: str
    platforms: tuple[Found[tuple[Platform, ...]], ...]
    places: tuple[Mention, ...]
    agencies: tuple[Found[int], ...]
    stops: frozenset[int] = frozenset()
    full: frozenset[int] = frozenset()
    spelled: bool = False
    misread: bool = False

    def clause(self, start: int, end: int) -> range:
        """Return the clause, or the clauses, that a stretch of it stands in."""
        first = max((s for s in self.stops if s <= start), default=0)
        return range(max(0, first), min((s for s in self.stops if s >= end), default=len(self.letters)))


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks.

    `folded` is the text folded, `plain` the same with places in their short form, `core` that without the platform's
    words it begins or ends with, `platforms` all platforms named. There is more than one way to read the core only
    where letters were typed: fangan is fang-an or fan-gan.
    """

    folded: str
    plain: str
    core: str
    ways: tuple[Way, ...]
    platforms: tuple[Platform, ...]

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


class Reader:
    """Reads questions with the vocabularies of a base."""

    def __init__(
        self,
        lexicon: Lexicon,
        platforms: Vocabulary[tuple[Platform, ...]],
        hosts: Mapping[str, Platform],
        is_name: Callable[[str], bool],
        like: Reader | None = None,
    ) -> None:
        """Take what questions are read by: the words of platforms, and the hosts of links to their accounts.

        `is_name` tells whether a plain text is a name of the base; `like`, a reader made earlier, may share what depends on the lexicon alone.
        """
        self._lexicon = lexicon
        self._platforms = platforms
        self._hosts = hosts
        self._is_name = is_name
        same = like is not None and like._lexicon is lexicon  # noqa: SLF001  # of this very class
        shared: SpelledPlaces | None = like._spelled if like and same else None  # noqa: SLF001
        self._spelled: SpelledPlaces = shared or SpelledPlaces(
            lexicon.gazetteer.places.values(), lexicon.phonetics
        )
        self._mend = Mender(lexicon.gazetteer).mend

    def read(self, text: str) -> Question:
        """Return what a question says. Any text at all gives one."""
        bare, linked = unlinked(
            text[: 4 * MOST_CHARACTERS], self._hosts, lambda found: self._is_name(fold(found))
        )
        clauses = [[self._mend(fold(p)) for p in clause.split()] for clause in CLAUSE.split(untoned(bare))]
        pieces = [piece for clause in clauses for piece in clause]
        folded = "".join(pieces)[:MOST_CHARACTERS]
        shorten = self._lexicon.gazetteer.plain
        plain, mentions = shorten(folded)
        ends = accumulate(sum(map(len, clause)) for clause in clauses[:MOST_CLAUSES])
        stops = frozenset(len(shorten(folded[:end])[0]) for end in ends)
        # A space parts syllables; where a place was shortened none was typed.
        breaks = [end for end in accumulate(map(len, pieces)) if end < len(plain)] if plain == folded else ()
        named = self._platforms.find(plain)
        start, end = _core(plain, named)
        core = plain[start:end]
        spoken = self._lexicon.phonetics.spoken(core, [b - start for b in breaks if start < b < end])
        within = tuple(
            Found(m.start - start, m.end - start, m.meaning)
            for m in mentions
            if start <= m.start and m.end <= end
        )
        ends_here = frozenset(s - start for s in stops)
        full = (
            frozenset(m.start for m in within if self._written_out(m, core, folded))
            if core != folded
            else frozenset()
        )
        ways = [way for said in spoken for way in self._ways(*said, within, ends_here, full, core)]
        platforms = tuple(dict.fromkeys((*linked, *(p for word in named for p in word.meaning))))
        return Question(folded, plain, core, tuple(ways[:MOST_WAYS]), platforms)

    def _ways(
        self,
        sounds: str,
        letters: str,
        mentions: tuple[Mention, ...],
        stops: frozenset[int],
        full: frozenset[int],
        plain: str,
    ) -> Iterator[Way]:
        """Yield the ways to read a text as it is cut into syllables: its typed places in their short form, and as they are.

        Names bear 南京, so nanjingshi is one syllable too long; but nanjing shiyaojian is 南京食药监.
        """
        if letters == plain:
            yield self._way(sounds, letters, mentions, stops, full)
            return
        # Each typed syllable takes one position, so that the places written in characters have moved.
        meant = {plain[m.start : m.end]: m.meaning for m in mentions}
        for heard, wrote, spelled, misread in self._spelled.ways(sounds, letters):
            written = self._lexicon.gazetteer.mentions(wrote)
            told = [Found(m.start, m.end, meant.get(wrote[m.start : m.end], m.meaning)) for m in written]
            way = self._way(heard, wrote, tuple(sorted((*spelled, *told), key=lambda m: m.start)))
            yield replace(way, misread=misread)

    def _way(
        self,
        sounds: str,
        letters: str,
        mentions: tuple[Mention, ...],
        stops: frozenset[int] = frozenset(),
        full: frozenset[int] = frozenset(),
    ) -> Way:
        platforms = tuple(self._platforms.find(letters))
        if platforms:  # 翻遍微信都没看见 does not speak of 信都
            mentions = tuple(m for m in mentions if not any(p.start < m.start < p.end for p in platforms))
        places, agencies = self._lexicon.named_in(letters, mentions)
        agencies = tuple(a for a in agencies if not NOON.match(letters, a.end - 1))
        spelled = any(map(is_typed, letters))
        return Way(sounds, letters, platforms, places, agencies, stops, full, spelled)

    def _written_out(self, mention: Mention, core: str, folded: str) -> bool:
        """Tell whether a text has the full name of a place that stands in its short form in the core."""
        places = self._lexicon.gazetteer.places
        names = (fold(places[code].name) for code in mention.meaning if code in places)
        return any(name != core[mention.start : mention.end] and name in folded for name in names)


def _core(plain: str, platforms: list[Found[tuple[Platform, ...]]]) -> tuple[int, int]:
    """Return where a text begins and ends without the platform's words at its edges; all of it where nothing is left."""
    start, end = 0, len(plain)
    for word in platforms:
        if word.start == start:
            start = word.end + plain.startswith("的", word.end)
    for word in reversed(platforms):
        if word.end == end and word.start >= start:
            end = word.start - plain.endswith("的", start, word.start)
    return (start, end) if end > start else (0, len(plain))
