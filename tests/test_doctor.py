# ruff: noqa: S106 - none of these words opens anything
"""The check-up: every check is made whatever fails, what is wrong is told with what to do, and nothing secret is printed."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from served import serving
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.cli import main
from bot.commands import doctor
from bot.ledger import open_ledger
from tests.botapi import ThreadedBotApi
from tests.botapi_updates import Webhook


@pytest.fixture
def examine(
    tmp_path: Path, index_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Runs the check-up in a folder of its own; its exit code, and its lines by name."""
    for name in ("TELEGRAM_BOT_TOKEN", "TELEGRAM_MODE", "WEBHOOK_URL", "LEDGER_URL", "LISTEN", "INDEX_FROM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    shutil.copy(index_file, tmp_path / "index.sqlite")

    def run(**environ: str) -> tuple[int, dict[str, str], str]:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        code = main(["doctor"])
        printed = capsys.readouterr().out
        lines = [line.partition(":") for line in printed.splitlines()[:-1]]
        return code, {name[2:]: name[0] + said for name, _, said in lines}, printed

    return run


async def begun(file: Path) -> None:
    """Make a ledger."""
    await (await open_ledger(file, time.time, time.monotonic)).close()


def test_every_check_is_made_when_all_fail(
    examine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "ROOM", 2**70)
    (tmp_path / "index.sqlite").write_bytes(b"no index")
    (tmp_path / "ledger.sqlite").write_bytes(b"no ledger" * 999)
    code, found, _ = examine(LISTEN="x", WECHAT_TOKEN="?")
    assert code == 1
    assert list(found) == list(doctor.CHECKS)
    assert {name for name, said in found.items() if said[0] == doctor.BAD} == {"设置", "磁盘", "索引", "账本"}
    assert "LISTEN" in found["设置"]
    assert "WECHAT_TOKEN" in found["设置"]
    assert "python bot.py build" in found["索引"]
    assert "不是账本" in found["账本"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:hunter2@127.0.0.1:1/x", "连不上或正忙"),
        ("{folder}/newer.sqlite", "请升级程序"),
        ("{folder}/foreign.sqlite", "不是账本,不敢动它"),
    ],
)
def test_a_ledger_that_cannot_be_used_is_told_with_what_to_do(
    examine: Any, tmp_path: Path, url: str, said: str
) -> None:
    asyncio.run(begun(tmp_path / "newer.sqlite"))
    for name, statement in (
        ("newer", "update ledger_schema set version = version + 1"),
        ("foreign", "create table of_others (a)"),
    ):
        with closing(sqlite3.connect(tmp_path / f"{name}.sqlite")) as db, db:
            db.execute(statement)
    code, found, printed = examine(LEDGER_URL=url.format(folder=tmp_path))
    assert code == 1
    assert said in found["账本"]
    assert "hunter2" not in printed


