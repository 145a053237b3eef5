"""Floor 3. All plain names in the order of their numbers → the rows by which they are found, and how many hold what.

Each task holds all that it needs, so that another process can do it.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain, pairwise, repeat
from operator import add, eq
from typing import Any, NamedTuple, Protocol, Self

from bot.index.layout import SOUNDS, WRITTEN, hashed, pack_ids
from bot.phonetics import Phonetics

# Stands between two names: no folded text has it.
BREAK = "\n"
# The largest number a key has room for in each of its halves.
ROOM = 0xFFFF

Rows = list[tuple[int, bytes]]
Counts = list[tuple[Any, int]]
Task = Callable[[], Any]


class Spread(Protocol):
    """Does something to each of some values, as `map` does, maybe in other processes, and yields what came of it in their order."""

    def __call__(self, do: Callable[[Any], Any], values: Iterable[Any], /) -> Iterable[Any]:
        """Begin."""


class Names(NamedTuple):
    """Plain names in the order of their numbers, a line each; 1 for each that is an account's own, else 0; the first number."""

    lines: str
    own: bytes
    first: int


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

    def twice(self) -> list[int]:
        """Return the numbers of sorted rows whose key stands twice."""
        if not any(map(eq, self.keys, self.keys[1:])):
            return []
        return [n for one, two in pairwise(self.rows()) if one[0] == two[0] for n in (one[1], two[1])]


def tasks_of_units(ids: Columns, grams: Columns) -> tuple[Task, Task]:
    """Return what sorts the ids, and what finds the rows of the grams that lead to units."""
    return partial(_sorted, ids), partial(_grouped, grams)


def tasks_of_names(names: Names, phonetics: Phonetics, replaced: Iterable[str]) -> tuple[Task, ...]:
    """Return what finds the hash of each name, sorted; the rows of pairs of sounds; those of pairs of characters; how many names hold what.

    The last is (letters, pairs). `replaced` are names that are to be counted no longer.
    """
    gone = BREAK.join(replaced)
    return (
        partial(_exact, names),
        partial(_sounds, names, phonetics),
        partial(_written, names),
        partial(_counts, names.lines, gone),
    )


def do(task: Task) -> Any:
    """Do a task, wherever this is."""
    return task()


def _sorted(columns: Columns) -> Columns:
    keys, numbers = columns
    order = sorted(range(len(keys)), key=keys.__getitem__)  # half the time of sorting rows
    return Columns(*(array(c.typecode, map(c.__getitem__, order)) for c in (keys, numbers)))


def _grouped(grams: Columns) -> Rows:
    found: defaultdict[int, array[int]] = defaultdict(lambda: array("I"))
    for key, number in grams.rows():
        found[key].append(number)
    return [(key, pack_ids(found[key])) for key in sorted(found)]


def _exact(names: Names) -> Columns:
    keys = array("Q", map(hashed, _texts(names.lines)))
    return _sorted(Columns(keys, array("I", range(names.first, names.first + len(keys)))))


def _sounds(names: Names, phonetics: Phonetics) -> Rows:
    return _rows(SOUNDS, phonetics.heard(_texts(names.lines)), names)


def _written(names: Names) -> Rows:
    return _rows(WRITTEN, _texts(names.lines), names)


def _rows(kind: int, texts: list[str], names: Names) -> Rows:
    """Return each pair's key with the packed numbers of the texts that hold it: neighbours, of an account's own also those one apart."""
    found: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
    for number, (text, own) in enumerate(zip(_low(texts), names.own, strict=True), names.first):
        pairs = _neighbours(text)
        if own:
            pairs.update(map(add, text, text[2:]))
        for pair in pairs:
            found[pair].append(number)
    top = kind << 32
    return [(top | key, pack_ids(found[pair])) for key, pair in sorted((_key(p), p) for p in found)]


def _counts(lines: str, gone: str) -> tuple[Counts, Counts]:
    texts, replaced = _texts(lines), _texts(gone)
    letters = Counter(chain.from_iterable(map(set, texts)))
    letters.subtract(chain.from_iterable(map(set, replaced)))
    pairs = Counter(chain.from_iterable(map(_neighbours, _low(texts))))
    pairs.subtract(chain.from_iterable(map(_neighbours, _low(replaced))))
    return sorted((c, n) for c, n in letters.items() if n), sorted(
        (_key(p), n) for p, n in pairs.items() if n
    )


def _texts(lines: str) -> list[str]:
    return lines.split(BREAK) if lines else []


def _low(texts: list[str]) -> list[str]:
    """Return texts with no more of each character than a key has room for."""
    if all(map(str.isascii, texts)) or max(map(max, filter(None, texts))) <= chr(ROOM):
        return texts
    return ["".join(chr(ord(c) & ROOM) for c in text) for text in texts]


def _neighbours(text: str) -> set[str]:
    return set(map(add, text, text[1:]))


def _key(pair: str) -> int:
    return ord(pair[0]) << 16 | ord(pair[1])
