"""Floor 4. A question and one name → a candidate: how well it is said, and what forbids to answer it without asking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log

from rapidfuzz.distance import LCSseq

from bot.index import Base
from bot.index.layout import Ref, character_pairs
from bot.index.rows import Name
from bot.matching.alignment import Aligner, Alignment
from bot.matching.placing import Placing
from bot.matching.question import Question, Way
from bot.matching.slips import NUMERALS, PLACE_ENDINGS, TELLING, Slip, Slips, differences
from bot.matching.speech import is_word
from bot.matching.vetoes import SHORT, Vetoes, explained, unread
from bot.matching.weights import Weights
from bot.records import Lookalikes
from bot.text import fold, lookalike_table
from bot.vocabulary import Vocabulary, positions

# A name that so many units bear is asked about anyway.
MOST_BEARERS = 6
# Names of the base that are kept as they are read, of some 1 kB each.
KEPT = 2048


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit's best name for a question: its score from 0 to 1, and why it may not be answered without asking.

    `left` counts the characters of the question that it leaves unexplained, `differs` in how many things its name differs
    from what is said of it, `None` where it was found by something else than its letters; `parts` tells what made the score, by the
    names of the weights.
    """

    name: str
    score: float
    ref: Ref
    left: int = 0
    vetoes: tuple[str, ...] = ()
    parts: tuple[tuple[str, float], ...] = ()
    accounts: tuple[str, ...] = ()
    differs: int | None = None


