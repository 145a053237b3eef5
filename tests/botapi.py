"""An emulator of the Telegram Bot API server for end-to-end tests.

It speaks HTTP on loopback as strictly as the real server (Bot API 10.0), remembers what a person would see, lets a
test act as that person, records every request and makes trouble on order:

    async with BotApi() as api:
        builder = ApplicationBuilder().token(api.token)
        builder = builder.base_url(f"{api.base_url}/bot").base_file_url(f"{api.base_url}/file/bot")
        ...
        await api.say(api.user(), "/start")

A test that starts the bot as a subprocess uses `BotApi.threaded()` instead.
"""

import asyncio
import inspect
import json
import random
import threading
import time
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from tests import botapi_messages  # noqa: F401 - registers its methods
from tests.botapi_faults import REFUSING_FAULTS, Fault
from tests.botapi_http import LARGEST_REQUEST, Call, chat_id_of, failure, read, readable, refuse, respond
from tests.botapi_methods import METHODS, call
from tests.botapi_people import PIXEL, ChatLike, People
from tests.botapi_rules import ApiError, Params
from tests.botapi_text import Json
from tests.botapi_updates import WEBHOOK_TIMEOUT, WebhookSender
from tests.botapi_world import Chat, Message, Query, User, World

__all__ = ["PIXEL", "TOKEN", "BotApi", "Call", "Chat", "Fault", "Message", "Query", "ThreadedBotApi", "User"]

T = TypeVar("T")

TOKEN = "1000000001:a-token-only-this-emulator-knows"  # noqa: S105 - it opens nothing
SHOWN_CALLS = 40  # in a failure message
SHUTDOWN_GRACE = 0.2  # seconds for requests under way when the server stops


