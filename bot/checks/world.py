"""What the rules look at, and how they complain."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot import codec
from bot.knowledge import Knowledge
from bot.records import Account, Destination, Unit
from bot.values import When

# The one complaint that is about the file around an account, not its entry.
PLACE: codec.Path = ("place",)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a rule found wrong with a record: the place in its entry, what is there, what should be, what to do.

    `record` is a key of `Knowledge.spots`.
    """

    record: str
    path: codec.Path
    found: str
    expected: str
    todo: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """What the rules look at: the entries to examine, and how to look up all the others.

    A whole base is examined at once, or a part of it (one file, or what one edit touches) against the rest.
    """

    units: Sequence[Unit]
    find: Callable[[str], Account | None]
    has_unit: Callable[[str], bool]
    around: Knowledge
    today: When | None

    @classmethod
    def of(cls, knowledge: Knowledge, today: When | None) -> World:
        """Return a whole knowledge base as its own world."""
        accounts = {a.id: a for u in knowledge.units for a in u.accounts}
        named = {u.id for u in knowledge.units if u.id}
        return cls(knowledge.units, accounts.get, named.__contains__, knowledge, today)

    @property
    def accounts(self) -> Iterator[Account]:
        """Every account to examine."""
        return (a for u in self.units for a in u.accounts)


def near(word: str, options: Iterable[str]) -> str:
    """Return what to do about a word that is none of the options: the one meant, or adding it."""
    close = difflib.get_close_matches(word, list(options), 1, 0.7)
    return f"是不是 {close[0]}?" if close else "先添上那一条;不在本库就改写 name"


def one_thing(key: str, path: codec.Path, d: Destination, world: World) -> Iterator[Complaint]:
    """Complain of a destination that is nothing, two things, or not in the records."""
    if sum(x is not None for x in (d.account, d.unit, d.name)) != 1:
        todo = "账号在本库就只写 account,是单位就只写 unit,都不在就只写 name"
        yield Complaint(key, path, "account、unit、name 写了零个或几个", "恰好一个", todo)
    elif d.account is not None and world.find(d.account) is None:
        todo = near(d.account, (a.id for a in world.accounts))
        yield Complaint(key, (*path, "account"), f"没有账号“{d.account}”", "本库里有的编号", todo)
    elif d.unit is not None and not world.has_unit(d.unit):
        todo = near(d.unit, (u.id for u in world.units if u.id))
        yield Complaint(key, (*path, "unit"), f"没有单位“{d.unit}”", "本库里有的单位编号", todo)
