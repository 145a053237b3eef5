"""The webhook: who does not know the secret is told no; an update is in the ledger before Telegram is told yes."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import json
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
from conftest import ROOT
from served import free_port
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from telegrams import PATIENCE, Town, town

from bot.ledger import TroubleError
from bot.matcher import Matcher
from bot.serving import Webhook
from bot.setting import Setting
from handlers import telegram_webhook
from handlers.telegram_bot import serve
from handlers.telegram_webhook import HEADER, LARGEST, PATH
from tests.botapi import ThreadedBotApi

SECRET = "s-e_cret"  # noqa: S105 - it opens nothing


@pytest.fixture
async def here(matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A server and a bot that is to listen."""
    async with town(matcher, tmp_path, monkeypatch) as built:
        port = free_port()
        webhook = Webhook(f"http://127.0.0.1:{port}", SECRET)
        built.setting = replace(built.setting, webhook=webhook, listen=("127.0.0.1", port))
        yield built


async def post(here: Town, body: bytes, secret: str | None = SECRET) -> int:
    """Send something to the webhook and return the status of its answer."""
    assert here.setting.webhook is not None
    headers = {} if secret is None else {HEADER: secret}
    async with (
        aiohttp.ClientSession() as client,
        client.post(here.setting.webhook.base + PATH, data=io.BytesIO(body), headers=headers) as answer,
    ):
        return answer.status


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "密"])
async def test_who_does_not_know_the_secret_is_told_no_and_nothing_is_kept(
    here: Town, secret: str | None
) -> None:
    async with here.bot():
        assert await post(here, b'{"update_id":1}', secret) == 403
        assert (await here.ledger.counts()).waiting == 0


async def test_what_is_larger_than_a_mebibyte_is_refused(here: Town) -> None:
    async with here.bot():
        assert await post(here, b"x" * (LARGEST + 1)) == 413
        assert await post(here, b" " * (LARGEST - 20) + b'{"update_id":1}') == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"{", b"[]", b'"x"', b'{"update_id":"x"}', b"[" * 50_000],
    ids=["nothing", "no text", "half", "a list", "a word", "no number", "deep"],
)
async def test_what_cannot_be_read_is_kept_and_accepted_so_that_it_does_not_come_again(
    here: Town, body: bytes
) -> None:
    async with here.bot():
        assert await post(here, body) == 200
        assert len(await here.ledger.inbox.letters()) == 1


async def test_a_body_that_does_not_come_is_not_waited_for_for_ever(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_webhook, "BODY_TIME", 0.1)
    head = f"POST {PATH} HTTP/1.1\r\nhost: x\r\n{HEADER}: {SECRET}\r\ncontent-length: 20\r\n\r\n{{"
    async with here.bot():
        incoming, outgoing = await asyncio.open_connection(*here.setting.listen)
        outgoing.write(head.encode())
        assert (await asyncio.wait_for(incoming.readline(), 30)).startswith(b"HTTP/1.1 408")
        outgoing.close()
        assert (await here.ledger.counts()).waiting == 0


@pytest.mark.parametrize(
    ("fails", "status", "told"),
    [(KeyError("x"), 500, "reference "), (None, 503, "not acknowledged")],
    ids=["a mistake of ours", "no answer"],
)
async def test_what_goes_wrong_in_taking_in_is_told_and_not_accepted(
    here: Town,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fails: Exception | None,
    status: int,
    told: str,
) -> None:
    monkeypatch.setattr(telegram_webhook, "KEEPING_TIME", 0.1)

    async def broken(*_: Any) -> None:
        if fails:
            raise fails
        await asyncio.sleep(60)

    async with here.bot():
        monkeypatch.setattr(telegram_webhook, "take_in", broken)
        assert await post(here, b'{"update_id":1}') == status
    assert told in caplog.text


