"""Several workers behind the nginx of `deploy/`: what WeChat sends again reaches the worker that is at it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from conftest import ROOT
from served import serving
from starlette.applications import Starlette
from test_wechat import account, impatient, query, read, xml

from bot.dialogue import answer
from bot.matcher import Matcher
from bot.reply import Reply
from handlers import wechat

WORKERS, PEOPLE = 3, 12


class Held:
    """Counts the answers that all workers make, and holds each back until it may go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        self.go = threading.Event()
        monkeypatch.setattr(wechat, "answer", self._answer)

    def _answer(self, *asked: object) -> Reply:
        self.times += 1
        assert self.go.wait(30)
        return answer(*asked[1:])  # type: ignore[arg-type]


def configured(folder: Path, port: int, workers: list[str]) -> Path:
    """Write the configuration as it is delivered, but for names, ports and certificates of another machine."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8").replace(" /tmp/", f" {folder}/")
    servers = " ".join(f"server {worker} max_fails=2 fail_timeout=5s;" for worker in workers)
    text = re.sub(r"server worker:8000[^;]*;", servers, text)
    text = text.replace("listen 8443 ssl;", f"listen 127.0.0.1:{port};")
    text = re.sub(r"server \{\s*listen 8080;[^}]*\}", "", text)
    text = re.sub(r"ssl_[a-z_]+ [^;]*;", "", text)
    target = folder / "nginx.conf"
    target.write_text("daemon off;\n" + text, encoding="utf-8")
    return target


@pytest.fixture
def workers(matcher: Matcher, tmp_path: Path) -> list[Starlette]:
    """The applications of some workers with one ledger."""
    return [account(matcher, tmp_path) for _ in range(WORKERS)]


@pytest.fixture
def proxy(workers: list[Starlette], tmp_path: Path) -> Iterator[str]:
    """The address of nginx before them."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/bin")
    if nginx is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "no nginx: apt-get install nginx (.ci/run does)"
        )
    with ExitStack() as stack:
        hosts = [stack.enter_context(serving(app)).removeprefix("http://") for app in workers]
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [nginx, "-p", str(tmp_path), "-c", str(configured(tmp_path, port, hosts))]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.communicate(timeout=20)


async def sent(client: httpx.AsyncClient, body: str, person: str) -> str:
    """Send a message as WeChat does, and return what is answered."""
    return read(await client.post("/wechat", params={**query(), "openid": person}, content=body.encode()))


async def up(client: httpx.AsyncClient) -> None:
    """Wait until nginx listens."""
    for _ in range(100):
        try:
            await client.get("/wechat")
        except httpx.TransportError:
            await asyncio.sleep(0.1)
        else:
            return
    pytest.fail("nginx does not come up")


@pytest.mark.needs
async def test_what_is_sent_again_finds_the_answer_that_is_being_made_for_every_person(
    workers: list[Starlette], proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every message is answered once, though three workers share them and each remembers only its own."""
    held = Held(monkeypatch)
    channels = [impatient(app) for app in workers]
    people = [f"oPerson{number:02}" for number in range(PEOPLE)]
    bodies = {person: xml(person=person, Content="水润港城") for person in people}
    async with httpx.AsyncClient(base_url=proxy, timeout=30) as client:
        await up(client)
        first = await asyncio.gather(*(sent(client, bodies[p], p) for p in people))
        assert set(first) == {"正在查。请过几秒发 0 看结果。"}
        held.go.set()
        for channel in channels:
            channel.patience = 10
        again = [await sent(client, bodies[p], p) for p in people]
    assert all("张家港市水务局" in text for text in again)
    assert held.times == PEOPLE
    assert sum(bool(channel._answers) for channel in channels) > 1, "one worker has all the people"
