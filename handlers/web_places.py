"""`/p/<place>`: a place and its accounts by state, as a page, as one sheet for a notice board, and as a feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from bot.contacts import COUNTRY
from bot.index.layout import EVERY_AGENCY, spot_gram
from bot.records import Account, Unit
from bot.reply import Goal, Known
from bot.talk import telling
from bot.talk.desk import Desk, Scene
from bot.talk.saying import goal_name, label, scope
from bot.talk.story import story
from bot.values import State
from handlers.web_faults import fault
from handlers.web_html import address, page
from handlers.web_records import KEPT, Other, other, qr_of
from handlers.web_site import base_of, fresh, language_here, site_of

PLACE = re.compile(r"[a-z0-9-]{1,14}")
PAGE = re.compile(r"[1-9]\d{0,3}")
MOST_UNITS = 50  # on one page
# In millimetres: what one sheet of A4 has room for between its head and its foot, a line of type that is read standing,
# one of small type, and what stands around the lines of one account. And the letters in a line of each, half the sheet wide.
ROOM = 175.0
LINE = 7.2
SMALL = 4.8
AROUND = 3.6
COLUMN = 30
SMALL_COLUMN = 44
# Units that are looked through for a sheet.
MOST_LOOKED_AT = 400
# In this order people look for them.
STATES = (
    State.CLOSED, State.CLOSING, State.MERGED, State.RENAMED, State.MIGRATED, State.SPLIT, State.DORMANT, State.REVIVED,
    State.HIJACKED, State.IMPOSTOR, State.ACTIVE,
)  # fmt: skip


class Group(NamedTuple):
    """The accounts of a place that stand the same way."""

    state: str
    accounts: list[Other]


class Way(NamedTuple):
    """A line of the sheet: the old account, and where to go now, each on whose word; or that nobody said."""

    old: str
    new: list[str]
    words: list[str]

    @property
    def found(self) -> bool:
        """Whether somebody said where to go."""
        return bool(self.words)

    @property
    def height(self) -> float:
        """How much of the sheet it takes, in millimetres."""
        new = LINE * sum(map(_high, self.new)) + SMALL * sum(_high(w, SMALL_COLUMN) for w in self.words)
        return max(LINE * _high(self.old), new) + AROUND


def place(request: Request) -> Response:
    """Show a place: with `print` as a sheet, else as a page."""
    site, language = site_of(request), language_here(request)
    scene, code = site.scene(language), request.path_params["place"]
    if not PLACE.fullmatch(code) or code not in scene.matcher.base.places:
        return fault(request, 404, "web_no_place", {})
    values = {"code": code, "name": _name(code, scene), "keep": {}}
    if "print" in request.query_params:
        made = page(request, "sheet.html", {**values, **_sheet(code, scene)}, language)
    else:
        asked = request.query_params.get("page", "1")
        number = int(asked) if PAGE.fullmatch(asked) else 1
        made = page(request, "place.html", {**values, **_listed(code, number, scene, request)}, language)
    return fresh(request, made, site.version(scene.matcher), KEPT)


def place_qr(request: Request) -> Response:
    """Return the QR code of a place's page."""
    code, base = request.path_params["place"], base_of(request)
    if not PLACE.fullmatch(code) or code not in site_of(request).setting.matcher().base.places or not base:
        return fault(request, 404, "web_no_place", {})
    return qr_of(request, f"{base}/p/{code}")


