"""A closure notice is read into what it says and no more: every value stands in it, and any text gives a result."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import pytest
from conftest import ROOT, load
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.notices import FIELDS, REACH, drafted, entries, invented, pairs, read, score, squeezed
from benchmarks.notices import labelled as labels
from bot import knowledge, notice
from bot.notice import GAPS, Draft
from bot.notices.sheet import said
from bot.places import Gazetteer
from bot.text import level
from bot.values import Basis, Notice, Platform, State, When

# What is read otherwise than its label says; whatever reads one of them right takes it out there.
KNOWN: dict[str, list[str]] = load("notices/misread.yaml")
ENTRIES = entries("development")
BY_ID = {e["id"]: e for e in ENTRIES}


@cache
def places() -> Gazetteer:
    return Gazetteer(knowledge.read(ROOT / "knowledge").places)


def drafts(text: str, date: str | None = None) -> tuple[Draft, ...]:
    return notice.read(text, places(), When(date) if date else None)


def pattern(tag: str) -> list[dict[str, Any]]:
    found = [e for e in ENTRIES if tag in e["patterns"]]
    assert found
    return found


@pytest.mark.parametrize("key", BY_ID)
def test_each_labelled_notice_is_read_as_its_label_says(key: str) -> None:
    entry = BY_ID[key]
    counts, misses = score(entry, read(entry, places()))
    wrong = {f for f in FIELDS if counts[f]["wrong"] or counts[f]["missed"]}
    assert wrong == set(KNOWN.get(key, ())), misses


@pytest.mark.parametrize("key", BY_ID)
def test_no_value_is_invented_and_every_span_reproduces_its_value(key: str) -> None:
    entry = BY_ID[key]
    found = read(entry, places())
    assert not invented(entry, found)
    for draft in found:
        assert_spans(draft, entry["text"])


def assert_spans(draft: Draft, text: str) -> None:
    plain = {
        "name": draft.name, "platform_id": draft.platform_id, "unit": draft.unit, "place": draft.place,
        **{f"aliases.{n}": a for n, a in enumerate(draft.aliases)},
        **{f"destinations.{n}.name": d.name for n, d in enumerate(draft.destinations)},
        **{f"destinations.{n}.url": d.url for n, d in enumerate(draft.destinations)},
        **{f"contacts.{n}.value": c.value for n, c in enumerate(draft.contacts)},
    }  # fmt: skip
    for field, value in plain.items():
        if value:
            assert said(text, draft.spans[field]) == value, field
    for start, end in draft.spans.values():
        assert 0 <= start < end <= len(text)
        assert not text[start].isspace()
    for n in range(len(draft.destinations)):
        assert f"destinations.{n}.name" in draft.spans


@pytest.mark.parametrize(
    "text",
    [
        "转发提醒:“海伦税务”公众号办税功能已迁移至“黑龙江税务”App,公众号继续推送政策资讯。",
        "各位业主:“庆安供热”公众号缴费窗口、线下3个收费点月底关闭,缴费请用“庆安供热”小程序。",
        "“肇东公安”微博、头条号清理完毕,已下线3条失实信息,关闭评论1条,注销冒名账号2个。",
        "我局“桦川水务”App原有用户中心停止服务,历史账单查询入口迁移至首页,App升级为3.0版。",
        "“望奎融媒”视频号直播间即日起关闭,直播回放可在“望奎融媒”微信公众号查看。",
    ],
)
def test_an_account_of_which_only_a_part_ends_is_not_drafted(text: str) -> None:
    assert not drafts(text, "2024-06-01")


def test_who_published_the_notice_does_not_close_with_what_it_closes() -> None:
    text = "“兰西一中”微信公众号发布的《关于停止使用“兰西一中缴费”小程序的通知》:小程序自9月1日起停止使用。"
    assert [d.name for d in drafts(text, "2024-06-01")] == ["兰西一中缴费"]


def test_a_list_of_new_accounts_below_those_that_close_closes_none() -> None:
    text = "2024年拟关停政务新媒体\n1.虎林东诚(微信公众号)\n2.虎林伟光(微信公众号)\n2024年新开设政务新媒体\n1.虎林文旅(抖音号)"
    assert [d.name for d in drafts(text, "2024-06-01")] == ["虎林东诚", "虎林伟光"]


@pytest.mark.parametrize("tag", ["denial", "temporary", "dormant", "ordinary"])
def test_what_closes_nothing_gives_no_draft(tag: str) -> None:
    for entry in pattern(tag):
        assert len(read(entry, places())) == len(entry["accounts"])


def test_a_report_never_gives_a_destination_but_a_new_name() -> None:
    for entry in pattern("report"):
        assert not any(d.destinations for d in read(entry, places()) if d.state is not State.RENAMED)


@pytest.mark.parametrize("basis", ["media", "official-list"])
def test_what_kind_of_text_it_is_stands_in_every_draft(basis: str) -> None:
    for entry in ENTRIES:
        if entry["basis"] == basis:
            assert all(d.basis is Basis(basis) for d in read(entry, places()))


def test_relative_dates_count_from_the_notices_date_and_stay_open_without_one() -> None:
    text = "“平湖科普”微信公众号即日起停止更新。"
    assert drafts(text)[0].stops is None
    assert "stops" in drafts(text)[0].gaps
    assert drafts(text, "2024-03-05")[0].stops == When("2024-03-05")
    assert drafts(text.replace("即日起", "前天"), "2024-03-01")[0].stops == When("2024-02-28")


def test_the_texts_own_date_goes_before_the_one_from_outside() -> None:
    text = "“平湖科普”微信公众号即日起停止更新。\n平湖市科学技术协会\n2024年3月5日"
    draft = drafts(text, "2025-01-01")[0]
    assert (draft.announced, draft.stops) == (When("2024-03-05"), When("2024-03-05"))
    assert (draft.unit, draft.place) == ("平湖市科学技术协会", "平湖市")


def test_what_is_not_said_is_unset_and_a_gap() -> None:
    draft = drafts("“平湖科普”微信公众号停止更新。")[0]
    assert draft.name == "平湖科普"
    assert draft.platform is Platform.WECHAT
    assert draft.notice is Notice.NONE
    assert not draft.destinations
    assert set(draft.gaps) == set(GAPS) - {"name", "platform"}
    assert all(not getattr(draft, gap) for gap in draft.gaps)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("“甲市发布”微信公众号更名为“乙市发布”。", State.RENAMED),
        ("“平湖科普”微信公众号并入“平湖发布”微信公众号。", State.MERGED),
        ("“平湖科普”微信公众号的内容迁移至“浙里科普”App。", State.MIGRATED),
        ("“平湖科普”微信公众号已注销。", State.CLOSED),
        ("“平湖科普”微信公众号将停止更新并注销。", State.CLOSING),
    ],
)
def test_what_becomes_of_an_account_is_what_the_verb_says(text: str, state: State) -> None:
    assert [d.state for d in drafts(text)] == [state]


# A text; of each account its name, platform and stop date; the names it is led to.
READ = [
    (
        "三门县民政局公告\n“三门民政”微信公众号自2024年8月31日起停更。",
        [("三门民政", "wechat", "2024-08-31")],
        [],
    ),
    (
        (
            "仙居县关于关停部分账号的公告\n一、自2021年6月1日起,关停“仙居工商”微信公众号;\n二、自2021年6月10日起,注销“仙居旅游”微博。\n"
            "上述账号关停后,请关注“仙居发布”微信公众号。\n2021年5月28日"
        ),
        [("仙居工商", "wechat", "2021-06-01"), ("仙居旅游", "weibo", "2021-06-10")],
        ["仙居发布", "仙居发布"],
    ),
    (
        "因“椒江文旅”不再承担体育工作,我们将停止更新“椒江体育”微信公众号。\n2023年5月31日",
        [("椒江体育", "wechat", None)],
        [],
    ),
    (
        "“青田侨乡”快手号因人员变动无法继续运营,决定于本月底停止更新。2024年3月12日",
        [("青田侨乡", "kuaishou", "2024-03")],
        [],
    ),
    (
        "“绥宁旅游”微信公众号和“绥宁体育”微信公众号分别于2019年3月20日、3月25日停止更新。",
        [("绥宁旅游", "wechat", "2019-03-20"), ("绥宁体育", "wechat", "2019-03-25")],
        [],
    ),
    (
        "“浦江农业”微信公众号、“美丽浦江”微信公众号停止更新,分别由“浦江三农”微信公众号、“乡村浦江”微信公众号发布信息。",
        [("浦江农业", "wechat", None), ("美丽浦江", "wechat", None)],
        ["浦江三农", "乡村浦江"],
    ),
    (
        "“拱墅图书馆”微博永久关闭,请关注微信公众号“拱墅区图书馆”或登录官网www.gslib.com.cn。",
        [("拱墅图书馆", "weibo", None)],
        ["拱墅区图书馆", "www.gslib.com.cn"],
    ),
    (
        "荷叶镇“曾国藩故里”、走马街镇“走马街发布”、甘棠镇“印象甘棠”等3个乡镇微信公众号停更。2023年12月15日",
        [("曾国藩故里", "wechat", None), ("走马街发布", "wechat", None), ("印象甘棠", "wechat", None)],
        [],
    ),
    (
        "二季度,全县累计关停政务新媒体3个:会昌统计、会昌供销、会昌疾控公众号。",
        [("会昌统计", "wechat", None), ("会昌供销", "wechat", None), ("会昌疾控", "wechat", None)],
        [],
    ),
    (
        "自2023年3月1日起:\n“韶山旅游”微博停止更新,请关注“韶山发布”微博\n“韶山订票”小程序下线\n韶山市文化旅游局\n2023年2月20日",
        [("韶山旅游", "weibo", "2023-03-01"), ("韶山订票", "miniprogram", "2023-03-01")],
        ["韶山发布"],
    ),
    (
        "“西湖城管”微博停止更新。今后您可以通过以下方式了解城管动态:\n1、微信公众号:西湖综合执法\n2、抖音号:西湖执法",
        [("西湖城管", "weibo", None)],
        ["西湖综合执法", "西湖执法"],
    ),
    (
        "@景宁畲娃 微博3月1日停更。想继续听故事的,欢迎来@景宁发布 的微博坐坐。\n2024年2月27日",
        [("景宁畲娃", "weibo", "2024-03-01")],
        ["景宁发布"],
    ),
    (
        "“云和师院”微信公众号停止使用,此后通知公告一律以“云和教育”微信公众号为准。",
        [("云和师院", "wechat", None)],
        ["云和教育"],
    ),
    (
        "账号停用一览(2023.8.1起执行)\n①“庆元香菇”公众号→“庆元发布”公众号\n②“庆元廊桥”微博→停用后不再新设\n2023.7.20",
        [("庆元香菇", "wechat", "2023-08-01"), ("庆元廊桥", "weibo", "2023-08-01")],
        ["庆元发布"],
    ),
    (
        "“龙泉青瓷”“龙泉宝剑”两个公众号与“龙泉文旅”公众号合并运行。",
        [("龙泉青瓷", "wechat", None), ("龙泉宝剑", "wechat", None)],
        ["龙泉文旅", "龙泉文旅"],
    ),
    (
        "“遂昌金矿”抖音号运营至9月30日止,之后不会再有新内容。\n2021年9月14日",
        [("遂昌金矿", "douyin", "2021-09-30")],
        [],
    ),
    (
        "“松阳古村”微博停更。在微信中搜索“松阳发布”,故事继续。感谢“丽水发布”微博的转发。",
        [("松阳古村", "weibo", None)],
        ["松阳发布"],
    ),
    (
        "我局在新浪微博开设的“萧山机场公安”账号,现予注销。",
        [("萧山机场公安", "weibo", None)],
        [],
    ),
    (  # the paper of a name, and the account
        "“武陵时讯”微信公众号自2022年10月18日起停止更新。\n《武陵时讯》内部资料的编印不受影响。",
        [("武陵时讯", "wechat", "2022-10-18")],
        [],
    ),
    (  # a merger of bodies is why, and not where
        "由于开化县旅游局与开化县文化局合并为开化县文化和旅游局,“开化旅游”微信公众号停止服务。新账号为“开化文旅”微信公众号。",
        [("开化旅游", "wechat", None)],
        ["开化文旅"],
    ),
    (  # who only takes over the work is no destination
        "“岱山小学”公众号4月1日改由“岱山教育”统一管理,停止更新后请关注“岱山学校”公众号。",
        [("岱山小学", "wechat", None)],
        ["岱山学校"],
    ),
    (  # of two accounts, the one of that kind
        "图书馆有订阅号“石柱书香”、服务号“石柱图书”。其中订阅号自2023年5月1日起停更,服务号不变。",
        [("石柱书香", "wechat", "2023-05-01")],
        [],
    ),
    (  # the bare name before the verb
        "瑶溪在线微信公众号和瑶溪温度抖音号停更。瑶溪在线停更后,请看龙湾零距离微信公众号;瑶溪温度停更后,请关注我街道其他平台。",
        [("瑶溪在线", "wechat", None), ("瑶溪温度", "douyin", None)],
        ["龙湾零距离"],
    ),
]


@pytest.mark.parametrize(
    ("text", "accounts", "leads"), READ, ids=[t[0][:24].replace("\n", " ") for t in READ]
)
def test_what_notices_say_in_ways_of_their_own_is_read_too(
    text: str, accounts: list[tuple[str, str, str | None]], leads: list[str]
) -> None:
    found = drafts(text)
    assert [(d.name, str(d.platform), str(d.stops) if d.stops else None) for d in found] == accounts
    assert [t.name for d in found for t in d.destinations] == leads


@pytest.mark.parametrize(
    ("signed", "unit", "place"),
    [
        (
            "桐乡市科学技术协会\n2024年5月15日\n(联系人:王老师,电话:0573-88012345)",
            "桐乡市科学技术协会",
            "桐乡市",
        ),
        ("贵阳市教育局\n2024年5月15日", "贵阳市教育局", "贵阳市"),
        (
            "杭州市下城区幼儿园\n2024年5月15日",
            "杭州市下城区幼儿园",
            "杭州市",
        ),  # 下城区 is no more; 城区 is elsewhere
    ],
)
def test_who_signs_is_found_above_what_a_page_adds(signed: str, unit: str, place: str) -> None:
    draft = drafts(f"“测试科普”微信公众号停止更新。\n{signed}")[0]
    assert (draft.unit, draft.place, draft.announced) == (unit, place, When("2024-05-15"))


@pytest.mark.parametrize(
    "text",
    [
        "“青田办事”公众号12月2日至4日停止服务。",  # some days only
        "“青田石雕”公众号没有停更,一切照常。",
        "旧版预约网址已停用,请勿点击。",  # no name
        "会上介绍,为整治“僵尸网站”,已有多家单位关停微博。",
        "感谢“青田发布”公众号的关注,“两山银行”试点画上句号。",  # an idiom, and of no account
        "我中心“青田融媒”抖音号被盗,目前账号已冻结,正在找回。",
        "“青田卫健”公众号推送了错误信息,现已删除并停止发布同类信息。",
        "“青田二中”微信公众号管理员变更,原管理员张老师的权限已注销。",
        "疫情通报不再通过“青田疾控”微信公众号发布;“青田疾控”微信公众号仍发布健康科普。",
        "“青田团青”微信公众号迟迟未完成注销,予以点名批评。",
        "“青田发布”公众号曾因人手不足面临关停,如今粉丝突破10万。",
        "“青田校园”小程序的“团体预约”功能自2021年6月28日起下线。",
        "“青田文旅”抖音号停更一周公告:因团队参加培训,23日恢复。",
        "寒假期间(1月20日—2月18日),“青田实小”微信公众号和视频号停更,开学后再与大家见面。",
        "“青田水务”公众号、小程序6月1日22:00至6月2日6:00停止使用,请提前缴费。",
        "“青田石门”抖音号、快手号5月1日起停播,待设备更换完成后重新开播。",
        "关于“青田侨乡”微信公众号改版的通知\n“青田侨乡”微信公众号停止更新,改版完成后以全新面貌上线。",
        "“青田医保”微信公众号、App于12月31日18时关闭,2024年1月3日8时重新开放。",
        "“青田气象”微博、微信公众号即日起启用新头像,旧头像停止使用。",
        "“青田发布”公众号荣获十佳,一批账号因考核末位被注销。",
        "新版“青田梯田”App上线,旧版自2024年6月1日起停止使用,请及时升级。",
    ],
)
def test_what_sounds_like_closing_and_is_none_gives_no_draft(text: str) -> None:
    assert drafts(text, "2024-12-01") == ()


@pytest.mark.parametrize("clause", ["感谢“遂昌发布”微信公众号的转载", "“遂昌发布”微信公众号照常更新"])
def test_who_is_thanked_or_only_goes_on_is_no_destination(clause: str) -> None:
    (draft,) = drafts(f"“遂昌金矿”抖音号自2024年3月1日起停更。{clause}。")
    assert draft.notice is Notice.NONE


@pytest.mark.parametrize("opening", ["是否", "怎么", "为什么"])
def test_a_question_about_closing_is_no_notice(opening: str) -> None:
    assert drafts(f"“平湖科普”微信公众号{opening}停更了?") == ()


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "\0", "the quick brown fox", "停更", "“”停止更新", "🙂" * 50, "“" * 3000, "注销" * 2000],
)
def test_any_odd_text_gives_a_result(text: str) -> None:
    for draft in drafts(text):
        assert_spans(draft, text)


PIECES = st.sampled_from(
    [
        *"“”‘’「」『』《》【】()[]@#:;,。、!?\n\t 的和与及将已于自起前后",
        "微信公众号", "视频号", "微博", "抖音号", "App", "停止更新", "注销", "关停", "并入", "更名为", "迁移至", "请关注", "敬请移步",
        "平湖市", "教育局", "平湖发布", "本公众号", "即日起", "2024年5月1日", "5月1日", "同名", "原", "等", "其他平台", "现将", "公告",
        "gh_0a1b2c3d4e5f", "0573-85012345", "http://www.pinghu.gov.cn/", "記者", "名单", "\u200b", "\u3000", "0", "x", "\ud800",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join), st.sampled_from([None, "2024-05-06", "2024-05", "2024"]))
def test_text_made_of_what_notices_are_made_of_gives_spans_that_say_its_values(
    text: str, date: str | None
) -> None:
    for draft in drafts(text, date):
        assert_spans(draft, text)
        assert bool(draft.destinations) == (draft.notice is Notice.NAMED)
        assert all(bool(getattr(draft, f)) != (f in draft.gaps) for f in GAPS)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_at_all_gives_a_result(text: str) -> None:
    for draft in drafts(text):
        assert_spans(draft, text)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ENTRIES), st.data())
def test_a_truncated_notice_never_says_more_than_its_words(
    entry: dict[str, Any], data: st.DataObject
) -> None:
    text = entry["text"][: data.draw(st.integers(0, len(entry["text"])))]
    for draft in drafts(text):
        assert_spans(draft, text)


def work(text: str) -> int:
    """Return how many Python calls the reading of a text takes: a measure no other process disturbs."""
    calls = 0

    def count(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        notice.read(text, places())
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    "piece",
    [
        "\n".join(e["text"] for e in ENTRIES if e["accounts"])[:2500],
        "“甲市发布”微信公众号、",
        "“甲市发布”微信公众号停止更新,请关注“乙市发布”微信公众号。",
        "平湖市教育局停止更新和",
        "“平湖",
        "迁移至",
        "2024年5月1日",
        "@平湖发布 ",
    ],
)
def test_ten_times_the_text_is_about_ten_times_the_work(piece: str) -> None:
    short = piece * max(1, 2500 // len(piece))
    drafts(short)  # tables are read once
    assert work(short * 10) < 16 * work(short)


def test_levelling_keeps_every_position() -> None:
    assert all(len(level(e["text"])) == len(e["text"]) for e in ENTRIES)


def test_the_scorer_sees_what_is_wrong() -> None:
    entry = BY_ID[next(e["id"] for e in ENTRIES if len(e["accounts"]) == 1 and e["accounts"][0]["name"])]
    other = {**entry, "accounts": [{**entry["accounts"][0], "name": "别的号", "stops": "1999-01-01"}]}
    counts, _ = score(other, read(entry, places()))
    assert counts["name"]["wrong"] == counts["name"]["missed"] == 1
    counts, _ = score({**entry, "accounts": []}, read(entry, places()))
    assert all(counts[f]["right"] == 0 for f in REACH)
    found = [drafted(d) for d in read(entry, places())]
    assert [a and b for a, b in pairs([labels(entry["accounts"][0])], found)]
    assert squeezed(" a b ") == "ab"
