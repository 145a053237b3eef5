"""`/api/ask`: a question or a button, answered as `ask --jsonl` answers it.

A good question in an address goes the short way, past what only pages and unusual requests need; anything else goes
through the routes, and comes to the same answer.
"""

from __future__ import annotations

import json
import time
import zlib
from dataclasses import dataclass
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.commands.ask import BadLineError, answered, message_of
from bot.dialogue import Message
from bot.matcher import Matcher
from bot.metrics import tally
from bot.wording import LANGUAGES
from handlers.web_api_said import EXPOSED, BadRequestError, fields, json_of, number, short
from handlers.web_faults import problem
from handlers.web_site import Site, holds, said, site_of, tag_of
from handlers.web_told import KEPT, PACKED_FROM, PACKING, Told

PATH = "/api/ask"
LONGEST_QUESTION = 10_000
# What zlib calls the form of gzip.
GZIP = zlib.MAX_WBITS + 16
# Characters of a question that is answered in a few milliseconds, and keeps nobody waiting.
SHORT = 60
LONGEST_CONTEXT = 512
MOST_CANDIDATES = 20
JSON = "application/json"
_TYPE = (b"content-type", JSON.encode())
_PACKED = (b"content-encoding", b"gzip")
_KEPT = (b"cache-control", f"private, max-age={KEPT}".encode())
_VARY = b"accept-encoding, accept-language"
# What the routes add by themselves.
_VARY_BY_ORIGIN = (b"vary", _VARY + b", Origin")
_ANY_SITE = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", ", ".join(EXPOSED).encode()),
)


class Asked(NamedTuple):
    """What was asked; two that are alike have the same answer."""

    text: str
    choice: str | None = None
    context: str | None = None
    language: str | None = None
    candidates: int = 0


class _Sent(NamedTuple):
    """An answer as it is sent, but for what it varies by."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass
class ShortWay:
    """An ASGI application around another, which answers good questions in addresses by itself."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a question, or leave a request to the other."""
        asked = _quick(scope)
        if asked is None:
            await self.app(scope, receive, send)
            return
        status, headers, body = await _answered(scope["app"].state.site, asked, scope)
        headers.append(_VARY_BY_ORIGIN)
        if said(scope, b"origin") is not None:
            headers += _ANY_SITE
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def ask(request: Request) -> Response:
    """Answer a question that stands in the address, or what stands in the body."""
    if request.method != "POST":
        asked = _in_address(request.scope["query_string"])
    elif (said(request.scope, b"content-type") or "").split(";")[0].strip().lower() != JSON:
        return problem(415, f"content-type: {JSON}")
    else:
        asked = _in_body(await request.body())
    status, headers, body = await _answered(site_of(request), asked, request.scope)
    response = Response(body, status)
    response.raw_headers = [*headers, (b"vary", _VARY)]
    return response


def _quick(scope: Scope) -> Asked | None:
    """Return what an address asks, where that is answered at once; a bad request the routes know how to refuse."""
    if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "GET":
        return None
    try:
        asked = _in_address(scope["query_string"])
    except BadRequestError:
        return None
    return asked if len(asked.text) <= SHORT else None


def _in_address(query: bytes) -> Asked:
    """Return what an address asks. Raises: BadRequestError."""
    given = fields(query)
    text = given.get("q")
    if not text:
        raise BadRequestError("q: the text to answer")
    short("q", text, LONGEST_QUESTION)
    context = given.get("context")
    short("context", context, LONGEST_CONTEXT)
    language = given.get("lang")
    if language is not None and language not in LANGUAGES:
        raise BadRequestError(f"lang: one of {', '.join(LANGUAGES)}")
    return Asked(text, None, context, language, number(given, "candidates", 0, MOST_CANDIDATES, 0))


def _in_body(body: bytes) -> Asked:
    """Return what a body asks. Raises: BadRequestError."""
    try:
        message = message_of(json.loads(body))
    except BadLineError:
        raise BadRequestError(
            "text, lang, context, choice: texts, and nothing else; at least text or choice"
        ) from None
    except (ValueError, RecursionError):
        raise BadRequestError('a JSON object like {"text": "水润港城"}') from None
    short("text", message.text, LONGEST_QUESTION)
    return Asked(message.text, message.choice, message.context, message.language)


async def _answered(site: Site, asked: Asked, scope: Scope) -> _Sent:
    """Answer what was asked: what the caller has is still right, or was just made for another, or is made now.

    A short one is made here, as going to another thread costs about what it costs; a long one there.
    """
    matcher = site.setting.matcher()
    version = site.version(matcher)
    tag = tag_of(repr((version, *asked)))
    headers = [(b"etag", tag.encode()), _KEPT]
    if scope["method"] != "POST" and holds(said(scope, b"if-none-match"), tag):
        return _Sent(304, headers, b"")
    told = site.answers.get(version, asked)
    if told:
        tally("api", told.kind, told.verdict, 0.0)
    else:
        if len(asked.text) <= SHORT:
            told = _made(site, matcher, asked)
        else:
            told = await run_in_threadpool(_made, site, matcher, asked)
        site.answers.put(version, asked, told)
    body = told.body
    if told.packed and "gzip" in (said(scope, b"accept-encoding") or ""):
        body = told.packed
        headers.append(_PACKED)
    headers += (_TYPE, (b"content-length", b"%d" % len(body)))
    return _Sent(200, headers, body)


def _made(site: Site, matcher: Matcher, asked: Asked) -> Told:
    """Make an answer, and count it."""
    began, setting = time.perf_counter(), site.setting
    message = Message(asked.text, asked.choice, asked.context, asked.language)
    found = answered(message, matcher, setting.today(), asked.candidates, setting.published)
    kind, verdict = found["kind"], found["verdict"]
    tally("api", kind, verdict, time.perf_counter() - began)
    body = json_of(found)
    packed = zlib.compress(body, PACKING, GZIP) if len(body) >= PACKED_FROM else b""
    return Told(body, kind, verdict, packed)
