"""`import`: every row is checked before one is written; problems are named by row and heading; nothing is written twice."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import state_of

from bot.cli import main
from bot.commands.import_ import EXAMPLES
from bot.knowledge import read
from bot.records import Account
from bot.upkeep.columns import COLUMNS

HEADS = ["地方", "账号名", "平台", "现状", "公告怎么写去向", "来源", "来源日期", "核对日期"]
GOOD = ["320582", "健康港城", "微信公众号", "已关停", "没见到公告", "新京报", "2024-06-02", "2024-06-15"]
LABELS = "、".join(c.label for c in COLUMNS.values())


def row(**changed: str) -> list[str]:
    """Return a good row with some cells changed, by heading."""
    return [changed.get(head, cell) for head, cell in zip(HEADS, GOOD, strict=True)]


def table(
    tmp_path: Path, *rows: Sequence[str], heads: Sequence[str] = HEADS, encoding: str = "utf-8"
) -> Path:
    """Write a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([heads, *rows])
    path = tmp_path / "t.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def sheet(tmp_path: Path, *rows: Sequence[Any], heads: Sequence[str] = HEADS) -> tuple[Path, Any]:
    """Return the path for an Excel file and its only sheet, not saved yet."""
    book = openpyxl.Workbook()
    for cells in (heads, *rows):
        book.worksheets[0].append(list(cells))
    return tmp_path / "t.xlsx", book.worksheets[0]


def load(base: Path, path: Path, *more: str) -> int:
    """Run `import` and return how it ends."""
    return main(["import", str(path), "--knowledge", str(base), *more])


def refused(base: Path, path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> list[str]:
    """Return what is said of a table that is refused, having made sure that nothing changed."""
    before = state_of(base)
    assert load(base, path, *more) == 1
    assert state_of(base) == before
    return capsys.readouterr().err.splitlines()


def found(base: Path) -> dict[str, Account]:
    """Return the accounts of a folder by name."""
    return {a.name or "": a for u in read(base).units for a in u.accounts}


def test_without_a_file_it_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import"]) == 2
    assert capsys.readouterr().err == f"要导入哪个表格?这样写:\n{EXAMPLES}\n"
    assert main(["import", "账号.csv", "--template", "空.csv"]) == 2
    assert capsys.readouterr().err == f"表格和 --template 只写一个。这样写:\n{EXAMPLES}\n"


def test_a_file_that_is_not_there_is_said(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(base, Path("没有.csv"), capsys) == ["打不开 没有.csv:没有这个文件或文件夹;检查文件名。"]


def test_a_folder_without_knowledge_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = refused(tmp_path / "none", table(tmp_path, row()), capsys)
    assert line.endswith("1: 文件夹: 没有这个文件夹;应当是:放知识文件的文件夹;检查 --knowledge 写的路径")


def test_a_file_that_is_no_table_changes_nothing_and_says_so(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"PK\x03\x04 torn")
    assert refused(base, path, capsys) == [
        "打不开这个 Excel 文件;应当是:没有密码的 .xlsx;在 Excel 里“另存为”.xlsx 再试"
    ]
    path.write_text("地方,账号名,现状,来源,核对日期\n,,,,\n", encoding="utf-8")
    assert refused(base, path, capsys) == [f"{path.as_posix()} 的表头下面没有要导入的行;一行写一个账号。"]


def test_headings_that_are_wrong_are_named_at_once(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, ["1"], heads=["地方名", "账号名", "账号名", "现状", "来源", "随便"])
    assert refused(base, path, capsys) == [
        f"第 1 行: 表头: “地方名”;应当是:下面之一:{LABELS};是不是想写 地方?",
        "第 1 行: 表头: “账号名”写了两次;应当是:每个表头一次;合成一列",
        f"第 1 行: 表头: “随便”;应当是:下面之一:{LABELS};删掉这一列,或对照上面改正",
        "第 1 行: 表头: 没有“地方”;应当是:有这一列;对照 --template 写出的空表格",
        "第 1 行: 表头: 没有“核对日期”;应当是:有这一列;对照 --template 写出的空表格",
    ]


DATE = "日期,如 2024-04-19、2024年4月19日、2024-04 或 2024"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"核对日期": "45402"}, f"核对日期: “45402”;应当是:{DATE};这是 Excel 把日期变成的数字:在 Excel 里把那一格设成“文本”,再写 2024-04-19"),
        ({"来源日期": "6月2日"}, f"来源日期: “6月2日”;应当是:{DATE};按 2024-04-19 的样子写;只知道年月就写 2024-04"),
        ({"地方": "3.20582E+05"}, "地方: “3.20582E+05”(大概是 320582);应当是:名称或区划代码;全国性的写 全国;Excel 把它变成了科学计数:在 Excel 里把那一格设成“文本”,再写一次"),
        ({"账号名": "#N/A"}, "账号名: “#N/A”;应当是:报道只写了单位就不写;Excel 没算出这一格,直接写内容"),
        ({"平台": "微信"}, "平台: “微信”;应当是:下面之一:wechat(微信公众号)、wechat-channels(微信视频号)、weibo(微博)、douyin(抖音)、kuaishou(快手)、toutiao(今日头条)、xiaohongshu(小红书)、bilibili(哔哩哔哩)、app(手机App)、miniprogram(小程序)、website(网站);删掉它,或对照上面改正"),
        ({"来源": ""}, "来源: 没有写;应当是:第一个来源的发布者;补上来源"),
        ({"来源": "", "来源日期": ""}, "来源: 没有写;应当是:来源,至少一个;补上来源"),
        ({"公告怎么写去向": ""}, "公告怎么写去向: 没有写;应当是:named、vague、none 或 unseen;没读过公告就写 unseen;读过而没写去向才写 none"),
        ({"现状": "已改名"}, "现状: 现状是“已改名”,去向写了 0 个;应当是:去向1 个;改现状,或补上、删掉去向"),
        ({"账号名": ""}, "账号名: 账号名和单位名都没有写;应当是:至少写一个;补上 name,或给单位补上 name"),
        ({"账号名": "水润港务"}, None),
    ],
    ids=lambda v: str(v) if isinstance(v, dict) else "",
)  # fmt: skip
def test_a_problem_is_named_by_row_and_heading_and_no_row_is_written(
    base: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, str],
    expected: str | None,
) -> None:
    said = refused(base, table(tmp_path, row(账号名="好的一行"), [], row(**changed)), capsys)
    if expected:
        assert said == [f"第 4 行: {expected}"]
    else:
        (line,) = said
        assert line.startswith(
            "第 4 行: 账号名: 像是已经有了:水润港城(微信公众号,张家港市,张家港市水务局,已公告停更)"
        )
        assert line.endswith("zhangjiagang.yaml:23;应当是:还没有的账号;核对一下;确实是另一个账号,就加 --yes")


