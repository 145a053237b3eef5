"""An answer of the API is given again for a minute, and to nobody whom another question or another index would answer otherwise."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import webs
from starlette.applications import Starlette

from bot import metrics
from bot.matcher import Matcher
from bot.publication import Log
from bot.setting import Setting
from bot.values import When
from handlers import web_api_ask, web_guard, web_told
from handlers.web_site import Site
from handlers.web_told import KEPT, Answers, Told


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts how often each question is answered anew."""
    counted: Counter[str] = Counter()
    make = web_api_ask.answered

    def counting(message: Any, *rest: Any) -> Any:
        counted[message.text] += 1
        return make(message, *rest)

    monkeypatch.setattr(web_api_ask, "answered", counting)
    return counted


@pytest.fixture
def app(matcher: Matcher) -> Starlette:
    """The site."""
    return webs.site(matcher)


@pytest.mark.parametrize(
    "other",
    [{"q": "未央正当时"}, {"q": "水润港城 "}, {"q": "水润港城", "lang": "en"}, {"q": "水润港城", "candidates": "2"}, {"q": "水润港城", "context": "x"}],
    ids=str,
)  # fmt: skip
async def test_another_question_is_never_given_the_answer_nor_called_unchanged(
    app: Starlette, made: Counter[str], other: dict[str, str]
) -> None:
    async with webs.client(app) as client:
        first = await client.get("/api/ask", params={"q": "水润港城"})
        tag = {"if-none-match": first.headers["etag"]}
        got = await client.get("/api/ask", params=other, headers=tag)
    assert got.status_code == 200
    assert got.json()["query"] == other["q"]
    assert got.json()["language"] == other.get("lang", "zh-Hans")
    assert ("candidates" in got.json()) == ("candidates" in other)
    assert made.total() == 2


async def test_another_day_is_another_answer(app: Starlette, made: Counter[str]) -> None:
    async with webs.client(app) as client:
        for day in ("2026-11-20", "2027-01-01"):
            object.__setattr__(app.state.site.setting, "today", lambda day=day: When(day))
            await client.get("/api/ask", params={"q": "水润港城"})
    assert made["水润港城"] == 2


async def test_who_has_the_answer_is_told_so_before_anything_is_matched(
    app: Starlette, matcher: Matcher, made: Counter[str]
) -> None:
    async with webs.client(webs.site(matcher)) as client:
        tag = (await client.get("/api/ask", params={"q": "水润港城"})).headers["etag"]
    made.clear()
    async with webs.client(app) as client:
        got = await client.get("/api/ask", params={"q": "水润港城"}, headers={"if-none-match": tag})
        bad = await client.get("/api/ask", params={"lang": "xx"}, headers={"if-none-match": "*"})
    assert (got.status_code, got.content, got.headers["etag"]) == (304, b"", tag)
    assert bad.status_code == 400, "what is no question has no answer that could be unchanged"
    assert made.total() == 0


@pytest.mark.parametrize(
    "question",
    [
        "水润港城",
        "水润港城在哪里,麻烦帮我查一下好吗,我昨天还看到它发过通知的,今天怎么也找不着了" + ",谢谢了" * 20,
    ],
    ids=["short", "long"],
)
async def test_an_answer_is_made_once_counted_each_time_and_the_same_by_post(
    app: Starlette, made: Counter[str], question: str
) -> None:
    def counted() -> float:
        return sum(
            s.value for m in metrics.ANSWERS.collect() for s in m.samples
            if s.name == "quxiang_answers_total" and s.labels["channel"] == "api"
        )  # fmt: skip

    before = counted()
    async with webs.client(app) as client:
        got = [await client.get("/api/ask", params={"q": question}) for _ in range(2)]
        got.append(await client.post("/api/ask", json={"text": question}))
    assert len({g.content for g in got}) == 1
    assert made[question] == 1
    assert counted() == before + 3


def test_an_answer_is_forgotten_after_its_time_and_with_its_version() -> None:
    now = 0.0
    answers, told = Answers(lambda: now), Told(b"{}", "chat", "none")
    answers.put("1", "old", told)
    now = KEPT - 1
    answers.put("1", "new", told)
    assert answers.get("1", "old") == told
    now = KEPT + 1
    assert answers.get("1", "new") == told
    assert (answers.get("1", "old"), list(answers._held), answers._size) == (None, ["new"], 2)
    assert answers.get("2", "new") is None
    assert (len(answers._held), answers._size) == (0, 0)


@pytest.mark.parametrize("question", ["水润港城", "谢谢"], ids=["long", "short"])
async def test_an_answer_is_the_same_packed_and_not(app: Starlette, question: str) -> None:
    async with webs.client(app) as client:
        ways = {"gzip", "identity"}
        got = {
            w: await client.get("/api/ask", params={"q": question}, headers={"accept-encoding": w})
            for w in ways
        }
    plain, packed = got["identity"], got["gzip"]
    assert plain.json() == packed.json()
    assert "content-encoding" not in plain.headers
    long = len(plain.content) >= web_told.PACKED_FROM
    assert long == (question == "水润港城")
    assert packed.headers.get("content-encoding") == ("gzip" if long else None)
    assert plain.headers["etag"] == packed.headers["etag"]
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert not long or int(packed.headers["content-length"]) < len(plain.content) * 0.7


