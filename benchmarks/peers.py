"""What others would use for this work, on the same questions in the same run.

Each searches the names of accounts and units, folded as ours are. It answers from a score on that is fitted on
development questions so that what it gets right, less what it gets wrong, less what it answers about absent accounts,
is the most it can be.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz, process

from benchmarks.outcomes import Outcome, Score, at, by_kind, score, share
from benchmarks.questions import Question
from benchmarks.world import World
from bot.matcher import Verdict
from bot.text import fold

# A way to search: a folded question → (name, score from 0 to 100), best first, at most five.
Search = Callable[[str], list[tuple[str, float]]]
FETCHED = 50
LISTED = 5


@dataclass(frozen=True, slots=True)
class Peer:
    """A way to search by its name, and whether it lists more than one."""

    name: str
    search: Search


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer found, before it is decided from which score on it answers."""

    question: Question
    first: bool
    listed: bool
    score: float
    top: str
    ms: float

    def outcome(self, threshold: float) -> Outcome:
        """Return what comes of it when scores from a threshold on are answered."""
        verdict = Verdict.SURE if self.score >= threshold else Verdict.UNSURE
        return Outcome(
            self.question, verdict, self.first, self.listed, self.first, self.top, self.ms, self.ms
        )


def peers(world: World) -> list[Peer]:
    """Return the peers over the names of a base."""
    names = [*dict.fromkeys(fold(n) for b in world.bodies for n in (b.name, *(a.name for a in b.accounts)))]
    return [
        Peer("rapidfuzz ratio", _brute(names, fuzz.ratio)),
        Peer("rapidfuzz WRatio", _brute(names, fuzz.WRatio)),
        Peer("FTS5 bigrams, ratio", _bigrams(names)),
    ]


def answers(peer: Peer, world: World, questions: Iterable[Question]) -> list[Answer]:
    """Return what a peer finds for each question."""
    return [_answer(peer, world, question) for question in questions]


def threshold(found: Sequence[Answer]) -> float:
    """Return the score from which on a peer should answer, judged by what it found for development questions."""

    def worth(least: float) -> float:
        reached = score(a.outcome(least) for a in found)
        return reached.right - reached.wrong - reached.absent

    return max(sorted({a.score for a in found}), key=worth)


def row(name: str, outcomes: Sequence[Outcome]) -> str:
    """Return the figures of a peer as a line."""
    reached: Score = score(outcomes, reach=True)
    kinds = by_kind(outcomes)
    near, homonym = (share(o.answered for o in kinds.get(kind, ())) for kind in ("near", "homonym"))
    return f"{name:22}{reached.line} {near:8.2%} {homonym:8.2%} {at(outcomes, 0.5):8.2f} {at(outcomes, 0.99):8.2f}"


def _answer(peer: Peer, world: World, question: Question) -> Answer:
    started = time.perf_counter()
    found = peer.search(fold(question.text))
    taken = (time.perf_counter() - started) * 1000
    meant = [bool(world.bearers[name] & question.right) for name, _ in found]
    top, best = found[0] if found else ("", 0.0)
    return Answer(question, bool(meant) and meant[0], any(meant), best, top, taken)


def _brute(names: list[str], scorer: Callable[..., float]) -> Search:
    def search(text: str) -> list[tuple[str, float]]:
        found = process.extractOne(text, names, scorer=scorer)
        return [(found[0], found[1])] if found else []

    return search


def _bigrams(names: list[str]) -> Search:
    """Return a search over pairs of characters: the fifty best by bm25, the five best of those by rapidfuzz's ratio."""
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table names using fts5(pairs, content='')")
    rows = ((i, " ".join(_pairs(name))) for i, name in enumerate(names, 1))
    db.executemany("insert into names (rowid, pairs) values (?, ?)", rows)
    sql = f"select rowid from names where names match ? order by bm25(names) limit {FETCHED}"  # noqa: S608  # our own number

    def search(text: str) -> list[tuple[str, float]]:
        pairs = " OR ".join(f'"{pair}"' for pair in dict.fromkeys(_pairs(text)))
        found = [names[i - 1] for (i,) in db.execute(sql, (pairs,))] if pairs else []
        return [(n, s) for n, s, _ in process.extract(text, found, scorer=fuzz.ratio, limit=LISTED)]

    return search


def _pairs(folded: str) -> list[str]:
    return [a + b for a, b in pairwise(folded)]
