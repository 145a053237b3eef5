"""What every page of the web needs: the index in service, the log, cards, limits, the ledger when somebody reports."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from threading import Lock

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from bot.card import Cards
from bot.drawing.studio import checked_base
from bot.index.layer import Stamp, stamp_of
from bot.ledger import Ledger, LedgerError, open_ledger
from bot.matcher import Matcher
from bot.publication import Change
from bot.setting import Setting
from bot.talk.desk import Scene, desk
from bot.upkeep.statistics import Census, census
from bot.wording import LANGUAGES, language_of
from handlers.limits import Limits, Rate
from handlers.web_exports import Exports
from handlers.web_told import Answers

# A page as a person reads it, and what an application asks: 60 at once, then two a second.
ASKING = Rate(60, 2)
# Reports: five at once, then one every ten minutes.
REPORTING = Rate(5, 1 / 600)
# Digits of a version in an ETag.
SHORT = 16
# Seconds after which a file that is written again has another time: clocks of file systems are coarse.
STILL = 2.0


@dataclass
class Site:
    """The site of one running bot."""

    setting: Setting
    asking: Limits = field(default_factory=lambda: Limits(ASKING, time.monotonic))
    reporting: Limits = field(default_factory=lambda: Limits(REPORTING, time.monotonic))
    answers: Answers = field(default_factory=lambda: Answers(time.monotonic))
    _ledger: Ledger | None = None
    _counted: tuple[str, Census] | None = None
    _last: tuple[Stamp, int] | None = None
    _counting: Lock = field(default_factory=Lock)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    @cached_property
    def exports(self) -> Exports:
        """The files of the open dump."""
        return Exports()

    @cached_property
    def cards(self) -> Cards:
        """Draws the cards; their QR codes need the site's address."""
        return Cards(self.setting.hosting.url, self.setting.hosting.font)

    def scene(self, language: str) -> Scene:
        """Return what an answer in a language is made with, from the index in service now."""
        matcher = self.setting.matcher()
        return Scene(matcher, desk(matcher).voice(language), self.setting.today(), self.setting.published)

    def version(self, matcher: Matcher) -> str:
        """Return what changes whenever an answer may: the index, the log beside it, the day."""
        return _short(f"{matcher.base.digest} {self._latest()} {self.setting.today()}")

    def _latest(self) -> int:
        """Return the number of the last change; the log is read again when its file is another.

        A file that was written just now may be written again without looking another.
        """
        log = self.setting.log
        if log is None:
            return 0
        stamp = stamp_of(log.path)
        if self._last and self._last[0] == stamp:
            return self._last[1]
        latest = log.latest() or 0
        if stamp and time.time() - stamp[-1] / 1e9 > STILL:
            self._last = stamp, latest
        return latest

    def census(self, matcher: Matcher) -> Census:
        """Count what an index holds, once for each that is in service."""
        with self._counting:
            digest = matcher.base.digest
            if self._counted is None or self._counted[0] != digest:
                units = list(matcher.base.units())
                self._counted = digest, census(replace(matcher.base.around(), units=units))
            return self._counted[1]

    def changes(self, most: int, since: str = "") -> list[Change]:
        """Return the latest changes of answers, the last one first."""
        return self.setting.log.since(since, most) if self.setting.log else []

    def history(self, account: str) -> list[Change]:
        """Return what ever changed of an account's answer."""
        return self.setting.log.of(account) if self.setting.log else []

    async def ledger(self) -> Ledger | None:
        """Return the ledger, opened by the first who needs it; `None` where there is none or it cannot be had."""
        async with self._opening:
            url = self.setting.ledger
            if self._ledger is None and url:
                try:
                    # No room: this worker handles no updates, and takes none from those who do.
                    self._ledger = await open_ledger(url, time.time, time.monotonic, room=0)
                except (LedgerError, OSError):
                    return None
        return self._ledger

    async def keep(self, leave: Callable[[Ledger], Awaitable[object]]) -> bool:
        """Leave something with the ledger; whether it is kept."""
        ledger = await self.ledger()
        if ledger is None:
            return False
        try:
            await leave(ledger)
        except LedgerError:
            return False
        return True

    async def close(self) -> None:
        """Let go of the ledger and of what was written for downloads."""
        self.exports.close()
        if self._ledger:
            await self._ledger.close()


@lru_cache(8)
def _short(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[:SHORT]


def site_of(request: Request) -> Site:
    """Return the site a request came to."""
    found: Site = request.app.state.site
    return found


def base_of(request: Request) -> str | None:
    """Return the address that links from elsewhere begin with: the one that is set, else the one that was asked for."""
    url = site_of(request).setting.hosting.url
    if url:
        return url
    try:
        return checked_base(str(request.base_url).rstrip("/"))
    except ValueError:
        return None


def language_wanted(request: Request) -> str | None:
    """Return the language that a person chose on the page; `None` when they did not."""
    chosen = request.query_params.get("lang")
    return chosen if chosen in LANGUAGES else None


def locale_of(request: Request) -> str | None:
    """Return the first language a browser asks for."""
    return locale_in(request.headers)


def locale_in(headers: Headers) -> str | None:
    """Return the first language that headers ask for."""
    return headers.get("accept-language", "").split(",")[0].split(";")[0].strip()[:35] or None


def language_here(request: Request) -> str:
    """Return the language of a page that answers no question."""
    return language_wanted(request) or language_of(locale_of(request))


def fresh(
    request: Request, response: Response, version: str, seconds: int, *, shared: bool = True
) -> Response:
    """Return a response that may be kept so long, and is asked for again by its version; empty when that is the same."""
    spoken = response.headers.get("content-language", "")
    headers = freshness(f"{version} {spoken}", seconds, shared=shared)
    if response.status_code == 200 and has(request, headers):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def freshness(version: str, seconds: int, *, shared: bool) -> dict[str, str]:
    """Return the headers by which a response is kept so many seconds, and asked for again by its version."""
    return {
        "etag": tag_of(version),
        "cache-control": f"{'public' if shared else 'private'}, max-age={seconds}",
        "vary": "accept-encoding, accept-language",
    }


def tag_of(version: str) -> str:
    """Return the ETag of what a version was made of."""
    seen = hashlib.blake2b(version.encode("utf-8", "replace"), digest_size=SHORT // 2).hexdigest()
    return f'W/"{seen}"'


def said(scope: Scope, name: bytes) -> str | None:
    """Return what a header of a request says, the first one of that name, in small letters."""
    for found, value in scope["headers"]:
        if found == name:
            return str(value, "latin-1")
    return None


def has(request: Request, headers: Mapping[str, str]) -> bool:
    """Tell whether whoever asks has already what would be sent with these headers."""
    asked = request.headers.get("if-none-match", "")
    return request.method in ("GET", "HEAD") and holds(asked, headers["etag"])


def holds(asked: str | None, tag: str) -> bool:
    """Tell whether what somebody has (`If-None-Match`) is what has this tag."""
    if not asked or asked == tag:
        return bool(asked)
    return bool({t.strip() for t in asked.split(",")} & {tag, tag.removeprefix("W/"), "*"})
