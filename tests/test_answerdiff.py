"""An edit of the knowledge is told by what it does to answers; what cannot be compared is told with the next step."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, TODAY

from bot.cli import main
from bot.matcher import Matcher
from bot.upkeep.answerdiff import Change, Turn, answered, difference, labelled
from bot.wording import words

GIT = shutil.which("git") or ""
needs_git = pytest.mark.skipif(not GIT, reason="git is not installed")
ENTRY = """\
place: "320582"
units:
  - name: 张家港市水务局
    accounts:
      - id: a-wx
        name: {name}
        platform: wechat
        state: closed
        notice: {notice}
        destinations: [{destination}]
        checked: 2024-06-15
        note: {note}
        sources: [{{publisher: 新京报}}]
"""


def write(folder: Path, file: str = "a", **changed: str) -> None:
    """Write the one account of a knowledge folder, changed or as it was at first."""
    values = {"name": "水润港城", "notice": "unseen", "destination": "", "note": "一"} | changed
    (folder / "accounts" / "jiangsu" / f"{file}.yaml").write_text(ENTRY.format(**values), encoding="utf-8")


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder, whatever this machine's own settings are."""
    nowhere = str(folder / "nowhere")
    env = {**os.environ, "GIT_CONFIG_GLOBAL": nowhere, "GIT_CONFIG_NOSYSTEM": "1"}
    name = ("-c", "user.name=x", "-c", "user.email=x@x.example", "-c", "core.autocrlf=false")
    subprocess.run([GIT, *name, *arguments], cwd=folder, env=env, check=True, capture_output=True)


@pytest.fixture
def versioned(folder: Path) -> Path:
    """A knowledge folder with one account, committed to git."""
    write(folder)
    git(folder.parent, "init")
    git(folder.parent, "add", "knowledge")
    git(folder.parent, "commit", "--message", "first")
    return folder


def diff(folder: Path, *arguments: str) -> int:
    """Run `diff` over a knowledge folder."""
    return main(["diff", "--knowledge", str(folder), *(arguments or ("HEAD",))])


def told(out: str) -> dict[str, list[str]]:
    """Return the questions under each heading of what `diff` prints."""
    found: dict[str, list[str]] = {}
    for line in out.splitlines()[:-1]:
        if line and not line.startswith(" "):
            found[line] = group = []
        elif line.startswith("  ") and not line.startswith("   "):
            group.append(line.strip())
    return found


def test_without_git_that_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.upkeep.answerdiff.shutil.which", lambda _: None)
    assert diff(folder) == 1
    assert capsys.readouterr().err == "没有装 git,读不到以前的版本。装上 git 再试。\n"


