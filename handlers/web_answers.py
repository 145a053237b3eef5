"""`/`: one box; what was typed or tapped is answered on the page, with or without JavaScript.

What a typed answer means travels in the page: each button is a link and the form has a field that carry it. Nothing is
kept of anybody, and going back in the browser goes back in the conversation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import metrics
from bot.dialogue import Message, answer
from bot.ledger import Missing
from bot.reply import Asks, Kind, Reply, as_csv
from bot.talk import telling
from bot.talk.hearing import danger
from bot.talk.saying import source
from bot.talk.story import Story, story
from bot.talk.tokens import DROP, INQUIRE, PASS, PASS_AND_TELL, chosen_tell, thread
from bot.text import fold
from bot.wording import LANGUAGES
from handlers.web_faults import foreign, limited
from handlers.web_html import Block, address, blocks, links_of, page, safe
from handlers.web_site import Site, fresh, language_wanted, locale_of, site_of

# Seconds a browser may show an answer without asking again; nothing between keeps what somebody asked.
KEPT = 60
# Text that is being typed is answered from so many characters on.
LEAST_TYPED = 2
# What a reply says will be done, and only a channel that keeps something does.
PROMISES = (Asks.TELL, Asks.INQUIRE, Asks.DRAFT)
_PINYIN = re.compile(r" \[[a-z ]+\]")
EXAMPLES = ("水润港城", "未央正当时", "江宁公安在线")


class Cited(NamedTuple):
    """A source in words, and where it can be read."""

    text: str
    url: str | None


class Shown(NamedTuple):
    """A reply as a page shows it: its text, what of it stands behind the disclosure, its buttons.

    `choices` are links; `forms` are buttons after which something is kept, the `notice` that was sent among it.
    """

    reply: Reply
    body: list[Block]
    evidence: list[str]
    sources: list[Cited]
    links: dict[str, str]
    choices: list[tuple[str, str]]
    forms: list[tuple[str, str]]
    notice: str


async def front(request: Request) -> Response:
    """Answer what was asked with an address or sent by a form."""
    return await (posted(request) if request.method == "POST" else run_in_threadpool(ask, request))


def ask(request: Request) -> Response:
    """Answer what was asked; the empty box where nothing was."""
    asked, site = request.query_params, site_of(request)
    followed = chosen_tell(asked.get("b", ""))
    if followed:
        return RedirectResponse(f"/a/{followed}", 303)
    if asked.get("b") in (INQUIRE, PASS, PASS_AND_TELL):  # what is kept takes a form
        return RedirectResponse("/", 303)
    if not asked.get("q") and "b" not in asked:
        return fresh(
            request, page(request, "ask.html", _page(None, "")), site.version(site.setting.matcher()), KEPT
        )
    matcher = site.setting.matcher()
    reply = metrics.answer("web", message(request), matcher, site.setting.today(), site.setting.published)
    if reply.wish and reply.wish.asks in PROMISES:
        reply = _unkept(reply, site)
    if asked.get("part"):
        return _part(request, reply)
    return fresh(request, answered(request, reply), site.version(matcher), KEPT, shared=False)


async def posted(request: Request) -> Response:
    """Answer what was sent by a form: what is to be kept comes so, only from a page of ours, and is kept before it is said."""
    refused = foreign(request)
    if refused:
        return refused
    site = site_of(request)
    body = (await request.body()).decode("utf-8", "replace")
    given = {k: v[0] for k, v in parse_qs(body, max_num_fields=10).items()}
    choice, language = given.get("b"), language_wanted(request) or _language(given.get("in"))
    text = given.get("q", "") if choice is None else ""
    said = Message(
        text, choice, given.get("c"), language if choice else language_wanted(request), locale_of(request)
    )
    reply = await run_in_threadpool(
        answer, said, site.setting.matcher(), site.setting.today(), site.setting.published
    )
    if reply.wish and reply.wish.asks in PROMISES:
        too_many = limited(request)
        if too_many:
            return too_many
        if not await _kept(reply.wish.asks, given, site):
            reply = _unkept(reply, site)
    return await run_in_threadpool(answered, request, reply, text)


async def _kept(asks: Asks, given: Mapping[str, str], site: Site) -> bool:
    """Keep what a person wishes to be kept, without who they are; whether it is kept."""
    question, notice = thread(given.get("c")).asked, given.get("notice", "").strip()
    if asks is Asks.INQUIRE and question:
        return await site.keep(lambda ledger: ledger.questions.asked(Missing.ACCOUNT, question))
    if asks is Asks.DRAFT and notice:
        return await site.keep(lambda ledger: ledger.drafts.put(notice))
    return False


def _unkept(reply: Reply, site: Site) -> Reply:
    """Return what is said instead of a promise that cannot be kept."""
    said = site.scene(reply.language).voice.say("web_not_kept")
    return Reply(Kind.CHAT, said, context=reply.context, language=reply.language)


def as_list(request: Request) -> Response:
    """Return the answers to a pasted list as a file that a spreadsheet opens."""
    site = site_of(request)
    reply = metrics.answer(
        "web", message(request), site.setting.matcher(), site.setting.today(), site.setting.published
    )
    content = b"\xef\xbb\xbf" + as_csv(reply.rows).encode()
    headers = {"content-disposition": 'attachment; filename="quxiang.csv"', "cache-control": "no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def message(request: Request) -> Message:
    """Return what a person sent with an address; a button is answered in the language of what it stood under."""
    asked = request.query_params
    choice = asked.get("b")
    language = language_wanted(request) or (_language(asked.get("in")) if choice is not None else None)
    return Message(
        asked.get("q", "") if choice is None else "", choice, asked.get("c"), language, locale_of(request)
    )


def answered(request: Request, reply: Reply, typed: str = "") -> Response:
    """Return the page of a reply to what was typed."""
    language = reply.wish.value if reply.wish and reply.wish.asks is Asks.LANGUAGE else None
    values = _page(
        shown(reply, site_of(request), language or language_wanted(request)),
        typed or request.query_params.get("q", ""),
    )
    if language:
        values["lang"] = language
    return page(request, "ask.html", values, reply.language)


def shown(reply: Reply, site: Site, lang: str | None, text: str | None = None) -> Shown:
    """Return how a reply, or another text of it, stands on a page."""
    scene = site.scene(reply.language)
    tale = story(reply.account, scene.matcher) if reply.account else None
    hidden = behind(tale, scene.voice) if tale else []
    known = {without_pinyin(line) for line in hidden}
    rest = [line for line in (text or reply.text).split("\n") if without_pinyin(line) not in known]
    notice = reply.wish.value if reply.wish and reply.wish.asks is Asks.HOLD else ""
    can_keep = [INQUIRE, *((PASS, DROP) if notice else ())] if site.setting.ledger else []
    choices = [
        (c.label, address("/", b=c.choice, c=reply.context, lang=lang, **{"in": reply.language}))
        for c in reply.choices
    ]
    sources = [Cited(source(s, scene.voice), safe(s.url)) for s in reply.sources]
    return Shown(reply, blocks("\n".join(rest)), hidden[:-1], sources, links_of(reply), choices,
                 [(o.label, o.choice) for o in reply.offers if o.choice in can_keep], notice if can_keep else "")  # fmt: skip


def behind(tale: Story, voice: Any) -> list[str]:
    """Return the lines of an answer that stand behind the disclosure: its way, its basis and, last, its sources."""
    return [voice.once(line) for line in (*telling.routes(tale, voice), *telling.evidence(tale, voice))]


def without_pinyin(line: str) -> str:
    """Return a line as it is compared: the pinyin of a name stands at its first mention only, wherever that is."""
    return _PINYIN.sub("", line)


def _part(request: Request, reply: Reply) -> Response:
    """Return the answer alone to what is still being typed; nothing as long as it is not clear."""
    folded = fold(request.query_params.get("q", ""))
    unclear = reply.kind in (Kind.NOT_FOUND, Kind.CHAT) and not danger(folded)
    if unclear or len(folded) < LEAST_TYPED:
        return Response(status_code=204, headers={"cache-control": "no-store"})
    site = site_of(request)
    values = _page(shown(reply, site, language_wanted(request)), request.query_params.get("q", ""))
    found = page(request, "part.html", values, reply.language)
    return fresh(request, found, site.version(site.setting.matcher()), KEPT, shared=False)


def _page(found: Shown | None, typed: str) -> dict[str, Any]:
    keep = {"q": typed} if typed else {}
    return {"answer": found, "typed": typed, "examples": EXAMPLES, "keep": keep}


def _language(said: str | None) -> str | None:
    return said if said in LANGUAGES else None
