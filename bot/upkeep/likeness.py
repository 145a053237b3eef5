"""Floor 7. Accounts that are nearly a new one: offered before it is written, so that nothing is written twice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from rapidfuzz.distance import Levenshtein

from bot.knowledge import Knowledge
from bot.records import Account, Unit
from bot.text import fold
from bot.upkeep.placefile import Entry

# Of names of one or two characters, any two are nearly one edit apart.
FEWEST_COMPARED = 3
NUMERALS = frozenset("0123456789一二三四五六七八九十")


class Likeness(IntEnum):
    """How sure it is that an existing account is the new one, the surest first."""

    SAME = 0
    MAYBE = 1
    ALIKE = 2


@dataclass(frozen=True, slots=True)
class Alike:
    """An existing account that is nearly a new one."""

    account: Account
    unit: Unit
    likeness: Likeness


def similar(entry: Entry, known: Knowledge) -> list[Alike]:
    """Return the accounts that are nearly the entry, the surest first: the same name, one edit apart, the same handle.

    An account without a name goes by its unit's.
    """
    found = [
        Alike(account, unit, likeness)
        for unit in known.units
        for account in unit.accounts
        if (likeness := _likeness(entry, account, unit)) is not None
    ]
    called = _called(entry.account, entry.unit)
    return sorted(
        found,
        key=lambda a: (
            a.likeness,
            _called(a.account, a.unit.name) != called,
            a.unit.place != entry.place,
            a.account.id,
        ),
    )


def _called(account: Account, unit: str | None) -> str:
    return _folded(account.name or unit or "")


@cache
def _folded(text: str) -> str:
    return fold(text)


def _likeness(entry: Entry, account: Account, unit: Unit) -> Likeness | None:
    """Return how much an account is like an entry, `None` for not nearly."""
    new, here = entry.account, unit.place == entry.place
    one, other = _called(new, entry.unit), _called(account, unit.name)
    agree = new.platform == account.platform or not (new.platform and account.platform)
    handle = bool(new.platform_id) and new.platform_id == account.platform_id
    named = bool(one) and one == other
    if named and new.platform == account.platform:
        sure = handle or (here and not (new.platform_id and account.platform_id))
        return Likeness.SAME if sure else Likeness.MAYBE
    if handle or named:
        return Likeness.MAYBE if agree else Likeness.ALIKE
    if min(len(one), len(other)) < FEWEST_COMPARED or Levenshtein.distance(one, other, score_cutoff=1) > 1:
        return None
    counted = [c for c in one if c in NUMERALS] == [c for c in other if c in NUMERALS]
    return Likeness.MAYBE if agree and here and counted else Likeness.ALIKE
