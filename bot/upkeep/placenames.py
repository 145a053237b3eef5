"""Floor 7. The places that a maintainer's words may mean: a code, 鼓楼区, 张家港, 南京鼓楼, 江苏省南京市鼓楼区."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from bot.places import Gazetteer
from bot.records import Place
from bot.text import fold

# Names offered for one that nobody knows, and how alike they are at least (the ratio of `difflib`, 0 to 1).
MOST_NEAR = 3
NEAR = 0.6


class PlaceNames:
    """All places by what people write for them."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self.gazetteer = Gazetteer(places)
        self._words = {p.code: _words(p) for p in places.values()}

    def meant(self, text: str) -> list[str]:
        """Return the codes of the places that a text may mean; those it names in full go before the others."""
        if text in self.gazetteer.places:
            return [text]
        folded = fold(text)
        exact = [code for code, words in self._words.items() if words[0] == folded]
        return sorted(exact or (c for c in self._words if self._means(folded, self.gazetteer.chain(c))))

    def near(self, text: str) -> list[str]:
        """Return what may have been meant by a text that is no place: codes for a number, else names."""
        places = self.gazetteer.places.values()
        words = [w for p in places for w in ((p.code,) if text.isdecimal() else (p.name, p.short)) if w]
        return list(dict.fromkeys(difflib.get_close_matches(text, words, MOST_NEAR, NEAR)))

    def where(self, code: str) -> str:
        """Return a place with all it lies in: 江苏省 · 苏州市 · 张家港市."""
        return " · ".join(self.gazetteer.places[c].name for c in self.gazetteer.chain(code)[::-1])

    def province(self, code: str) -> str:
        """Return the code of the widest division around a place; its own where it is nowhere we know."""
        return (self.gazetteer.chain(code) or (code,))[-1]

    def _means(self, folded: str, chain: Sequence[str]) -> bool:
        """Tell whether a text is a name of a chain's first place, with any names of those it lies in before it."""
        rests = [folded.removesuffix(w) for w in self._words[chain[0]] if folded.endswith(w)]
        return "" in rests or any(
            self._means(rest, chain[above:]) for rest in rests for above in range(1, len(chain))
        )


def _words(place: Place) -> tuple[str, ...]:
    """Return the folded names of a place, the full one first."""
    return tuple(dict.fromkeys(w for w in map(fold, (place.name, place.short or "", *place.former)) if w))
