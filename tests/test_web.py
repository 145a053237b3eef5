"""The pages over ASGI: what they refuse, what they say, and the conversations as a browser without JavaScript has them."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpx
import pytest
import webs
from conftest import TODAY, Turn, conversations, matcher_of, unit
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from webs import Page

from bot.drawing.fonts import Fonts
from bot.hosting import Hosting
from bot.ledger import open_ledger
from bot.matcher import Matcher
from bot.publication import Log
from bot.setting import Setting
from handlers import web_guard
from handlers.limits import Limits, Rate
from handlers.web import application
from handlers.web_html import blocks
from handlers.web_limits import client_of

LOST, MOVED = "shuirungangcheng-wx", "weiyangzhengdangshi-wx"
EVERY_PAGE = ("/", "/?q=水润港城", "/?q=你好", "/?q=不存在的号", f"/a/{LOST}", f"/a/{MOVED}", "/p/320582", "/p/100000", "/p/320582?print",
              "/changes", "/changes?place=320582", "/stats", "/about", "/thanks", "/c/QX-0A00D-T7", "/nothing", "/a/nobody", "/c/x")  # fmt: skip


@pytest.fixture
def app(matcher: Matcher) -> Starlette:
    """The site over the real knowledge."""
    return webs.site(matcher)


async def get(app: Starlette, path: str, **more: Any) -> Page:
    """Return a page."""
    async with webs.client(app, **more) as client:
        return Page(await client.get(path))


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nothing", 404), ("/a/nobody-here", 404), ("/a/UPPER", 404), ("/a/" + "x" * 33, 404), ("/a/..%2f..%2fetc", 404), ("/a/%00", 404),
     ("/p/999999", 404), ("/p/..%2f", 404), ("/p/' or 1=1", 404), ("/c/QX-ZZZZZ-ZZ", 404), ("/c/%E6%B0%B4", 404), ("/card/nobody.png", 404),
     ("/static/..%2fweb.py", 404), ("/static/nothing.css", 404), ("/changes?place=zz", 404), ("/p/nowhere/changes.atom", 404), ("/report", 405),
     (f"{webs.BASE}//example.org/", 404), ("/?q=" + "x" * 40_000, 414)],
)  # fmt: skip
async def test_what_is_not_there_is_told_with_a_box_to_go_on(app: Starlette, path: str, status: int) -> None:
    page = await get(app, path)
    assert page.status == status
    assert page.forms[0].action == "/"
    assert "q" in page.forms[0].fields


@pytest.mark.parametrize("place", ["0", "-1", "1e9", "99999999999", "x", "", "9999"])
async def test_a_page_number_that_is_none_shows_the_first_page(app: Starlette, place: str) -> None:
    page = await get(app, f"/p/320582?page={place}")
    assert page.status == 200
    assert page.href("「水润港城」") == f"/a/{LOST}"


@pytest.mark.parametrize(
    "path",
    ["//elsewhere.test/", "///elsewhere.test/x", "/\\elsewhere.test/", "/%5celsewhere.test/", "/a/x%3fy%23z", "/static/%00", "/a/%22%3e", "/%2f%2felsewhere.test"],
)  # fmt: skip
async def test_no_address_makes_a_page_lead_to_another_site(app: Starlette, path: str) -> None:
    """The links to the other languages repeat the address that was asked for: where it would lead away, they do not."""
    scope_path = unquote(path)
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": scope_path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"quxiang.test")], "scheme": "http", "server": ("quxiang.test", 80), "client": ("192.0.2.7", 1),
    }  # fmt: skip
    await app(scope, receive, send)
    page = Page(httpx.Response(404, content=sent[1]["body"]))
    assert [href for _, href in page.links if "lang=" in href]
    for _, href in page.links:
        assert urlsplit(urljoin(f"{webs.BASE}/p/1", href)).netloc == "quxiang.test", href
        assert href.isprintable()
        assert not re.search(r'[\\"<> ]', href)


MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.mark.parametrize("path", ["/?q={}", "/?q=水润港城&c={}", "/?b={}", "/?q={}&lang={}", "/?b=a.shuirungangcheng-wx&in={}&c={}", "/a/{}", "/c/{}",
                                  "/p/{}", "/changes?place={}", "/thanks?about={}", "/nothing?{}", "/stats?lang={}"])  # fmt: skip
async def test_no_markup_gets_out_of_an_address(app: Starlette, path: str) -> None:
    page = await get(app, path.replace("{}", quote(MARKUP, safe="")))
    assert [e for e in page.all("script") if "src" not in e] == []
    assert all(not name.startswith("on") for _, given in page.elements for name in given)
    assert {e["src"].split("?")[0] for e in page.all("img")} <= {"/stats.svg"}


@pytest.mark.parametrize("path", EVERY_PAGE)
async def test_every_page_protects_itself_and_says_that_it_is_not_official(app: Starlette, path: str) -> None:
    page = await get(app, path)
    headers = page.response.headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "set-cookie" not in headers
    assert "server" not in headers
    assert "非官方" in page.text
    # Nothing stands in the page that the policy forbids, and nothing comes from elsewhere.
    assert all("style" not in given for _, given in page.elements)
    assert "style" not in [tag for tag, _ in page.elements]
    loaded = [e["src"] for tag in ("script", "img") for e in page.all(tag)] + [
        e["href"] for e in page.all("link") if e["rel"] in ("stylesheet", "icon")
    ]
    assert loaded
    assert all(re.match(r"/[a-z]", address) for address in loaded)


@pytest.mark.parametrize("path", EVERY_PAGE)
@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
async def test_every_page_has_a_language_a_title_and_one_heading(
    app: Starlette, path: str, language: str
) -> None:
    page = await get(app, path + ("&" if "?" in path else "?") + f"lang={language}")
    (html,) = page.all("html")
    assert html["lang"] == language
    assert len([tag for tag, _ in page.elements if tag == "h1"]) == 1
    assert "title" in [tag for tag, _ in page.elements]
    ids = [given["id"] for _, given in page.elements if "id" in given]
    assert len(ids) == len(set(ids))
    labelled = {given["for"] for given in page.all("label")}
    assert {e["id"] for e in page.all("textarea")} <= labelled


async def test_the_number_of_the_filing_stands_on_every_page(matcher: Matcher) -> None:
    app = webs.site(matcher, Hosting(filing="苏ICP备12345678号-1"))
    for path in ("/", f"/a/{LOST}", "/p/320582", "/nothing"):
        assert (await get(app, path)).href("苏ICP备12345678号-1") == "https://beian.miit.gov.cn/"


async def test_the_first_visit_loads_less_than_60_kilobytes(app: Starlette) -> None:
    """The page with all that it loads, packed as it travels; no request goes anywhere else."""
    async with webs.client(app) as client:
        first = await client.get("/?q=未央正当时")
        page = Page(first)
        files = [e["src"] for e in page.all("script")] + [e["href"] for e in page.all("link")]
        loaded = [await client.get(f) for f in files]
    contents = [first.content, *(got.content for got in loaded)]
    assert sum(len(gzip.compress(c)) for c in contents) < 60_000
    assert {got.headers["cache-control"] for got in loaded} == {"public, max-age=31536000"}


@pytest.mark.parametrize("turns", conversations())
async def test_conversations_go_as_written(kept: tuple[Starlette, str], turns: list[Turn]) -> None:
    """Typed into the box of the page before, or tapped on it; what the page carries is all that goes on."""
    app, _ = kept
    async with webs.client(app) as client:
        page = Page(await client.get("/"))
        for turn in turns:
            if turn.tap:
                page = Page(await client.get(page.href(turn.tap)))
            else:
                box = page.forms[0]
                typed = {**box.fields, "q": turn.you or ""}
                # A form that is sent to keep something is no part of an address.
                sent = {"data": typed} if box.method == "post" else {"params": typed}
                page = Page(await client.request(box.method.upper(), box.action, **sent))  # type: ignore[arg-type]
            assert page.status == 200
            if turn.you or turn.tap:
                turn.check_text(page.text)
            if "account" in turn.expected:
                assert f"/a/{turn.expected['account']}" in [urlsplit(href).path for _, href in page.links]
    await app.state.site.close()


NOTICE = (
    "因工作需要,“平湖科普”微信公众号自2024年7月1日起停止更新,后续信息请关注“平湖发布”微信公众号。"
    "感谢支持。平湖市科学技术协会 2024年6月28日"
)


async def drafts(url: str) -> list[str]:
    ledger = await open_ledger(url, lambda: 0.0, lambda: 0.0)
    try:
        return [d.text for d in await ledger.drafts.open()]
    finally:
        await ledger.close()


@pytest.mark.parametrize("way", ["button", "typed"])
async def test_a_notice_is_passed_on_once_its_sender_says_that_it_was_read_rightly(
    kept: tuple[Starlette, str], way: str
) -> None:
    app, url = kept
    async with webs.client(app) as client:
        page = Page(await client.get("/", params={"q": NOTICE}))
        assert "您转来的公告说:" in page.text
        assert "告诉我" not in page.text, "a page tells nobody anything later"
        form = next(f for f in page.forms if f.fields.get("b" if way == "button" else "q") in ("d", NOTICE))
        typed = {} if way == "button" else {"q": "对"}
        told = Page(await client.post(form.action, data={**form.fields, **typed}))
    assert "转给维护者核实了" in told.text
    await app.state.site.close()
    assert await drafts(url) == [NOTICE]


async def test_nothing_is_said_to_be_passed_on_that_is_not(
    kept: tuple[Starlette, str], app: Starlette
) -> None:
    """Not by an address, not without the notice, not where there is no ledger."""
    async with webs.client(kept[0]) as client:
        page = Page(await client.get("/", params={"q": NOTICE}))
        fields = page.forms[0].fields
        assert "没存下来" in (await client.get("/", params={"q": "对", "c": fields["c"]})).text
        assert (
            await client.get("/", params={"b": "d", "c": fields["c"], "notice": NOTICE})
        ).status_code == 303
        assert "没存下来" in (await client.post("/", data={"b": "d", "c": fields["c"]})).text
        refused = await client.post("/", data={**fields, "b": "d"}, headers={"sec-fetch-site": "cross-site"})
        assert refused.status_code == 403
    await kept[0].state.site.close()
    assert await drafts(kept[1]) == []
    async with webs.client(app) as client:
        page = Page(await client.get("/", params={"q": NOTICE}))
        assert [f.method for f in page.forms] == ["get"]
        assert "没存下来" in (await client.post("/", data={"b": "d", "notice": NOTICE})).text


async def test_evidence_stands_behind_a_disclosure_and_only_there(app: Starlette) -> None:
    page = await get(app, "/?q=未央正当时")
    body, _, rest = page.text.partition("依据和来源")
    assert "现在看:「长乐未央」" in body
    assert "媒体报道的" not in body
    assert "去向的依据:媒体报道的,不是公告原文。" in rest
    assert "上游新闻 2025-03-12(转载)" in rest


async def test_a_telephone_can_be_tapped_and_a_source_opened(app: Starlette) -> None:
    page = await get(app, f"/a/{LOST}")
    assert page.href("0512-12345") == "tel:051212345"
    news = await get(app, "/?q=南京质检")
    assert news.href("12315") == "tel:12315", "so can the one for what the new account does not do"
    assert all(urlsplit(href).scheme in ("", "https", "http", "tel") for _, href in page.links)


async def test_what_is_being_typed_is_answered_alone_and_only_when_it_is_clear(app: Starlette) -> None:
    async with webs.client(app) as client:
        assert (await client.get("/?q=水润港城&part=1")).text.startswith('<div class="answer')
        assert "119" in (await client.get("/?q=我家着火了&part=1")).text
        assert "12329" in (await client.get("/?q=公积金怎么查南京&part=1")).text
        for text in ("啊", "水", "胡乱打的几个字", "你好"):
            assert (await client.get("/", params={"q": text, "part": "1"})).status_code == 204


async def test_a_list_can_be_saved_as_a_table(app: Starlette) -> None:
    names = "水润港城\n未央正当时\n没有这个号啊啊"
    async with webs.client(app) as client:
        page = Page(await client.get("/", params={"q": names}))
        saved = await client.get(page.href("存成表格"))
    assert saved.headers["content-type"] == "text/csv; charset=utf-8"
    assert [line.split(",")[0] for line in saved.text.splitlines()[1:]] == names.split("\n")


async def test_an_account_page_shows_all_that_is_known(app: Starlette) -> None:
    page = await get(app, f"/a/{MOVED}")
    for words in (
        "「未央正当时」(微信公众号)",
        "现在看:「长乐未央」",
        "一步步是怎么来的",
        "依据和出处",
        "这条记录的变化",
        "QX-3RPBC-E4",
        "查于 2024-06-02",
    ):
        assert words in page.text
    given = {e["property"]: e["content"] for e in page.all("meta") if "property" in e}
    assert given["og:image"] == f"{webs.BASE}/card/{MOVED}.png?v=E4"
    assert given["og:url"] == f"{webs.BASE}/a/{MOVED}"


async def test_every_account_and_every_place_with_one_has_a_page_in_every_language(matcher: Matcher) -> None:
    app = webs.site(matcher)
    app.state.site.asking._rate = Rate(1e9, 1e9)
    places = {u.place for u in matcher.base.units()}
    async with webs.client(app) as client:
        for path in (
            *(f"/a/{i}" for i in matcher.base.ids()),
            *(f"/p/{p}" for p in places),
            *(f"/p/{p}?print" for p in places),
        ):
            for language in ("zh-Hans", "en"):
                got = await client.get(
                    path, params={"lang": language} if "?" not in path else {"print": "1", "lang": language}
                )
                assert got.status_code == 200, path
                Page(got)


async def test_no_page_leads_to_a_hijacked_account(app: Starlette) -> None:
    for path in ("/?q=江夏五里界城管中队", "/a/wulijiechengguan-wb"):
        page = await get(app, path)
        assert "weibo.com" not in page.response.text


async def test_an_id_that_was_changed_leads_on_and_one_withdrawn_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    matcher_of(
        folder,
        unit("张家港市水务局", "id: new-wx, name: 水润港城, platform: wechat, state: closed, notice: none"),
    )
    (folder / "moved.yaml").write_text(
        "- {id: old-wx, moved_to: new-wx}\n- {id: wrong-wx}\n", encoding="utf-8"
    )
    found = matcher_of(
        folder,
        unit("张家港市水务局", "id: new-wx, name: 水润港城, platform: wechat, state: closed, notice: none"),
    )
    app = webs.site(found)
    async with webs.client(app) as client:
        led = await client.get("/a/old-wx")
        assert (led.status_code, led.headers["location"]) == (308, "/a/new-wx")
        assert (await client.get("/card/old-wx.png")).headers["location"] == "/card/new-wx.png"
        assert (await client.get("/a/wrong-wx")).status_code == 410


async def test_the_card_is_a_picture_and_sent_again_only_when_it_is_another(
    app: Starlette, fonts: Fonts
) -> None:
    async with webs.client(app) as client:
        first = await client.get(f"/card/{MOVED}.png?v=E4")
        assert first.headers["content-type"] == "image/png"
        assert first.content.startswith(b"\x89PNG")
        assert len(first.content) < 120_000
        assert first.headers["cross-origin-resource-policy"] == "cross-origin"
        for language, status in (("zh-Hans", 304), ("en", 200)):
            again = await client.get(
                f"/card/{MOVED}.png?v=E4&lang={language}", headers={"if-none-match": first.headers["etag"]}
            )
            assert again.status_code == status


async def test_where_no_card_can_be_drawn_the_text_is_offered(matcher: Matcher, tmp_path: Path) -> None:
    page = await get(webs.site(matcher, Hosting(font=tmp_path / "no.ttf")), f"/card/{MOVED}.png")
    assert page.status == 404
    assert "请转发文字" in page.text


async def test_a_place_lists_its_accounts_by_state_and_leads_up_and_down(app: Starlette) -> None:
    page = await get(app, "/p/320582")
    assert page.text.index("已关停") < page.text.index("已公告停更") < page.text.index("在用")
    assert page.href("苏州市") == "/p/320500"
    assert (await get(app, "/p/320500")).href("张家港市") == "/p/320582"
    assert (await get(app, "/p/100000")).href("江苏省") == "/p/320000"
    assert "「今日张家港」(手机App),媒体报道的,不是公告原文" in page.text


async def test_the_sheet_has_old_and_new_names_and_a_code_to_scan(app: Starlette) -> None:
    page = await get(app, "/p/320582?print")
    assert "「张家港红十字会」(微信公众号)" in page.text
    assert "「今日张家港」(手机App)" in page.text
    assert page.all("img")[0]["src"] == "/p/320582/qr.svg"


async def test_a_sheet_holds_no_more_than_it_has_room_for(matcher: Matcher) -> None:
    from bot.talk.desk import Scene, desk
    from handlers.web_places import ROOM, _sheet

    for language in ("zh-Hans", "en"):
        scene = Scene(matcher, desk(matcher).voice(language), TODAY)
        for place in ("320582", "320000", "100000", "610000"):
            told = _sheet(place, scene)
            assert sum(way.height for way in told["ways"]) <= ROOM
            assert told["ways"]


async def test_the_codes_lead_to_the_address_that_is_set(matcher: Matcher) -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    app = webs.site(matcher, Hosting(url="https://example.org/q"))
    page = await get(app, f"/a/{LOST}", headers={"host": "evil.example"})
    assert "evil" not in page.response.text
    async with webs.client(app) as client:
        svg = (await client.get(f"/a/{LOST}/qr.svg")).text
    size = int(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    shown = image.new("L", (size, size), 255)
    x = y = 0
    path = re.findall(r'stroke="#000" d="([^"]+)"', svg)[0]
    for command, *numbers in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", path):
        across, down = float(numbers[0]), float(numbers[1] or 0)
        if command == "M":
            x, y = int(across), int(down)
        elif command == "m":
            x, y = int(x + across), int(y + down)
        else:
            for step in range(int(across)):
                shown.putpixel((x + step, y), 0)
            x += int(across)
    read = zxingcpp.read_barcodes(shown.resize((size * 8, size * 8), 0))
    assert [r.text for r in read] == [f"https://example.org/q/a/{LOST}"]


@pytest.mark.parametrize("host", ["a b", "x\\y", "é", "[::", "a@b"])
async def test_an_address_nobody_can_be_sent_to_is_not_written_on_a_page(app: Starlette, host: str) -> None:
    page = await get(app, f"/a/{LOST}", headers={"host": host.encode()})
    assert page.status == 200
    assert "og:url" not in page.response.text or host not in page.response.text


async def test_a_page_is_sent_again_only_when_the_index_changed(matcher: Matcher) -> None:
    from bot.values import When

    app = webs.site(matcher)
    async with webs.client(app) as client:
        for path in (
            "/",
            f"/a/{LOST}",
            "/p/320582",
            "/changes",
            "/stats",
            "/stats.svg",
            "/changes.atom",
            "/?q=水润港城",
        ):
            first = await client.get(path)
            tag = first.headers["etag"]
            again = await client.get(path, headers={"if-none-match": tag})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
            other = await client.get(path, headers={"if-none-match": tag, "accept-language": "en"})
            # An answer to Chinese says the same in every language.
            alike = "q=" in path
            assert (other.status_code, other.headers["etag"] == tag) == (
                (304, True) if alike else (200, False)
            )
        object.__setattr__(app.state.site.setting, "today", lambda: When("2027-01-01"))
        assert (await client.get(f"/a/{LOST}", headers={"if-none-match": tag})).status_code == 200
    assert "private" in (await get(app, "/?q=水润港城")).response.headers["cache-control"]


# Changes -------------------------------------------------------------------------------------------------------


@pytest.fixture
def changed(tmp_path: Path) -> tuple[Matcher, Log]:
    """An index of a town after one account's destination became known, and the log of that."""
    rest = "id: water-wx, name: 水润港城, platform: wechat, state: closed, notice: unseen"
    other = "id: news-wx, name: 今日港城, platform: wechat, state: active"
    folder = tmp_path / "knowledge"
    before = matcher_of(folder, unit("张家港市水务局", rest, other))
    after = matcher_of(
        folder,
        unit(
            "张家港市水务局",
            rest.replace("unseen", "named") + ", destinations: [{account: news-wx, basis: notice}]",
            other,
        ),
    )
    log = Log(tmp_path / "published.sqlite")
    assert log.prepare(before.base, after.base, TODAY) == 1
    log.settle(after.base.digest)
    return after, log


