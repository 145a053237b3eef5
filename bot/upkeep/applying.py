"""Floor 7. Drafts on their way into the knowledge: compared, linked, planned together; all are written or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.codec import Fault
from bot.knowledge import Knowledge
from bot.notice import Draft
from bot.upkeep import editing
from bot.upkeep.drafts import Told, entry_of, title
from bot.upkeep.editing import Plan
from bot.upkeep.entries import Reader
from bot.upkeep.likeness import Alike, Likeness, similar
from bot.upkeep.placefile import Entry


@dataclass(slots=True)
class Applied:
    """What becomes of drafts: their entries and a plan, or all that is wrong, each as a line for a maintainer.

    Attributes:
        entries: what is put in, in the order of the drafts.
        plan: the change; to be written when nothing is wrong.
        wrong: what keeps the drafts from being put in.
        there: what is there already, by the line that says so.
    """

    entries: list[Entry] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    wrong: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)


def prepare(drafts: Sequence[Draft], known: Knowledge, folder: Path, told: Told, *, sure: bool) -> Applied:
    """Work out what drafts become; `sure` puts in those that are only like an account that is there.

    Raises:
        OSError: the folder cannot be read, or there is no room for a copy of it.
    """
    applied, reader = Applied(), Reader(known)
    for draft in drafts:
        entry, faults = entry_of(draft, reader, told)
        applied.wrong += [_said(draft, fault) for fault in faults]
        if entry is None:
            continue
        alike = similar(entry, known)  # not with one another: one text tells its accounts apart
        if same := [a for a in alike if a.likeness is Likeness.SAME]:
            applied.there.append(f"{title(draft)}: 已经有了:{reader.told(same[0])}")
        elif alike and not sure:
            applied.wrong.append(f"{title(draft)}: {_listed(alike, reader)}")
        else:
            applied.entries.append(entry)
            reader.take(entry)
    for number, entry in enumerate(applied.entries):
        applied.entries[number], faults = reader.linked(entry)
        applied.wrong += [f"{entry.account.name or entry.unit}: 去向: {fault.said}" for fault in faults]
    if not applied.wrong and applied.entries:
        applied.plan = editing.plan(applied.entries, known, folder, told.today)
        applied.wrong += [str(trouble.problem) for trouble in applied.plan.troubles]
    return applied


def _said(draft: Draft, fault: Fault) -> str:
    return f"{title(draft)}: {fault.path[0]}: {fault.said}"


def _listed(alike: Sequence[Alike], reader: Reader) -> str:
    lines = "\n  ".join(reader.told(a) for a in alike)
    return f"已经有差不多的账号:\n  {lines}"
