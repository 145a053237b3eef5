"""Whatever workers do, die of and receive, in whatever order: each update is handled once, in order; each letter sent once."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import postgres
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from ledgers import Office, ready, update

from bot.ledger import Claim, Ledger, Letter, Send

CHATS = 3
T = TypeVar("T")
number = st.integers(0, 40)
which = st.integers(0, 9)


def chat_of(update_id: int) -> str:
    """Return the chat of an update."""
    return f"tg:{update_id % CHATS}"


class Rules(RuleBasedStateMachine):
    """Some workers, what each has in hand, and what was received, handled, put and sent, as it should be."""

    fresh: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.office = Office(type(self).fresh())
        self.in_hand: dict[Ledger, list[Claim]] = {}
        self.sending: dict[Ledger, list[Send]] = {}
        self.received: set[int] = set()
        self.handled: set[int] = set()
        self.put: set[str] = set()
        self.sent: set[str] = set()
        self.doubtful: set[str] = set()
        self.open()

    def do(self, act: Awaitable[T]) -> T:
        """Do one thing, and see what each worker was given to handle by it."""

        async def doing() -> T:
            answer = await act
            # A look that nobody waits for may follow, and another after that: what it takes belongs to this step.
            for worker in self.office.workers:
                for _ in range(3):
                    await worker._store.writes.ask(lambda _, asked: asked, None)
            return answer

        answer = self.loop.run_until_complete(doing())
        for worker, held in self.in_hand.items():
            for claim in ready(worker):
                self.check(claim)
                held.append(claim)
        return answer

    def check(self, claim: Claim) -> None:
        """Hold that a claim is the first of its chat that is not handled, and that nobody has the chat in hand."""
        waiting = [n for n in self.received - self.handled if chat_of(n) == claim.chat]
        assert claim.id == min(waiting)
        assert all(c.chat != claim.chat for held in self.in_hand.values() for c in held)

    def one(self, of: int) -> Ledger:
        """Return one of the workers."""
        return self.office.workers[of % len(self.office.workers)]

    @precondition(lambda self: len(self.office.workers) < 3)
    @rule()
    def open(self) -> None:
        """Another worker comes, with room for fewer chats than there are."""

        async def opening() -> None:
            worker = await self.office.open(room=2)
            self.in_hand[worker] = []
            self.sending[worker] = []

        self.do(opening())

    @rule(of=which, numbers=st.lists(number, min_size=1, max_size=8))
    def receive(self, of: int, numbers: list[int]) -> None:
        """Updates come to one worker, some of them again, in any order."""
        new = set(numbers) - self.received
        self.received |= new
        assert self.do(self.one(of).inbox.receive([update(n, chat_of(n)) for n in numbers])) == len(new)

    @rule(of=which, buried=st.booleans())
    def handle(self, of: int, buried: bool) -> None:  # Hypothesis gives it by name
        """A worker handles what it has had in hand the longest."""
        worker = self.one(of)
        if self.in_hand[worker]:
            claim = self.in_hand[worker].pop(0)
            assert claim.id not in self.handled
            self.handled.add(claim.id)
            self.do(worker.inbox.bury(claim, "odd") if buried else worker.inbox.done(claim))

    @rule(of=which)
    def look(self, of: int) -> None:
        """A worker looks for what is nobody's."""
        self.do(self.one(of).inbox.look())

    @precondition(lambda self: len(self.office.workers) > 1)
    @rule(of=which)
    def kill(self, of: int) -> None:
        """A worker ends without a good-bye; nobody may have its chats before its time is over."""
        worker = self.one(of)
        self.do(self.office.kill(worker))
        self.doubtful |= {send.key for send in self.sending.pop(worker)}
        del self.in_hand[worker]

    @precondition(lambda self: len(self.office.workers) > 1)
    @rule(of=which)
    def leave(self, of: int) -> None:
        """A worker closes with something still in hand."""
        worker = self.one(of)
        held = self.in_hand.pop(worker)
        self.doubtful |= {send.key for send in self.sending.pop(worker)}
        del held
        self.do(self.office.leave(worker))

    @rule()
    def wait(self) -> None:
        """So much time passes that those who are silent are dead; the others beat all the while."""

        async def waiting() -> None:
            for _ in range(3):
                for worker in self.office.workers:
                    await worker.beat()
                self.office.clocks.steady += 10
            for worker in self.office.workers:
                await worker.beat()

        self.do(waiting())

    @rule(jump=st.integers(-(10**8), 10**8))
    def jump(self, jump: int) -> None:
        """The clock on the wall is put wrong, or right."""
        self.office.clocks.now += jump

    @rule(of=which, keys=st.lists(st.sampled_from("abcdefgh"), max_size=4))
    def write(self, of: int, keys: list[str]) -> None:
        """Letters are to be sent, some of them again."""
        new = set(keys) - self.put
        self.put |= new
        assert self.do(self.one(of).outbox.put([Letter(k, "tg:1", "", 0) for k in keys])) == len(new)

    @rule(of=which, most=st.integers(1, 3))
    def claim_letters(self, of: int, most: int) -> None:
        """A worker asks what to send."""
        worker = self.one(of)
        for send in self.do(worker.outbox.claim(most)):
            assert send.key not in self.sent
            assert not [s for held in self.sending.values() for s in held if s.key == send.key]
            assert not [other for other, held in self.sending.items() if held and other is not worker]
            assert send.doubtful == (send.key in self.doubtful)
            self.sending[worker].append(send)

    @rule(of=which, back=st.booleans(), doubtful=st.booleans())
    def send(self, of: int, back: bool, doubtful: bool) -> None:  # Hypothesis gives them by name
        """The sender sends a letter, or puts it back, with a doubt or without one."""
        worker = self.one(of)
        if self.sending[worker]:
            send = self.sending[worker].pop(0)
            if not back:
                self.sent.add(send.key)
            elif doubtful:
                self.doubtful.add(send.key)
            outbox = worker.outbox
            self.do(outbox.later(send, 0, doubtful=doubtful) if back else outbox.sent(send))

    @invariant()
    def nothing_is_lost(self) -> None:
        """What waits is what was received and not handled."""
        counts = self.do(self.office.workers[0].counts())
        assert counts.waiting == len(self.received - self.handled)
        assert counts.letters == len(self.put - self.sent)

    def teardown(self) -> None:
        """Whoever is left handles and sends all there is."""
        try:
            while len(self.office.workers) > 1:
                self.leave(0)
            self.office.clocks.now = 2e9
            self.wait()
            while self.received - self.handled:
                before = len(self.handled)
                self.look(0)
                while self.in_hand[self.one(0)]:
                    self.handle(0, buried=False)
                assert len(self.handled) > before
            while self.put - self.sent:
                before = len(self.sent)
                self.claim_letters(0, 100)
                while self.sending[self.one(0)]:
                    self.send(0, back=False, doubtful=False)
                assert len(self.sent) > before
        finally:
            self.loop.run_until_complete(self.office.close())
            self.loop.close()


def test_the_rules_hold_in_a_file(tmp_path: Path) -> None:
    class InAFile(Rules):
        fresh = staticmethod(lambda: f"{tempfile.mkdtemp(dir=tmp_path)}/ledger.sqlite")

    run_state_machine_as_test(InAFile, settings=settings(max_examples=40, stateful_step_count=40))  # type: ignore[no-untyped-call]


def test_the_rules_hold_on_a_server(postgresql: postgres.Server) -> None:
    class OnAServer(Rules):
        fresh = postgresql.fresh

    run_state_machine_as_test(OnAServer, settings=settings(max_examples=8, stateful_step_count=40))  # type: ignore[no-untyped-call]
