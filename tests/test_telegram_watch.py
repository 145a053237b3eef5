"""A webhook that nobody sends to is looked after: a revoked token, another address, what could not be delivered."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from served import free_address
from telegram.error import Conflict, InvalidToken
from telegrams import PATIENCE, Town, town

from bot.matcher import Matcher
from bot.pulse import SILENT, Pulse
from bot.serving import Webhook
from handlers import telegram_polling, telegram_watch
from tests.botapi_updates import CONFLICT_WEBHOOK
from tests.botapi_updates import Webhook as Registered

MAINTAINER = 77
PATH = "/telegram"


@pytest.fixture
async def here(matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A server and a bot on a webhook, which looks after it without a pause."""
    monkeypatch.setattr(telegram_watch, "EVERY", 0.02)
    async with town(matcher, tmp_path, monkeypatch, maintainers=(MAINTAINER,)) as built:
        host, _, port = free_address().rpartition(":")
        webhook = Webhook(f"http://{host}:{port}", "s")
        built.setting = replace(built.setting, webhook=webhook, listen=(host, int(port)))
        yield built


def url(here: Town) -> str:
    """Return the address that the bot registers."""
    assert here.setting.webhook is not None
    return here.setting.webhook.base + PATH


def beats(here: Town) -> bool:
    """Tell whether the bot may say that it is ready."""
    return here.setting.pulse.beats(time.monotonic())


async def looked(here: Town, times: int = 2) -> None:
    """Wait until the bot has looked so many times more."""
    until = len(here.api.called("getWebhookInfo")) + times
    await here.api.until(lambda: len(here.api.called("getWebhookInfo")) >= until, timeout=PATIENCE)


async def test_a_revoked_token_ends_it_with_what_to_do_though_nobody_writes(
    here: Town, caplog: pytest.LogCaptureFixture
) -> None:
    async with here.bot(ends=1):
        await looked(here)
        here.api.token = "1:none"  # noqa: S105 - it opens nothing
        await here.api.until(lambda: "Telegram 不认这个令牌" in caplog.text, timeout=PATIENCE)
    assert "@BotFather" in caplog.text
    assert here.api.called("sendMessage") == []


async def test_a_server_that_only_knows_no_such_method_ends_nothing(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library says the same of a method that a server does not have as of a token that it does not take."""

    async def unknown(*_: object, **__: object) -> None:
        raise InvalidToken("Not Found")

    async with here.bot():
        monkeypatch.setattr("telegram.ext.ExtBot.get_webhook_info", unknown)
        before = len(here.api.called("getMe"))
        await here.api.until(lambda: len(here.api.called("getMe")) > before + 1, timeout=PATIENCE)
        assert "张家港市水务局" in (await here.ask(here.api.user(), "水润港城")).text


@pytest.mark.parametrize("problem", [RuntimeError("words"), TypeError("words")])
async def test_an_answer_that_makes_no_sense_ends_nothing(
    here: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, problem: Exception
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise problem

    with monkeypatch.context() as patched:
        patched.setattr("telegram.ext.ExtBot.get_webhook_info", fails)
        async with here.bot():
            await here.api.until(lambda: "no word of the webhook" in caplog.text, timeout=PATIENCE)
            assert "张家港市水务局" in (await here.ask(here.api.user(), "水润港城")).text


@pytest.mark.parametrize(
    ("elsewhere", "said"),
    [
        ("https://own%er:pass@other.example:8443/s3cret", "送到 other.example:8443,不送到这里"),
        ("", "没有登记 webhook"),
    ],
)
async def test_a_webhook_that_is_no_longer_ours_is_said_once_and_makes_it_not_ready(
    here: Town, caplog: pytest.LogCaptureFixture, elsewhere: str, said: str
) -> None:
    keeper = here.api.user(id=MAINTAINER, started=True)
    async with here.bot():
        assert beats(here)
        ours = here.api.world.sender.webhook
        here.api.world.sender.webhook = Registered(url=elsewhere)
        await here.api.until(lambda: said in caplog.text, timeout=PATIENCE)
        await looked(here)
        assert not beats(here)
        assert said in here.setting.pulse.why
        assert "重启这里" in here.setting.pulse.why
        assert caplog.text.count(said) == 1
        assert "s3cret" not in caplog.text
        assert "pass" not in here.setting.pulse.why
        assert len(here.api.called("setWebhook")) == 1, "it does not fight for the address"
        assert said in (await here.reply(keeper)).text
        here.api.world.sender.webhook = ours
        await here.api.until(lambda: beats(here), timeout=PATIENCE)
        assert here.setting.pulse.why == SILENT


async def test_what_telegram_could_not_deliver_is_said_once(
    here: Town, caplog: pytest.LogCaptureFixture
) -> None:
    async with here.bot():
        registered = here.api.world.sender.webhook
        registered.error_at, registered.error = int(time.time()) + 60, "Connection refused"
        await here.api.until(lambda: "送不进来(Connection refused)" in caplog.text, timeout=PATIENCE)
        await looked(here)
        assert caplog.text.count("送不进来") == 1
        assert beats(here)


async def test_a_webhook_that_is_well_is_looked_at_in_silence(
    here: Town, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with here.bot():
            await looked(here, 5)
            assert beats(here)
    assert [r.message for r in caplog.records if r.name == telegram_watch.__name__] == []
    here.no_problems()


async def test_a_webhook_that_is_not_heard_of_counts_no_more_after_a_while(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.telegram_webhook.LASTING", 0.1)
    monkeypatch.setattr(telegram_watch, "EVERY", 3600)
    async with here.bot():
        await here.api.until(lambda: not beats(here), timeout=PATIENCE)
        assert here.setting.pulse.why == SILENT


async def test_a_poller_that_meets_a_webhook_says_whose_it_is_not_and_what_to_do(
    here: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(telegram_polling, "RIVAL_PAUSE", 0.05)
    monkeypatch.setattr(telegram_polling, "FIRST_PAUSE", 0.05)
    here.setting = replace(here.setting, webhook=None)
    async with here.bot():
        await here.api.world.sender.set(Registered(url="https://other.example/x"))
        here.api.world.poller.interrupt("Conflict: terminated by setWebhook request")
        await here.api.until(lambda: "登记了 webhook" in caplog.text, timeout=PATIENCE)
        assert "停掉那边,再重启这里" in caplog.text
        assert here.setting.pulse.why == telegram_polling.RIVALLED
        await here.api.world.sender.set(Registered())
        await here.api.until(lambda: here.setting.pulse.why == SILENT, timeout=PATIENCE)


def test_what_the_library_makes_of_a_webhook_in_the_way_is_known_by_its_words() -> None:
    assert telegram_polling.WEBHOOK in str(Conflict(CONFLICT_WEBHOOK))


def test_why_nothing_is_heard_is_told_until_something_is() -> None:
    pulse = Pulse()
    assert (pulse.beats(0.0), pulse.why) == (False, SILENT)
    pulse.heard(0.0, 10)
    pulse.missed("a rival")
    assert (pulse.beats(10.0), pulse.beats(10.1), pulse.why) == (True, False, "a rival")
    pulse.heard(20.0, 10)
    assert (pulse.beats(20.0), pulse.why) == (True, SILENT)
    pulse.lost("elsewhere")
    assert (pulse.beats(20.0), pulse.why) == (False, "elsewhere")
