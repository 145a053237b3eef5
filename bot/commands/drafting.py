"""What `notice` and `queue` both do with drafts: show them, put them into the knowledge, say what became of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bot import knowledge
from bot.checks import check
from bot.commands.adding import UNTOUCHED, next_step, unwritten
from bot.knowledge import Knowledge
from bot.notice import Draft
from bot.setting import today
from bot.upkeep import editing
from bot.upkeep.applying import prepare
from bot.upkeep.drafts import TOLD, Told, yaml_of
from bot.upkeep.editing import ChangedError
from bot.upkeep.entries import Reader
from bot.upkeep.questions import QUESTIONS
from bot.yamlfile import shown


@dataclass(frozen=True, slots=True)
class Put:
    """What became of drafts: the ids of the accounts written, and how many stand there already."""

    ids: tuple[str, ...] = ()
    there: int = 0
    errors: bool = False


def add_told(parser: argparse.ArgumentParser) -> None:
    """Add what a maintainer may say of drafts besides their text."""
    parser.add_argument("--yes", action="store_true", help="有差不多的账号也写")
    for key in TOLD:
        q = QUESTIONS[key]
        says = f"补上或改掉{q.label};例:{q.example}"
        parser.add_argument(q.flag, dest=key, metavar="TEXT", action="append", help=says)


def told_by(options: argparse.Namespace, url: str | None) -> Told:
    """Return what the options say of drafts besides their text."""
    given = {key: texts for key in TOLD if (texts := getattr(options, key)) is not None}
    return Told(today(), given, url)


def show(drafts: Sequence[Draft], known: Knowledge, told: Told, options: argparse.Namespace) -> None:
    """Print drafts as YAML for the files they belong in."""

    def file_of(place: str) -> str:
        return shown(editing.file_of(place, known, options.knowledge))

    print(*yaml_of(drafts, Reader(known), told, file_of), sep="\n")


def put_in(drafts: Sequence[Draft], known: Knowledge, told: Told, options: argparse.Namespace) -> Put | None:
    """Put drafts into the knowledge, check it and say so; `None` when nothing was written for what is wrong."""
    try:
        applied = prepare(drafts, known, options.knowledge, told, sure=options.yes)
        if not applied.wrong and applied.entries:
            editing.write(applied.plan)
    except (ChangedError, OSError) as error:
        refused([unwritten(error)])
        return None
    for line in applied.there:
        print(line, file=sys.stderr)
    if applied.wrong:
        todo = f"{UNTOUCHED}补上缺的(如 --place、--source);确实是另一个账号,就加 --yes。"
        refused([*applied.wrong, todo])
        return None
    if not applied.entries:
        refused([UNTOUCHED])
        return Put(there=len(applied.there))
    for at in applied.plan.written.values():
        print(f"写进了 {shown(at.path)} 第 {at.line} 行:", *at.lines, sep="\n")
    wrong = errors_after(options)
    print(next_step(applied.entries[0], options))
    return Put(tuple(e.account.id for e in applied.entries), len(applied.there), wrong)


def errors_after(options: argparse.Namespace) -> bool:
    """Check the knowledge after it was written to; print its errors; whether there are any."""
    errors = [p for p in check(knowledge.read(options.knowledge), today()) if not p.warning]
    for problem in errors:
        print(problem)
    return bool(errors)


def refused(lines: Sequence[str]) -> int:
    """Say on standard error what is wrong; the exit code of it."""
    print(*lines, sep="\n", file=sys.stderr)
    return 1
