"""`/changes` and its Atom feeds, of the whole country or one place: what was said differently from one day on."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # writes, and reads nothing
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from bot.drawing.studio import address as address_of
from bot.publication import Change
from bot.talk.desk import Scene
from bot.talk.saying import label
from handlers.web_faults import fault
from handlers.web_html import page
from handlers.web_places import PLACE
from handlers.web_site import base_of, fresh, language_here, site_of

# Changes on the page and in a feed, and those that are looked through for the feed of one place.
MOST = 100
MOST_LOOKED_AT = 1000
KEPT = 300
ATOM = "http://www.w3.org/2005/Atom"


class News(NamedTuple):
    """One change as a person reads it; without a link where the account was withdrawn."""

    number: int
    date: str
    account: str
    name: str
    was: str
    now: str
    there: bool


def changes(request: Request) -> Response:
    """Show what was said differently of late."""
    site, language = site_of(request), language_here(request)
    scene = site.scene(language)
    place = request.query_params.get("place", "")
    if place and (not PLACE.fullmatch(place) or place not in scene.matcher.base.places):
        return fault(request, 404, "web_no_place", {})
    values = {
        "news": [_news(c, scene) for c in _of(place, scene, request)],
        "place": place,
        "name": scene.voice.proper(scene.desk.town(place)) if place else "",
        "keep": {"place": place} if place else {},
    }
    made = page(request, "changes.html", values, language)
    return fresh(request, made, site.version(scene.matcher), KEPT)


def feed(request: Request) -> Response:
    """Return the changes as Atom, of one place where the address names one."""
    site, language = site_of(request), language_here(request)
    scene, base = site.scene(language), base_of(request)
    place = request.path_params.get("place", "")
    if place and (not PLACE.fullmatch(place) or place not in scene.matcher.base.places):
        return fault(request, 404, "web_no_place", {})
    if base is None:
        return fault(request, 404, "web_no_page", {})
    content = _atom([_news(c, scene) for c in _of(place, scene, request)], place, base, scene)
    made = Response(content, media_type="application/atom+xml", headers={"content-language": language})
    return fresh(request, made, site.version(scene.matcher), KEPT)


def _of(place: str, scene: Scene, request: Request) -> list[Change]:
    """Return the latest changes, of the accounts of a place and those in it where one is given."""
    found = site_of(request).changes(MOST_LOOKED_AT if place else MOST)
    if place:
        within = scene.matcher.gazetteer.within
        found = [
            c for c in found if (k := scene.known(c.account)) and k.unit and within((place,), k.unit.place)
        ]
    return found[:MOST]


def _news(change: Change, scene: Scene) -> News:
    known, w = scene.known(change.account), scene.voice
    name = label(known.account, known.unit, w) if known else change.account
    was, now = (w.sentence(line) if line else "" for line in (change.was, change.now))
    return News(change.id, change.date, known.account.id if known else "", name, was, now, known is not None)


def _atom(news: list[News], place: str, base: str, scene: Scene) -> bytes:
    """Return a feed. A change keeps its number for ever, so a reader shows each once."""
    w = scene.voice
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": w.language})
    here = f"{base}/p/{place}/changes.atom" if place else f"{base}/changes.atom"
    page_ = f"{base}/changes?place={place}" if place else f"{base}/changes"
    title = w.say("web_changes_title")
    _add(root, "title", f"{title}: {scene.desk.town(place)}" if place else title)
    _add(root, "id", here)
    _add(root, "link", "", rel="self", href=here)
    _add(root, "link", "", rel="alternate", href=page_)
    _add(root, "updated", _moment(news[0].date if news else "1970-01-01"))
    author = ET.SubElement(root, "author")
    _add(author, "name", w.say("unofficial"))
    for one in news:
        entry = ET.SubElement(root, "entry")
        _add(entry, "title", w.say("web_change", name=one.name, now=one.now or w.say("web_gone_record")))
        _add(entry, "id", f"{base}/changes#c{one.number}")
        _add(entry, "updated", _moment(one.date))
        _add(entry, "link", "", rel="alternate", href=address_of(base, one.account) if one.there else page_)
        lines = [
            w.say("web_was", line=one.was) if one.was else "",
            w.say("web_now", line=one.now) if one.now else "",
        ]
        _add(entry, "summary", "\n".join(filter(None, lines)))
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    element = ET.SubElement(parent, name, attributes)
    # XML knows no control characters.
    element.text = "".join(c for c in text if c.isprintable() or c == "\n") or None


def _moment(date: str) -> str:
    """Return a day as the moment that Atom asks for."""
    return f"{date}T00:00:00+08:00"
