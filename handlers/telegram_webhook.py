"""The webhook: Telegram sends updates to a route of ours, and each is in the ledger before Telegram hears yes."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.ledger import Ledger, LedgerError
from bot.serving import Webhook
from bot.setting import Setting
from handlers.telegram_intake import ALLOWED, take_in
from handlers.telegram_room import House
from handlers.telegram_watch import LASTING, Watch
from handlers.web_wait import Impatient

log = logging.getLogger(__name__)

# Makes the application that the route stands in, such as the one of the web page; it runs in the bot's loop.
Application = Callable[[Setting, Route], ASGIApp]
PATH = "/telegram"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
_NAME = HEADER.lower().encode()
# Bytes of an update; the longest that Telegram sends are far below.
LARGEST = 2**20
# Seconds for a part of it to arrive.
BODY_TIME = 10.0
# Seconds for the ledger to keep an update; Telegram sends again what it was not told yes to.
KEEPING_TIME = 30.0
# Requests that Telegram may have under way at once.
CONNECTIONS = 100
NOT_JSON = "not JSON"
# Seconds that requests under way may take once the server is told to stop.
GOODBYE = 2
# Seconds between two tries to tell Telegram where we are.
PAUSE = 5.0


class Receiver:
    """The route as an ASGI application: keeps an update, then says yes; no to whoever does not know the secret.

    Its requests are many and all alike, so nothing stands around it that is for people's browsers.
    """

    def __init__(self, secret: str, ledger: Ledger) -> None:
        self._secret = secret.encode()
        self._ledger = ledger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            status = await self._received(scope, receive)
        except Exception:
            status, number = 500, secrets.token_hex(3)
            log.exception("an update was not taken in, reference %s", number)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def _received(self, scope: Scope, receive: Receive) -> int:
        """Keep what was sent; the status that says how it went."""
        given = next((value for name, value in scope["headers"] if name == _NAME), b"")
        if not hmac.compare_digest(given, self._secret):
            return 403
        try:
            body = await _body(receive)
        except ClientDisconnect:
            return 400
        except TimeoutError:
            return 408
        if body is None:
            return 413
        try:
            async with asyncio.timeout(KEEPING_TIME):
                await _keep(body, self._ledger)
        except (LedgerError, TimeoutError) as error:
            log.error("not acknowledged: %r", error)  # noqa: TRY400 - it says all there is to say
            return 503
        return 200


class Door:
    """An ASGI application that sends updates straight to their route, and everything else to the application it stands before."""

    def __init__(self, receiving: Route, app: ASGIApp) -> None:
        self._receiving = receiving
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through."""
        to = self._receiving.handle if scope["type"] == "http" and scope["path"] == PATH else self._app
        await to(scope, receive, send)


def route(secret: str, ledger: Ledger) -> Route:
    """Return the route that takes updates in, for any Starlette application."""
    return Route(PATH, Receiver(secret, ledger), methods=["POST"])


async def _body(receive: Receive) -> bytes | None:
    """Return the body of a request, `None` for one that is too large, of which no more is read.

    Raises:
        ClientDisconnect: whoever sends it is gone.
        TimeoutError: a part of it does not come.
    """
    body, message = bytearray(), await _part(receive)
    while message["type"] == "http.request":
        body += message.get("body", b"")
        if len(body) > LARGEST:
            return None
        if not message.get("more_body"):
            return bytes(body)
        message = await _part(receive)
    raise ClientDisconnect


async def _part(receive: Receive) -> Message:
    async with asyncio.timeout(BODY_TIME):
        return await receive()


async def _keep(body: bytes, ledger: Ledger) -> None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        log.error("an update that is no JSON is kept with the dead letters")  # noqa: TRY400
        await ledger.inbox.reject(body.decode("utf-8", "replace"), NOT_JSON)
        return
    await take_in([found], ledger)


def alone(setting: Setting, receiving: Route) -> ASGIApp:
    """Return an application of nothing but the webhook."""
    return Starlette(routes=[receiving])


class Server(uvicorn.Server):
    """Serves an application within our loop; signals are not its business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


class Listening:
    """Our own server, whose application has the route of the webhook among its own."""

    def __init__(self, house: House, webhook: Webhook, application: Application = alone) -> None:
        self._house = house
        self._webhook = webhook
        self._application = application

    async def run(self) -> None:
        """Listen, and have Telegram send updates here, until cancelled.

        Raises:
            InvalidToken, BadRequest: Telegram refuses the token or the address.
            OSError: the address cannot be listened on; `SSLError`: the certificate cannot be used.
        """
        host, port = self._house.setting.listen
        server = Server(self._config())
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family) as listening:
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                while not await self._registered():  # noqa: ASYNC110 - it asks
                    await asyncio.sleep(PAUSE)
                self._house.setting.pulse.heard(time.monotonic(), LASTING)
                await self._watched(serving)
            finally:
                server.should_exit = True
                await asyncio.gather(serving, return_exceptions=True)

    async def _watched(self, serving: asyncio.Task[None]) -> None:
        """Wait for the server to end while the webhook is watched. Raises: InvalidToken, and what the server met."""
        watching = asyncio.create_task(Watch(self._house, self._webhook.base + PATH).run())
        try:
            done, _ = await asyncio.wait((serving, watching), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    def _config(self) -> uvicorn.Config:
        """Return how to serve; the certificate is read already."""
        webhook = self._webhook
        receiving = route(webhook.secret, self._house.ledger)
        config = uvicorn.Config(
            Door(receiving, self._application(self._house.setting, receiving)),
            http=Impatient,
            log_config=None,
            access_log=False,
            ws="none",
            server_header=False,
            ssl_certfile=webhook.certificate,
            ssl_keyfile=webhook.key,
            timeout_graceful_shutdown=GOODBYE,
        )
        config.load()
        return config

    async def confirm(self) -> None:
        """Telegram has heard of each update that it was kept."""

    async def _registered(self) -> bool:
        """Tell Telegram where to send updates, those that wait among them; whether it heard."""
        own = self._webhook.certificate
        try:
            return await self._house.bot.set_webhook(
                self._webhook.base + PATH,
                certificate=await asyncio.to_thread(own.read_bytes) if own else None,
                max_connections=CONNECTIONS,
                allowed_updates=list(ALLOWED),
                secret_token=self._webhook.secret,
            )
        except (InvalidToken, BadRequest):
            raise
        except TelegramError as error:
            log.warning("the webhook is not set yet: %s", error)
            return False
