"""`export`: all that residents may be shown, as open data."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot import checks, knowledge
from bot.files import aside, put
from bot.progress import progress
from bot.setting import add_knowledge, call, today, unwritten
from bot.upkeep.exporting import COLUMNS, JOINT, POINTERS, WHOLE, Tables, as_csv, as_json, flat, runs, tables

HELP = "导出数据"
DESCRIPTION = (
    "导出全部能公开的数据:json、csv、xlsx 或 sqlite。每张表每一列的意思见 docs/data.md;镜像网址和备注不导出。"
)
EXAMPLES = """\
  python bot.py export > 去向.json                  全部,一个 JSON
  python bot.py export --output 去向.xlsx           一张表一页,用 Excel 打开
  python bot.py export --output 去向.sqlite         一个数据库
  python bot.py export --table contact              一张表,CSV
  python bot.py export --format csv --output DIR    每张表一个 CSV 文件,写进已有的文件夹"""
FORMATS = ("json", "csv", "xlsx", "sqlite")
# Excel takes a CSV file for UTF-8 only when it begins with this mark.
MARK = b"\xef\xbb\xbf"
MAIN = "account"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `export` takes."""
    add_knowledge(parser)
    kind = "格式:json、csv、xlsx、sqlite(默认看 --output 的结尾,没有就是 json)"
    parser.add_argument("--format", choices=FORMATS, metavar="FORMAT", help=kind)
    output = "写到这个文件(json、csv 默认写到标准输出);csv 写已有的文件夹,就一张表一个文件"
    parser.add_argument("--output", type=Path, metavar="FILE", help=output)
    table = f"csv 只写哪张表(默认 {MAIN}):{'、'.join(COLUMNS)}"
    parser.add_argument("--table", choices=COLUMNS, metavar="TABLE", help=table)


def run(options: argparse.Namespace) -> int:
    """Write the dump; 2 when the flags do not fit, 1 when the knowledge has errors or nothing can be written."""
    options.format, misfit = _format(options.format or (options.table and "csv"), options.output)
    if options.table and options.format != "csv":
        misfit = "--table 只配 --format csv;别的格式总是全部的表。"
    if options.output is None and options.format in ("xlsx", "sqlite"):
        misfit = f"{options.format} 要写成文件:--output 去向.{options.format}"
    if misfit:
        print(misfit, file=sys.stderr)
        return 2
    read = knowledge.read(options.knowledge)
    errors = [p for p in checks.check(read, today()) if not p.warning]
    for problem in errors:
        print(problem, file=sys.stderr)
    if errors:
        print(f"{len(errors)} 个错误,没有导出。改好后运行 {call('check', options)}", file=sys.stderr)
        return 1
    found = tables(read)
    if options.output is None:
        sys.stdout.buffer.write(_text(found, options))
        sys.stdout.flush()
        return 0
    try:
        _write(found, options)
    except OSError as error:
        print(unwritten(options.output, error), file=sys.stderr)
        return 1
    print(f"写好了 {options.output}:{len(found['account'])} 个账号。", file=sys.stderr)
    return 0


def _format(asked: str | None, output: Path | None) -> tuple[str, str]:
    """Return the format that is asked for, or that the file's name ends with; and what is wrong when both disagree."""
    named = output.suffix[1:].lower() if output else ""
    if asked and named in FORMATS and named != asked:
        return asked, f"--format {asked} 和 {output} 的结尾对不上;去掉 --format,或改文件名。"
    if output and not asked and named not in FORMATS:
        return "json", f"看不出 {output} 要什么格式;加上 --format:{'、'.join(FORMATS)}。"
    return asked or named or "json", ""


def write_xlsx(found: Tables, target: Path) -> None:
    """Write an Excel file with a sheet for each table; every cell is text, so none is run. Raises: OSError."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    with aside(target) as path:
        book = Workbook(write_only=True)
        for name, rows in progress(found.items(), "写表格", len(found)):
            sheet = book.create_sheet(name)
            sheet.freeze_panes = "A2"
            table = (COLUMNS[name], *([flat(row[c]) for c in COLUMNS[name]] for row in rows))
            for number, texts in enumerate(table):
                cells = []
                for text in texts:
                    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
                    cell.data_type = "s"  # a text that begins with = was taken for a formula
                    cell.quotePrefix = runs(text)
                    cell.font = Font(bold=number == 0)
                    cells.append(cell)
                sheet.append(cells)
        book.save(path)


def write_sqlite(found: Tables, target: Path) -> None:
    """Write a SQLite database with a table for each of ours, its keys and its pointers. Raises: OSError."""
    import sqlite_utils

    with aside(target) as path:
        db = sqlite_utils.Database(path)
        for name, rows in progress(found.items(), "写数据库", len(found)):
            kinds = {c: int if c in WHOLE else str for c in COLUMNS[name]}
            pointers = [(column, *goal) for column, goal in POINTERS.get(name, {}).items()]
            table = db.table(name).create(kinds, pk=COLUMNS[name][0], foreign_keys=pointers)
            table.insert_all(
                {c: JOINT.join(v) if isinstance(v, list) else v for c, v in r.items()} for r in rows
            )
            for column, *_ in pointers:
                table.create_index([column])
        db.close()


def _text(found: Tables, options: argparse.Namespace) -> bytes:
    if options.format == "json":
        return as_json(found)
    name = options.table or MAIN
    return as_csv(name, found[name])


def _write(found: Tables, options: argparse.Namespace) -> None:
    target: Path = options.output
    if options.format == "xlsx":
        write_xlsx(found, target)
    elif options.format == "sqlite":
        write_sqlite(found, target)
    elif options.format == "csv" and target.is_dir():
        for name in (options.table,) if options.table else found:
            put(MARK + as_csv(name, found[name]), target / f"{name}.csv")
    else:
        put((MARK if options.format == "csv" else b"") + _text(found, options), target)
