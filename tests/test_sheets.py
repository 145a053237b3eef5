"""CSV and Excel files are read as they are shown; what is no table is told with what to do."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.upkeep import sheets
from bot.upkeep.sheets import TableError, csv_bytes, excel_bytes, lines

ROWS = [["地方", "账号名"], ["320582", "健康港城"]]


def told(path: Path) -> str:
    """Return why a file is no table."""
    with pytest.raises(TableError) as error:
        lines(path)
    return str(error.value).replace(f"{path.parent.as_posix()}/", "")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff\xff\xff\x00", "读不懂这个文件;应当是:UTF-8 或 GBK 的 CSV,或 .xlsx;在 Excel 里“另存为”再试"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 50, "读不懂这个文件;应当是:UTF-8 或 GBK 的 CSV,或 .xlsx;在 Excel 里“另存为”再试"),
        ('地方,账号名\n320582,"没有完'.encode(), "第 2 行附近: 引号没有成对,或不是表格;应当是:CSV;在 Excel 里“另存为”CSV 再试"),
        (b"PK\x03\x04 torn", "打不开这个 Excel 文件;应当是:没有密码的 .xlsx;在 Excel 里“另存为”.xlsx 再试"),
    ],
    ids=["bytes", "old Excel", "open quote", "torn"],
)  # fmt: skip
def test_a_file_that_is_no_table_is_said(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert told(path) == expected


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    assert told(tmp_path / "none.csv") == "打不开 none.csv:没有这个文件或文件夹;检查文件名。"
    (tmp_path / "t.csv").mkdir()
    assert told(tmp_path / "t.csv") == "打不开 t.csv:这是一个文件夹;检查文件名。"


def test_another_zip_and_one_that_would_blow_up_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("a.txt", "a")
    assert told(path).startswith("打不开这个 Excel 文件;")
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 1000)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("a.xml", b" " * 1001)
    assert told(path) == "这个 Excel 文件展开后太大;应当是:一张普通的表格;分成几个文件"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"x" * (sheets.MOST_BYTES + 1))
    assert told(path) == "t.csv 太大,最多 8 MB;分成几个表格。"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"]))
def test_any_bytes_are_rows_or_told_to_be_none(tmp_path: Path, content: bytes, begins: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(begins + content)
    with contextlib.suppress(TableError):
        assert all(isinstance(cell, str) for _, cells in lines(path) for cell in cells)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_any_usual_encoding_and_delimiter_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([*ROWS, [" 两\n行 ", 'a"b']])
    path = tmp_path / "t.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    assert lines(path) == [(1, ROWS[0]), (2, ROWS[1]), (3, ["两\n行", 'a"b'])]


def test_excels_dates_and_numbers_are_taken_as_they_are_shown(tmp_path: Path) -> None:
    day = dt.datetime(2024, 6, 2, 8, 30)  # noqa: DTZ001  # as Excel has it
    shapes = {
        "yyyy/m/d h:mm": "2024-06-02",
        'yyyy"年"m"月"': "2024-06",
        '[$-804]yyyy"days"': "2024",
        "d/m": "2024-06-02",
    }
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([320582, 2024.0, 0.5, " 一句\xa0", None, *(day for _ in shapes)])
    for number, shape in enumerate(shapes, 6):
        sheet.cell(1, number).number_format = shape
    book.save(tmp_path / "t.xlsx")
    assert lines(tmp_path / "t.xlsx") == [(1, ["320582", "2024", "0.5", "一句", "", *shapes.values()])]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    table = [["地方", "日期", "空"], ["320582", "2024-04-02", ""], ["=1+1", "0001", "x"]]
    for name, content in (("t.csv", csv_bytes(table)), ("t.xlsx", excel_bytes(table[:2], {}, []))):
        (tmp_path / name).write_bytes(content)
        assert [cells for _, cells in lines(tmp_path / name)] == table[: 3 if name == "t.csv" else 2]
