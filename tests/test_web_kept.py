"""Pages are kept for whom they are the same, and no longer than they are right."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import webs
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.hosting import Hosting
from bot.matcher import Matcher
from bot.values import When
from handlers import web_kept
from handlers.limits import Rate
from handlers.web_kept import Kept

PAGE = "/a/shuirungangcheng-wx"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts how often each page is made."""
    counted: Counter[str] = Counter()
    make = Kept._made

    async def counting(self: Kept, scope: Any, receive: Any, send: Any) -> Any:
        counted[scope["path"]] += 1
        return await make(self, scope, receive, send)

    monkeypatch.setattr(Kept, "_made", counting)
    return counted


def site(matcher: Matcher, hosting: Hosting | None = None) -> Starlette:
    """Return a site that everybody may ask as much as they like."""
    app = webs.site(matcher, hosting)
    app.state.site.asking._rate = Rate(1e9, 1e9)
    return app


def around(inner: Starlette) -> tuple[Kept, Any]:
    """Return what keeps an application's pages, and that as an application."""
    kept = Kept(inner)

    async def outside(scope: Any, receive: Any, send: Any) -> None:
        await kept({**scope, "app": inner}, receive, send)

    return kept, outside


@pytest.mark.parametrize(
    "more",
    [{"accept-language": "en"}, {"accept-language": "zh-TW"}, {"accept-encoding": "identity"}, {"host": "other.test"}, {"origin": "https://elsewhere.test"}],
    ids=str,
)  # fmt: skip
async def test_a_page_for_one_is_never_sent_to_another_it_would_differ_for(
    matcher: Matcher, made: Counter[str], more: dict[str, str]
) -> None:
    path = "/api/accounts/shuirungangcheng-wx" if "origin" in more else PAGE
    kept, fresh = site(matcher), site(matcher)
    async with webs.client(kept) as one, webs.client(fresh) as two:
        await one.get(path)
        after, alone = await one.get(path, headers=more), await two.get(path, headers=more)
    assert (after.content, dict(after.headers)) == (alone.content, dict(alone.headers))
    assert made[path] == 3


@pytest.mark.parametrize("path", ["/?q=水润港城", "/?b=x", "/api/ask?q=水润港城", "/nothing", "/a/nobody", "/healthz", f"/a/{'x' * 300}"])  # fmt: skip
async def test_answers_and_what_is_not_there_are_not_kept(matcher: Matcher, path: str) -> None:
    kept, outside = around(site(matcher))
    async with webs.client(outside) as client:
        for _ in range(2):
            await client.get(path)
    assert not kept._pages


async def test_a_page_is_made_once_and_is_what_it_was(matcher: Matcher, made: Counter[str]) -> None:
    async with webs.client(site(matcher)) as client:
        first, again = await client.get(PAGE), await client.get(PAGE)
        tag = first.headers["etag"]
        known = await client.get(PAGE, headers={"if-none-match": tag})
        head = await client.head(PAGE)
    assert (first.content, dict(first.headers)) == (again.content, dict(again.headers))
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
    assert known.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert "content-length" not in known.headers
    assert "content-type" not in known.headers
    assert made[PAGE] == 1
    assert (head.status_code, head.content) == (200, b"")


async def test_who_asks_first_with_the_right_tag_is_told_so_and_the_page_is_kept_all_the_same(
    matcher: Matcher, made: Counter[str]
) -> None:
    async with webs.client(site(matcher)) as client:
        tag = (await client.get(PAGE)).headers["etag"]
    async with webs.client(site(matcher)) as client:
        first = await client.get(PAGE, headers={"if-none-match": tag})
        whole = await client.get(PAGE)
    assert (first.status_code, first.content, whole.status_code) == (304, b"", 200)
    assert whole.text.startswith("<!doctype html>")
    assert made[PAGE] == 2


async def test_another_day_or_index_forgets_every_page(matcher: Matcher, made: Counter[str]) -> None:
    app = site(matcher)
    async with webs.client(app) as client:
        await client.get(PAGE)
        object.__setattr__(app.state.site.setting, "today", lambda: When("2027-01-01"))
        await client.get(PAGE)
    assert made[PAGE] == 2


async def test_what_is_kept_stays_within_its_room(
    matcher: Matcher, made: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that nobody asked for the longest goes first."""
    monkeypatch.setattr(web_kept, "MOST", 1000)
    tagged = {"etag": 'W/"1"', "cache-control": "public, max-age=60"}
    inner = Starlette(routes=[Route("/a/{id}", lambda _: PlainTextResponse("x" * 400, headers=tagged))])
    inner.state.site = site(matcher).state.site
    app, outside = around(inner)
    async with webs.client(outside) as client:
        for name in ("one", "two", "one", "three", "one", "two"):
            assert len((await client.get(f"/a/{name}")).content) == 400
    assert app._size == 800
    assert dict(made) == {"/a/one": 1, "/a/two": 2, "/a/three": 1}
