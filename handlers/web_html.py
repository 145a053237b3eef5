"""Pages: templates beside this file, escaped whatever stands in them, in the words of the person's language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.records import Contact
from bot.reply import Reply
from bot.values import ContactKind
from bot.wording import LANGUAGES, words
from handlers.web_site import base_of, language_here, language_wanted, site_of

PAGES = Path(__file__).parent / "pages"
STATIC = Path(__file__).parent / "static"
CALLED = (ContactKind.PHONE, ContactKind.HOTLINE)
# Digits of a file's digest in its address: a new file is another address, so an old one may be kept for ever.
SHORT = 8


class Block(NamedTuple):
    """Some lines of an answer: one paragraph, or the points of a list."""

    listed: bool
    lines: list[str]


def blocks(text: str) -> list[Block]:
    """Return an answer's text as paragraphs and lists."""
    found: list[Block] = []
    for line in filter(None, text.split("\n")):
        listed = line.startswith("· ")
        if listed and found and found[-1].listed:
            found[-1].lines.append(line[2:])
        else:
            found.append(Block(listed, [line[2:] if listed else line]))
    return found


def links_of(reply: Reply) -> dict[str, str]:
    """Return the numbers and addresses of a reply's contact points, and its code, and where a tap on each leads."""
    contacts = (*reply.contacts, *(h.contact for h in reply.helps if h.contact))
    found = {c.value: link for c in contacts if (link := _link(c))}
    return found | ({reply.code: f"/c/{reply.code}"} if reply.code else {})


def _link(contact: Contact) -> str | None:
    if contact.kind in CALLED:
        number = re.sub(r"[^0-9+]", "", contact.value)
        return f"tel:{number}" if number else None
    return safe(contact.value) if contact.kind is ContactKind.WEBSITE else None


def safe(url: str | None) -> str | None:
    """Return an address that a link may lead to; `None` for any but the web's."""
    return url if url and url.startswith(("https://", "http://")) else None


def linked(text: str, links: Mapping[str, str]) -> Markup:
    """Return a text in which the contact points can be tapped."""
    if not links:
        return escape(text)
    pattern = "|".join(re.escape(value) for value in sorted(links, key=len, reverse=True))
    pieces = re.split(f"({pattern})", text)
    shown = [
        Markup('<a href="{}" rel="noreferrer">{}</a>').format(links[p], p) if p in links else escape(p)
        for p in pieces
    ]
    return Markup("").join(shown)


def address(path: str, **values: str | None) -> str:
    """Return an address on this site with its values; those that are not there are left out."""
    given = {key: value for key, value in values.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


@cache
def static(name: str) -> str:
    """Return the address of a file of ours, which changes with the file."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:SHORT]}"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"linked": linked, "safe_url": safe}
    made.globals |= {"static": static, "address": address, "blocks": blocks}
    return made


def page(
    request: Request, template: str, values: Mapping[str, Any], language: str | None = None, status: int = 200
) -> Response:
    """Return a page in a language: the one given, else the one the browser asks for."""
    spoken = language or language_here(request)
    voice = site_of(request).scene(spoken).voice
    chosen = language_wanted(request)
    common = {
        "say": voice.say,
        "voice": voice,
        "language": spoken,
        # Carried from page to page only when a person chose it.
        "lang": chosen,
        "base": base_of(request),
        # Quoted, and with one slash at its beginning: two, or a backslash, would lead to another site.
        "path": "/" + quote(request.url.path.lstrip("/")),
        "contact": site_of(request).setting.contact,
        "filing": site_of(request).setting.hosting.filing,
        "can_report": bool(site_of(request).setting.ledger),
        "languages": [(code, words(code).say("language_name")) for code in LANGUAGES],
    }
    content = _environment().get_template(template).render({**common, **values})
    return HTMLResponse(content, status, headers={"content-language": spoken})
