"""A file of names gives its names, whoever made it and however; what is no such file gets a clear fault, never a crash."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from conftest import TODAY
from hypothesis import given
from hypothesis import strategies as st

from bot.batch import LONGEST, MOST, MOST_BYTES, BatchError, Fault, acceptable, answered, names_of, table
from bot.matcher import Matcher, Verdict
from bot.talk.desk import Scene, desk
from bot.upkeep.sheets import excel_bytes

NAMES = ["水润港城", "健康济阳", "莒南交警"]


def excel(rows: list[list[str]]) -> bytes:
    """Return rows as an Excel file."""
    return excel_bytes(rows, {}, [])


def fault_of(name: str, content: bytes) -> Fault:
    """Return what is wrong with a file."""
    with pytest.raises(BatchError) as told:
        names_of(name, content)
    return told.value.fault


def bomb() -> bytes:
    """Return a small file that unpacks to a very large one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 200_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.pdf", b"%PDF", Fault.TYPE),
        ("a.xls", b"\xd0\xcf\x11\xe0", Fault.TYPE),
        ("", b"x", Fault.TYPE),
        ("a.csv.exe", b"x", Fault.TYPE),
        ("a.txt", b"x" * (MOST_BYTES + 1), Fault.LARGE),
        ("a.xlsx", b"PK\x03\x04broken", Fault.BROKEN),
        ("a.xlsx", bomb(), Fault.BROKEN),
        ("a.csv", b'"never closed', Fault.BROKEN),
        ("a.txt", b"\xff\xff\xff\xff", Fault.BROKEN),
        ("a.txt", b"", Fault.EMPTY),
        ("a.csv", b"\r\n,,\r\n", Fault.EMPTY),
        ("a.csv", "公众号\r\n".encode(), Fault.EMPTY),
        ("a.txt", b"1.\n2.\n?\n", Fault.EMPTY),
    ],
    ids=map(str, range(13)),
)
def test_what_is_no_file_of_names_is_told_why(name: str, content: bytes, fault: Fault) -> None:
    assert fault_of(name, content) is fault


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_file_has_a_name_a_line_in_any_encoding(encoding: str, end: str) -> None:
    text = end.join(["1. 水润港城", "", "2、健康济阳", "(3)莒南交警", "水润港城"])
    assert names_of("名单.TXT", text.encode(encoding)) == NAMES


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_table_is_read_by_the_heading_of_its_names(encoding: str) -> None:
    rows = "序号,单位,公众号名称,备注\n1,水务局,水润港城,x\n2,卫健局,健康济阳\n3,交警队,莒南交警,\n"
    assert names_of("a.csv", rows.encode(encoding)) == NAMES


def test_a_table_without_a_heading_is_read_by_the_column_of_words() -> None:
    rows = [["1", "水润港城", ""], ["2", "健康济阳", "好"], ["3", "莒南交警", ""]]
    assert names_of("a.xlsx", excel(rows)) == NAMES
    assert names_of("a.csv", "1;水润港城\n2;健康济阳\n3;莒南交警\n".encode()) == NAMES


def test_a_table_that_has_only_names_is_a_list() -> None:
    assert names_of("a.xlsx", excel([["账号"], *([n] for n in NAMES)])) == NAMES


def test_very_long_and_very_many_names_are_cut() -> None:
    assert names_of("a.txt", ("长" * 5000).encode()) == ["长" * LONGEST]
    assert len(names_of("a.txt", "\n".join(f"港城{n}号" for n in range(2 * MOST)).encode())) == MOST + 1


@given(st.sampled_from(["a.txt", "a.csv", "a.xlsx"]), st.binary(max_size=300))
def test_any_bytes_give_names_or_a_fault(name: str, content: bytes) -> None:
    try:
        names = names_of(name, content)
    except BatchError:
        return
    assert all(0 < len(n) <= LONGEST for n in names)


def test_a_file_is_refused_by_its_name_and_size_before_it_is_fetched() -> None:
    assert acceptable("a.zip", 1) is Fault.TYPE
    assert acceptable("a.csv", MOST_BYTES + 1) is Fault.LARGE
    assert acceptable("a.csv", None) is None


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_more_names_than_a_screen_holds_are_counted_and_each_has_its_row(
    matcher: Matcher, language: str
) -> None:
    names = [*NAMES, *(f"没有这个号{n}" for n in range(MOST))]
    reply = answered(names, Scene(matcher, desk(matcher).voice(language), TODAY))
    assert len(reply.rows) == MOST
    assert len(reply.text) < 400
    assert "3" in reply.text
    rows = list(csv.DictReader(io.StringIO(table(reply.rows).decode("utf-8-sig"))))
    assert [r["asked"] for r in rows] == names[:MOST]
    assert rows[0]["verdict"] == Verdict.SURE
    assert rows[0]["id"] == "shuirungangcheng-wx"


def test_fewer_are_one_list(matcher: Matcher) -> None:
    reply = answered(NAMES, Scene(matcher, desk(matcher).voice("zh-Hans"), TODAY))
    assert reply.text.startswith("一共 3 个,按您发的顺序:\n1. 「水润港城」")
