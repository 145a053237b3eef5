"""Floor 5. Which contact points serve a need at a place, best first. There is always one: the place's 12345."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.places import Gazetteer
from bot.records import Contact, Topic
from bot.text import fold
from bot.values import ContactKind
from bot.vocabulary import Found, Vocabulary

EVERYTHING = "*"
# What somebody needs who only wants to read news: the one topic that nobody has to get done.
READING = "info"
COUNTRY = "100000"
NAMED = (ContactKind.WEBSITE, ContactKind.APP, ContactKind.MINIPROGRAM)
# Short numbers for danger: named where there is danger, never offered for an everyday errand.
EMERGENCY = ("110", "119", "120", "122")


class Directory:
    """All contact points by topic and place. Made once; safe to use from any thread."""

    def __init__(self, contacts: Iterable[Contact], gazetteer: Gazetteer) -> None:
        """Sort the contact points; numbers merged away, for some cities only or for emergencies are left out."""
        self._gazetteer = gazetteer
        self._own: dict[str, list[Contact]] = {}
        self._general: dict[str | None, list[Contact]] = {}
        self._hubs: list[Contact] = []
        self._dialled: dict[str | None, Contact | None] = {}
        self._by_value: dict[str, Contact] = {}
        contacts = tuple(contacts)
        # Numbers are named after what they are for; sites and apps have names of their own.
        self._called = Vocabulary((fold(c.name), c) for c in contacts if c.name and c.kind in NAMED)
        for contact in contacts:
            self._by_value.setdefault(contact.value, contact)
            if contact.merged_into or contact.partial or contact.value in EMERGENCY:
                continue
            for topic in contact.topics:
                if topic != EVERYTHING:
                    self._own.setdefault(topic, []).append(contact)
                elif contact.kind is ContactKind.HOTLINE:
                    self._hubs.append(contact)
                else:
                    self._general.setdefault(contact.place, []).append(contact)

    def own(self, topic: str, place: str | None) -> list[Contact]:
        """Return a topic's own contact points at a place: the nearest first, those for the whole country last."""
        chain = self._gazetteer.chain(place) if place else ()
        found = [c for c in self._own.get(topic, ()) if c.place in (None, COUNTRY) or c.place in chain]
        return sorted(found, key=lambda c: chain.index(c.place) if c.place in chain else len(chain))

    def general(self, place: str | None) -> list[Contact]:
        """Return the apps and sites of a place that take every errand, the nearest first."""
        chain = self._gazetteer.chain(place) if place else ()
        return [c for code in chain for c in self._general.get(code, ())]

    def hotline(self, place: str | None) -> Contact | None:
        """Return the hotline that takes everything, as it is dialled for a place from anywhere; `None` in no base of ours."""
        if place not in self._dialled:
            self._dialled[place] = dialled(self._hubs[0], self._gazetteer, place) if self._hubs else None
        return self._dialled[place]

    def number(self, value: str) -> Contact | None:
        """Return the contact point of a number or address, also one that was merged away."""
        return self._by_value.get(value)

    def called(self, folded: str) -> Found[Contact] | None:
        """Return the site, app or mini program that a folded text names alone, and where; `None` for none or several."""
        found = self._called.find(folded)
        return found[0] if len(found) == 1 else None


def dialled(hotline: Contact, gazetteer: Gazetteer, place: str | None) -> Contact:
    """Return a hotline as it is dialled from anywhere for a place: 0512-12345. Unchanged where no code is known."""
    for code in gazetteer.chain(place) if place else ():
        area = gazetteer.places[code].area_code
        if area:
            return replace(hotline, value=f"{area}-{hotline.value}", place=place)
    return hotline


class Hints:
    """The words in names that say what a topic is: 交警 is traffic, also in 公安局交警支队."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        found: dict[str, tuple[str, ...]] = {}
        for topic in topics:
            for hint in topic.hints:
                found[hint] = (*found.get(hint, ()), topic.id)
        self._words = Vocabulary(found.items())
        self._single = {hint: ids for hint, ids in found.items() if len(hint) == 1}

    def topics(self, names: Sequence[str | None]) -> list[str]:
        """Return the ids of the topics that names speak of, the likeliest first.

        The first name counts most, then the longest word, then the one nearest to its end: that says what kind it is.
        """
        ranks: dict[str, tuple[int, int, int]] = {}
        for place, name in enumerate(names):
            spans = [(f.end - f.start, f.start, f.meaning) for f in self._words.find(name or "")]
            spans += [
                (1, (name or "").rindex(h), ids) for h, ids in self._single.items() if h in (name or "")
            ]
            for length, start, ids in spans:
                for topic in ids:
                    rank = (-place, length, start)
                    ranks[topic] = max(rank, ranks.get(topic, rank))
        return sorted(ranks, key=ranks.__getitem__, reverse=True)


def full_name(gazetteer: Gazetteer, code: str) -> tuple[str, ...]:
    """Return the names of the places above a place and its own, the widest first; none for an unknown code."""
    return tuple(gazetteer.places[c].name for c in reversed(gazetteer.chain(code)))
