"""`/index.json` and `/index/…`: the files of the index in service, for our own machines; see `bot/supply.py`."""

from __future__ import annotations

import re
import sqlite3

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.setting import Setting
from bot.supply import FILES, LIST, Files
from handlers.health import is_watcher

DIGEST = re.compile(r"[0-9a-f]{64}")
BYTES = "application/octet-stream"


def routes(setting: Setting) -> list[Route]:
    """Return the routes; none where it is not known which file is in service."""
    if setting.index is None or setting.log is None:
        return []
    files = Files(setting.index, setting.log.path)

    def listed(request: Request) -> Response:
        """List the files with their digests."""
        if not is_watcher(request, setting):
            return _none()
        try:
            return JSONResponse(
                [offer._asdict() for offer in files.offers()], headers={"cache-control": "no-store"}
            )
        except (OSError, sqlite3.Error):  # replaced or written to just now
            return PlainTextResponse("again, please", 503, {"retry-after": "1"})

    def sent(request: Request) -> Response:
        """Send a file by its digest."""
        digest = request.path_params["digest"]
        if not is_watcher(request, setting) or not DIGEST.fullmatch(digest):
            return _none()
        try:
            found = files.content(digest)
        except (OSError, sqlite3.Error):
            found = None
        if found is None:
            return _none()
        if isinstance(found, bytes):
            return Response(found, media_type=BYTES)
        return FileResponse(found, media_type=BYTES)

    return [Route(LIST, listed), Route(FILES + "/{digest}", sent)]


def _none() -> Response:
    return PlainTextResponse("not found", 404)