async def test_a_change_stands_on_its_pages_and_in_the_feeds_of_its_place_alone(
    changed: tuple[Matcher, Log],
) -> None:
    app = webs.site(changed[0], log=changed[1])
    line = "原来说:没见到公告原文,去向不能乱指。 现在说:现在看 「今日港城」(微信公众号)。"
    for path in ("/changes", "/changes?place=320582", "/changes?place=320000", "/a/water-wx"):
        assert line in (await get(app, path)).text, path
    assert "还没有变化" in (await get(app, "/changes?place=110000")).text
    async with webs.client(app) as client:
        for path, entries in (
            ("/changes.atom", 1),
            ("/p/320582/changes.atom", 1),
            ("/p/110000/changes.atom", 0),
        ):
            got = await client.get(path)
            assert got.headers["content-type"] == "application/atom+xml"
            feed = fromstring(got.content)
            found = feed.findall("{http://www.w3.org/2005/Atom}entry")
            assert len(found) == entries
            assert {e.tag.rpartition("}")[2] for e in feed} >= {"id", "title", "updated", "link", "author"}
    (entry,) = fromstring(await _content(app, "/changes.atom")).findall("{http://www.w3.org/2005/Atom}entry")
    told = {e.tag.rpartition("}")[2]: e.text or e.attrib.get("href") for e in entry}
    assert told["link"] == f"{webs.BASE}/a/water-wx"
    assert told["updated"] == f"{TODAY}T00:00:00+08:00"


async def _content(app: Starlette, path: str) -> bytes:
    async with webs.client(app) as client:
        return (await client.get(path)).content


async def test_an_earlier_code_says_what_it_said_then(changed: tuple[Matcher, Log]) -> None:
    after, log = changed
    app = webs.site(after, log=log)
    (change,) = log.of("water-wx")
    page = await get(app, f"/c/QX-{after.base.code('water-wx')}-{change.was_version}")
    assert "这条后来变了:原来是“没见到公告原文,去向不能乱指”,现在是" in page.text


# Reports -------------------------------------------------------------------------------------------------------


async def reported(
    app: Starlette, headers: dict[str, str] | None = None, path: str = "/report", **fields: str
) -> httpx.Response:
    """Send the form."""
    async with webs.client(app) as client:
        return await client.post(path, data=fields, headers=headers or {})


@pytest.fixture
def kept(matcher: Matcher, tmp_path: Path) -> tuple[Starlette, str]:
    """A site with a ledger, and the ledger's file."""
    return webs.site(matcher, ledger=tmp_path / "ledger.sqlite"), str(tmp_path / "ledger.sqlite")


async def corrections(url: str) -> list[tuple[str, str, str]]:
    ledger = await open_ledger(url, lambda: 0.0, lambda: 0.0)
    try:
        return [(c.about, c.text, c.source) for c in await ledger.feedback.corrections()]
    finally:
        await ledger.close()


