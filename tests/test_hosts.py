"""A list of hosts says of each why it is there; a line that does not is named, and stands for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.hosts import Excuse, covering, read
from bot.yamlfile import Problem


def listed(tmp_path: Path, text: str | bytes) -> tuple[dict[str, Excuse], list[Problem]]:
    """Return what a list says, and what is wrong with it."""
    path = tmp_path / "hosts.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems: list[Problem] = []
    return read(path, problems), problems


@pytest.mark.parametrize(
    "line", ["x.example", "x.example 理由", "\t理由", "x.example\t ", b"x.example\t\xff"], ids=repr
)
def test_a_line_without_a_host_or_a_reason_is_named(tmp_path: Path, line: str | bytes) -> None:
    content = line if isinstance(line, bytes) else line.encode()
    found, (problem,) = listed(tmp_path, "# 说明\n\n".encode() + content + b"\n")
    assert found == {}
    assert str(problem) == (
        f"{tmp_path}/hosts.txt:3: 域名: 写法不对;应当是:域名<Tab>理由,中间是一个制表符,UTF-8 编码;照上面几行的样子改"
    )


def test_a_host_that_stands_twice_is_named(tmp_path: Path) -> None:
    found, (problem,) = listed(tmp_path, "x.example\t一\nx.example\t二\n")
    assert (found["x.example"].reason, problem.line, problem.found) == ("一", 2, "“x.example”写了两次")


def test_what_is_no_file_is_a_problem_and_what_is_not_there_is_not(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert read(tmp_path / "none.txt", problems) == {}
    assert problems == []
    assert read(tmp_path, problems) == {}
    assert [p.found[:3] for p in problems] == ["打不开"]


def test_each_host_has_its_reason_and_its_line(tmp_path: Path) -> None:
    found, problems = listed(tmp_path, "\ufeff# 说明\r\n.gov.cn\t只有 http\r\nx.example\t\t同上 \r\n")
    assert problems == []
    assert {h: (e.reason, e.line) for h, e in found.items()} == {
        ".gov.cn": ("只有 http", 2),
        "x.example": ("同上", 3),
    }


@pytest.mark.parametrize(
    ("host", "entry"),
    [("www.zjg.gov.cn", ".gov.cn"), ("gov.cn", None), ("x.example", "x.example"), ("a.x.example", None), ("agov.cn", None)],
)  # fmt: skip
def test_a_dot_stands_for_all_hosts_below(host: str, entry: str | None) -> None:
    assert covering(host, (".gov.cn", "x.example")) == entry
