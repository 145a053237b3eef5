"""Floor 4. Places typed in pinyin: zhongxiangshi gongxiaohezuoshe says 钟祥市, and names bear 钟祥."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.phonetics import Phonetics, is_typed, sound, typed_as
from bot.places import Codes, Gazetteer, Mention, words_of
from bot.records import Place
from bot.text import fold, reading_table
from bot.vocabulary import Found, Vocabulary

# Shorter names sound like too much else.
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class _Named:
    """A place's full name, and how many of its characters make the short form; it begins with that."""

    name: str
    short: int
    code: str


class SpelledPlaces:
    """The full names of places by their sounds. Immutable; safe to read from any thread."""

    def __init__(self, places: Iterable[Place], phonetics: Phonetics) -> None:
        self._places, self._phonetics = tuple(places), phonetics
        named: dict[str, tuple[_Named, ...]] = {}
        for place in self._places:
            name, short = fold(place.name), fold(place.short or "")
            if len(name) >= SHORTEST and 1 < len(short) < len(name) and name.startswith(short):
                sounds = phonetics.sounds(name)
                named[sounds] = (*named.get(sounds, ()), _Named(name, len(short), place.code))
        self._named = Vocabulary(named.items())

    def ways(self, sounds: str, letters: str) -> list[tuple[str, str, list[Mention], bool]]:
        """Return a question as (sounds, characters, places typed in full, whether misread): these in their short form, and as it is.

        A place whose name was read as it is written comes second: wo yang for 涡阳, dou yun for 都匀.
        """
        meant = dict.fromkeys((sounds, self._read_right(sounds, letters)))
        found: list[tuple[str, str, list[Mention], bool]] = []
        for heard in meant:
            misread = heard != sounds
            short = self._plain(heard, letters)
            found.append((*short, misread))
            if short[2]:
                found.append((heard, letters, [], misread))
        return found

    def _read_right(self, sounds: str, letters: str) -> str:
        """Return the sounds with each place that was typed by another reading of one of its characters as it is called."""
        for found in self._misread.find(sounds):
            stretch = letters[found.start : found.end]
            called = next((sound for name, sound in found.meaning if _spells(stretch, name)), None)
            if called and any(map(is_typed, stretch)):
                sounds = sounds[: found.start] + called + sounds[found.end :]
        return sounds

    @cached_property
    def _misread(self) -> Vocabulary[tuple[tuple[str, str], ...]]:
        """The places as they sound with one character read in another way: (name, how it sounds)."""
        found: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        words = {fold(word) for place in self._places for word in (place.name, place.short or "")}
        for word in sorted(words):
            called = self._phonetics.sounds(word) if len(word) > 1 else ""
            for i, said in enumerate(called):
                for reading in reading_table().get(word[i], ()):
                    if sound(reading) != said:
                        found[called[:i] + sound(reading) + called[i + 1 :]][word, called] = None
        return Vocabulary((said, tuple(meant)) for said, meant in found.items())

    def _plain(self, sounds: str, letters: str) -> tuple[str, str, list[Mention]]:
        mentions: list[Mention] = []
        end, heard, wrote = 0, "", ""
        for found in self._named.find(sounds):
            stretch = letters[found.start : found.end]
            meant = [n for n in found.meaning if _spells(stretch, n.name)]
            if not meant or not any(map(is_typed, stretch)):
                continue
            keep = found.start + min(n.short for n in meant)
            heard, wrote = heard + sounds[end:keep], wrote + letters[end:keep]
            start = len(wrote) - (keep - found.start)
            mentions.append(Found(start, len(wrote), tuple(n.code for n in meant)))
            end = found.end
        return heard + sounds[end:], wrote + letters[end:], mentions


def _spells(stretch: str, name: str) -> bool:
    """Tell whether what is typed is a way to spell a name, character for character."""
    return all(c == n or c in typed_as(n) for c, n in zip(stretch, name, strict=True))


@lru_cache(2)
def places_typed(gazetteer: Gazetteer, phonetics: Phonetics) -> Codes:
    """Return the codes of the places by the syllables that their names are typed as: jinan is 济南, and 静安 to no ear here."""
    places = gazetteer.places.values()
    return Codes((phonetics.typed(word), place.code) for place in places for word in words_of(place))
