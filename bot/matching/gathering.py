"""Floor 4. A question → the few names worth comparing: names within it, and names that share its rarest sounds."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nlargest
from itertools import groupby
from math import log

from rapidfuzz.distance import LCSseq

from bot.index import Base
from bot.index.layout import Ref, character_pairs, initials_gram, sound_grams, written_grams
from bot.index.rows import Lexicon
from bot.matching.question import Question
from bot.text import fold

# Names read from postings, rarest pair first: 2,000 find as much as 200,000 (matching.md, section 3).
BUDGET = 2000
# Names fetched, then names compared.
FETCHED = 40
COMPARED = 12
# A name within a sentence is looked for from this many characters on; official names have at most so many.
SHORTEST_WITHIN, LONGEST_WITHIN = 3, 40
# Initials shorter than this stand behind too many names.
LEAST_INITIALS = 4
# Units with the same initials that are looked at: more than a few are asked about anyway.
MOST_INITIALS = 6

Named = tuple[str, list[Ref]]


class Gatherer:
    """Finds names in a base. Safe to use from any thread."""

    def __init__(self, base: Base, lexicon: Lexicon) -> None:
        self._base = base
        self._phonetics = lexicon.phonetics
        self._plain = lexicon.gazetteer.plain

    def within(self, question: Question, known: dict[int, int]) -> list[Named]:
        """Return the names that stand in a question as they are, without those inside a longer one.

        Args:
            question: The question.
            known: How many names hold each of its pairs of characters; a name only stands where all its pairs do.
        """
        plain = question.plain
        wanted = dict.fromkeys(part for run in _runs(plain, known) for part in _parts(run))
        found = self._base.exact(wanted) if wanted else {}
        longest = [t for t in found if not any(t != other and t in other for other in found)]
        return [(text, found[text]) for text in longest]

    def near(self, question: Question) -> list[Named]:
        """Return the names that share the rarest sounds with a question, the nearest first."""
        keys = set().union(*(sound_grams(w.sounds) | written_grams(w.letters) for w in question.ways))
        counts = self._base.counts(keys)
        size = self._base.size
        scores: dict[int, float] = {}
        left = BUDGET
        for key, count in sorted(counts.items(), key=lambda kv: (kv[1], kv[0])):
            if left <= 0:
                break
            left -= count
            weight = log(1 + size / count)
            for number in self._base.posting(key):
                scores[number] = scores.get(number, 0.0) + weight
        best = nlargest(FETCHED, scores, key=scores.__getitem__)
        return self._nearest(best, scores, question)

    def initials(self, question: Question) -> list[tuple[str, int]]:
        """Return (name, unit's number) of the accounts whose name's syllables begin with the letters of a question."""
        letters = question.plain
        if not letters.isascii() or not letters.isalpha() or len(letters) < LEAST_INITIALS:
            return []
        found = []
        for number in self._base.posting(initials_gram(letters))[:MOST_INITIALS]:
            for account in self._base.unit_at(number).accounts:
                folded = fold(account.name or "")
                if letters in self._phonetics.initials(folded) | self._phonetics.initials(
                    self._plain(folded)[0]
                ):
                    found.append((folded, number))
                    break
        return found

    def _nearest(self, numbers: list[int], scores: dict[int, float], question: Question) -> list[Named]:
        """Return the names whose sounds follow one another in the question most completely."""
        ways = [way.sounds for way in question.ways]
        most = max((scores[n] for n in numbers), default=1.0)

        def rank(found: tuple[int, str, list[Ref]]) -> float:
            number, name, _ = found
            sounds = self._phonetics.sounds(name)
            common = max(LCSseq.similarity(way, sounds) for way in ways)
            return common / len(sounds) + common / len(ways[0]) + scores[number] / most

        return [(name, refs) for _, name, refs in nlargest(COMPARED, self._base.names(numbers), key=rank)]


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
