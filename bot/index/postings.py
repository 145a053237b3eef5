"""Floor 3. All plain names in the order of their numbers → the rows by which they are found, and how many hold what.

Each task holds all that it needs, so that another process can do it.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, groupby, pairwise, repeat
from operator import add, eq
from typing import Any, NamedTuple, Protocol, Self

from bot.index.layout import SOUNDS, WRITTEN, hashed, pack_ids
from bot.phonetics import Phonetics

# Stands between two names: no folded text has it.
BREAK = "\n"
# The largest number a key has room for in each of its halves.
ROOM = 0xFFFF
# Names in a portion.
PORTION = 8192

Rows = list[tuple[int, bytes]]
Counts = list[tuple[Any, int]]
Task = Callable[[], Any]


class Spread(Protocol):
    """Does something to each of some values, as `map` does, maybe in other processes, and yields what came of it in their order."""

    def __call__(self, do: Callable[[Any], Any], values: Iterable[Any], /) -> Iterable[Any]:
        """Begin."""


class Names(NamedTuple):
    """Plain names in the order of their numbers: portions of them, a name a line; 1 for each that is an account's own, else 0; the first number."""

    portions: list[str]
    own: bytes
    first: int

    @classmethod
    def of(cls, texts: list[str], own: bytes, first: int) -> Self:
        """Return names as tasks take them."""
        starts = range(0, len(texts), PORTION)
        return cls([BREAK.join(texts[start : start + PORTION]) for start in starts], own, first)

    def texts(self) -> Iterator[list[str]]:
        """Yield the names, a portion at a time: all of them would be much for a process that does one task."""
        return (portion.split(BREAK) for portion in self.portions)


class Columns(NamedTuple):
    """Keys, each with the number of a unit or a name: in the order of the numbers at first, and later of the keys."""

    keys: array[int]
    numbers: array[int]

    @classmethod
    def empty(cls) -> Self:
        """Return columns without a row."""
        return cls(array("Q"), array("I"))

    def add(self, keys: Iterable[int], number: int) -> None:
        """Add rows of one number."""
        self.keys.extend(keys)
        self.numbers.extend(repeat(number, len(self.keys) - len(self.numbers)))

    def rows(self) -> Iterable[tuple[int, int]]:
        """Return (key, number) of all rows."""
        return zip(self.keys, self.numbers, strict=True)

    def lists(self) -> Iterator[tuple[int, bytes]]:
        """Yield each key of sorted rows with all its numbers, packed."""
        start = 0
        for key, run in groupby(self.keys):
            end = start + len(list(run))
            yield key, pack_ids(self.numbers[start:end])
            start = end

    def twice(self) -> list[int]:
        """Return the numbers of sorted rows whose key stands twice."""
        if not any(map(eq, self.keys, self.keys[1:])):
            return []
        return [n for one, two in pairwise(self.rows()) if one[0] == two[0] for n in (one[1], two[1])]


def tasks_of_units(ids: Columns, grams: Columns) -> tuple[Task, Task]:
    """Return what sorts the ids, and the grams that lead to units."""
    return partial(_sorted, ids), partial(_sorted, grams)


def tasks_of_names(names: Names, phonetics: Phonetics, replaced: list[str]) -> tuple[Task, ...]:
    """Return what finds the hash of each name, sorted; the rows of pairs of sounds; those of pairs of characters; how many names hold what.

    The last is (letters, pairs). `replaced` are names that are to be counted no longer.
    """
    return (
        partial(_exact, names),
        partial(_sounds, names, phonetics),
        partial(_written, names),
        partial(_counts, names, replaced),
    )


def do(task: Task) -> Any:
    """Do a task, wherever this is."""
    return task()


def _sorted(columns: Columns) -> Columns:
    keys, numbers = columns
    order = sorted(range(len(keys)), key=keys.__getitem__)  # half the time of sorting rows
    return Columns(*(array(c.typecode, map(c.__getitem__, order)) for c in (keys, numbers)))


def _exact(names: Names) -> Columns:
    keys = array("Q", (hashed(text) for texts in names.texts() for text in texts))
    return _sorted(Columns(keys, array("I", range(names.first, names.first + len(keys)))))


def _sounds(names: Names, phonetics: Phonetics) -> Rows:
    return _rows(SOUNDS, names, map(phonetics.heard, names.texts()))


def _written(names: Names) -> Rows:
    return _rows(WRITTEN, names, names.texts())


def _rows(kind: int, names: Names, portions: Iterable[list[str]]) -> Rows:
    """Return each pair's key with the packed numbers of the texts that hold it: neighbours, of an account's own also those one apart."""
    found: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
    texts = chain.from_iterable(map(_low, portions))
    for number, (text, own) in enumerate(zip(texts, names.own, strict=True), names.first):
        pairs = _neighbours(text)
        if own:
            pairs.update(map(add, text, text[2:]))
        for pair in pairs:
            found[pair].append(number)
    top = kind << 32
    return [(top | key, pack_ids(found.pop(pair))) for key, pair in sorted((_key(p), p) for p in found)]


def _counts(names: Names, replaced: list[str]) -> tuple[Counts, Counts]:
    letters: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for texts in names.texts():
        letters.update(chain.from_iterable(map(set, texts)))
        pairs.update(chain.from_iterable(map(_neighbours, _low(texts))))
    letters.subtract(chain.from_iterable(map(set, replaced)))
    pairs.subtract(chain.from_iterable(map(_neighbours, _low(replaced))))
    keyed = ((_key(pair), count) for pair, count in pairs.items())
    return _differing(letters.items()), _differing(keyed)


def _differing(counts: Iterable[tuple[Any, int]]) -> Counts:
    return sorted((part, count) for part, count in counts if count)


def _low(texts: list[str]) -> list[str]:
    """Return texts with no more of each character than a key has room for."""
    if max(map(max, filter(None, texts)), default="") <= chr(ROOM):
        return texts
    return ["".join(chr(ord(c) & ROOM) for c in text) for text in texts]


def _neighbours(text: str) -> set[str]:
    return set(map(add, text, text[1:]))


def _key(pair: str) -> int:
    return ord(pair[0]) << 16 | ord(pair[1])
