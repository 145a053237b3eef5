"""The open dump: the same bytes for the same knowledge, nothing that is not for residents, nothing that runs."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from bot import knowledge
from bot.cli import main
from bot.upkeep.exporting import COLUMNS, FORMULA, POINTERS, as_csv, as_json, tables

KNOWN = """\
place: "320582"
units:
  - name: 张家港市水务局
    note: 只给维护者看一
    accounts:
      - id: b-wx
        name: "=HYPERLINK(1)"
        aliases: ["+86", 乙]
        platform: wechat
        state: closing
        stopped: 2024-04-19
        notice: named
        destinations:
          - {account: a-app, basis: notice, path: [政务号, 水务]}
          - {name: "-1", platform: website, basis: media, url: "https://x.example/"}
        contacts: [{kind: phone, value: "@1", basis: notice, sources: [{publisher: 某局}], note: 只给维护者看二}]
        differs: [{what: 停更日期, says: 另一篇写 20 日, source: {publisher: 文摘报, mirror: "https://mirror.example/3"}}]
        checked: 2024-06-15
        note: 只给维护者看三
        sources:
          - {publisher: 新京报, mirror: "https://mirror.example/1"}
          - {publisher: 新京报, mirror: "https://mirror.example/2"}
      - {id: a-app, name: 今日张家港, platform: app, state: active, checked: 2024, sources: [{publisher: 新京报}]}
"""


@pytest.fixture
def small(folder: Path) -> Path:
    """A knowledge folder with two accounts and much that may not be shown."""
    (folder / "accounts" / "jiangsu" / "zhangjiagang.yaml").write_text(KNOWN, encoding="utf-8")
    return folder


def ids(rows: list[dict[str, Any]]) -> list[Any]:
    """Return the first column of some rows."""
    return [next(iter(row.values())) for row in rows]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "xlsx"], "xlsx 要写成文件:--output 去向.xlsx\n"),
        (["--format", "sqlite"], "sqlite 要写成文件:--output 去向.sqlite\n"),
        (
            ["--table", "unit", "--format", "json"],
            "--table 只配 --format csv;别的格式总是全部的表。\n",
        ),
        (["--output", "去向.db"], "看不出 去向.db 要什么格式;加上 --format:json、csv、xlsx、sqlite。\n"),
        (
            ["--output", "去向.csv", "--format", "xlsx"],
            "--format xlsx 和 去向.csv 的结尾对不上;去掉 --format,或改文件名。\n",
        ),
    ],
    ids=["xlsx", "sqlite", "table", "no format", "two formats"],
)
def test_flags_that_do_not_fit_are_wrong_use(
    small: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--knowledge", str(small), *arguments]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", said)


@pytest.mark.parametrize("arguments", [["--format", "xml"], ["--format", "csv", "--table", "note"]], ids=str)
def test_a_format_or_table_there_is_not_is_wrong_use(arguments: list[str]) -> None:
    assert main(["export", *arguments]) == 2


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.json", "{"), ("a.csv", "\ufeffid,"), ("a.xlsx", "PK"), ("a.sqlite", "SQLite format 3")],
)
def test_the_format_is_what_the_file_is_called(small: Path, tmp_path: Path, name: str, begins: str) -> None:
    target = tmp_path / name
    assert main(["export", "--knowledge", str(small), "--output", str(target)]) == 0
    assert target.read_bytes().startswith(begins.encode())


def test_a_table_alone_is_csv(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--knowledge", str(small), "--table", "moved"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "id,moved_to"


def test_knowledge_with_an_error_is_not_exported(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (small / "accounts" / "bad.yaml").write_text("units: [", encoding="utf-8")
    target = tmp_path / "x.json"
    assert main(["export", "--knowledge", str(small), "--output", str(target)]) == 1
    assert capsys.readouterr().err.endswith(
        f"1 个错误,没有导出。改好后运行 python bot.py check --knowledge {small}\n"
    )
    assert not target.exists()


@pytest.mark.parametrize("name", ["json", "csv", "xlsx", "sqlite"])
def test_a_file_that_cannot_be_written_is_told_and_leaves_no_litter(
    small: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "none" / "x"
    assert main(["export", "--knowledge", str(small), "--format", name, "--output", str(target)]) == 1
    assert capsys.readouterr().err.startswith(f"写不了 {target}:")
    assert not target.parent.exists()


def test_a_fault_while_writing_leaves_the_old_file(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "x.json"
    target.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert main(["export", "--knowledge", str(small), "--output", str(target)]) == 1
    assert target.read_text(encoding="utf-8") == "old"
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["x.json"]


def test_mirrors_and_notes_never_leave(small: Path, known: knowledge.Knowledge) -> None:
    text = as_json(tables(knowledge.read(small))).decode()
    assert "mirror" not in text
    assert "只给维护者看" not in text
    real = as_json(tables(known)).decode()
    assert [m for m in mirrors(known) if f'"{m}"' in real] == []
    assert [n for n in notes(known) if json.dumps(n, ensure_ascii=False) in real] == []


def mirrors(known: knowledge.Knowledge) -> set[str]:
    """Return the mirrors' addresses that are nobody's address for residents too."""
    found = list(walked([known.units, known.contacts, known.rules]))
    shown = {value for name, value in found if name in ("url", "value")}
    return {value for name, value in found if name == "mirror"} - shown


def notes(known: knowledge.Knowledge) -> set[str]:
    """Return the maintainers' notes."""
    return {value for name, value in walked([known.units, known.contacts, known.rules]) if name == "note"}


