"""Little is kept of people, for a while; all of it can be shown, and erased for good."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest
from ledgers import A_DAY, Office, ready, update

from bot.ledger import Kind, Ledger, Letter, Missing, Outcome, Settings, question_key
from bot.ledger.people import PERSONAL

ME, OTHER = "tg:77", "tg:78"
PRIVATE = "十六字一个字也不留下的秘密话语"


async def fill(worker: Ledger, chat: str) -> None:
    """Leave something of a chat in every place where the ledger keeps what belongs to one."""
    await worker.people.keep(chat, Settings("zh-Hant", "320582", "weekly", speaks=True))
    await worker.people.remember(chat, "question", PRIVATE, A_DAY)
    await worker.follows.follow(chat, Kind.CHANGE, "zjg-water")
    await worker.follows.follow_question(chat, PRIVATE)
    await worker.feedback.vote(chat, "QX-0RTWB-P2", good=False, reason=PRIVATE)
    await worker.feedback.correct(chat, "QX-0RTWB-P2", PRIVATE)
    await worker.outbox.put([Letter("a", chat, PRIVATE, 0)])
    await worker.drafts.put("“平湖科普”微信公众号停止更新。", chat=chat, tell=True)
    number = int(chat.removeprefix("tg:"))
    await worker.inbox.receive([update(number, chat, PRIVATE), update(number + 1000, chat, PRIVATE)])
    (claim,) = [c for c in ready(worker) if c.chat == chat]
    await worker.inbox.bury(claim, "unreadable")


async def test_nothing_is_kept_of_who_never_wrote(office: Office) -> None:
    worker = await office.open()
    assert await worker.people.person(ME) == {table: [] for table in PERSONAL}
    assert await worker.people.settings(ME) == Settings()
    assert await worker.people.recall(ME) == {}
    assert await worker.people.known(ME) == (Settings(), {})


async def test_what_is_known_of_a_chat_is_what_it_wishes_and_what_is_remembered(office: Office) -> None:
    """Of each its own, also where several are asked for at once."""
    worker = await office.open()
    for chat in (ME, OTHER):
        await worker.people.keep(chat, Settings(area=chat[-6:]))
        await worker.people.remember(chat, "said", chat, 60)
    found = await asyncio.gather(*(worker.people.known(chat) for chat in (ME, OTHER, "tg:1", ME)))
    mine, others = (Settings(area=ME[-6:]), {"said": ME}), (Settings(area=OTHER[-6:]), {"said": OTHER})
    assert found == [mine, others, (Settings(), {}), mine]


async def test_every_table_with_a_column_for_a_chat_is_shown_to_its_person(office: Office) -> None:
    """A lane says that a chat's message waits, which the inbox shows; it goes with the message."""
    worker = await office.open()
    found = await worker._store.reads.ask(lambda db, asked: [_with_chats(db, office.url)] * len(asked), None)
    assert found - {"lane"} == set(PERSONAL)


async def test_a_person_sees_all_that_is_kept(office: Office) -> None:
    worker = await office.open()
    await fill(worker, ME)
    await fill(worker, OTHER)
    kept = await worker.people.person(ME)
    assert {table: len(rows) for table, rows in kept.items()} == {
        "setting": 1, "follow": 2, "feedback": 2, "outbox": 1, "memory": 1, "inbox": 1, "dead": 1, "draft_sender": 1,
    }  # fmt: skip
    assert kept["setting"][0]["area"] == "320582"
    assert kept["memory"][0]["value"] == PRIVATE


async def test_erasing_leaves_nothing_of_a_person_and_all_of_others(office: Office) -> None:
    worker = await office.open()
    await fill(worker, OTHER)
    await fill(worker, ME)
    before = await worker.people.person(OTHER)
    assert await worker.people.erase(ME) == 9
    waiting = (await worker.people.person(ME)).pop("inbox")
    assert len(waiting) == 1
    (claim,) = [c for c in ready(worker) if c.chat == ME]
    await worker.inbox.done(claim)
    assert await worker.people.person(ME) == {table: [] for table in PERSONAL}
    assert await worker.people.person(OTHER) == before


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
async def test_what_was_erased_is_not_left_in_the_files_either(office: Office) -> None:
    worker = await office.open()
    await fill(worker, ME)
    for claim in ready(worker):
        await worker.inbox.done(claim)
    files = [Path(office.url), Path(office.url + "-wal")]
    assert any(PRIVATE.encode() in file.read_bytes() for file in files)
    await worker.people.erase(ME)
    assert not any(PRIVATE.encode() in file.read_bytes() for file in files)


