"""Floor 3. A unit → what the index holds of it: its packed body, its names, and how they are found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.index.layout import EVERY_AGENCY, initials_gram, pack, sound_grams, spot_gram, written_grams
from bot.phonetics import Phonetics
from bot.places import Gazetteer, Mention
from bot.records import Agency, Place, Reading, Unit
from bot.text import fold
from bot.vocabulary import Found, Vocabulary, positions


@dataclass(frozen=True, slots=True)
class Name:
    """A plain name as it is read: its sounds and characters, the places and the kinds of agency it names."""

    plain: str
    spoken: tuple[str, str]
    places: tuple[Mention, ...]
    agencies: tuple[Found[int], ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What names are read by: places, kinds of agency by number, special readings, and which kinds are mixed up."""

    gazetteer: Gazetteer
    agencies: Vocabulary[int]
    phonetics: Phonetics
    near: Mapping[int, tuple[int, ...]]

    @classmethod
    def of(
        cls, places: Mapping[str, Place], agencies: Iterable[Agency], readings: Iterable[Reading]
    ) -> Lexicon:
        """Make a lexicon of records, numbered in their order."""
        kinds = list(agencies)
        words = Vocabulary((fold(w), n) for n, a in enumerate(kinds) for w in a.words)
        numbers = {a.id: n for n, a in enumerate(kinds)}
        near = {n: tuple(numbers[i] for i in a.near if i in numbers) for n, a in enumerate(kinds) if a.near}
        return cls(Gazetteer(places), words, Phonetics({fold(r.word): r.pinyin for r in readings}), near)

    def plain(self, name: str) -> str:
        """Return a name folded, its places in their short forms: how the index holds it."""
        return self.gazetteer.plain(fold(name))[0]

    def read(self, plain: str) -> Name:
        """Return a plain name as it is read."""
        return Name(
            plain, self.phonetics.spoken(plain)[0], *self.named_in(plain, self.gazetteer.mentions(plain))
        )

    def head(self, plain: str) -> int | None:
        """Return the kind of agency that a name ends in: of 教育局招生考试院 the latter; `None` when it says none."""
        _, found = self.named_in(plain, self.gazetteer.mentions(plain))
        return found[-1].meaning if found else None

    def named_in(
        self, plain: str, mentions: Iterable[Mention]
    ) -> tuple[tuple[Mention, ...], tuple[Found[int], ...]]:
        """Return the places and the agencies that a text names, none inside or across another.

        In 临沂公安 nobody speaks of 公安 county; in 乌拉特中医疗保障局 nobody speaks of 中医.
        """
        agencies = self.agencies.find(plain)
        if not agencies:
            return tuple(mentions), ()
        spans = [(a.start, a.end) for a in agencies]
        places = []
        across = False
        for mention in mentions:
            start, end, _ = mention
            held = [(first, last) for first, last in spans if first < end and start < last]
            if not any(first <= start and end <= last for first, last in held):
                places.append(mention)
                across = across or bool(held)
        if not across:
            return tuple(places), tuple(agencies)
        taken = positions(places)
        masked = "".join(" " if i in taken else c for i, c in enumerate(plain))
        return tuple(places), tuple(self.agencies.find(masked))


class Row(NamedTuple):
    """What the index holds of a unit. A name is (plain text, whether it is an account's own); `grams` lead to the unit."""

    body: bytes
    place: int
    ids: tuple[str, ...]
    unit_id: str | None
    names: tuple[tuple[str, bool], ...]
    grams: tuple[int, ...]
    leads: tuple[str, ...]


def row(unit: Unit, lexicon: Lexicon) -> Row:
    """Return what the index holds of a unit."""
    accounts, gazetteer = unit.accounts, lexicon.gazetteer
    folded = {n: fold(n) for a in accounts for n in (a.name, *a.aliases) if n}
    plain = {n: gazetteer.plain(text)[0] for n, text in folded.items()}
    own = {*plain.values(), *(lexicon.plain(a.platform_id) for a in accounts if a.platform_id)}
    full = [n.removeprefix("原") for n in (unit.name, *unit.aliases) if n] if accounts else ()
    titles = {plain[n] if n in plain else lexicon.plain(n) for n in full}
    names = [(n, True) for n in sorted(own) if n]
    names += [(n, False) for n in sorted(titles - own) if n]
    place = gazetteer.numbers.get(unit.place, 0)
    keys = {spot_gram(place, EVERY_AGENCY)}
    keys.update(spot_gram(place, head) for name in titles or own if (head := lexicon.head(name)) is not None)
    for text in {*folded.values(), *plain.values()}:
        keys.update(map(initials_gram, lexicon.phonetics.initials(text)))
    leads = {f"unit:{d.unit}" if d.unit else d.account for a in accounts for d in a.destinations}
    return Row(
        pack(unit),
        place,
        tuple([a.id for a in accounts]),
        unit.id,
        tuple(names),
        tuple(sorted(keys)),
        tuple(sorted(lead for lead in leads if lead)),
    )


def grams(name: str, lexicon: Lexicon, *, own: bool) -> set[int]:
    """Return the keys a plain name is found by: its pairs of sounds and of characters."""
    return sound_grams(lexicon.phonetics.spoken(name)[0][0], near=own) | written_grams(name, near=own)
