"""Floor 4. A question → a verdict: sure, unsure with candidates, or none. All thresholds live here, by name.

A name is compared part by part: what of it the question says, what it says differently, and what the question says
besides. A real place or another agency is never a typo, so such a difference turns an answer into a question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from bot.index import Base
from bot.places import Gazetteer, Mention
from bot.records import Account, Platform
from bot.text import fold, is_han, loosen, readings, spell, spellings

# A question is looked at up to here: the longest official name has 40 characters, a chatty question rarely 100.
MOST_CHARACTERS = 400
# Names looked at closely, of all that share characters or sounds with the question.
SHORTLIST = 40
# Below this cover (share of a name that the question says) a name is not even offered.
OFFER = 0.6
# Pinyin that is not the whole name must agree this much to be offered.
OFFER_PINYIN = 80
# Shorter pinyin than this turns up inside other words.
LEAST_PINYIN = 6
# Initials shorter than this stand behind too many names to offer any.
LEAST_INITIALS = 4
# A name of this length or more may have one character said by its sound and still be that name.
LEAST_FOR_HOMOPHONE = 4
MOST_OFFERED = 5
# Filled as syllables are met: only equality within this process matters.
_SOUNDS: dict[str, str] = {}
NUMERALS = frozenset("0123456789一二三四五六七八九十")


class Verdict(StrEnum):
    """How a question ended."""

    SURE = "sure"
    UNSURE = "unsure"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit's best name for a question.

    `score` is the share of the name that the question says, from 0 to 1; `whole` that it says all of it; `vetoes` why
    it still may not be answered without asking.
    """

    unit: str
    name: str
    accounts: tuple[str, ...]
    score: float
    whole: bool
    start: int
    end: int
    vetoes: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[bool, bool, float, int]:
        """Order of preference: answerable first, then how much is said, the longer name before one inside it."""
        return (self.whole, not self.vetoes, self.score, self.end - self.start)


