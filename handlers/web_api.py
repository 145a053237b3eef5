"""`/api/`: the same answers for programs. Errors are problem+json; any site may read.

What there is, with its fields and examples, stands in `openapi.yaml` beside this file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import yaml
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from bot.commands.ask import answered
from bot.dialogue import Message, answer
from bot.publication import Change
from bot.reply import as_json
from bot.talk.desk import Scene
from bot.talk.tokens import account_choice
from bot.upkeep.exporting import COLUMNS
from bot.wording import LANGUAGES
from handlers.web_api_ask import LONGEST_QUESTION, MOST_CANDIDATES, ask
from handlers.web_api_said import EXPOSED, BadRequestError, day, json_of, number, short
from handlers.web_exports import TYPES
from handlers.web_faults import problem
from handlers.web_html import PAGES
from handlers.web_records import ACCOUNT
from handlers.web_site import base_of, fresh, site_of
from handlers.web_told import KEPT

MOST_CHANGES = 1000
# The account that the document shows, where the index has it.
EXAMPLE = "shuirungangcheng-wx"


def account(request: Request) -> Response:
    """Return all that is known of an account; an id it had before leads to the one it has now."""
    given, site = request.path_params["id"], site_of(request)
    scene = site.scene(LANGUAGES[0])
    known = scene.known(given) if ACCOUNT.fullmatch(given) else None
    if known is None:
        gone = ACCOUNT.fullmatch(given) and scene.matcher.base.moved(given) != given
        return problem(410, "this record was withdrawn") if gone else problem(404, "there is no such account")
    if known.account.id != given:
        return RedirectResponse(f"/api/accounts/{known.account.id}", 308)
    found = _account(given, scene, base_of(request), site.history(given))
    return _sent(request, found, site.version(scene.matcher), shared=True)


def search(request: Request) -> Response:
    """Return the accounts that a text may mean, likeliest first, and what keeps each from being the answer."""
    text = request.query_params.get("q")
    if not text:
        raise BadRequestError("q: the text to look up")
    short("q", text, LONGEST_QUESTION)
    most = number(request.query_params, "limit", 1, MOST_CANDIDATES, 5)
    site = site_of(request)
    scene = site.scene(LANGUAGES[0])
    return _sent(request, _found(text, most, scene), site.version(scene.matcher))


def changes(request: Request) -> Response:
    """Return what was said differently: since a day, the latest first; or after a change, in order."""
    site, asked = site_of(request), request.query_params
    most = number(asked, "limit", 1, MOST_CHANGES, 100)
    since = day(asked["since"]) if "since" in asked else ""
    if "after" in asked:
        last_seen = number(asked, "after", 0, 10**15, 0)
        found = site.setting.log.after(last_seen, most) if site.setting.log else []
        found = [c for c in found if c.date >= since]
    else:
        found = site.changes(most, since)
    last = max((c.id for c in found), default=None)
    return _sent(
        request, {"changes": [_change(c) for c in found], "last": last}, site.version(site.setting.matcher())
    )


def export(request: Request) -> Response:
    """Return the whole of the open data as one file."""
    kind = request.path_params["kind"]
    table = request.query_params.get("table", "account")
    if kind not in TYPES:
        return problem(404, f"export.{', export.'.join(TYPES)}")
    if table not in COLUMNS:
        raise BadRequestError(f"table: one of {', '.join(COLUMNS)}")
    site = site_of(request)
    matcher = site.setting.matcher()
    try:
        found = site.exports.file(matcher, kind, table)
    except OSError:
        return problem(503, "the file cannot be written now; please try again later")
    name = f"quxiang-{table}.csv" if kind == "csv" else f"quxiang.{kind}"
    return fresh(
        request, FileResponse(found, media_type=TYPES[kind], filename=name), matcher.base.digest, KEPT
    )


def document(request: Request) -> Response:
    """Return what there is to ask, with examples that are answers of this very index."""
    site = site_of(request)
    scene = site.scene(LANGUAGES[0])
    found = json.loads(_document())
    examples = {
        "/api/ask": {**answered(Message("水润港城"), scene.matcher, scene.today), "ms": 1.0},
        "/api/search": _found("临沂交警", 2, scene),
    }
    if scene.known(EXAMPLE):
        examples["/api/accounts/{id}"] = _account(EXAMPLE, scene, base_of(request), [])
    for path, example in examples.items():
        found["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["example"] = example
    return _sent(request, found, site.version(scene.matcher))


def _account(given: str, scene: Scene, base: str | None, history: Sequence[Change]) -> dict[str, Any]:
    """Return what is known of an account that there is."""
    reply = answer(Message(choice=account_choice(given), language=LANGUAGES[0]), scene.matcher, scene.today)
    return {
        "id": given,
        "url": f"{base}/a/{given}" if base else None,
        "answer": as_json(reply),
        "history": [_change(c) for c in history],
    }


def _found(text: str, most: int, scene: Scene) -> dict[str, Any]:
    """Return the accounts that a text may mean."""
    match = scene.matcher.match(text)
    likely = [(c, k) for c in match.candidates[:most] if c.accounts and (k := scene.known(c.accounts[0]))]
    return {
        "query": text,
        "verdict": match.verdict.value,
        "accounts": [a.id for a in match.accounts],
        "candidates": [
            {
                "id": known.account.id,
                "name": known.account.name,
                "platform": known.account.platform and str(known.account.platform),
                "state": known.account.state.value,
                "place": known.place or None,
                "score": round(candidate.score, 4),
                "vetoes": [str(v) for v in candidate.vetoes],
            }
            for candidate, known in likely
        ],
    }


def _sent(request: Request, found: Mapping[str, Any], version: str, *, shared: bool = False) -> Response:
    """Return data as JSON that may be kept."""
    return fresh(
        request, Response(json_of(found), media_type="application/json"), version, KEPT, shared=shared
    )


def _change(change: Change) -> dict[str, Any]:
    return {"id": change.id, "date": change.date, "account": change.account, "was": change.was, "now": change.now,
            "was_version": change.was_version, "now_version": change.now_version}  # fmt: skip


@cache
def _document() -> str:
    text = (PAGES.parent / "openapi.yaml").read_text(encoding="utf-8")
    return json.dumps(yaml.safe_load(text))


API = Mount(
    "/api",
    routes=[
        Route("/ask", ask, methods=["GET", "POST"]),
        Route("/accounts/{id}", account),
        Route("/search", search),
        Route("/changes", changes),
        Route("/export.{kind}", export),
        Route("/openapi.json", document),
    ],
    middleware=[
        Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD"],
            allow_headers=["If-None-Match"],
            expose_headers=EXPOSED,
        )
    ],
)