async def test_an_update_passes_nothing_that_stands_around_the_pages(here: Town) -> None:
    """Everything else does, what only looks like the route's address included."""
    seen = []

    def around(setting: Setting, receiving: Route) -> ASGIApp:
        inner = telegram_webhook.alone(setting, receiving)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            seen.append(scope.get("path"))
            await inner(scope, receive, send)

        return app

    leaving = asyncio.Event()
    serving = asyncio.create_task(serve(here.setting, leaving, around))
    try:
        await here.api.until(lambda: here.api.world.sender.webhook.url, timeout=PATIENCE)
        assert await post(here, b'{"update_id":1}') == 200
        assert here.setting.webhook is not None
        async with (
            aiohttp.ClientSession() as client,
            client.post(f"{here.setting.webhook.base}{PATH}/x") as answer,
        ):
            assert answer.status == 404
    finally:
        leaving.set()
        assert await serving == 0
    assert [path for path in seen if path] == [f"{PATH}/x"]


async def test_nothing_but_post_is_served_and_nothing_at_other_paths(here: Town) -> None:
    async with here.bot(), aiohttp.ClientSession() as client:
        assert here.setting.webhook is not None
        for path, status in ((PATH, 405), ("/", 404), (f"{PATH}/x", 404)):
            async with client.get(here.setting.webhook.base + path) as answer:
                assert answer.status == status


