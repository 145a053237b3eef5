"""Floor 4. A question → the few names worth comparing: names within it, and names that share its rarest sounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from heapq import nlargest
from itertools import groupby

from rapidfuzz.distance import LCSseq

from bot.index import Base
from bot.index.layout import Ref, character_pairs, sound_grams, written_grams
from bot.index.rows import Lexicon
from bot.matching.question import Question, Way

# Names read from postings, rarest pair first. 2,000 find as much as 200,000; below 1,200 less is found than time saved.
BUDGET = 1400
# Typed pinyin may be cut in other ways; each of these gets this part of the budget.
OTHER_WAYS = 4
# Names fetched, then names compared.
FETCHED = 24
COMPARED = 8
# A name within a sentence is looked for from this many characters on; official names have at most so many.
SHORTEST_WITHIN, LONGEST_WITHIN = 3, 40
# Names whose sounds are kept, of some 200 bytes each.
KEPT = 4096

Named = tuple[str, list[Ref]]


class Gatherer:
    """Finds names in a base. Safe to use from any thread."""

    def __init__(self, base: Base, lexicon: Lexicon) -> None:
        self._base = base
        # Of names of the base alone, never of what is typed.
        self._sounds = lru_cache(KEPT)(lexicon.phonetics.sounds)

    def within(self, question: Question, known: dict[int, int]) -> list[Named]:
        """Return the names that stand in a question as they are, without those inside a longer one.

        Args:
            question: The question.
            known: How many names hold each of its pairs of characters; a name only stands where all its pairs do.
        """
        plain = question.core
        wanted = dict.fromkeys(part for run in _runs(plain, known) for part in _parts(run))
        found = self._base.exact(wanted) if wanted else {}
        longest = [t for t in found if not any(t != other and t in other for other in found)]
        return [(text, found[text]) for text in longest]

    def near(self, question: Question) -> list[Named]:
        """Return the names that share the rarest sounds with a question, the nearest first."""
        found: dict[int, int] = {}
        for i, way in enumerate(question.ways):
            for number, shared in self._shared(way, BUDGET if i == 0 else BUDGET // OTHER_WAYS):
                found[number] = max(shared, found.get(number, 0))
        return self._nearest(found, question)

    def _shared(self, way: Way, budget: int) -> list[tuple[int, int]]:
        """Return the names, by number, that share most of the rarest pairs of a reading, and how many each shares."""
        counts = self._base.counts(sound_grams(way.sounds) | written_grams(way.letters))
        keys = []
        for key, count in sorted(counts.items(), key=lambda kv: (kv[1], kv[0])):
            keys.append(key)
            budget -= count
            if budget <= 0:
                break
        shared: Counter[int] = Counter()
        for numbers in self._base.postings(keys):
            shared.update(numbers)
        return _most(shared, FETCHED)

    def _nearest(self, shared: dict[int, int], question: Question) -> list[Named]:
        """Return the names whose sounds follow one another in the question most completely."""
        ways = [way.sounds for way in question.ways]
        most = max(shared.values(), default=1)

        def rank(found: tuple[int, str, list[Ref]]) -> float:
            number, name, _ = found
            sounds = self._sounds(name)
            common = max([LCSseq.similarity(way, sounds) for way in ways])
            return common / len(sounds) + common / len(ways[0]) + shared[number] / most

        return [(name, refs) for _, name, refs in nlargest(COMPARED, self._base.names(shared), key=rank)]


def _most(shared: Mapping[int, int], size: int) -> list[tuple[int, int]]:
    """Return the (name, count) of the highest counts, the lowest numbers of those that are equal."""
    least, above = 1, _above(shared, 1)
    while len(above) >= size:
        shared, least, above = above, least + 1, _above(above, least + 1)
    last = sorted(number for number, count in shared.items() if count == least)
    return [*above.items(), *((number, least) for number in last[: size - len(above)])]


def _above(shared: Mapping[int, int], least: int) -> dict[int, int]:
    return {number: count for number, count in shared.items() if count > least}


def _runs(plain: str, known: dict[int, int]) -> Iterator[str]:
    """Yield the stretches of a text whose pairs of characters all stand in names."""
    pairs = enumerate(character_pairs(plain))
    for is_known, run in groupby(pairs, key=lambda pair: pair[1] in known):
        if is_known:
            spots = [i for i, _ in run]
            yield plain[spots[0] : spots[-1] + 2]


def _parts(run: str) -> Iterator[str]:
    size = len(run)
    for start in range(size - SHORTEST_WITHIN + 1):
        for end in range(start + SHORTEST_WITHIN, min(size, start + LONGEST_WITHIN) + 1):
            yield run[start:end]
