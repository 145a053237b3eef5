"""A maintainer's first entry, as the handbook tells it: put in, checked, built, asked for, answered; by each of the ways."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import ROOT, state_of

from bot.cli import main
from bot.upkeep.columns import COLUMNS

# What is told of the account, by question; the table has columns of its own for destination and source.
TOLD = {
    "place": "张家港市", "name": "健康港城", "platform": "微信公众号", "unit": "张家港市卫生健康委员会", "state": "已公告停更",
    "reason": "基层减负", "announced": "2024年4月16日", "stopped": "2024.4.19", "notice": "没见到公告", "checked": "2024-06-15",
}  # fmt: skip
DESTINATION = ("今日张家港", "手机App", "媒体报道", "信息")
SOURCE = ("新京报", "2024-06-02", "https://www.bjnews.com.cn/")
CELLS = TOLD | dict(
    zip(
        ("destination", "destination_platform", "destination_basis", "destination_scope"),
        DESTINATION,
        strict=True,
    )
)
CELLS |= dict(zip(("source", "source_date", "source_url"), SOURCE, strict=True))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the real knowledge."""
    target = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", target)
    return target


def flags(folder: Path) -> list[str]:
    """Return the command that puts the account in whole."""
    told = [word for key, text in TOLD.items() for word in (f"--{key}", text)]
    return ["new", *told, "--destination", "|".join(DESTINATION), "--source", "|".join(SOURCE), "--knowledge", str(folder)]  # fmt: skip


def filled(path: Path) -> Path:
    """Take the empty table that the program offers, and fill in a row below its example."""
    assert main(["import", "--template", str(path)]) == 0
    row = [CELLS.get(key, "") for key in COLUMNS]
    if path.suffix == ".csv":
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(row)
        return path
    book = openpyxl.load_workbook(path)
    for number, text in enumerate(row, 1):
        book["账号"].cell(3, number, text)
    book.save(path)
    return path


def asked(folder: Path, target: Path, question: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the answer to a question from an index of the folder."""
    capsys.readouterr()
    assert main(["ask", "--json", "--knowledge", str(folder), "--index", str(target), question]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("way", ["new", "csv", "xlsx"])
def test_what_is_put_in_is_checked_built_asked_for_and_answered(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    target = tmp_path / "index.sqlite"
    assert main(["build", "--knowledge", str(copy), "--index", str(target)]) == 0
    assert asked(copy, target, "健康港城", capsys)["verdict"] != "sure"
    before = state_of(copy)
    command = (
        flags(copy)
        if way == "new"
        else ["import", str(filled(tmp_path / f"账号.{way}")), "--knowledge", str(copy)]
    )
    assert main(command) == 0
    changed = {name for name, content in state_of(copy).items() if before.get(name) != content}
    assert changed == {"accounts/jiangsu/zhangjiagang.yaml"}
    assert main(["check", "--knowledge", str(copy)]) == 0
    assert main(["build", "--knowledge", str(copy), "--index", str(target)]) == 0
    for question in ("健康港城", "健康港城公众号去哪了", "张家港的健康港城", "jiankanggangcheng"):
        reply = asked(copy, target, question, capsys)
        assert (reply["verdict"], reply["account"]["id"]) == ("sure", "jiankanggangcheng-wx")
        assert "「今日张家港」(手机App)" in reply["text"].splitlines()[0]
        assert "张家港市卫生健康委员会" in reply["text"]
    assert [(d["name"], d["basis"]) for d in reply["destinations"]] == [("今日张家港", "media")]


def test_every_way_writes_the_same_lines(copy: Path, tmp_path: Path) -> None:
    written = {}
    for way in ("new", "csv", "xlsx"):
        folder = tmp_path / way / "knowledge"
        shutil.copytree(copy, folder)
        command = flags(folder) if way == "new" else ["import", str(filled(tmp_path / f"{way}.{way}")), "--knowledge", str(folder)]  # fmt: skip
        assert main(command) == 0
        written[way] = (folder / "accounts/jiangsu/zhangjiagang.yaml").read_text(encoding="utf-8")
    assert written["new"] == written["csv"] == written["xlsx"]
    assert written["new"].endswith(
        """\
  - name: 张家港市卫生健康委员会
    accounts:
      - id: jiankanggangcheng-wx
        name: 健康港城
        platform: wechat
        state: closing
        reason: burden-reduction
        announced: 2024-04-16
        stopped: 2024-04-19
        notice: unseen
        destinations:
          - {account: jinrizhangjiagang-app, basis: media, scope: information}
        checked: 2024-06-15
        sources:
          - {publisher: 新京报, date: 2024-06-02, url: "https://www.bjnews.com.cn/"}
"""
    )


def test_an_entry_with_a_mistake_never_reaches_anybody(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Written by hand, it is refused by `check` and `build`; the index from before answers as it did."""
    target = tmp_path / "index.sqlite"
    assert main(["build", "--knowledge", str(copy), "--index", str(target)]) == 0
    path = copy / "accounts/jiangsu/zhangjiagang.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("state: closing", "state: close", 1), encoding="utf-8"
    )
    assert main(["check", "--knowledge", str(copy)]) == 1
    assert main(["build", "--knowledge", str(copy), "--index", str(target)]) == 1
    assert asked(copy, target, "水润港城", capsys)["account"]["state"] == "closing"


def test_a_folder_of_accounts_alone_is_checked_built_and_asked(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stands around the accounts is then the project's own; its rules, which speak of accounts, are not."""
    alone, target = tmp_path / "alone", tmp_path / "alone.sqlite"
    shutil.copytree(copy / "accounts" / "jiangsu", alone / "accounts" / "jiangsu")
    assert main([*flags(alone)[:-2], "--knowledge", str(alone)]) == 0
    assert {name.split("/")[0] for name in state_of(alone)} == {"accounts"}
    capsys.readouterr()
    assert main(["check", "--knowledge", str(alone)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("没有错误,0 条提醒。")
    assert main(["build", "--knowledge", str(alone), "--index", str(target)]) == 0
    reply = asked(alone, target, "张家港健康港城", capsys)
    assert (reply["verdict"], reply["account"]["id"]) == ("sure", "jiankanggangcheng-wx")
    assert "12345" in reply["text"]
    again = ["build", "--knowledge", str(alone), "--index", str(target)]
    assert main(again) == 0
    assert capsys.readouterr().out == f"{target} 已经是最新的。\n"