class BotApi(People):
    """The server, and the people who use the bot.

    Args:
        token: The only token the server knows; its number is the bot's id.
        username: The bot's public name without "@".
        first_name: The bot's name.
        port: Port on 127.0.0.1, 0 for a free one.
        seed: Of all that is random; the same seed gives the same ids and the same faults.
        clock: Returns the Unix time in seconds.
        privacy: Whether the bot reads in groups only what is meant for it (the default of Telegram).
        inline: Whether the bot has inline mode.
        guests: Whether the bot has guest mode.
        inline_feedback: Whether the bot learns which inline result was chosen.
        strict_html: Whether a "&" that is no character reference is refused; see `HtmlParser`.
        webhook_retry: Seconds before an update that a webhook did not accept goes out again.
        webhook_timeout: Seconds a webhook has to answer.

    Attributes:
        calls: Every request, oldest first.
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        username: str = "quxiang_test_bot",
        first_name: str = "Quxiang",
        port: int = 0,
        seed: int = 0,
        clock: Callable[[], float] = time.time,
        privacy: bool = True,
        inline: bool = True,
        guests: bool = True,
        inline_feedback: bool = False,
        strict_html: bool = True,
        webhook_retry: float = 0.05,
        webhook_timeout: float = WEBHOOK_TIMEOUT,
    ) -> None:
        self.token = token
        self.calls: list[Call] = []
        bot = User(int(token.partition(":")[0]), first_name, username=username, is_bot=True)
        rng = random.Random(seed)
        self.world = World(bot, clock=clock, rng=rng, privacy=privacy, strict_html=strict_html)
        self.world.supports_inline, self.world.supports_guests = inline, guests
        self.world.inline_feedback = inline_feedback
        self.world.sender = WebhookSender(
            self.world.queue, self.world.signal, self._run_webhook_call, clock, webhook_retry, webhook_timeout
        )
        self._port = port
        self._runner: web.AppRunner | None = None

    @classmethod
    def threaded(cls, **options: Any) -> "ThreadedBotApi":
        """Returns a server that runs in a thread of its own; `options` are those of `BotApi`."""
        return ThreadedBotApi(**options)

    # Life -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begins to listen."""
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app.router.add_route("*", "/file/bot{token}/{path:.+}", self._serve_file)
        app.router.add_route("*", "/bot{token:[^/]+}/{method:[^/]*}", self._serve_method)
        app.router.add_route("*", "/{anything:.*}", self._serve_nothing)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_GRACE)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def stop(self) -> None:
        """Ends waiting polls and the webhook, and stops listening."""
        self.world.poller.interrupt("")
        await self.world.sender.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def base_url(self) -> str:
        """The address to give a bot, e.g. "http://127.0.0.1:40123"."""
        assert self._runner is not None, "the server has not been started"
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    # Requests ---------------------------------------------------------------------------------------------------

    async def _serve_method(self, request: web.Request) -> web.StreamResponse:
        name = METHODS.get(request.match_info["method"].lower(), (request.match_info["method"],))[0]
        values: Json = {}
        try:
            self._check_token(request)
            values = await read(request)
        except ApiError as error:
            done = self._record(name, values, error.code, failure(error))
            return await respond(request, None, done)
        fault = self.world.faults.pick(None, name, chat_id_of(values))
        done = await self._perform(name, Params(values, lambda: request.transport is not None), fault)
        return await respond(request, fault, done)

    def _check_token(self, request: web.Request) -> None:
        if request.match_info["token"] != self.token:
            raise ApiError(401, "Unauthorized")

    async def _perform(
        self, name: str, params: Params, fault: Fault | None = None, *, in_webhook: bool = False
    ) -> Call:
        """Carries out a method, unless a fault forbids, and records it."""
        kind = "" if fault is None else fault.kind
        try:
            if fault is not None:
                refuse(fault)
            status, answer = 200, {"ok": True, "result": await call(self.world, name, params)}
        except ApiError as error:
            status, answer = error.code, failure(error)
        return self._record(name, params.values, status, answer, kind, in_webhook=in_webhook)

    def _record(
        self, name: str, values: Json, status: int, answer: Json, fault: str = "", *, in_webhook: bool = False
    ) -> Call:
        snapshot = json.loads(json.dumps(answer))
        done = Call(name, readable(values), snapshot, self.world.clock(), status, fault, in_webhook)
        self.calls.append(done)
        self.world.signal.fire()
        return done

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        fault = self.world.faults.pick(None, "file", None)
        data = None
        try:
            self._check_token(request)
            data = self._open_file(path, fault)
            status, answer = 200, {"ok": True}
        except ApiError as error:
            status, answer = error.code, failure(error)
        done = self._record("file", {"file_path": path}, status, answer, "" if fault is None else fault.kind)
        return await respond(request, fault, done, data)

    def _open_file(self, path: str, fault: Fault | None) -> bytes:
        """Returns what is in a file that getFile has opened."""
        if fault is not None:
            refuse(fault)
        for stored in self.world.files.values():
            if stored.opened and stored.path == path:
                return stored.data
        raise ApiError(404, "Not Found")

    async def _serve_nothing(self, request: web.Request) -> web.StreamResponse:
        done = self._record(request.path, {}, 404, failure(ApiError(404, "Not Found")))
        return await respond(request, None, done)

    async def _run_webhook_call(self, name: str, values: Json) -> None:
        known = METHODS.get(name.lower(), (name,))[0]
        await self._perform(known, Params(values), in_webhook=True)

    # Looking ----------------------------------------------------------------------------------------------------

    @property
    def problems(self) -> list[Call]:
        """The requests refused with 4xx, without those that a test ordered to be refused."""
        refused = [done for done in self.calls if 400 <= done.status < 500]
        return [done for done in refused if done.fault not in REFUSING_FAULTS]

    @property
    def pending(self) -> int:
        """How many updates the bot has not confirmed or accepted yet."""
        return len(self.world.queue)

    def called(self, method: str, chat: ChatLike | None = None) -> list[Call]:
        """Returns the requests for one method, of one chat if one is given."""
        chat_id = None if chat is None else self.chat(chat).id
        return [done for done in self.calls if done.method == method and chat_id in {None, done.chat}]

    async def until(self, predicate: Callable[[], T], timeout: float = 5) -> T:  # noqa: ASYNC109 - it fails a test, with the record
        """Waits until something is true and returns that.

        Args:
            predicate: Looked at after every change on the server, and 50 times a second.
            timeout: Seconds.

        Raises:
            AssertionError: It has not come true in time; the message has the recorded calls.
        """
        deadline = time.monotonic() + timeout
        while not (value := predicate()):
            left = deadline - time.monotonic()
            assert left > 0, f"still not true after {timeout} s\n{self.report()}"
            await self.world.signal.wait(min(left, 0.02))
        return value

    async def next_reply(self, chat: ChatLike, timeout: float = 5) -> Message:  # noqa: ASYNC109 - it fails a test, with the record
        """Takes the next message of the bot in a chat, waiting for it.

        Raises:
            AssertionError: None has come in `timeout` seconds; the message has the recorded calls.
        """
        untaken = self.chat(chat).untaken
        deadline = time.monotonic() + timeout
        while not untaken:
            left = deadline - time.monotonic()
            assert left > 0, (
                f"no message of the bot in chat {self.chat(chat).id} after {timeout} s\n{self.report()}"
            )
            await self.world.signal.wait(left)
        return untaken.popleft()

    async def no_reply(self, chat: ChatLike, within: float = 0.2) -> None:
        """Raises AssertionError if the bot writes to a chat within this many seconds, or has an untaken message."""
        deadline = time.monotonic() + within
        while (left := deadline - time.monotonic()) > 0:
            await self.world.signal.wait(left)
        found = [message.text for message in self.chat(chat).untaken]
        assert not found, f"the bot wrote {found}\n{self.report()}"

    def report(self) -> str:
        """Returns the last requests, one a line, without the polls that brought nothing."""
        shown = [
            done for done in self.calls if done.method != "getUpdates" or done.answer.get("result") != []
        ]
        lines = [str(done) for done in shown[-SHOWN_CALLS:]]
        return "\n".join([f"{len(shown)} calls, {self.pending} updates pending:", *lines])

    # Trouble ----------------------------------------------------------------------------------------------------

    def fault(self, kind: str, **options: Any) -> Fault:
        """Orders trouble; see `Fault` for the kinds and options. Returns the order, whose `hits` counts."""
        fault = Fault(kind, **options)
        self.world.faults.orders.append(fault)
        return fault

    def heal(self) -> None:
        """Cancels all ordered trouble."""
        self.world.faults.orders.clear()


class ThreadedBotApi:
    """A `BotApi` in a thread of its own, for tests that start the bot as a subprocess.

    It has every attribute and method of `BotApi`; a call runs in the server's thread and returns when it is done,
    coroutines included.
    """

    def __init__(self, **options: Any) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bot-api", daemon=True)
        self._api = BotApi(**options)

    def __enter__(self) -> Self:
        self._thread.start()
        self.run(self._api.start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run(self._api.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine in the server's thread and returns its result.

        Raises:
            RuntimeError: This is the server's thread (that of a predicate), which would wait for itself.
        """
        if self._is_inside():
            coroutine.close()
            raise RuntimeError("a predicate runs in the server's thread and can't wait there")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _is_inside(self) -> bool:
        return threading.current_thread() is self._thread

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._api, name)
        # A predicate of `until` runs in the server's thread, where what does not wait can be called as it is.
        if not callable(value) or (self._is_inside() and not inspect.iscoroutinefunction(value)):
            return value

        def ask(*args: Any, **kwargs: Any) -> Any:
            async def answer() -> Any:
                result = value(*args, **kwargs)
                return await result if inspect.isawaitable(result) else result

            return self.run(answer())

        return ask
