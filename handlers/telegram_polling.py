"""Long polling: what comes is in the ledger before Telegram is told that it came."""

from __future__ import annotations

import asyncio
import logging
import time

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.ledger import TroubleError
from handlers.telegram_http import AiohttpRequest
from handlers.telegram_intake import ALLOWED, take_in
from handlers.telegram_patience import seconds
from handlers.telegram_room import House
from handlers.telegram_trouble import is_refused

log = logging.getLogger(__name__)

# Seconds that Telegram may hold a poll open, and how many more its answer may take.
HOLD, MARGIN = 10, 10.0
MOST = 100
# Seconds for which an answer to a poll shows that Telegram can be reached.
LATELY = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# Of the workers on one ledger, one polls; the others handle what it takes in, and look so often whether it still does.
ROLE, STANDBY = "poller", 2.0
# Seconds that another poller is left alone: Telegram ends the older of two polls.
RIVAL_PAUSE = 5.0
# Seconds for the last word, that what is kept need not come again.
GOODBYE = 2.0
RIVAL = "别处也在用这个令牌收消息(%s)。同一个令牌只在一处用轮询;%.0f 秒后再试。"
# The same without figures, and what a 409 says when it is a webhook that somebody set.
RIVALLED = "别处也在用这个令牌收消息。同一个令牌只在一处用:停掉那边;不知道是谁的,就向 @BotFather 换一个令牌。"
WEBHOOK, HOOKED = (
    "webhook is active",
    "别处给这个令牌登记了 webhook(%s)。停掉那边,再重启这里:启动时会撤掉;%.0f 秒后再试。",
)


class Polling:
    """Asks Telegram for updates, over connections of its own that no reply waits for."""

    def __init__(self, house: House, request: AiohttpRequest) -> None:
        self._house = house
        self._request = request
        self._offset: int | None = None
        self._alone = False

    async def run(self) -> None:
        """Ask until cancelled. Raises: InvalidToken."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._turn()
            except InvalidToken as error:
                if await is_refused(self._house):
                    raise
                self._alone = True  # a server without webhooks has none in the way
                log.warning("no updates now, again in %.1f s: %s", pause, error)
            except Conflict as rival:
                pause = max(pause, RIVAL_PAUSE)
                said = HOOKED if WEBHOOK in str(rival) else RIVAL
                log.error(said, rival, pause)  # noqa: TRY400 - where it was met says nothing
                self._house.setting.pulse.missed(RIVALLED)
            except RetryAfter as wait:
                pause = seconds(wait.retry_after)
            except (TelegramError, TroubleError) as error:
                log.warning("no updates now, again in %.1f s: %s", pause, error)
            except Exception:  # whatever came, polling goes on
                log.exception("no updates now, again in %.1f s", pause)
            else:
                self._house.setting.pulse.heard(time.monotonic(), LATELY)
                pause = FIRST_PAUSE
                continue
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _turn(self) -> None:
        """Ask once; only look whether it is our turn while another worker polls."""
        if not await self._house.ledger.lead(ROLE):
            await asyncio.sleep(STANDBY)
            return
        if not self._alone:  # a webhook from before would be in the way
            self._alone = await self._house.bot.delete_webhook()
        await self._keep(await self._ask(HOLD))

    async def confirm(self) -> None:
        """Tell Telegram what has been kept, as the last thing; when it does not hear, it repeats, which does no harm."""
        if self._offset is None:
            return
        try:
            async with asyncio.timeout(GOODBYE):
                await self._ask(0, most=1)
        except (TelegramError, TimeoutError) as error:
            log.info("the last updates were not confirmed and will come again: %r", error)

    async def _ask(self, hold: int, most: int = MOST) -> object:
        wanted = {"offset": self._offset, "limit": most, "timeout": hold, "allowed_updates": list(ALLOWED)}
        data = RequestData([RequestParameter.from_input(k, v) for k, v in wanted.items() if v is not None])
        return await self._request.post(
            f"{self._house.bot.base_url}/getUpdates", data, read_timeout=hold + MARGIN
        )

    async def _keep(self, found: object) -> None:
        if not isinstance(found, list):
            raise TelegramError(f"no list of updates: {found!r:.80}")
        last = await take_in(found, self._house.ledger)
        if last is not None:
            self._offset = last + 1