@pytest.mark.parametrize("age", [0.0, 3600.0], ids=["written just now", "written an hour ago"])
def test_another_change_of_the_log_is_another_version(
    matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: float
) -> None:
    """The log is read again when its file is another, and as long as it may be written again without looking another."""
    log, read = Log(tmp_path / "published.sqlite"), Counter[str]()
    site = Site(Setting(lambda: matcher, lambda: When("2026-11-20"), log=log))
    latest = Log.latest

    def counted(self: Log) -> int | None:
        read["latest"] += 1
        return latest(self)

    monkeypatch.setattr(Log, "latest", counted)
    versions = [site.version(matcher)]
    for number in range(2):
        with log._open() as file:
            file.execute("insert into publication(date, before, after) values ('2026-11-20', 'a', 'b')")
            values = (number + 1, "zjg-water", "AA", "BB", "x", "y")
            file.execute(
                "insert into change(publication, account, was_version, now_version, was, now) values (?, ?, ?, ?, ?, ?)",
                values,
            )
        then = time.time() - age + number
        os.utime(log.path, (then, then))
        versions += [site.version(matcher) for _ in range(3)]
    assert len(set(versions)) == 3
    assert versions[1:4] == [versions[1]] * 3
    assert versions[4:] == [versions[4]] * 3
    assert read["latest"] == (7 if not age else 3)


def test_answers_stay_within_their_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_told, "MOST", 1000)
    monkeypatch.setattr(web_told, "LARGEST", 500)
    answers = Answers(lambda: 0.0)
    for number in range(5):
        answers.put("1", number, Told(b"x" * 300, "chat", "none"))
        answers.put("1", number, Told(b"x" * 300, "chat", "none"))
    answers.put("1", "huge", Told(b"x" * 501, "chat", "none"))
    assert (list(answers._held), answers._size) == ([2, 3, 4], 900)


LONG = "水润港城" + ",谢谢了" * 30


@pytest.mark.parametrize("path", ["/api/ask", "/api/ask?q=", "/api/ask?q=x&lang=fr", f"/api/ask?q={LONG}", "/api/ask/?q=x", "/api/search?q=x"])  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_only_a_good_short_question_in_an_address_goes_the_short_way(
    app: Starlette, monkeypatch: pytest.MonkeyPatch, path: str, method: str
) -> None:
    """Seen by what the routes alone go through."""
    through = list[str]()
    make = web_guard.most_of
    monkeypatch.setattr(web_guard, "most_of", lambda path, free: (through.append(path), make(path, free))[1])
    async with webs.client(app) as client:
        await client.request(method, path)
        assert through
        through.clear()
        assert (await client.get("/api/ask?q=x")).status_code == 200
    assert not through


@pytest.mark.parametrize("encoding", ["gzip", "br", ""])
@pytest.mark.parametrize(
    "more",
    [{}, {"origin": "https://e.test"}, {"origin": "https://e.test", "cookie": "a=b"}, {"if-none-match": "*"}, {"if-none-match": 'W/"0"'}],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize(
    "asked", ["q=水润港城", "q=谢谢", "q=临沂交警&candidates=2&lang=en", "q=不存在的号&context=x&x"]
)
async def test_the_short_way_sends_what_the_routes_send(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, asked: str, encoding: str, more: dict[str, str]
) -> None:
    headers, got = {"accept-encoding": encoding, **more}, []
    for short in (True, False):
        if not short:
            monkeypatch.setattr(web_api_ask, "_quick", lambda _scope: None)
        async with webs.client(webs.site(matcher)) as client:
            told = await client.get(f"/api/ask?{asked}", headers=headers)
        # Packing, which does not pack what is packed already, names twice what the answer varies by.
        varies = {v.strip().lower() for v in told.headers["vary"].split(",")}
        said = {k: v for k, v in told.headers.items() if k not in ("vary", "content-length")}
        body = {**told.json(), "ms": 0} if told.content else None
        got.append((told.status_code, said, varies, body))
        length = told.headers.get("content-length")
        assert (length is None) == (told.status_code == 304)
        assert length is None or told.headers.get("content-encoding") or int(length) == len(told.content)
    assert got[0] == got[1]
    assert got[0][0] == (304 if more.get("if-none-match") == "*" else 200)


async def test_a_fault_on_the_short_way_is_told_by_a_number(
    app: Starlette, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(web_api_ask, "answered", broken)
    async with webs.client(app) as client:
        got = await client.get("/api/ask?q=水润港城")
    assert (got.status_code, got.headers["content-type"]) == (500, "application/problem+json")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "secret" not in got.text
    number = re.findall("[0-9a-f]{6}", got.json()["detail"])[0]
    assert number in caplog.text