def walked(record: Any) -> Any:
    """Yield the (field, text) pairs of all records within some."""
    for one in record if isinstance(record, list | tuple) else ():
        yield from walked(one)
    if dataclasses.is_dataclass(record):
        for field in dataclasses.fields(record):
            value = getattr(record, field.name)
            if isinstance(value, str):
                yield field.name, value
            else:
                yield from walked(value)


def test_a_source_read_at_a_mirror_is_a_reprint_and_stands_once(small: Path) -> None:
    sources = tables(knowledge.read(small))["source"]
    own = [s for s in sources if s["owner"] == "b-wx"]
    assert [(s["owner_table"], s["publisher"], s["url"], s["reprint"]) for s in own] == [
        ("account", "新京报", None, True)
    ]


def test_two_exports_are_the_same_to_the_byte(small: Path, tmp_path: Path) -> None:
    for name in ("json", "csv"):
        written = []
        for number in (1, 2):
            target = tmp_path / f"{number}.{name}"
            assert main(["export", "--knowledge", str(small), "--format", name, "--output", str(target)]) == 0
            written.append(target.read_bytes())
        assert written[0] == written[1]


def test_the_order_of_files_and_entries_does_not_matter(known: knowledge.Knowledge) -> None:
    turned = dataclasses.replace(
        known, units=known.units[::-1], rules=known.rules[::-1], contacts=known.contacts[::-1]
    )
    turned.topics = dict(reversed(known.topics.items()))
    assert as_json(tables(turned)) == as_json(tables(known))


def test_contacts_without_an_id_stay_apart(small: Path) -> None:
    path = small / "contacts" / "more.yaml"
    path.write_text(
        "- {kind: phone, value: '1', basis: press}\n- {kind: phone, value: '2', basis: press}\n",
        encoding="utf-8",
    )
    rows = [c for c in tables(knowledge.read(small))["contact"] if str(c["id"]).startswith("contact.")]
    assert sorted(str(c["value"]) for c in rows) == ["1", "2"]


def test_an_id_depends_on_what_a_thing_says_not_on_where_it_stands(small: Path) -> None:
    before = tables(knowledge.read(small))["destination"]
    path = small / "accounts" / "jiangsu" / "zhangjiagang.yaml"
    text = path.read_text(encoding="utf-8")
    more = "          - {name: 新来的, basis: media}\n          - {account: a-app"
    path.write_text(text.replace("          - {account: a-app", more), encoding="utf-8")
    after = tables(knowledge.read(small))["destination"]
    assert len(after) == len(before) + 1
    assert set(ids(before)) < set(ids(after))


@pytest.mark.parametrize("table", COLUMNS)
def test_every_row_has_every_column_and_an_id_of_its_own(known: knowledge.Knowledge, table: str) -> None:
    rows = tables(known)[table]
    assert all(tuple(row) == COLUMNS[table] for row in rows)
    assert None not in ids(rows)
    assert len(set(ids(rows))) == len(rows)


def test_what_points_into_a_table_finds_its_row(known: knowledge.Knowledge) -> None:
    found = tables(known)
    for table, pointers in POINTERS.items():
        for column, (goal, key) in pointers.items():
            there = {row[key] for row in found[goal]}
            assert {row[column] for row in found[table]} - {None} <= there, (table, column)
    for source in found["source"]:
        assert source["owner"] in ids(found[str(source["owner_table"])])


