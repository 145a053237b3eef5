"""What is said of one account: now first, the route with dates, the weakest evidence, warnings where they matter."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TODAY, matcher_of, unit

from bot.dialogue import Message, answer
from bot.matcher import Matcher
from bot.reply import From, Kind, Reply
from bot.values import Basis, When

A = "id: a-wx, name: 港城甲号, platform: wechat, state: closed, notice: named, stopped: 2020-01-02"


def ask(matcher: Matcher, text: str, today: When = TODAY, **more: str) -> Reply:
    """Return the reply to a text."""
    return answer(Message(text, **more), matcher, today)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder for the knowledge of a test."""
    return tmp_path / "knowledge"


def test_a_dead_end_is_told_as_one_and_asked_on_as_if_nothing_had_been_named(made: Path) -> None:
    matcher = matcher_of(
        made,
        unit("张家港市甲局", f"{A}, destinations: [{{account: b-wx, basis: notice, ends_here: true}}]")
        + unit(
            "张家港市乙局",
            "id: b-wx, name: 港城乙号, platform: wechat, state: closed, notice: none, stopped: 2022-03-04",
        ),
    )
    reply = ask(matcher, "港城甲号")
    assert reply.kind is Kind.ASK
    assert "「港城甲号」(微信公众号)原来指到「港城乙号」(微信公众号)" in reply.text
    assert "路到这里断了" in reply.text
    assert reply.choices
    assert reply.goals == ()


def test_a_long_trail_leads_to_its_live_end_on_its_weakest_word(made: Path) -> None:
    matcher = matcher_of(
        made,
        unit("张家港市甲局", f"{A}, destinations: [{{account: b-wx, basis: notice}}]")
        + unit(
            "张家港市乙局",
            "id: b-wx, name: 港城乙号, platform: wechat, state: merged, notice: unseen, stopped: 2022-03, "
            "destinations: [{account: c-wx, basis: media}]",
        )
        + unit("张家港市丙局", "id: c-wx, name: 港城丙号, platform: wechat, state: active, seen: 2024-05-01"),
    )
    reply = ask(matcher, "港城甲号")
    first, *rest = reply.text.splitlines()
    assert first == "现在看:「港城丙号」(微信公众号),2024-05-01 时在用,之后未核"
    assert "一步步是这样来的:港城甲号 →(2020-01-02)港城乙号 →(2022-03)港城丙号" in rest
    assert "去向的依据(按最弱的一步算):媒体报道的,不是公告原文。" in rest
    assert [g.basis for g in reply.goals] == [Basis.MEDIA]
    assert [(h.origin, h.target, str(h.date)) for h in reply.route] == [
        ("港城甲号", "港城乙号", "2020-01-02"),
        ("港城乙号", "港城丙号", "2022-03"),
    ]


def test_destinations_are_listed_by_what_they_take_over(made: Path) -> None:
    goals = (
        "{name: 港城发布, platform: wechat, basis: notice, scope: information}, "
        "{name: 我的张家港, platform: app, basis: notice, scope: services}, "
        "{name: 12345, platform: wechat, basis: notice, scope: enquiries}"
    )
    matcher = matcher_of(
        made, unit("张家港市甲局", f"{A.replace('closed', 'split')}, destinations: [{goals}]")
    )
    lines = ask(matcher, "港城甲号").text.splitlines()
    assert lines[:4] == [
        "现在看这里:",
        "· 信息发布 → 「港城发布」(微信公众号)",
        "· 办事 → 「我的张家港」(手机App)",
        "· 咨询 → 「12345」(微信公众号)",
    ]


def test_where_only_information_went_the_services_of_that_account_are_another_matter(made: Path) -> None:
    """甲's news went to 乙, and 乙's services to 丙: nobody said that 甲's news is at 丙."""
    matcher = matcher_of(
        made,
        unit(
            "张家港市甲局", f"{A}, destinations: [{{account: b-wx, basis: notice, scope: information}}]"
        )
        + unit(
            "张家港市乙局",
            "id: b-wx, name: 港城乙号, platform: wechat, state: closed, notice: named, "
            "destinations: [{name: 港城丙号, platform: app, basis: notice, scope: services}]",
        ),
    )  # fmt: skip
    reply = ask(matcher, "港城甲号")
    assert reply.goals == ()
    assert "路到这里断了" in reply.text