@pytest.mark.parametrize(
    ("fields", "headers", "status"),
    [({}, {}, 422), ({"about": LOST}, {}, 422), ({"about": LOST, "text": " \n"}, {}, 422), ({"about": "nobody", "text": "错了"}, {}, 422),
     ({"about": "../..", "text": "错了"}, {}, 422), ({"about": LOST, "text": "错了"}, {"sec-fetch-site": "cross-site"}, 403),
     ({"about": LOST, "text": "错了"}, {"origin": "https://evil.example"}, 403), ({"about": LOST, "text": "x" * 70_000}, {}, 413),
     ({"about": LOST, "text": "买药", "website": "https://spam.example"}, {}, 303)],
)  # fmt: skip
async def test_a_report_that_is_none_is_not_kept(
    kept: tuple[Starlette, str], fields: dict[str, str], headers: dict[str, str], status: int
) -> None:
    app, url = kept
    assert (await reported(app, headers, **fields)).status_code == status
    await app.state.site.close()
    assert await corrections(url) == []


async def test_a_report_is_kept_short_scrubbed_and_without_who_sent_it(kept: tuple[Starlette, str]) -> None:
    app, url = kept
    page = await get(app, f"/a/{LOST}")
    form = next(f for f in page.forms if f.action == "/report")
    assert form.fields["about"] == LOST
    sent = await reported(
        app, **{**form.fields, "text": "去处写错了 13800138000 " + "长" * 3000, "source": "公告"}
    )
    assert (sent.status_code, sent.headers["location"]) == (303, f"/thanks?about={LOST}")
    assert "收到了,谢谢" in (await get(app, sent.headers["location"])).text
    await app.state.site.close()
    ((about, text, source),) = await corrections(url)
    assert (about, source) == (LOST, "公告")
    assert text.startswith("去处写错了 〔电话〕")
    assert len(text) <= 1000


