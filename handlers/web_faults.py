"""What a person or a program is told when something cannot be had: a page with a next step, or problem+json."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.wording import words
from handlers.web_html import page
from handlers.web_limits import client_of
from handlers.web_site import language_here, site_of

API = "/api/"
# A page has a box to go on with; a program has the document.
_FOR_PROGRAMS = {
    "web_no_page": "there is no such address; those that there are stand in /api/openapi.json",
    "web_no_way": "this address takes the methods in Allow; /api/openapi.json says what each does",
}


def fault(request: Request, status: int, key: str, values: dict[str, str]) -> Response:
    """Return the answer to a request that cannot be served, by the key of its sentence."""
    if request.url.path.startswith(API):
        return problem(status, _FOR_PROGRAMS.get(key) or words("en").say(key, **values))
    said = words(language_here(request)).say(key, **values)
    found = page(request, "fault.html", {"said": said, "keep": {}}, status=status)
    found.headers["cache-control"] = "no-store"
    return found


def problem(status: int, detail: str) -> Response:
    """Return an error as RFC 9457 has it."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    headers = {
        "cache-control": "no-store",
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "Retry-After",
    }
    return JSONResponse(body, status, headers, "application/problem+json")


def foreign(request: Request) -> Response | None:
    """Refuse a form that another site sent in a person's name; `None` for one of ours."""
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none") and (
        not origin or origin == "null" or urlsplit(origin).netloc == request.headers.get("host")
    ):
        return None
    return fault(request, 403, "web_foreign", {})


def limited(request: Request) -> Response | None:
    """Refuse one report too many; `None` for one that may be kept."""
    wait = site_of(request).reporting.take(client_of(request.client.host if request.client else None))
    if not wait:
        return None
    refused = fault(request, 429, "web_too_many", {"seconds": str(wait)})
    refused.headers["retry-after"] = str(wait)
    return refused
