"""Floor 3. Files of knowledge read for an index: what stands around the accounts once, the accounts file by file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot import checks, inventory, knowledge
from bot.checks.addresses import hosts_of
from bot.checks.world import World
from bot.index.base import Base
from bot.index.rows import Lexicon
from bot.inventory import ACCOUNTS
from bot.knowledge import Knowledge, Part
from bot.records import Unit
from bot.values import When
from bot.yamlfile import Problem

# Files that decide how every name is held: after a change to one of them no stored name can be relied on.
BENEATH_NAMES = ("places/", "lexicon/agencies.", "lexicon/readings.")


@dataclass(slots=True)
class Built:
    """What came of a build: the problems of the knowledge, and how much was read. With errors nothing was swapped."""

    problems: list[Problem] = field(default_factory=list)
    places: int = 0
    units: int = 0
    accounts: int = 0
    # Whether the index in service held all of it already.
    fresh: bool = False

    @property
    def errors(self) -> list[Problem]:
        """The problems that keep an index from going into service."""
        return [p for p in self.problems if not p.warning]

    def count(self, units: int, accounts: int) -> None:
        """Add what one accounts file holds."""
        self.places += 1
        self.units += units
        self.accounts += accounts


@dataclass(frozen=True, slots=True)
class Shared:
    """What every accounts file is read with: the records around it, the lexicon, the day."""

    folder: Path
    around: Knowledge
    lexicon: Lexicon
    today: When | None

    @classmethod
    def of(cls, folder: Path, today: When | None) -> Shared:
        """Read everything of a folder but its accounts."""
        around = _around(folder, lambda _: True)
        return cls(folder, around, Lexicon.of(around.places, around.agencies, around.readings), today)

    @classmethod
    def upon(cls, base: Base, folder: Path, today: When | None, *, again: bool) -> Shared:
        """Take what an index holds around the accounts; what no name depends on is read again if need be."""
        known = base.around()
        if again:
            read = _around(folder, lambda name: not name.startswith(BENEATH_NAMES))
            around = replace(read, places=known.places, agencies=known.agencies, readings=known.readings)
        else:
            begun = knowledge.begin(folder)
            around = replace(
                known,
                excused=begun.excused,
                problems=begun.problems,
                foreign=begun.foreign,
                lent=begun.lent,
            )
        return cls(folder, around, base.lexicon(), today)

    def read(self, path: Path) -> Part:
        """Read one accounts file; its problems hold what is wrong with its entries, each looked at alone."""
        part = knowledge.read_file(path, self.folder)
        world = self.world(part.units)
        part.problems += checks.apply(checks.OF_AN_ENTRY, world, lambda key: (path, part.spots[key]))
        return part

    def world(self, units: Iterable[Unit], base: Base | None = None) -> World:
        """Return what the rules look at: some units, all others found in an index."""
        if base is None:
            return World(list(units), lambda _: None, lambda _: False, self.around, self.today)
        return World(
            list(units), base.account, lambda i: base.unit_of_id(i) is not None, self.around, self.today
        )


def shown_hosts(units: Iterable[Unit]) -> Counter[str]:
    """Return how many of some units show an http address of each host."""
    return Counter(host for unit in units for host in hosts_of(unit.accounts))


def _around(folder: Path, wanted: Callable[[str], bool]) -> Knowledge:
    around = knowledge.begin(folder)
    for path, root in inventory.files(folder, around.problems):
        name = path.relative_to(root)
        if name.parts[0] != ACCOUNTS and wanted(name.as_posix()):
            knowledge.join(around, knowledge.read_file(path, root))
    return around
