"""`import`: many accounts put into the knowledge from a table, CSV or Excel; all of its rows are checked first."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot import knowledge
from bot.commands.adding import UNTOUCHED, next_step, unusable, unwritten
from bot.progress import progress
from bot.setting import add_knowledge, call, contact, today
from bot.setting import unwritten as unwritten_at
from bot.upkeep import columns, editing
from bot.upkeep.columns import EXAMPLE
from bot.upkeep.editing import ChangedError, Plan
from bot.upkeep.entries import Reader
from bot.upkeep.importing import Case, Import
from bot.upkeep.placefile import Entry
from bot.upkeep.sheets import TableError
from bot.yamlfile import shown

HELP = "从表格添一批账号"
DESCRIPTION = "从 CSV 或 Excel 表格添一批账号:先查全部行,没有问题才写;已经有的不会再写一遍。"
EXAMPLES = """\
  python bot.py import --template 账号.xlsx   先要一张空表格,里面有说明和例子
  python bot.py import 账号.xlsx --dry-run    填好后先试一遍,不改任何文件
  python bot.py import 账号.xlsx              再真的导入"""
SUFFIXES = (".csv", ".xlsx")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `import` takes."""
    add_knowledge(parser)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="表格:.csv(UTF-8 或 GBK)或 .xlsx")
    parser.add_argument(
        "--template", type=Path, metavar="FILE", help="不导入,只写一个空表格:文件名以 .csv 或 .xlsx 结尾"
    )
    parser.add_argument("--good-rows", action="store_true", help="有的行有问题,也导入没问题的行")
    parser.add_argument("--dry-run", action="store_true", help="只查,不改动任何文件")
    parser.add_argument("--yes", action="store_true", help="和已有账号差不多的行也导入;一模一样的仍不再写")


def run(options: argparse.Namespace) -> int:
    """Import a table or write an empty one; 1 when a row has a problem, 2 when there is nothing to do."""
    if bool(options.template) == bool(options.file):
        problem = "表格和 --template 只写一个。" if options.file else "要导入哪个表格?"
        print(f"{problem}这样写:\n{EXAMPLES}", file=sys.stderr)
        return 2
    return _template(options) if options.template else _import(options)


def _import(options: argparse.Namespace) -> int:
    known = knowledge.read(options.knowledge)
    if not known.places:
        print(*unusable(known, options.knowledge), sep="\n", file=sys.stderr)
        return 1
    try:
        rows = columns.rows(options.file)
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        running = Import([Case(row) for row in rows], Reader(known))
        for case in progress(running.cases, "逐行检查", len(running.cases)):
            running.examine(case, sure=options.yes)
        running.link()
        planned = running.plan(known, options.knowledge, today(), part=options.good_rows)
        return _finish(running, planned, options)
    except (ChangedError, OSError) as error:
        print(unwritten(error), file=sys.stderr)
    except TableError as error:
        print(error, UNTOUCHED, sep="\n", file=sys.stderr)
    return 1


def _finish(running: Import, planned: Plan, options: argparse.Namespace) -> int:
    """Tell what is wrong and what is there; write the rest if that is wished. Raises: ChangedError, OSError."""
    good, wrong = running.good(), [case.row for case in running.cases if case.row.faults]
    there = [case for case in running.cases if case.there]
    for row in wrong:
        for heading, fault in row.faults:
            print(f"第 {row.number} 行: {heading}: {fault.said}", file=sys.stderr)
    for case in there:
        print(f"第 {case.row.number} 行: 已经有了,不再写:{case.there}")
    verb = "导入了" if not options.dry_run and (not wrong or options.good_rows) else "能导入"
    counted = f"{len(good)} 行{verb},{len(there)} 行已经有了,{len(wrong)} 行有问题。"
    if options.dry_run:
        print(f"只是试试:{counted}{UNTOUCHED}")
    elif wrong and not options.good_rows:
        print(f"{counted}{UNTOUCHED}改好再运行一次,或加 --good-rows 先导入没问题的行。")
    else:
        editing.write(planned)
        for number, (row, entry) in enumerate(good):
            at = planned.written[number]
            print(f"第 {row.number} 行: 写进了 {shown(at.path)} 第 {at.line} 行:{_named(entry)}")
        print(counted)
        if good:
            print(next_step(good[0][1], options))
    return 1 if wrong else 0


def _named(entry: Entry) -> str:
    return entry.account.name or entry.unit or entry.account.id


def _template(options: argparse.Namespace) -> int:
    """Write an empty table: headings and an example, in Excel with what each column means."""
    path: Path = options.template
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        print(f"“{path}”;应当是:以 .csv 或 .xlsx 结尾的文件名;改一下文件名", file=sys.stderr)
        return 2
    content = columns.template(suffix, contact())
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        print(f"{path} 已经有了,没有改动;换个文件名。", file=sys.stderr)
        return 1
    except OSError as error:
        print(unwritten_at(path, error), file=sys.stderr)
        return 1
    print(f"写好了 {path}:从第 3 行起一行一个账号;以“{EXAMPLE}”开头的行不会导入。")
    print(f"填好后:{call('import', options, str(path))}" + (f";或者发到 {contact()}" if contact() else ""))
    return 0
