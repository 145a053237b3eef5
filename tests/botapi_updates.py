"""The queue of updates and its two ways out: long polling and a webhook."""

import asyncio
import json
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp

from tests.botapi_faults import Faults
from tests.botapi_rules import ApiError, Params, bad
from tests.botapi_text import Json

# Bot API, Update: every kind there is, and those that come only if asked for in allowed_updates.
UPDATE_KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "guest_message", "message_reaction",
    "message_reaction_count", "inline_query", "chosen_inline_result", "callback_query", "shipping_query",
    "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member",
    "chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot",
)  # fmt: skip
ON_REQUEST_KINDS = {"chat_member", "message_reaction", "message_reaction_count"}
LONGEST_POLL = 50  # seconds; Bot API server 10.0
PORTS = {80, 88, 443, 8443}  # Bot API, setWebhook
DEFAULT_CONNECTIONS, MOST_CONNECTIONS = 40, 100  # Bot API, setWebhook
WEBHOOK_TIMEOUT = 60  # seconds a bot has to answer one POST
CONFLICT_POLL = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
CONFLICT_SET_WEBHOOK = "Conflict: terminated by setWebhook request"
CONFLICT_WEBHOOK = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass
class Update:
    """One queued update.

    Attributes:
        id: `update_id`.
        body: The JSON the bot gets.
        lane: Updates of one lane reach a webhook one after another, lanes go in parallel.
    """

    id: int
    body: Json
    lane: str


class Signal:
    """Wakes whoever waits for a change of the server's state."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def fire(self) -> None:
        """Wakes everybody who waits now."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, timeout: float) -> None:  # noqa: ASYNC109 - a change that does not come is no error
        """Returns at the next change or after `timeout` seconds."""
        waiting = asyncio.create_task(self._event.wait())
        await asyncio.wait({waiting}, timeout=max(timeout, 0))
        waiting.cancel()


def chat_of(body: Json) -> int | None:
    """Returns the id of the chat an update belongs to, None if it has none."""
    for value in body.values():
        if isinstance(value, dict):
            holder = value.get("message", value)
            chat = holder.get("chat") if isinstance(holder, dict) else None
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return int(chat["id"])
    return None


def _lane(kind: str, body: Json) -> str:
    """Returns the lane of an update: its chat, but the sender for what a person does outside of a chat's flow."""
    content = body.get(kind)
    sender = content.get("from") if isinstance(content, dict) else None
    if kind in {"inline_query", "chosen_inline_result", "callback_query", "guest_message"} and sender:
        return f"{kind} {sender.get('id')}"
    chat = chat_of(body)
    return f"update {body['update_id']}" if chat is None else f"chat {chat}"


class Queue:
    """The updates a bot has not confirmed yet.

    Args:
        rng: Where the first update_id comes from.
        faults: Those of the kinds "duplicate" and "reorder" are looked up here.
        signal: Fired whenever the queue changes.
    """

    def __init__(self, rng: random.Random, faults: Faults, signal: Signal) -> None:
        self.entries: deque[Update] = deque()
        self.allowed: list[str] = []  # empty: everything but the kinds on request
        self._next_id = rng.randrange(10**8, 2 * 10**8)
        self._faults = faults
        self._signal = signal
        self._held: Update | None = None

    def __len__(self) -> int:
        return len(self.entries)

    def add(self, body: Json) -> int | None:
        """Queues an update.

        Args:
            body: The update without `update_id`; one that is there is kept, for tests of forged updates.

        Returns:
            The update_id, or None if `allowed_updates` keeps this kind from the bot.
        """
        kind = next((name for name in body if name != "update_id"), "")
        allowed = self.allowed or [name for name in UPDATE_KINDS if name not in ON_REQUEST_KINDS]
        if kind in UPDATE_KINDS and kind not in allowed:
            return None
        body = {"update_id": self._next_id, **json.loads(json.dumps(body))}
        self._next_id = max(self._next_id, body["update_id"] + 1)
        update = Update(body["update_id"], body, _lane(kind, body))
        self._enqueue(update, chat_of(body))
        self._signal.fire()
        return update.id

    def _enqueue(self, update: Update, chat: int | None) -> None:
        if self._held is None and self._faults.pick("reorder", None, chat):
            self._held = update
            return
        self.entries.append(update)
        if self._faults.pick("duplicate", None, chat):
            self.entries.append(Update(update.id, update.body, update.lane))
        if self._held is not None:
            self.entries.append(self._held)
            self._held = None

    def allow(self, params: Params) -> None:
        """Remembers `allowed_updates`; absent or not a list of names leaves the last choice in force."""
        try:
            names = params.json("allowed_updates", "allowed_updates")
        except ApiError:
            return  # the real server takes a broken list for an absent one
        if isinstance(names, list):
            known = [name.lower() for name in names if isinstance(name, str)]
            self.allowed = [name for name in UPDATE_KINDS if name in known]

    def confirm(self, offset: int) -> None:
        """Forgets for good what getUpdates with this offset confirms; below 0 all but the last `-offset` updates."""
        if offset < 0:
            self.entries = deque(list(self.entries)[offset:])
        elif offset > 0:
            self.entries = deque(update for update in self.entries if update.id >= offset)
        self._signal.fire()

    def remove(self, update: Update) -> None:
        """Forgets one delivered update (this very copy of it)."""
        self.entries = deque(entry for entry in self.entries if entry is not update)
        self._signal.fire()

    def clear(self) -> None:
        """Forgets everything (`drop_pending_updates`)."""
        self.entries.clear()
        self._held = None
        self._signal.fire()


