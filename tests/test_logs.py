# ruff: noqa: S105 - none of these words opens anything
"""The log: no secret in any line, whatever way it came in; one line of JSON for each event."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import ROOT

from bot import logs
from tests.botapi import ThreadedBotApi

TOKEN = "7000000001:AAE-abcdefghijklmnopqrstuvwxyz_0123"
PATIENCE = 30
PASSWORD = "pa$s/w\"o'rd"


@pytest.fixture
def kept() -> Iterator[None]:
    """The log is as it was before, afterwards."""
    root = logging.getLogger()
    handlers, level, hooks = root.handlers[:], root.level, (sys.excepthook, logs.threading.excepthook)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, logs.threading.excepthook = hooks
    logging.captureWarnings(capture=False)


def written(form: str, *secrets: str) -> tuple[logging.Logger, io.StringIO]:
    """Begin a log and return where it goes."""
    to = io.StringIO()
    logs.begin(form, "info", secrets, to)
    return logging.getLogger("bot.test"), to


def chained(word: str) -> Exception:
    """Return an error whose cause says a word."""
    error = ValueError(1)
    error.__cause__ = OSError(word)
    return error


WAYS: dict[str, Callable[[logging.Logger, str], None]] = {
    "message": lambda log, word: log.error(word.replace("%", "%%")),
    "argument": lambda log, word: log.error("it was %s", word),
    "object": lambda log, word: log.error("it was %s", {"address": [word]}),
    "error": lambda log, word: log.error("failed", exc_info=OSError(word)),
    "cause": lambda log, word: log.error("failed", exc_info=chained(word)),
    "extra": lambda log, word: log.error("it was", extra={"url": word}),
    "halves": lambda log, word: log.error("%s%s", word[:5], word[5:]),
    "name": lambda log, word: log.getChild(word).error("x"),
}


@pytest.mark.parametrize("form", logs.FORMATS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("spelled", [str, quote, lambda s: quote(s, safe=""), repr])
@pytest.mark.parametrize("secret", [TOKEN, PASSWORD], ids=["token", "password"])
def test_no_line_has_a_secret(
    form: str, way: str, spelled: Callable[[str], str], secret: str, kept: None
) -> None:
    log, to = written(form, secret)
    WAYS[way](log, spelled(secret))
    assert to.getvalue()
    for bare in (secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1]):
        assert bare not in to.getvalue()


@pytest.mark.parametrize(
    "line",
    [
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"bot{quote(TOKEN, safe='')}",
        "postgresql://me:hunter2@db/x",
    ],
)
def test_what_looks_like_a_secret_is_one(line: str, kept: None) -> None:
    log, to = written(logs.CONSOLE)
    log.warning(line)
    assert logs.MASK in to.getvalue()
    assert not any(word in to.getvalue() for word in ("abcdefghij", "hunter2"))


def test_short_words_do_not_take_others_with_them(kept: None) -> None:
    log, to = written(logs.CONSOLE, "e", "")
    log.warning("everything else")
    assert "everything else" in to.getvalue()


def test_the_secrets_are_those_of_the_environment_and_of_the_ledgers_address() -> None:
    environ = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "WECHAT_AES_KEY": "k" * 43,
        "WECHAT_TOKEN": " wtok ",
        "WEB_URL": "x",
    }
    found = logs.secrets_in(environ, "postgresql://me:p%40ss@db/x", "s3cret", "")
    assert set(found) == {TOKEN, "k" * 43, "wtok", "p%40ss", "p@ss", "s3cret"}
    assert logs.secrets_in({}, "data/ledger.sqlite") == []
    assert logs.secrets_in({}, "http://[") == []


def test_an_event_is_one_line_of_json_with_its_time_level_module_and_traceback(kept: None) -> None:
    log, to = written(logs.JSON)
    log.error("换上了新的索引 %s", "a\nb", exc_info=ZeroDivisionError(7))
    (line,) = to.getvalue().splitlines()
    told = json.loads(line)
    assert told["event"] == "换上了新的索引 a\nb"
    assert (told["level"], told["logger"]) == ("error", "bot.test")
    assert told["timestamp"].endswith("Z")
    assert "ZeroDivisionError" in told["exception"]


def test_below_the_level_nothing_is_written(kept: None) -> None:
    to = io.StringIO()
    logs.begin(logs.JSON, "error", (), to)
    logging.getLogger("bot").warning("no")
    assert to.getvalue() == ""


def test_what_nobody_caught_is_logged_without_secrets_too(tmp_path: Path) -> None:
    """In a thread as well as in the main one."""
    program = (
        "import threading\nfrom bot import logs\n"
        "logs.begin('json', 'info', ['hidden-word'])\n"
        "def fail(): raise OSError('hidden-word')\n"
        "thread = threading.Thread(target=fail); thread.start(); thread.join()\nfail()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "hidden-word" not in done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["level"] for line in lines] == ["critical"] * 2
    assert all("OSError: ***" in line["exception"] for line in lines)


def test_a_bot_among_faults_prints_no_secret_and_only_json(tmp_path: Path) -> None:
    """The whole process: refused, garbled and dropped answers, then a token that is taken back."""
    secrets = {
        "WEBHOOK_SECRET": "webhook-secret-1",
        "WECHAT_TOKEN": "wechattoken1",
        "WECHAT_AES_KEY": "Ab1" * 14 + "A",
    }
    with ThreadedBotApi() as api:
        environ = {"TELEGRAM_BOT_TOKEN": api.token, "TELEGRAM_API_BASE": api.base_url, "LOG_LEVEL": "debug"}
        environ |= {"DATA_DIR": str(tmp_path), "LOG_FORMAT": "json", "WECHAT_APP_ID": "wx1"} | secrets
        with (tmp_path / "out").open("wb") as out, (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "bot.py", "run"],
                cwd=ROOT,
                env={**os.environ, **environ},
                stdout=out,
                stderr=log,
            )
        try:
            api.until(lambda: api.world.poller.is_waiting, timeout=PATIENCE)
            user = api.user()
            for kind in ("server", "drop", "garbage", "half", "drop_after"):
                api.fault(kind, method="getUpdates")
                api.fault(kind, method="sendMessage", chat=user.id)
                api.say(user, "水润港城")
                api.next_reply(user, timeout=PATIENCE)
            token, api._api.token = api.token, "1:another"
            assert process.wait(PATIENCE) == 1
        finally:
            process.kill()
            process.wait()
        printed = (tmp_path / "out").read_text(encoding="utf-8")
        lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
        for secret in (token, quote(token, safe=""), *secrets.values()):
            assert secret not in printed + "\n".join(lines)
    logged = [line for line in lines if line.startswith("{")]
    assert len([json.loads(line)["event"] for line in logged]) > 5
    assert any("Telegram 不认这个令牌" in line for line in logged)
