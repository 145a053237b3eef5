"""Floor 4. Places typed in pinyin: zhongxiangshi gongxiaohezuoshe says 钟祥市, and names bear 钟祥."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.phonetics import Phonetics, is_typed, typed_as
from bot.places import Mention
from bot.records import Place
from bot.text import fold
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
        named: dict[str, tuple[_Named, ...]] = {}
        for place in places:
            name, short = fold(place.name), fold(place.short or "")
            if len(name) >= SHORTEST and 1 < len(short) < len(name) and name.startswith(short):
                sounds = phonetics.sounds(name)
                named[sounds] = (*named.get(sounds, ()), _Named(name, len(short), place.code))
        self._named = Vocabulary(named.items())

    def ways(self, sounds: str, letters: str) -> list[tuple[str, str, list[Mention]]]:
        """Return a question as (sounds, characters, places typed in full): with these in their short form, and as it is."""
        short = self._plain(sounds, letters)
        return [short, (sounds, letters, [])] if short[2] else [short]

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
