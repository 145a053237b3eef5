"""`/about`, `/stats`, the files of the pages themselves, and what tells crawlers what to leave alone."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.upkeep.chart import STYLE, Panel, draw, told
from bot.upkeep.statistics import Census, panels
from handlers.web_faults import fault
from handlers.web_html import STATIC, page
from handlers.web_site import fresh, language_here, site_of

KEPT = 3600
FOREVER = 31_536_000
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
TITLE = "去向收了哪些政务账号"
# Which of the counts of `census` tells how many named a destination.
NAMED = 4
# Questions are nobody's business, and there is no end of them.
ROBOTS = "User-agent: *\nDisallow: /?\nDisallow: /api/\nDisallow: /list.csv\nDisallow: /card/\n"
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# A picture may be opened alone; it may then use its own style, which this names, and nothing else.
PICTURE_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; frame-ancestors 'none'"


def about(request: Request) -> Response:
    """Say who answers, from what, and what is kept."""
    site = site_of(request)
    matcher = site.setting.matcher()
    made = page(request, "about.html", {"keep": {}})
    return fresh(request, made, site.version(matcher), KEPT)


def stats(request: Request) -> Response:
    """Show the counts as pictures and as tables."""
    site = site_of(request)
    matcher = site.setting.matcher()
    counted = site.census(matcher)
    values = {"keep": {}, "counted": counted, "panels": _panels(counted), "told": told(_panels(counted))}
    return fresh(
        request, page(request, "stats.html", values, language_here(request)), site.version(matcher), KEPT
    )


def chart(request: Request) -> Response:
    """Return the counts as one picture."""
    site = site_of(request)
    matcher = site.setting.matcher()
    content = draw(TITLE, _panels(site.census(matcher)))
    made = Response(content, media_type="image/svg+xml", headers={"content-security-policy": PICTURE_POLICY})
    return fresh(request, made, site.version(matcher), KEPT)


def file(request: Request) -> Response:
    """Return a file of ours; its address has its digest, so it may be kept for ever."""
    name = request.path_params["name"]
    kind = TYPES.get(name.rpartition(".")[2])
    if kind is None or name not in _files():
        return fault(request, 404, "web_no_page", {})
    seconds = FOREVER if "v" in request.query_params else KEPT
    version = hashlib.sha256(_files()[name]).hexdigest()
    return fresh(request, Response(_files()[name], media_type=kind), version, seconds)


def robots(_request: Request) -> Response:
    """Return what crawlers leave alone."""
    return PlainTextResponse(ROBOTS, headers={"cache-control": f"public, max-age={KEPT}"})


@lru_cache(1)
def _files() -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in STATIC.iterdir() if p.is_file()}


def _panels(counted: Census) -> tuple[Panel, ...]:
    named = counted.tables[NAMED]
    return (*panels(counted), Panel(f"{counted.gone} 个{named.title}", named.rows))
