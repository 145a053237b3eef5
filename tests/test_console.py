"""The chat in the terminal: the same conversations, typed line by line into the real process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Turn, conversations


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that all chats of this module share, so that the index is built once."""
    return tmp_path_factory.mktemp("data")


def chat(data: Path, *lines: str) -> list[str]:
    """Type lines into `python bot.py chat`; return what it says before the first line and after each."""
    env = {**os.environ, "DATA_DIR": str(data), "PYTHONIOENCODING": "utf-8", "TELEGRAM_BOT_TOKEN": ""}
    typed = "".join(f"{line}\n" for line in lines).encode()
    done = subprocess.run(
        [sys.executable, "bot.py", "chat"], cwd=ROOT, env=env, input=typed, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().split("\n> ")


def test_it_says_how_to_begin_and_chats(data: Path) -> None:
    first, said, goodbye = chat(data, "水润港城")
    assert first.splitlines() == ["发账号名字给我,比如“水润港城”;有选项时打数字。按 Ctrl-D 退出。"]
    assert "张家港市水务局" in said
    assert goodbye.strip() == "再见。"


@pytest.mark.parametrize("line", ["", "0", "7", "-1", "９", "999999999999999999999", "\x00", "<b>"])
def test_a_line_that_is_no_choice_gets_a_friendly_answer(data: Path, line: str) -> None:
    _, _, said, _ = chat(data, "江宁公安在线", line)
    assert said.strip()


def test_bytes_that_are_no_text_do_not_end_the_chat(data: Path) -> None:
    env = {**os.environ, "DATA_DIR": str(data), "PYTHONIOENCODING": "utf-8", "TELEGRAM_BOT_TOKEN": ""}
    done = subprocess.run(
        [sys.executable, "bot.py", "chat"],
        cwd=ROOT,
        env=env,
        input=b"\xff\xfe\n\xe6\xb0\xb4\n",
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("turns", conversations())
def test_conversations_go_as_written(data: Path, turns: list[Turn]) -> None:
    """A tap is the number beside the choice; it is looked up in a first run of the turns before it."""
    typed: list[str] = []
    for turn in turns:
        if turn.tap:
            shown = chat(data, *typed)[len(typed)]
            numbered = (line.strip().partition(". ") for line in shown.splitlines() if line.startswith("  "))
            typed.append(next(number for number, _, label in numbered if label.startswith(turn.tap)))
        else:
            typed.append(turn.you or "")
    for turn, said in zip(turns, chat(data, *typed)[1:], strict=False):
        turn.check_text(said)
