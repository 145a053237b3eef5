"""`/`: one box; what was typed or tapped is answered on the page, with or without JavaScript.

What a typed answer means travels in the page: each button is a link and the form has a field that carry it. Nothing is
kept of anybody, and going back in the browser goes back in the conversation.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.dialogue import Message, answer
from bot.forwarding import untaken
from bot.ledger import Missing
from bot.reply import Asks, Kind, Reply, as_csv
from bot.talk import telling
from bot.talk.hearing import danger
from bot.talk.saying import source
from bot.talk.story import Story, story
from bot.talk.tokens import INQUIRE, chosen_tell, thread
from bot.text import fold
from bot.wording import LANGUAGES
from handlers.web_faults import foreign, limited
from handlers.web_html import Block, address, blocks, links_of, page, safe
from handlers.web_site import Site, fresh, language_wanted, locale_of, site_of

# Seconds a browser may show an answer without asking again; nothing between keeps what somebody asked.
KEPT = 60
# Text that is being typed is answered from so many characters on.
LEAST_TYPED = 2
_PINYIN = re.compile(r" \[[a-z ]+\]")
EXAMPLES = ("水润港城", "未央正当时", "江宁公安在线")


class Cited(NamedTuple):
    """A source in words, and where it can be read."""

    text: str
    url: str | None


class Shown(NamedTuple):
    """A reply as a page shows it: its text, what of it stands behind the disclosure, its buttons as links."""

    reply: Reply
    body: list[Block]
    evidence: list[str]
    sources: list[Cited]
    links: dict[str, str]
    choices: list[tuple[str, str]]
    pass_on: str


def ask(request: Request) -> Response:
    """Answer what was asked; the empty box where nothing was."""
    asked, site = request.query_params, site_of(request)
    followed = chosen_tell(asked.get("b", ""))
    if followed:
        return RedirectResponse(f"/a/{followed}", 303)
    if asked.get("b") == INQUIRE:  # passing on keeps something, so it takes a form
        return RedirectResponse("/", 303)
    if not asked.get("q") and "b" not in asked:
        return fresh(
            request, page(request, "ask.html", _page(None, "")), site.version(site.setting.matcher()), KEPT
        )
    matcher = site.setting.matcher()
    reply = untaken(answer(message(request), matcher, site.setting.today(), site.setting.published))
    if asked.get("part"):
        return _part(request, reply)
    return fresh(request, answered(request, reply), site.version(matcher), KEPT, shared=False)


async def pass_on(request: Request) -> Response:
    """Pass a question that nobody could answer on to the maintainers, and say so; only from a page of ours."""
    refused = foreign(request) or limited(request)
    if refused:
        return refused
    site = site_of(request)
    given = {
        k: v[0]
        for k, v in parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10).items()
    }
    said = Message(
        choice=INQUIRE, context=given.get("c"), language=_language(given.get("in")), locale=locale_of(request)
    )
    question = thread(given.get("c")).asked
    reply = answer(said, site.setting.matcher(), site.setting.today())
    if not question or not await site.keep(lambda ledger: ledger.questions.asked(Missing.ACCOUNT, question)):
        said_so = site.scene(reply.language).voice.say("web_not_kept")
        reply = Reply(Kind.CHAT, said_so, language=reply.language)
    return answered(request, reply)


def as_list(request: Request) -> Response:
    """Return the answers to a pasted list as a file that a spreadsheet opens."""
    site = site_of(request)
    reply = answer(message(request), site.setting.matcher(), site.setting.today(), site.setting.published)
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


def answered(request: Request, reply: Reply, status: int = 200) -> Response:
    """Return the page of a reply."""
    asked = request.query_params
    language = reply.wish.value if reply.wish and reply.wish.asks is Asks.LANGUAGE else None
    values = _page(shown(reply, site_of(request), language or language_wanted(request)), asked.get("q", ""))
    if language:
        values["lang"] = language
    return page(request, "ask.html", values, reply.language, status)


def shown(reply: Reply, site: Site, lang: str | None, text: str | None = None) -> Shown:
    """Return how a reply, or another text of it, stands on a page."""
    scene = site.scene(reply.language)
    tale = story(reply.account, scene.matcher) if reply.account else None
    hidden = behind(tale, scene.voice) if tale else []
    known = {without_pinyin(line) for line in hidden}
    rest = [line for line in (text or reply.text).split("\n") if without_pinyin(line) not in known]
    can_pass = site.setting.ledger and any(o.choice == INQUIRE for o in reply.offers)
    choices = [
        (c.label, address("/", b=c.choice, c=reply.context, lang=lang, **{"in": reply.language}))
        for c in reply.choices
    ]
    sources = [Cited(source(s, scene.voice), safe(s.url)) for s in reply.sources]
    return Shown(reply, blocks("\n".join(rest)), hidden[:-1], sources, links_of(reply), choices,
                 scene.voice.say("pass_on") if can_pass else "")  # fmt: skip


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
