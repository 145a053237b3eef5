"""The commands as people run them: what they print, and the codes they end with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from bot.cli import COMMANDS, main
from bot.index import Base


@pytest.fixture(autouse=True)
def data(tmp_path: Path, index_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a current index, so that no test builds one by the way."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(index_file, folder / "index.sqlite")
    monkeypatch.setenv("DATA_DIR", str(folder))
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    return folder


def lines(*typed: str | bytes, arguments: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Return the objects that `ask --jsonl` writes for lines of standard input."""
    content = b"".join((t if isinstance(t, bytes) else t.encode()) + b"\n" for t in typed)
    done = subprocess.run(
        [sys.executable, "bot.py", "ask", "--jsonl", *arguments], cwd=ROOT, input=content, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["ask"],
        ["ask", "--no-such"],
        ["check", "--index"],
        ["ask", "x", "--today", "soon"],
        ["ask", "--candidates", "x", "y"],
    ],
    ids=str,
)
def test_wrong_use_ends_with_2_and_says_what_is_right(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["--help"], *([name, "--help"] for name in COMMANDS)],
    ids=str,
)
def test_help_is_enough_to_begin(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert any("\u4e00" <= c <= "\u9fff" for c in capsys.readouterr().out)


@pytest.mark.parametrize(
    "line",
    [
        '{"text": 3}',
        '{"text": "x", "more": "y"}',
        "{}",
        '{"lang": "en"}',
        '{"text": "x"',
        "{" * 2000,
        '{"choice": null}',
        b"\xff\xfe",
        '{"text": ["a"]}',
    ],
    ids=repr,
)
def test_a_bad_line_gives_an_error_for_it_and_the_run_goes_on(line: str | bytes) -> None:
    bad, good = lines(line, "水润港城")
    assert bad["error"].startswith("第 1 行:") or bad.get("kind") == "chat"
    assert good["account"]["id"] == "shuirungangcheng-wx"


def test_a_line_each_in_the_same_order_in_one_process() -> None:
    asked = [
        "水润港城",
        "",
        "不存在的号",
        '{"text": "临淄交警", "lang": "en"}',
        '{"choice": "a.yueanshequ-wx"}',
        "  ",
    ]
    found = lines(*asked)
    assert [f["kind"] for f in found] == ["ask", "chat", "not-found", "moved", "ask", "chat"]
    assert found[3]["text"].startswith("Look here now")
    assert found[4]["query"] == "a.yueanshequ-wx"
    assert all(f["ms"] >= 0 for f in found)


def test_a_list_is_printed_as_a_spreadsheet() -> None:
    command = [sys.executable, "bot.py", "ask", "--csv", "水润港城、月安社区"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"}
    )
    header, *rows = done.stdout.decode().split("\r\n")
    assert header.startswith("asked,verdict,id,name")
    assert [r.split(",")[0] for r in rows if r] == ["水润港城", "月安社区"]


def test_a_context_is_handed_back_and_taken() -> None:
    (first,) = lines("健康济阳")
    (second,) = lines(json.dumps({"text": "打疫苗", "context": first["context"]}))
    assert second["kind"] == "contact"
    assert second["account"]["id"] == "jiankangjiyang-wx"


def test_an_object_has_every_field_the_door_promises() -> None:
    (found,) = lines("临淄交警", arguments=("--candidates", "5"))
    assert set(found) == {
        "query", "kind", "verdict", "account", "also", "destinations", "route", "contacts", "sources", "choices",
        "context", "code", "text", "ms", "candidates", "helps", "offers", "wish", "rows", "language", "plain",
    }  # fmt: skip
    assert set(found["account"]) == {
        "id", "name", "platform", "platform_id", "state", "reason", "unit", "place", "notice", "checked",
    }  # fmt: skip
    assert {"name", "platform", "kind", "basis", "scope", "url", "seen"} <= set(found["destinations"][0])
    assert found["candidates"][0]["id"] == "linzijiaojing-dy"
    assert 0 <= found["candidates"][0]["score"] <= 1


def test_ask_prints_what_a_person_reads(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "水润港城"]) == 0
    assert capsys.readouterr().out.startswith("「水润港城」(微信公众号)停更后去哪儿")
    assert main(["ask", "--why", "张家口住建"]) == 0
    out = capsys.readouterr().out
    assert "候选:张家港住建 分数 0." in out
    assert "  怎么来的:一字不差 +0." in out
    assert "  不能直接答:有字和名字里的对不上、" in out
    assert "、问的是别的地方" in out
    assert main(["ask", "--json", "水润", "港城"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "sure"


def test_check_ends_with_what_was_read(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert main(["check"]) == 0
    assert "没有错误" in capsys.readouterr().out.splitlines()[-1]
    (folder / "accounts" / "bad.yaml").write_text("units: [", encoding="utf-8")
    assert main(["check", "--knowledge", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "bad.yaml:1: 写法:" in out
    assert out.splitlines()[-1] == "读了 1 个地方、0 个单位、0 个账号:1 个错误要改,0 条提醒。"
    assert main(["check", "--knowledge", str(folder), str(folder / "topics.yaml")]) == 0


def test_build_makes_an_index_of_any_folder(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "new" / "i.sqlite"
    assert main(["build", "--knowledge", str(folder), "--index", str(target)]) == 0
    assert Base(target).places
    before = target.read_bytes()
    (folder / "accounts" / "bad.yaml").write_text("units: [", encoding="utf-8")
    assert main(["build", "--knowledge", str(folder), "--index", str(target)]) == 1
    assert "原来的索引还在用" in capsys.readouterr().err
    assert target.read_bytes() == before


def test_a_mistake_in_the_knowledge_leaves_the_last_good_index_in_service(
    folder: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "accounts" / "bad.yaml").write_text("units: [", encoding="utf-8")
    assert main(["ask", "水润港城", "--knowledge", str(folder)]) == 0
    captured = capsys.readouterr()
    assert "张家港市水务局" in captured.out
    assert "原来的索引还在用" in captured.err
    (data / "index.sqlite").unlink()
    assert main(["ask", "水润港城", "--knowledge", str(folder)]) == 1
    assert "也没有以前的索引" in capsys.readouterr().err


def test_a_torn_index_is_rebuilt(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "index.sqlite").write_bytes(b"SQLite format 3\x00 torn")
    assert main(["ask", "水润港城"]) == 0
    assert "张家港市水务局" in capsys.readouterr().out


def test_an_index_named_by_hand_is_used_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torn = tmp_path / "torn.sqlite"
    torn.write_bytes(b"torn")
    assert main(["ask", "x", "--index", str(torn)]) == 1
    assert "不是能用的索引" in capsys.readouterr().err


def test_the_door_works_without_development_packages() -> None:
    """Nothing the bot imports to answer comes from `requirements-dev.txt` alone."""
    code = "import sys; sys.modules.update(dict.fromkeys(['pytest', 'hypothesis', 'jsonschema'])); import runpy; sys.argv = ['bot.py', 'ask', '水润港城']; runpy.run_path('bot.py', run_name='__main__')"
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert "张家港市水务局" in done.stdout.decode()


# What other commands, a build or a channel need, and what costs more to load than a question to answer.
NOT_FOR_A_QUESTION = (
    "aiohttp",
    "concurrent.futures.process",
    "httpx",
    "openpyxl",
    "sqlite_utils",
    "telegram",
    "tqdm",
)


def test_a_question_loads_nothing_that_only_others_need(data: Path) -> None:
    script = f"import sys; from bot.cli import main; main(['ask', '水润港城', '--index', {str(data / 'index.sqlite')!r}]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    answer, loaded = done.stdout.rsplit("\n", 2)[:2]
    assert "张家港市水务局" in answer
    assert "bot.commands.ask" in loaded.split()
    assert set(NOT_FOR_A_QUESTION).isdisjoint(loaded.split())


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as Unix does")
def test_a_full_disk_is_told_in_words_and_leaves_the_index_as_it_was(data: Path) -> None:
    """A file may grow to 256 KiB here, so that SQLite itself has no room."""
    before = (data / "index.sqlite").read_bytes()
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 18, 1 << 18)); "
        "from bot.cli import main; from bot import index; index.update = lambda *_, **__: None; "
        f"sys.exit(main(['build', '--index', {str(data / 'index.sqlite')!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "检查磁盘空间" in done.stderr
    assert "Traceback" not in done.stderr
    assert [p.name for p in data.iterdir()] == ["index.sqlite"]
    assert (data / "index.sqlite").read_bytes() == before
