"""The bot on Telegram, from its start to a graceful end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import ssl
import time
from collections.abc import Awaitable, Callable

from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.card import Cards
from bot.files import why
from bot.ledger import Ledger, LedgerError, open_ledger
from bot.setting import Setting, card_font
from handlers.telegram_caller import Caller
from handlers.telegram_desk import Desk
from handlers.telegram_http import AiohttpRequest
from handlers.telegram_lines import LINES
from handlers.telegram_menu import introduce
from handlers.telegram_pace import Pace
from handlers.telegram_patience import Patience
from handlers.telegram_polling import Polling
from handlers.telegram_room import House, key_of
from handlers.telegram_rooms import BESIDE
from handlers.telegram_trouble import stumbled
from handlers.telegram_webhook import Application, Listening, alone

log = logging.getLogger(__name__)

BAD_WEBHOOK = "Telegram 不收这个 webhook 网址:%s。看一看 WEBHOOK_URL,改好再启动。"
BAD_CERTIFICATE = "证书用不了(%s)。WEBHOOK_CERT 和 WEBHOOK_KEY 要是成对的 PEM 文件。"
TAKEN = "听不了 %s:%s(%s)。换一个地址或端口(LISTEN),或先停掉占着它的程序。"
REFUSED = "Telegram 不认这个令牌。向 @BotFather 重新要一个,设到 TELEGRAM_BOT_TOKEN 再启动。"
# Seconds that what is in hand may take after a signal; the process is gone within ten.
GRACE = 6.0
# Seconds between two tries of something that failed and must be done, and between two cleanings of the ledger.
PAUSE, CLEANING = 5.0, 3600.0


def run(setting: Setting, application: Application = alone) -> int:
    """Serve Telegram until SIGINT or SIGTERM; updates in hand are answered first. 1 when it cannot begin or go on.

    With a webhook, `application` is what it is served in, so that pages may stand beside it.
    """
    # PTB then gives RetryAfter as a timedelta, as it always will from its next major version on.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    return asyncio.run(serve(setting, application=application))


async def serve(
    setting: Setting, leaving: asyncio.Event | None = None, application: Application = alone
) -> int:
    """Serve until a signal, or until `leaving` is set; what `run` returns."""
    leaving = leaving or _signalled()
    try:
        ledger = await open_ledger(setting.ledger or "", time.time, time.monotonic)
    except LedgerError as error:
        log.error("%s", error)  # noqa: TRY400 - it says all there is to say
        return 1
    polls = AiohttpRequest(connections=4)
    house = open_house(setting, ledger, polls)
    try:
        webhook = setting.webhook
        source = Listening(house, webhook, application) if webhook else Polling(house, polls)
        return await _serve(house, source, leaving)
    except InvalidToken:
        log.error(REFUSED)  # noqa: TRY400 - the traceback says nothing more
        return 1
    except BadRequest as error:
        log.error(BAD_WEBHOOK, error)  # noqa: TRY400
        return 1
    except ssl.SSLError as error:
        log.error(BAD_CERTIFICATE, why(error))  # noqa: TRY400
        return 1
    except OSError as error:
        log.error(TAKEN, *setting.listen, why(error))  # noqa: TRY400
        return 1
    finally:
        await house.bot.shutdown()
        for request in (
            house.bot.request,
            polls,
        ):  # the library forgets those of a bot that was still beginning
            await request.shutdown()
        await ledger.close()


def open_house(setting: Setting, ledger: Ledger, polls: AiohttpRequest) -> House:
    """Return what all rooms share; its bot is yet to be initialised."""

    async def gone(chat: int) -> None:
        await ledger.people.gone(key_of(chat))

    async def moved(old: int, new: int) -> None:
        await ledger.people.move(key_of(old), key_of(new))

    base = (setting.api_base or "https://api.telegram.org").rstrip("/")
    bot = Caller(
        setting.token or "",
        f"{base}/bot",
        f"{base}/file/bot",
        request=AiohttpRequest(),
        get_updates_request=polls,
        rate_limiter=Patience(gone=gone, moved=moved),
    )
    cards = Cards(setting.hosting.url, setting.hosting.font or card_font())
    pace = Pace(setting.person_limit, setting.chat_limit)
    return House(bot, setting, ledger, time.time, cards, pace=pace)


async def _serve(house: House, source: Polling | Listening, leaving: asyncio.Event) -> int:
    """Take in and handle until told to leave, then finish what is in hand. Raises: InvalidToken, BadRequest, OSError."""
    end = asyncio.create_task(leaving.wait())
    begin = asyncio.create_task(_reach(house))
    tasks: list[asyncio.Task[object]] = [end, begin]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if not begin.done():
            return 0
        begin.result()
        desk = Desk(house, LINES)
        taking = asyncio.create_task(source.run())
        refused = asyncio.create_task(desk.refused.wait())
        jobs = (_attend, _clean, *BESIDE)
        tasks += [taking, refused, asyncio.create_task(desk.work()), asyncio.create_task(introduce(house))]
        tasks += [asyncio.create_task(_again(job, house)) for job in jobs]
        await asyncio.wait((end, taking, refused), return_when=asyncio.FIRST_COMPLETED)
        if taking.done():
            taking.result()
        await _stopped(taking)
        await desk.settle(GRACE)
        if desk.refused.is_set():
            raise InvalidToken
        await source.confirm()
    finally:
        await _stopped(*tasks)
    return 0


async def _reach(house: House) -> None:
    """Begin, once Telegram can be reached. Raises: InvalidToken."""
    while True:
        try:
            await house.bot.initialize()
        except InvalidToken:
            raise
        except TelegramError as error:
            log.warning("Telegram cannot be reached yet: %s", error)
            await asyncio.sleep(PAUSE)
        else:
            return


async def _attend(house: House) -> None:
    """Show the other workers that this one lives, and take over from those that do not."""
    await house.ledger.attend()


async def _clean(house: House) -> None:
    """Delete now and then what is no longer to be kept."""
    while True:
        await house.ledger.prune()
        await asyncio.sleep(CLEANING)


async def _again(job: Callable[[House], Awaitable[None]], house: House) -> None:
    """Do something until cancelled, again after each failure."""
    while True:
        try:
            await job(house)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported and tried again
            await stumbled(error, house)
        await asyncio.sleep(PAUSE)


async def _stopped(*tasks: asyncio.Task[object]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _signalled() -> asyncio.Event:
    """Return what is set by SIGTERM or SIGINT."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, told.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(told.set))
    return told
