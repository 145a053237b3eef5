"""An answer of the API is given again for a minute, and to nobody whom another question or another index would answer otherwise."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import webs
from starlette.applications import Starlette

from bot import metrics
from bot.matcher import Matcher
from bot.records import When
from handlers import web_api_ask, web_told
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
    ["水润港城", "水润港城在哪里,麻烦帮我查一下好吗,我昨天还看到它发过通知的,今天怎么也找不着了,谢谢了"],
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


def test_answers_stay_within_their_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_told, "MOST", 1000)
    monkeypatch.setattr(web_told, "LARGEST", 500)
    answers = Answers(lambda: 0.0)
    for number in range(5):
        answers.put("1", number, Told(b"x" * 300, "chat", "none"))
        answers.put("1", number, Told(b"x" * 300, "chat", "none"))
    answers.put("1", "huge", Told(b"x" * 501, "chat", "none"))
    assert (list(answers._held), answers._size) == ([2, 3, 4], 900)
