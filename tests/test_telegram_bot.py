"""The bot on Telegram: the real process, the real library, over HTTP against the Bot API emulator."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Turn, conversations

from bot.setting import Setting
from bot.values import When
from handlers.telegram_bot import serve
from tests.botapi import BotApi, ThreadedBotApi

# How long a reply may take on a busy machine before the test gives up, in seconds.
PATIENCE = 30


@contextmanager
def running(api: ThreadedBotApi, data: Path, secret: str | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run the bot as an operator does, until the block ends."""
    env = {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": secret or api.token,
        "TELEGRAM_API_BASE": api.base_url,
        "DATA_DIR": str(data),
        "CONTACT_ADDRESS": "post@quxiang.example",
    }
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "bot.py", "run"], cwd=ROOT, env=env, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ThreadedBotApi, Path]]:
    """A running bot and the server it serves, shared by the tests of this module."""
    data = tmp_path_factory.mktemp("data")
    with ThreadedBotApi() as api, running(api, data):
        api.until(lambda: api.world.poller.is_waiting, timeout=PATIENCE)
        yield api, data / "log"


@pytest.fixture
def api(served: tuple[ThreadedBotApi, Path]) -> ThreadedBotApi:
    """The server of the running bot."""
    return served[0]


def reply(api: ThreadedBotApi, user: Any) -> Any:
    """Return the next message the bot sends a person."""
    return api.next_reply(user, timeout=PATIENCE)


@pytest.mark.parametrize(
    "send",
    ["sticker", "voice", "location", "photo"],
    ids=["a sticker", "a voice message", "a location", "a picture"],
)
def test_what_is_no_text_gets_one_friendly_line(api: ThreadedBotApi, send: str) -> None:
    user = api.user()
    getattr(api, send)(user, *((31.87, 120.55) if send == "location" else ()))
    assert reply(api, user).text == "我只看得懂文字。把账号的名字打给我就行,比如“水润港城”。"


def test_a_command_we_do_not_have_gets_a_friendly_line(api: ThreadedBotApi) -> None:
    user = api.user()
    api.say(user, "/queue now")
    assert reply(api, user).text.startswith("发账号名字给我")


@pytest.mark.parametrize("data", ["x", "a.nobody", "n.-.-.-.9", "🤖" * 16])
def test_a_forged_button_gets_one_friendly_line_and_stops_spinning(api: ThreadedBotApi, data: str) -> None:
    user = api.user()
    api.say(user, "水润港城")
    query = api.tap_raw(user, reply(api, user), data)
    assert reply(api, user).text == "这个按钮用不了了。请把账号名字再发一次。"
    api.until(lambda: query.answer is not None, timeout=PATIENCE)


def test_markup_a_person_sends_is_answered_as_text(api: ThreadedBotApi) -> None:
    user = api.user()
    api.say(user, "<b>水润港城</b> & <script>")
    told = reply(api, user)
    assert any("水润港城" in said for said in (told.text, *told.labels))
    assert not told.get("entities")


def test_a_server_that_fails_once_costs_the_person_nothing_but_a_moment(
    served: tuple[ThreadedBotApi, Path],
) -> None:
    api, log = served
    user = api.user()
    api.fault("server", method="sendMessage", chat=user.id, times=1)
    api.say(user, "水润港城")
    assert "张家港市水务局" in reply(api, user).text
    written = log.read_text(encoding="utf-8")
    assert "sendMessage goes out again" in written
    assert api.token not in written


class Broken:
    """A matcher that fails."""

    def __getattr__(self, name: str) -> None:
        """Raise: ZeroDivisionError."""
        raise ZeroDivisionError(name)


