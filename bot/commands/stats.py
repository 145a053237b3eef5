"""`stats`: what the knowledge covers, as tables, and as a picture."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.files import put
from bot.setting import add_knowledge, known, unwritten
from bot.terminal import aligned
from bot.upkeep.chart import draw
from bot.upkeep.statistics import Census, Table, census, panels

HELP = "数一数"
DESCRIPTION = "数一数知识里有什么:按省、平台、现状、原因、公告、依据,几个有能用的去向,哪些最久没核对。"
EXAMPLES = """\
  python bot.py stats
  python bot.py stats --plot 统计.svg    再画成一张图,用浏览器打开"""
TITLE = "去向收了哪些政务账号"
# The longest unchecked accounts named; more are listed by `due`.
MOST_OLDEST = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `stats` takes."""
    add_knowledge(parser)
    parser.add_argument("--plot", type=Path, metavar="FILE", help="再画成一张图(SVG),写到这个文件")


def run(options: argparse.Namespace) -> int:
    """Print the counts and draw them if asked; 1 when the picture cannot be written."""
    counted = census(known(options))
    print("\n".join(shown(counted)))
    return 0 if options.plot is None else _plot(options.plot, counted)


def shown(counted: Census) -> list[str]:
    """Return the counts as a terminal shows them."""
    summary = [
        ("地方", str(counted.places), ""),
        ("单位", str(counted.units), ""),
        ("账号", str(counted.accounts), ""),
        ("停了的", str(counted.gone), _share(counted.gone, counted.accounts)),
        ("停了的里,有能用的去向", str(counted.live), _share(counted.live, counted.gone)),
    ]
    lines = aligned(summary, right=(1, 2))
    if counted.oldest:
        names = "、".join(a.id for a in counted.oldest[:MOST_OLDEST])
        more = f" 等 {len(counted.oldest)} 个" if len(counted.oldest) > MOST_OLDEST else ""
        lines += ["", f"最久没核对:{counted.oldest[0].checked}({names}{more})"]
    for table in counted.tables:
        lines += ["", table.title, *_table(table)]
    return lines


def _table(table: Table) -> list[str]:
    total = sum(count for _, count in table.rows)
    rows = [("  " + label, str(count), _share(count, total)) for label, count in table.rows]
    return aligned(rows, right=(1, 2)) if rows else ["  (没有)"]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "—"


def _plot(target: Path, counted: Census) -> int:
    try:
        put(draw(TITLE, panels(counted)).encode(), target)
    except OSError as error:
        print(unwritten(target, error), file=sys.stderr)
        return 1
    print(f"\n图画好了:{target}")
    return 0
