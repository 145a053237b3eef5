"""The web page, its API and WeChat as one ASGI application, and the server that runs it.

Every page is rendered here and works without JavaScript; nothing is loaded from anywhere else.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.setting import Setting
from handlers import (
    health,
    supplying,
    web_about,
    web_answers,
    web_news,
    web_places,
    web_records,
    web_reports,
    web_stats,
)
from handlers.web_api import API
from handlers.web_api_ask import ShortWay
from handlers.web_api_said import BadRequestError, refused
from handlers.web_faults import fault
from handlers.web_guard import Guard, Timed
from handlers.web_kept import Kept
from handlers.web_site import Site
from handlers.web_told import PACKED_FROM, PACKING
from handlers.web_wait import Impatient
from handlers.wechat import routes

log = logging.getLogger(__name__)

PAGES: tuple[BaseRoute, ...] = (
    Route("/", web_answers.front, methods=["GET", "POST"]),
    Route("/list.csv", web_answers.as_list),
    Route("/a/{id}", web_records.account),
    Route("/a/{id}/qr.svg", web_records.qr),
    Route("/card/{id}.png", web_records.card),
    Route("/c/{code}", web_records.code),
    Route("/p/{place}", web_places.place),
    Route("/p/{place}/qr.svg", web_places.place_qr),
    Route("/p/{place}/changes.atom", web_news.feed),
    Route("/changes", web_news.changes),
    Route("/changes.atom", web_news.feed),
    Route("/stats", web_stats.stats),
    Route("/stats.svg", web_stats.chart),
    Route("/about", web_about.about),
    Route("/report", web_reports.report, methods=["POST"]),
    Route("/thanks", web_reports.thanks),
    Route("/robots.txt", web_about.robots),
    Route("/static/{name}", web_about.file),
)
# Connections at once; more are told to come back.
MOST_AT_ONCE = 500
# Seconds a connection may lie idle, and that what is under way gets when the server stops.
IDLE = 15
LEAVING = 8


def application(setting: Setting, *more: Route) -> Starlette:
    """Return the application.

    Args:
        setting: What the channel is started with.
        more: Routes of other channels, such as a webhook; one server calls each for everybody, so no client's limit counts.
    """
    site, wechat = Site(setting), setting.hosting.wechat
    others = (
        *more,
        *(routes(wechat) if wechat else ()),
        *health.routes(setting, site.ledger),
        *supplying.routes(setting),
    )

    free = tuple(route.path for route in others)

    @contextlib.asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        yield
        await site.close()

    app = Starlette(
        routes=[API, *PAGES, *others],
        middleware=[
            Middleware(
                Guard,
                limits=site.asking,
                fault=fault,
                https=(setting.hosting.url or "").startswith("https:"),
                free=free,
            ),
            Middleware(ShortWay),
            Middleware(Kept),
            Middleware(Timed, free=free),
            Middleware(GZipMiddleware, minimum_size=PACKED_FROM, compresslevel=PACKING),
        ],
        exception_handlers={HTTPException: _refused, BadRequestError: refused},
        lifespan=life,
    )
    app.router.redirect_slashes = False
    app.state.site = site
    return app


def run(setting: Setting, telegram: Callable[..., int] | None = None) -> int:
    """Serve until SIGINT or SIGTERM, with Telegram beside it where it is given.

    A webhook stands in the same application. 1 when the address cannot be had; Telegram goes on alone then.
    """
    host, port = setting.listen
    if telegram and setting.webhook:
        print(_here(host, port, secure=setting.webhook.certificate is not None), flush=True)
        return telegram(setting, application)
    try:
        listening = _bound(host, port)
    except OSError as error:
        print(_taken(host, port, error), flush=True)
        return telegram(setting) if telegram else 1
    with listening:
        print(_here(host, port, secure=False), flush=True)
        config = uvicorn.Config(
            application(setting),
            http=Impatient,
            access_log=False,  # what people ask is not written down
            log_config=None,
            server_header=False,
            limit_concurrency=MOST_AT_ONCE,
            timeout_keep_alive=IDLE,
            timeout_graceful_shutdown=LEAVING,
        )
        server = uvicorn.Server(config)
        if telegram is None:
            server.run([listening])
            return 0
        thread = threading.Thread(target=server.run, args=([listening],), name="web", daemon=True)
        thread.start()
        try:
            return telegram(setting)
        finally:
            server.should_exit = True
            thread.join(LEAVING + 2)


def _here(host: str, port: int, *, secure: bool) -> str:
    """Return where the page is, as a person opens it."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # nobody opens these in a browser  # nosec B104
    host = everywhere.get(host, host)
    shown = f"[{host}]" if ":" in host else host
    return f"网页在 http{'s' if secure else ''}://{shown}:{port},用浏览器打开。按 Ctrl-C 停。"


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises: OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def _taken(host: str, port: int, error: OSError) -> str:
    return f"打不开网页:{host}:{port} 用不了({error.strerror})。别的程序占着就换一个端口:LISTEN=127.0.0.1:8001 make run"


def _refused(request: Request, error: Exception) -> Response:
    """Answer a request for something that is not there, or in a way that it is not asked for."""
    assert isinstance(error, HTTPException)  # noqa: S101  # as registered
    key = "web_no_way" if error.status_code == 405 else "web_no_page"
    told = fault(request, error.status_code, key, {})
    told.headers.update(error.headers or {})
    return told