async def test_reports_beyond_the_limit_are_refused_and_told_when(kept: tuple[Starlette, str]) -> None:
    app, url = kept
    sent = [await reported(app, about=LOST, text=f"第 {n} 次") for n in range(7)]
    assert [s.status_code for s in sent] == [303] * 5 + [429] * 2
    assert 0 < int(sent[-1].headers["retry-after"]) <= 600
    await app.state.site.close()
    assert len(await corrections(url)) == 5


async def test_without_a_ledger_no_report_is_asked_for_and_none_taken(app: Starlette) -> None:
    assert [f.action for f in (await get(app, f"/a/{LOST}")).forms if f.method == "post"] == []
    assert (await reported(app, about=LOST, text="错了")).status_code == 503


async def test_a_question_nobody_could_answer_is_passed_on_by_a_form_alone(
    kept: tuple[Starlette, str],
) -> None:
    app, url = kept
    async with webs.client(app) as client:
        page = Page(await client.get("/?q=不存在的某某号"))
        form = next(f for f in page.forms if f.fields.get("b") == "q")
        assert (await client.get("/", params=form.fields)).status_code == 303
        told = await client.post("/", data=form.fields)
        assert "转给维护者了" in told.text
        assert "没存下来" in (await client.post("/", data={"b": "q", "c": "q.forged"})).text
    await app.state.site.close()
    ledger = await open_ledger(url, lambda: 0.0, lambda: 0.0)
    (question,) = await ledger.questions.open()
    await ledger.close()
    assert question.question == "不存在的某某号"


