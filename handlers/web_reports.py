"""`/report`: what is wrong with an answer, on whose word; kept for the maintainers without who said it."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from handlers.web_faults import fault, foreign, limited
from handlers.web_html import address, page
from handlers.web_records import ACCOUNT
from handlers.web_site import language_here, language_wanted, site_of

# Who reports from a page is nobody we know; one name for all of them.
CHAT = "web"
LONGEST_TEXT = 1000
LONGEST_SOURCE = 300
# A field that no person sees: only what fills in every form fills it in.
TRAP = "website"


async def report(request: Request) -> Response:
    """Keep a report and say so; nothing is kept of one that is empty, foreign, or one too many."""
    refused = foreign(request)
    if refused:
        return refused
    given = {
        k: v[0]
        for k, v in parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10).items()
    }
    about, text, said_by = (
        given.get("about", ""),
        given.get("text", "").strip(),
        given.get("source", "").strip(),
    )
    site = site_of(request)
    known = site.scene(language_here(request)).known(about) if ACCOUNT.fullmatch(about) else None
    if known is None or not text:
        return fault(request, 422, "web_report_empty", {})
    thanks = RedirectResponse(address("/thanks", about=known.account.id, lang=language_wanted(request)), 303)
    if given.get(TRAP):
        return thanks
    too_many = limited(request)
    if too_many:
        return too_many
    about, text, said_by = known.account.id, text[:LONGEST_TEXT], said_by[:LONGEST_SOURCE]
    if not await site.keep(lambda ledger: ledger.feedback.correct(CHAT, about, text, said_by)):
        return fault(request, 503, "web_not_kept", {})
    return thanks


def thanks(request: Request) -> Response:
    """Thank for a report, with the way back."""
    about = request.query_params.get("about", "")
    return page(request, "thanks.html", {"about": about if ACCOUNT.fullmatch(about) else "", "keep": {}})
