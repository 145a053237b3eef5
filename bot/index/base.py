"""Floor 3. An index opened for reading: one file, and an overlay of what changed since it was built.

A reader sees one state from opening to closing: both files are replaced, never written in place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path

from bot.index.layer import Layer, StaleIndexError, Stamp, stamp_of
from bot.index.layout import (
    ABOVE,
    CODE_LENGTH,
    LONG_CODE_LENGTH,
    Ref,
    account_of,
    code_range,
    count_ids,
    hashed,
    long_code,
    unit_hash,
    unpack,
    unpack_ids,
    unpack_refs,
)
from bot.index.rows import Lexicon
from bot.knowledge import Knowledge
from bot.records import (
    Account,
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
    Unit,
)

OVERLAY = ".overlay"
# SQLite takes at most 999 values in a query of an old build; a question needs fewer.
MOST_VALUES = 900


class Base:
    """An index opened for reading, its overlay laid over it. Safe to share between threads; never written.

    Its files stay open until it is closed or nothing holds it any more, whichever files have taken their names since.
    """

    def __init__(
        self, path: Path | str, *, overlay: bool | Path = True, like: Base | None = None, check: bool = False
    ) -> None:
        """Open an index.

        Args:
            path: The file.
            overlay: Whether the overlay beside it counts, or the overlay to lay over it.
            like: An index opened earlier: what is still the same file is not read again.
            check: Whether to read every page of the files that are opened anew.

        Raises:
            StaleIndexError: one of the files is no index of ours, or the index is of another format.
            FileNotFoundError: there is no such file.
        """
        self._path = Path(path)
        beside = overlay_of(self._path) if overlay is True else overlay or None
        # What was found, whether or not it could be used: a watcher compares this with what is there now.
        self.stamps = stamps_of(self._path)
        known: Layer | None = like._under if like else None  # noqa: SLF001  # of this very class
        self._under: Layer = (
            known if known and known.stamp == stamp_of(self._path) else Layer(self._path, check=check)
        )
        if not self._under.current:
            raise StaleIndexError(str(path))
        self._over = self._overlay(beside, check=check) if beside else None
        self._layers = (self._over, self._under) if self._over else (self._under,)
        self._dead = {n for (n,) in self._over.rows("select unit from dead")} if self._over else set()
        self._around = self._over if self._over and self._over.meta["around"] else self._under
        self.digest: str = self._layers[0].meta["digest"]

    def again(self) -> Base:
        """Return the index as its files stand now, checked; what did not change is shared. Raises as opening does."""
        return Base(self._path, like=self, check=True)

    def below(self) -> Base:
        """Return the index without its overlay."""
        return Base(self._path, overlay=False, like=self)

    def _overlay(self, path: Path, *, check: bool) -> Layer | None:
        """Open an overlay that was made for this very index; any other is as if it were not there."""
        try:
            layer = Layer(path, check=check)
        except FileNotFoundError:
            return None
        return layer if layer.current and layer.meta["base"] == self._under.meta["digest"] else None

    @property
    def overlaid(self) -> bool:
        """Whether an overlay counts."""
        return self._over is not None

    def close(self) -> None:
        """Let go of the files; each is closed as soon as no other index shares it."""
        vars(self).clear()

    # Accounts and units -----------------------------------------------------------------------------------------

    def account(self, account_id: str) -> Account | None:
        """Return an account by its id."""
        unit = self.holder(account_id)
        return account_of(unit, account_id) if unit else None

    def holder(self, account_id: str) -> Unit | None:
        """Return the unit, with all its accounts, that has the account of an id."""
        return next((u for u in self._hashed(hashed(account_id)) if account_of(u, account_id)), None)

    def unit_of_id(self, unit_id: str) -> Unit | None:
        """Return the unit of an id that the knowledge gives it."""
        return next((u for u in self._hashed(unit_hash(unit_id)) if u.id == unit_id), None)

    def unit(self, key: str) -> Unit | None:
        """Return a unit, with its accounts, by its key: its id, or that of its first account."""
        return self.unit_of_id(key) or self.holder(key)

    def accounts(self, key: str) -> tuple[Account, ...]:
        """Return all accounts of a unit by its key."""
        unit = self.unit(key)
        return unit.accounts if unit else ()

    def unit_at(self, number: int) -> Unit:
        """Return the unit of a number that this index gave. Raises: KeyError."""
        rows = self._layer(number).rows("select body from unit where id = ?", (number,))
        if not rows:
            raise KeyError(number)
        return unpack(rows[0][0])

    def ids(self) -> Iterator[str]:
        """Yield the id of every account."""
        return (a.id for unit in self.units() for a in unit.accounts)

    def units(self) -> Iterator[Unit]:
        """Yield every unit with its accounts, in the order of the knowledge's files; those of an overlay come last."""
        for layer in reversed(self._layers):
            yield from (unpack(body) for n, body in layer.walk("id, body", "unit") if n not in self._dead)

    def laid_over(self) -> Iterator[Unit]:
        """Yield the units of the overlay."""
        return (unpack(body) for _, body in self._over.walk("id, body", "unit")) if self._over else iter(())

    def moved(self, account_id: str) -> str:
        """Return the id an account has now, whatever it was called before; nothing for one that was withdrawn."""
        met: set[str] = set()
        while account_id in self._moved and account_id not in met:
            met.add(account_id)
            account_id = self._moved[account_id] or ""
        return account_id

    def code(self, account_id: str) -> str:
        """Return the code that stands for an account on a forwarded answer: short where that is its alone."""
        long = long_code(account_id)
        first, last = code_range(long[:CODE_LENGTH])
        return long[:CODE_LENGTH] if len(self._between(first, last)) <= 1 else long

    def coded(self, code: str) -> list[Account]:
        """Return the accounts that a code stands for, also of an id they had before: one, none, or rarely several."""
        code = code[:LONG_CODE_LENGTH]
        try:
            first, last = code_range(code)
        except ValueError:
            return []
        units = [self.unit_at(n) for n in dict.fromkeys(self._between(first, last))]
        found = [a for u in units for a in u.accounts if long_code(a.id).startswith(code)]
        renamed = (i for i in self._moved if long_code(i).startswith(code))
        found += [a for i in renamed if (a := self.account(self.moved(i)))]
        return list(dict.fromkeys(found))

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
            for marks, values in _portions(wanted):
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
        for marks, values in _portions(list(keys)[:MOST_VALUES]):
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
            for marks, values in _portions([n for n in wanted if self._layer(n) is layer]):
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

    @cached_property
    def _moved(self) -> dict[str, str | None]:
        """The ids that were changed or withdrawn, and what each is now."""
        return dict(self._around.rows("select id, moved_to from moved"))

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

    def numbers(self, h: int) -> list[int]:
        """Return the numbers of the units that have the id of a hash: one, none, or in a broken base several."""
        return self._alive("select unit from account where h = ?", h)

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

    # Inside -----------------------------------------------------------------------------------------------------

    def _layer(self, number: int) -> Layer:
        return self._over if self._over and number > ABOVE else self._under

    def _alive(self, sql: str, *values: int) -> list[int]:
        """Return the numbers of units that a query gives of any layer and that still stand."""
        return [n for layer in self._layers for (n,) in layer.rows(sql, values) if n not in self._dead]

    def bodies(self, other: Base) -> Iterator[bytes]:
        """Yield the units, packed; of a file that is the other index's too, only those that one of the two puts aside."""
        for layer in self._layers:
            if layer is self._under and layer.meta["digest"] == other._under.meta["digest"]:
                differ = sorted(self._dead ^ other._dead)
                rows: Iterable[tuple[int, bytes]] = chain.from_iterable(
                    layer.rows(f"select id, body from unit where id in ({marks})", values)
                    for marks, values in _portions(differ)
                )
            else:
                rows = layer.walk("id, body", "unit")
            yield from (body for number, body in rows if number not in self._dead)

    def _between(self, first: int, last: int) -> list[int]:
        return self._alive("select unit from account where h between ? and ?", first, last)

    def _hashes(self) -> set[int]:
        return {
            h for layer in self._layers for h, n in layer.walk("h, unit", "account") if n not in self._dead
        }

    def _hashed(self, h: int) -> Iterator[Unit]:
        return (self.unit_at(number) for number in self.numbers(h))

    def _refs(self, data: bytes) -> list[Ref]:
        refs = unpack_refs(data)
        return [r for r in refs if r.unit not in self._dead] if self._dead else refs


def overlay_of(path: Path) -> Path:
    """Return where the overlay of an index stands."""
    return path.with_name(path.name + OVERLAY)


def stamps_of(path: Path) -> tuple[Stamp | None, Stamp | None]:
    """Return what tells an index and its overlay from others that took their places."""
    return stamp_of(path), stamp_of(overlay_of(path))


def _portions(values: Iterable[int]) -> Iterator[tuple[str, list[int]]]:
    """Yield values in portions that one query takes, each with its marks."""
    whole = list(values)
    for start in range(0, len(whole), MOST_VALUES):
        part = whole[start : start + MOST_VALUES]
        yield ",".join("?" * len(part)), part


def _counted(layer: Layer, table: str, keys: list[int]) -> dict[int, int]:
    """Return how many numbers a table holds for each key."""
    return {
        key: count_ids(head, size)
        for marks, values in _portions(keys)
        for key, size, head in layer.rows(
            f"select k, length(ids), substr(ids, 1, 5) from {table} where k in ({marks})",
            values,
        )
    }