async def test_a_wish_that_a_page_cannot_keep_leads_to_the_accounts_page(app: Starlette) -> None:
    """Nobody is told on a page that they will be told later."""
    page = await get(app, f"/?b=f.{LOST}")
    assert (page.status, page.response.headers["location"]) == (303, f"/a/{LOST}")


async def test_a_webhook_stands_beside_the_pages_without_their_limits(matcher: Matcher) -> None:
    """Telegram calls for everybody, and its updates are bigger than what a person sends."""

    async def taken(request: Request) -> Response:
        return Response(str(len(await request.body())))

    setting = Setting(lambda: matcher, lambda: TODAY)
    app = application(setting, Route("/telegram", taken, methods=["POST"]))
    app.state.site.asking._rate = Rate(1, 0.001)
    async with webs.client(app) as client:
        for _ in range(5):
            assert (await client.post("/telegram", content=b"x" * 2**20)).text == str(2**20)
        assert (await client.post("/telegram", content=b"x" * 2**21)).status_code == 413
        assert [(await client.get("/about")).status_code for _ in range(2)] == [200, 429]


# Limits --------------------------------------------------------------------------------------------------------


async def test_one_client_too_fast_is_told_when_to_come_back_and_others_are_served(matcher: Matcher) -> None:
    app = webs.site(matcher)
    app.state.site.asking._rate = Rate(3, 1)
    async with webs.client(app) as client:
        got = [await client.get("/about") for _ in range(4)]
        assert [g.status_code for g in got] == [200, 200, 200, 429]
        assert got[3].headers["retry-after"] == "1"
        assert "秒再试" in got[3].text
        assert (await client.get("/static/style.css")).status_code == 200
    assert (await get(app, "/about", address="192.0.2.8")).status == 200


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 5)), max_size=40))
def test_nobody_gets_more_than_the_burst_and_what_has_come_since(steps: list[tuple[float, float]]) -> None:
    now, taken = 0.0, 0.0
    limits = Limits(Rate(10, 2), lambda: now)
    for wait, cost in steps:
        now += wait
        told = limits.take("a", cost)
        taken += cost if told == 0 else 0
        assert taken <= 10 + 2 * now + 1e-6
        if told:
            now += told
            assert limits.take("a", cost) == 0
            taken += cost