@pytest.mark.asyncio
async def test_a_failure_tells_the_person_to_try_again_with_a_number_that_is_in_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    broken: Any = Broken()
    leaving = asyncio.Event()
    async with BotApi() as api:
        ledger = str(tmp_path / "ledger.sqlite")
        setting = Setting(lambda: broken, lambda: When("2026-11-20"), api.token, api.base_url, ledger=ledger)
        serving = asyncio.create_task(serve(setting, leaving))
        user = api.user()
        await api.say(user, "水润港城")
        text = (await api.next_reply(user, timeout=PATIENCE)).text
        leaving.set()
        assert await serving == 0
    assert text.startswith("刚才出了点问题(编号 ")
    number = text.split("编号 ")[1][:6]
    assert f"reference {number}" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert api.token not in caplog.text


def test_a_refused_token_ends_with_what_to_do(tmp_path: Path) -> None:
    with ThreadedBotApi() as api, running(api, tmp_path, "1:wrong") as process:
        assert process.wait(PATIENCE) == 1
    written = (tmp_path / "log").read_text(encoding="utf-8")
    assert "Telegram 不认这个令牌" in written
    assert "Traceback" not in written
    assert "1:wrong" not in written


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_gracefully_after_the_reply_in_hand(tmp_path: Path, number: signal.Signals) -> None:
    with ThreadedBotApi() as api, running(api, tmp_path) as process:
        api.until(lambda: api.world.poller.is_waiting, timeout=PATIENCE)
        user = api.user()
        api.fault("late", method="sendMessage", delay=0.5)
        api.say(user, "水润港城")
        api.until(
            lambda: any(c.method == "sendMessage" for c in api.calls) or api.chat(user).messages[1:],
            timeout=PATIENCE,
        )
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
        assert "张家港市水务局" in reply(api, user).text
        assert api.problems == []


def test_the_commands_are_registered_in_each_language(api: ThreadedBotApi) -> None:
    api.until(
        lambda: (
            {c.params.get("language_code", "") for c in api._api.called("setMyCommands")} == {"", "zh", "en"}
        ),
        timeout=PATIENCE,
    )


@pytest.mark.parametrize(
    ("language", "text", "address"),
    [
        ("zh-hans", "您好", "告诉我们:"),
        ("zh-hant", "您好,我幫您查", "告訴我們:"),
        ("zh-tw", "您好,我幫您查", "告訴我們:"),
        ("en", "Hello", "Tell us: "),
        ("", "您好", "告诉我们:"),
        ("de", "您好", "告诉我们:"),
    ],
)
def test_start_and_help_speak_the_persons_language(
    api: ThreadedBotApi, language: str, text: str, address: str
) -> None:
    """Help ends with the address that the operator set for people who want to tell us something."""
    user = api.user(language_code=language)
    api.say(user, "/start")
    assert reply(api, user).text.startswith(text)
    api.say(user, "/help")
    text = reply(api, user).text
    assert len(text) > 80
    assert text.endswith(f"{address}post@quxiang.example")


def test_two_people_are_not_mixed_up(api: ThreadedBotApi) -> None:
    one, two = api.user(), api.user()
    api.say(one, "水润港城")
    api.say(two, "健康济阳")
    assert "水润港城" in reply(api, one).text
    assert "健康济阳" in reply(api, two).text
    api.say(one, "1")
    assert "水电气" in reply(api, one).text
    api.say(two, "1")
    assert "疫苗" in reply(api, two).text


@pytest.mark.parametrize("turns", conversations())
def test_conversations_go_as_written(api: ThreadedBotApi, turns: list[Turn]) -> None:
    """Each conversation of `tests/conversations`, typed and tapped on Telegram."""
    user = api.user()
    last: Any = None
    for turn in turns:
        if turn.tap:
            label = next(text for text in last.labels if text.startswith(turn.tap))
            api.tap(user, last, label)
        else:
            api.say(user, turn.you)
        last = reply(api, user)
        turn.check_text(last.text)


def test_the_server_refused_nothing_the_bot_sent(api: ThreadedBotApi) -> None:
    """Every request of the other tests that ran here was one that the real server takes."""
    user = api.user()
    api.say(user, "莒南交警")
    assert "莒南县人民政府网站" in reply(api, user).text
    assert [c for c in api.problems if "query is too old" not in str(c.answer)] == []
