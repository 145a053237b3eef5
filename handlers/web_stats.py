"""`/stats`: the counts of the knowledge as charts, a table under each, in the language of the page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from bot.places import Gazetteer
from bot.talk.voice import Voice
from bot.upkeep.chart import NARROW, STYLE, WIDE, Panel, draw
from bot.upkeep.statistics import NATIONAL, UNKNOWN_PLACE, UNSAID, Census
from bot.values import Notice, Platform
from handlers.web_faults import fault
from handlers.web_html import page
from handlers.web_site import fresh, language_here, site_of

KEPT = 3600
# Which of the tables of `census` are shown.
PROVINCES, PLATFORMS, NOTICES = 0, 1, 4
_LABELS = {
    **{p.label: ("platforms", p.value) for p in Platform},
    **{n.label: ("notices", n.value) for n in Notice},
}
_SAID = {UNSAID: "web_stats_unsaid", NATIONAL: "web_stats_national", UNKNOWN_PLACE: "web_stats_elsewhere"}
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# A picture may be opened alone; it may then use its own style, which this names, and nothing else.
PICTURE_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; frame-ancestors 'none'"


def stats(request: Request) -> Response:
    """Show the counts as pictures, and each as a table."""
    site, language = site_of(request), language_here(request)
    matcher = site.setting.matcher()
    counted = site.census(matcher)
    shown = panels(counted, site.scene(language).voice, matcher.gazetteer)
    found = page(request, "stats.html", {"keep": {}, "counted": counted, "panels": shown}, language)
    return fresh(request, found, site.version(matcher), KEPT)


def chart(request: Request) -> Response:
    """Return the counts as one picture, or one part of them without what the page says around it; `narrow` for a phone."""
    site, language, asked = site_of(request), language_here(request), request.query_params
    part, frame = asked.get("part"), NARROW if "narrow" in asked else WIDE
    matcher = site.setting.matcher()
    voice = site.scene(language).voice
    shown, title = panels(site.census(matcher), voice, matcher.gazetteer), voice.say("web_stats_title")
    if part is not None:
        if part not in [str(number) for number in range(len(shown))]:
            return fault(request, 404, "web_no_page", {})
        title, shown = shown[int(part)].title, (replace(shown[int(part)], title="", note=""),)
    content = draw(title, shown, language=language, frame=frame)
    headers = {"content-security-policy": PICTURE_POLICY, "content-language": language}
    made = Response(content, media_type="image/svg+xml", headers=headers)
    return fresh(request, made, site.version(matcher), KEPT)


def panels(counted: Census, voice: Voice, gazetteer: Gazetteer) -> tuple[Panel, ...]:
    """Return the charts in the words of a language: by province, platform, month, and what the notices said."""
    accounts, gone, undated = (str(n) for n in (counted.accounts, counted.gone, counted.undated))
    note = voice.say("web_stats_undated", number=undated) if counted.undated else ""
    named = _label(voice, gazetteer)
    provinces, platforms, notices = (
        tuple((named(label), count) for label, count in counted.tables[number].rows)
        for number in (PROVINCES, PLATFORMS, NOTICES)
    )
    return (
        Panel(voice.say("web_stats_provinces", number=accounts), provinces),
        Panel(voice.say("web_stats_platforms", number=accounts), platforms),
        Panel(voice.say("web_stats_months", number=gone), counted.months, timeline=True, note=note),
        Panel(voice.say("web_stats_notices", number=gone), notices),
    )


def _label(voice: Voice, gazetteer: Gazetteer) -> Callable[[str], str]:
    """Return what says a label of the counts, which are those of a maintainer, in the words of a language."""
    # Pinyin is long: a chart has room for that of 新疆, not for that of the whole name.
    short = {p.name: p.short for p in gazetteer.places.values() if p.above is None and p.short}

    def said(label: str) -> str:
        if label in _LABELS:
            return voice.name(*_LABELS[label])
        if label in _SAID:
            return voice.say(_SAID[label])
        return voice.proper(short.get(label, label) if voice.language == "en" else label)

    return said
