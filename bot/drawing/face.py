"""Floor 7. What a share card says, as plain words: drawing needs no more, and knows neither records nor replies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class NoCardError(Exception):
    """There is no card to be had; the text of the answer stands alone. Says why, and what an operator can do."""


class Tone(StrEnum):
    """What colour the main message has: it is read before the words are."""

    GO = "go"
    DOUBT = "doubt"
    CARE = "care"


@dataclass(frozen=True, slots=True)
class Spot:
    """Somewhere to go or to ask: in large letters what it is called or dialled, under it what is to be known of it."""

    name: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Face:
    """What stands on a card, from top to bottom. An empty text takes no room.

    Attributes:
        account: The account's id, for the address in the QR code; never drawn.
        language: One of `bot.wording.LANGUAGES`; chooses the shape of the characters.
        title, unofficial, place: The band at the top.
        separator: What stands between texts that share a line.
        label, old, struck, whose, event: What the account was called, whether that is struck through, its platform and
            unit, and what happened when.
        tone, heading: The main message, and its colour.
        lead, spots: Where to go or to ask, and the words before it.
        more, basis, sources: What was left out, on whose word it stands, who says so.
        scan, step, checked, code: The foot: what the QR code is for, what to do next, the day, the answer's code.
    """

    account: str
    language: str
    title: str
    unofficial: str
    place: str
    separator: str
    label: str
    old: str
    struck: bool
    whose: tuple[str, ...]
    event: str
    tone: Tone
    heading: str
    lead: str
    spots: tuple[Spot, ...]
    more: str
    basis: str
    sources: str
    scan: str
    step: str
    checked: str
    code: str

    def texts(self) -> Iterator[str]:
        """Yield every text that is drawn."""
        yield from (self.title, self.unofficial, self.place, self.separator, self.label, self.old)
        yield from (*self.whose, self.event, self.heading, self.lead)
        for spot in self.spots:
            yield from (spot.name, *spot.details)
        yield from (self.more, self.basis, self.sources, self.scan, self.step, self.checked, self.code)
