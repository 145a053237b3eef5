"""Asks Telegram now and then how our webhook is: where nobody writes, nothing else tells that nothing can come any more."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
import time
from urllib.parse import urlsplit

from telegram import WebhookInfo
from telegram.error import InvalidToken, TelegramError

from handlers.telegram_room import House
from handlers.telegram_trouble import is_refused, warned

log = logging.getLogger(__name__)

# Seconds between two looks, more or less by a part so that workers do not ask all at once, and for which one counts.
EVERY, SPREAD = 300.0, 0.2
LASTING = 3 * EVERY
UNSET = "Telegram 那边没有登记 webhook 了,消息进不来"
ELSEWHERE = "Telegram 把消息送到 {place},不送到这里"
TODO = "别处的程序也在用这个令牌。停掉它,再重启这里;不知道是谁的,就向 @BotFather 换一个令牌。"
UNDELIVERED = "Telegram 送不进来(%s),等着的有 %d 条。检查域名、证书、反向代理和端口:python bot.py doctor。"


class Watch:
    """Looks after a webhook that is set."""

    def __init__(self, house: House, url: str) -> None:
        """Watch for a whole address, the one that Telegram was told."""
        self._house = house
        self._url = url
        self._wrong = ""
        self._undelivered = house.now()

    async def run(self) -> None:
        """Look until cancelled. Raises: InvalidToken."""
        while True:
            await asyncio.sleep(EVERY * random.uniform(1 - SPREAD, 1 + SPREAD))  # noqa: S311 - no secret hangs on it
            try:
                await self._look()
            except InvalidToken as error:
                if await is_refused(self._house):
                    raise
                log.warning("no word of the webhook, asked again later: %s", error)
            except TelegramError as error:
                log.warning("no word of the webhook, asked again later: %s", error)
            except Exception:  # whatever came, the watch goes on
                log.exception("no word of the webhook, asked again later")

    async def _look(self) -> None:
        found = await self._house.bot.get_webhook_info()
        await self._judge(found.url)
        self._note_undelivered(found)

    async def _judge(self, url: str) -> None:
        """See where updates go; where that is not here we are deaf, and leave it to people who of the two gives way."""
        pulse, wrong = self._house.setting.pulse, self._wrong
        self._wrong = "" if url.casefold() == self._url.casefold() else _said(url)
        if not self._wrong:
            pulse.heard(time.monotonic(), LASTING)
            if wrong:
                log.info("Telegram sends updates here again")
            return
        pulse.lost(self._wrong)
        if self._wrong != wrong:
            log.error("%s", self._wrong)
            # The key is of the words: whichever worker finds it, maintainers hear of it once.
            key = f"webhook {hashlib.sha256(self._wrong.encode()).hexdigest()[:16]}"
            await warned(self._wrong, key, self._house)

    def _note_undelivered(self, found: WebhookInfo) -> None:
        """Log what Telegram could not deliver since it was last looked."""
        if found.last_error_date and (when := found.last_error_date.timestamp()) > self._undelivered:
            self._undelivered = when
            log.warning(UNDELIVERED, found.last_error_message, found.pending_update_count)


def _said(url: str) -> str:
    """Return what is wrong and what to do. Of the address only the host: its path may be somebody's secret."""
    where = ELSEWHERE.format(place=urlsplit(url).netloc.rpartition("@")[2]) if url else UNSET
    return f"{where}。{TODO}"