def test_an_empty_database_is_a_note(examine: Any, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as db, db:
        db.execute("create table passing (a)")
        db.execute("drop table passing")
    code, found, _ = examine()
    assert (code, found["账本"]) == (0, f"{doctor.NOTE}是空的,启动时会建表。")


def test_a_machine_that_has_no_index_to_take_is_told(examine: Any) -> None:
    code, found, _ = examine(INDEX_FROM="http://127.0.0.1:9")
    assert code == 1
    assert "METRICS" in found["索引"]


def test_an_index_that_another_machine_builds_is_not_held_against_the_files_here(
    examine: Any, tmp_path: Path
) -> None:
    offer = Starlette(
        routes=[Route("/index.json", lambda _: JSONResponse([{"role": "index", "digest": "0"}]))]
    )
    with serving(offer) as url:
        code, found, _ = examine(INDEX_FROM=url)
        assert code == 0
        assert found["索引"].endswith(f"从 {url} 取。")
        (tmp_path / "index.sqlite").write_bytes(b"no index")
        code, found, _ = examine(INDEX_FROM=url)
        assert code == 1
        assert "python bot.py build" not in found["索引"]


def test_a_check_that_breaks_keeps_no_other_from_being_made(
    examine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(doctor.CHECKS, "令牌", lambda _: str(1 // 0))
    code, found, _ = examine()
    assert (code, list(found)) == (1, list(doctor.CHECKS))
    assert "ZeroDivisionError" in found["令牌"]


def test_a_token_that_is_refused_is_told_and_not_shown(examine: Any) -> None:
    with ThreadedBotApi() as api:
        code, found, printed = examine(TELEGRAM_BOT_TOKEN="1:wrong-one", TELEGRAM_API_BASE=api.base_url)
    assert code == 1
    assert "@BotFather" in found["令牌"]
    assert "wrong-one" not in printed


def test_a_server_that_cannot_be_reached_is_told_without_its_token(examine: Any) -> None:
    code, found, printed = examine(TELEGRAM_BOT_TOKEN="1:secret-one", TELEGRAM_API_BASE="http://127.0.0.1:9")
    assert code == 1
    assert "HTTPS_PROXY" in found["令牌"]
    assert "secret-one" not in printed


@pytest.mark.parametrize(("seconds", "word"), [(120, "快了"), (-120, "慢了")])
def test_a_clock_that_is_wrong_is_told(
    examine: Any, monkeypatch: pytest.MonkeyPatch, seconds: int, word: str
) -> None:
    with ThreadedBotApi() as api:
        wrong = SimpleNamespace(time=lambda: time.time() + seconds, monotonic=time.monotonic)
        monkeypatch.setattr(doctor, "time", wrong)
        code, found, _ = examine(TELEGRAM_BOT_TOKEN=api.token, TELEGRAM_API_BASE=api.base_url)
    assert code == 1
    assert word in found["时钟"]


def test_a_service_that_is_well_is_told_so(examine: Any, tmp_path: Path) -> None:
    with ThreadedBotApi() as api:
        environ = {"TELEGRAM_BOT_TOKEN": api.token, "TELEGRAM_API_BASE": api.base_url}
        code, found, printed = examine(**environ)
        assert code == 0, printed
        assert found["账本"].startswith(doctor.NOTE)
        assert not (tmp_path / "ledger.sqlite").exists()
        asyncio.run(begun(tmp_path / "ledger.sqlite"))
        code, found, printed = examine(**environ)
    assert code == 0, printed
    assert [n for n in ("设置", "令牌", "收消息", "时钟", "磁盘", "账本") if found[n][0] != doctor.WELL] == []
    assert "能写" in found["账本"]
    assert printed.splitlines()[-1].startswith("都好")


def test_a_webhook_that_is_not_registered_yet_is_a_note(examine: Any) -> None:
    with ThreadedBotApi() as api:
        environ = {"TELEGRAM_MODE": "webhook", "WEBHOOK_URL": "https://bot.example.org"}
        code, found, _ = examine(TELEGRAM_BOT_TOKEN=api.token, TELEGRAM_API_BASE=api.base_url, **environ)
    assert code == 0
    assert found["收消息"].startswith(doctor.NOTE)
    assert "启动时会登记" in found["收消息"]


def test_a_poller_is_told_of_a_webhook_that_it_would_take_away(examine: Any) -> None:
    with ThreadedBotApi() as api:
        api.world.sender.webhook = Webhook(url="https://other.example/x")
        code, found, _ = examine(TELEGRAM_BOT_TOKEN=api.token, TELEGRAM_API_BASE=api.base_url)
    assert code == 0
    assert found["收消息"].startswith(
        f"{doctor.NOTE}设的是轮询,Telegram 那边还登记着 https://other.example/x"
    )


@pytest.mark.parametrize(("ago", "mark"), [(600, doctor.BAD), (4000, doctor.WELL)])
def test_what_telegram_could_not_deliver_of_late_is_told(examine: Any, ago: int, mark: str) -> None:
    with ThreadedBotApi() as api:
        registered = Webhook(url="https://bot.example.org/telegram")
        registered.error_at, registered.error = int(time.time()) - ago, "Connection refused"
        api.world.sender.webhook = registered
        environ = {"TELEGRAM_MODE": "webhook", "WEBHOOK_URL": "https://bot.example.org"}
        code, found, _ = examine(TELEGRAM_BOT_TOKEN=api.token, TELEGRAM_API_BASE=api.base_url, **environ)
    assert code == int(mark == doctor.BAD)
    assert found["收消息"].startswith(mark)
    assert ("Connection refused" in found["收消息"]) == (mark == doctor.BAD)


def test_a_folder_that_cannot_be_written_is_told(examine: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, found, _ = examine(DATA_DIR=str(tmp_path / "file" / "data"))
    assert code == 1
    assert "用 DATA_DIR 换个地方" in found["磁盘"]


def test_a_font_that_is_not_there_is_told_and_what_else_would_do(examine: Any, tmp_path: Path) -> None:
    code, found, _ = examine(CARD_FONT=str(tmp_path / "none.ttf"))
    assert code == 1
    assert "CARD_FONT" in found["设置"]
    assert found["字体"].startswith(doctor.NOTE)


def test_without_what_reads_pictures_it_says_what_that_is_for(
    examine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda _: None)
    code, found, _ = examine()
    assert code == 0
    assert found["识图"].startswith(f"{doctor.NOTE}没装;只有从图片读公告才用")
