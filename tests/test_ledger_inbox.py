"""Updates are kept before they are acknowledged, handled once, in order within a chat and side by side across chats."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence

import psycopg
import pytest
from ledgers import A_DAY, Office, numbers, ready, update

from bot import ledger
from bot.ledger import ClosedError, inbox
from bot.ledger.batching import Batcher
from bot.ledger.database import Database
from bot.ledger.inbox import MOST_DEATHS
from bot.ledger.workers import GRACE


@pytest.mark.parametrize("number", [-1, 2**63])
async def test_an_update_whose_number_no_database_holds_is_refused(office: Office, number: int) -> None:
    worker = await office.open()
    with pytest.raises(ValueError, match=str(number)):
        await worker.inbox.receive([update(number)])
    assert (await worker.counts()).waiting == 0


async def test_an_update_that_comes_again_is_not_handled_again(office: Office) -> None:
    worker = await office.open()
    assert await worker.inbox.receive([update(7), update(7)]) == 1
    assert await worker.inbox.receive([update(7)]) == 0
    (claim,) = ready(worker)
    await worker.inbox.done(claim)
    assert await worker.inbox.receive([update(7, payload="other words")]) == 0
    assert ready(worker) == []


async def test_two_updates_of_a_chat_are_never_in_hand_together(office: Office) -> None:
    worker = await office.open()
    await worker.inbox.receive([update(2), update(1)])
    await worker.inbox.receive([update(3)])
    order = []
    while claims := ready(worker):
        assert len(claims) == 1
        order += numbers(claims)
        await worker.inbox.done(claims[0])
    assert order == [1, 2, 3]


async def test_chats_are_handled_side_by_side(office: Office) -> None:
    worker = await office.open()
    await worker.inbox.receive([update(1, "tg:1"), update(2, "tg:1"), update(3, "tg:2"), update(4, "tg:3")])
    assert sorted(numbers(ready(worker))) == [1, 3, 4]


async def test_a_worker_takes_no_more_chats_than_it_has_room_for(office: Office) -> None:
    worker = await office.open(room=2)
    for number in range(5):
        await worker.inbox.receive([update(number, f"tg:{number}")])
    done = []
    while claims := ready(worker):
        assert worker.inbox.in_hand <= 2
        done += numbers(claims)
        for claim in claims:
            await worker.inbox.done(claim)
        await worker.inbox.look()
    assert sorted(done) == [0, 1, 2, 3, 4]


async def test_room_that_is_made_is_used_without_being_asked_to(office: Office) -> None:
    worker = await office.open(room=1)
    await worker.inbox.receive([update(1, "tg:1")])
    await worker.inbox.receive([update(2, "tg:2")])
    await worker.inbox.done(await worker.inbox.next())
    assert (await worker.inbox.next()).id == 2


async def test_what_was_handled_is_kept_as_a_number_only(office: Office) -> None:
    worker = await office.open()
    await worker.inbox.receive([update(1, "tg:5", "secret words")])
    (claim,) = ready(worker)
    assert claim.payload == "secret words"
    assert (await worker.people.person("tg:5"))["inbox"]
    await worker.inbox.done(claim)
    rows = await worker._store.reads.ask(
        lambda db, asked: [db.run("select update_id, chat, payload from inbox")] * len(asked), None
    )
    assert rows == [(1, None, None)]


async def test_another_worker_leaves_a_chat_to_the_one_that_has_it(office: Office) -> None:
    one, other = await office.open(), await office.open()
    await one.inbox.receive([update(1)])
    await other.inbox.receive([update(2), update(3, "tg:2")])
    await other.inbox.look()
    assert numbers(ready(other)) == [3]
    (first,) = ready(one)
    await one.inbox.done(first)
    assert numbers(ready(one)) == [2]


async def test_a_worker_that_closes_gives_back_what_it_has_in_hand(office: Office) -> None:
    one, other = await office.open(), await office.open()
    await one.inbox.receive([update(1), update(2)])
    assert numbers(ready(one)) == [1]
    await office.leave(one)
    await other.inbox.look()
    (claim,) = ready(other)
    assert (claim.id, claim.deaths) == (1, 0)


async def test_what_a_killed_worker_had_in_hand_is_handled_by_another(office: Office) -> None:
    one, other = await office.open(), await office.open()
    await one.inbox.receive([update(1), update(2)])
    await office.kill(one)
    await other.inbox.look()
    assert ready(other) == []
    await office.outlive(other)
    (claim,) = ready(other)
    assert (claim.id, claim.deaths) == (1, 1)
    await other.inbox.done(claim)
    assert numbers(ready(other)) == [2]


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
async def test_a_file_s_only_worker_is_replayed_as_soon_as_it_starts_again(office: Office) -> None:
    worker = await office.open()
    await worker.inbox.receive([update(1)])
    await office.kill(worker)
    again = await office.open()
    assert numbers(ready(again)) == [1]


async def test_a_killed_worker_that_starts_again_handles_what_it_left(office: Office) -> None:
    worker = await office.open()
    await worker.inbox.receive([update(1)])
    await office.kill(worker)
    again = await office.open()
    await office.outlive(again)
    assert numbers(ready(again)) == [1]


async def test_a_live_worker_loses_nothing_when_clocks_jump(office: Office) -> None:
    one, other = await office.open(), await office.open()
    await one.inbox.receive([update(1)])
    for jump in (400 * A_DAY, -800 * A_DAY):
        office.clocks.now += jump
        for worker in (one, other, one, other):
            await worker.beat()
            await worker.inbox.look()
            assert ready(other) == []


async def test_a_worker_that_beats_is_never_taken_for_dead(office: Office) -> None:
    one, other = await office.open(), await office.open()
    await one.inbox.receive([update(1)])
    for _ in range(8):
        office.clocks.steady += 10
        await one.beat()
        await other.beat()
        await other.inbox.look()
        assert ready(other) == []


async def test_a_worker_taken_for_dead_does_not_start_what_is_another_s(office: Office) -> None:
    one, other = await office.open(), await office.open()
    await one.inbox.receive([update(1, "tg:1"), update(2, "tg:2")])
    started = await one.inbox.next()
    await office.outlive(other)
    assert sorted(numbers(ready(other))) == [1, 2]
    await one.beat()
    assert ready(one) == []
    await one.inbox.done(started)
    assert ready(one) == []
    assert await other.inbox.receive([update(started.id)]) == 0


async def test_who_attends_takes_over_from_the_dead(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "LOOK", 0.01)
    monkeypatch.setattr(ledger, "BEAT", 0.01)
    one, other = await office.open(), await office.open()
    await one.inbox.receive([update(1)])
    await other.beat()
    await office.kill(one)
    office.clocks.steady += GRACE + 1
    attending = asyncio.create_task(other.attend())
    assert (await other.inbox.next()).id == 1
    attending.cancel()


async def test_an_update_that_kills_its_workers_goes_to_the_dead_letters(office: Office) -> None:
    worker = await office.open()
    await worker.inbox.receive([update(1, payload="deadly"), update(2)])
    for deaths in range(MOST_DEATHS):
        assert [(c.id, c.deaths) for c in ready(worker)] == [(1, deaths)]
        await office.kill(worker)
        worker = await office.open()
        await office.outlive(worker)
    assert numbers(ready(worker)) == [2]
    (letter,) = await worker.inbox.letters()
    assert (letter.update_id, letter.payload) == (1, "deadly")
    assert letter.error == f"{MOST_DEATHS} workers ended while they had this update in hand"


async def test_what_cannot_be_handled_is_buried_and_the_chat_goes_on(office: Office) -> None:
    worker = await office.open()
    await worker.inbox.receive([update(1, payload="odd"), update(2)])
    (claim,) = ready(worker)
    await worker.inbox.bury(claim, "no such field")
    assert numbers(ready(worker)) == [2]
    (letter,) = await worker.inbox.letters()
    assert letter[1:] == (office.clocks.now, 1, "odd", "no such field")
    assert await worker.inbox.letters(after=letter.id) == []


async def test_what_is_no_update_is_kept_as_it_came(office: Office) -> None:
    worker = await office.open()
    await worker.inbox.reject("not\0 JSON \ud800", "Expecting value")
    (letter,) = await worker.inbox.letters()
    assert (letter.update_id, letter.payload, letter.error) == (None, "not\ufffd JSON ?", "Expecting value")


async def test_a_caller_that_gives_up_waiting_loses_nothing(office: Office) -> None:
    worker = await office.open()
    asked = asyncio.create_task(worker.inbox.receive([update(1)]))
    await asyncio.sleep(0)
    asked.cancel()
    assert (await worker.inbox.next()).id == 1


async def test_a_commit_whose_answer_is_lost_loses_nothing_and_doubles_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = await office.open()
    real = Batcher._transaction
    answers = iter([False, True])

    def unheard(self: Batcher, groups: object) -> object:
        outcomes = real(self, groups)  # type: ignore[arg-type]
        if not next(answers, True):
            raise _lost(office.url)
        return outcomes

    monkeypatch.setattr(Batcher, "_transaction", unheard)
    assert await worker.inbox.receive([update(1), update(2)]) == 0
    await worker.inbox.look()
    (claim,) = ready(worker)
    assert claim.id == 1
    answers = iter([False, True])
    await worker.inbox.done(claim)
    assert numbers(ready(worker)) == [2]


@pytest.mark.parametrize("ledger_url", ["postgresql"], indirect=True)
async def test_no_plan_made_while_a_table_is_small_reads_all_of_it(office: Office) -> None:
    """A server keeps a plan; one that reads a whole table is good for three rows and stays when there are a million."""
    worker = await office.open()
    await worker.inbox.receive([update(1)])
    rows = [["tg:1"]]
    asked: list[tuple[object, ...]] = [
        (inbox._FIRST, rows), (inbox._DONE, 0.0, [[1]]), (inbox._OURS, "w", rows), (inbox._LET_GO, "w", rows),
        (inbox._FREE, "w", 5), (inbox._HELD, "w"), (inbox._ARRIVE, 0.0, [[2, "tg:2", "{}"]]),
    ]  # fmt: skip

    def explain(database: Database, _: Sequence[None]) -> list[str]:
        return ["\n".join(row[0] for sql, *p in asked for row in database.run(f"explain {sql}", *p))]

    plan = await worker._store.writes.ask(explain, None)
    assert "Index Scan using inbox_pkey" in plan
    assert "Seq Scan" not in plan


async def test_a_closed_ledger_says_so(office: Office) -> None:
    worker = await office.open()
    await office.leave(worker)
    with pytest.raises(ClosedError, match="账本已经关上了"):
        await worker.inbox.receive([update(1)])


async def test_many_callers_share_a_commit(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = await office.open()
    transactions = []
    real = Batcher._transaction
    monkeypatch.setattr(
        Batcher, "_transaction", lambda self, groups: transactions.append(1) or real(self, groups)
    )
    await asyncio.gather(*(worker.inbox.receive([update(n, f"tg:{n}")]) for n in range(200)))
    assert len(ready(worker)) == 200
    assert len(transactions) < 20


def _lost(url: str) -> Exception:
    """Return what a database's driver raises when the answer to a commit does not come."""
    if url.startswith("postgresql"):
        return psycopg.OperationalError("server closed the connection unexpectedly")
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


async def test_a_role_is_one_workers_until_it_ends(office: Office) -> None:
    one, other, third = await office.open(), await office.open(), await office.open()
    assert [await w.lead("poller") for w in (one, other, one, other)] == [True, False, True, False]
    assert await other.lead("another role")
    await office.leave(one)
    assert [await w.lead("poller") for w in (other, third, other)] == [True, False, True]
    await office.kill(other)
    assert not await third.lead("poller")
    await office.outlive(third)
    assert await third.lead("poller")


async def test_who_was_taken_for_dead_has_lost_its_role(office: Office) -> None:
    one, other = await office.open(), await office.open()
    assert await one.lead("poller")
    await office.outlive(other)
    assert await other.lead("poller")
    assert not await one.lead("poller")
