"""`import`: many accounts put into the knowledge from a table, CSV or Excel; all of its rows are checked first."""

from __future__ import annotations

import argparse
import codecs
import csv
import datetime as dt
import difflib
import io
import re
import sys
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import codec, knowledge
from bot.codec import Fault
from bot.commands.new import (
    DESTINATION,
    QUESTIONS,
    SOURCE,
    UNTOUCHED,
    Reader,
    alike_line,
    next_step,
    said,
    unusable,
    unwritten,
)
from bot.progress import progress
from bot.records import Basis, Platform
from bot.setting import add_folders, today
from bot.upkeep import editing
from bot.upkeep.editing import ChangedError, Entry, Likeness, Plan, similar
from bot.yamlfile import MOST_BYTES, shown

HELP = "从表格添一批账号"
DESCRIPTION = "从 CSV 或 Excel 表格添一批账号:先查全部行,没有问题才写;已经有的不会再写一遍。"

EXAMPLE = "例:"
EXCEL_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}
_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+\d+")
# Excel keeps what is typed in a column of this format as it was typed.
TEXT_FORMAT = "@"
ROWS_PREPARED = 2000
# A packed file can hold a thousand times its size of nothing.
MOST_UNPACKED = 25 * MOST_BYTES
# What openpyxl and its parsers raise for files that are damaged, locked or something else.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, KeyError, IndexError, ValueError, TypeError, AttributeError, SyntaxError, EOFError, OSError,
    NotImplementedError,
)  # fmt: skip


class TableError(Exception):
    """A file is no table that can be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: its key, its heading, what is expected, an example, the words it may hold."""

    key: str
    label: str
    says: str
    example: str
    options: tuple[str, ...] = ()
    required: bool = False


@dataclass(slots=True)
class Row:
    """One row of the table, by the number that Excel shows beside it, with what was found wrong with it."""

    number: int
    cells: dict[str, str]
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    entry: Entry | None = None
    there: str = ""


def _columns() -> Iterable[Column]:
    """Yield the columns: a question each, the first destination and source with a column for each part."""
    platforms, bases = tuple(p.label for p in Platform), tuple(b.label for b in Basis)
    for q in QUESTIONS.values():
        if q.key == "destinations":
            yield Column("destination", "去向", "第一个去向的名字或编号", "今日张家港")
            yield Column("destination_platform", "去向平台", "在哪个平台;没说就空着", "手机App", platforms)
            yield Column("destination_basis", "去向依据", "谁说的", "媒体报道", bases)
            yield Column("destination_scope", "去向管什么", "全部、信息、办事、咨询,或原话", "办事")
            yield Column("destinations", "更多去向", f"一行一个:{DESTINATION}", "")
        elif q.key == "sources":
            yield Column("source", "来源", "第一个来源的发布者", "新京报", required=True)
            yield Column("source_date", "来源日期", "它自己的日期", "2024-06-02")
            yield Column("source_url", "来源网址", "可以给居民看的网址", "https://www.bjnews.com.cn/")
            yield Column("sources", "更多来源", f"一行一个:{SOURCE}", "")
        else:
            yield Column(q.key, q.label, q.says, q.example, q.options, q.required)


