"""Floor 1. Which places a text speaks of, and how places relate: 临沂 is not 临淄, and 雨花台 is not 雨花."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from bot.records import Place
from bot.text import fold
from bot.vocabulary import Found, Vocabulary

# The country: what is national is at home there.
COUNTRY = "100000"
# Names with this in them are long, and often cut short when they are copied.
PEOPLES = "族自治"
# Begins with what the name of a city ends in.
MARKET = "市场"

# A stretch of folded text that names a place; it stands for the codes of all the places it may mean.
Mention = Found[tuple[str, ...]]


class Codes:
    """The codes of places by words for them; each word's stand in one text, as a set of its own would take three times the room."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take (word, code); a pair may come again."""
        self._found: dict[str, str] = {}
        for word, code in pairs:
            known = self._found.get(word)
            if known is None:
                self._found[word] = code
            elif code not in known.split():
                self._found[word] = f"{known} {code}"

    def get(self, word: str) -> frozenset[str]:
        """Return the codes of a word, none where it stands for no place."""
        return frozenset(self._found.get(word, "").split())


class Gazetteer:
    """All places by the words for them. Immutable after it is made; safe to read from any thread."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self.places = places
        self.codes = tuple(places)
        self.numbers = {code: number for number, code in enumerate(self.codes)}
        meanings: dict[str, tuple[str, ...]] = {}
        self._short: dict[str, str] = {}
        for place in places.values():
            for word in words_of(place):
                meanings[word] = (*meanings.get(word, ()), place.code)
            name, short = fold(place.name), fold(place.short or "")
            if len(short) > 1 and name.startswith(short):
                self._short[name] = short
                self._short |= dict.fromkeys(_tails(name), short)
        self._words = Vocabulary((_unique_tails(places.values()) | meanings).items())
        self._chains: dict[str, tuple[str, ...]] = {}

    def mentions(self, folded: str) -> list[Mention]:
        """Return the places a folded text names: leftmost, longest, never overlapping."""
        return [self._unless_market(folded, found) for found in self._words.find(folded)]

    def starts(self, folded: str, at: int) -> bool:
        """Tell whether the name of a place starts at a place of a folded text."""
        return self._words.at(folded, at) is not None

    def plain(self, folded: str) -> tuple[str, tuple[Mention, ...]]:
        """Return a folded text with each place in its short form, and the places it names, by their place in that.

        临沂市公安局 and 临沂公安局 are the same when plain; what the longer form told of the place is in its mention.
        """
        pieces: list[str] = []
        mentions: list[Mention] = []
        end, cut = 0, 0
        for start, stop, meaning in self.mentions(folded):
            word = folded[start:stop]
            short = self._short.get(word, word)
            at = start - cut
            mentions.append(Found(at, at + len(short), meaning))
            pieces += (folded[end:start], short)
            end, cut = stop, stop - at - len(short)
        return "".join((*pieces, folded[end:])), tuple(mentions)

    def long(self, plain: str, code: str) -> str:
        """Return a plain text with the short form of one place written out: 淮安体育局 of 淮安区 is 淮安区体育局."""
        name = fold(self.places[code].name)
        short = self._short.get(name, name)
        return plain.replace(short, name, 1) if short != name else plain

    def named(self, text: str) -> tuple[Place, ...]:
        """Return the places that a text names and says nothing else: 鼓楼区 is four of them."""
        return tuple(self.places[code] for code in self._words.get(fold(text)) or ())

    def namesakes(self, codes: Iterable[str]) -> frozenset[str]:
        """Return the places that share a short form with one of some places: 吉林 is a city and a province."""
        shorts = {fold(self.places[code].short or self.places[code].name) for code in codes}
        return frozenset(code for short in shorts for code in self._words.get(short) or ())

    def short_of_one(self, letters: str) -> frozenset[str]:
        """Return the places whose name is so when one character is left out: 牡区 can only be 牡丹区."""
        return self._short_of_one.get(letters)

    @cached_property
    def _short_of_one(self) -> Codes:
        return Codes(
            (word[:i] + word[i + 1 :], code) for word, code in self._called() for i in range(len(word))
        )

    def unlike_one(self, letters: str) -> frozenset[str]:
        """Return the places whose name differs in one character: 和休格尔 can only be 和林格尔."""
        found = (self._unlike_one.get(_without(letters, i)) for i in range(len(letters)))
        return frozenset().union(*found)

    @cached_property
    def _unlike_one(self) -> Codes:
        return Codes((_without(word, i), code) for word, code in self._called() for i in range(len(word)))

    def _called(self) -> Iterator[tuple[str, str]]:
        """Yield each word for each place, and its code."""
        return ((word, place.code) for place in self.places.values() for word in words_of(place))

    def chain(self, code: str) -> tuple[str, ...]:
        """Return a place and all places it lies in, the nearest first, up to its province."""
        if code not in self._chains:
            found: list[str] = []
            above: str | None = code
            while above and above not in found:
                place = self.places.get(above)
                if place:
                    found.append(above)
                above = place.above if place else Place(above, "").above
            self._chains[code] = tuple(found)
        return self._chains[code]

    def agree(self, mention: Iterable[str], code: str) -> bool:
        """Tell whether one of the places meant is this place, lies in it or holds it."""
        chain = self.chain(code)
        return any(m in chain or code in self.chain(m) for m in mention)

    def within(self, mention: Iterable[str], code: str) -> bool:
        """Tell whether one of the places meant is this place or holds it."""
        chain = self.chain(code)
        return any(m in chain for m in mention)

    def _unless_market(self, folded: str, found: Mention) -> Mention:
        """Return a place as it is named before a market: 北票市场监管 speaks of 北票, and not of 北票市 and a 场监管."""
        start, end, _ = found
        if folded[end - 1 : end + 1] != MARKET:  # nearly all
            return found
        word = folded[start:end]
        short = self._short.get(word)
        if short is None or word != f"{short}{MARKET[0]}":
            return found
        return Found(start, end - 1, self._words.get(short) or found.meaning)


def _without(word: str, at: int) -> str:
    return f"{word[:at]}?{word[at + 1 :]}"


def _tails(name: str) -> list[str]:
    """Return what is left when the beginning of a long name is cut off: 吉回族自治州 can only be 昌吉."""
    return [name[i:] for i in range(1, name.find(PEOPLES))] if PEOPLES in name else []


def _unique_tails(places: Iterable[Place]) -> dict[str, tuple[str, ...]]:
    """Return the cut forms of long names that leave no doubt, each with its place."""
    bearers: dict[str, set[str]] = {}
    for place in places:
        for tail in _tails(fold(place.name)):
            bearers.setdefault(tail, set()).add(place.code)
    return {tail: tuple(codes) for tail, codes in bearers.items() if len(codes) == 1}


def words_of(place: Place) -> list[str]:
    """Return the folded words for a place, each once. A word of one character names nothing."""
    words = (place.name, place.short or "", *place.former, *place.towns)
    return [w for w in dict.fromkeys(map(fold, words)) if len(w) > 1]
