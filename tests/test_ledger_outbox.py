"""What is to be sent by itself is sent, once, by one worker at a time."""

from __future__ import annotations

import pytest
from ledgers import A_DAY, Office

from bot.ledger import Kind, Letter, Notice

HALF_A_DAY = A_DAY / 2


def letter(key: str, due: float = 0, chat: str = "tg:1", cause: str = "") -> Letter:
    """Return a letter that says its key."""
    return Letter(key, chat, f"says {key}", due, cause)


async def test_nothing_is_sent_before_it_is_due(office: Office) -> None:
    worker = await office.open()
    await worker.outbox.put([letter("a", due=office.clocks.now + HALF_A_DAY)])
    assert await worker.outbox.claim(10) == []
    office.clocks.now += HALF_A_DAY
    assert [send.payload for send in await worker.outbox.claim(10)] == ["says a"]


async def test_a_second_letter_with_the_key_of_one_that_was_sent_is_not_taken(office: Office) -> None:
    worker = await office.open()
    assert await worker.outbox.put([letter("a"), letter("a"), letter("a", chat="tg:2")]) == 2
    for send in await worker.outbox.claim(10):
        await worker.outbox.sent(send)
    assert await worker.outbox.put([letter("a")]) == 0
    assert await worker.outbox.claim(10) == []


async def test_a_letter_in_hand_is_not_claimed_again(office: Office) -> None:
    worker = await office.open()
    await worker.outbox.put([letter("a"), letter("b")])
    (first,) = await worker.outbox.claim(1)
    (second,) = await worker.outbox.claim(10)
    assert (first.key, second.key) == ("a", "b")
    assert await worker.outbox.claim(10) == []


async def test_only_one_worker_at_a_time_is_the_sender(office: Office) -> None:
    one, other = await office.open(), await office.open()
    await one.outbox.put([letter("a"), letter("b")])
    assert len(await one.outbox.claim(1)) == 1
    assert await other.outbox.claim(10) == []
    await office.leave(one)
    assert [(s.key, s.doubtful) for s in await other.outbox.claim(10)] == [("a", True), ("b", False)]


async def test_what_a_killed_sender_had_in_hand_comes_back_as_doubtful(office: Office) -> None:
    one, other = await office.open(), await office.open()
    await one.outbox.put([letter("sent"), letter("being sent"), letter("waiting")])
    first, _ = await one.outbox.claim(2)
    await one.outbox.sent(first)
    await office.kill(one)
    assert await other.outbox.claim(10) == []
    await office.outlive(other)
    sends = await other.outbox.claim(10)
    assert [(s.key, s.doubtful, s.attempts) for s in sends] == [
        ("being sent", True, 2),
        ("waiting", False, 1),
    ]


async def test_a_letter_put_back_waits_and_is_not_doubtful(office: Office) -> None:
    worker = await office.open()
    await worker.outbox.put([letter("a")])
    (send,) = await worker.outbox.claim(10)
    await worker.outbox.later(send, office.clocks.now + 30, "Too Many Requests: retry after 30")
    assert await worker.outbox.claim(10) == []
    office.clocks.now += 30
    (send,) = await worker.outbox.claim(10)
    assert (send.attempts, send.doubtful) == (2, False)


async def test_a_letter_that_may_have_arrived_stays_doubtful_when_telegram_says_wait(office: Office) -> None:
    one, other = await office.open(), await office.open()
    await one.outbox.put([letter("a"), letter("b")])
    await one.outbox.claim(1)
    await office.kill(one)
    await office.outlive(other)
    for send in await other.outbox.claim(2):
        await other.outbox.later(send, office.clocks.now + 30, "Too Many Requests: retry after 30")
    office.clocks.now += 30
    sends = await other.outbox.claim(2)
    assert [(s.key, s.doubtful) for s in sends] == [("a", True), ("b", False)]


async def test_a_letter_whose_answer_was_lost_is_doubtful_whatever_comes_after(office: Office) -> None:
    worker = await office.open()
    await worker.outbox.put([letter("a")])
    for doubtful, found in ((False, False), (True, False), (False, True), (False, True)):
        (send,) = await worker.outbox.claim(1)
        assert send.doubtful == found
        await worker.outbox.later(send, 0, doubtful=doubtful)


async def test_a_chat_told_to_wait_waits_with_all_its_letters_in_order_and_others_do_not(
    office: Office,
) -> None:
    worker = await office.open()
    await worker.outbox.put([letter("a", 1), letter("b", 2), letter("c", 3, chat="tg:2")])
    (send,) = await worker.outbox.claim(1)
    await worker.outbox.later(send, office.clocks.now + 30, whole_chat=True)
    (other,) = await worker.outbox.claim(10)
    assert other.key == "c"
    office.clocks.now += 31
    assert [s.key for s in await worker.outbox.claim(10)] == ["a", "b"]


async def test_a_letter_given_up_is_told_and_not_tried_again(office: Office) -> None:
    worker = await office.open()
    await worker.outbox.put([letter("a")])
    (send,) = await worker.outbox.claim(10)
    await worker.outbox.failed(send, "Forbidden: bot was blocked by the user")
    assert await worker.outbox.claim(10) == []
    (failure,) = await worker.outbox.failures()
    assert failure == ("a", "tg:1", "Forbidden: bot was blocked by the user", office.clocks.now)