class Comparer:
    """Holds names against questions. Safe to use from any thread."""

    def __init__(self, base: Base, weights: Weights) -> None:
        self._lexicon = base.lexicon()
        # Names of the base, never what is typed: each is read the same for every question it is held against.
        self._read = lru_cache(KEPT)(self._lexicon.read)
        self._weights = weights
        lookalikes = alike(base.lookalikes)
        self._placing = Placing(self._lexicon.gazetteer, self._lexicon.phonetics, lookalikes)
        self._slips = Slips(self._lexicon.gazetteer, self._lexicon.agencies)
        self._vetoes = Vetoes(self._placing, base.talk)
        self._codes = self._lexicon.gazetteer.codes
        size = max(base.size, 1)
        letters = {c: log(1 + size / n) for c, n in base.letters.items()}
        self._aligner = Aligner(letters, log(1 + size), lookalikes)
        self._most_known = log(2 + size)
        said = (w for t in base.talk for w in (*t.before, *t.after, *t.besides))
        self._said: Vocabulary[None] = Vocabulary((fold(word), None) for word in said)

    def compare(
        self, name: str, refs: Iterable[Ref], question: Question, known: Mapping[int, int]
    ) -> Iterator[Candidate]:
        """Yield a candidate for each unit that bears a name.

        Args:
            name: The plain name.
            refs: The units that bear it.
            question: The question.
            known: How many names of the base hold each of the question's pairs of characters.
        """
        read = self._read(name)
        laid, way = self._lay(read, question)
        if laid.cover < self._weights.offer / 2 and len(laid.spoken) < len(way.letters):
            return
        for ref in best_refs(refs)[:MOST_BEARERS]:
            place = self._codes[ref.place] if ref.place < len(self._codes) else ""
            yield from self._held(ref, place, *self._longer(read, place, laid, way, question), known)

    def _lay(self, read: Name, question: Question) -> tuple[Alignment, Way]:
        """Lay a name along a question as the reading of it that shares most with the name, the likeliest of several."""
        sounds = read.spoken[0]
        way = max(question.ways, key=lambda w: LCSseq.similarity(w.sounds, sounds))
        return self._aligner.align(read.spoken, (way.sounds, way.letters)), way

    def _longer(
        self, read: Name, place: str, laid: Alignment, way: Way, question: Question
    ) -> tuple[Name, Alignment, Way]:
        """Return the name with its place written out where that explains more: 盱县消防 is nearer to 盱眙县消防.

        Not with a letter of another word: 张家港超市 does not speak of 张家港市.
        """
        over = {c for i, c in enumerate(way.letters) if i not in laid.spoken}
        if place and (over & PLACE_ENDINGS or way.spelled):
            longer = self._read(self._lexicon.gazetteer.long(read.plain, place))
            if longer.plain != read.plain:
                other, other_way = self._lay(longer, question)
                more = other.spoken - laid.spoken
                if len(other.spoken) > len(laid.spoken) and not any(
                    i - 1 not in other.spoken and is_word(other_way.letters[i - 1 : i + 1]) for i in more
                ):
                    return longer, other, other_way
        return read, laid, way

    def _held(
        self, ref: Ref, place: str, read: Name, laid: Alignment, way: Way, known: Mapping[int, int]
    ) -> Iterator[Candidate]:
        """Yield the candidate of one unit, unless it is worth so little that it is never offered."""
        agreed = self._placing.agreed(place, read, laid, way)
        told = explained(read, laid, way, agreed)
        slip = self._slips.lone(read, laid, way, told, known)
        parts = self._parts(read, laid, told, way, known, slip)
        worth = sum(value for _, value in parts)
        if worth >= self._weights.offer - self._weights.veto:
            vetoes = tuple(dict.fromkeys(self._vetoes.of(place, read, laid, way, told, agreed, slip)))
            if laid.said == 1 and not laid.extra and "beside" not in vetoes and len(read.plain) > SHORT:
                # Who says a name to the letter may say whatever else around it.
                parts = tuple(part for part in parts if part[0] not in ("known", "half"))
                worth = sum(value for _, value in parts)
            score = _rounded(worth - self._weights.veto * len(vetoes))
            differs = differences(read, laid, way)
            left = len(way.letters) - len(told)
            yield Candidate(read.plain, score, ref, left, vetoes, parts, differs=differs)

    def described(self, name: str, ref: Ref, question: Question, known: Mapping[int, int]) -> Candidate:
        """Return the candidate of a unit that a question describes by its place and agency."""
        w, way = self._weights, question.ways[0]
        told = positions(way.places, way.agencies)
        plain = told | positions(way.platforms)
        title = self._read(name)
        vetoes = tuple(self._vetoes.of_described(title, self._codes[ref.place], way))
        parts = [("described", 1 - w.described)]
        if vetoes:
            whole, half = self._left_over(way, way.clause(min(told), max(told) + 1), plain, known)
            parts += [("known", -w.known * whole), ("half", -w.half * half)]
        score = sum(value for _, value in parts) - w.veto * len(vetoes)
        return Candidate(name, _rounded(score), ref, len(way.letters) - len(plain), vetoes, tuple(parts))

    def one_of_several(self, described: Candidate) -> Candidate:
        """Return the candidate of a described unit as that of one among others that may be meant as well."""
        less = self._weights.several
        parts = (*described.parts, ("several", -less))
        return replace(described, score=_rounded(described.score - less), parts=parts)

    def _left_over(
        self, way: Way, clause: range, told: set[int], known: Mapping[int, int]
    ) -> tuple[float, float]:
        """Return how well the base knows what nothing explains in a clause, from 0 to 1.

        What stands in another clause tells of something else; a place or agency there is judged by the vetoes. Counted are
        the best-known pair of characters left wholly over, and the best-known half left over: in 玄武人民 the name 玄武人社
        leaves half of 人民. What people say around names is not left over.
        """
        whole, half = self._best_known(way, clause, told, known)
        if whole or half:
            over = "".join(" " if i in told else c for i, c in enumerate(way.letters))
            whole, half = self._best_known(way, clause, told | positions(self._said.find(over)), known)
        # Half a pair that names hold at all says that the question cuts across a name: 李塘镇 is not 塘镇.
        beside = (1 + log(1 + half) / self._most_known) / 2 if half else 0.0
        return log(1 + whole) / self._most_known, beside

    @staticmethod
    def _best_known(way: Way, clause: range, told: set[int], known: Mapping[int, int]) -> tuple[int, int]:
        """Return how many names hold the best-known pair that is left over whole, and that is left over by half."""
        whole = half = 0
        for i, key in enumerate(_pairs(way.letters)[clause.start : clause.stop - 1], clause.start):
            over = (i not in told) + (i + 1 not in told)
            if over == 2:
                whole = max(whole, known.get(key, 0))
            elif over:
                half = max(half, known.get(key, 0))
        return whole, half

    def _parts(
        self,
        read: Name,
        laid: Alignment,
        told: set[int],
        way: Way,
        known: Mapping[int, int],
        slip: Slip | None,
    ) -> tuple[tuple[str, float], ...]:
        """Return what makes the score, by the names of the weights."""
        w = self._weights
        whole, half = self._left_over(way, way.clause(laid.start, laid.end), told, known)
        # What is missing at the ends was cut off, when the question says nothing else besides, and no other word for it.
        cut = max(0.0, 1 - laid.cover - laid.inside - laid.contradicted)
        elsewhere = any(not laid.says(m.span) for m in way.places)
        kinds = {found.meaning for found in way.agencies}
        elsewhere |= any(a.meaning in kinds and laid.lost.issuperset(a.span) for a in read.agencies)
        if len(told) < len(way.letters) or laid.said < laid.cover or elsewhere:
            cut = 0.0
        inside, contradicted = laid.inside, laid.contradicted
        if slip:  # As good as cut off.
            cut, inside, contradicted, half = 1 - laid.cover, 0.0, 0.0, 0.0
        found = (
            ("said", laid.said), ("heard", w.heard * laid.heard), ("alike", w.alike * laid.alike),
            ("swapped", w.swapped * laid.swapped), ("cut", w.cut * cut), ("extra", -w.extra * (laid.extra + way.misread)),
            ("inside", -w.inside * inside), ("contradicted", -w.contradicted * contradicted),
            ("known", -w.known * whole), ("half", -w.half * half), ("unread", -w.unread * unread(way, told)),
        )  # fmt: skip
        return tuple((name, value) for name, value in found if value)


# All candidates of a question ask for the same.
@lru_cache(64)
def _pairs(letters: str) -> tuple[int, ...]:
    return tuple(character_pairs(letters))


def alike(groups: Iterable[Lookalikes]) -> dict[str, str]:
    """Return what each character may be mistaken for: what is drawn like it, and what maintainers gathered.

    A numeral or another character that makes a name another is itself, however it is drawn: 二 is not 三.
    """
    without = str.maketrans("", "", "".join(NUMERALS | TELLING))
    drawn = lookalike_table().items()
    found = {letter: others.translate(without) for letter, others in drawn if letter.translate(without)}
    for group in groups:
        letters = fold(group.characters)
        for letter in letters:
            found[letter] = found.get(letter, "") + letters.replace(letter, "")
    return found


def best_refs(refs: Iterable[Ref]) -> list[Ref]:
    """Return one ref for each unit, an account's own name before the unit's."""
    found: dict[int, Ref] = {}
    for ref in refs:
        if ref.unit not in found or ref.own:
            found[ref.unit] = ref
    return list(found.values())


def _rounded(score: float) -> float:
    return round(min(1.0, max(0.0, score)), 4)
