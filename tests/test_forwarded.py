"""A forwarded notice is told from a question, held against our record, said back as its own word, and kept once confirmed."""

from __future__ import annotations

import json

import pytest
from conftest import TODAY, load, matcher_of, unit
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import A_DAY, Office

from benchmarks.notices import entries
from bot.dialogue import Message, answer
from bot.forwarding import granted
from bot.ledger import Fate
from bot.matcher import Matcher
from bot.reply import Asks, Kind, Reply
from bot.talk import forwarded
from bot.talk.desk import Scene, desk
from bot.talk.forwarded import untaken
from bot.talk.tokens import DROP, PASS, PASS_AND_TELL, thread

NOTICE = "因工作需要,“平湖科普”微信公众号自2024年7月1日起停止更新,后续信息请关注“平湖发布”微信公众号。感谢支持。\n平湖市科学技术协会\n2024年6月28日"
OURS = unit(
    "张家港市测试局",
    "id: ceshi-wx, name: 港城测试, platform: wechat, state: closing, stopped: 2024-07-01, notice: named,"
    " destinations: [{name: 张家港发布, platform: wechat, basis: notice}], checked: 2024-06-28, sources: [{publisher: 甲}]",
    "id: ceshi-wb, name: 港城测试, platform: weibo, state: closing, notice: unseen, checked: 2024-06-28, sources: [{publisher: 甲}]",
    "id: ceshi-dy, name: 港城测试, platform: douyin, state: active, checked: 2024-06-28, sources: [{publisher: 甲}]",
)
TEXT = "因工作需要,“港城测试”{platform}自{date}起停止更新,后续信息请关注“{goal}”微信公众号。感谢支持。\n{unit}\n2024年6月28日"


def notice_text(
    platform: str = "微信公众号",
    date: str = "2024年7月1日",
    goal: str = "张家港发布",
    unit: str = "张家港市测试局",
) -> str:
    return TEXT.format(platform=platform, date=date, goal=goal, unit=unit)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    return matcher_of(tmp_path_factory.mktemp("forwarded") / "knowledge", OURS)


def say(matcher: Matcher, text: str, context: str | None = None) -> Reply:
    return answer(Message(text, context=context), matcher, TODAY)


def test_no_question_we_were_ever_asked_is_taken_for_a_notice(matcher: Matcher) -> None:
    asked = [*strings(load("asked.yaml")), *strings(load("absent.yaml")), *strings(load("confusable.yaml"))]
    assert len(asked) > 1000
    assert not [text for text in asked if say(matcher, text).kind is Kind.NOTICE]


def strings(data: object) -> list[str]:
    if isinstance(data, str):
        return [data]
    values = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for value in values for text in strings(value)]


def test_nearly_every_labelled_notice_is_known_as_one(matcher: Matcher) -> None:
    """What is missed is as short as a question, names no account at all, or is a report."""
    scene = Scene(matcher, desk(matcher).voice("zh-Hans"), TODAY)
    notices = [e for e in entries("development") if e["accounts"]]
    missed = [e["id"] for e in notices if forwarded.read(e["text"], scene) is None]
    assert len(missed) <= len(notices) * 0.1, missed
    ordinary = [e for e in entries("development") if not e["accounts"]]
    assert not [e["id"] for e in ordinary if forwarded.read(e["text"], scene)]


def test_an_account_of_that_name_elsewhere_is_not_ours(ours: Matcher) -> None:
    reply = say(ours, notice_text(unit="平湖市测试局"))
    assert reply.kind is Kind.NOTICE
    assert not reply.choices
    assert reply.account is None


def test_a_notice_that_agrees_is_said_to_and_asks_nothing(ours: Matcher) -> None:
    reply = say(ours, notice_text())
    assert reply.account is not None
    assert reply.account.account.id == "ceshi-wx"
    assert reply.text.startswith("您转来的公告和我们的记录对得上。")
    assert reply.wish is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"date": "2024年9月1日"}, "停更日期,公告说“2024-09-01”,我们记的是“2024-07-01”"),
        ({"goal": "领取补贴中心"}, "去向,公告说“「领取补贴中心」(微信公众号)”,我们记的是“「张家港发布」(微信公众号)”"),
        ({"platform": "抖音号"}, "现状,公告说“已公告停更”,我们记的是“在用”"),
    ],
    ids=lambda v: str(v)[:20],
)  # fmt: skip
def test_a_notice_that_differs_is_shown_beside_our_record_and_may_be_passed_on(
    ours: Matcher, changed: dict[str, str], said: str
) -> None:
    reply = say(ours, notice_text(**changed))
    assert said in reply.text
    assert "尚未核实" in reply.text
    assert [c.choice for c in reply.offers][:2] == [PASS, PASS_AND_TELL]
    assert reply.wish is not None
    assert reply.wish.asks is Asks.HOLD