async def test_an_update_the_ledger_could_not_keep_is_not_accepted_and_comes_again(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with here.bot():
        receive, failures = here.ledger.inbox.receive, [TroubleError("磁盘满了", passing=False)]

        async def full(updates: Any) -> int:
            if failures:
                raise failures.pop()
            return await receive(updates)

        monkeypatch.setattr(here.ledger.inbox, "receive", full)
        user = here.api.user()
        assert "张家港市水务局" in (await here.ask(user, "水润港城")).text
        assert here.api.world.sender.webhook.error.startswith("Wrong response from the webhook: 503")


async def test_it_answers_people_and_stops_gracefully(here: Town) -> None:
    people = [here.api.user() for _ in range(10)]
    async with here.bot():
        for person in people:
            await here.api.say(person, "水润港城")
        for person in people:
            assert "张家港市水务局" in (await here.reply(person)).text
        (call,) = here.api.called("setWebhook")
        assert call.params["secret_token"] == SECRET
        assert "guest_message" in call.params["allowed_updates"]
    assert here.api.pending == 0
    here.no_problems()


async def test_two_workers_on_one_ledger_answer_each_update_once_and_in_order(here: Town) -> None:
    """The other worker stands by with the same ledger, on an address of its own, and takes its part."""
    port = free_port()
    other = replace(
        here.setting, webhook=Webhook(f"http://127.0.0.1:{port}", SECRET), listen=("127.0.0.1", port)
    )
    people = [here.api.user() for _ in range(10)]
    async with here.bot(), here.bot(other):
        for name in ("水润港城", "健康济阳"):
            for person in people:
                await here.api.say(person, name)
        # What the other was sent came to it; the same sent to the first as well is known already.
        for update in list(here.api.world.queue.entries):
            await post(here, json.dumps(update.body).encode())
        for person in people:
            assert "水润港城" in (await here.reply(person)).text
            assert "健康济阳" in (await here.reply(person)).text
        await here.handled()
        assert [len(here.api.chat(person).untaken) for person in people] == [0] * 10


async def test_a_port_that_is_taken_ends_it_with_what_to_do(
    here: Town, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(here.setting.listen):
        async with here.bot(ends=1):
            pass
    assert "换一个地址或端口" in caplog.text


async def test_a_certificate_that_is_none_ends_it_with_what_to_do(
    here: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = [tmp_path / "cert.pem", tmp_path / "key.pem"]
    for file in files:
        file.write_text("no certificate")
    assert here.setting.webhook is not None
    wrong = replace(here.setting, webhook=Webhook(here.setting.webhook.base, SECRET, *files))
    async with here.bot(wrong, ends=1):
        pass
    assert "证书用不了" in caplog.text
    assert here.api.called("setWebhook") == []


async def test_an_address_telegram_refuses_ends_it_with_what_to_do(
    here: Town, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = replace(here.setting, webhook=Webhook("http://bot.example.org", SECRET))
    async with here.bot(wrong, ends=1):
        pass
    assert "看一看 WEBHOOK_URL" in caplog.text


async def test_polling_takes_over_from_a_webhook_without_losing_what_waits(here: Town) -> None:
    user = here.api.user()
    async with here.bot():
        pass
    await here.api.say(user, "水润港城")
    async with here.bot(replace(here.setting, webhook=None)):
        assert "张家港市水务局" in (await here.reply(user)).text


async def test_it_may_have_a_certificate_of_its_own(here: Town, tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    host, port = here.setting.listen
    own = Webhook(f"https://{host}:{port}", SECRET, certificate, key)
    async with here.bot(replace(here.setting, webhook=own)):
        user = here.api.user()
        assert "张家港市水务局" in (await here.ask(user, "水润港城")).text
        assert here.api.world.sender.webhook.certificate


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate of this machine."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    certificate, key = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    return certificate, key


async def test_a_stop_in_the_middle_of_a_request_keeps_what_was_sent(here: Town) -> None:
    user = here.api.user()
    here.api.fault("late", method="sendMessage", delay=0.3)
    async with here.bot():
        await here.api.say(user, "水润港城")
        await here.api.until(lambda: not here.api.pending, timeout=PATIENCE)
        await asyncio.sleep(0)
    assert "张家港市水务局" in (await here.reply(user)).text


async def test_pages_may_stand_beside_it(here: Town) -> None:
    """The route goes into the application of the web page, which runs in the bot's loop."""

    async def page(request: Request) -> Response:
        return PlainTextResponse("page")

    def both(setting: Setting, receiving: Route) -> Starlette:
        return Starlette(routes=[Route("/", page), receiving])

    leaving = asyncio.Event()
    serving = asyncio.create_task(serve(here.setting, leaving, both))
    try:
        user = here.api.user()
        await here.api.until(lambda: here.api.world.sender.webhook.url, timeout=PATIENCE)
        assert "张家港市水务局" in (await here.ask(user, "水润港城")).text
        assert here.setting.webhook is not None
        async with aiohttp.ClientSession() as client, client.get(here.setting.webhook.base) as answer:
            assert await answer.text() == "page"
    finally:
        leaving.set()
        assert await serving == 0


def test_an_operators_process_serves_a_webhook_and_ends_within_ten_seconds_of_a_signal(
    tmp_path: Path,
) -> None:
    port = free_port()
    with ThreadedBotApi() as api:
        flags = [
            "--mode",
            "webhook",
            "--webhook-url",
            f"http://127.0.0.1:{port}",
            "--listen",
            f"127.0.0.1:{port}",
        ]
        flags += ["--telegram-api-base", api.base_url, "--data-dir", str(tmp_path)]
        environ = {**os.environ, "TELEGRAM_BOT_TOKEN": api.token}
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "bot.py", "run", *flags], cwd=ROOT, env=environ, stdout=log, stderr=log
            )
        try:
            person = api.user()
            api.say(person, "水润港城")
            assert "张家港市水务局" in api.next_reply(person, timeout=PATIENCE).text
            page = httpx.get(f"http://127.0.0.1:{port}/", params={"q": "健康济阳"}, trust_env=False)
            assert "健康济阳" in page.text, "the web page stands in the same server"
            (call,) = api.called("setWebhook")
            assert call.params["secret_token"]
            assert call.params["secret_token"] not in (tmp_path / "log").read_text(encoding="utf-8")
        finally:
            process.terminate()
            assert process.wait(10) == 0
        assert api.problems == []
        assert (tmp_path / "ledger.sqlite").exists()
