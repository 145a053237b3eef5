"""A notice waits until a maintainer settles it, is kept once, and whoever asked hears what became of it."""

from __future__ import annotations

import json

from ledgers import A_DAY, Office

from bot.ledger import Fate

TEXT = "“平湖科普”微信公众号自2024年7月1日起停止更新。"
ME, OTHER = "tg:1", "tg:2"


async def test_a_notice_that_is_not_open_is_settled_no_more(office: Office) -> None:
    worker = await office.open()
    assert await worker.drafts.settle(7, Fate.APPLIED) is None
    number = await worker.drafts.put(TEXT, chat=ME, tell=True)
    assert await worker.drafts.settle(number, Fate.REJECTED, reason="不是公告") == 1
    assert await worker.drafts.settle(number, Fate.APPLIED) is None
    assert len(await worker.outbox.claim(9)) == 1
    assert await worker.drafts.one(99) is None


async def test_the_same_words_are_kept_once_however_their_lines_are_broken(office: Office) -> None:
    worker = await office.open()
    one = await worker.drafts.put(TEXT, chat=ME)
    assert (
        await worker.drafts.put(
            TEXT.replace("自", "\n 自"), url="https://a.cn/", date="2024-06-28", chat=OTHER
        )
        == one
    )
    assert await worker.drafts.put(TEXT, chat=OTHER) == one
    (found,) = await worker.drafts.open()
    assert (found.text, found.senders, found.url, found.date) == (TEXT, 2, "https://a.cn/", "2024-06-28")


async def test_the_number_of_a_person_is_not_kept_and_that_of_an_office_is(office: Office) -> None:
    worker = await office.open()
    await worker.drafts.put(TEXT + "电话0573-85012345,联系人手机13812345678")
    (found,) = await worker.drafts.open()
    assert "0573-85012345" in found.text
    assert "13812345678" not in found.text


async def test_only_who_asked_hears_what_became_of_it(office: Office) -> None:
    worker = await office.open()
    number = await worker.drafts.put(TEXT, chat=ME, tell=True)
    await worker.drafts.put(TEXT, chat=ME)  # sent again without asking takes nothing back
    await worker.drafts.put(TEXT, chat=OTHER)
    assert await worker.drafts.settle(number, Fate.APPLIED, "pinghukepu-wx") == 1
    (send,) = await worker.outbox.claim(9)
    assert (send.chat, send.kind, send.about) == (ME, "draft", str(number))
    assert json.loads(send.payload) == {"fate": "applied", "entry": "pinghukepu-wx", "reason": ""}


async def test_who_was_erased_hears_nothing_and_the_notice_stays(office: Office) -> None:
    worker = await office.open()
    number = await worker.drafts.put(TEXT, chat=ME, tell=True)
    await worker.people.erase(ME)
    assert [w.id for w in await worker.drafts.open()] == [number]
    assert await worker.drafts.settle(number, Fate.MERGED, "x") == 0
    assert await worker.outbox.claim(9) == []


async def test_an_open_notice_outlives_its_sender_and_a_settled_one_goes(office: Office) -> None:
    worker = await office.open()
    kept = await worker.drafts.put(TEXT, chat=ME)
    gone = await worker.drafts.put(TEXT + "特此公告。", chat=ME)
    await worker.drafts.settle(gone, Fate.REJECTED)
    office.clocks.now += 91 * A_DAY
    await worker.prune()
    assert [(w.id, w.senders) for w in await worker.drafts.open()] == [(kept, 0)]
    assert await worker.drafts.one(gone) is None


async def test_what_waits_outlives_the_process(office: Office) -> None:
    worker = await office.open()
    number = await worker.drafts.put(TEXT)
    await office.kill(worker)
    again = await office.open()
    assert [w.id for w in await again.drafts.open()] == [number]