@needs_git
def test_a_folder_outside_git_has_no_earlier_version(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    assert diff(folder) == 1
    assert capsys.readouterr().err == f"{folder} 不在 git 里,没有以前的版本可比。\n"


@needs_git
def test_a_folder_that_is_not_there_has_no_earlier_version(
    versioned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(versioned / "none") == 1
    assert capsys.readouterr().err == f"{versioned / 'none'} 不在 git 里,没有以前的版本可比。\n"


@needs_git
def test_without_a_revision_the_last_commit_is_compared(
    versioned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(versioned, destination="{name: 今日张家港, basis: media}")
    assert main(["diff", "--knowledge", str(versioned)]) == 0
    without = capsys.readouterr().out
    assert diff(versioned, "HEAD") == 0
    assert capsys.readouterr().out == without
    assert "水润港城" in without


@needs_git
@pytest.mark.parametrize("revision", ["nope", "HEAD~1", "HEAD:knowledge", "HEAD --", "", "--all"])
def test_a_revision_that_is_none_is_told(
    versioned: Path, revision: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(versioned, "--", revision) == 1
    assert capsys.readouterr().err == (
        f"没有“{revision}”这个版本。写提交号、分支或标签,如 HEAD、HEAD~1;用 git log --oneline 看有哪些。\n"
    )


@needs_git
def test_a_revision_without_knowledge_is_told(versioned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(versioned.parent, "checkout", "--orphan", "empty")
    git(versioned.parent, "rm", "-r", "--cached", "knowledge")
    git(versioned.parent, "commit", "--allow-empty", "--message", "empty")
    assert diff(versioned, "empty") == 1
    assert capsys.readouterr().err == "“empty”那时还没有 knowledge/。\n"


@needs_git
def test_knowledge_with_an_error_on_either_side_is_not_compared(
    versioned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = versioned / "accounts" / "bad.yaml"
    bad.write_text("units: [", encoding="utf-8")
    assert diff(versioned) == 1
    assert capsys.readouterr().err.splitlines()[-1] == f"{versioned} 按现在的规则有 1 个错误,没法比。"
    git(versioned.parent, "add", "knowledge")
    git(versioned.parent, "commit", "--message", "bad")
    bad.unlink()
    assert diff(versioned) == 1
    first, last = capsys.readouterr().err.splitlines()
    assert first.startswith("HEAD/accounts/bad.yaml:1: 写法:")
    assert last == "HEAD 按现在的规则有 1 个错误,没法比。"


@needs_git
def test_questions_that_cannot_be_read_are_wrong_use(
    versioned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "questions.txt"
    assert diff(versioned, "HEAD", "--questions", str(path)) == 2
    assert capsys.readouterr().err.startswith(f"读不了 {path}:")
    path.write_bytes(b"\xff\xfe")
    assert diff(versioned, "HEAD", "--questions", str(path)) == 2
    assert capsys.readouterr().err == f"读不了 {path}:不是 UTF-8 文字;写一个文字文件,一行一个问题。\n"


@needs_git
def test_nothing_is_told_of_what_residents_do_not_see(
    versioned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(versioned, note="二")
    assert diff(versioned) == 0
    assert capsys.readouterr().out == (
        "问了 2 句:新找到 0,去向变了 0,变成不确定 0,找不到了 0,其他变化 0,没变 2。\n"
    )


@needs_git
def test_the_working_folder_is_left_as_it_is(versioned: Path) -> None:
    files = sorted(p for p in versioned.parent.rglob("*") if p.is_file())
    before = [(p, p.read_bytes()) for p in files]
    assert diff(versioned) == 0
    after = sorted(p for p in versioned.parent.rglob("*") if p.is_file())
    assert [(p, p.read_bytes()) for p in after] == before


@needs_git
def test_a_renamed_account_is_lost_under_one_name_and_found_under_the_other(
    versioned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(versioned, name="江南好风光")
    assert diff(versioned) == 0
    out = capsys.readouterr().out
    assert told(out) == {
        "新找到(1)": ["江南好风光"],
        "找不到了(1)": ["水润港城"],
        "其他变化(1)": ["张家港市水务局"],
    }
    assert out.endswith("问了 3 句:新找到 1,去向变了 0,变成不确定 0,找不到了 1,其他变化 1,没变 0。\n")


@needs_git
def test_a_question_stands_with_the_first_line_before_and_after(
    versioned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(versioned, name="江南好风光")
    assert diff(versioned) == 0
    lines = capsys.readouterr().out.splitlines()
    not_found = words("zh-Hans").say("not_found").splitlines()[0]
    assert lines[1:4] == ["  江南好风光", f"    前:{not_found}", lines[3]]
    assert lines[3].startswith("    后:「江南好风光」(微信公众号)")


@needs_git
def test_a_new_destination_is_told(versioned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(versioned, destination="{name: 今日张家港, platform: app, basis: media}")
    assert diff(versioned) == 0
    out = capsys.readouterr().out
    assert told(out) == {"去向变了(2)": ["张家港市水务局", "水润港城"]}
    assert out.count("    后:现在看:「今日张家港」") == 2


@needs_git
def test_a_second_account_of_the_name_makes_it_unsure(
    versioned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = ENTRY.format(name="水润港城", notice="unseen", destination="", note="二")
    text = text.replace("320582", "320583").replace("a-wx", "b-wx").replace("张家港市", "昆山市")
    (versioned / "accounts" / "jiangsu" / "b.yaml").write_text(text, encoding="utf-8")
    assert diff(versioned) == 0
    found = told(capsys.readouterr().out)
    assert found["变成不确定(1)"] == ["水润港城"]
    assert found["新找到(1)"] == ["昆山市水务局"]


@needs_git
def test_questions_of_a_file_and_of_the_tests_beside_the_knowledge_are_asked(
    versioned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = versioned.parent / "tests"
    (tests / "conversations").mkdir(parents=True)
    (tests / "accounts.yaml").write_text("- {asked: 水润港城在哪}\n", encoding="utf-8")
    (tests / "absent.yaml").write_text("- 常熟住建\n", encoding="utf-8")
    (tests / "conversations" / "a.yaml").write_text(
        "- {name: x, turns: [{you: 你好}, {tap: 跳过}]}\n", encoding="utf-8"
    )
    (tests / "conversations" / "readme.yaml").write_text("- {you: 谢谢}\n", encoding="utf-8")
    path = tmp_path / "questions.txt"
    path.write_text("一句话\n\n 水润港城 \n", encoding="utf-8")
    assert diff(versioned, "HEAD", "--questions", str(path)) == 0
    # 水润港城在哪, 常熟住建, 你好, 你好 › [跳过], 谢谢, 水润港城, 张家港市水务局, 一句话
    assert capsys.readouterr().out.startswith("问了 8 句:")


def test_every_labelled_question_of_ours_is_asked() -> None:
    asked = list(labelled(ROOT / "tests"))
    texts = {question[-1].text for question in asked}
    assert {"水润港城", "临沂交警", "跳过"} <= texts
    assert any(len(question) > 1 and question[-1].tap for question in asked)


def test_a_conversation_is_gone_through_to_its_last_turn(matcher: Matcher) -> None:
    first, tap = Turn("水润港城"), Turn("水电气", tap=True)
    reply = answered((first, tap), matcher, TODAY)
    assert reply
    assert reply.text.startswith("水电气/供水供暖的事")
    assert answered((first, Turn("没有的", tap=True)), matcher, TODAY) is None
    assert answered((tap,), matcher, TODAY) is None


def test_a_button_that_went_away_is_another_change(matcher: Matcher) -> None:
    question = (Turn("水润港城"),)
    reply = answered(question, matcher, TODAY)
    assert difference(question, None, None) is None
    assert difference(question, reply, reply) is None
    found = difference(question, reply, None)
    assert found
    assert (found.change, found.after) == (Change.OTHER, "(没有这个按钮)")