def _listed(code: str, number: int, scene: Scene, request: Request) -> dict[str, Any]:
    """Return the accounts of a place by state, a page of its units at a time, and the places in it."""
    site = site_of(request)
    start = (number - 1) * MOST_UNITS
    units = _units(code, start, scene.desk)
    if not units and start:  # there are not so many pages: the first, as for a number that is none
        return _listed(code, 1, scene, request)
    known = [_known(u, a, scene) for u in units[:MOST_UNITS] for a in u.accounts]
    groups = [
        Group(
            scene.voice.name("states", state),
            [other(k, scene.voice, site) for k in known if k.account.state is state],
        )
        for state in STATES
    ]
    lang = request.query_params.get("lang")
    below = [
        (c, scene.voice.proper(scene.matcher.base.places[c].name), n)
        for c in _children(code, scene.desk)
        if (n := covered(c, scene.desk))
    ]
    chain = scene.matcher.gazetteer.chain(code)[1:]
    return {
        "groups": [g for g in groups if g.accounts],
        "below": below,
        "above": [(c, scene.voice.proper(scene.matcher.base.places[c].name)) for c in reversed(chain)],
        "hotline": scene.desk.directory.hotline(code if code != COUNTRY else None),
        "next": address(f"/p/{code}", page=str(number + 1), lang=lang) if len(units) > MOST_UNITS else None,
        "previous": address(f"/p/{code}", page=str(number - 1), lang=lang) if number > 1 else None,
    }


def _units(code: str, start: int, desk: Desk) -> list[Unit]:
    """Return the units of one page, and one more where there is another page; no other is read."""
    key = spot_gram(desk.gazetteer.numbers[code], EVERY_AGENCY)
    return [desk.base.unit_at(n) for n in sorted(desk.base.posting(key))[start : start + MOST_UNITS + 1]]


def _sheet(code: str, scene: Scene) -> dict[str, Any]:
    """Return the lines of a place's sheet: those with somewhere to go first, and how many it has no room for."""
    looked_at = islice(inside(code, scene.desk), MOST_LOOKED_AT)
    ways = [_way(_known(u, a, scene), scene) for u in looked_at for a in u.accounts if a.state.gone]
    ways.sort(key=lambda way: not way.found)
    room, listed = ROOM, 0
    for way in ways:
        room -= way.height
        if room < 0:
            break
        listed += 1
    hotline = scene.desk.directory.hotline(code if code != COUNTRY else None)
    checked = scene.desk.covered(code)[1]
    return {"ways": ways[:listed], "more": len(ways) - listed, "hotline": hotline, "checked": checked}


def _way(known: Known, scene: Scene) -> Way:
    tale = story(known, scene.matcher)
    old, new = label(known.account, known.unit, scene.voice), [goal_name(g, scene.voice) for g in tale.goals]
    return Way(old, new or [telling.headline(tale, scene.voice)], [_word(g, scene) for g in tale.goals])


def _word(goal: Goal, scene: Scene) -> str:
    """Return what a place to go takes over, where it is not all, and on whose word."""
    only, basis = scope(goal.scope, scene.voice), scene.voice.name("bases", goal.basis)
    return f"{scene.voice.say('card_scope', scope=only)} · {basis}" if only else basis


def _high(text: str, column: int = COLUMN) -> int:
    """Return how many lines a text takes in a column of the sheet: a Chinese character is as wide as two letters."""
    return -(-sum(1 if c.isascii() else 2 for c in text) // column)


def inside(code: str, desk: Desk) -> Iterator[Unit]:
    """Yield the units of a place and of those in it."""
    codes = [code]
    for one in codes:
        yield from desk.units(one, most=MOST_LOOKED_AT)
        codes += _children(one, desk)


def covered(code: str, desk: Desk) -> int:
    """Return how many units of a place and those in it are known."""
    codes = [code]
    for one in codes:
        codes += _children(one, desk)
    numbers = desk.gazetteer.numbers
    keys = [spot_gram(numbers[c], EVERY_AGENCY) for c in codes if c in numbers]
    return sum(
        sum(desk.base.counts(keys[start : start + 500]).values()) for start in range(0, len(keys), 500)
    )


def _children(code: str, desk: Desk) -> list[str]:
    """Return the places that lie directly in a place; in the country all provinces do."""
    if code == COUNTRY:
        return [c for c in desk.gazetteer.codes if c != COUNTRY and len(desk.gazetteer.chain(c)) == 1]
    return desk.below.get(code, [])


def _known(unit: Unit, account: Account, scene: Scene) -> Known:
    return Known.of(account, scene.matcher, unit)


def _name(code: str, scene: Scene) -> str:
    names = scene.matcher.base.places[code].name
    return scene.voice.proper(scene.desk.town(code) or names)