def test_a_destination_that_is_wrong_is_named_by_its_column(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = [*HEADS, "去向", "去向平台", "去向依据", "更多去向"]
    rows = [
        [*row(账号名="甲号一"), "乙", "微信", "听说", ""],
        [*row(账号名="丙号二"), "乙", "", "", ""],
        [*row(账号名="丁号三"), "乙", "", "公告", "坏的\n戊||公告"],
        [*row(账号名="己号四"), "张家港教育", "", "媒体报道", ""],
        [*row(账号名="庚号五"), "", "", "", "乙||听说"],
    ]
    said = refused(base, table(tmp_path, *rows, heads=heads), capsys)
    assert sorted(line.split(";")[0] for line in said) == [
        "第 2 行: 去向依据: “听说”",
        "第 2 行: 去向平台: “微信”",
        "第 3 行: 去向依据: 没有写",
        "第 4 行: 更多去向: “坏的”",
        "第 5 行: 去向: “张家港教育”在本库有 2 个",
        "第 6 行: 更多去向: “听说”",
    ]


def test_all_that_is_wrong_with_a_row_is_named_at_once(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = [*HEADS, "去向", "去向依据", "备注"]
    bad = row(地方="鼓楼区", 平台="微信", 现状="已关", 来源="", 核对日期="昨天")
    said = refused(base, table(tmp_path, [*bad, "乙", "", "#N/A"], heads=heads), capsys)
    assert [line.split(";")[0] for line in said] == [
        "第 2 行: 备注: “#N/A”",
        "第 2 行: 去向依据: 没有写",
        "第 2 行: 来源: 没有写",
        "第 2 行: 地方: “鼓楼区”有 4 个",
        "第 2 行: 平台: “微信”",
        "第 2 行: 现状: “已关”",
        "第 2 行: 核对日期: “昨天”",
    ]


def test_a_cell_without_a_heading_is_named(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(base, table(tmp_path, [*row(), "", "多的"]), capsys)
    assert said == ["第 2 行: 表头: “多的”这一格上面没有表头;应当是:每格上面有表头;补上表头,或删掉这一格"]


def test_the_last_line_counts_and_says_how_to_go_on(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, row(), row(账号名="水润港城"), row(账号名="坏的一行", 现状="停"))
    assert load(base, path) == 1
    assert capsys.readouterr().out.splitlines()[-1] == (
        "1 行能导入,1 行已经有了,1 行有问题。没有改动任何文件。改好再运行一次,或加 --good-rows 先导入没问题的行。"
    )


def test_good_rows_are_imported_on_their_own_if_wished(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row that leads to a bad one has nowhere to lead, so it waits too."""
    heads = [*HEADS, "去向", "去向依据"]
    rows = [
        [*row(账号名="好的一行"), "", ""],
        [*row(账号名="改名的号", 现状="已改名"), "坏的新号", "媒体报道"],
        [*row(账号名="坏的新号", 现状="在用", 公告怎么写去向="写明"), "", ""],
    ]
    path = table(tmp_path, *rows, heads=heads)
    assert load(base, path, "--good-rows") == 1
    said = capsys.readouterr()
    assert [line.split(";")[0] for line in said.err.splitlines()] == [
        "第 3 行: 去向: 没有账号“huaidexinhao-wx”",
        "第 4 行: 公告怎么写去向: notice 是 named(写明),依据是公告的去向没有",
    ]
    assert "1 行导入了,0 行已经有了,2 行有问题。" in said.out
    assert {"好的一行"} == found(base).keys() & {"好的一行", "改名的号", "坏的新号"}


def test_a_dry_run_changes_nothing(base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = state_of(base)
    assert load(base, table(tmp_path, row()), "--dry-run") == 0
    assert capsys.readouterr().out == "只是试试:1 行能导入,0 行已经有了,0 行有问题。没有改动任何文件。\n"
    assert load(base, table(tmp_path, row(现状="停")), "--dry-run", "--good-rows") == 1
    assert state_of(base) == before


def test_a_disk_that_is_full_changes_nothing(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "x.yaml")

    monkeypatch.setattr(os, "fsync", full)
    assert refused(base, table(tmp_path, row()), capsys) == [
        "写不了 x.yaml:磁盘满了;换个地方,或检查磁盘空间和权限。没有改动任何文件。"
    ]


def test_a_second_import_adds_nothing(base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row(), row(平台="微博"), row(地方="张家港", 账号名="健康·港城"), row(账号名="另外一个", 平台="")]
    assert load(base, table(tmp_path, *rows)) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "第 4 行: 已经有了,不再写:这个表格的第 2 行"
    path = (base / "accounts" / "jiangsu" / "zhangjiagang.yaml").as_posix()
    assert said[1] == f"第 2 行: 写进了 {path} 第 165 行:健康港城"
    assert said[4:] == [
        "3 行导入了,1 行已经有了,0 行有问题。",
        f"下一步:python bot.py check --knowledge {base}",
        f"再问问看:python bot.py ask --knowledge {base} 健康港城",
    ]
    before = state_of(base)
    assert load(base, table(tmp_path, *rows)) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == (
        f"第 2 行: 已经有了,不再写:健康港城(微信公众号,张家港市,已关停)jiankanggangcheng-wx {path}:166"
    )
    assert said[-1] == "0 行导入了,4 行已经有了,0 行有问题。"
    assert state_of(base) == before
    assert main(["check", "--knowledge", str(base)]) == 0


def test_rows_that_are_nearly_there_are_imported_if_somebody_is_sure(base: Path, tmp_path: Path) -> None:
    path = table(tmp_path, row(账号名="水润港务"), row(账号名="水润港城"))
    assert load(base, path, "--yes") == 0
    assert "水润港务" in found(base)
    assert len([a for u in read(base).units for a in u.accounts if a.name == "水润港城"]) == 1


def test_english_headings_are_taken(base: Path, tmp_path: Path) -> None:
    keys = ["place", "Name", "platform", "state", "notice", "source", "source_date", "checked"]
    assert load(base, table(tmp_path, GOOD, heads=keys)) == 0
    assert found(base)["健康港城"].id == "jiankanggangcheng-wx"


def test_every_column_has_its_place_in_the_account(base: Path, tmp_path: Path) -> None:
    cells = {key: column.example for key, column in COLUMNS.items()}
    cells |= {
        "name": "健康港城", "scope": "", "destinations": "库外:今日张家港\uff5c微博\uff5c公告\n\n张家港教育|微信视频号|公告|all",
        "sources": "某网|2024|http://a.cn/|转载", "notice": "写明",
    }  # fmt: skip
    path = table(tmp_path, [cells[k] for k in COLUMNS], heads=[c.label for c in COLUMNS.values()])
    assert load(base, path) == 0
    account = found(base)["健康港城"]
    assert account.unit == "shuirungangcheng-wx"
    assert [(d.account, d.name, str(d.basis), d.scope) for d in account.destinations] == [
        ("jinrizhangjiagang-app", None, "media", "services"),
        (None, "今日张家港", "notice", None),
        ("zhangjiagangjiaoyu-sph", None, "notice", "all"),
    ]
    assert [(s.publisher, str(s.date), s.url, s.mirror, s.reprint) for s in account.sources] == [
        ("新京报", "2024-06-02", "https://www.bjnews.com.cn/", None, False),
        ("某网", "2024", None, "http://a.cn/", True),
    ]


def test_a_number_that_excel_made_of_a_date_is_named_by_its_row(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, one = sheet(tmp_path, [], [*GOOD[:-1], 45402], [*GOOD[:-1], "=1/0"])
    one.parent.save(path)
    said = refused(base, path, capsys)
    assert [line.split(";")[0] for line in said] == [
        "第 3 行: 核对日期: “45402”",
        "第 4 行: 核对日期: 没有写",
    ]


def test_a_template_is_written_once_and_only_as_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other, there = tmp_path / "t.xls", tmp_path / "t.csv"
    assert main(["import", "--template", str(other)]) == 2
    assert capsys.readouterr().err == f"“{other}”;应当是:以 .csv 或 .xlsx 结尾的文件名;改一下文件名\n"
    there.write_text("我的", encoding="utf-8")
    assert main(["import", "--template", str(there)]) == 1
    assert capsys.readouterr().err == f"{there} 已经有了,没有改动;换个文件名。\n"
    assert there.read_text(encoding="utf-8") == "我的"
    assert main(["import", "--template", str(tmp_path / "none" / "t.csv")]) == 1
    assert "没有这个文件或文件夹;换个地方" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_a_template_is_ready_to_be_filled_and_its_example_is_not_imported(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = tmp_path / name
    assert main(["import", "--template", str(path)]) == 0
    assert capsys.readouterr().out == (
        f"写好了 {path}:从第 3 行起一行一个账号;以“例:”开头的行不会导入。\n填好后:python bot.py import {path}\n"
    )
    assert refused(base, path, capsys) == [f"{path.as_posix()} 的表头下面没有要导入的行;一行写一个账号。"]


def test_the_example_of_the_template_is_a_good_row(base: Path, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    assert main(["import", "--template", str(path)]) == 0
    text = path.read_text(encoding="utf-8-sig").replace("例:张家港市,水润港城", "张家港市,健康港城")
    path.write_text(text, encoding="utf-8")
    assert load(base, path) == 0


def test_the_excel_template_explains_each_column_and_offers_what_may_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    assert main(["import", "--template", str(path)]) == 0
    book = openpyxl.load_workbook(path)
    accounts, notes = book["账号"], book["说明"]
    assert [c.value for c in accounts[1]] == [c.label for c in COLUMNS.values()]
    assert accounts["A2"].value == "例:张家港市"
    assert {accounts.column_dimensions[c.column_letter].number_format for c in accounts[1]} == {"@"}
    assert [r[0] for r in notes.iter_rows(min_row=2, values_only=True)] == [c.label for c in COLUMNS.values()]
    assert [c.value for c in notes[1]] == ["列", "英文名", "必须写", "写什么", "可以写的值", "例子"]
    offered = {str(v.sqref): v.formula1 for v in accounts.data_validations.dataValidation}
    labels = {c.label: f'"{",".join(c.options)}"' for c in COLUMNS.values() if c.options}
    assert set(labels) == {"平台", "现状", "原因", "公告怎么写去向", "去向平台", "去向依据"}
    assert sorted(offered.values()) == sorted(labels.values())
    # Excel takes a list in a cell's rule only up to this length.
    assert all(len(choice) <= 255 for choice in offered.values())
