"""Floor 4. A question → a verdict: sure, unsure with candidates, or none.

The whole question as a name first; then names that stand within it; else names that sound near, initials, and units
described by place and agency. What differs in kind (another place, agency, number, platform) leaves a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import nlargest

from bot.index import Base
from bot.index.layout import Ref, character_pairs, spot_gram
from bot.matching.comparing import Candidate, Comparer, best_refs
from bot.matching.gathering import Gatherer, Named
from bot.matching.initials import Initials
from bot.matching.question import Question, Reader
from bot.matching.rivals import contested
from bot.matching.weights import Weights, weights
from bot.records import Account, PlatformInfo, Unit
from bot.text import fold
from bot.values import Platform
from bot.vocabulary import Vocabulary

MOST_OFFERED = 5
# Units of one place and agency looked at: more than two are asked about anyway.
MOST_DESCRIBED = 5


class Verdict(StrEnum):
    """How a question ended."""

    SURE = "sure"
    UNSURE = "unsure"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Match:
    """What a question was found to ask for. `accounts` are those of the sure unit that were named, best first."""

    verdict: Verdict
    question: Question
    accounts: tuple[Account, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def folded(self) -> str:
        """The question, folded."""
        return self.question.folded

    @property
    def places(self) -> tuple[str, ...]:
        """The codes of the place named last, if any."""
        return self.question.places[-1].meaning if self.question.places else ()

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platforms named."""
        return self.question.platforms


