"""Health: what is broken is told by 503, why only to who looks after the machine, and what is counted is what was answered."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import ROOT, TODAY

from bot.ledger import Ledger, TroubleError
from bot.matcher import Matcher
from bot.metrics import REGISTRY
from bot.setting import Setting
from handlers import health
from handlers.web import application
from tests.botapi import ThreadedBotApi
from tests.served import free_port

FAR = ("192.0.2.7", 5)
HERE = ("127.0.0.1", 5)


@pytest.fixture
def setting(matcher: Matcher, tmp_path: Path) -> Setting:
    """A service without Telegram, whose ledger is a file."""
    return Setting(lambda: matcher, lambda: TODAY, ledger=str(tmp_path / "ledger.sqlite"))


@pytest.fixture
async def client(setting: Setting) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Makes a client of the application, from this machine or another."""
    apps = []

    def made(client: tuple[str, int] = HERE, given: Setting = setting) -> httpx.AsyncClient:
        app = application(given)
        apps.append(app)
        transport = httpx.ASGITransport(app, client=client)
        return httpx.AsyncClient(transport=transport, base_url="http://quxiang.test")

    yield made
    for app in apps:
        await app.state.site.close()


def value(name: str, **labels: str) -> float:
    """Return what is counted now."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.parametrize("header", health.PROXIED)
async def test_nobody_reads_the_measurements_through_a_proxy(client: Any, header: str) -> None:
    found = await client().get("/metrics", headers={header: "127.0.0.1"})
    assert found.status_code == 404


@pytest.mark.parametrize("host", ["192.0.2.7", "testclient", "::ffff:192.0.2.7", "2001:db8::1"])
async def test_nobody_reads_the_measurements_from_elsewhere(client: Any, host: str) -> None:
    found = await client((host, 5)).get("/metrics")
    assert found.status_code == 404
    assert "quxiang_" not in found.text
    assert (await client((host, 5)).get("/readyz")).json() == {"ready": True}


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3"])
async def test_this_machine_and_the_networks_that_are_set_read_them(
    client: Any, setting: Setting, host: str
) -> None:
    given = replace(setting, metrics=(ip_network("10.0.0.0/8"),))
    found = await client((host, 5), given).get("/metrics")
    assert found.status_code == 200
    assert found.headers["content-type"].startswith("text/plain")
    assert "quxiang_ledger_up 1.0" in found.text


async def test_a_worker_whose_ledger_cannot_be_opened_lives_and_is_not_ready(
    client: Any, setting: Setting, tmp_path: Path
) -> None:
    (tmp_path / "words").write_text("no ledger" * 200)
    one = client(HERE, replace(setting, ledger=str(tmp_path / "words")))
    assert (await one.get("/healthz")).text == "ok"
    found = await one.get("/readyz")
    assert found.status_code == 503
    assert found.json()["checks"] == {"index": "ok", "ledger": "账本打不开。运行 python bot.py doctor。"}
    assert "quxiang_ledger_up 0.0" in (await one.get("/metrics")).text


async def test_a_worker_whose_ledger_cannot_be_written_is_not_ready(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_ledger: Ledger) -> None:
        raise TroubleError("磁盘满了", passing=True)

    monkeypatch.setattr(Ledger, "probe", full)
    found = await client().get("/readyz")
    assert (found.status_code, found.json()["checks"]["ledger"]) == (503, "磁盘满了")


async def test_a_worker_whose_ledger_hangs_says_so_in_time(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    monkeypatch.setattr(Ledger, "probe", lambda _ledger: asyncio.sleep(60))
    monkeypatch.setattr(health, "PATIENCE", 0.3)
    found = await client().get("/readyz")
    assert (found.status_code, found.json()["ready"]) == (503, False)
    assert "没有写成" in found.json()["checks"]["ledger"]


async def test_a_worker_whose_index_cannot_be_read_is_not_ready(client: Any, setting: Setting) -> None:
    def broken() -> Matcher:
        raise OSError

    found = await client(HERE, replace(setting, matcher=broken)).get("/readyz")
    assert found.status_code == 503
    assert "python bot.py build" in found.json()["checks"]["index"]


async def test_a_worker_that_did_not_hear_of_telegram_is_not_ready_until_it_does(
    client: Any, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "FRESH", 0.0)
    given = replace(setting, token="1:x")  # noqa: S106
    one = client(HERE, given)
    assert "telegram" in (await one.get("/readyz")).json()["checks"]
    assert (await one.get("/readyz")).status_code == 503
    given.pulse.heard(time.monotonic(), 60)
    assert (await one.get("/readyz")).status_code == 200
    given.pulse.heard(time.monotonic() - 61, 60)
    assert (await one.get("/readyz")).status_code == 503
    given.pulse.heard(time.monotonic() - 1e9)
    assert (await one.get("/readyz")).status_code == 200
    assert "quxiang_telegram_up 1.0" in (await one.get("/metrics")).text
    given.pulse.lost("Telegram 送到别处")
    found = await one.get("/readyz")
    assert (found.status_code, found.json()["checks"]["telegram"]) == (503, "Telegram 送到别处")
    assert "quxiang_telegram_up 0.0" in (await one.get("/metrics")).text
    assert "quxiang_telegram_up NaN" in (await client(HERE).get("/metrics")).text


async def test_who_asks_often_has_the_ledger_written_once(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, probe = [], Ledger.probe

    async def counted(ledger: Ledger) -> None:
        written.append(1)
        await probe(ledger)

    monkeypatch.setattr(Ledger, "probe", counted)
    monkeypatch.setattr(health, "FRESH", 60.0)
    one = client(FAR)
    assert {(await one.get("/readyz")).status_code for _ in range(100)} == {200}
    assert written == [1]


async def test_an_answer_is_counted_by_channel_kind_and_verdict(client: Any) -> None:
    labels = {"kind": "ask", "verdict": "sure"}
    before = {c: value("quxiang_answers_total", channel=c, **labels) for c in ("web", "api")}
    timed = value("quxiang_answer_seconds_count", channel="api")
    one = client()
    await one.get("/", params={"q": "水润港城"})
    for _ in range(2):
        await one.get("/api/ask", params={"q": "水润港城"})
    assert value("quxiang_answers_total", channel="web", **labels) == before["web"] + 1
    assert value("quxiang_answers_total", channel="api", **labels) == before["api"] + 2
    assert value("quxiang_answer_seconds_count", channel="api") == timed + 2


async def test_what_waits_and_the_age_of_the_index_are_measured(client: Any, setting: Setting) -> None:
    told = (await client().get("/metrics")).text
    names = dict(re.findall(r"^(quxiang_\w+) (\S+)$", told, flags=re.MULTILINE))
    assert names["quxiang_ledger_waiting"] == "0.0"
    assert names["quxiang_ledger_workers"] == "1.0"
    assert float(names["quxiang_index_age_seconds"]) >= 0
    assert float(names["quxiang_index_names"]) == setting.matcher().base.size


async def test_no_question_is_in_the_measurements(client: Any) -> None:
    one = client()
    await one.get("/", params={"q": "一句没人知道的话"})
    assert "没人知道" not in (await one.get("/metrics")).text


def test_a_bot_that_polls_is_ready_and_counts_what_it_answered(tmp_path: Path, index_file: Path) -> None:
    """The whole process, on the page's own address beside Telegram."""
    at = f"http://127.0.0.1:{free_port()}"
    with ThreadedBotApi() as api:
        told = {"TELEGRAM_BOT_TOKEN": api.token, "TELEGRAM_API_BASE": api.base_url, "LISTEN": at[7:]}
        command = [sys.executable, "bot.py", "run", "--index", str(index_file), "--data-dir", str(tmp_path)]
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told}, stdout=log, stderr=log)
        try:
            user = api.user()
            api.say(user, "水润港城")
            api.next_reply(user, timeout=30)
            api.until(lambda: api.world.poller.is_waiting, timeout=30)
            ready = httpx.get(f"{at}/readyz", trust_env=False).json()
            assert ready == {"ready": True, "checks": {"index": "ok", "ledger": "ok", "telegram": "ok"}}
            counted = httpx.get(f"{at}/metrics", trust_env=False).text
        finally:
            process.terminate()
            assert process.wait(30) == 0
    assert re.search(r'quxiang_answers_total\{channel="telegram",kind="\w+",verdict="\w+"\} 1.0', counted)
    assert 'quxiang_update_seconds_count{outcome="answered"} 1.0' in counted
