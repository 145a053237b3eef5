"""Floor 6. What the dialogue looks things up in, prepared once for each base: contact points, topics, rules, advice."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from bot.contacts import COUNTRY, Directory, Hints, full_name
from bot.index.layout import EVERY_AGENCY, account_of, spot_gram
from bot.index.rows import Lexicon
from bot.matcher import Match, Matcher
from bot.phonetics import Phonetics
from bot.records import Account, Contact, Rule, Topic, Unit
from bot.reply import Known
from bot.talk.lately import Lately
from bot.talk.tokens import UNKNOWN, Thread
from bot.talk.voice import Voice
from bot.text import fold
from bot.values import ContactKind, Platform, When
from bot.vocabulary import Vocabulary
from bot.wording import words

# Given an account and the version of an answer (the second part of its code), the line it said then, if that is known.
Published = Callable[[str, str], str | None]
# Answers about accounts that are kept.
MOST_TOLD = 512
# Units of a place whose checks are looked at to say how recent our knowledge of it is.
MOST_LOOKED_AT = 60


class Desk:
    """A matcher with everything beside it that answers draw on. Safe to use from any thread."""

    def __init__(self, matcher: Matcher) -> None:
        self.base = matcher.base
        self.gazetteer = matcher.gazetteer
        self.directory = Directory(self.base.contacts, self.gazetteer)
        # The last answers about accounts, of some 8 kB each; see `bot/talk/account.py`.
        self.told: Lately[tuple[Hashable, ...], Any] = Lately(MOST_TOLD)
        self._voices: dict[str, Voice] = {}
        self._labels: dict[str, frozenset[str]] = {}
        self._agencies = {agency.id: number for number, agency in enumerate(self.base.agencies)}

    def voice(self, language: str) -> Voice:
        """Return who speaks a language about this base."""
        if language not in self._voices:
            read = {fold(r.word): r.pinyin for r in self.base.readings}
            self._voices[language] = Voice(words(language), read)
        return self._voices[language]

    def labels(self, voice: Voice) -> frozenset[str]:
        """The words on the buttons of questions what somebody wants, folded."""
        if voice.language not in self._labels:
            said = [voice.say(key) for key in ("skip", "reading", "something_else")]
            said += map(voice.topic, self.base.topics.values())
            self._labels[voice.language] = frozenset(map(fold, said))
        return self._labels[voice.language]

    @cached_property
    def _hints(self) -> Hints:
        return Hints(self.base.topics.values())

    @cached_property
    def topic_words(self) -> Vocabulary[str]:
        """The everyday words for each topic, folded."""
        topics = self.base.topics.values()
        return Vocabulary((fold(word), t.id) for t in topics for word in (*t.name.split("/"), *t.words))

    @cached_property
    def platform_words(self) -> Vocabulary[Platform]:
        """The words for each platform, folded."""
        return Vocabulary((fold(w), p.id) for p in self.base.platforms for w in p.words)

    @cached_property
    def hosts(self) -> dict[str, Platform]:
        """The hosts of each platform's links."""
        return {host: p.id for p in self.base.platforms for host in p.hosts}

    @cached_property
    def sites(self) -> dict[str, Contact]:
        """The contact points that are sites, by host."""
        sites = (c for c in self.base.contacts if c.kind is ContactKind.WEBSITE)
        return {c.value.split("/")[2].removeprefix("www."): c for c in sites if c.value.count("/") > 1}

    @cached_property
    def lexicon(self) -> Lexicon:
        """The kinds of agency, to tell a unit's kind by its name."""
        words = Vocabulary((fold(w), n) for n, a in enumerate(self.base.agencies) for w in a.words)
        return Lexicon(self.gazetteer, words, Phonetics({}), {})

    @cached_property
    def rules(self) -> dict[str, list[Rule]]:
        """What places decided, by place."""
        found: dict[str, list[Rule]] = {}
        for rule in self.base.rules:
            found.setdefault(rule.place, []).append(rule)
        return found

    @cached_property
    def below(self) -> dict[str, list[str]]:
        """The places that lie directly in each place."""
        found: dict[str, list[str]] = {}
        for place in self.base.places.values():
            chain = self.gazetteer.chain(place.code)
            if len(chain) > 1:
                found.setdefault(chain[1], []).append(place.code)
        return found

    def topics(self, unit: Unit | None, account: Account | None, said: str = "") -> list[Topic]:
        """Return what a unit, an account or a text is about: as recorded, else by what the names say."""
        topics = self.base.topics
        recorded = [topics[t] for t in unit.topics if t in topics] if unit else []
        names = [account.name if account else None, unit.name if unit else None, said]
        return recorded or [topics[t] for t in self._hints.topics(names)]

    def town(self, code: str) -> str:
        """Return what a place is called with the one above it: 苏州市张家港市; nothing for the country or no place."""
        return "".join(full_name(self.gazetteer, code)[-2:]) if code != COUNTRY else ""

    def kinds(self, name: str) -> int | None:
        """Return the number of the kind of agency a unit's name ends in."""
        return self.lexicon.head(self.lexicon.plain(name))

    def agency(self, agency_id: str) -> int | None:
        """Return the number of a kind of agency."""
        return self._agencies.get(agency_id)

    def units(self, place: str, agency: int = EVERY_AGENCY, most: int = MOST_LOOKED_AT) -> list[Unit]:
        """Return the units at a place, all or of one kind."""
        number = self.gazetteer.numbers.get(place)
        if number is None:
            return []
        return [self.base.unit_at(n) for n in self.base.posting(spot_gram(number, agency))[:most]]

    def covered(self, place: str) -> tuple[int, str]:
        """Return how many units of a place and those in it we know, and the day one was last checked."""
        codes, met = [place], 0
        while met < len(codes):
            codes += self.below.get(codes[met], ())
            met += 1
        numbers = self.gazetteer.numbers
        keys = {spot_gram(numbers[c], EVERY_AGENCY): c for c in codes if c in numbers}
        counts: dict[int, int] = {}
        for start in range(0, len(keys), 500):
            counts |= self.base.counts(list(keys)[start : start + 500])
        checked = [
            str(a.checked)
            for key in list(counts)[:MOST_LOOKED_AT]
            for u in self.units(keys[key], most=MOST_LOOKED_AT // min(len(counts), MOST_LOOKED_AT))
            for a in u.accounts
        ]
        return sum(counts.values()), max(checked, default="")


_desks: WeakKeyDictionary[Matcher, Desk] = WeakKeyDictionary()


def desk(matcher: Matcher) -> Desk:
    """Return the desk of a matcher, made the first time."""
    found = _desks.get(matcher)
    if found is None:
        found = _desks[matcher] = Desk(matcher)
    return found


@dataclass(frozen=True, slots=True)
class Scene:
    """What one reply is made with.

    Attributes:
        matcher: The base.
        voice: Who speaks.
        today: The day it is.
        published: What earlier versions of answers said.
        thread: What was said before.
        met: The accounts looked up on the way, by id.
        matched: What texts were found to mean on the way: several readings of a message ask the same.
        area: The person's home area, a division code.
    """

    matcher: Matcher
    voice: Voice
    today: When
    published: Published | None = None
    thread: Thread = field(default_factory=Thread)
    met: dict[str, Known | None] = field(default_factory=dict, compare=False)
    matched: dict[str, Match] = field(default_factory=dict, compare=False)
    area: str | None = None

    @property
    def desk(self) -> Desk:
        """Where things are looked up."""
        return desk(self.matcher)

    def match(self, text: str) -> Match:
        """Return what a text asks for."""
        if text not in self.matched:
            self.matched[text] = self.matcher.match(text)
        return self.matched[text]

    def known(self, account_id: str) -> Known | None:
        """Return an account with what stands around it, under whatever id it was known."""
        if account_id == UNKNOWN:
            return None
        if account_id not in self.met:
            base = self.matcher.base
            now = base.moved(account_id)
            unit = base.holder(now)
            account = account_of(unit, now) if unit else None
            self.met[account_id] = Known.of(account, self.matcher, unit) if account else None
        return self.met[account_id]
