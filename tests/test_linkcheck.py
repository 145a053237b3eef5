"""Addresses are asked for politely, judged by what came back, and reported with what to do."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from aiohttp import web

from bot import knowledge
from bot.cli import main
from bot.commands.links import uses
from bot.upkeep.linkcheck import AGENT, Finding, Outcome, check_all, client
from bot.upkeep.manners import Manners

QUICK = Manners(pause=0, backoff=0.01, timeout=5)
MOST_BODY = 64 * 1024
ENTRY = """\
place: "320582"
units:
  - name: 张家港市水务局
    accounts:
      - id: a-wx
        name: 水润港城
        platform: wechat
        state: active
        checked: 2024-06-15
        sources:
          - {{publisher: 新京报, url: "{url}", mirror: "http://mirror.example/"}}
"""


class Site:
    """A web site that behaves in every way a site can, and remembers how often it was asked, and by whom."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.agents: set[str | None] = set()

    def app(self) -> web.Application:
        """Return the application."""
        found = web.Application()
        found.router.add_route("*", "/{name:.*}", self.answer)
        return found

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as the path says."""
        name = request.path.strip("/")
        self.asked[request.method, name] += 1
        self.agents.add(request.headers.get("User-Agent"))
        if name == "flaky":
            return web.Response(status=500 if self.asked.total() < 4 else 200)
        if name == "nohead":
            return web.Response(status=405 if request.method == "HEAD" else 200)
        if name == "slow":
            await asyncio.sleep(30)
        if name == "endless":
            return await self._endless(request)
        moved = {
            "moved": (301, "/ok"), "elsewhere": (302, "/ok"), "deep/page": (302, "/"), "loop": (302, "/loop"),
            "ftp": (302, "ftp://127.0.0.1/"), "script": (302, "javascript:alert(1)"), "nowhere": (302, "http://127.0.0.1:port/"),
        }  # fmt: skip
        if name in moved:
            status, location = moved[name]
            return web.Response(status=status, headers={"Location": location})
        if name.startswith("far"):
            return web.Response(status=302, headers={"Location": f"/far{int(name[3:]) + 1}"})
        return web.Response(status=int(name) if name.isdecimal() else 200)

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        if request.method == "HEAD":
            return web.Response(status=405)
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)


@asynccontextmanager
async def serving(site: Site) -> AsyncIterator[str]:
    """Serve a site on this machine; its address without the last slash."""
    runner = web.AppRunner(site.app(), shutdown_timeout=0.1)
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", 0)
    await server.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextmanager
def served(site: Site) -> Iterator[str]:
    """Serve a site from another thread, for commands that have an event loop of their own."""
    begun, ended = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    base: list[str] = []

    async def serve() -> None:
        async with serving(site) as address:
            base.append(address)
            begun.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    begun.wait(10)
    try:
        yield base[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()


async def found(path: str, manners: Manners = QUICK, site: Site | None = None) -> tuple[Outcome, str, str]:
    """Return what came of one path of a site, its address left out."""
    async with serving(site or Site()) as base, client(manners) as asking:
        (finding,) = await check_all([base + path], manners, {}, asking)
    return finding.outcome, finding.said.replace(base, ""), finding.todo.replace(base, "")


async def mocked(
    handler: Callable[[httpx.Request], object], addresses: list[str], manners: Manners = QUICK, **excused: str
) -> list[Finding]:
    """Return what came of addresses that a function answers for."""
    transport = httpx.MockTransport(handler)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport) as asking:
        return await check_all(addresses, manners, excused, asking)


@pytest.mark.parametrize(
    ("path", "said", "todo"),
    [
        ("/404", "404", "找到新地址就改;找不到就删掉网址,发布者和日期留着"),
        ("/410", "410", "找到新地址就改;找不到就删掉网址,发布者和日期留着"),
        ("/500", "500", "换个网络再试;真打不开就删掉网址,只是不让程序开的写进 unchecked-hosts.txt"),
        ("/loop", "转来转去没有尽头,最后到 /loop", ""),
        ("/far0", "转来转去没有尽头,最后到 /far11", ""),
        ("/ftp", "转到了不是网页的地址 ftp://127.0.0.1/", ""),
        ("/script", "转到了写得不对的地址", ""),
        ("/nowhere", "转到了写得不对的地址", ""),
    ],
)
async def test_what_is_broken_is_told(path: str, said: str, todo: str) -> None:
    outcome, got, advice = await found(path)
    assert (outcome, got) == (Outcome.BROKEN, said)
    assert not todo or advice == todo


async def test_a_server_that_is_not_there_is_broken() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with client(QUICK) as asking:
        (finding,) = await check_all([f"http://127.0.0.1:{port}/"], QUICK, {}, asking)
    assert (finding.outcome, finding.said, finding.status) == (Outcome.BROKEN, "连不上", None)


@pytest.mark.parametrize(
    "address", ["", "ftp://x.example/", "张家港", "http://", "http://[::1", "mailto:x@y.example"]
)
async def test_what_is_no_web_address_is_never_asked_for(address: str) -> None:
    (finding,) = await mocked(lambda _: pytest.fail("asked"), [address])
    assert (finding.outcome, finding.said) == (Outcome.BROKEN, "网址写得不对")


async def test_a_slow_server_is_given_up() -> None:
    site = Site()
    manners = Manners(pause=0, backoff=0.01, timeout=0.2, retries=1)
    outcome, said, _ = await found("/slow", manners, site)
    assert (outcome, said) == (Outcome.BROKEN, "0.2 秒没有回应")
    assert site.asked == {("HEAD", "slow"): 1, ("GET", "slow"): 1}


async def test_a_server_that_drips_is_given_up_too() -> None:
    """A limit between two bytes is not enough: a page of one byte every second would never end."""

    async def drip(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        return httpx.Response(200)

    (finding,) = await mocked(drip, ["http://x.example/"], Manners(pause=0, retries=0, timeout=0.1))
    assert finding.said == "0.1 秒没有回应"


class Endless(httpx.AsyncByteStream):
    """A body without an end that counts how much of it was taken."""

    def __init__(self) -> None:
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += 1024
            yield b"x" * 1024


async def test_of_an_endless_body_no_more_than_64_kib_is_read() -> None:
    body = Endless()
    (finding,) = await mocked(
        lambda r: httpx.Response(405) if r.method == "HEAD" else httpx.Response(200, stream=body),
        ["http://x.example/"],
    )
    assert finding.outcome is Outcome.OK
    assert 0 < body.taken <= MOST_BODY


async def test_an_endless_page_ends_for_us() -> None:
    assert await found("/endless") == (Outcome.OK, "200", "")


async def test_what_failed_and_then_worked_is_well() -> None:
    site = Site()
    assert await found("/flaky", site=site) == (Outcome.OK, "200", "")
    assert site.asked == {("HEAD", "flaky"): 1, ("GET", "flaky"): 3}


async def test_what_keeps_failing_is_asked_for_three_more_times() -> None:
    site = Site()
    await found("/503", site=site)
    assert site.asked == {("HEAD", "503"): 1, ("GET", "503"): 4}


async def test_what_is_gone_is_not_asked_for_again() -> None:
    site = Site()
    await found("/404", site=site)
    assert site.asked == {("HEAD", "404"): 1, ("GET", "404"): 1}


async def test_a_server_that_refuses_head_is_asked_with_get() -> None:
    site = Site()
    assert await found("/nohead", site=site) == (Outcome.OK, "200", "")
    assert site.asked == {("HEAD", "nohead"): 1, ("GET", "nohead"): 1}


async def test_head_is_enough_where_it_is_answered_and_we_say_who_we_are() -> None:
    site = Site()
    assert await found("/ok", site=site) == (Outcome.OK, "200", "")
    assert site.asked == {("HEAD", "ok"): 1}
    assert site.agents == {AGENT}
    assert AGENT.startswith("Quxiang")


@pytest.mark.parametrize("status", [401, 403, 412, 429])
async def test_a_server_that_keeps_programs_out_is_not_broken(status: int) -> None:
    outcome, said, todo = await found(f"/{status}")
    assert (outcome, said, todo) == (
        Outcome.REFUSED,
        f"{status}(不让程序看)",
        "用浏览器打开看看;能开就不用改",
    )


@pytest.mark.parametrize(
    ("path", "said", "todo"),
    [
        ("/moved", "200,转到 /ok", "改成 /ok"),
        ("/elsewhere", "200,转到 /ok", "打开看看,还是原来的内容就不用改"),
        ("/deep/page", "200,转到 /", "跳到了首页,原来的内容可能没了:打开看看"),
    ],
)
async def test_a_redirect_is_followed_and_named(path: str, said: str, todo: str) -> None:
    assert await found(path) == (Outcome.MOVED, said, todo)


async def test_http_that_became_https_is_noted() -> None:
    def secure(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "https":
            return httpx.Response(200)
        return httpx.Response(302, headers={"Location": str(request.url.copy_with(scheme="https"))})

    (finding,) = await mocked(secure, ["http://www.x.example/a?b=1"])
    assert (finding.outcome, finding.todo) == (Outcome.MOVED, "改成 https://www.x.example/a?b=1")


async def test_an_excused_host_is_not_asked() -> None:
    excused = {".x.example": "一直不让程序看", "y.example": "同上"}
    findings = await mocked(
        lambda _: httpx.Response(200),
        ["http://a.x.example/", "http://y.example/", "http://z.example/"],
        **excused,
    )
    assert [(f.outcome, f.said) for f in findings] == [
        (Outcome.EXCUSED, "不核对:一直不让程序看"),
        (Outcome.EXCUSED, "不核对:同上"),
        (Outcome.OK, "200"),
    ]


async def test_a_host_gets_one_request_at_a_time_with_a_pause_and_four_hosts_are_asked_at_once() -> None:
    busy: Counter[str] = Counter()
    most: Counter[str] = Counter()
    times: dict[str, list[float]] = {}

    async def watch(request: httpx.Request) -> httpx.Response:
        host = request.url.host
        times.setdefault(host, []).append(time.monotonic())
        busy[host] += 1
        most["hosts"] = max(most["hosts"], sum(map(bool, busy.values())))
        most["requests"] = max(most["requests"], busy[host])
        await asyncio.sleep(0.02)
        busy[host] -= 1
        return httpx.Response(200)

    addresses = [f"http://h{host}.example/{page}" for page in range(3) for host in range(8)]
    findings = await mocked(watch, addresses, Manners(pause=0.1))
    assert [f.address for f in findings] == addresses
    assert most == {"hosts": 4, "requests": 1}
    for moments in times.values():
        assert all(later - earlier >= 0.1 for earlier, later in itertools.pairwise(moments))


def test_mirrors_are_never_among_the_addresses(known: knowledge.Knowledge) -> None:
    used = uses(known)
    assert all(address.startswith(("http://", "https://")) for address in used)
    owners = {owner for spots in used.values() for owner, _ in spots}
    assert owners <= set(known.spots)
    mirrors = {s.mirror for u in known.units for a in u.accounts for s in a.sources} - {None}
    shown = {s.url for u in known.units for a in u.accounts for s in a.sources}
    shown |= {c.value for c in known.contacts} | {s.url for c in known.contacts for s in c.sources}
    assert not (mirrors - shown) & set(used)


def test_each_use_of_an_address_is_named_with_its_line(folder: Path) -> None:
    path = folder / "accounts" / "jiangsu" / "x.yaml"
    more = "        destinations: [{name: x, basis: media, url: 'http://x.example/'}]\n"
    contact = "        contacts: [{kind: website, value: 'http://y.example/', basis: notice}]\n"
    path.write_text(ENTRY.format(url="http://x.example/") + more + contact, encoding="utf-8")
    used = uses(knowledge.read(folder))
    assert used["http://x.example/"] == [
        ("a-wx", ("sources", 0, "url")),
        ("a-wx", ("destinations", 0, "url")),
    ]
    assert used["http://y.example/"] == [("a-wx", ("contacts", 0, "value"))]
    assert "http://mirror.example/" not in used


@pytest.mark.parametrize(
    "arguments",
    [["--limit", "0"], ["--limit", "x"], ["--pause", "-1"], ["--pause", "x"], ["--pause", "inf"]],
    ids=str,
)
def test_numbers_that_make_no_sense_are_wrong_use(arguments: list[str]) -> None:
    assert main(["links", *arguments]) == 2


def links(folder: Path, url: str, *arguments: str) -> int:
    """Run `links` over one account with one address."""
    (folder / "accounts" / "jiangsu" / "x.yaml").write_text(ENTRY.format(url=url), encoding="utf-8")
    return main(["links", "--knowledge", str(folder), "--host", "127.0.0.1", "--pause", "0", *arguments])


def test_a_broken_address_is_reported_and_ends_with_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(Site()) as base:
        assert links(folder, f"{base}/404") == 1
    file = (folder / "accounts" / "jiangsu" / "x.yaml").as_posix()
    assert capsys.readouterr().out == (
        f"打不开  {base}/404\n"
        "  回来的:404\n"
        f"  谁在用:a-wx({file}:11)\n"
        "  怎么办:找到新地址就改;找不到就删掉网址,发布者和日期留着\n"
        "\n"
        "核对了 1 个网址:打不开 1。\n"
    )


def test_a_machine_without_a_network_is_told_so(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.commands.links.Manners", lambda pause=0: Manners(pause, retries=0))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert links(folder, f"http://127.0.0.1:{free.getsockname()[1]}/") == 1
    assert capsys.readouterr().err == "一个也没有回应:先看看这台机器有没有网。\n"


def test_when_all_is_well_little_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served(Site()) as base:
        assert links(folder, f"{base}/ok") == 0
    assert capsys.readouterr().out == "核对了 1 个网址:好的 1。\n"


def test_the_report_can_be_a_table_in_a_file(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "links.md"
    with served(Site()) as base:
        assert links(folder, f"{base}/moved?a|b", "--output", str(target)) == 0
    assert capsys.readouterr().out == f"写好了 {target}。核对了 1 个网址:搬了 1。\n"
    file = (folder / "accounts" / "jiangsu" / "x.yaml").as_posix()
    assert target.read_text(encoding="utf-8").splitlines()[4:] == [
        "| 结果 | 网址 | 谁在用 | 回来的 | 怎么办 |",
        "|---|---|---|---|---|",
        f"| 搬了 | {base}/moved?a%7Cb | a-wx({file}:11) | 200,转到 {base}/ok | 改成 {base}/ok |",
    ]


def test_a_report_that_cannot_be_written_is_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "none" / "links.md"
    with served(Site()) as base:
        assert links(folder, f"{base}/ok", "--output", str(target)) == 1
    assert capsys.readouterr().err.startswith(f"写不了 {target}:")


def test_a_bad_list_of_unchecked_hosts_ends_with_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "unchecked-hosts.txt").write_text("127.0.0.1\n", encoding="utf-8")
    assert links(folder, "http://127.0.0.1/") == 1
    assert capsys.readouterr().err == (
        f"{folder / 'unchecked-hosts.txt'}:1: 域名: 写法不对;"
        "应当是:域名<Tab>理由,中间是一个制表符,UTF-8 编码;照上面几行的样子改\n"
    )


def test_a_host_with_a_reason_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "unchecked-hosts.txt").write_text("127.0.0.1\t本机\n", encoding="utf-8")
    assert links(folder, "http://127.0.0.1:1/") == 0
    assert capsys.readouterr().out == "核对了 1 个网址:不核对 1。\n"


def test_only_as_many_as_asked_for_are_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        ENTRY.format(url="http://127.0.0.1:1/a")
        + '          - {publisher: 新京报, url: "http://127.0.0.1:1/b"}\n'
    )
    (folder / "accounts" / "jiangsu" / "x.yaml").write_text(text, encoding="utf-8")
    (folder / "unchecked-hosts.txt").write_text("127.0.0.1\t本机\n", encoding="utf-8")
    arguments = ["links", "--knowledge", str(folder), "--host", "127.0.0.1"]
    for limit, count in (("1", 1), ("5", 2)):
        assert main([*arguments, "--limit", limit]) == 0
        assert capsys.readouterr().out == f"核对了 {count} 个网址:不核对 {count}。\n"


def test_a_contact_without_an_id_is_named_by_its_address(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "- {kind: website, value: 'http://[::1', basis: press}\n- {kind: website, value: 'ftp://127.0.0.1/', basis: press}\n"
    (folder / "contacts" / "more.yaml").write_text(text, encoding="utf-8")
    assert main(["links", "--knowledge", str(folder), "--host", "127.0.0.1"]) == 1
    assert "  谁在用:contacts:ftp://127.0.0.1/(没有编号,不知道在哪一行)\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("host", "todo"),
    [
        ("none.example", "去掉 --host 就核对全部。"),
        ("gjzwfw.gov.cm", "相近的:gjzwfw.gov.cn"),
    ],
)
def test_a_host_that_nobody_uses_is_wrong_use(
    folder: Path, capsys: pytest.CaptureFixture[str], host: str, todo: str
) -> None:
    text = ENTRY.format(url="https://gjzwfw.gov.cn/")
    (folder / "accounts" / "jiangsu" / "x.yaml").write_text(text, encoding="utf-8")
    assert main(["links", "--knowledge", str(folder), "--host", host]) == 2
    assert capsys.readouterr().err.startswith(f"没有“{host}”的网址。{todo}")
