"""Floor 3. What an index holds: units and their accounts, by number, id or code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import TypeVar
from weakref import ref

from bot.index.layers import Layers
from bot.index.layout import (
    CODE_LENGTH,
    LONG_CODE_LENGTH,
    account_of,
    code_range,
    hashed,
    long_code,
    unit_hash,
    unpack,
)
from bot.records import Account, Unit

T = TypeVar("T")
# Units kept unpacked, of some 2 kB each.
KEPT = 1024


class Holdings(Layers):
    """The units and accounts of an index."""

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
        return self._unit(number)

    @cached_property
    def _unit(self) -> Callable[[int], Unit]:
        """What finds a unit; those asked for last are kept, since an answer comes back to its own several times."""
        return self._keeping(Holdings._unpacked)

    def _keeping(self, find: Callable[[Holdings, int], T]) -> Callable[[int], T]:
        """Return what finds something and keeps what was asked for last.

        It holds no index: one that is no longer in service is let go of at once, with its files and all its memory.
        """
        own = ref(self)

        @lru_cache(KEPT)
        def found(number: int) -> T:
            here = own()
            assert here is not None  # noqa: S101  # whoever asks holds it
            return find(here, number)

        return found

    def _unpacked(self, number: int) -> Unit:
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

    def numbers(self, h: int) -> list[int]:
        """Return the numbers of the units that have the id of a hash: one, none, or in a broken base several."""
        return self._hash(h)

    @cached_property
    def _hash(self) -> Callable[[int], list[int]]:
        """What finds the numbers of an id; nobody changes the list."""
        return self._keeping(Holdings._numbered)

    def _numbered(self, h: int) -> list[int]:
        return self._alive("select unit from account where h = ?", h)

    @cached_property
    def _moved(self) -> dict[str, str | None]:
        """The ids that were changed or withdrawn, and what each is now."""
        return dict(self._around.rows("select id, moved_to from moved"))

    def _between(self, first: int, last: int) -> list[int]:
        return self._alive("select unit from account where h between ? and ?", first, last)

    def _hashed(self, h: int) -> Iterator[Unit]:
        return (self.unit_at(number) for number in self.numbers(h))
