"""`/api/`: the same answers for programs. Nothing is kept; errors are problem+json; any site may read.

What there is, with its fields and examples, stands in `openapi.yaml` beside this file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import yaml
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from bot.commands.ask import BadLineError, answered, message_of
from bot.dialogue import Message, answer
from bot.metrics import counting
from bot.publication import Change
from bot.records import When
from bot.reply import as_json
from bot.talk.tokens import account_choice
from bot.upkeep.exporting import COLUMNS
from bot.wording import LANGUAGES
from handlers.web_exports import TYPES
from handlers.web_faults import problem
from handlers.web_html import PAGES
from handlers.web_records import ACCOUNT
from handlers.web_site import base_of, fresh, site_of

# Seconds for which an answer may be kept without asking again.
KEPT = 60
LONGEST_QUESTION = 10_000
# Characters of a question that is answered in a millisecond or two, and keeps nobody waiting.
SHORT = 40
LONGEST_CONTEXT = 512
MOST_CANDIDATES = 20
MOST_CHANGES = 1000
NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")


class _BadRequestError(ValueError):
    """A request that says something else than it may; its text says what it may."""


def ask(request: Request) -> Response:
    """Answer a question."""
    asked = request.query_params
    text = asked.get("q")
    if not text:
        raise _BadRequestError("q: the text to answer")
    _short("q", text, LONGEST_QUESTION)
    _short("context", asked.get("context"), LONGEST_CONTEXT)
    candidates = _number(request, "candidates", 0, MOST_CANDIDATES, 0)
    language = asked.get("lang")
    if language is not None and language not in LANGUAGES:
        raise _BadRequestError(f"lang: one of {', '.join(LANGUAGES)}")
    return _answered(request, Message(text, None, asked.get("context"), language), candidates)


async def ask_posted(request: Request) -> Response:
    """Answer a question or a button that stands in the body."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        return problem(415, "content-type: application/json")
    try:
        data = json.loads(await request.body())
        message = message_of(data)
    except BadLineError:
        raise _BadRequestError("text, lang, context, choice: texts; at least text or choice") from None
    except (ValueError, RecursionError):
        raise _BadRequestError('a JSON object like {"text": "水润港城"}') from None
    _short("text", message.text, LONGEST_QUESTION)
    return await run_in_threadpool(_answered, request, message, 0)


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
    reply = answer(Message(choice=account_choice(given), language=LANGUAGES[0]), scene.matcher, scene.today)
    base = base_of(request)
    found = {
        "id": given,
        "url": f"{base}/a/{given}" if base else None,
        "answer": as_json(reply),
        "history": [_change(c) for c in site.history(given)],
    }
    return _sent(request, found, site.version(scene.matcher), shared=True)


def search(request: Request) -> Response:
    """Return the accounts that a text may mean, likeliest first, and what keeps each from being the answer."""
    text = request.query_params.get("q")
    if not text:
        raise _BadRequestError("q: the text to look up")
    _short("q", text, LONGEST_QUESTION)
    most = _number(request, "limit", 1, MOST_CANDIDATES, 5)
    site = site_of(request)
    scene = site.scene(LANGUAGES[0])
    match = scene.matcher.match(text)
    found = []
    for candidate in match.candidates[:most]:
        known = scene.known(candidate.accounts[0]) if candidate.accounts else None
        if known:
            found.append(
                {
                    "id": known.account.id,
                    "name": known.account.name,
                    "platform": known.account.platform and str(known.account.platform),
                    "state": known.account.state.value,
                    "place": known.place or None,
                    "score": round(candidate.score, 4),
                    "vetoes": [str(v) for v in candidate.vetoes],
                }
            )
    said = {
        "query": text,
        "verdict": match.verdict.value,
        "accounts": [a.id for a in match.accounts],
        "candidates": found,
    }
    return _sent(request, said, site.version(scene.matcher))


def changes(request: Request) -> Response:
    """Return what was said differently: since a day, the latest first; or after a change, in order."""
    site, asked = site_of(request), request.query_params
    most = _number(request, "limit", 1, MOST_CHANGES, 100)
    since = _day(asked["since"]) if "since" in asked else ""
    if "after" in asked:
        number = _number(request, "after", 0, 10**15, 0)
        found = site.setting.log.after(number, most) if site.setting.log else []
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
        raise _BadRequestError(f"table: one of {', '.join(COLUMNS)}")
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
    matcher = site.setting.matcher()
    found = json.loads(_document())
    example = found["paths"]["/api/ask"]["get"]["responses"]["200"]["content"]["application/json"]
    example["example"] = {**answered(Message("水润港城"), matcher, site.setting.today()), "ms": 1.0}
    return _sent(request, found, site.version(matcher))


def _careful(do: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Return an endpoint that tells of a bad request what a good one is."""

    def done(request: Request) -> Response:
        try:
            return do(request)
        except _BadRequestError as error:
            return problem(400, str(error))

    return done


async def _asked(request: Request) -> Response:
    """Answer a short question here, as going to another thread costs about what it costs; a long one there."""
    if len(request.query_params.get("q", "")) <= SHORT:
        return _careful(ask)(request)
    return await run_in_threadpool(_careful(ask), request)


async def _posted(request: Request) -> Response:
    try:
        return await ask_posted(request)
    except _BadRequestError as error:
        return problem(400, str(error))


def _answered(request: Request, message: Message, candidates: int) -> Response:
    site = site_of(request)
    matcher = site.setting.matcher()
    with counting("api") as told:
        found = answered(message, matcher, site.setting.today(), candidates, site.setting.published)
        told.append((found["kind"], found["verdict"]))
    return _sent(request, found, site.version(matcher))


def _sent(request: Request, found: Mapping[str, Any], version: str, *, shared: bool = False) -> Response:
    """Return data as JSON; halves of characters, which JSON may hold and UTF-8 may not, become question marks."""
    content = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
    return fresh(request, Response(content, media_type="application/json"), version, KEPT, shared=shared)


def _change(change: Change) -> dict[str, Any]:
    return {"id": change.id, "date": change.date, "account": change.account, "was": change.was, "now": change.now,
            "was_version": change.was_version, "now_version": change.now_version}  # fmt: skip


def _short(name: str, text: str | None, most: int) -> None:
    if text and len(text) > most:
        raise _BadRequestError(f"{name}: at most {most} characters")


def _number(request: Request, name: str, least: int, most: int, otherwise: int) -> int:
    said = request.query_params.get(name)
    if said is None:
        return otherwise
    if not NUMBER.fullmatch(said) or not least <= int(said) <= most:
        raise _BadRequestError(f"{name}: a whole number from {least} to {most}")
    return int(said)


def _day(said: str) -> str:
    """Return a day as it was given."""
    try:
        day = When(said)
    except ValueError:
        day = None
    if day is None or not said.isascii() or day.first != said:
        raise _BadRequestError("since: a day like 2026-11-20")
    return said


@cache
def _document() -> str:
    text = (PAGES.parent / "openapi.yaml").read_text(encoding="utf-8")
    return json.dumps(yaml.safe_load(text))


API = Mount(
    "/api",
    routes=[
        Route("/ask", _asked),
        Route("/ask", _posted, methods=["POST"]),
        Route("/accounts/{id}", _careful(account)),
        Route("/search", _careful(search)),
        Route("/changes", _careful(changes)),
        Route("/export.{kind}", _careful(export)),
        Route("/openapi.json", _careful(document)),
    ],
    middleware=[
        Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD"],
            allow_headers=["If-None-Match"],
            expose_headers=["ETag", "Retry-After", "Content-Disposition"],
        )
    ],
)
