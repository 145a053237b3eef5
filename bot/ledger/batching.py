"""Floor 7. One thread with one connection that serves many callers a transaction: a sync to disk is shared.

While one commit waits for the disk, what is asked meanwhile gathers, and is the next transaction. Nothing waits on
purpose, and the event loop never waits at all.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from bot.ledger.database import Database, LedgerError, TroubleError

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
# A job answers many askers at once, in their order; run again from the start after trouble, so it changes nothing
# but the database.
Job = Callable[[Database, Sequence[Asked]], Sequence[Answer]]
Connect = Callable[[], Database]
Explain = Callable[[Exception], TroubleError | None]

MOST_AT_ONCE = 256
# Seconds between one try and the next while trouble passes.
PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0)
# Seconds after which what must not be lost is tried again, when nothing else is asked.
AGAIN = 1.0


class ClosedError(LedgerError):
    """The ledger was closed before this was asked."""


@dataclass(slots=True, eq=False)
class _Order:
    job: Job[Any, Any]
    argument: Any
    future: asyncio.Future[Any]
    patient: bool
    then: Callable[[Any], None] | None


_Outcome = tuple[_Order, Any, Exception | None]
_Groups = dict[Job[Any, Any], list[_Order]]


class Batcher:
    """Runs jobs in transactions on a thread of its own.

    Args:
        connect: opens the connection, in that thread, and again after trouble.
        explain: what an error of the database means to an operator; `None` when it is the program's own mistake.
        together: whether different jobs share a transaction. Several workers on a server take rows in one order
            within a job only, so there each job has its own: they never wait for each other in a ring.
    """

    def __init__(self, name: str, connect: Connect, explain: Explain, *, together: bool) -> None:
        self._connect = connect
        self._explain = explain
        self._together = together
        self._loop = asyncio.get_running_loop()
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._database: Database | None = None
        self._ended = self._loop.create_future()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def is_closing(self) -> bool:
        """Whether nothing may be asked any more."""
        return self._closing

    def ask(
        self,
        job: Job[Asked, Answer],
        argument: Asked,
        *,
        patient: bool = False,
        then: Callable[[Answer], None] | None = None,
    ) -> asyncio.Future[Answer]:
        """Ask a job for an answer, which is there when its transaction has been synced.

        Args:
            job: askers of the same job are answered together; the order between different jobs is not kept.
            argument: what is asked.
            patient: keep trying through any trouble for as long as the ledger is open.
            then: called in the event loop with the answer, also when the caller has been cancelled meanwhile.

        Raises:
            ClosedError: when the ledger is closed.
            TroubleError: from the future, when it could not be done; nothing of it was.
        """
        if self._closing:
            raise ClosedError("账本已经关上了。")
        future: asyncio.Future[Answer] = self._loop.create_future()
        self._orders.put(_Order(job, argument, future, patient, then))
        return future

    async def close(self) -> None:
        """Finish what was asked and end the thread."""
        if not self._closing:
            self._closing = True
            self._orders.put(None)
        await asyncio.shield(self._ended)

    def _work(self) -> None:
        kept: list[_Outcome] = []
        is_open = True
        while is_open:
            batch, is_open = self._gathered([order for order, _, _ in kept])
            kept = self._serve(batch)
        self._deliver(kept)
        if self._database:
            self._database.close()
        self._in_loop(partial(self._ended.set_result, None))

    def _gathered(self, batch: list[_Order]) -> tuple[list[_Order], bool]:
        """Return what there is to do, waiting for something, and whether more may come."""
        try:
            order = self._orders.get(timeout=AGAIN if batch else None)
            while order is not None:
                batch.append(order)
                if len(batch) >= MOST_AT_ONCE:
                    return batch, True
                order = self._orders.get_nowait()
        except queue.Empty:
            return batch, True
        return batch, False

    def _serve(self, batch: list[_Order]) -> list[_Outcome]:
        """Do a batch and deliver its answers; what is to be tried again is returned."""
        groups: _Groups = {}
        for order in batch:
            groups.setdefault(order.job, []).append(order)
        kept: list[_Outcome] = []
        for part in [groups] if self._together else [{job: orders} for job, orders in groups.items()]:
            outcomes = self._done(part)
            again = [o for o in outcomes if o[0].patient and isinstance(o[2], TroubleError)]
            kept += again
            self._deliver([o for o in outcomes if o not in again] if again else outcomes)
        return kept

    def _done(self, groups: _Groups) -> list[_Outcome]:
        """Do the orders of a transaction, trying again while trouble passes; each on its own when one is at fault."""
        if not groups:
            return []
        pauses = iter(PAUSES)
        while True:
            try:
                return self._transaction(groups)
            except Exception as error:  # noqa: BLE001  # whatever it is, whoever asked must hear of it
                trouble = self._recovered(error)
                orders = [order for group in groups.values() for order in group]
                if trouble is None and len(orders) > 1:
                    return [outcome for order in orders for outcome in self._done({order.job: [order]})]
                pause = next(pauses, None) if trouble and trouble.passing else None
                if pause is None:
                    return [(order, None, trouble or error) for order in orders]
                time.sleep(pause)

    def _transaction(self, groups: _Groups) -> list[_Outcome]:
        if self._database is None:
            self._database = self._connect()
        database = self._database
        database.begin()
        outcomes: list[_Outcome] = []
        for job, orders in groups.items():
            answers = job(database, [order.argument for order in orders])
            outcomes += [(order, answer, None) for order, answer in zip(orders, answers, strict=True)]
        database.commit()
        return outcomes

    def _recovered(self, error: Exception) -> TroubleError | None:
        """Leave the transaction, and after trouble the connection too; what the error means."""
        trouble = self._explain(error)
        if self._database is None:
            return trouble
        try:
            if trouble is None:
                self._database.rollback()
                return None
        except Exception as worse:  # noqa: BLE001  # the connection is of no more use
            trouble = self._explain(worse)
        self._database.close()
        self._database = None
        return trouble

    def _deliver(self, outcomes: list[_Outcome]) -> None:
        if outcomes:
            self._in_loop(partial(_settle, outcomes))

    def _in_loop(self, act: Callable[[], object]) -> None:
        try:
            self._loop.call_soon_threadsafe(act)
        except RuntimeError:
            # The event loop is gone, and with it whoever asked.
            return


def _settle(outcomes: list[_Outcome]) -> None:
    for order, answer, error in outcomes:
        if error is None and order.then:
            order.then(answer)
        if order.future.cancelled():
            continue
        if error:
            order.future.set_exception(error)
        else:
            order.future.set_result(answer)