def test_a_cell_that_a_spreadsheet_would_run_is_text(small: Path) -> None:
    found = tables(knowledge.read(small))
    cells = [
        cell
        for name, rows in found.items()
        for row in csv.reader(io.StringIO(as_csv(name, rows).decode()))
        for cell in row
    ]
    assert [c for c in cells if c.startswith(tuple(FORMULA))] == []
    assert {"'=HYPERLINK(1)", "'+86|乙", "'-1", "'@1"} <= set(cells)


@pytest.mark.parametrize("first", FORMULA)
def test_every_sign_a_spreadsheet_runs_is_made_harmless(first: str) -> None:
    (_, row) = csv.reader(
        io.StringIO(as_csv("about", [{"key": first + "x", "value": "x"}]).decode(), newline="")
    )
    assert row == ["'" + first + "x", "x"]


def test_excel_gets_text_only(small: Path, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    target = tmp_path / "x.xlsx"
    path = small / "accounts" / "jiangsu" / "zhangjiagang.yaml"
    path.write_text(KNOWN.replace("今日张家港", '"今日\\x07张家港"'), encoding="utf-8")
    assert main(["export", "--knowledge", str(small), "--format", "xlsx", "--output", str(target)]) == 0
    book = load_workbook(target)
    assert book.sheetnames == list(COLUMNS)
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} == {"s"}
    assert {c.value for c in cells if c.quotePrefix} == {"=HYPERLINK(1)", "+86|乙", "-1", "@1"}
    assert "今日张家港" in {c.value for c in cells}
    assert book["account"].freeze_panes == "A2"
    book.close()


def test_sqlite_has_keys_that_hold(small: Path, tmp_path: Path) -> None:
    target = tmp_path / "x.sqlite"
    for _ in range(2):
        assert main(["export", "--knowledge", str(small), "--format", "sqlite", "--output", str(target)]) == 0
    db = sqlite3.connect(target)
    assert db.execute("pragma foreign_key_check").fetchall() == []
    assert [row[1] for row in db.execute("pragma table_info(account)")] == list(COLUMNS["account"])
    sql = "select a.name, d.position, t.name, d.path from destination d join account a on a.id = d.account left join account t on t.id = d.to_account order by d.position"
    assert db.execute(sql).fetchall() == [
        ("=HYPERLINK(1)", 1, "今日张家港", "政务号|水务"),
        ("=HYPERLINK(1)", 2, None, ""),
    ]
    assert db.execute("select distinct typeof(reprint) from source").fetchall() == [("integer",)]
    db.close()
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["x.sqlite"]


def test_json_goes_to_standard_output(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--knowledge", str(small)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == list(COLUMNS)
    assert ids(found["account"]) == ["a-app", "b-wx"]
    assert found["account"][1]["aliases"] == ["+86", "乙"]
    assert {"江苏省", "苏州市", "张家港市"} <= {p["name"] for p in found["place"]}


def test_csv_is_one_table_and_begins_with_a_mark_only_in_files(
    small: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["export", "--knowledge", str(small), "--format", "csv", "--table", "unit"]) == 0
    printed = capsysbinary.readouterr().out
    assert printed == "id,place,name,aliases,town,topics\r\nb-wx,320582,张家港市水务局,,,\r\n".encode()
    target = tmp_path / "unit.csv"
    arguments = [
        "export",
        "--knowledge",
        str(small),
        "--format",
        "csv",
        "--table",
        "unit",
        "--output",
        str(target),
    ]
    assert main(arguments) == 0
    assert target.read_bytes() == b"\xef\xbb\xbf" + printed


def test_a_folder_gets_a_csv_file_for_each_table(small: Path, tmp_path: Path) -> None:
    target = tmp_path / "tables"
    target.mkdir()
    assert main(["export", "--knowledge", str(small), "--format", "csv", "--output", str(target)]) == 0
    assert {p.name for p in target.iterdir()} == {f"{name}.csv" for name in COLUMNS}


def test_the_document_explains_every_table_and_column_and_no_other() -> None:
    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    told = {s.splitlines()[0]: tuple(re.findall(r"^\| `(\w+)` \|", s, flags=re.MULTILINE)) for s in sections}
    assert told == COLUMNS
    for row in re.findall(r"^\| `.*", text, flags=re.MULTILINE):
        chinese, english = row.split("|")[2:4]
        assert re.search(r"[\u4e00-\u9fff]", chinese), row
        assert re.search(r"[a-z]", english), row