def test_a_notice_that_says_more_is_told_as_its_own_word(ours: Matcher) -> None:
    reply = say(ours, notice_text(platform="微博"))
    assert reply.account is not None
    assert reply.account.account.id == "ceshi-wb"
    assert reply.text.startswith("据您转来的公告,尚未核实:现在看「张家港发布」(微信公众号)。")
    assert not any(goal.name == "张家港发布" for goal in reply.goals)


def test_of_an_unknown_account_nothing_is_said_but_the_notices_word(ours: Matcher) -> None:
    reply = say(ours, NOTICE)
    assert (reply.kind, reply.account, reply.goals) == (Kind.NOTICE, None, ())
    assert reply.wish is not None
    assert reply.wish.value == NOTICE
    assert reply.context is not None
    assert len(reply.context) <= 512


@pytest.mark.parametrize(
    ("typed", "asks"), [("对", Asks.DRAFT), ("是的", Asks.DRAFT), ("不对", None), ("弄错了", None)]
)
def test_only_yes_passes_it_on(ours: Matcher, typed: str, asks: Asks | None) -> None:
    reply = say(ours, typed, say(ours, NOTICE).context)
    assert (reply.wish.asks if reply.wish else None) is asks
    assert not thread(reply.context).forwarded


@pytest.mark.parametrize("choice", [PASS, PASS_AND_TELL, DROP])
def test_its_buttons_fit_and_work_without_a_context(ours: Matcher, choice: str) -> None:
    assert len(choice) <= 64
    reply = answer(Message(choice=choice), ours, TODAY)
    assert reply.kind is Kind.CHAT
    assert (reply.wish is None) == (choice == DROP)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=120), cut=st.integers(0, len(NOTICE)))
def test_a_notice_with_anything_in_it_gets_a_reply_that_fits(ours: Matcher, text: str, cut: int) -> None:
    reply = say(ours, NOTICE[:cut] + text + NOTICE[cut:])
    assert reply.text
    assert len(reply.context or "") <= 512


async def test_a_notice_is_kept_once_its_sender_said_it_was_read_rightly(
    office: Office, ours: Matcher
) -> None:
    worker = await office.open()
    first = say(ours, NOTICE)
    assert await granted(first, "tg:1", worker) is first
    assert await worker.drafts.open() == []
    await granted(say(ours, "对", first.context), "tg:1", worker)
    (waiting,) = await worker.drafts.open()
    assert (waiting.text, waiting.senders) == (NOTICE, 1)


async def test_a_notice_that_was_forgotten_is_asked_for_again(office: Office, ours: Matcher) -> None:
    worker = await office.open()
    first = say(ours, NOTICE)
    await granted(first, "tg:1", worker)
    office.clocks.now += A_DAY + 1
    reply = await granted(say(ours, "对", first.context), "tg:1", worker)
    assert "再转一次" in reply.text
    assert await worker.drafts.open() == []


async def test_who_asked_hears_the_reason_in_words(office: Office, ours: Matcher) -> None:
    worker = await office.open()
    await granted(say(ours, NOTICE), "tg:1", worker)
    await granted(answer(Message(choice=PASS_AND_TELL), ours, TODAY), "tg:1", worker)
    (waiting,) = await worker.drafts.open()
    await worker.drafts.settle(waiting.id, Fate.REJECTED, reason="这是去年的公告。")
    (send,) = await worker.outbox.claim(1)
    scene = Scene(ours, desk(ours).voice("zh-Hans"), TODAY)
    assert "这是去年的公告。" in forwarded.became(send.payload, scene)
    taken = forwarded.became(json.dumps({"fate": "applied", "entry": "ceshi-wx gone", "reason": ""}), scene)
    assert "「港城测试」(微信公众号)" in taken
    assert forwarded.became(json.dumps({"fate": "merged", "entry": "gone", "reason": ""}), scene)


def test_a_channel_that_keeps_nothing_promises_nothing(ours: Matcher) -> None:
    first = untaken(say(ours, NOTICE))
    assert "平湖发布" in first.text
    assert "转给维护者" not in first.text
    assert (first.wish, first.offers, thread(first.context).forwarded) == (None, (), False)
    again = untaken(answer(Message(choice=PASS), ours, TODAY))
    assert "转给维护者" not in again.text
    assert untaken(say(ours, "你好")) == say(ours, "你好")
