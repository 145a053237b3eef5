"""Floor 7. The rows of a table on their way into the knowledge: read, compared, linked, planned, none of them written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bot.codec import Fault
from bot.knowledge import Knowledge
from bot.upkeep import columns, editing
from bot.upkeep.columns import Row
from bot.upkeep.editing import Plan
from bot.upkeep.entries import Reader
from bot.upkeep.likeness import Likeness, similar
from bot.upkeep.placefile import Entry
from bot.upkeep.sheets import TableError
from bot.values import When


@dataclass(slots=True)
class Case:
    """A row of the table and what becomes of it: an entry, or where it stands already, or what is wrong with it."""

    row: Row
    entry: Entry | None = None
    there: str = ""


@dataclass(slots=True)
class Import:
    """The rows of a table on their way into the knowledge. `rows_of` tells by id which accounts come from which row."""

    cases: list[Case]
    reader: Reader
    rows_of: dict[str, int] = field(default_factory=dict)

    def examine(self, case: Case, *, sure: bool) -> None:
        """Turn a row into an entry, or find what is wrong with it, or that it is there already."""
        row = case.row
        entry, faults = self.reader.entry(row.given())
        row.blame(faults)
        if entry is None or row.faults:
            return
        for alike in similar(entry, self.reader.known):
            earlier = self.rows_of.get(alike.account.id)
            line = f"这个表格的第 {earlier} 行" if earlier else self.reader.told(alike)
            if alike.likeness is Likeness.SAME:
                case.there = line
                return
            if alike.likeness is Likeness.MAYBE and not sure:
                todo = "核对一下;确实是另一个账号,就加 --yes"
                row.blame([Fault(("name",), f"像是已经有了:{line}", "还没有的账号", todo)])
                return
        case.entry = entry
        self.rows_of[entry.account.id] = row.number
        self.reader.take(entry)

    def link(self) -> None:
        """Let the destinations of all rows lead to accounts that are known, those of this table too."""
        for case in self.cases:
            if case.entry:
                case.entry, faults = self.reader.linked(case.entry)
                case.row.blame(faults)

    def plan(self, known: Knowledge, folder: Path, today: When, *, part: bool) -> Plan:
        """Plan the good rows, noting what the rules find wrong; again without those where a part of them will do.

        Raises:
            TableError: what is wrong is with the folder around them.
            OSError: there is no room to try the plan.
        """
        while True:
            good = self.good()
            planned = editing.plan([entry for _, entry in good], known, folder, today)
            for trouble in planned.troubles:
                problem = trouble.problem
                if trouble.entry is None:
                    raise TableError(str(problem))
                fault = Fault((), problem.found, problem.expected, problem.todo)
                good[trouble.entry][0].faults.append((columns.heading(problem.field), fault))
            if not planned.troubles or not part:
                return planned

    def good(self) -> list[tuple[Row, Entry]]:
        """Return the rows that can be imported, with what they become."""
        return [(case.row, case.entry) for case in self.cases if case.entry and not case.row.faults]
