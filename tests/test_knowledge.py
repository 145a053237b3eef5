"""Every kind of broken file becomes problems with file and line, and never an exception."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import inventory, knowledge
from bot.codec import json_schema
from bot.records import PlaceFile

GOOD = """\
# 一个例子
place: "320582"
units:
  - name: 张家港市水务局
    accounts:
      - id: a-wx
        name: 水润港城
        platform: wechat
        state: closed
        notice: unseen
        checked: 2024-06-15
        sources:
          - {publisher: 新京报, date: 2024-06-02}
"""


def problems(folder: Path, text: str | bytes) -> list[tuple[int, str, str]]:
    """Return (line, field, found) of every problem of one accounts file."""
    path = folder / "accounts" / "jiangsu" / "x.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [(p.line, p.field, p.found) for p in knowledge.read(folder).problems]


def test_a_good_file_has_no_problems(folder: Path) -> None:
    assert problems(folder, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    accounts:", "\taccounts:", (5, "写法", "这一行有制表符(Tab)")),
        ("        platform: wechat", "       platform: wechat", (8, "写法", "写法不对")),
        ("state: closed", "state:closed", (9, "写法", "冒号后面没有空格")),
        ("state: closed", "state\uff1aclosed", (9, "写法", "用了中文冒号“\uff1a”")),
        ("name: 水润港城", 'name: "水润港城', (7, "写法", "引号没有成对")),
        ("state: closed", "stat: closed", (9, "stat", "不认识的键“stat”")),
        ("name: 水润港城", "name: 水润港城\n        name: 水润", (8, "name", "“name”写了两次")),
        ("checked: 2024-06-15", "checked: 45402", (11, "checked", "“45402”")),
        ("platform: wechat", "platform: 微信号", (8, "platform", "“微信号”")),
        ("platform: wechat", "platform: [wechat]", (8, "platform", "一个列表")),
        ("- {publisher: 新京报, date: 2024-06-02}", "新京报", (12, "sources", "“新京报”")),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_mistake_is_named_with_its_line(
    folder: Path, old: str, new: str, expected: tuple[int, str, str]
) -> None:
    assert expected in problems(folder, GOOD.replace(old, new))


def test_all_mistakes_of_a_file_are_named_at_once(folder: Path) -> None:
    text = (
        GOOD.replace("state: closed", "state: clsoed")
        .replace("2024-06-15", "昨天")
        .replace("name: 水", "nam: 水")
    )
    assert [line for line, _, _ in problems(folder, text)] == [7, 9, 11]


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\x02\xff\xfe", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", "place: 张".encode("gbk"), b"%PDF-1.7 \xe2\xe3",
     b"[" * 5000, b"{" * 5000, b"a: &a [*a]", b"- 1\n- 2", b"just text", b"place: !!python/object:os.system x",
     b"x" * 10_000_000, b"place:\n" + b" " * 9_000_000],
    ids=["nothing", "bytes", "png", "zip", "gbk", "pdf", "brackets", "braces", "cycle", "list", "text", "tag", "10 MB line", "9 MB"],
)  # fmt: skip
def test_any_content_gives_problems_and_no_exception(folder: Path, content: bytes) -> None:
    found = problems(folder, content)
    assert found or not content
    assert all(line >= 1 for line, _, _ in found)


def test_references_that_would_blow_up_are_refused_quickly(folder: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(24)
    )
    found = problems(folder, bomb)
    assert any("引用" in text for _, _, text in found)
    assert len(found) < 200


def test_links_are_named_and_not_followed(folder: Path) -> None:
    loop = folder / "accounts" / "loop"
    loop.symlink_to(folder / "accounts")
    (folder / "accounts" / "jiangsu" / "link.yaml").symlink_to(folder / "topics.yaml")
    assert [p.found for p in knowledge.read(folder).problems] == ["是一个链接", "是一个链接"]


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert [p.found for p in knowledge.read(tmp_path / "none").problems] == ["没有这个文件夹"]


def test_a_file_in_no_known_folder_is_a_problem(folder: Path) -> None:
    (folder / "other.yaml").write_text("a: b", encoding="utf-8")
    assert [p.found for p in knowledge.read(folder).problems] == ["不认识的位置"]


def test_an_id_used_twice_is_named_with_both_places(folder: Path) -> None:
    (folder / "accounts" / "a.yaml").write_text(GOOD, encoding="utf-8")
    path = folder / "accounts" / "b.yaml"
    path.write_text(GOOD, encoding="utf-8")
    found = knowledge.read(folder).problems
    assert [(p.line, p.field, p.found) for p in found] == [(6, "id", "“a-wx”用了两次")]
    assert "a.yaml:6 已经用了" in found[0].todo


def test_a_problem_reads_path_line_field(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    problems(folder, GOOD.replace("state: closed", "state: clsoed"))
    text = str(knowledge.read(folder).problems[0])
    assert text.startswith("accounts/jiangsu/x.yaml:9: state: “clsoed”;应当是:下面之一:active(在用)、")
    assert text.endswith(";是不是想写 closed?")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.data())
def test_a_file_broken_anywhere_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    (tmp_path / "accounts" / "jiangsu").mkdir(parents=True, exist_ok=True)
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 8)))
    problems(tmp_path, GOOD[:start] + data.draw(st.text(max_size=4)) + GOOD[end:])


def test_the_digest_changes_with_any_file_and_only_then(folder: Path) -> None:
    before = inventory.digest(folder)
    assert inventory.digest(folder) == before == knowledge.read(folder).digest
    (folder / "topics.yaml").write_bytes((folder / "topics.yaml").read_bytes() + b"\n")
    assert inventory.digest(folder) != before


def as_an_editor_reads(value: Any) -> Any:
    """Return what an editor's YAML reads: everything text, but for true and false."""
    if isinstance(value, dict):
        return {k: as_an_editor_reads(v) for k, v in value.items()}
    if isinstance(value, list):
        return [as_an_editor_reads(v) for v in value]
    return {"true": True, "false": False}.get(value, value)


def test_the_editors_schema_is_current_and_accepts_every_file() -> None:
    """`python scripts/make_schema.py` makes it from the records."""
    schema = json.loads((ROOT / "knowledge" / "schema.json").read_text(encoding="utf-8"))
    assert {k: v for k, v in schema.items() if k not in ("$schema", "title")} == json_schema(PlaceFile)
    check = jsonschema.Draft202012Validator(schema)
    for path in sorted((ROOT / "knowledge" / "accounts").rglob("*.yaml")):
        text = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        assert [e.message for e in check.iter_errors(as_an_editor_reads(text))] == [], path.name


def test_the_editors_schema_refuses_a_mistake() -> None:
    schema = json.loads((ROOT / "knowledge" / "schema.json").read_text(encoding="utf-8"))
    text = yaml.load(GOOD.replace("state: closed", "stat: closed"), Loader=yaml.BaseLoader)
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(text))
