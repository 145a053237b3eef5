"""What the bot sends by itself: letters of the outbox, by one worker at a time, in turns that Telegram allows.

A letter is claimed when its turn has come and ended when Telegram has taken it, so kill -9 finds few in hand: those that
were just going out. Telegram cannot be asked whether such a one arrived, nor one whose answer was lost on its way, so of
loss and repetition one is unavoidable there: it is sent again, and says that it may be known already. No other is lost
or sent twice.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import MessageLimit
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.following.area import AREA, digest
from bot.following.news import news
from bot.following.publisher import is_behind
from bot.following.waiting import HOUR, Wait
from bot.ledger import Follow, Kind, LedgerError, Send
from bot.ledger.drafts import KIND as DRAFT
from bot.publication import Log
from bot.talk.desk import Scene, desk
from bot.talk.forwarded import became
from bot.wording import DEFAULT
from handlers.telegram_patience import BULK_A_SECOND, Turns, is_doubtful
from handlers.telegram_room import ERROR, House, chat_of
from handlers.telegram_stop import LETTERS, digest_stop, stop_button
from handlers.telegram_text import cut

log = logging.getLogger(__name__)

# Seconds between two looks when nothing waits.
IDLE = 1.0
# Letters on their way at once: enough for 25 a second where an answer takes a third of one.
LANES = 8
# Seconds that what is on its way may take when the bot stops.
LAST_WORDS = 0.9
# Seconds until a letter that failed goes out again, doubled each time up to the longest; and when it is given up.
AGAIN, LONGEST, MOST_TRIES = 2.0, HOUR, 30
# Hours of the day in China at which a phone makes no sound for what nobody waits for.
NIGHT_BEGINS, NIGHT_ENDS = 22, 8
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class BehindError(Exception):
    """What a letter tells is not in this worker's index yet."""


class NothingToSayError(Exception):
    """What a letter was to tell is not so any more."""


@dataclass(frozen=True, slots=True)
class Page:
    """A letter as a message."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None


async def post(house: House) -> None:
    """Send what is due until cancelled; what is on its way then still gets its answer."""
    turns, lanes = Turns(1 / BULK_A_SECOND), asyncio.Semaphore(LANES)
    going: set[asyncio.Task[None]] = set()

    def ended(task: asyncio.Task[None]) -> None:
        going.discard(task)
        lanes.release()

    try:
        while True:
            await lanes.acquire()
            sends = await house.ledger.outbox.claim(1)
            if not sends:
                lanes.release()
                await asyncio.sleep(IDLE)
                continue
            task = asyncio.create_task(carry(sends[0], house))
            going.add(task)
            task.add_done_callback(ended)
            await turns.wait()
    finally:
        if going:
            await asyncio.wait(going, timeout=LAST_WORDS)


async def carry(send: Send, house: House) -> None:
    """Send one letter, and say in the outbox what became of it."""
    try:
        await _settle(send, await _sent(send, house), house)
    except LedgerError as error:
        log.warning("letter %s: %s", send.id, error)


async def _sent(send: Send, house: House) -> Exception | None:
    """Send a letter; what went wrong."""
    chat = chat_of(send.chat)
    try:
        page = await page_of(send, house)
        if page is None:
            return NothingToSayError()
        if chat is not None:
            await house.bot.send_message(
                chat,
                cut(page.text, MessageLimit.MAX_TEXT_LENGTH),
                reply_markup=page.keyboard,
                link_preview_options=NO_PREVIEW,
                disable_notification=is_night(house.now()),
                rate_limit_args=True,
            )
    except Exception as error:  # noqa: BLE001 - whatever it is, the other letters go on
        return error
    return None


async def _settle(send: Send, error: Exception | None, house: House) -> None:
    """Write down what became of a letter."""
    outbox = house.ledger.outbox
    if error is None:
        await outbox.sent(send)
    elif isinstance(error, NothingToSayError):
        await outbox.drop(send)
    elif isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        await outbox.later(send, house.now() + seconds, str(error), whole_chat=True)
    elif isinstance(error, Forbidden):  # what they follow has ended with it, and this letter too
        log.info("letter %s: the chat takes no messages any more", send.id)
        await house.ledger.people.gone(send.chat)
        await outbox.failed(send, str(error))
    elif isinstance(error, BadRequest) or send.attempts >= MOST_TRIES:
        log.error("letter %s is given up: %r", send.id, error)
        await outbox.failed(send, str(error))
    else:
        level = logging.WARNING if isinstance(error, TelegramError | BehindError) else logging.ERROR
        log.log(level, "letter %s goes out again later: %r", send.id, error)
        wait_ = min(AGAIN * 2 ** (send.attempts - 1), LONGEST)
        await outbox.later(send, house.now() + wait_, repr(error), doubtful=is_doubtful(error))


async def page_of(send: Send, house: House) -> Page | None:
    """Return a letter as a message in the language of its chat; `None` when there is nothing to say any more."""
    if send.kind == ERROR:
        return Page(send.payload)
    settings, memory = await house.ledger.people.known(send.chat)
    matcher = house.matcher()
    voice = desk(matcher).voice(settings.language or memory.get(LETTERS) or DEFAULT)
    scene = Scene(matcher, voice, house.today())
    if send.kind == DRAFT:
        page: Page | None = Page(became(send.payload, scene))
    elif send.kind == AREA:
        page = await asyncio.to_thread(_digest, send, scene, house.setting.log) if settings.digest else None
    else:
        follow = await _follow(send, house)
        page = await asyncio.to_thread(_news, send, follow, scene, house.setting.log) if follow else None
    if page and send.doubtful:
        page = Page("\n".join((voice.say("doubtful"), page.text)), page.keyboard)
    return page


async def _follow(send: Send, house: House) -> Follow | None:
    """Return the follow that a letter answers; `None` where it was ended meanwhile."""
    follows = await house.ledger.follows.of(send.chat)
    return next((f for f in follows if (f.kind, f.about) == (send.kind, send.about)), None)


def _news(send: Send, follow: Follow, scene: Scene, log_: Log | None) -> Page | None:
    """Return what a letter tells. Raises: BehindError, else it would say of a new account that it was withdrawn."""
    wait = Wait.of(json.loads(send.payload))
    _hold_while_behind([wait.account], scene, log_)
    found = news(wait, follow.kind, follow.since, follow.question, scene)
    if found is None:
        return None
    rows = [[InlineKeyboardButton(c.label, callback_data=c.choice)] for c in found.offers]
    if follow.kind is Kind.CHANGE:  # who waited until it is known follows no more
        rows.append(stop_button(follow.kind, follow.about, scene.voice.say("follow_stop")))
    return Page(found.text, InlineKeyboardMarkup(rows) if rows else None)


def _digest(send: Send, scene: Scene, log_: Log | None) -> Page | None:
    """Return what a letter tells of an area. Raises: BehindError, else it would leave out what is new."""
    accounts = json.loads(send.payload)
    _hold_while_behind(accounts, scene, log_)
    text = digest(accounts, send.about, scene)
    return Page(text, InlineKeyboardMarkup([digest_stop(scene.voice.say("area_never"))])) if text else None


def _hold_while_behind(accounts: Sequence[str], scene: Scene, log_: Log | None) -> None:
    """See that this worker's index has all the accounts of a letter. Raises: BehindError."""
    for account in accounts:
        if log_ and is_behind(account, scene.matcher, log_):
            raise BehindError(account)


def is_night(now: float) -> bool:
    """Tell whether people in China sleep, at a time in seconds since 1970."""
    hour = (now / HOUR + 8) % 24
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS
