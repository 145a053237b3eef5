"""`diff`: what the edits since a revision do to answers."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from bot import index
from bot.files import why
from bot.matcher import Matcher
from bot.setting import add_knowledge, today
from bot.upkeep.answerdiff import (
    Change,
    Difference,
    Question,
    RevisionError,
    Turn,
    differences,
    labelled,
    named,
    take_out,
)

HELP = "看改动影响哪些回答"
DESCRIPTION = (
    "拿同一批问题问改之前和改之后,列出回答变了的:测试里的问题(知识文件夹旁边的 tests/)、每个账号名和单位名。"
)
EXAMPLES = """\
  python bot.py diff              还没提交的改动
  python bot.py diff main         这个分支的全部改动
  python bot.py diff HEAD~1 --questions 问题.txt"""
BESIDE = "tests"
# Errors shown of a side that cannot be compared: `check` tells them all.
MOST_ERRORS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `diff` takes."""
    add_knowledge(parser)
    compared = "和 git 的哪个版本比,如 HEAD(默认)、HEAD~1、main"
    parser.add_argument("revision", nargs="?", default="HEAD", metavar="REV", help=compared)
    parser.add_argument("--questions", type=Path, metavar="FILE", help="再加上这个文件里的问题,一行一个")


def run(options: argparse.Namespace) -> int:
    """Print what is answered differently now; 1 when one side cannot be read, 2 when the questions cannot."""
    try:
        asked = _questions(options.questions)
    except (OSError, UnicodeDecodeError) as error:
        cause = why(error) if isinstance(error, OSError) else "不是 UTF-8 文字"
        print(f"读不了 {options.questions}:{cause};写一个文字文件,一行一个问题。", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name, ExitStack() as opened:
        aside = Path(name)
        try:
            take_out(options.revision, options.knowledge, aside / "knowledge")
        except RevisionError as error:
            print(error, file=sys.stderr)
            return 1
        before = _index(aside / "knowledge", aside / "before.sqlite", options.revision, opened)
        after = _index(options.knowledge, aside / "after.sqlite", str(options.knowledge), opened)
        if before is None or after is None:
            return 1
        questions = [*labelled(options.knowledge.parent / BESIDE), *named(before, after), *asked]
        found = list(differences(questions, Matcher(before), Matcher(after), today()))
    print("\n".join([*_told(found), _counted(found, len(set(questions)))]))
    return 0


def _questions(path: Path | None) -> list[Question]:
    """Return the questions of a file, one a line. Raises: OSError, UnicodeDecodeError."""
    lines = path.read_text(encoding="utf-8-sig").splitlines() if path else []
    return [(Turn(line.strip()),) for line in lines if line.strip()]


def _index(folder: Path, target: Path, called: str, opened: ExitStack) -> index.Base | None:
    """Return an index of a knowledge folder; `None`, and the first errors told, when it has some."""
    built = index.build(folder, target, today())
    for problem in built.errors[:MOST_ERRORS]:
        print(str(problem).replace(folder.as_posix(), called), file=sys.stderr)
    if built.errors:
        print(f"{called} 按现在的规则有 {len(built.errors)} 个错误,没法比。", file=sys.stderr)
        return None
    base = index.Base(target)
    opened.callback(base.close)
    return base


def _told(found: Sequence[Difference]) -> Iterator[str]:
    """Yield what changed, a group for each kind of change."""
    for change in Change:
        group = [d for d in found if d.change is change]
        if group:
            yield f"{change.label}({len(group)})"
        for d in group:
            yield f"  {' › '.join(map(str, d.question))}"
            yield f"    前:{d.before or '(没有这一行)'}"
            yield f"    后:{d.after or '(没有这一行)'}"
        if group:
            yield ""


def _counted(found: Sequence[Difference], asked: int) -> str:
    counts = "".join(f"{c.label} {sum(d.change is c for d in found)}," for c in Change)
    return f"问了 {asked} 句:{counts}没变 {asked - len(found)}。"