async def test_a_cause_taken_back_while_it_waits_is_never_sent(office: Office) -> None:
    worker = await office.open()
    due = office.clocks.now + HALF_A_DAY
    await worker.outbox.put([letter("a", due, cause="edit 7"), letter("b", due, cause="edit 8")])
    assert await worker.outbox.cancel("edit 7") == 1
    office.clocks.now = due
    assert [s.key for s in await worker.outbox.claim(10)] == ["b"]


async def test_a_change_is_announced_once_to_each_who_follows_it(office: Office) -> None:
    worker = await office.open()
    for chat in ("tg:1", "tg:2"):
        await worker.follows.follow(chat, Kind.CHANGE, "zjg-water")
    await worker.follows.follow("tg:3", Kind.KNOWN, "zjg-water")
    notice = Notice("edit 7", Kind.CHANGE, "zjg-water", "what changed", office.clocks.now)
    assert await worker.outbox.announce([notice]) == 2
    assert await worker.outbox.announce([notice]) == 0
    sends = await worker.outbox.claim(10)
    assert sorted((s.chat, s.payload) for s in sends) == [("tg:1", "what changed"), ("tg:2", "what changed")]
    for send in sends:
        await worker.outbox.sent(send)
    assert await worker.outbox.announce([notice]) == 0
    assert len(await worker.follows.of("tg:1")) == 1


async def test_who_asked_to_hear_when_it_is_known_is_told_once_and_follows_no_longer(office: Office) -> None:
    worker = await office.open()
    await worker.follows.follow("tg:1", Kind.KNOWN, "zjg-water")
    await worker.follows.follow("tg:1", Kind.CHANGE, "zjg-water")
    await worker.outbox.announce([Notice("edit 7", Kind.KNOWN, "zjg-water", "known", 0)])
    assert len(await worker.follows.of("tg:1")) == 2
    (send,) = await worker.outbox.claim(10)
    await worker.outbox.sent(send)
    assert [f.kind for f in await worker.follows.of("tg:1")] == [Kind.CHANGE]


async def test_an_announcement_taken_back_ends_no_follow(office: Office) -> None:
    worker = await office.open()
    await worker.follows.follow("tg:1", Kind.KNOWN, "zjg-water")
    await worker.outbox.announce([Notice("edit 7", Kind.KNOWN, "zjg-water", "known", 0)])
    await worker.outbox.cancel("edit 7")
    assert await worker.outbox.announce([Notice("edit 8", Kind.KNOWN, "zjg-water", "known", 0)]) == 1


async def test_who_stops_following_is_not_sent_what_already_waits(office: Office) -> None:
    worker = await office.open()
    await worker.follows.follow("tg:1", Kind.CHANGE, "zjg-water")
    await worker.outbox.announce([Notice("edit 7", Kind.CHANGE, "zjg-water", "changed", 0)])
    assert await worker.follows.unfollow("tg:1", Kind.CHANGE, "zjg-water")
    assert not await worker.follows.unfollow("tg:1", Kind.CHANGE, "zjg-water")
    assert await worker.outbox.claim(10) == []


async def test_a_letter_with_nothing_to_say_ends_no_follow_and_may_be_told_later(office: Office) -> None:
    worker = await office.open()
    await worker.follows.follow("tg:1", Kind.KNOWN, "a")
    notice = Notice("change 7", Kind.KNOWN, "a", "known", 0)
    assert await worker.outbox.announce([notice]) == 1
    (send,) = await worker.outbox.claim(10)
    await worker.outbox.drop(send)
    assert await worker.outbox.claim(10) == []
    assert len(await worker.follows.of("tg:1")) == 1
    assert await worker.outbox.announce([notice]) == 1
    assert len(await worker.outbox.claim(10)) == 1


async def test_a_letter_that_is_dropped_while_its_account_gets_a_new_id_is_looked_at_again(
    office: Office,
) -> None:
    worker = await office.open()
    await worker.follows.follow("tg:1", Kind.CHANGE, "old")
    await worker.outbox.announce([Notice("change 7", Kind.CHANGE, "old", "changed", 0)])
    (send,) = await worker.outbox.claim(10)
    await worker.follows.rename("old", "new")
    await worker.outbox.drop(send)
    assert [(s.about, s.doubtful) for s in await worker.outbox.claim(10)] == [("new", False)]


async def test_what_was_sent_is_forgotten_but_for_its_key(office: Office) -> None:
    worker = await office.open()
    await worker.outbox.put([letter("a")])
    (send,) = await worker.outbox.claim(10)
    await worker.outbox.sent(send)
    (row,) = (await worker.people.person("tg:1"))["outbox"]
    assert (row["payload"], row["state"]) == (None, "sent")


@pytest.mark.parametrize("days", [89, 91])
async def test_keys_of_what_was_sent_are_kept_for_90_days(office: Office, days: int) -> None:
    worker = await office.open()
    await worker.outbox.put([letter("a")])
    (send,) = await worker.outbox.claim(10)
    await worker.outbox.sent(send)
    office.clocks.now += days * A_DAY
    await worker.prune()
    assert await worker.outbox.put([letter("a")]) == (days > 90)
