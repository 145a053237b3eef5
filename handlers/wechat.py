"""A WeChat Official Account: `/wechat` answers what WeChat passes on, signed, within the five seconds it waits.

What is not signed with the account's token, or not sealed where sealing is on, is refused. The same message twice is
one question: WeChat sends it again when it heard nothing, and then gets the answer that was made meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.forwarding import granted
from bot.hosting import WeChat
from bot.ledger import LedgerError, Missing
from bot.metrics import answer
from bot.reply import Asks, Reply
from bot.talk.tokens import thread
from bot.upkeep.readable import UnreadableError
from bot.wording import DEFAULT, words
from handlers import wechat_pictures
from handlers.web_answers import PROMISES
from handlers.web_site import Site, base_of, site_of
from handlers.wechat_crypto import ForgedError, Seal, is_signed, signature
from handlers.wechat_messages import Incoming, answer_to, fields, incoming, sealed_answer
from handlers.wechat_talk import Talk, message, rendered

log = logging.getLogger(__name__)

PATH = "/wechat"
# WeChat hangs up after five seconds.
PATIENCE = 4.0
# A signature is good for so many seconds on both sides: one that was overheard is not good for ever.
FRESH = 600
# What was answered of late, for retries; and who talked of late, where there is no ledger.
MOST_KEPT = 5000
A_DAY = 86_400
# What a person sends to see an answer that took too long.
LATER = "0"
SUCCESS = "success"


@dataclass
class Channel:
    """The Official Account of one site."""

    account: WeChat
    now: Callable[[], float] = time.time
    patience: float = PATIENCE
    _answers: OrderedDict[str, asyncio.Task[str]] = field(default_factory=OrderedDict)
    _late: OrderedDict[str, asyncio.Task[str]] = field(default_factory=OrderedDict)
    _talks: OrderedDict[str, str] = field(default_factory=OrderedDict)

    async def greet(self, request: Request) -> Response:
        """Show WeChat that the address is ours."""
        asked = request.query_params
        if not self._is_signed(request):
            return PlainTextResponse("forged", 403)
        return PlainTextResponse(asked.get("echostr", "")[:100])

    async def receive(self, request: Request) -> Response:
        """Answer one message or event."""
        if not self._is_signed(request):
            return PlainTextResponse("forged", 403)
        try:
            said = incoming(self._opened(await request.body(), request))
        except ForgedError as error:
            log.warning("a message that is not WeChat's: %s", error)
            return PlainTextResponse("forged", 403)
        text = await self._answer(said, site_of(request), request)
        if not text:
            return PlainTextResponse(SUCCESS)
        content = answer_to(said, text, int(self.now()))
        return Response(self._sealed(content), media_type="application/xml")

    def _is_signed(self, request: Request) -> bool:
        asked = request.query_params
        timestamp, nonce = asked.get("timestamp", ""), asked.get("nonce", "")
        fresh = (
            timestamp.isascii() and timestamp.isdecimal() and abs(int(timestamp[:12]) - self.now()) < FRESH
        )
        return (
            bool(nonce)
            and fresh
            and is_signed(self.account.token, asked.get("signature", ""), timestamp, nonce)
        )

    def _opened(self, body: bytes, request: Request) -> bytes:
        """Return a message in plain; with a key only a sealed one is taken. Raises: ForgedError."""
        if self.account.key is None:
            return body
        asked, sealed = request.query_params, fields(body).get("Encrypt", "")
        signed = asked.get("msg_signature", "")
        if not sealed or not is_signed(
            self.account.token, signed, asked["timestamp"], asked["nonce"], sealed
        ):
            raise ForgedError("not sealed, or signed by somebody else")
        return Seal(self.account.key, self.account.app_id or "").open(sealed)

    def _sealed(self, content: bytes) -> bytes:
        if self.account.key is None:
            return content
        sealed = Seal(self.account.key, self.account.app_id or "").seal(content)
        timestamp, nonce = str(int(self.now())), secrets.token_hex(8)
        return sealed_answer(
            sealed, signature(self.account.token, timestamp, nonce, sealed), timestamp, nonce
        )

    async def _answer(self, said: Incoming, site: Site, request: Request) -> str:
        """Return what to answer within WeChat's patience; the answer goes on being made when that is not enough."""
        if said.kind == "text" and said.text.strip() == LATER and said.sender in self._late:
            task = self._late[said.sender]
        elif said.key_of_retry not in self._answers and (wait := site.asking.take(f"wechat:{said.sender}")):
            return words(DEFAULT).say("web_too_many", seconds=str(wait))
        else:
            task = self._answers.get(said.key_of_retry) or asyncio.create_task(
                self._made(said, site, request)
            )
            _keep(self._answers, said.key_of_retry, task)
        done, _ = await asyncio.wait({task}, timeout=self.patience)
        if not done:
            _keep(self._late, said.sender, task)
            return words(DEFAULT).say("wechat_later", later=LATER)
        if self._late.get(said.sender) is task:
            del self._late[said.sender]
        return task.result()

    async def _made(self, said: Incoming, site: Site, request: Request) -> str:
        """Return the answer to a message; a fault is told by its number."""
        try:
            return await self._spoken(said, site, base_of(request))
        except Exception:
            number = secrets.token_hex(3)
            log.exception("failed, reference %s", number)
            return words(DEFAULT).say("trouble", number=number)

    async def _spoken(self, said: Incoming, site: Site, base: str | None) -> str:
        chat = f"wechat:{said.sender}"
        if said.kind == "event" and said.event == "unsubscribe":
            self._talks.pop(chat, None)
            await site.keep(lambda ledger: ledger.people.erase(chat))
            return ""
        talk, language = await self._remembered(chat, site)
        if said.kind == "image" and wechat_pictures.available():
            try:
                text = await wechat_pictures.text_in(said.picture)
            except UnreadableError as error:
                log.info("a picture was not read: %s", error)
                return words(language or DEFAULT).say("wechat_unreadable")
            said = replace(said, kind="text", text=text)
        asked = message(said, talk, language)
        if asked is None:
            return "" if said.kind == "event" else words(language or DEFAULT).say("no_text")
        setting = site.setting
        reply = await asyncio.to_thread(
            answer, "wechat", asked, setting.matcher(), setting.today(), setting.published
        )
        reply = await self._granted(reply, asked.context, chat, site)
        link = f"{base}/a/{reply.account.account.id}" if base and reply.account else None
        keeps = setting.ledger is not None
        text, talk = rendered(reply, keeps=keeps, link=link, links=self.account.links)
        await self._remember(chat, talk, site)
        return text

    async def _remembered(self, chat: str, site: Site) -> tuple[Talk, str | None]:
        """Return what is remembered of a person, and the language they set."""
        ledger = await site.ledger()
        try:
            if ledger:
                settings, memory = await ledger.people.known(chat)
                return Talk.loaded(memory.get("talk")), settings.language
        except LedgerError as error:
            log.warning("%s", error)
        return Talk.loaded(self._talks.get(chat)), None

    async def _remember(self, chat: str, talk: Talk, site: Site) -> None:
        """Remember for a day what the next message may mean; in memory where the ledger cannot."""
        if not await site.keep(lambda ledger: ledger.people.remember(chat, "talk", talk.dumped(), A_DAY)):
            _keep(self._talks, chat, talk.dumped())

    async def _granted(self, reply: Reply, context: str | None, chat: str, site: Site) -> Reply:
        """Do what a reply asks its channel to do; the reply, or what is said instead where that cannot be done."""
        wish, ledger = reply.wish, await site.ledger()
        if wish is None:
            return reply
        if ledger:
            try:
                if wish.asks is Asks.LANGUAGE:
                    settings = await ledger.people.settings(chat)
                    await ledger.people.keep(chat, replace(settings, language=wish.value))
                elif wish.asks is Asks.INQUIRE:
                    await ledger.questions.asked(Missing.ACCOUNT, wish.value or thread(context).asked)
                return await granted(reply, chat, ledger)
            except LedgerError as error:
                log.warning("%s", error)
        if wish.asks not in PROMISES:
            return reply
        return replace(reply, text=words(reply.language).say("web_not_kept"), wish=None)


def routes(account: WeChat) -> list[Route]:
    """Return the routes of an Official Account."""
    channel = Channel(account)
    return [Route(PATH, channel.greet), Route(PATH, channel.receive, methods=["POST"])]


def _keep(kept: OrderedDict[str, Any], key: str, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > MOST_KEPT:
        kept.popitem(last=False)
