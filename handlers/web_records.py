"""Pages that stay: `/a/<id>` an account, `/c/<code>` the code on a forwarded answer, `/card/<id>.png` its picture."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.card import NoCardError, face
from bot.dialogue import Message, answer
from bot.drawing.studio import address as address_of
from bot.publication import Change
from bot.reply import Hop, Kind, Known
from bot.talk import telling
from bot.talk.saying import label
from bot.talk.story import story
from bot.talk.tokens import account_choice
from bot.talk.voice import Voice
from handlers.web_answers import answered, shown, without_pinyin
from handlers.web_faults import fault
from handlers.web_html import page
from handlers.web_site import Site, base_of, fresh, language_here, language_wanted, site_of

ACCOUNT = re.compile(r"[a-z0-9-]{1,32}")
CODE = re.compile(r"[A-Za-z0-9 _-]{5,20}")
# Seconds for which a page, and a picture whose address has its version, may be kept.
KEPT = 300
LONG = 7 * 86400


class Move(NamedTuple):
    """One step of a trail in words: where it leads, when, and on whose word."""

    target: str
    date: str
    basis: str


class Other(NamedTuple):
    """Another account in a list: its page, how it is called, how it stands, and where it leads on whose word, in one line."""

    id: str
    name: str
    state: str
    line: str


def account(request: Request) -> Response:
    """Show all that is known of one account; an id it had before leads to the one it has now."""
    site, language = site_of(request), language_here(request)
    found = _found(request)
    if isinstance(found, Response):
        return found
    scene = site.scene(language)
    reply = answer(
        Message(choice=account_choice(found.account.id), language=language), scene.matcher, scene.today
    )
    tale = story(found, scene.matcher)
    # What has a section of its own below, and a question, need not stand in the answer too.
    kin = {without_pinyin(line) for line in telling.kin(tale, scene.voice)}
    whole = reply.plain if reply.choices and reply.plain else reply.text
    text = "\n".join(line for line in whole.split("\n") if without_pinyin(line) not in kin)
    values = {
        "answer": shown(reply, site, language_wanted(request), text),
        "known": found,
        "name": label(found.account, found.unit, scene.voice),
        "ways": [_moves(way, scene.voice) for way in tale.ways],
        "others": [other(k, scene.voice, site) for k in tale.also],
        "history": _lines(site.history(found.account.id), scene.voice),
        "headline": telling.headline(tale, scene.voice),
        "version": (reply.code or "").rpartition("-")[2],
        "keep": {},
    }
    return fresh(request, page(request, "account.html", values, language), site.version(scene.matcher), KEPT)


def code(request: Request) -> Response:
    """Say whether a forwarded answer still holds, by its code."""
    given = request.path_params["code"]
    site = site_of(request)
    if not CODE.fullmatch(given):
        return fault(request, 404, "code_unknown", {})
    said = Message(
        given if given.upper().startswith("QX") else f"QX-{given}", language=language_here(request)
    )
    reply = answer(said, site.setting.matcher(), site.setting.today(), site.setting.published)
    if reply.kind is not Kind.CHECKED and not reply.choices:
        return fault(request, 404, "code_unknown", {})
    return fresh(request, answered(request, reply), site.version(site.setting.matcher()), KEPT)


def card(request: Request) -> Response:
    """Return the picture that people forward; an account without one says what to do instead."""
    found = _found(request)
    if isinstance(found, Response):
        return found
    site, language = site_of(request), language_here(request)
    matcher = site.setting.matcher()
    reply = answer(
        Message(choice=account_choice(found.account.id), language=language), matcher, site.setting.today()
    )
    said = face(reply)
    try:
        content = site.cards.png(said) if said else None
    except NoCardError:
        content = None
    if content is None:
        return fault(request, 404, "web_no_card", {})
    made = Response(content, media_type="image/png", headers={"content-language": language})
    made.headers["cross-origin-resource-policy"] = "cross-origin"
    return fresh(
        request, made, hashlib.sha256(content).hexdigest(), LONG if request.query_params.get("v") else KEPT
    )


def qr(request: Request) -> Response:
    """Return the QR code of an account's page, as a picture that stays sharp."""
    found = _found(request)
    base = base_of(request)
    if isinstance(found, Response):
        return found
    return (
        qr_of(request, address_of(base, found.account.id)) if base else fault(request, 404, "web_no_page", {})
    )


def qr_of(request: Request, link: str) -> Response:
    """Return the QR code of an address of ours."""
    import segno  # the first code loads it

    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(
        out,
        kind="svg",
        border=4,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        dark="#000",
        light="#fff",
    )
    return fresh(request, Response(out.getvalue(), media_type="image/svg+xml"), link, KEPT)


def other(known: Known, voice: Voice, site: Site) -> Other:
    """Return an account as it stands in a list."""
    tale = story(known, site.setting.matcher())
    said = telling.headline(tale, voice)
    if tale.goals:
        bases = dict.fromkeys(voice.name("bases", g.basis) for g in tale.goals)
        said = voice.say("goal_basis", goal=said, basis=voice.joined(bases))
    state = voice.name("states", known.account.state)
    return Other(
        known.account.id, label(known.account, known.unit, voice), state, "" if said == state else said
    )


def _found(request: Request) -> Known | Response:
    """Return the account that an address names, or the answer to an address that names none."""
    given = request.path_params["id"]
    if not ACCOUNT.fullmatch(given):
        return fault(request, 404, "web_no_account", {})
    scene = site_of(request).scene(language_here(request))
    known = scene.known(given)
    if known is None:
        gone = scene.matcher.base.moved(given) != given
        return fault(request, 410 if gone else 404, "web_withdrawn" if gone else "web_no_account", {})
    if known.account.id != given:
        path = request.url.path.replace(f"/{given}", f"/{known.account.id}", 1)
        return RedirectResponse(path, 308)
    return known


def _moves(way: tuple[Hop, ...], voice: Voice) -> list[Move]:
    """Return a trail as steps."""
    found = []
    for hop in way:
        target = voice.quoted(hop.target or "?")
        if hop.platform:
            target = voice.say("account", name=target, platform=voice.name("platforms", hop.platform))
        found.append(Move(target, str(hop.date or ""), voice.name("bases", hop.basis)))
    return found


def _lines(changes: list[Change], voice: Voice) -> list[dict[str, Any]]:
    """Return what changed of an answer, as a person reads it."""
    return [
        {
            "date": c.date,
            "was": voice.sentence(c.was) if c.was else "",
            "now": voice.sentence(c.now) if c.now else "",
        }
        for c in changes
    ]