COLUMNS = {c.key: c for c in _columns()}
FIRST = {
    "destinations": ("destination", "destination_platform", "destination_basis", "destination_scope"),
    "sources": ("source", "source_date", "source_url"),
}
# Where a fault inside the first destination or source stands; anything else is its first column.
PARTS = {
    ("destinations", "platform"): "destination_platform",
    ("destinations", "basis"): "destination_basis",
    ("sources", "date"): "source_date",
    ("sources", "url"): "source_url",
}
# The column of a field that a rule complains of, where it has not the field's name.
RULED = {
    "accounts": "name", "account": "destination", "basis": "destination_basis", "url": "source_url",
    "destinations": "destination", "sources": "source",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `import` takes."""
    add_folders(parser)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="表格:.csv(UTF-8 或 GBK)或 .xlsx")
    parser.add_argument(
        "--template", type=Path, metavar="FILE", help="不导入,只写一个空表格:文件名以 .csv 或 .xlsx 结尾"
    )
    parser.add_argument("--good-rows", action="store_true", help="有的行有问题,也导入没问题的行")
    parser.add_argument("--dry-run", action="store_true", help="只查,不改动任何文件")
    parser.add_argument("--yes", action="store_true", help="和已有账号差不多的行也导入;一模一样的仍不再写")


def run(options: argparse.Namespace) -> int:
    """Import a table or write an empty one; 1 when a row has a problem, 2 when there is nothing to do."""
    if options.template:
        return _template(options.template)
    if not options.file:
        print(
            "要导入哪个表格?例如:python bot.py import 账号.xlsx;先要一个空表格:--template 账号.xlsx",
            file=sys.stderr,
        )
        return 2
    known = knowledge.read(options.knowledge)
    if not known.places:
        print(*unusable(known, options.knowledge), sep="\n", file=sys.stderr)
        return 1
    try:
        rows = read_rows(options.file)
        reader, numbers = Reader(known), dict[str, int]()
        for row in progress(rows, "逐行检查", len(rows)):
            _examine(row, numbers, reader, sure=options.yes)
        for row in rows:
            _link(row, reader)
        planned = _planned(rows, known, options)
        return _finish(rows, planned, options)
    except (ChangedError, OSError) as error:
        print(unwritten(error), file=sys.stderr)
    except TableError as error:
        print(error, file=sys.stderr)
    return 1


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a table below its heading, but for empty ones and the example. Raises: TableError."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TableError(f"{shown(path)} 太大,最多 {MOST_BYTES // 1024 // 1024} MB;分成几个表格。")
        content = path.read_bytes()
    except OSError as error:
        raise TableError(f"打不开 {path}:{error.strerror};检查文件名。") from error
    table = _excel_lines(content) if content.startswith(b"PK") else _csv_lines(content)
    filled = ((n, cells) for n, cells in table if any(cells))
    number, heads = next(filled, (1, []))
    keys = _keys(number, heads)
    found = []
    for number, cells in filled:
        row = Row(number, {k: c for k, c in zip(keys, cells, strict=False) if k and c})
        stray = [c for c, k in zip(cells, [*keys, *[""] * len(cells)], strict=False) if c and not k]
        if stray:
            row.faults.append(
                (
                    "表头",
                    Fault((), f"“{stray[0]}”这一格上面没有表头", "每格上面有表头", "补上表头,或删掉这一格"),
                )
            )
        if not row.cells.get("place", "").startswith(EXAMPLE):
            found.append(row)
    if not found:
        raise TableError(f"{shown(path)} 的表头下面没有要导入的行;一行写一个账号。")
    return found


def _keys(number: int, heads: Sequence[str]) -> list[str]:
    """Return the column each heading names, `""` for none; all that is wrong with the headings is one error."""
    words = {w: c.key for c in COLUMNS.values() for w in (c.label, c.key)}
    keys = [words.get(head, words.get(head.lower(), "")) for head in heads]
    labels = "、".join(c.label for c in COLUMNS.values())
    wrong = []
    for head, key in zip(heads, keys, strict=True):
        if head and not key:
            near = difflib.get_close_matches(head, words, 1, 0.6)
            todo = f"是不是想写 {near[0]}?" if near else "删掉这一列,或对照上面改正"
            wrong.append(f"“{head}”;应当是:下面之一:{labels};{todo}")
        elif key and keys.count(key) > 1:
            wrong.append(f"“{head}”写了两次;应当是:每个表头一次;合成一列")
    missing = [c for c in COLUMNS.values() if c.required and c.key not in keys and f"{c.key}s" not in keys]
    wrong += [f"没有“{c.label}”;应当是:有这一列;对照 --template 写出的空表格" for c in missing]
    if wrong:
        raise TableError("\n".join(f"第 {number} 行: 表头: {w}" for w in dict.fromkeys(wrong)))
    return keys


def _csv_lines(content: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV file with their numbers. Raises: TableError."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise TableError("读不懂这个文件;应当是:UTF-8 或 GBK 的 CSV,或 .xlsx;在 Excel 里“另存为”再试")
    first = text.lstrip("\r\n").partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=first.count), strict=True)
    try:
        return [(number, [cell.strip() for cell in cells]) for number, cells in enumerate(reader, 1)]
    except csv.Error as error:
        at = f"第 {reader.line_num} 行附近"
        raise TableError(f"{at}: 引号没有成对,或不是表格;应当是:CSV;在 Excel 里“另存为”CSV 再试") from error


def _excel_lines(content: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows of an Excel file's first sheet with their numbers. Raises: TableError."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(content)).infolist()) > MOST_UNPACKED:
            raise TableError("这个 Excel 文件展开后太大;应当是:一张普通的表格;分成几个文件")
        with warnings.catch_warnings(action="ignore"):
            sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
        return [(n, [_cell_text(cell) for cell in cells]) for n, cells in enumerate(sheet.iter_rows(), 1)]
    except (*DAMAGED, InvalidFileException) as error:
        raise TableError(
            "打不开这个 Excel 文件;应当是:没有密码的 .xlsx;在 Excel 里“另存为”.xlsx 再试"
        ) from error


def _cell_text(cell: Any) -> str:
    """Return what a cell of Excel means as text; a date as exactly as its format shows it."""
    value = cell.value
    if isinstance(value, dt.date):
        shape = re.sub(r'"[^"]*"|\[[^]]*\]|\\.', "", cell.number_format).lower()
        return value.strftime(
            "%Y-%m-%d" if "d" in shape or "y" not in shape else "%Y-%m" if "m" in shape else "%Y"
        )
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _given(cells: Mapping[str, str]) -> dict[str, list[str]]:
    """Return a row's cells as the texts that `new` is given."""
    given = {key: [cells[key]] for key in QUESTIONS if key in cells and key not in FIRST}
    for key, parts in FIRST.items():
        first = "|".join(cells.get(part, "") for part in parts).rstrip("|")
        more = [line for line in cells.get(key, "").splitlines() if line.strip()]
        given[key] = [first, *more] if first else more
    return given


def _mangled(cells: Mapping[str, str]) -> list[tuple[str, Fault]]:
    """Return a fault for each cell that Excel made something else of."""
    found = []
    for key, text in cells.items():
        label, says = COLUMNS[key].label, COLUMNS[key].says
        if text in EXCEL_ERRORS:
            found.append((label, Fault((key,), f"“{text}”", says, "Excel 没算出这一格,直接写内容")))
        elif key in ("place", "platform_id") and _EXPONENT.fullmatch(text):
            todo = "Excel 把它变成了科学计数:在 Excel 里把那一格设成“文本”,再写一次"
            likely = f"(大概是 {int(float(text))})" if key == "place" else ""
            found.append((label, Fault((key,), f"“{text}”{likely}", says, todo)))
    return found


def _examine(row: Row, numbers: dict[str, int], reader: Reader, *, sure: bool) -> None:
    """Turn a row into an entry, or find what is wrong with it, or that it is there already.

    `numbers` tells by id which accounts come from which row of the table.
    """
    row.faults += _mangled(row.cells)
    entry, faults = reader.entry(_given(row.cells)) if not row.faults else (None, [])
    row.faults += [(_label(fault.path, row.cells), fault) for fault in faults]
    if entry is None:
        return
    for alike in similar(entry, reader.known):
        earlier = numbers.get(alike.account.id)
        line = f"这个表格的第 {earlier} 行" if earlier else alike_line(alike, reader)
        if alike.likeness is Likeness.SAME:
            row.there = line
            return
        if alike.likeness is Likeness.MAYBE and not sure:
            todo = "核对一下;确实是另一个账号,就加 --yes"
            row.faults.append(
                (COLUMNS["name"].label, Fault(("name",), f"像是已经有了:{line}", "还没有的账号", todo))
            )
            return
    row.entry = entry
    numbers[entry.account.id] = row.number
    reader.take(entry)


def _link(row: Row, reader: Reader) -> None:
    """Let a row's destinations lead to accounts that are known, of this table too."""
    if row.entry:
        row.entry, faults = reader.linked(row.entry)
        row.faults += [(_label(fault.path, row.cells), fault) for fault in faults]


def _label(path: codec.Path, cells: Mapping[str, str]) -> str:
    """Return the heading of the column that a fault is about."""
    key = str(path[0])
    if key in FIRST and (len(path) == 1 or (path[1] == 0 and any(part in cells for part in FIRST[key]))):
        key = PARTS.get((key, str(path[-1])), FIRST[key][0])
    return COLUMNS[key].label


def _planned(rows: Sequence[Row], known: knowledge.Knowledge, options: argparse.Namespace) -> Plan:
    """Plan the good rows, noting what the rules find wrong with them; again without those where that is wished."""
    while True:
        good = [row for row in rows if row.entry and not row.faults]
        planned = editing.plan([row.entry for row in good if row.entry], known, options.knowledge, today())
        for trouble in planned.troubles:
            if trouble.entry is None:
                raise TableError(f"{trouble.problem}\n{UNTOUCHED}")
            problem = trouble.problem
            key = RULED.get(problem.field, problem.field)
            label = COLUMNS[key].label if key in COLUMNS else problem.field
            fault = Fault((), problem.found, problem.expected, problem.todo)
            good[trouble.entry].faults.append((label, fault))
        if not planned.troubles or not options.good_rows:
            return planned


def _finish(rows: Sequence[Row], planned: Plan, options: argparse.Namespace) -> int:
    """Tell what is wrong and what is there; write the rest if that is wished. Raises: ChangedError, OSError."""
    wrong = [row for row in rows if row.faults]
    good = [row for row in rows if row.entry and not row.faults]
    for row in wrong:
        for label, fault in row.faults:
            print(f"第 {row.number} 行: {label}: {said(fault)}", file=sys.stderr)
    for row in rows:
        if row.there:
            print(f"第 {row.number} 行: 已经有了,不再写:{row.there}")
    counted = f"{len(good)} 行能导入,{sum(bool(r.there) for r in rows)} 行已经有了,{len(wrong)} 行有问题"
    if options.dry_run:
        print(f"只是试试:{counted}。{UNTOUCHED}")
    elif wrong and not options.good_rows:
        print(f"{counted}。{UNTOUCHED}改好再运行一次,或加 --good-rows 先导入没问题的行。")
    else:
        editing.write(planned)
        for number, row in enumerate(good):
            at = planned.written[number]
            name = row.entry.account.name or row.entry.unit if row.entry else ""
            print(f"第 {row.number} 行: 写进了 {shown(at.path)} 第 {at.line} 行:{name}")
        print(f"{counted.replace('能导入', '导入了')}。")
        if good and good[0].entry:
            print(next_step(good[0].entry, options.knowledge))
    return 1 if wrong else 0


def _template(path: Path) -> int:
    """Write an empty table: headings and an example, in Excel with what each column means."""
    if path.suffix.lower() not in (".csv", ".xlsx"):
        print(f"“{path}”;应当是:以 .csv 或 .xlsx 结尾的文件名;改一下文件名", file=sys.stderr)
        return 2
    example = [c.example for c in COLUMNS.values()]
    lines = [[c.label for c in COLUMNS.values()], [EXAMPLE + example[0], *example[1:]]]
    content = _excel_template(lines) if path.suffix.lower() == ".xlsx" else _csv_template(lines)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        print(f"{path} 已经有了,没有改动;换个文件名。", file=sys.stderr)
        return 1
    except OSError as error:
        print(unwritten(error), file=sys.stderr)
        return 1
    print(
        f"写好了 {path}:从第 3 行起一行一个账号;以“{EXAMPLE}”开头的行不会导入。填好后:python bot.py import {path}"
    )
    return 0


def _csv_template(lines: Sequence[Sequence[str]]) -> bytes:
    """Return rows as CSV that Excel opens without asking for the encoding."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def _excel_template(lines: Sequence[Sequence[str]]) -> bytes:
    """Return rows as an Excel file: every column is text, so that Excel changes no date or code; lists to choose from."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet, notes = book.worksheets[0], book.create_sheet("说明")
    sheet.title, sheet.freeze_panes = "账号", "A2"
    for number, column in enumerate(COLUMNS.values(), 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 16
        sheet.column_dimensions[letter].number_format = TEXT_FORMAT
        for row, cells in enumerate(lines, 1):
            cell = sheet.cell(row, number, cells[number - 1] or None)
            cell.number_format, cell.font = TEXT_FORMAT, Font(bold=row == 1)
        if column.options:
            choice = DataValidation("list", formula1=f'"{",".join(column.options)}"', allow_blank=True)
            choice.add(f"{letter}2:{letter}{ROWS_PREPARED}")
            sheet.add_data_validation(choice)
    notes.append(["列", "英文名", "必须写", "写什么", "可以写的值", "例子"])
    for c in COLUMNS.values():
        notes.append([c.label, c.key, "是" if c.required else "", c.says, "、".join(c.options), c.example])
    for letter, width in zip("ABCDEF", (16, 22, 8, 48, 60, 32), strict=True):
        notes.column_dimensions[letter].width = width
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()