@dataclass
class Webhook:
    """What setWebhook set.

    Attributes:
        url: Where updates go; "" is no webhook.
        secret: Value of the header X-Telegram-Bot-Api-Secret-Token, "" for none.
        max_connections: POSTs at the same time, 1-100.
        certificate: Whether a certificate was uploaded (it is not looked at).
        address: The fixed ip_address, or "".
        error_at: Unix time of the last failed delivery, 0 for none.
        error: Its description.
    """

    url: str = ""
    secret: str = ""
    max_connections: int = DEFAULT_CONNECTIONS
    certificate: bool = False
    address: str = ""
    error_at: int = 0
    error: str = ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def parse_webhook(params: Params) -> Webhook:
    """Checks the parameters of setWebhook.

    Raises:
        ApiError: The URL is not HTTPS on port 80, 88, 443 or 8443 (on loopback plain HTTP and any port will do, as
            on a local Bot API server), or the secret token is not 1-256 characters of A-Z, a-z, 0-9, _ and -.
    """
    url = params.text("url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)
    except ValueError:
        raise bad("invalid webhook URL specified") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise bad("invalid webhook URL specified")
    if not _is_loopback(host) and parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not _is_loopback(host) and port not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    secret = params.text("secret_token")
    if len(secret) > 256:  # Bot API, setWebhook: 1-256 characters
        raise bad("secret token is too long")
    if not all(character.isascii() and (character.isalnum() or character in "_-") for character in secret):
        raise bad("secret token contains unallowed characters")
    connections = params.integer("max_connections", DEFAULT_CONNECTIONS, 1, MOST_CONNECTIONS)
    certificate = params.upload("certificate") is not None
    return Webhook(url, secret, connections, certificate, params.text("ip_address"))


class Poller:
    """getUpdates.

    Args:
        queue: Where the updates are.
        signal: Fired whenever the queue changes.
    """

    def __init__(self, queue: Queue, signal: Signal) -> None:
        self._queue = queue
        self._signal = signal
        self._waiting: object | None = None
        self._why_ended = ""

    @property
    def is_waiting(self) -> bool:
        """Whether a poll waits for an update now."""
        return self._waiting is not None

    def interrupt(self, reason: str) -> None:
        """Ends the waiting poll with this conflict; with "" quietly, as an empty answer."""
        self._waiting, self._why_ended = None, reason
        self._signal.fire()

    async def poll(self, params: Params) -> list[Json]:
        """Answers getUpdates.

        Like on the real server, it is the poll that has to wait which ends an older waiting one.

        Args:
            params: offset, limit (moved into 1-100), timeout (seconds, moved into 0-50), allowed_updates.

        Raises:
            ApiError: 409, a newer poll or a webhook took over.
        """
        self._queue.allow(params)
        offset, limit = params.integer("offset"), params.integer("limit", 100, 1, 100)
        self._queue.confirm(offset)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + params.integer("timeout", 0, 0, LONGEST_POLL)
        me = object()
        while not self._queue.entries and loop.time() < deadline and params.is_connected():
            if self._waiting is not me:
                self.interrupt(CONFLICT_POLL)
                self._waiting = me
            # Short naps, because a bot that hangs up does not fire the signal.
            await self._signal.wait(min(deadline - loop.time(), 0.1))
            if self._waiting is not me:
                return self._ended(params.is_connected())
        if self._waiting is me:
            self._waiting = None
        return [update.body for update in self._first(limit)]

    def _first(self, limit: int) -> list[Update]:
        """Returns the first updates, and none of which an earlier one waits behind them: confirmed, it would be lost."""
        entries = list(self._queue.entries)
        found, left = entries[:limit], [update.id for update in entries[limit:] if update.id >= 0]
        whole = [update for update in found if not left or update.id < min(left)]
        return whole or found

    def _ended(self, connected: bool) -> list[Json]:
        if connected and self._why_ended:
            raise ApiError(409, self._why_ended)
        return []


@dataclass
class WebhookSender:
    """Delivers updates to the webhook: one at a time per lane, lanes in parallel up to max_connections.

    Attributes:
        queue: Where the updates are.
        signal: Fired whenever the queue changes.
        execute: Carries out a method call that came in the body of the bot's answer.
        clock: Returns the Unix time in seconds.
        retry_delay: Seconds before an update the bot did not accept goes out again.
        timeout: Seconds a bot has to answer.
    """

    queue: Queue
    signal: Signal
    execute: Callable[[str, Json], Awaitable[object]]
    clock: Callable[[], float]
    retry_delay: float
    timeout: float = WEBHOOK_TIMEOUT
    webhook: Webhook = field(default_factory=Webhook)
    _loop_task: asyncio.Task[None] | None = None
    _session: aiohttp.ClientSession | None = None
    _in_flight: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    # Several workers set theirs at once.
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def set(self, webhook: Webhook) -> None:
        """Delivers to another webhook from now on; one with an empty URL ends the delivery."""
        async with self._one_at_a_time:
            await self.stop()
            self.webhook = webhook
            if webhook.url:
                self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.timeout))
                self._loop_task = asyncio.create_task(self._run(self._session))

    async def stop(self) -> None:
        """Ends the delivery at once; what was not accepted stays queued."""
        # A setWebhook in the answer to a webhook is never carried out, so no task can wait here for itself.
        tasks = [task for task in (self._loop_task, *self._in_flight.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loop_task = None
        self._in_flight.clear()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def info(self) -> Json:
        """Returns WebhookInfo."""
        webhook = self.webhook
        found: Json = {
            "url": webhook.url,
            "has_custom_certificate": webhook.certificate,
            "pending_update_count": len(self.queue),
        }
        if webhook.error_at:
            found |= {"last_error_date": webhook.error_at, "last_error_message": webhook.error}
        if webhook.url:
            address = webhook.address or urlsplit(webhook.url).hostname
            found |= {"max_connections": webhook.max_connections, "ip_address": address}
        if self.queue.allowed:
            found["allowed_updates"] = self.queue.allowed
        return found

    async def _run(self, session: aiohttp.ClientSession) -> None:
        while True:
            for update in list(self.queue.entries):
                if len(self._in_flight) >= self.webhook.max_connections:
                    break
                if update.lane not in self._in_flight:
                    self._in_flight[update.lane] = asyncio.create_task(self._deliver(update, session))
            await self.signal.wait(1)

    async def _deliver(self, update: Update, session: aiohttp.ClientSession) -> None:
        try:
            while (problem := await self._post(update, session)) is not None:
                self.webhook.error_at, self.webhook.error = int(self.clock()), problem
                await asyncio.sleep(self.retry_delay)
        finally:
            self._in_flight.pop(update.lane, None)
        self.queue.remove(update)

    async def _post(self, update: Update, session: aiohttp.ClientSession) -> str | None:
        """Returns None if the bot accepted the update, else what went wrong."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.secret} if self.webhook.secret else {}
        try:
            async with session.post(
                self.webhook.url, json=update.body, headers=headers, ssl=False, allow_redirects=False
            ) as answer:
                body = await answer.read()
                if not 200 <= answer.status < 300:
                    return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientError:
            return "Connection refused"
        await self._execute(body)
        return None

    async def _execute(self, body: bytes) -> None:
        """Carries out the method call in a webhook answer; the real server does so for none of these methods."""
        try:
            call = json.loads(body)
        except ValueError:
            return
        method = call.pop("method", "") if isinstance(call, dict) else ""
        name = str(method).lower()
        if (
            name
            and name not in {"setwebhook", "deletewebhook", "close", "logout"}
            and not name.startswith("get")
        ):
            await self.execute(method, call)