def test_clients_are_forgotten_from_the_quietest_on() -> None:
    limits = Limits(Rate(1, 0.001), lambda: 0.0, most=2)
    assert [limits.take(c) for c in "abc"] == [0, 0, 0]
    assert limits.take("c") > 0
    assert limits.take("a") == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("192.0.2.1", "192.0.2.1", True), ("192.0.2.1", "192.0.2.2", False), ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
     ("2001:db8:1:2::1", "2001:db8:1:3::1", False), ("::ffff:192.0.2.1", "192.0.2.1", True)],
)  # fmt: skip
def test_a_client_is_its_address_or_its_network(one: str, other: str, *, same: bool) -> None:
    assert (client_of(one) == client_of(other)) == same


async def test_a_body_that_says_no_length_is_cut_off_where_it_is_too_big(kept: tuple[Starlette, str]) -> None:
    async def endless() -> Any:
        for _ in range(100):
            yield b"x" * 10_000

    async with webs.client(kept[0]) as client:
        got = await client.post(
            "/report", content=endless(), headers={"content-type": "application/x-www-form-urlencoded"}
        )
    assert got.status_code == 413


async def test_a_body_that_never_ends_is_given_up(
    kept: tuple[Starlette, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    monkeypatch.setattr(web_guard, "BODY_TIME", 0.05)

    async def stalled() -> Any:
        yield b"text="
        await asyncio.sleep(60)

    async with webs.client(kept[0]) as client:
        assert (await client.post("/report", content=stalled())).status_code == 503


async def test_an_answer_that_takes_too_long_is_given_up_and_one_that_has_begun_is_not(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    monkeypatch.setattr(web_guard, "ANSWER_TIME", 0.05)

    async def slow(request: Request) -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            for _ in range(4):
                yield b"x"
                await asyncio.sleep(0.05)

        if request.url.path == "/late":
            await asyncio.sleep(60)
        return StreamingResponse(parts())

    app = application(Setting(lambda: matcher, lambda: TODAY), Route("/late", slow), Route("/long", slow))
    async with webs.client(app) as client:
        late, long = await client.get("/late"), await client.get("/long")
    assert (late.status_code, late.headers["x-frame-options"]) == (503, "DENY")
    assert (long.status_code, long.content) == (200, b"xxxx")


async def test_a_fault_is_told_by_a_number_and_nothing_else(
    matcher: Matcher, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Matcher:
        raise RuntimeError("secret")

    calls = iter([matcher])
    app = webs.site(lambda: next(calls, None) or broken())
    app.state.site.setting.matcher()
    with pytest.raises(RuntimeError):
        await get(app, "/about")  # even the page that tells of it needs the index
    half = webs.site(matcher)
    object.__setattr__(half.state.site, "version", lambda *_: broken())
    page = await get(half, "/about")
    assert page.status == 500
    number = re.findall(r"编号 ([0-9a-f]{6})", page.text)[0]
    assert "secret" not in page.response.text
    assert number in caplog.text


# Any input -----------------------------------------------------------------------------------------------------


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(
        ["/", "/a/{}", "/p/{}", "/c/{}", "/card/{}.png", "/static/{}", "/changes", "/list.csv", "/{}"]
    ),
    word=st.text(max_size=20),
    asked=st.dictionaries(
        st.sampled_from(["q", "b", "c", "in", "lang", "part", "print", "page", "place", "v"]),
        st.text(max_size=30),
    ),
)
async def test_any_address_is_answered_and_never_with_a_fault(
    matcher: Matcher, path: str, word: str, asked: dict[str, str]
) -> None:
    app = webs.site(matcher)
    words = word.encode("utf-8", "replace").decode()
    asked = {k: v.encode("utf-8", "replace").decode() for k, v in asked.items()}
    async with webs.client(app) as client:
        got = await client.get(path.replace("{}", quote(words, safe="")), params=asked)
    assert got.status_code in (200, 204, 303, 308, 404, 410)
    location = got.headers.get("location", "/")
    assert location.startswith("/")
    assert not location.startswith("//")


def test_a_text_is_paragraphs_and_lists() -> None:
    assert [tuple(b) for b in blocks("一\n· 二\n· 三\n\n四")] == [
        (False, ["一"]),
        (True, ["二", "三"]),
        (False, ["四"]),
    ]


# Statistics ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["", "4", "x", "-1", "0 ", "٠"])
async def test_a_part_of_the_statistics_that_is_not_there_is_not_there(matcher: Matcher, part: str) -> None:
    async with webs.client(webs.site(matcher)) as client:
        assert (await client.get("/stats.svg", params={"part": part})).status_code == 404


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-Hans", ("微信公众号", "江苏省", "没写")), ("zh-Hant", ("微信公眾號", "江蘇省", "沒寫")), ("en", ("WeChat account", "江苏 [jiang su]", "the notice named none"))],
)  # fmt: skip
async def test_charts_and_their_tables_speak_the_language_of_the_page(
    matcher: Matcher, language: str, said: tuple[str, ...]
) -> None:
    """Each chart is followed by its own table, which says the same numbers under the same words."""
    app = webs.site(matcher)
    shown = await get(app, f"/stats?lang={language}")
    pictures = [e["src"] for e in shown.all("img")]
    assert len(pictures) == len(shown.all("table")) == 4
    async with webs.client(app) as client:
        drawn = [(await client.get(src)).text for src in pictures]
    for text in (shown.text, "".join(drawn)):
        assert all(word in text for word in said), text[:500]
    others = {"微信公众号", "微信公眾號", "WeChat account"} - {said[0]}
    assert not [word for word in others if word in shown.text or word in "".join(drawn)]
    assert all(f'lang="{language}"' in text for text in drawn)
