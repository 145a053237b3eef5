"""`queue --merge`: one account of a notice beside a record, and what the notice adds written into it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands.adding import UNTOUCHED, unwritten
from bot.commands.drafting import errors_after, refused, told_by
from bot.knowledge import Knowledge
from bot.ledger import Waiting
from bot.notice import Draft
from bot.records import Account, Unit
from bot.setting import call
from bot.terminal import aligned
from bot.text import fold
from bot.upkeep import editing
from bot.upkeep.amending import amend
from bot.upkeep.drafts import Told, entry_of, title
from bot.upkeep.editing import ChangedError
from bot.upkeep.entries import Reader
from bot.upkeep.merging import Merge, merge
from bot.upkeep.placefile import UnfitError
from bot.values import When
from bot.yamlfile import shown


@dataclass(frozen=True, slots=True)
class Held:
    """The exit code of a comparison, and the account of the notice that was merged, if one was."""

    code: int
    draft: Draft | None = None


def held_against(
    drafts: Sequence[Draft], waiting: Waiting, known: Knowledge, options: argparse.Namespace
) -> Held:
    """Show a draft and a record side by side; write what the draft adds where that is wished."""
    at = next(((u, a) for u in known.units for a in u.accounts if a.id == options.merge), None)
    if at is None:
        return Held(refused([f"没有编号是“{options.merge}”的账号;用 {call('show', options, '名字')} 查。"]))
    unit, account = at
    draft = _of(account, drafts)
    if draft is None:
        numbered = [f"  {number}. {title(d)}" for number, d in enumerate(drafts, 1)]
        return Held(refused(["公告里有几个账号,用 --account N 说是第几个:", *numbered]))
    told = told_by(options, waiting.url)
    merged, wrong = _merged(draft, account, unit, known, told)
    if merged is None:
        return Held(refused([*wrong, UNTOUCHED + "补上缺的(如 --place、--source)。"]))
    print(f"{account.id} 和第 {waiting.id} 份公告:")
    head = ("", "我们的", "公告说", "")
    rows = ((r.what, r.ours, r.theirs, r.verdict.value) for r in merged.rows)
    print(*aligned([head, *rows]), sep="\n")
    if not options.write:
        words = (str(waiting.id), "--merge", account.id, "--write")
        print(f"没错就合并:{call('queue', options, *words)}")
        return Held(0)
    return Held(code, draft) if (code := _write(merged, known, told.today, options)) is not None else Held(1)


def _of(account: Account, drafts: Sequence[Draft]) -> Draft | None:
    """Return the draft that is about a record; `None` where that is not certain."""
    if len(drafts) == 1:
        return drafts[0]
    named = [d for d in drafts if fold(d.name or "") == fold(account.name or "")]
    here = [d for d in named if d.platform is account.platform]
    return here[0] if len(here) == 1 else None


def _merged(
    draft: Draft, account: Account, unit: Unit, known: Knowledge, told: Told
) -> tuple[Merge | None, list[str]]:
    """Return a record with what a draft adds, or what keeps the draft from being read."""
    reader = Reader(known)
    # Whoever merges has said which account it is: where that is, is known.
    given = {"place": [unit.place], **told.given}
    entry, faults = entry_of(draft, reader, Told(told.today, given, told.url))
    if entry:
        entry, faults = reader.linked(entry)
    if entry is None or faults:
        return None, [f"{fault.path[0]}: {fault.said}" for fault in faults]
    return merge(account, unit.name, entry), []


def _write(merged: Merge, known: Knowledge, today: When, options: argparse.Namespace) -> int | None:
    """Write a merged record and check the whole; the exit code, `None` when nothing was written."""
    try:
        planned = amend(merged.account, known, options.knowledge, today)
        if not planned.troubles:
            editing.write(planned)
    except (ChangedError, OSError) as error:
        refused([unwritten(error)])
        return None
    except UnfitError as error:
        refused([str(error.args[0]), UNTOUCHED])
        return None
    if planned.troubles:
        refused([*(str(t.problem) for t in planned.troubles), UNTOUCHED])
        return None
    written = planned.written[0]
    print(f"合并进了 {shown(written.path)} 第 {written.line} 行:", *written.lines, sep="\n")
    return int(errors_after(options))