async def test_wishes_are_kept_as_they_were_last(office: Office) -> None:
    worker = await office.open()
    await worker.people.keep(ME, Settings(language="en", speaks=True))
    await worker.people.keep(ME, Settings(area="320582", digest="weekly"))
    await worker.people.keep(OTHER, Settings(digest="at-once"))
    assert await worker.people.settings(ME) == Settings(area="320582", digest="weekly")
    assert await worker.people.subscribers("weekly") == [(ME, "320582", None)]


async def test_what_is_remembered_is_forgotten_when_its_time_is_over(office: Office) -> None:
    worker = await office.open()
    await worker.people.remember(ME, "question", "first", A_DAY)
    await worker.people.remember(ME, "question", "second", A_DAY)
    await worker.people.remember(ME, "answer:7", "8", 2 * A_DAY)
    assert await worker.people.recall(ME) == {"question": "second", "answer:7": "8"}
    office.clocks.now += A_DAY
    assert await worker.people.recall(ME) == {"answer:7": "8"}
    await worker.prune()
    assert len((await worker.people.person(ME))["memory"]) == 1


async def test_what_is_forgotten_stays_so_when_the_clock_goes_back(office: Office) -> None:
    worker = await office.open()
    await worker.people.remember(ME, "correcting", "a-wx", A_DAY)
    await worker.people.remember(ME, "correcting", "", 0)
    office.clocks.now -= A_DAY
    assert await worker.people.recall(ME) == {}


async def test_who_blocked_the_bot_is_sent_nothing_more(office: Office) -> None:
    worker = await office.open()
    await fill(worker, ME)
    await worker.people.gone(ME)
    kept = await worker.people.person(ME)
    assert kept["follow"] == kept["outbox"] == kept["memory"] == kept["draft_sender"] == []
    assert await worker.people.settings(ME) == Settings("zh-Hant", "320582")
    assert len(kept["feedback"]) == 2


async def test_a_group_that_becomes_a_supergroup_keeps_what_is_its_own(office: Office) -> None:
    worker = await office.open()
    await fill(worker, ME)
    await worker.follows.follow("tg:-1001", Kind.CHANGE, "zjg-water")
    await worker.people.move(ME, "tg:-1001")
    old, new = await worker.people.person(ME), await worker.people.person("tg:-1001")
    assert {table for table, rows in old.items() if rows} == {"inbox"}
    assert {table: len(rows) for table, rows in new.items()} == {
        "setting": 1, "follow": 2, "feedback": 2, "outbox": 1, "memory": 1, "inbox": 0, "dead": 1, "draft_sender": 1,
    }  # fmt: skip


async def test_a_followed_question_is_kept_without_the_numbers_of_people(office: Office) -> None:
    worker = await office.open()
    assert await worker.follows.follow_question(ME, "水润港城,打 138 1234 5678 找我")
    assert not await worker.follows.follow_question(ME, "水潤港城 打13912345678找我!")
    assert await worker.follows.follow_question(OTHER, "水润港城打13912345678找我")
    (asked,) = await worker.follows.questions()
    assert (asked.about, asked.followers) == (question_key("水润港城打13912345678找我"), 2)
    assert "138" not in asked.question


async def test_a_vote_replaces_the_one_before_and_corrections_add_up(office: Office) -> None:
    worker = await office.open()
    await worker.feedback.vote(ME, "QX-1", good=False, reason="过时")
    await worker.feedback.vote(ME, "QX-1", good=True)
    await worker.feedback.vote(OTHER, "QX-1", good=True)
    assert await worker.feedback.votes(0) == [("QX-1", "up", "", 2)]
    first = await worker.feedback.correct(
        ME, "QX-1", "搬了,电话 0512-58123456,找王先生 13812345678", "http://x.gov.cn/a"
    )
    await worker.feedback.correct(ME, "QX-1", "还有", "")
    kept = await worker.feedback.corrections()
    assert [c.text for c in kept] == ["搬了,电话 0512-58123456,找王先生 〔电话〕", "还有"]
    assert await worker.feedback.settle(first, Outcome.ANSWERED, "zjg-water") == ME
    assert await worker.feedback.settle(999, Outcome.DISMISSED) is None
    assert [c.text for c in await worker.feedback.corrections()] == ["还有"]


async def test_questions_are_counted_by_what_they_say_without_who_asked(office: Office) -> None:
    worker = await office.open()
    await worker.questions.asked(Missing.ACCOUNT, "?!")
    for text in ("水润港城", "水潤港城!", "沙洲 E 家"):
        await worker.questions.asked(Missing.ACCOUNT, text)
    office.clocks.now += 1
    await worker.questions.asked(Missing.DESTINATION, "水润港城")
    found = await worker.questions.open()
    assert [(q.missing, q.question, q.times) for q in found] == [
        (Missing.ACCOUNT, "水润港城", 2),
        (Missing.DESTINATION, "水润港城", 1),
        (Missing.ACCOUNT, "沙洲 E 家", 1),
    ]
    assert [q.question for q in await worker.questions.open(most=1, skip=2)] == ["沙洲 E 家"]


