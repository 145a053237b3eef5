"""A synthetic base as a question writer knows it: who bears which name, and what would mean somebody else as well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from benchmarks.corpus import Body, divisions, places
from benchmarks.mistyping import muffled, syllables
from bot.records import Place
from bot.text import fold

SHORTEST_PLACE, LONGEST_PLACE = 2, 12
# One change, two neighbours swapped included, touches at most three pairs of characters: of four, one stays. Of two
# characters one stays, too.
UNTOUCHED, UNTOUCHED_LETTERS = 4, 2


class World:
    """All units of a base, and their names folded: full, and with their place in its short form."""

    def __init__(self, bodies: list[Body]) -> None:
        self.bodies = bodies
        self.bearers: dict[str, set[str]] = defaultdict(set)
        self.there: set[tuple[str, str]] = set()
        self.ids = {a.platform_id for b in bodies for a in b.accounts if a.platform_id}
        for body in bodies:
            if not body.town:
                self.there.add((body.place.code, body.agency))
            for name in {body.name, *(a.name for a in body.accounts)}:
                for form in {name, shortened(name, body.place)}:
                    self.bearers[fold(form)].add(body.key)
        self.places = places()
        self.by_code = {p.code: p for p in divisions()}
        self.shorts: dict[str, list[Place]] = defaultdict(list)
        for place in divisions():
            self.shorts[place.short or place.name].append(place)

    def unique(self, name: str) -> bool:
        """Tell whether one unit alone bears a name."""
        return len(self.bearers[fold(name)]) == 1 if fold(name) in self.bearers else False

    def lacks(self, called: str, agency: str, akin: Iterable[str] = ()) -> bool:
        """Tell whether no place called so has an agency, nor one of those that do its work."""
        return not any((p.code, a) in self.there for p in self.shorts[called] for a in (agency, *akin))

    def near(self, text: str, more: Iterable[int] = (-1, 0, 1)) -> set[str]:
        """Return the units with a name that is a text or one change from it, by how many characters more it has."""
        folded = fold(text)
        sizes = {len(folded) + size for size in more}
        known = [self._pairs.get(a + b, []) for a, b in pairwise(folded)]
        untouched = UNTOUCHED
        if len(known) < untouched:
            known, untouched = [self._letters.get(c, []) for c in folded], UNTOUCHED_LETTERS
        rarest = sorted(known, key=len)[:untouched]
        names = {name for found in rarest for name in found if len(name) in sizes}
        near = process.extract(folded, names, scorer=OSA.distance, score_cutoff=1, limit=None)
        return set().union(*(self.bearers[name] for name, *_ in near))

    def spelled(self, letters: str) -> set[str]:
        """Return the units with a name that is spelled so, letters joined."""
        return self._spellings.get(letters, set())

    def spelled_near(self, letters: str) -> set[str]:
        """Return the units with a name that is spelled so or with one letter changed."""
        near = process.extract(
            letters, self._spellings.keys(), scorer=OSA.distance, score_cutoff=1, limit=None
        )
        return set().union(*(self._spellings[name] for name, *_ in near))

    def muffled(self, said: Iterable[str]) -> set[str]:
        """Return the units with a name whose syllables are the same to southern ears."""
        return self._muffled.get(" ".join(map(muffled, said)), set())

    def abbreviated(self, letters: str) -> set[str]:
        """Return the units with a name of such initials."""
        return self._initials.get(letters, set())

    def holding(self, part: str) -> set[str]:
        """Return the units with a name that a part of names stands in."""
        rarest = min((self._pairs.get(a + b, ()) for a, b in pairwise(part)), key=len, default=())
        return set().union(*(self.bearers[n] for n in rarest if part in n))

    def foreign(self, text: str, name: str) -> bool:
        """Tell whether a text names a real place that a name does not: then it is that place's, and no slip."""
        return any(place not in name for place in self._places_in(text))

    def above(self, place: Place) -> Place | None:
        """Return the city of a county, the province of a city."""
        for code in (f"{place.code[:4]}00", f"{place.code[:2]}0000"):
            if code != place.code and code in self.by_code:
                return self.by_code[code]
        return None

    def below(self, place: Place) -> list[Place]:
        """Return the counties of a city."""
        if not place.code.endswith("00"):
            return []
        return [p for p in self.places if p.code[:4] == place.code[:4] and p.code != place.code]

    def _places_in(self, text: str) -> Iterator[str]:
        for start in range(len(text)):
            for size in range(SHORTEST_PLACE, LONGEST_PLACE + 1):
                if text[start : start + size] in self._place_words:
                    yield text[start : start + size]

    @cached_property
    def _place_words(self) -> frozenset[str]:
        words = {w for p in divisions() for w in (p.name, p.short or p.name, *p.former)}
        return frozenset(w for w in words if len(w) >= SHORTEST_PLACE)

    @cached_property
    def _letters(self) -> dict[str, list[str]]:
        """The names that are one change from a text of less than five characters, by each of theirs."""
        found: dict[str, list[str]] = defaultdict(list)
        for name in (n for n in self.bearers if len(n) <= UNTOUCHED + 1):
            for letter in set(name):
                found[letter].append(name)
        return found

    @cached_property
    def _said(self) -> dict[str, tuple[str, ...]]:
        return {name: syllables(name) for name in self.bearers}

    @cached_property
    def _spellings(self) -> dict[str, set[str]]:
        return self._by(("".join(said), name) for name, said in self._said.items())

    @cached_property
    def _muffled(self) -> dict[str, set[str]]:
        return self._by((" ".join(map(muffled, said)), name) for name, said in self._said.items())

    @cached_property
    def _initials(self) -> dict[str, set[str]]:
        return self._by(("".join(s[0] for s in said), name) for name, said in self._said.items())

    @cached_property
    def _pairs(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name in self.bearers:
            for pair in {a + b for a, b in pairwise(name)}:
                found[pair].append(name)
        return found

    def _by(self, keyed: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for key, name in keyed:
            found[key] |= self.bearers[name]
        return found


def shortened(name: str, place: Place) -> str:
    """Return a name with its place in the short form."""
    return name.replace(place.name, place.short or place.name)
