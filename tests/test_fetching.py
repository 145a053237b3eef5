"""Listed pages are fetched politely, as robots.txt lets them, each once however often it is interrupted, into the queue."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.cli import main
from bot.commands.fetching import listed
from bot.ledger import Waiting, open_ledger
from bot.upkeep.fetching import AGENT, NAME, Page, Record, fetch_all
from bot.upkeep.manners import Manners, client
from bot.upkeep.readable import MOST_BYTES
from bot.values import When

QUICK = Manners(pause=0, backoff=0.01, retries=2, timeout=5)
NOTICE = """<!doctype html><html><head><meta charset="{charset}"><meta name="PubDate" content="2024-06-28 09:00">
<script>“假号”微信公众号停止更新。</script></head><body><div id="zoom"><p>因工作需要,“平湖科普”微信公众号即日起停止更新,
后续信息请关注“平湖发布”微信公众号。感谢大家一直以来的支持和关注。</p><p>平湖市科学技术协会</p></div></body></html>"""


class Site:
    """A government's web site, and what it was asked."""

    def __init__(self) -> None:
        self.robots: tuple[int, str] = (404, "")
        self.asked: list[tuple[str, float]] = []
        self.agents: set[str | None] = set()
        self.url = ""

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [path for path, _ in self.asked]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as the path says."""
        path = request.path
        self.asked.append((path, time.monotonic()))
        self.agents.add(request.headers.get("User-Agent"))
        if path == "/robots.txt":
            return web.Response(status=self.robots[0], text=self.robots[1])
        if path == "/flaky" and self.paths.count("/flaky") == 1:
            return web.Response(status=503)
        status, named = ANSWERS.get(path, (200, {"text": "今天天气很好。"}))
        return web.Response(status=status, **named)


# What pages answer: the status, and what makes the rest of the response.
ANSWERS: dict[str, tuple[int, dict[str, Any]]] = {
    "/gbk": (200, {"body": NOTICE.format(charset="gbk").encode("gbk"), "content_type": "text/html"}),
    # Only the server says what it is written in.
    "/header": (
        200,
        {
            "body": NOTICE.replace('<meta charset="{charset}">', "").encode("gbk"),
            "content_type": "text/html",
            "charset": "gbk",
        },
    ),
    "/moved": (302, {"headers": {"Location": "/gbk"}}),
    "/loop": (302, {"headers": {"Location": "/loop"}}),
    "/away": (302, {"headers": {"Location": "file:///etc/passwd"}}),
    "/gone": (404, {}),
    "/busy": (503, {}),
    "/flaky": (200, {"text": "“平湖体育”微博已注销。"}),
    "/zip": (200, {"body": b"PK\x03\x04" + b"\0" * 50}),
    "/huge": (200, {"body": b"a" * (MOST_BYTES + 10)}),
}


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that runs in a thread of its own, for commands that have an event loop of theirs."""
    found, begun, ended, loop = Site(), threading.Event(), asyncio.Event(), asyncio.new_event_loop()

    async def serve() -> None:
        app = web.Application()
        app.router.add_route("*", "/{name:.*}", found.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        begun.set()
        await ended.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert begun.wait(10)
    yield found
    loop.call_soon_threadsafe(ended.set)
    thread.join(10)
    loop.close()


async def fetch(site: Site, *paths: str, manners: Manners = QUICK) -> dict[str, Page]:
    urls = [site.url + path for path in paths]
    async with client(manners, AGENT) as asking:
        pages = [page async for page in fetch_all(urls, manners, When("2026-01-01"), asking)]
    return {page.url.removeprefix(site.url): page for page in pages}


async def test_what_robots_forbid_is_not_asked_for(site: Site) -> None:
    site.robots = (200, f"User-agent: {NAME}\nDisallow: /gbk\n")
    found = await fetch(site, "/gbk", "/moved", "/other")
    assert "robots.txt" in found["/gbk"].error
    assert "robots.txt" in found["/moved"].error  # it leads to what is forbidden
    assert not found["/gbk"].again
    assert found["/other"].text
    assert "/gbk" not in site.paths
    assert site.paths.count("/robots.txt") == 1


async def test_where_robots_cannot_be_had_now_nothing_is_asked_for(site: Site) -> None:
    site.robots = (503, "")
    found = await fetch(site, "/gbk")
    assert found["/gbk"].again
    assert "/gbk" not in site.paths


async def test_a_longer_pause_that_robots_ask_for_is_kept(site: Site) -> None:
    site.robots = (200, "User-agent: *\nCrawl-delay: 1\n")
    await fetch(site, "/a", "/b")
    times = [at for path, at in site.asked if path in ("/a", "/b")]
    assert times[1] - times[0] >= 1


@pytest.mark.parametrize(
    ("path", "said", "again"),
    [
        ("/gone", "404", False),
        ("/busy", "503", True),
        ("/loop", "没有尽头", True),
        ("/away", "不是网页的地址", True),
        ("/zip", "压缩包", False),
        ("/huge", "没有这么长", False),
    ],
)
async def test_what_cannot_be_read_is_told(site: Site, path: str, said: str, again: bool) -> None:
    page = (await fetch(site, path))[path]
    assert said in page.error
    assert (page.again, page.text) == (again, "")


async def test_an_address_that_is_none_or_nobody_answers_is_told(site: Site) -> None:
    async with client(QUICK, AGENT) as asking:
        bad = ["file:///etc/passwd", "http://127.0.0.1:1/", "不是网址"]
        pages = [page async for page in fetch_all(bad, QUICK, When("2026-01-01"), asking)]
    assert all(page.error and not page.text for page in pages)


@pytest.mark.parametrize("path", ["/gbk", "/header", "/moved"])
async def test_a_page_is_kept_with_its_address_date_and_digest(site: Site, path: str) -> None:
    page = (await fetch(site, path))[path]
    assert page.text.startswith("因工作需要,“平湖科普”微信公众号")
    assert "假号" not in page.text
    assert (page.at, page.date, len(page.digest)) == ("2026-01-01", "2024-06-28", 64)
    assert site.agents == {AGENT}


async def test_what_passes_is_asked_for_again(site: Site) -> None:
    assert (await fetch(site, "/flaky"))["/flaky"].text == "“平湖体育”微博已注销。"


def test_a_record_whose_last_line_was_cut_off_goes_on(tmp_path: Path) -> None:
    record = Record.at(tmp_path / "r.jsonl")
    record.keep(Page("https://a.cn/1", "2026-01-01", "甲"))
    record.keep(Page("https://a.cn/2", "2026-01-01", error="连不上", again=True))
    with record.path.open("a", encoding="utf-8") as file:
        file.write('{"url": "https://a.cn/3", "at"')
    again = Record.at(record.path)
    assert again.left([f"https://a.cn/{n}" for n in (1, 2, 3, 3)]) == ["https://a.cn/2", "https://a.cn/3"]
    again.keep(Page("https://a.cn/3", "2026-01-01", "乙"))
    assert Record.at(record.path).left([f"https://a.cn/{n}" for n in (1, 2, 3)]) == ["https://a.cn/2"]


def test_a_list_may_have_comments_and_empty_lines() -> None:
    assert listed("# 一月\nhttps://a.cn/\n\n  https://b.cn/ \nhttps://a.cn/\n") == [
        "https://a.cn/",
        "https://b.cn/",
    ]


class Run:
    """The command, on a list of the site's pages."""

    def __init__(self, folder: Path, tmp_path: Path, site: Site) -> None:
        self.folder, self.list, self.ledger, self.site = (
            folder,
            tmp_path / "网址.txt",
            tmp_path / "l.sqlite",
            site,
        )

    def fetch(self, *paths: str) -> int:
        """Run it."""
        self.list.write_text("\n".join(self.site.url + path for path in paths), encoding="utf-8")
        words = ["--urls", str(self.list), "--pause", "0", "--ledger", str(self.ledger)]
        return main(["notice", *words, "--knowledge", str(self.folder)])

    def waiting(self) -> list[Waiting]:
        """Return what is in the queue."""

        async def asked() -> list[Waiting]:
            ledger = await open_ledger(self.ledger, time.time, time.monotonic)
            try:
                return await ledger.drafts.open()
            finally:
                await ledger.close()

        return asyncio.run(asked())


@pytest.fixture
def command(folder: Path, tmp_path: Path, site: Site) -> Run:
    return Run(folder, tmp_path, site)


def test_an_empty_list_and_one_that_is_no_text_are_told(
    command: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.fetch() == 1
    assert "没有网址" in capsys.readouterr().err
    command.list.write_bytes(b"\xff\xfe\x00")
    assert main(["notice", "--urls", str(command.list)]) == 1
    assert "不是 UTF-8" in capsys.readouterr().err
    assert main(["notice", "--urls", str(command.list.with_name("no"))]) == 1
    assert "没有这个文件" in capsys.readouterr().err


def test_a_notice_of_the_list_is_in_the_queue_with_its_address_and_its_date(
    command: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.fetch("/gbk", "/weather") == 0
    (waiting,) = command.waiting()
    assert (waiting.url, waiting.date) == (f"{command.site.url}/gbk", "2024-06-28")
    out = capsys.readouterr().out
    assert "平湖科普(微信公众号、平湖市科学技术协会)" in out
    assert "没有读出关停的账号" in out
    words = ["--ledger", str(command.ledger), "--knowledge", str(command.folder)]
    assert main(["queue", str(waiting.id), *words]) == 0
    assert "stopped: 2024-06-28" in capsys.readouterr().out  # 即日起 counts from the page's own date


def test_whoever_is_interrupted_goes_on_and_asks_for_nothing_twice(command: Run) -> None:
    assert command.fetch("/gbk") == 0
    assert command.fetch("/gbk", "/weather") == 0
    assert [p for p in command.site.paths if p != "/robots.txt"] == ["/gbk", "/weather"]
    assert len(command.waiting()) == 1
    lines = (command.list.with_name("网址.txt.jsonl")).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["digest"] != "" for line in lines] == [True, True]


def test_a_page_that_was_written_to_the_queue_and_not_to_the_record_is_kept_once(command: Run) -> None:
    assert command.fetch("/gbk") == 0
    command.list.with_name("网址.txt.jsonl").unlink()
    assert command.fetch("/gbk") == 0
    assert len(command.waiting()) == 1
