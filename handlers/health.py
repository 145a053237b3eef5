"""How the bot is, for the machines that look after it: `/healthz`, `/readyz` and `/metrics`, for any application.

`/healthz` says that the process lives, `/readyz` that it can answer: the index opens, the ledger writes, Telegram was heard
of late. Why it cannot, and the measurements, are told to this machine and to the networks of METRICS; never through a
proxy, behind which everybody looks like this machine.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, ip_address

from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot import metrics
from bot.ledger import Ledger, LedgerError
from bot.setting import Setting

# Gives the ledger of the loop that the routes run in; `None` where it cannot be had.
Opened = Callable[[], Awaitable[Ledger | None]]
# Seconds the ledger may take for a look, and for which a look counts: whoever asks often costs nothing.
PATIENCE, FRESH = 3.0, 2.0
# What a proxy adds to a request.
PROXIED = ("x-forwarded-for", "forwarded", "x-real-ip")
OK = "ok"


def routes(setting: Setting, opened: Opened) -> list[Route]:
    """Return the routes; they share what was found a moment ago."""
    found: tuple[float, dict[str, str]] = (float("-inf"), {})
    looking = asyncio.Lock()

    async def ready(request: Request) -> Response:
        """Tell whether this worker can answer: 200 or 503."""
        nonlocal found
        async with looking:
            if time.monotonic() - found[0] > FRESH:
                checks = await _checks(setting, opened)
                found = time.monotonic(), checks
        well = all(said == OK for said in found[1].values())
        told = {"ready": well, **({"checks": found[1]} if is_watcher(request, setting) else {})}
        return JSONResponse(told, 200 if well else 503, {"cache-control": "no-store"})

    async def measured(request: Request) -> Response:
        """Give Prometheus what was counted."""
        if not is_watcher(request, setting):
            return PlainTextResponse("not found", 404)
        ledger = await _had(opened)
        counts = None
        if ledger:
            try:
                async with asyncio.timeout(PATIENCE):
                    counts = await ledger.counts()
            except (LedgerError, TimeoutError):
                counts = None
        heard = setting.pulse.beats(time.monotonic()) if setting.token else None
        metrics.measure(setting.matcher(), counts, time.time(), heard)
        return Response(generate_latest(metrics.REGISTRY), headers={"content-type": CONTENT_TYPE_LATEST})

    return [Route("/healthz", _alive), Route("/readyz", ready), Route("/metrics", measured)]


async def _alive(_request: Request) -> Response:
    """Tell that the process lives."""
    return PlainTextResponse(OK, headers={"cache-control": "no-store"})


async def _checks(setting: Setting, opened: Opened) -> dict[str, str]:
    """Return what was found of each thing that an answer needs: "ok", or what is wrong."""
    checks = {"index": _index(setting), "ledger": await _ledger(setting, opened)}
    if setting.token:
        heard = setting.pulse.beats(time.monotonic())
        checks["telegram"] = OK if heard else setting.pulse.why
    return checks


def _index(setting: Setting) -> str:
    try:
        setting.matcher().base.exact(("水",))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it is told
        return f"索引读不了({type(error).__name__})。运行 python bot.py build。"
    return OK


async def _ledger(setting: Setting, opened: Opened) -> str:
    if not setting.ledger:
        return OK
    ledger = await _had(opened)
    if ledger is None:
        return "账本打不开。运行 python bot.py doctor。"
    try:
        async with asyncio.timeout(PATIENCE):
            await ledger.probe()
    except (LedgerError, TimeoutError) as error:
        return str(error) or f"账本 {PATIENCE:.0f} 秒没有写成。看磁盘和日志。"
    return OK


async def _had(opened: Opened) -> Ledger | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await opened()
    except (LedgerError, OSError, TimeoutError):
        return None


def is_watcher(request: Request, setting: Setting) -> bool:
    """Tell whether somebody may see more than that we live: this machine or a network of METRICS, and no proxy between."""
    if any(name in request.headers for name in PROXIED):
        return False
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback or any(address in network for network in setting.metrics)
