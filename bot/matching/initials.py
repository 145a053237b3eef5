"""Floor 4. Letters → the units with a name of such initials, and whether only one can have been meant.

Letters say little: aywtl is 安义文体旅, and 安远文体旅 just as well. One unit is meant when the base has, of every other place of
such initials, the account that could be meant instead, and knows it by another name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from bot.index import Base
from bot.index.layout import Ref, initials_gram, spot_gram
from bot.index.rows import Lexicon, Name
from bot.matching.comparing import Candidate
from bot.matching.gathering import Named
from bot.matching.question import Question
from bot.phonetics import Phonetics, is_typed, syllable_typed
from bot.places import Codes, Gazetteer, words_of
from bot.text import fold

# Initials shorter than this stand behind too many names.
LEAST = 4
# Initials of so many letters that stand for one unit alone are answered; shorter ones are shared by chance.
ALONE = 5
# A place's initials are so many at least.
LEAST_PLACE = 2
# Units with the same initials that are looked at: more than a few are asked about anyway.
MOST = 6
# What a name's initials are worth, and what when others may be meant.
WORTH, VAGUE = 0.9, 0.7


class Initials:
    """Finds units by initials. Safe to use from any thread."""

    def __init__(self, base: Base, lexicon: Lexicon) -> None:
        self._base = base
        self._lexicon = lexicon

    def candidates(self, question: Question) -> Iterator[Candidate]:
        """Yield the units with a name of a question's letters; the only one that can be meant may be answered."""
        letters = question.core
        found = self._named(letters)
        alone = len(found) == 1 and len(letters) >= ALONE and self._is_only(letters, *found[0])
        for name, number in found:
            yield Candidate(
                name,
                WORTH if alone else VAGUE,
                Ref(number, 0, own=False),
                0,
                () if alone else ("initials",),
                (("initials", WORTH),),
            )

    def spelled(self, question: Question) -> list[Named]:
        """Return the names whose initials are those of the syllables typed: a common pair of sounds leads to too many names."""
        ways = dict.fromkeys("".join(map(self._first, way.letters)) for way in question.ways if way.spelled)
        names = [name for letters in ways for name, _ in self._named(letters)]
        plain = dict.fromkeys(self._lexicon.gazetteer.plain(name)[0] for name in names)
        return list(self._base.exact(plain).items()) if plain else []

    def _first(self, letter: str) -> str:
        """Return the first letter of a syllable, typed or written."""
        return syllable_typed(letter)[0] if is_typed(letter) else min(self._initials(letter))

    def _named(self, letters: str) -> list[tuple[str, int]]:
        """Return (name, unit's number) of the accounts whose name's syllables begin with some letters."""
        if not letters.isascii() or not letters.isalpha() or len(letters) < LEAST:
            return []
        found = []
        for number in self._base.posting(initials_gram(letters))[:MOST]:
            for account in self._base.unit_at(number).accounts:
                folded = fold(account.name or "")
                if letters in self._initials(folded) | self._initials(
                    self._lexicon.gazetteer.plain(folded)[0]
                ):
                    found.append((folded, number))
                    break
        return found

    def _is_only(self, letters: str, folded: str, number: int) -> bool:
        """Tell whether whatever else the letters may stand for has its own account, under another name.

        That is this kind of agency at every other place of such initials, 万安 and 武安, and every other agency of such
        initials at this place: sw may be 税务, 水务 or 商务.
        """
        name = self._lexicon.read(folded)
        kind = self._kind(name, number)
        if kind is None or not name.places:
            return False
        place, there = name.places[0], _places_of(self._lexicon.gazetteer, self._lexicon.phonetics)
        ends = range(LEAST_PLACE, len(letters) + 1)
        stretches = [(i, j) for j in ends for i in range(j - LEAST_PLACE + 1)]
        called = [(i, j) for i, j in stretches if set(place.meaning) & there.get(letters[i:j])]
        own = {kind, *self._lexicon.near.get(kind, ())}
        places = {code for i, j in called for code in there.get(letters[i:j])} - set(place.meaning)
        kinds = {k for i, j in called for k in self._agencies.get(letters[:i] + letters[j:], ())} - own
        numbers = self._lexicon.gazetteer.numbers
        others = [[spot_gram(numbers[code], k) for k in own] for code in places]
        others += [[spot_gram(numbers[code], k) for code in place.meaning] for k in kinds]
        known = self._base.counts(key for spots in others for key in spots)
        return bool(called) and all(any(key in known for key in spots) for spots in others)

    @cached_property
    def _agencies(self) -> Mapping[str, frozenset[int]]:
        """The kinds of agency by the initials of the words for them."""
        found: dict[str, set[int]] = defaultdict(set)
        for word, kind in self._lexicon.agencies.items():
            for letters in self._initials(word):
                found[letters].add(kind)
        return {letters: frozenset(kinds) for letters, kinds in found.items()}

    def _kind(self, name: Name, number: int) -> int | None:
        """Return the kind of agency that a name says, or else its unit's title."""
        if name.agencies:
            return name.agencies[-1].meaning
        title = self._base.unit_at(number).name
        return self._lexicon.head(self._lexicon.plain(title)) if title else None

    def _initials(self, folded: str) -> set[str]:
        return self._lexicon.phonetics.initials(folded)


@lru_cache(2)
def _places_of(gazetteer: Gazetteer, phonetics: Phonetics) -> Codes:
    """Return the codes of the places by the initials of the words for them."""
    words = [(word, place.code) for place in gazetteer.places.values() for word in words_of(place)]
    return Codes(
        (letters, code)
        for spelled in phonetics.initials("\n".join(word for word, _ in words))
        for letters, (_, code) in zip(spelled.split("\n"), words, strict=True)
    )
