"""`make run` as a process: it serves the page, says where, and ends when it is told to; and what it is set by."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from conftest import ROOT
from served import free_port

from bot import hosting
from bot.hosting import Hosting
from bot.serving import SettingError
from tests.botapi import ThreadedBotApi

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@contextmanager
def running(
    data: Path, index_file: Path, lines: int = 2, **env: str
) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Start the process and yield it with the lines it begins with; it is ended by SIGTERM."""
    told = {**os.environ, "DATA_DIR": str(data), "PYTHONIOENCODING": "utf-8", "TELEGRAM_BOT_TOKEN": "", **env}
    process = subprocess.Popen(
        [sys.executable, "bot.py", "run", "--index", str(index_file)],
        cwd=ROOT, env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout
    try:
        yield process, [process.stdout.readline() for _ in range(lines)]
    finally:
        process.kill()
        process.communicate(timeout=30)


def test_it_serves_the_page_says_where_and_ends_when_told(tmp_path: Path, index_file: Path) -> None:
    with running(tmp_path, index_file, LISTEN=f"127.0.0.1:{free_port()}") as (process, (first, second)):
        assert first.startswith("没有设置 TELEGRAM_BOT_TOKEN,只开网页")
        address = re.findall(r"网页在 (http://127\.0\.0\.1:\d+),", second)[0]
        got = httpx.get(f"{address}/", params={"q": "水润港城"}, trust_env=False)
        assert got.status_code == 200
        assert "张家港市水务局" in got.text
        assert "server" not in got.headers
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
        assert process.returncode in (0, -signal.SIGTERM)
        assert "Traceback" not in output
        assert "水润港城" not in output, "what people ask is not written down"


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_with_a_token_the_page_is_served_and_telegram_answered(
    tmp_path: Path, index_file: Path, mode: str
) -> None:
    """In one process, whichever way the updates come; it ends in good order when it is told to."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with ThreadedBotApi() as api:
        env = {
            "TELEGRAM_BOT_TOKEN": api.token,
            "TELEGRAM_API_BASE": api.base_url,
            "TELEGRAM_MODE": mode,
            "LISTEN": f"127.0.0.1:{port}",
        }
        env |= {"WEBHOOK_URL": address} if mode == "webhook" else {}
        with running(tmp_path, index_file, lines=1, **env) as (process, (first,)):
            assert first.startswith(f"网页在 {address},")
            user = api.user()
            api.say(user, "未央正当时")
            assert "长乐未央" in api.next_reply(user, timeout=30).text
            got = httpx.get(f"{address}/", params={"q": "未央正当时"}, trust_env=False)
            assert "长乐未央" in got.text
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=30)
            assert process.returncode == 0, output
            assert "Traceback" not in output


def test_an_address_that_is_taken_is_told_with_what_to_do(tmp_path: Path, index_file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running(tmp_path, index_file, LISTEN=f"127.0.0.1:{port}") as (process, (_, second)):
            assert f"127.0.0.1:{port} 用不了" in second
            assert "LISTEN=" in second
            assert process.wait(30) == 1


def test_behind_a_proxy_each_person_has_a_limit_of_their_own(tmp_path: Path, index_file: Path) -> None:
    """The proxy of this machine says for whom it asks, and whether they came by HTTPS."""
    port = free_port()
    with running(tmp_path, index_file, LISTEN=f"127.0.0.1:{port}"), httpx.Client(trust_env=False) as client:
        for person in ("192.0.2.1", "192.0.2.2"):
            sent = {"x-forwarded-for": person, "x-forwarded-proto": "https", "host": "quxiang.example"}
            got = [
                client.get(f"http://127.0.0.1:{port}/api/export.csv", headers=sent).status_code
                for _ in range(8)
            ]
            assert (got[0], got[-1]) == (200, 429)
        sent["x-forwarded-for"] = "192.0.2.3"
        page = client.get(f"http://127.0.0.1:{port}/a/shuirungangcheng-wx", headers=sent)
        assert 'href="https://quxiang.example/a/shuirungangcheng-wx"' in page.text


def test_settings_that_cannot_be_used_are_all_told_at_once(tmp_path: Path) -> None:
    wrong = {"LISTEN": "x", "WEB_URL": "ftp://x", "WECHAT_TOKEN": "a b", "WECHAT_AES_KEY": "unusable"}
    env = {**os.environ, "DATA_DIR": str(tmp_path), "PYTHONIOENCODING": "utf-8", **wrong}
    done = subprocess.run(
        [sys.executable, "bot.py", "run"], cwd=ROOT, env=env, capture_output=True, timeout=60
    )
    told = done.stderr.decode()
    assert done.returncode == 2
    for name in (*wrong, "WECHAT_APP_ID"):
        assert name in told
    assert "unusable" not in told, "a secret is never printed"


@pytest.mark.parametrize(
    "wrong",
    [{"WEB_URL": "example.org"}, {"WEB_URL": "https://例子.cn"}, {"WEB_URL": "https://u@example.org"}, {"WEB_FILING": "号" * 61},
     {"WECHAT_TOKEN": "短"}, {"WECHAT_APP_ID": "wx1"}, {"WECHAT_TOKEN": "token", "WECHAT_AES_KEY": KEY},
     {"WECHAT_TOKEN": "token", "WECHAT_AES_KEY": KEY[:-1], "WECHAT_APP_ID": "wx1"},
     {"WECHAT_TOKEN": "token", "WECHAT_AES_KEY": "!" * 43, "WECHAT_APP_ID": "wx1"}, {"WECHAT_LINKS": "maybe"}],
    ids=str,
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingError) as error:
        hosting.read(wrong)
    assert next(iter(wrong)).split("_")[0] in str(error.value)


def test_a_font_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="CARD_FONT"):
        hosting.read({}, tmp_path / "none.ttf")
    (tmp_path / "one.ttf").touch()
    assert hosting.read({}, tmp_path / "one.ttf").font == tmp_path / "one.ttf"


def test_without_settings_there_is_a_page_and_no_account() -> None:
    assert hosting.read({}) == Hosting()


def test_an_official_account_and_its_key() -> None:
    found = hosting.read(
        {"WECHAT_TOKEN": "token", "WECHAT_AES_KEY": KEY, "WECHAT_APP_ID": "wx1", "WECHAT_LINKS": "1"}
    ).wechat
    assert found
    assert (found.token, len(found.key or b""), found.app_id, found.links) == ("token", 32, "wx1", True)
    assert "token" not in repr(found)


def test_a_page_alone_loads_no_client_and_no_telegram() -> None:
    code = "import sys, bot.commands.run, handlers.web; print([m for m in ('httpx', 'telegram', 'aiohttp') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