def test_the_units_other_live_accounts_come_after_the_notices_own_and_are_marked(made: Path) -> None:
    matcher = matcher_of(
        made,
        unit(
            "张家港市甲局",
            f"{A}, destinations: [{{name: 港城发布, platform: wechat, basis: notice}}]",
            "id: a-wb, name: 港城甲号, platform: weibo, state: active, seen: 2024-04-01",
            "id: a-dy, name: 港城甲号, platform: douyin, state: closed, notice: none",
        ),
    )
    lines = ask(matcher, "港城甲号公众号").text.splitlines()
    assert lines[0].startswith("现在看:「港城发布」")
    assert "同一单位还在用的(不是公告指的去处):同名的微博,2024-04-01 时在用。" in lines
    assert "同一单位的其他账号:同名的抖音,已关停。" in lines


@pytest.mark.parametrize(
    ("state", "says", "lacks"),
    [
        ("migrated", "原来的关注会跟着过去", "拿去用"),
        ("closed", "旧号的关注不会转过去", "跟着过去"),
        ("renamed", "现在看", "拿去用"),
    ],
)
def test_a_moved_account_keeps_its_followers_and_a_cancelled_one_does_not(
    made: Path, state: str, says: str, lacks: str
) -> None:
    goal = "destinations: [{name: 港城发布, platform: wechat, basis: notice}]"
    matcher = matcher_of(made, unit("张家港市甲局", f"{A.replace('closed', state)}, {goal}"))
    text = ask(matcher, "港城甲号").text
    assert says in text
    assert lacks not in text


@pytest.mark.parametrize(
    ("today", "says"),
    [
        ("2024-05-31", "公告说 2024-06-01 起停更"),
        ("2024-06-01", "已公告停更,是否注销完毕未见(2024-06-01 起停)"),
        ("2026-11-20", "已公告停更,是否注销完毕未见(2024-06-01 起停)"),
    ],
)
def test_an_announced_closure_reads_by_the_day_it_is(made: Path, today: str, says: str) -> None:
    closing = A.replace("closed", "closing").replace("2020-01-02", "2024-06-01").replace("named", "none")
    matcher = matcher_of(
        made, unit("张家港市甲局", closing + ", checked: 2024-05-20, sources: [{publisher: 某报}]")
    )
    assert says in ask(matcher, "港城甲号", When(today)).text


def test_a_phone_stands_beside_an_office_address_and_not_beside_a_phone(made: Path) -> None:
    given = "contacts: [{{kind: {}, value: {}, basis: notice}}]"
    address = given.format("address", "人民路1号")
    phone = "contacts: [{kind: address, value: 人民路1号, basis: notice}, {kind: phone, value: 0512-1, basis: notice}]"
    base = A.replace("named", "none")
    text = ask(matcher_of(made, unit("张家港市甲局", f"{base}, {address}")), "港城甲号").text
    assert "公告(2020-01-02)留的地址:人民路1号(可以先打 0512-12345 问)" in text
    text = ask(matcher_of(made, unit("张家港市甲局", f"{base}, {phone}")), "港城甲号").text
    assert "人民路1号\n" in text
    assert "留的电话:0512-1" in text


@pytest.mark.parametrize(
    ("notice", "says", "lacks"),
    [
        ("none", "停更公告没有写去哪儿", "没见到公告原文"),
        ("vague", "只说改到别的平台", "没有写"),
        ("unseen", "我们没见到公告原文", "没有写"),
    ],
)
def test_what_the_notice_said_and_that_we_have_not_seen_it_never_blur(
    made: Path, notice: str, says: str, lacks: str
) -> None:
    """Neither in the answer, nor in what is tried after it, nor in the form to forward."""
    rule = (
        "- {id: r, place: '320582', covers: [department], since: 2024, says: 部门的号并进港城发布。, "
        "sources: [{publisher: 某报}], destinations: [{name: 港城发布, basis: rule, scope: information}]}"
    )
    matcher = matcher_of(made, unit("张家港市甲局", A.replace("named", notice)), rule)
    reply = ask(matcher, "港城甲号")
    end = answer(Message(choice=reply.choices[-1].choice), matcher, TODAY)
    for text in (reply.text, reply.plain):
        assert says in text
        assert lacks not in text
    assert "公告没有写" not in end.text
    assert "按当地规定推的,没见公告这样写" in end.text