@dataclass(frozen=True, slots=True)
class Match:
    """What a question was found to ask for. `accounts` are those of the sure unit that were named, best first."""

    verdict: Verdict
    folded: str
    accounts: tuple[Account, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    platforms: tuple[Platform, ...] = ()
    places: tuple[Mention, ...] = ()


class Matcher:
    """Answers which account a question means. Made once for an index; safe to use from any thread."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self.gazetteer = Gazetteer(base.places)
        self._agencies = {fold(w): a.id for a in base.agencies for w in a.words}
        self._platforms = {fold(w): p.id for p in base.platforms for w in p.words}
        self._names: dict[str, list[tuple[str | None, str]]] = {}
        for name, account, unit in base.names:
            self._names.setdefault(name, []).append((account, unit))
        self._spelled: dict[str, list[str]] = {}
        for name in self._names:
            for way in spellings(name):
                self._spelled.setdefault(_loose_letters(way), []).append(name)

    def match(self, text: str) -> Match:
        """Return what a question asks for. Any text at all gives a result."""
        folded = fold(text[: 4 * MOST_CHARACTERS])[:MOST_CHARACTERS]
        platforms = tuple(
            dict.fromkeys(self._platforms[folded[s:e]] for s, e in _words(folded, self._platforms))
        )
        places = tuple(self.gazetteer.mentions(folded))
        found = self._candidates(folded, platforms)
        if self._bare(folded, places) and not (found and found[0].whole):
            found = []
        verdict, accounts = self._verdict(found, platforms)
        return Match(verdict, folded, accounts, tuple(found[:MOST_OFFERED]), platforms, places)

    def _bare(self, folded: str, places: tuple[Mention, ...]) -> bool:
        """Tell whether a question says nothing but places and platforms: that is no account's name."""
        spans = [*_words(folded, self._platforms), *((m.start, m.end) for m in places)]
        return len({i for start, end in spans for i in range(start, end)}) == len(folded)

    def _candidates(self, folded: str, platforms: tuple[Platform, ...]) -> list[Candidate]:
        """Return each unit's best name for a question, the best unit first."""
        best: dict[str, Candidate] = {}
        for name, score, whole, start, end in self._compared(folded):
            for unit in {u for _, u in self._names[name]}:
                accounts = self._meant(name, unit)
                if not accounts:
                    continue
                vetoes = self._vetoes(folded, name, start, end, accounts, platforms)
                named = tuple(a.id for a in accounts)
                candidate = Candidate(unit, name, named, round(score, 3), whole, start, end, vetoes)
                if unit not in best or candidate.rank > best[unit].rank:
                    best[unit] = candidate
        return sorted(best.values(), key=lambda c: c.rank, reverse=True)

    def _compared(self, folded: str) -> Iterable[tuple[str, float, bool, int, int]]:
        """Yield (name, cover, whole, where it starts and ends) for the names a question may mean."""
        if len(folded) < 2:
            return
        if any(c.isascii() and c.isalpha() for c in folded):
            yield from self._by_pinyin(folded)
        near = process.extract(
            folded, self._names.keys(), scorer=fuzz.partial_ratio, limit=SHORTLIST, score_cutoff=45
        )
        by_sound = _sounds(folded)
        heard = process.extract(
            by_sound,
            {n: _sounds(n) for n in self._names},
            scorer=fuzz.partial_ratio,
            limit=SHORTLIST,
            score_cutoff=70,
        )
        for name in dict.fromkeys([n for n, _, _ in near] + [n for _, _, n in heard]):
            compared = _compare(name, folded)
            if compared and compared[0] >= OFFER:
                yield (name, *compared)

    def _by_pinyin(self, folded: str) -> Iterable[tuple[str, float, bool, int, int]]:
        """Yield the names that a question with Latin letters spells, whole or nearly."""
        size = len(folded)
        asked = {_loose_letters(spell(t)) for t in (folded, self._without_platforms(folded))}
        for way, names in self._spelled.items():
            if len(way) >= LEAST_PINYIN and any(way in letters for letters in asked):
                yield from (
                    (n, 1.0, True, 0, size if way in asked else min(size - 1, len(way))) for n in names
                )
        near = process.extract(
            min(asked, key=len),
            self._spelled,
            scorer=fuzz.ratio,
            limit=MOST_OFFERED,
            score_cutoff=OFFER_PINYIN,
        )
        for _, score, way in near:
            yield from ((n, score / 100, False, 0, size) for n in self._spelled[way])
        if len(folded) >= LEAST_INITIALS and folded.isascii():
            for name in self._names:
                if folded == "".join((readings(c) or (c,))[0][0] for c in name):
                    yield name, OFFER, False, 0, size

    def _without_platforms(self, folded: str) -> str:
        """Drop platform words, in characters or spelled, from a question in pinyin."""
        for word in sorted((*self._platforms, *map(spell, self._platforms)), key=len, reverse=True):
            folded = folded.replace(word, "") if len(word) > 3 or not word.isascii() else folded
        return folded

    def _meant(self, name: str, unit: str) -> list[Account]:
        """Return the accounts of a unit that a name stands for: its own, or all where it is the unit's name."""
        ids = {a for a, u in self._names[name] if u == unit}
        accounts = self.base.accounts(unit)
        return [a for a in accounts if None in ids or a.id in ids]

    def _vetoes(
        self,
        folded: str,
        name: str,
        start: int,
        end: int,
        accounts: list[Account],
        platforms: tuple[Platform, ...],
    ) -> tuple[str, ...]:
        """Return why a name may not be answered without asking, as words for `ask --why`."""
        unit = self.base.unit(accounts[0].unit)
        place = unit.place if unit else ""
        said = folded[start:end]
        exact = said == name
        found: list[str] = []
        outside = [folded[:start], folded[end:]]
        if any(
            not self.gazetteer.agree(m.codes, place)
            for part in outside
            for m in self.gazetteer.mentions(part)
        ):
            found.append("place")
        if not exact and is_han(said[:1] or "a") and self._other_place(said, name):
            found.append("place")
        known = {self._agencies[name[s:e]] for s, e in _words(name, self._agencies)}
        title = fold(unit.name or "") if unit else ""
        known |= {self._agencies[title[s:e]] for s, e in _words(title, self._agencies)}
        parts = outside if exact else [*outside, said]
        if any(self._agencies[p[s:e]] not in known for p in parts for s, e in _words(p, self._agencies)):
            found.append("agency")
        if not exact and is_han(said[:1] or "a") and NUMERALS & (set(said) ^ set(name)):
            found.append("number")
        if platforms and not any(
            a.platform in platforms or a.platform is None for a in self.base.accounts(accounts[0].unit)
        ):
            found.append("platform")
        return tuple(dict.fromkeys(found))

    def _other_place(self, said: str, name: str) -> bool:
        """Tell whether what stands in a name's stead names a place that the name does not."""
        own = {code for m in self.gazetteer.mentions(name) for code in m.codes}
        return any(not own & set(m.codes) for m in self.gazetteer.mentions(said))

    def _verdict(
        self, found: list[Candidate], platforms: tuple[Platform, ...]
    ) -> tuple[Verdict, tuple[Account, ...]]:
        """Decide between an answer, a question and an honest no."""
        if not found:
            return Verdict.NONE, ()
        best, others = found[0], found[1:]
        rival = any(o.rank[:2] == best.rank[:2] and not _inside(o, best) for o in others)
        if best.vetoes or not best.whole or rival:
            return Verdict.UNSURE, ()
        accounts = [a for a in map(self.base.account, best.accounts) if a]
        here = [a for a in accounts if a.platform in platforms] or [
            a for a in self.base.accounts(best.unit) if a.platform in platforms
        ]
        return Verdict.SURE, tuple(sorted(here or accounts, key=_closed_last, reverse=True))


def _closed_last(account: Account) -> tuple[bool, str]:
    """Order a unit's accounts: the one that closed, the latest of them, before those in use."""
    return (account.state.gone, str(account.stopped or account.announced or account.checked))


def _inside(candidate: Candidate, best: Candidate) -> bool:
    """Tell whether a candidate's words are part of the best one's: 淄博交警 is no rival to 淄博张店交警."""
    return (
        best.start <= candidate.start and candidate.end <= best.end and len(candidate.name) < len(best.name)
    )


def _compare(name: str, folded: str) -> tuple[float, bool, int, int] | None:
    """Lay a name along a question: (share of it said, all of it said, where that starts and ends)."""
    start = folded.find(name)
    if start >= 0:
        return 1.0, True, start, start + len(name)
    window = fuzz.partial_ratio_alignment(name, folded)
    if window is None:
        return None
    start, end = (window.dest_start, window.dest_end) if len(name) <= len(folded) else (0, len(folded))
    start, end = _widened(name, folded, start, end)
    said = folded[start:end]
    edits = Levenshtein.editops(name, said)
    heard = sum(e.tag == "replace" and _alike(name[e.src_pos], said[e.dest_pos]) for e in edits)
    swapped = sorted(said) == sorted(name)
    wrong = len(edits) - heard
    cover = 1 - (wrong + 0.1 * heard) / len(name)
    most_heard = len(name) // LEAST_FOR_HOMOPHONE
    whole = (not wrong and heard <= most_heard) or (
        swapped and len(edits) <= 2 and len(name) >= LEAST_FOR_HOMOPHONE
    )
    return max(cover, 0.9 if swapped else 0), whole, start, end


def _widened(name: str, folded: str, start: int, end: int) -> tuple[int, int]:
    """Take in the characters beside a window that belong to the name: a swap at its edge is cut off otherwise."""
    while end < len(folded) and end - start < len(name) and folded[end] in name:
        end += 1
    while start > 0 and end - start < len(name) and folded[start - 1] in name:
        start -= 1
    return start, end


@cache
def _alike(one: str, other: str) -> bool:
    """Tell whether two characters can be heard for one another."""
    return bool({loosen(r) for r in readings(one)} & {loosen(r) for r in readings(other)})


@cache
def _sounds(folded: str) -> str:
    """Return a text with one code point per syllable as a southern ear hears it, so that rapidfuzz compares sounds."""
    return "".join(map(_sound, folded))


@cache
def _sound(character: str) -> str:
    """Return the private code point that stands for how a character sounds."""
    syllable = loosen((readings(character) or (character,))[0])
    return _SOUNDS.setdefault(syllable, chr(0xE000 + len(_SOUNDS) % 6400))


def _loose_letters(letters: str) -> str:
    """Return spelled pinyin with the sounds that people confuse written one way."""
    for one, other in (
        ("zh", "z"),
        ("ch", "c"),
        ("sh", "s"),
        ("ang", "an"),
        ("eng", "en"),
        ("ing", "in"),
        ("v", "u"),
    ):
        letters = letters.replace(one, other)
    return letters


def _words(folded: str, words: dict[str, Platform] | dict[str, str]) -> list[tuple[int, int]]:
    """Return where words of a vocabulary stand in a text: leftmost, longest, never overlapping."""
    longest = max(map(len, words), default=0)
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(folded) - 1:
        end = next(
            (e for e in range(min(len(folded), start + longest), start, -1) if folded[start:e] in words), 0
        )
        if end:
            found.append((start, end))
        start = end or start + 1
    return found
