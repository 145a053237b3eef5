"""Floor 4. A name laid along a question: what of it is said, how, and what the question says besides.

Characters must agree before sounds may: a character counts most when it stands there itself, less when it is only
heard, looks alike or stands beside its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from bot.phonetics import is_typed, typed_as

# How much further than its best window a name is looked for, for what was added inside it.
WIDER = 2


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a name lies along a question. Shares are of the name's weight, from 0 to 1.

    `start` and `end` bound the stretch of the question that the name takes; `spoken` are the positions of the question
    that the name explains, `exact` leads from those that stand there to the letter to their positions in the name. `lost` are the positions of the name that
    nothing says, `inside` the share of those between others that are said; `changed` pairs a position of the name with
    that of another character which stands in its place; `hearsay` are positions of the name that are only heard,
    `plainly` those said to the letter; `likened` are positions of the question that look like what the name has.
    """

    said: float
    heard: float
    alike: float
    swapped: float
    inside: float
    contradicted: float
    extra: int
    start: int
    end: int
    spoken: frozenset[int]
    exact: Mapping[int, int]
    lost: frozenset[int]
    changed: tuple[tuple[int, int], ...]
    hearsay: frozenset[int]
    plainly: frozenset[int]
    likened: frozenset[int]

    @property
    def cover(self) -> float:
        """The share of the name that the question says, in any way."""
        return self.said + self.heard + self.alike + self.swapped

    @property
    def turned(self) -> bool:
        """Whether the question says all characters of the name and none besides, two of them the other way round."""
        return (
            not self.lost and not self.extra and len(self.exact) == len(self.spoken) - 1 and self.swapped > 0
        )

    def says(self, span: range) -> bool:
        """Tell whether the name holds a word of the question to the letter and in one piece: 科学技术 is no 科技."""
        first = self.exact.get(span.start)
        return first is not None and all(self.exact.get(j) == i for i, j in enumerate(span, first))


@dataclass(slots=True)
class _Laying:
    """What is found while a name is laid along a question, as (position of the name, position of the question)."""

    said: list[tuple[int, int]] = field(default_factory=list)
    heard: list[tuple[int, int]] = field(default_factory=list)
    alike: list[tuple[int, int]] = field(default_factory=list)
    swapped: list[tuple[int, int]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    changed: list[tuple[int, int]] = field(default_factory=list)
    added: list[int] = field(default_factory=list)


class Aligner:
    """Lays names along questions, with the weights of characters and the look-alikes of a base."""

    def __init__(self, weights: Mapping[str, float], rare: float, lookalikes: Mapping[str, str]) -> None:
        """Take each character's weight, that of one in no name, and what each character may be mistaken for."""
        self._weights = weights
        self._rare = rare
        self._alike = lookalikes

    def align(self, name: tuple[str, str], question: tuple[str, str]) -> Alignment:
        """Lay a name along a question; both are (sounds, characters) of equal length."""
        n_sounds, n_letters = name
        q_sounds, q_letters = question
        start, end = 0, len(q_sounds)
        if len(n_sounds) < end:
            window = fuzz.partial_ratio_alignment(n_sounds, q_sounds)
            if window is not None:
                start, end = max(0, window.dest_start - WIDER), min(end, window.dest_end + WIDER)
        laying = _Laying()
        for op in Levenshtein.opcodes(n_sounds, q_sounds[start:end]):
            a, b = op.src_start, op.src_end
            c, d = start + op.dest_start, start + op.dest_end
            if op.tag == "equal":
                self._equal(n_letters, q_letters, range(a, b), c, laying)
            elif op.tag == "replace":
                self._replaced(n_letters, q_letters, range(a, b), c, laying)
            elif op.tag == "delete":
                laying.lost += range(a, b)
            else:
                laying.added += range(c, d)
        _swap(n_letters, q_letters, laying)
        return self._weighed(n_letters, laying, start)

    def _equal(self, name: str, question: str, spots: range, at: int, laying: _Laying) -> None:
        """Take characters whose sounds agree."""
        for i, j in enumerate(range(at, at + len(spots)), spots.start):
            letter, other = name[i], question[j]
            same = letter == other or (is_typed(other) and (other in typed_as(letter) or is_typed(letter)))
            (laying.said if same else laying.heard).append((i, j))

    def _replaced(self, name: str, question: str, spots: range, at: int, laying: _Laying) -> None:
        """Take characters whose sounds differ: another reading, one that looks alike, or another character."""
        for i, j in enumerate(range(at, at + len(spots)), spots.start):
            letter, other = name[i], question[j]
            if letter == other or other in typed_as(letter):
                laying.said.append((i, j))
            elif other in self._alike.get(letter, ""):
                laying.alike.append((i, j))
            else:
                laying.changed.append((i, j))

    def _weighed(self, name: str, laying: _Laying, start: int) -> Alignment:
        weight, rare = self._weights, self._rare
        weights = [weight.get(c, rare) for c in name]
        total = sum(weights) or 1.0

        def share(pairs: Sequence[tuple[int, int]]) -> float:
            return sum([weights[i] for i, _ in pairs]) / total if pairs else 0.0

        found = [*laying.said, *laying.heard, *laying.alike, *laying.swapped]
        spoken = frozenset([j for _, j in found])
        first, last = (min(spoken), max(spoken)) if spoken else (start, start - 1)
        spots = [i for i, _ in found]
        low, high = (min(spots), max(spots)) if spots else (0, -1)
        # A character that differs at the edge of the stretch was left out, and what stands there is the sentence's.
        changed = tuple([(i, j) for i, j in laying.changed if first < j < last])
        lost = frozenset([*laying.lost, *[i for i, _ in laying.changed]])
        return Alignment(
            share(laying.said), share(laying.heard), share(laying.alike), share(laying.swapped),
            sum([weights[i] for i in lost if low < i < high]) / total, share(changed),
            sum([first < j < last for j in laying.added]), first, last + 1,
            spoken, {j: i for i, j in laying.said}, lost, changed, frozenset([i for i, _ in laying.heard]),
            frozenset([i for i, _ in laying.said]), frozenset([j for _, j in laying.alike]),
        )  # fmt: skip


def _swap(name: str, question: str, laying: _Laying) -> None:
    """Take what is lost in one place and added beside it as swapped."""
    if not laying.changed and not (laying.lost and laying.added):
        return
    near = [(i, j) for i, j in laying.changed]
    free = {j: question[j] for j in (*laying.added, *(j for _, j in near))}
    at = {**dict.fromkeys(laying.lost), **dict(near)}
    for i in sorted(at):
        for j, letter in free.items():
            if letter == name[i] and (at[i] is None or abs(j - (at[i] or 0)) <= WIDER):
                laying.swapped.append((i, j))
                del free[j]
                break
    moved = {i for i, _ in laying.swapped}
    taken = {j for _, j in laying.swapped}
    laying.lost = [i for i in laying.lost if i not in moved]
    left = [(i, j) for i, j in near if i not in moved]
    laying.changed = [(i, j) for i, j in left if j not in taken]
    laying.lost += [i for i, j in left if j in taken]
    laying.added = [j for j in (*laying.added, *(j for i, j in near if i in moved)) if j not in taken]