def test_what_to_try_is_ranked_and_each_has_its_evidence(made: Path) -> None:
    """The unit's own account, the rule, the unit above, the topic's and place's contact points, 12345 last."""
    rule = (
        "- {id: r, place: '320582', covers: [police], since: 2024, says: 公安的号并进港城发布。, "
        "sources: [{publisher: 某报}], destinations: [{name: 港城发布, basis: rule}]}"
    )
    above = 'place: "320500"\nunits:\n' + unit(
        "苏州市公安局", "id: sz-wx, name: 苏州公安微警务, platform: wechat, state: active, seen: 2024-05"
    )
    (made.parent / "city.yaml").write_text(above, encoding="utf-8")
    accounts = unit(
        "张家港市公安局",
        "id: a-wx, name: 港城警事号, platform: wechat, state: closed, notice: none",
        "id: a-wb, name: 港城警事号, platform: weibo, state: active, seen: 2024-04-01",
    )
    matcher_of(made, accounts, rule)
    (made / "accounts" / "city.yaml").write_text(above, encoding="utf-8")
    matcher = matcher_of(made, accounts, rule)
    reply = ask(matcher, "港城警事号公众号")
    end = answer(Message(choice=reply.choices[-1].choice), matcher, TODAY)
    assert [h.source for h in end.helps] == [From.UNIT, From.RULE, From.HIGHER, *[From.CONTACT] * 4]
    lines = end.text.splitlines()
    assert lines[1] == "· 「港城警事号」(微博),同一单位的,2024-04-01 时在用(不是公告指的去处)"
    assert (
        lines[2]
        == "· 「港城发布」(在哪个平台没有说),按当地规定推的,没见公告这样写。规定:公安的号并进港城发布。(某报)"
    )
    assert lines[3] == (
        "· 「苏州公安微警务」(微信公众号),苏州市公安局办的,2024-05 时在用(按上级单位推的,没见公告这样写)"
    )
    assert "0512-12345" in lines[-2]
    assert end.contacts[-1].value == "0512-12345"


def test_somebody_who_wants_something_done_reads_news_last(made: Path) -> None:
    rule = (
        "- {id: r, place: '320582', covers: [department], since: 2024, says: 并进港城发布。, "
        "sources: [{publisher: 某报}], destinations: [{name: 港城发布, basis: rule, scope: information}]}"
    )
    fund = "id: a-wx, name: 港城公积金号, platform: wechat, state: closed, notice: none"
    matcher = matcher_of(made, unit("张家港市公积金中心", fund), rule)
    reply = ask(matcher, "港城公积金号")
    assert "要办“公积金”的事,还是看消息" in reply.text
    doing = answer(Message(choice=reply.choices[0].choice), matcher, TODAY)
    assert doing.contacts[0].value == "12329"
    assert [h.source for h in doing.helps][-2:] == [From.RULE, From.CONTACT]
    reading = answer(Message(choice=reply.choices[1].choice), matcher, TODAY)
    assert reading.helps[0].source is From.RULE
    at_once = ask(matcher, "港城公积金号怎么查余额")
    assert at_once.kind is Kind.CONTACT
    assert "12329" in at_once.text
    assert at_once.choices == ()


def test_a_new_place_that_only_tells_news_still_says_where_to_get_it_done(made: Path) -> None:
    fund = "id: a-wx, name: 港城公积金号, platform: wechat, state: closed, notice: named"
    goal = "destinations: [{name: 港城发布, platform: wechat, basis: notice, scope: information}]"
    matcher = matcher_of(made, unit("张家港市公积金中心", f"{fund}, {goal}"))
    reply = ask(matcher, "港城公积金号")
    assert "只管信息发布" in reply.text
    assert "要查、要办“公积金”的事:住房公积金 12329(" in reply.text


def test_the_form_to_forward_names_the_account_asks_nothing_and_ends_with_the_code(made: Path) -> None:
    goal = "destinations: [{name: 港城发布, platform: wechat, basis: notice}]"
    matcher = matcher_of(made, unit("张家港市甲局", f"{A}, {goal}"))
    reply = ask(matcher, "港城甲号")
    lines = reply.plain.splitlines()
    assert lines[0] == "「港城甲号」(微信公众号)的去向:"
    assert lines[1] == "现在看:「港城发布」(微信公众号)"
    assert lines[-1] == f"查于 2024-05-01 · 非官方 · {reply.code}"
    assert "选一个" not in reply.plain


def test_an_offer_tells_the_person_when_it_becomes_known(made: Path) -> None:
    matcher = matcher_of(made, unit("张家港市甲局", A.replace("named", "none")))
    (offer,) = ask(matcher, "港城甲号").offers
    assert offer.label == "有去向了告诉我"
    told = answer(Message(choice=offer.choice), matcher, TODAY)
    assert told.wish is not None
    assert (told.wish.asks, told.wish.value) == ("tell", "a-wx")
