"""Whatever stands in a knowledge folder, `check` names it by file and line and ends with 1, and the last good index stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT

from bot import knowledge
from bot.cli import main

GOOD = """\
place: "320582"
units:
  - name: 张家港市水务局
    accounts:
      - id: a-wx
        name: 健康港城
        platform: wechat
        state: closed
        stopped: 2024-04-22
        notice: unseen
        checked: 2024-06-15
        sources:
          - {publisher: 新京报, date: 2024-06-02}
"""
BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(24)
)
# What stands in the file, at which line it is named, under which field, as what, and with which advice.
TEXTS: dict[str, tuple[str | bytes, int, str, str, str]] = {
    "bad indent": (GOOD.replace("        platform", "       platform"), 7, "写法", "写法不对", "对照上下几行的缩进和冒号"),
    "tab": (GOOD.replace("        platform", "\tplatform"), 7, "写法", "这一行有制表符(Tab)", "缩进只用空格:把 Tab 换成两个空格"),
    "full-width colon": (GOOD.replace("state: closed", "state\uff1aclosed"), 8, "写法", "用了中文冒号“\uff1a”", "改成英文冒号加空格“: ”"),
    "open quote": (GOOD.replace("name: 健康", 'name: "健康'), 6, "写法", "引号没有成对", "补上另一半引号"),
    "duplicate key": (GOOD.replace("state: closed", "state: closed\n        state: active"), 9, "state", "“state”写了两次", "删掉多出来的那一行,或合成一个列表"),
    "a list where a text belongs": (GOOD.replace("name: 健康港城", "name: [健康港城]"), 6, "name", "一个列表", "这里只写一个值,不要换行加“-”或“键:”"),
    "a text where a list belongs": (GOOD.replace("- {publisher: 新京报, date: 2024-06-02}", "新京报"), 12, "sources", "“新京报”", "检查缩进,每个键单独一行"),
    "unknown key": (GOOD.replace("state: closed", "stat: closed"), 8, "stat", "不认识的键“stat”", "是不是想写 state?"),
    "unknown value": (GOOD.replace("state: closed", "state: clsoed"), 8, "state", "“clsoed”", "是不是想写 closed?"),
    "key left out": (GOOD.replace("        state: closed\n", ""), 5, "state", "没有写", "补上 state: …"),
    "unknown place code": (GOOD.replace("320582", "320589"), 1, "place", "“320589”", "是不是 320585?"),
    "a day that no calendar has": (GOOD.replace("2024-04-22", "2024-02-30"), 9, "stopped", "“2024-02-30”", "按 2024-04-19 的样子写;只知道年月就写 2024-04"),
    "a date that Excel made a number": (GOOD.replace("2024-04-22", "45404"), 9, "stopped", "“45404”", "这是 Excel 把日期变成的数字:在 Excel 里把那一格设成“文本”,再写 2024-04-19"),
    "alias bomb": (BOMB, 2, "文件", "用了 & 和 * 的引用", "把重复的内容写两遍,不要用引用"),
    "alias of itself": ("a: &a [*a]", 1, "文件", "用了 & 和 * 的引用", "把重复的内容写两遍,不要用引用"),
    "deep brackets": ("a: " + "[" * 100 + "]" * 100, 1, "文件", "层次太深", "检查缩进"),
    "10 MB line": (b"x" * 10_000_000, 1, "文件", "9 MB", "把文件按地方分开;如果不是知识文件,移走它"),
    "200,000 characters in a line": (GOOD + "# " + "x" * 200_000, 14, "文件", "这一行有 200002 个字符", "删掉误贴进来的内容"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\xff", 1, "文件", "不是 UTF-8 文字", "用编辑器“另存为”UTF-8;如果是图片或压缩包,移走它"),
    "GBK": (GOOD.encode("gbk"), 3, "文件", "不是 UTF-8 文字", "用编辑器“另存为”UTF-8;如果是图片或压缩包,移走它"),
    "zeros": (b"\x00" * 100, 1, "写法", "写法不对", "对照上下几行的缩进和冒号"),
    "two documents": (GOOD + "---\n" + GOOD, 14, "写法", "写法不对", "对照上下几行的缩进和冒号"),
    "an object of Python": ("place: !!python/object/apply:os.system [echo]\nunits: []", 1, "place", "一个列表", "这里只写一个值,不要换行加“-”或“键:”"),
    "a list": ("- 1\n- 2", 1, "文件", "一个列表", "检查缩进,每个键单独一行"),
}  # fmt: skip


@pytest.fixture
def served(base: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A folder with an index in service."""
    target = tmp_path / "index.sqlite"
    assert main(["build", "--knowledge", str(base), "--index", str(target)]) == 0
    return base, target


