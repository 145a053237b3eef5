"""`/api/ask`: a question or a button, answered as `ask --jsonl` answers it."""

from __future__ import annotations

import json
import zlib

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.commands.ask import BadLineError, answered, message_of
from bot.dialogue import Message
from bot.matcher import Matcher
from bot.metrics import counting
from bot.wording import LANGUAGES
from handlers.web_api_said import BadRequestError, json_of, number, short
from handlers.web_faults import problem
from handlers.web_site import Site, freshness, has, site_of
from handlers.web_told import KEPT, PACKED_FROM, PACKING, Told

LONGEST_QUESTION = 10_000
# What zlib calls the form of gzip.
GZIP = zlib.MAX_WBITS + 16
# Characters of a question that is answered in a millisecond or two, and keeps nobody waiting.
SHORT = 40
LONGEST_CONTEXT = 512
MOST_CANDIDATES = 20


async def ask(request: Request) -> Response:
    """Answer a question that stands in the address, or what stands in the body."""
    return await (_posted if request.method == "POST" else _asked)(request)


async def _asked(request: Request) -> Response:
    asked = request.query_params
    text = asked.get("q")
    if not text:
        raise BadRequestError("q: the text to answer")
    short("q", text, LONGEST_QUESTION)
    short("context", asked.get("context"), LONGEST_CONTEXT)
    candidates = number(request, "candidates", 0, MOST_CANDIDATES, 0)
    language = asked.get("lang")
    if language is not None and language not in LANGUAGES:
        raise BadRequestError(f"lang: one of {', '.join(LANGUAGES)}")
    return await _answered(request, Message(text, None, asked.get("context"), language), candidates)


async def _posted(request: Request) -> Response:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        return problem(415, "content-type: application/json")
    try:
        data = json.loads(await request.body())
        message = message_of(data)
    except BadLineError:
        raise BadRequestError(
            "text, lang, context, choice: texts, and nothing else; at least text or choice"
        ) from None
    except (ValueError, RecursionError):
        raise BadRequestError('a JSON object like {"text": "水润港城"}') from None
    short("text", message.text, LONGEST_QUESTION)
    return await _answered(request, message, 0)


async def _answered(request: Request, message: Message, candidates: int) -> Response:
    """Answer what was asked: what the caller has is still right, or was just made for another, or is made now.

    A short one is made here, as going to another thread costs about what it costs; a long one there.
    """
    site = site_of(request)
    matcher = site.setting.matcher()
    version, asked = site.version(matcher), (message, candidates)
    headers = freshness(f"{version} {asked}", KEPT, shared=False)
    if has(request, headers):
        return Response(status_code=304, headers=headers)
    told = site.answers.get(version, asked)
    if told:
        with counting("api") as counted:
            counted.append((told.kind, told.verdict))
    else:
        given = (site, matcher, message, candidates)
        short_ = len(message.text) <= SHORT
        told = _made(*given) if short_ else await run_in_threadpool(_made, *given)
        site.answers.put(version, asked, told)
    body = told.body
    if told.packed and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["content-encoding"] = told.packed, "gzip"
    return Response(body, headers=headers, media_type="application/json")


def _made(site: Site, matcher: Matcher, message: Message, candidates: int) -> Told:
    with counting("api") as told:
        found = answered(message, matcher, site.setting.today(), candidates, site.setting.published)
        told.append((found["kind"], found["verdict"]))
    body = json_of(found)
    packed = zlib.compress(body, PACKING, GZIP) if len(body) >= PACKED_FROM else b""
    return Told(body, found["kind"], found["verdict"], packed)