async def test_a_dismissed_question_stays_so_and_an_answered_one_that_is_asked_again_is_open(
    office: Office,
) -> None:
    worker = await office.open()
    for text, outcome in (("甲", Outcome.DISMISSED), ("乙", Outcome.ANSWERED)):
        await worker.questions.asked(Missing.ACCOUNT, text)
        assert await worker.questions.settle(Missing.ACCOUNT, text, outcome, "zjg-water")
    assert await worker.questions.open() == []
    assert not await worker.questions.settle(Missing.ACCOUNT, "丙", Outcome.DISMISSED)
    for text in "甲乙":
        await worker.questions.asked(Missing.ACCOUNT, text)
    assert [q.question for q in await worker.questions.open()] == ["乙"]


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (
            1,
            {
                "setting",
                "follow",
                "feedback",
                "outbox",
                "memory",
                "dead",
                "question",
                "number",
                "draft_sender",
            },
        ),
        (3, {"setting", "follow", "feedback", "outbox", "dead", "question", "draft_sender"}),
        (15, {"setting", "follow", "feedback", "outbox", "question", "draft_sender"}),
        (91, {"setting", "follow"}),
    ],
)
async def test_everything_goes_when_its_days_are_over(office: Office, days: int, left: set[str]) -> None:
    worker = await office.open()
    await fill(worker, ME)
    await worker.people.remember(ME, "answer:7", "8", 2 * A_DAY)
    await worker.questions.asked(Missing.ACCOUNT, "水润港城")
    for claim in ready(worker):
        await worker.inbox.done(claim)
    for send in await worker.outbox.claim(9):
        await worker.outbox.sent(send)
    office.clocks.now += days * A_DAY
    await worker.prune()
    assert await worker.prune() == 0
    kept = {table for table, rows in (await worker.people.person(ME)).items() if rows}
    kept |= {"question"} if await worker.questions.open() else set()
    await worker.inbox.receive([update(77, "tg:new")])
    kept |= {"number"} if not ready(worker) else set()
    assert kept == left


async def test_no_text_of_a_person_breaks_the_ledger(office: Office) -> None:
    worker = await office.open()
    odd = "\0半\ud83d字 '; drop table follow; -- ? % $1 @(a b) @lock"
    await worker.people.remember(ME, odd, odd, A_DAY)
    await worker.feedback.correct(ME, odd, odd, odd)
    await worker.follows.follow_question(ME, odd)
    await worker.questions.asked(Missing.ACCOUNT, odd)
    (value,) = (await worker.people.recall(ME)).values()
    assert value == odd.replace("\0", "\ufffd").replace("\ud83d", "?")


def _with_chats(database: object, url: str) -> set[str]:
    """Return the tables with a column `chat`."""
    tables = database.tables()  # type: ignore[attr-defined]
    if url.startswith("postgresql"):
        with psycopg.connect(url) as db:
            rows = db.execute(
                "select table_name from information_schema.columns where column_name = 'chat' and table_schema = current_schema()"
            ).fetchall()
            return {name for (name,) in rows}
    return {t for t in tables if any(r[1] == "chat" for r in database.run(f"pragma table_info({t})"))}  # type: ignore[attr-defined]


async def test_a_source_is_added_to_ones_own_correction_and_to_no_other(office: Office) -> None:
    worker = await office.open()
    number = await worker.feedback.correct(ME, "a-wx", "错了")
    assert not await worker.feedback.add_source(number, OTHER, "https://evil.example")
    assert not await worker.feedback.add_source(number + 1, ME, "x")
    assert await worker.feedback.add_source(number, ME, "报纸,电话 13812345678")
    (kept,) = await worker.feedback.corrections()
    assert kept.source == "报纸,电话 〔电话〕"


async def test_a_bookmark_is_what_was_put_last(office: Office) -> None:
    one, other = await office.open(), await office.open()
    assert await one.marks.get("x") is None
    await one.marks.put("x", "1")
    await other.marks.put("x", "2")
    assert await one.marks.get("x") == "2"


async def test_who_follows_an_account_follows_it_under_its_new_id_once(office: Office) -> None:
    worker = await office.open()
    await worker.follows.follow(ME, Kind.CHANGE, "old")
    await worker.follows.follow(OTHER, Kind.CHANGE, "old")
    await worker.follows.follow(OTHER, Kind.CHANGE, "new")
    await worker.follows.rename("old", "new")
    assert [f.about for chat in (ME, OTHER) for f in await worker.follows.of(chat)] == ["new", "new"]