def said(served: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what `check` says of a folder, having made sure that `build` refuses it and the index still answers."""
    folder, target = served
    before = target.read_bytes()
    capsys.readouterr()
    assert main(["check", "--knowledge", str(folder)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert main(["build", "--knowledge", str(folder), "--index", str(target)]) == 1
    assert "原来的索引还在用" in capsys.readouterr().err
    assert target.read_bytes() == before
    assert sorted(p.name for p in target.parent.iterdir()) == [
        "index.sqlite",
        "index.sqlite.published",
        "knowledge",
    ]
    assert main(["ask", "--knowledge", str(folder), "--index", str(target), "水润港城"]) == 0
    assert "张家港市水务局" in capsys.readouterr().out
    return lines


@pytest.mark.parametrize("kind", TEXTS)
def test_a_broken_file_is_named_by_its_line_and_keeps_nothing_from_answering(
    served: tuple[Path, Path], capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    text, line, field, found, todo = TEXTS[kind]
    path = served[0] / "accounts" / "jiangsu" / "bad.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    lines = said(served, capsys)
    first = f"{path.as_posix()}:{line}: {field}: {found};应当是:"
    assert [one for one in lines if one.startswith(first) and one.endswith(f";{todo}")], lines[:5]
    assert all(one.startswith(f"{path.as_posix()}:") for one in lines[:-1])


def link_to_itself(folder: Path) -> Path:
    """Make a file that is a link to itself."""
    path = folder / "accounts" / "loop.yaml"
    path.symlink_to(path)
    return path


def link_to_the_folder_around(folder: Path) -> Path:
    """Make a folder in which one comes to it again and again."""
    path = folder / "accounts" / "jiangsu" / "loop"
    path.symlink_to(folder / "accounts")
    return path


def link_to_a_file(folder: Path) -> Path:
    """Make a link to a file of another room."""
    path = folder / "accounts" / "link.yaml"
    path.symlink_to(folder / "topics.yaml")
    return path


def link_to_nothing(folder: Path) -> Path:
    """Make a link whose goal is not there."""
    path = folder / "accounts" / "broken.yaml"
    path.symlink_to(folder / "none.yaml")
    return path


@pytest.mark.parametrize(
    "make", [link_to_itself, link_to_the_folder_around, link_to_a_file, link_to_nothing], ids=lambda f: f.__name__
)  # fmt: skip
def test_a_link_is_named_and_not_followed(
    served: tuple[Path, Path], capsys: pytest.CaptureFixture[str], make: Callable[[Path], Path]
) -> None:
    path = make(served[0])
    assert said(served, capsys)[:-1] == [
        f"{path.as_posix()}:1: 文件: 是一个链接;应当是:普通文件或文件夹;把内容直接放在这里,不要用链接"
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# 以后写\n"], ids=repr)
def test_a_file_that_says_nothing_is_named_but_stops_nothing(
    base: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    path = base / "accounts" / "jiangsu" / "empty.yaml"
    path.write_text(text, encoding="utf-8")
    assert main(["check", "--knowledge", str(base)]) == 0
    told = f"{path.as_posix()}:1: 提醒: 文件: 里面什么都没有;应当是:place 和 units;写上这个地方的账号;不要了就删掉这个文件"
    assert capsys.readouterr().out.splitlines()[:-1] == [told]


def test_a_file_that_would_be_overlooked_is_named_but_stops_nothing(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Windows calls it bad.yaml.txt without showing the end; a hidden file is nobody's mistake."""
    path = base / "accounts" / "jiangsu" / "bad.yaml.txt"
    path.write_text(GOOD, encoding="utf-8")
    path.with_name("._zhangjiagang.yaml").write_bytes(b"\x00\x05\x16\x07")
    path.with_name(".#zhangjiagang.yaml").symlink_to("somebody@machine.1")
    assert main(["check", "--knowledge", str(base)]) == 0
    told = f"{path.as_posix()}:1: 提醒: 文件: 没有读这个文件;应当是:以 .yaml 结尾的文件;是知识就把文件名改成 .yaml 结尾,不是就移走"
    assert capsys.readouterr().out.splitlines()[:-1] == [told]


@pytest.mark.parametrize(
    "written", ["2024.4.22", "2024年4月22日", "2024/4/22", "2024-4-22", "2024年04月22号", '"2024-04-22"']
)
def test_a_date_is_taken_as_people_write_it(
    base: Path, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    path = base / "accounts" / "jiangsu" / "good.yaml"
    path.write_text(GOOD.replace("2024-04-22", written), encoding="utf-8")
    assert main(["check", "--knowledge", str(base)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("没有错误,0 条提醒。")
    (stopped,) = [str(a.stopped) for u in knowledge.read(base).units for a in u.accounts if a.id == "a-wx"]
    assert stopped == "2024-04-22"


def test_a_mistake_in_any_room_is_named(
    served: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Not the accounts alone: every file of the real knowledge, cut off in the middle of a line, has its problem."""
    for name in ("places/divisions.yaml", "topics.yaml", "platforms.yaml", "contacts/hotlines.yaml"):
        path = served[0] / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "- {id: ", encoding="utf-8")
        lines = said(served, capsys)
        assert any(one.startswith(f"{path.as_posix()}:") for one in lines), name
        path.write_text(text, encoding="utf-8")


def test_a_path_that_is_none_is_wrong_use(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--knowledge", str(base), "没有.yaml"]) == 2
    assert capsys.readouterr().err == "没有 没有.yaml;写已有的文件或文件夹。\n"


def test_a_folder_that_is_no_knowledge_is_named_and_never_put_into_service(
    served: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """A path typed wrongly must not empty the index."""
    folder, target = served
    other = folder.parent / "knowledge" / "places"
    lines = said((other, target), capsys)
    assert lines[0] == (
        f"{other.as_posix()}:1: 文件夹: 里面没有 accounts 文件夹;应当是:放知识文件的文件夹;检查 --knowledge 写的路径"
    )
    shutil.rmtree(folder)
    assert main(["check", "--knowledge", str(folder)]) == 1
    assert capsys.readouterr().out.splitlines()[0] == (
        f"{folder}:1: 文件夹: 没有这个文件夹;应当是:放知识文件的文件夹;检查 --knowledge 写的路径"
    )


def test_the_real_knowledge_has_no_file_that_is_overlooked() -> None:
    assert [p for p in knowledge.read(ROOT / "knowledge").problems if p.warning] == []
