"""Floor 4. Which places a text speaks of, and how places relate: 临沂 is not 临淄, and 雨花台 is not 雨花."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.records import Place
from bot.text import fold


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of folded text that names a place: `codes` are all the places it may mean."""

    start: int
    end: int
    codes: tuple[str, ...]


class Gazetteer:
    """All places by the words for them. Immutable after it is made; safe to read from any thread."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self.places = places
        self._words: dict[str, tuple[str, ...]] = {}
        for place in places.values():
            for word in words_of(place):
                self._words[word] = (*self._words.get(word, ()), place.code)
        self._longest = max(map(len, self._words), default=0)

    def mentions(self, folded: str) -> list[Mention]:
        """Return the places a folded text names: leftmost, longest, never overlapping."""
        found: list[Mention] = []
        start = 0
        while start < len(folded) - 1:
            for end in range(min(len(folded), start + self._longest), start + 1, -1):
                codes = self._words.get(folded[start:end])
                if codes:
                    found.append(Mention(start, end, codes))
                    start = end - 1
                    break
            start += 1
        return found

    def named(self, text: str) -> tuple[Place, ...]:
        """Return the places that a text names and says nothing else: 鼓楼区 is four of them."""
        return tuple(self.places[code] for code in self._words.get(fold(text), ()))

    def chain(self, code: str) -> list[str]:
        """Return a place and all places it lies in, the nearest first, up to its province."""
        found: list[str] = []
        above: str | None = code
        while above and above not in found:
            place = self.places.get(above)
            if place:
                found.append(above)
            above = place.above if place else Place(above, "").above
        return found

    def agree(self, mention: Iterable[str], code: str) -> bool:
        """Tell whether one of the places meant is this place, lies in it or holds it."""
        chain = self.chain(code)
        return any(m in chain or code in self.chain(m) for m in mention)

    def within(self, mention: Iterable[str], code: str) -> bool:
        """Tell whether one of the places meant is this place or holds it."""
        chain = self.chain(code)
        return any(m in chain for m in mention)


def words_of(place: Place) -> list[str]:
    """Return the folded words for a place, each once. A word of one character names nothing."""
    words = (place.name, place.short or "", *place.former, *place.towns)
    return [w for w in dict.fromkeys(map(fold, words)) if len(w) > 1]
