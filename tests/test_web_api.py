"""The HTTP API: bad requests first, then the answers, the conversations, and what its own document promises."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
import webs
from conftest import TODAY, Turn, conversations
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from starlette.applications import Starlette
from test_web import changed as changed_index

from bot.commands.ask import answered
from bot.dialogue import Message
from bot.matcher import Matcher
from bot.publication import Log
from bot.reply import Kind
from bot.upkeep.exporting import COLUMNS
from handlers.limits import Rate

changed = changed_index
LOST = "shuirungangcheng-wx"


@pytest.fixture
async def app(matcher: Matcher) -> AsyncIterator[Starlette]:
    """The site over the real knowledge."""
    made = webs.site(matcher)
    yield made
    await made.state.site.close()


async def get(app: Starlette, path: str, **more: Any) -> httpx.Response:
    """Return an answer."""
    async with webs.client(app, **more) as client:
        return await client.get(path)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/ask", 400), ("/api/ask?q=", 400), ("/api/ask?q=x&lang=fr", 400), ("/api/ask?q=x&candidates=21", 400), ("/api/ask?q=x&candidates=-1", 400),
     ("/api/ask?q=x&candidates=x", 400), ("/api/ask?choice=n", 400), ("/api/ask?q=x&context=" + "c" * 513, 400),
     ("/api/ask?q=" + "x" * 10_001, 400), ("/api/accounts/nobody", 404), ("/api/accounts/UPPER", 404), ("/api/accounts/..%2fx", 404),
     ("/api/search", 400), ("/api/search?q=x&limit=0", 400), ("/api/search?q=x&limit=99", 400), ("/api/changes?since=soon", 400), ("/api/changes?since=2026-11", 400), ("/api/changes?since=&after=1", 400),
     ("/api/changes?since=2026-02-30", 400), ("/api/changes?since=٢٠٢٦", 400), ("/api/changes?after=-1", 400), ("/api/changes?limit=1e3", 400),
     ("/api/export.xml", 404), ("/api/export.csv?table=secrets", 400), ("/api/nothing", 404), ("/api/", 404), ("/api", 404)],
)  # fmt: skip
async def test_what_cannot_be_answered_is_a_problem_in_json(app: Starlette, path: str, status: int) -> None:
    got = await get(app, path)
    if path == "/api":  # a page like any other that is not there
        assert got.status_code == 404
        return
    assert (got.status_code, got.headers["content-type"]) == (status, "application/problem+json")
    assert got.json()["status"] == status
    assert got.json()["detail"]
    assert got.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [(b"", "application/json", 400), (b"{", "application/json", 400), (b"[]", "application/json", 400), (b"{}", "application/json", 400),
     (b'{"text": 1}', "application/json", 400), (b'{"text": null}', "application/json", 400), (b'{"text": "x", "other": "y"}', "application/json", 400),
     (b"[" * 30_000, "application/json", 400), (b"\xff", "application/json", 400), (b'{"text": "x"}', "text/plain", 415),
     (b'{"text": "' + b"x" * 20_000 + b'"}', "application/json", 400), (b'{"text": "' + b"x" * 70_000 + b'"}', "application/json", 413)],
    ids=lambda v: str(v)[:40],
)  # fmt: skip
async def test_a_body_that_asks_nothing_is_a_problem(
    app: Starlette, body: bytes, kind: str, status: int
) -> None:
    async with webs.client(app) as client:
        got = await client.post("/api/ask", content=body, headers={"content-type": kind})
    assert (got.status_code, got.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [("DELETE", "/api/ask", 405, {"GET", "HEAD", "POST"}), ("POST", "/api/search", 405, {"GET", "HEAD"}), ("GET", "/api/nothing", 404, None)],
)  # fmt: skip
async def test_an_address_that_is_none_leads_a_program_to_the_document(
    app: Starlette, method: str, path: str, status: int, allowed: set[str] | None
) -> None:
    async with webs.client(app) as client:
        got = await client.request(method, path)
    assert got.status_code == status
    assert "/api/openapi.json" in got.json()["detail"]
    assert ({a.strip() for a in got.headers["allow"].split(",")} if allowed else None) == allowed


async def test_too_many_requests_are_told_when_to_come_back(app: Starlette) -> None:
    app.state.site.asking._rate = Rate(10, 0.5)
    assert (await get(app, "/api/export.csv")).status_code == 200
    got = await get(app, "/api/ask?q=水润港城")
    assert (got.status_code, got.headers["retry-after"]) == (429, "2")
    assert got.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("text", ["水润港城", "临沂交警", "未央正当时", "你好", "水润港城、月安社区"])
async def test_the_fields_are_those_of_the_command(app: Starlette, matcher: Matcher, text: str) -> None:
    async with webs.client(app) as client:
        asked = (await client.get("/api/ask", params={"q": text, "candidates": "3"})).json()
        posted = (await client.post("/api/ask", json={"text": text})).json()
    expected = answered(Message(text), matcher, TODAY, 3)
    assert {**asked, "ms": 0} == {**expected, "ms": 0}
    assert {**posted, "ms": 0} == {k: v for k, v in {**expected, "ms": 0}.items() if k != "candidates"}


async def test_half_a_character_in_a_question_is_answered(app: Starlette) -> None:
    async with webs.client(app) as client:
        got = await client.post(
            "/api/ask", content=rb'{"text": "\ud800"}', headers={"content-type": "application/json"}
        )
    assert (got.status_code, got.json()["query"]) == (200, "?")


@pytest.mark.parametrize("turns", conversations())
async def test_conversations_go_as_written(app: Starlette, turns: list[Turn]) -> None:
    """Each turn with nothing but what the last answer handed out."""
    last: dict[str, Any] = {}
    async with webs.client(app) as client:
        for number, turn in enumerate(turns):
            said = {"context": last.get("context"), "text": turn.you}
            if turn.tap:
                label = turn.tap
                choice = next(c["choice"] for c in last["choices"] if c["label"].startswith(label))
                said = {"context": last.get("context"), "choice": choice, "lang": last["language"]}
            if number % 2 and not turn.tap:
                asked = {k: v for k, v in {"q": turn.you, "context": last.get("context")}.items() if v}
                got = await client.get("/api/ask", params=asked)
            else:
                got = await client.post("/api/ask", json=said)
            last = got.json()
            for key in ("kind", "verdict"):
                assert last[key] == turn.expected.get(key, last[key]), last["text"]
            if "account" in turn.expected:
                assert last["account"]["id"] == turn.expected["account"]
            turn.check_text(last["text"])


async def test_an_account_has_its_answer_its_page_and_its_history(changed: tuple[Matcher, Log]) -> None:
    app = webs.site(changed[0], log=changed[1])
    found = (await get(app, "/api/accounts/water-wx")).json()
    assert found["url"] == f"{webs.BASE}/a/water-wx"
    assert found["answer"]["destinations"][0]["account"] == "news-wx"
    assert [(c["account"], c["was"]) for c in found["history"]] == [
        ("water-wx", "没见到公告原文,去向不能乱指")
    ]


async def test_changes_are_followed_by_day_and_by_number(changed: tuple[Matcher, Log]) -> None:
    app = webs.site(changed[0], log=changed[1])
    for path, number in (
        ("", 1),
        ("?after=0&since=2026-11-21", 0),
        ("?since=2026-11-20", 1),
        ("?since=2026-11-21", 0),
        ("?after=0", 1),
        ("?after=1", 0),
    ):
        found = (await get(app, f"/api/changes{path}")).json()
        assert len(found["changes"]) == number, path
        assert found["last"] == (1 if number else None)


async def test_a_search_says_what_keeps_a_candidate_from_being_the_answer(app: Starlette) -> None:
    found = (await get(app, "/api/search?q=临沂交警&limit=2")).json()
    assert (found["verdict"], found["accounts"], len(found["candidates"])) == ("unsure", [], 2)
    sure = (await get(app, "/api/search?q=水润港城")).json()
    assert (sure["verdict"], sure["accounts"]) == ("sure", [LOST])


async def test_the_dump_comes_in_three_formats_that_say_the_same(app: Starlette, tmp_path: Path) -> None:
    async with webs.client(app) as client:
        whole = (await client.get("/api/export.json")).json()
        table = (await client.get("/api/export.csv", params={"table": "destination"})).content.decode(
            "utf-8-sig"
        )
        file = tmp_path / "dump.sqlite"
        got = await client.get("/api/export.sqlite")
        file.write_bytes(got.content)
        assert got.headers["content-disposition"] == 'attachment; filename="quxiang.sqlite"'
        again = await client.get(
            "/api/export.json",
            headers={"if-none-match": (await client.get("/api/export.json")).headers["etag"]},
        )
    assert again.status_code == 304
    assert set(whole) == set(COLUMNS)
    assert [r["id"] for r in csv.DictReader(io.StringIO(table))] == [r["id"] for r in whole["destination"]]
    with sqlite3.connect(file) as db:
        assert [i for (i,) in db.execute("select id from account order by id")] == [
            r["id"] for r in whole["account"]
        ]
    assert "mirror" not in json.dumps(whole)


async def test_the_dump_is_that_of_the_index_in_service(
    matcher: Matcher, changed: tuple[Matcher, Log]
) -> None:
    """Also after another index took its place; and nothing is left behind."""
    serving = [matcher]
    app = webs.site(lambda: serving[0])
    first = (await get(app, "/api/export.json")).json()
    folder = app.state.site.exports._folder.name
    serving[0] = changed[0]
    second = (await get(app, "/api/export.json")).json()
    assert (len(first["account"]) > 100, [a["id"] for a in second["account"]]) == (
        True,
        ["news-wx", "water-wx"],
    )
    left = app.state.site.exports._folder.name
    await app.state.site.close()
    assert [f for f in (folder, left) if os.path.exists(f)] == []  # noqa: ASYNC240, PTH110


async def test_answers_change_their_tag_with_the_index_alone(
    matcher: Matcher, changed: tuple[Matcher, Log]
) -> None:
    serving = [matcher]
    app = webs.site(lambda: serving[0])
    first = await get(app, "/api/ask?q=水润港城")
    tag = first.headers["etag"]
    same = await get(app, "/api/ask?q=水润港城", headers={"if-none-match": tag})
    assert (same.status_code, same.content) == (304, b"")
    serving[0] = changed[0]
    assert (await get(app, "/api/ask?q=水润港城", headers={"if-none-match": tag})).status_code == 200


async def test_any_site_may_read_and_none_may_write(app: Starlette) -> None:
    asked = {"origin": "https://example.org"}
    assert (await get(app, "/api/ask?q=水润港城", headers=asked)).headers[
        "access-control-allow-origin"
    ] == "*"
    async with webs.client(app) as client:
        for method, allowed in (("GET", 200), ("POST", 400)):
            got = await client.options("/api/ask", headers={**asked, "access-control-request-method": method})
            assert got.status_code == allowed
    assert "access-control-allow-origin" not in (await get(app, "/", headers=asked)).headers


async def test_the_document_is_openapi_with_an_example_that_is_an_answer_of_this_index(
    app: Starlette, matcher: Matcher
) -> None:
    found = (await get(app, "/api/openapi.json")).json()
    ok = found["paths"]["/api/ask"]["get"]["responses"]["200"]["content"]["application/json"]
    assert ok["example"]["account"]["id"] == LOST
    for path in ("/api/ask", "/api/accounts/{id}", "/api/search", "/api/changes"):
        shown = found["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        jsonschema.validate(shown["example"], {**shown["schema"], "components": found["components"]})
    assert found["paths"]["/api/search"]["get"]["responses"]["200"]["content"]["application/json"]["example"][
        "candidates"
    ]
    schema = {"$ref": "#/components/schemas/Answer", "components": found["components"]}
    for text in ("水润港城", "临沂交警", "你好", "未央正当时", "水润港城、月安社区", "不存在的号"):
        jsonschema.validate(answered(Message(text), matcher, TODAY), schema)
    assert found["components"]["schemas"]["Reply"]["properties"]["kind"]["enum"] == [k.value for k in Kind]
    tables = found["paths"]["/api/export.csv"]["get"]["parameters"][0]["schema"]["enum"]
    assert tables == list(COLUMNS)


MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.mark.filterwarnings("ignore")  # the library's own, about the libraries it stands on
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "name", ["ask", "askPosted", "account", "search", "changes", "exportJson", "exportCsv", "exportSqlite"]
)
def test_the_document_promises_what_is_answered(matcher: Matcher, name: str, mode: GenerationMode) -> None:
    """Requests made out of the document, good and bad ones: status, headers and bodies are as it says."""
    app = webs.site(matcher)
    app.state.site.asking._rate = Rate(1e9, 1e9)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    # What is too long or too big is refused as that, before anybody looks at what it says.
    schema.config.checks.negative_data_rejection.expected_statuses = [
        "400",
        "404",
        "405",
        "413",
        "414",
        "415",
    ]
    found = [o.ok() for o in schema.get_all_operations()]
    assert len(found) == 8
    operation = next(o for o in found if o.definition.raw["operationId"] == name)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=20, suppress_health_check=list(HealthCheck), deadline=None, database=None)
    def holds(case: Any) -> None:
        case.call_and_validate()

    try:
        holds()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "there is nothing to say wrong where nothing may be said"
    finally:
        app.state.site.exports.close()
