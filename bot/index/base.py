"""Floor 3. An index opened for reading: what it holds, how names are found in it, what stands around, and what builders ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from itertools import chain

from bot.index.holdings import Holdings
from bot.index.layer import Layer
from bot.index.layers import MOST_VALUES, portions
from bot.index.layout import (
    Ref,
    count_ids,
    hashed,
    unpack,
    unpack_ids,
)
from bot.index.rows import Lexicon
from bot.knowledge import Knowledge
from bot.records import (
    Advice,
    Agency,
    Contact,
    Lookalikes,
    Place,
    PlatformInfo,
    Reading,
    Rule,
    Talk,
    Topic,
)


class Base(Holdings):
    """An index opened for reading. Safe to share between threads; never written."""

    # Names ------------------------------------------------------------------------------------------------------

    def exact(self, plain: Iterable[str]) -> dict[str, list[Ref]]:
        """Return the units that bear each of some plain names; names that nobody bears are left out."""
        return {text: refs for text, (_, refs) in self.bearing(list(plain)[:MOST_VALUES]).items()}

    def bearing(self, plain: Iterable[str]) -> dict[str, tuple[int, list[Ref]]]:
        """Return the number of each of some plain names, and the units that bear it; names that nobody bears are left out."""
        wanted = {hashed(text): text for text in plain}
        found: dict[str, tuple[int, list[Ref]]] = {}
        for layer in reversed(
            self._layers
        ):  # a name in an overlay is the whole name, so it is the one that counts
            for marks, values in portions(wanted):
                sql = f"select h, id, text, refs from exact join name on id = name where h in ({marks})"
                for h, number, text, data in layer.rows(sql, values):
                    refs = self._refs(data)
                    if refs and wanted[h] == text:
                        found[text] = (number, refs)
        return found

    def counts(self, keys: Iterable[int]) -> dict[int, int]:
        """Return how many names or units stand behind each gram key; keys without any are left out."""
        wanted = list(keys)[:MOST_VALUES]
        found: Counter[int] = Counter()
        for layer in self._layers:
            found.update(_counted(layer, "gram", wanted))
        if self._over:
            found.subtract(_counted(self._over, "gone", wanted))
        return {key: count for key, count in found.items() if count}

    def pairs(self, keys: Iterable[int]) -> dict[int, int]:
        """Return how many names hold each pair of neighbouring characters; pairs in none are left out."""
        found: Counter[int] = Counter()
        for marks, values in portions(list(keys)[:MOST_VALUES]):
            for layer in self._layers:
                found.update(dict(layer.rows(f"select k, n from pair where k in ({marks})", values)))
        return {key: count for key, count in found.items() if count}

    @cached_property
    def letters(self) -> dict[str, int]:
        """How many names hold each character."""
        found = Counter(self._under.letters)
        if self._over:
            found.update(self._over.letters)
        return {letter: count for letter, count in found.items() if count}

    @cached_property
    def size(self) -> int:
        """How many different names there are."""
        return sum(int(layer.meta["names"]) for layer in self._layers)

    def posting(self, key: int) -> list[int]:
        """Return the numbers of the names or units behind a gram key."""
        return [number for numbers in self.postings((key,)) for number in numbers]

    def postings(self, keys: Collection[int]) -> Iterator[list[int]]:
        """Yield the numbers of the names or units behind each of some gram keys, in no order."""
        marks = ",".join("?" * len(keys))
        gone = (
            dict(self._over.rows(f"select k, ids from gone where k in ({marks})", keys)) if self._over else {}
        )
        for layer in self._layers:
            for key, ids in layer.rows(f"select k, ids from gram where k in ({marks})", keys):
                numbers = unpack_ids(ids)
                if key in gone and layer is self._under:
                    without = set(unpack_ids(gone[key]))
                    numbers = [n for n in numbers if n not in without]
                yield numbers

    def names(self, numbers: Iterable[int]) -> list[tuple[int, str, list[Ref]]]:
        """Return (number, name, units that bear it) of names by number."""
        found: list[tuple[int, str, list[Ref]]] = []
        wanted = list(numbers)[:MOST_VALUES]
        for layer in self._layers:
            for marks, values in portions([n for n in wanted if self._layer(n) is layer]):
                sql = f"select id, text, refs from name where id in ({marks})"
                found += [(number, text, self._refs(data)) for number, text, data in layer.rows(sql, values)]
        return found

    # What stands around -----------------------------------------------------------------------------------------

    @property
    def places(self) -> dict[str, Place]:
        """All places by code."""
        return self._under.places

    @cached_property
    def topics(self) -> dict[str, Topic]:
        """All topics by id, in the order of the file."""
        return {t.id: t for t in self._around.things(Topic)}

    @property
    def contacts(self) -> list[Contact]:
        """All contact points that stand on their own."""
        return self._around.things(Contact)

    @property
    def platforms(self) -> list[PlatformInfo]:
        """The platforms with the words people use for them."""
        return self._around.things(PlatformInfo)

    @property
    def agencies(self) -> list[Agency]:
        """All kinds of organisation."""
        return self._under.things(Agency)

    @property
    def readings(self) -> list[Reading]:
        """Words read differently from their characters."""
        return self._under.things(Reading)

    @property
    def lookalikes(self) -> list[Lookalikes]:
        """Characters that look alike."""
        return self._around.things(Lookalikes)

    @property
    def talk(self) -> list[Talk]:
        """What people say around a name."""
        return self._around.things(Talk)

    @property
    def rules(self) -> list[Rule]:
        """What places decided for whole classes of accounts."""
        return self._around.things(Rule)

    @property
    def advice(self) -> list[Advice]:
        """How to tell an official account."""
        return self._around.things(Advice)

    def lexicon(self) -> Lexicon:
        """Return what names are read by."""
        return self._under.lexicon

    def around(self) -> Knowledge:
        """Return the records around the accounts."""
        return Knowledge(
            self.places, [], self.contacts, self.topics, self.platforms, self.agencies, self.readings, self.lookalikes, self.talk,
            self.rules, self.advice, dict(self._moved),
        )  # fmt: skip

    # For builders -----------------------------------------------------------------------------------------------

    def files(self) -> dict[str, str]:
        """Return the digest of each file the index was built from, by name."""
        found = dict(line.split(" ", 1) for line in self._around.meta["others"].splitlines())
        for layer in reversed(self._layers):
            found |= layer.files
        return {name: digest for name, digest in found.items() if digest}

    def stored(self, file: str) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the packed unit of each unit that came from a file."""
        sql = "select id, body from file join unit on id between first and last where name = ?"
        for layer in self._layers:
            yield from (row for row in layer.rows(sql, (file,)) if row[0] not in self._dead)

    def file_at(self, number: int) -> str:
        """Return the file that a unit came from."""
        sql = "select name from file where ? between first and last"
        rows = self._layer(number).rows(sql, (number,))
        return str(rows[0][0])

    def file_of(self, account_id: str) -> str:
        """Return the file that an account stands in. Raises: KeyError."""
        for number in self.numbers(hashed(account_id)):
            return self.file_at(number)
        raise KeyError(account_id)

    def hosts(self) -> Counter[str]:
        """Return how many units show an http address of each host."""
        found: Counter[str] = Counter()
        for layer in self._layers:
            found.update(dict(layer.rows("select name, n from host")))
        return +found

    def lost(self, other: Base) -> list[str]:
        """Return the ids of the accounts that this index has and another has not."""
        gone = self._hashes() - other._hashes()
        units = (unit for h in gone for unit in self._hashed(h))
        return sorted({a.id for u in units for a in u.accounts if hashed(a.id) in gone})

    def leading(self) -> list[int]:
        """Return the numbers of all units with an account that leads to another or to a unit."""
        return self._alive("select distinct unit from lead order by unit")

    def leading_above(self) -> list[int]:
        """Return those of them that an overlay holds."""
        return [n for (n,) in self._over.rows("select distinct unit from lead")] if self._over else []

    def leading_to(self, h: int) -> list[int]:
        """Return the numbers of the units with an account that leads to the id of a hash."""
        return self._alive("select unit from lead where h = ?", h)

    def unlike(self, other: Base) -> set[str]:
        """Return the ids of the accounts whose units are not the same in another index: changed, new or gone."""
        if self.digest == other.digest:
            return set()
        ids: set[str] = set()
        for one, two in ((self, other), (other, self)):
            known = {hash(body) for body in two.bodies(one)}
            for body in one.bodies(two):
                if hash(body) not in known:
                    ids |= {a.id for a in unpack(body).accounts}
        return ids

    def bodies(self, other: Base) -> Iterator[bytes]:
        """Yield the units, packed; of a file that is the other index's too, only those that one of the two puts aside."""
        for layer in self._layers:
            if layer is self._under and layer.meta["digest"] == other._under.meta["digest"]:
                differ = sorted(self._dead ^ other._dead)
                rows: Iterable[tuple[int, bytes]] = chain.from_iterable(
                    layer.rows(f"select id, body from unit where id in ({marks})", values)
                    for marks, values in portions(differ)
                )
            else:
                rows = layer.walk("id, body", "unit")
            yield from (body for number, body in rows if number not in self._dead)

    def _hashes(self) -> set[int]:
        return {
            h for layer in self._layers for h, n in layer.walk("h, unit", "account") if n not in self._dead
        }


def _counted(layer: Layer, table: str, keys: list[int]) -> dict[int, int]:
    """Return how many numbers a table holds for each key."""
    return {
        key: count_ids(head, size)
        for marks, values in portions(keys)
        for key, size, head in layer.rows(
            f"select k, length(ids), substr(ids, 1, 5) from {table} where k in ({marks})",
            values,
        )
    }