class Matcher:
    """Answers which account a question means. Made once for an index; safe to use from any thread."""

    def __init__(self, base: Base, using: Weights | None = None, like: Matcher | None = None) -> None:
        """Take an index; `like`, a matcher made earlier, may share what the index has in common with its own."""
        self.base = base
        self.weights = using or weights()
        lexicon = base.lexicon()
        self.gazetteer = lexicon.gazetteer
        platforms = _by_word(base.platforms)
        self._near = lexicon.near
        known: Reader | None = like._reader if like else None  # noqa: SLF001  # of this very class
        hosts = {host: p.id for p in base.platforms for host in p.hosts}
        self._reader: Reader = Reader(
            lexicon, platforms, hosts, lambda plain: bool(base.exact((plain,))), known
        )
        self._gatherer = Gatherer(base, lexicon)
        self._initials = Initials(base, lexicon)
        self._comparer = Comparer(base, self.weights)

    def again(self) -> Matcher:
        """Return a matcher over the index as its files stand now; what did not change is shared. Raises as opening does."""
        return Matcher(self.base.again(), self.weights, like=self)

    def match(self, text: str) -> Match:
        """Return what a question asks for. Any text at all gives a result."""
        question = self._reader.read(text)
        if len(question.folded) < 2:
            return Match(Verdict.NONE, question)
        return self._verdict(question, self._whole(question) or self._found(question))

    def at_home(self, match: Match, area: str | None) -> Match:
        """Return a match for somebody at home in an area: of names that are as good, the one that lies there is meant.

        Nothing else is decided by where somebody lives; what lies there is offered first.
        """
        if match.verdict is not Verdict.UNSURE or area is None:
            return match
        there = {c.ref.unit for c in match.candidates if area in self.gazetteer.chain(self._place(c))}
        found = tuple(sorted(match.candidates, key=lambda c: c.ref.unit not in there))
        best = match.candidates[0].score
        equal = [
            c
            for c in found
            if not c.vetoes and c.score >= self.weights.sure and best - c.score < self.weights.gap
        ]
        if len(equal) < 2 or sum(c.ref.unit in there for c in equal) != 1:
            return replace(match, candidates=found)
        chosen = equal[0]
        accounts = _chosen(self.base.unit_at(chosen.ref.unit), chosen, match.question)
        return Match(Verdict.SURE, match.question, accounts, (chosen, *(c for c in found if c is not chosen)))

    def _place(self, candidate: Candidate) -> str:
        return self.base.unit_at(candidate.ref.unit).place

    def _whole(self, question: Question) -> list[Candidate]:
        """Return the units that bear the whole question, with or without its platform's word, as a name."""
        texts = dict.fromkeys((question.plain, question.core))
        found = self.base.exact(texts)
        text = next((t for t in texts if t in found), None)
        if text is None:
            return []
        refs = best_refs(found[text])
        if question.folded != question.plain:
            refs = [r for r in refs if self._agrees(r, question)]
        bear = [Candidate(text, 1.0, ref, 0, (), (("said", 1.0),)) for ref in refs]
        return [c for c in bear if not self._elsewhere(c, question)]

    def _agrees(self, ref: Ref, question: Question) -> bool:
        """Tell whether a unit lies where the longer form of a place's name says: 吉林市 is not the province, 塔城地区 not 塔城市."""
        place = self.gazetteer.codes[ref.place]
        return all(
            place in m.meaning
            or (self.gazetteer.within(m.meaning, place) and place not in self.gazetteer.namesakes(m.meaning))
            for m in question.places
        )

    def _found(self, question: Question) -> list[Candidate]:
        """Return each unit's best candidate, the best unit first."""
        known = self.base.pairs(set(character_pairs(question.core)))
        best: dict[int, Candidate] = {}
        self._add(best, self._compared(self._gatherer.within(question, known), question, known))
        if not self._answers(best.values(), question):
            self._add(best, self._initials.candidates(question))
            self._add(best, self._compared(self._gatherer.near(question), question, known))
            if question.ways[0].spelled and not self._answers(best.values(), question):
                self._add(best, self._compared(self._initials.spelled(question), question, known))
            self._add(best, self._described(question, known))
        return nlargest(MOST_OFFERED + 3, best.values(), key=lambda c: (c.score, -c.left, -c.ref.unit))

    def _answers(self, found: Iterable[Candidate], question: Question) -> bool:
        """Tell whether a name within the question leaves nothing to look further for."""
        enough = 1 - self.weights.half / 2
        return any(not c.vetoes and c.score >= enough and not self._elsewhere(c, question) for c in found)

    def _elsewhere(self, candidate: Candidate, question: Question) -> bool:
        """Tell whether a question names platforms and the unit has an account on none of them."""
        named = question.platforms
        if not named:
            return False
        accounts = self.base.unit_at(candidate.ref.unit).accounts
        return not any(a.platform in named or a.platform is None for a in accounts)

    def _compared(
        self, names: Iterable[Named], question: Question, known: dict[int, int]
    ) -> Iterator[Candidate]:
        for name, refs in names:
            yield from self._comparer.compare(name, refs, question, known)

    def _described(self, question: Question, known: dict[int, int]) -> Iterator[Candidate]:
        """Yield the units of an agency that a question names, at a place that it names.

        Of several the one is meant that is no more than that: 石峰区政府 is the district's, and none of its towns'.
        """
        if not question.places or not question.agencies:
            return
        said = question.agencies[-1].meaning
        agencies = (said, *self._near.get(said, ()))
        codes = [
            code
            for code in question.places[-1].meaning
            if all(self.gazetteer.agree(m.meaning, code) for m in question.places)
        ]
        found = [
            (Ref(number, place, own=False), self.base.unit_at(number))
            for place in (self.gazetteer.numbers[code] for code in codes)
            for agency in agencies
            for number in self.base.posting(spot_gram(place, agency))[:MOST_DESCRIBED]
        ]
        told = [
            self._comparer.described(fold(unit.name or unit.accounts[0].name or ""), ref, question, known)
            for ref, unit in found
        ]
        meant = [c for c in told if not c.vetoes]
        for candidate in told:
            alone = len(told) == 1 or (len(codes) == 1 and meant == [candidate])
            yield candidate if alone else self._comparer.one_of_several(candidate)

    @staticmethod
    def _add(best: dict[int, Candidate], found: Iterable[Candidate]) -> None:
        """Keep each unit's best candidate."""
        for candidate in found:
            known = best.get(candidate.ref.unit)
            if known is None or candidate.score > known.score:
                best[candidate.ref.unit] = candidate

    def _verdict(self, question: Question, found: list[Candidate]) -> Match:
        """Decide between an answer, a question and an honest no."""
        w = self.weights
        # A platform that was named may set others back, so that more come into question.
        coming = found if question.platforms else found[:MOST_OFFERED]
        found = [self._named(c, question) for c in coming if c.score >= w.offer - w.veto]
        found = nlargest(MOST_OFFERED, found, key=lambda c: (c.score, -c.left))
        if not found or (question.bare and found[0].score < 1):
            return Match(Verdict.NONE, question)
        best = found[0]
        if best.vetoes or best.score < w.sure or contested(best, found[1:], w):
            return Match(Verdict.UNSURE, question, (), tuple(found))
        unit = self.base.unit_at(best.ref.unit)
        return Match(Verdict.SURE, question, _chosen(unit, best, question), tuple(found))

    def _named(self, candidate: Candidate, question: Question) -> Candidate:
        """Return a candidate with the accounts that it names, held back when none is on the platform asked for."""
        unit = self.base.unit_at(candidate.ref.unit)
        accounts = tuple(a.id for a in self._bearers(unit, candidate))
        if self._elsewhere(candidate, question):
            score = max(0.0, candidate.score - self.weights.veto)
            return replace(candidate, accounts=accounts, score=score, vetoes=(*candidate.vetoes, "platform"))
        return replace(candidate, accounts=accounts)

    def _bearers(self, unit: Unit, candidate: Candidate) -> tuple[Account, ...]:
        """Return the accounts of a unit that a name stands for: those that bear it, or all where it is the unit's."""
        if not candidate.ref.own:
            return unit.accounts
        bear = tuple(
            a
            for a in unit.accounts
            if any(
                self.gazetteer.plain(fold(n))[0] == candidate.name
                for n in (a.name, a.platform_id, *a.aliases)
                if n
            )
        )
        return bear or unit.accounts


def _by_word(platforms: Iterable[PlatformInfo]) -> Vocabulary[tuple[Platform, ...]]:
    """Return the platforms by the words for them: 官微 may be on 微信 or on 微博."""
    meant: dict[str, tuple[Platform, ...]] = {}
    for platform in platforms:
        for word in map(fold, platform.words):
            meant[word] = (*meant.get(word, ()), platform.id)
    return Vocabulary(meant.items())


def _chosen(unit: Unit, best: Candidate, question: Question) -> tuple[Account, ...]:
    """Return the accounts that are answered: on the platform asked for, the one that closed last before those in use."""
    named = question.platforms
    borne = tuple(a for a in unit.accounts if a.id in best.accounts)
    here = [a for a in borne if a.platform in named] or [a for a in unit.accounts if a.platform in named]
    return tuple(sorted(here or borne, key=_closed_last, reverse=True))


def _closed_last(account: Account) -> tuple[bool, str]:
    """Order a unit's accounts: the one that closed, the latest of them, before those in use."""
    return (account.state.gone, str(account.stopped or account.announced or account.checked))
