"""`/about`, the files of the pages themselves, and what tells crawlers what to leave alone."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from handlers.web_faults import fault
from handlers.web_html import STATIC, page
from handlers.web_site import fresh, site_of

KEPT = 3600
FOREVER = 31_536_000
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
# Questions are nobody's business, and there is no end of them.
ROBOTS = "User-agent: *\nDisallow: /?\nDisallow: /api/\nDisallow: /list.csv\nDisallow: /card/\n"


def about(request: Request) -> Response:
    """Say who answers, from what, and what is kept."""
    site = site_of(request)
    matcher = site.setting.matcher()
    made = page(request, "about.html", {"keep": {}})
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
