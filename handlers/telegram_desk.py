"""Handles what is in the inbox: in order within a chat, side by side across chats, each once."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Sequence

from telegram import Update
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter

from bot.ledger import Claim, LedgerError, TroubleError
from bot.metrics import UPDATE_SECONDS
from handlers.telegram_kinds import Line
from handlers.telegram_limits import refused
from handlers.telegram_patience import seconds
from handlers.telegram_room import House, Room
from handlers.telegram_said import spoken
from handlers.telegram_trouble import failed, is_refused, unreadable

log = logging.getLogger(__name__)

# Seconds after which a handler that does not end is ended: its chat would wait for ever.
LONGEST = 120.0
# Seconds between two looks whether all is done.
LOOK = 0.02
# Seconds for which an answer is still worth having, and between two tries when Telegram or the ledger cannot be reached.
WORTH, PAUSE = 600.0, 15.0


class Desk:
    """Takes updates out of the inbox and gives each to the first line of the list that fits it.

    Attributes:
        refused: Set when Telegram no longer takes the token; what was in hand then stays in the inbox.
    """

    def __init__(self, house: House, lines: Sequence[Line]) -> None:
        self._house = house
        self._lines = lines
        self._tasks: set[asyncio.Task[None]] = set()
        self.refused = asyncio.Event()

    async def work(self) -> None:
        """Handle updates until cancelled; what was begun goes on until `settle`."""
        while True:
            claim = await self._house.ledger.inbox.next()
            task = asyncio.create_task(self._handle(claim), name=f"update {claim.id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def settle(self, seconds: float) -> None:
        """Wait until all that is in hand is done, so many seconds at most; then leave it to whoever comes next."""
        try:
            async with asyncio.timeout(seconds):
                while self._house.ledger.inbox.in_hand and not self.refused.is_set():  # noqa: ASYNC110
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            log.warning("%s chats are left in hand; they are answered at the next start", len(self._tasks))
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _handle(self, claim: Claim) -> None:
        try:
            await self._read_and_answer(claim)
        except InvalidToken:
            self.refused.set()
        except LedgerError as error:
            log.error("update %s could not be put away: %s", claim.id, error)  # noqa: TRY400 - it says all
        except Exception as error:
            log.exception("update %s is put with the dead letters", claim.id)
            await self._house.ledger.inbox.bury(claim, repr(error))

    async def _read_and_answer(self, claim: Claim) -> None:
        inbox = self._house.ledger.inbox
        try:
            update = Update.de_json(json.loads(claim.payload), self._house.bot)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is kept for somebody to look at
            UPDATE_SECONDS.labels("unreadable").observe(0)
            await inbox.bury(claim, repr(error))
            await unreadable(error, claim.id, self._house)
            return
        began, room = time.perf_counter(), Room(self._house, update, claim.chat)
        answered = await self._answer_in_time(room)
        outcome = "refused" if room.refusal else "answered" if answered else "failed"
        UPDATE_SECONDS.labels(outcome).observe(time.perf_counter() - began)
        await inbox.done(claim)

    async def _answer_in_time(self, room: Room) -> bool:
        """Handle an update, again while Telegram or the ledger cannot be reached; its chat waits meanwhile, no other does.

        Returns:
            Whether it was handled; a person whose update failed was told.

        Raises:
            InvalidToken: the token is no longer taken.
        """
        loop = asyncio.get_running_loop()
        late = loop.time() + WORTH
        while True:
            try:
                async with asyncio.timeout(LONGEST):
                    await self._answer(room)
            except Exception as error:
                if isinstance(error, InvalidToken) and await is_refused(self._house):
                    raise
                pause = _pause(error)
                if pause is None or loop.time() + pause > late:
                    await failed(error, room)  # one update never stops the others
                    return False
                log.warning("update %s is handled again in %.0f s: %s", room.update.update_id, pause, error)
                await asyncio.sleep(pause)
            else:
                return True

    async def _answer(self, room: Room) -> None:
        room.settings, room.memory = await self._house.ledger.people.known(room.key)
        room.spoken = spoken(room)
        for line in self._lines:
            if line.fits(room.update, room):
                if not await refused(room):
                    await line.handler(room.update, room)
                return


def _pause(error: Exception) -> float | None:
    """Return the seconds after which an update may be handled again; `None` where that would fail as before."""
    if isinstance(error, RetryAfter):
        return seconds(error.retry_after)
    if isinstance(
        error, TroubleError
    ):  # the ledger cannot be read or written for now: nobody loses an answer by it
        return PAUSE
    return PAUSE if isinstance(error, NetworkError) and not isinstance(error, BadRequest) else None
