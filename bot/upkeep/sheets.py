"""Floor 7. CSV and Excel files → rows of text, and rows of text → an empty table to fill in."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.files import why
from bot.yamlfile import MOST_BYTES, shown

# Rows with their numbers, as a spreadsheet shows them (from 1); each cell is text without space around it.
Lines = list[tuple[int, list[str]]]

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


def lines(path: Path) -> Lines:
    """Return the rows of a CSV or Excel file. Raises: TableError."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TableError(f"{shown(path)} 太大,最多 {MOST_BYTES // 1024 // 1024} MB;分成几个表格。")
        content = path.read_bytes()
    except OSError as error:
        raise TableError(f"打不开 {path}:{why(error)};检查文件名。") from error
    return lines_of(content)


def lines_of(content: bytes) -> Lines:
    """Return the rows of what a CSV or Excel file holds. Raises: TableError."""
    return _excel_lines(content) if content.startswith(b"PK") else _csv_lines(content)


def csv_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as CSV that Excel opens without asking for the encoding."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def excel_bytes(
    rows: Sequence[Sequence[str]], offered: Mapping[int, Sequence[str]], notes: Sequence[Sequence[str]]
) -> bytes:
    """Return rows as an Excel file to fill in: every column is text, so that Excel changes no date or code.

    Args:
        rows: The heading, then the rows that are there already.
        offered: The values to choose from, by the column (from 0).
        notes: The rows of a second sheet that explains the first.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet, explained = book.worksheets[0], book.create_sheet("说明")
    sheet.title, sheet.freeze_panes = "账号", "A2"
    for number in range(len(rows[0])):
        letter = get_column_letter(number + 1)
        sheet.column_dimensions[letter].width = 16
        sheet.column_dimensions[letter].number_format = TEXT_FORMAT
        for row, cells in enumerate(rows, 1):
            cell = sheet.cell(row, number + 1, cells[number] or None)
            cell.number_format, cell.font = TEXT_FORMAT, Font(bold=row == 1)
        if number in offered:
            choice = DataValidation("list", formula1=f'"{",".join(offered[number])}"', allow_blank=True)
            choice.add(f"{letter}2:{letter}{ROWS_PREPARED}")
            sheet.add_data_validation(choice)
    for note in notes:
        explained.append(list(note))
    for letter, width in zip("ABCDEF", (16, 22, 8, 48, 60, 32), strict=True):
        explained.column_dimensions[letter].width = width
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _csv_lines(content: bytes) -> Lines:
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


def _excel_lines(content: bytes) -> Lines:
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
