"""Floor 5. Which contact points serve a need at a place, best first. There is always one: the place's 12345."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.places import Gazetteer
from bot.records import Contact, ContactKind, Topic

EVERYTHING = "*"
# Short numbers for danger: named where there is danger, never offered for an everyday errand.
EMERGENCY = ("110", "119", "120", "122")


def points(
    contacts: Iterable[Contact], gazetteer: Gazetteer, topic: str | None, place: str | None
) -> list[Contact]:
    """Return the contact points for a topic at a place: the topic's own, then the province's, then its 12345.

    A number that was merged away, serves only some cities or is for emergencies is left out.
    """
    chain = gazetteer.chain(place) if place else []
    usable = [c for c in contacts if not c.merged_into and not c.partial and c.value not in EMERGENCY]
    own = [c for c in usable if topic and topic in c.topics and (c.place is None or c.place in chain)]
    own.sort(key=lambda c: chain.index(c.place) if c.place else len(chain))
    every = [
        c for c in usable if EVERYTHING in c.topics and c.kind is not ContactKind.HOTLINE and c.place in chain
    ]
    hubs = [
        dialled(c, gazetteer, place)
        for c in usable
        if EVERYTHING in c.topics and c.kind is ContactKind.HOTLINE
    ]
    return [*own, *every, *hubs]


def dialled(hotline: Contact, gazetteer: Gazetteer, place: str | None) -> Contact:
    """Return a hotline as it is dialled from anywhere for a place: 0512-12345. Unchanged where no code is known."""
    known = [
        p for p in (gazetteer.places[c] for c in (gazetteer.chain(place) if place else [])) if p.area_code
    ]
    if not known:
        return hotline
    return replace(hotline, value=f"{known[0].area_code}-{hotline.value}", place=place)


def topics_of(names: Sequence[str | None], topics: Iterable[Topic]) -> list[Topic]:
    """Return the topics that an account's or unit's name speaks of, the longest word first: 交警 is traffic."""
    found: dict[str, tuple[int, Topic]] = {}
    for topic in topics:
        lengths = [len(hint) for hint in topic.hints for name in names if name and hint in name]
        if lengths:
            found[topic.id] = (max(lengths), topic)
    return [topic for _, topic in sorted(found.values(), key=lambda pair: -pair[0])]


def full_name(gazetteer: Gazetteer, code: str) -> tuple[str, ...]:
    """Return the names of the places above a place and its own, the widest first; none for an unknown code."""
    return tuple(gazetteer.places[c].name for c in reversed(gazetteer.chain(code)))
