"""What stands beside a name goes on the name unless it is known to go on the sentence."""

from __future__ import annotations

import pytest

from bot.matching.speech import Speech, is_phrase
from bot.records import Talk

SPEECH = Speech([Talk(before=("请问",), after=("停更", "的", "会在", "会不会"))])


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("上海发布", "会"),
        ("上海发布", "会怎么去"),
        ("上海发布", "会在哪看"),
        ("宝鸡养老", "院长是谁"),
        ("永乐微警", "告处分"),
        ("未央正当时", "火锅好吃吗"),
        ("岳麓美", "甲店在哪"),
        ("京通", "快递怎么走"),
        ("桃源网", "吧"),
        ("办事通", "知在哪里看"),
        ("水润港城", "喵"),
        ("苏州健康", "码怎么申请"),
        ("东平金融", "街怎么走"),
        ("桃源网", "约车怎么开"),
        ("宝鸡养老", "券怎么领"),
        ("江阴教育", "说怎么停了"),
        ("水润港城", "换马甲"),
        ("宝鸡旅游", "映像怎么停了"),
        ("宝鸡旅游", "之窗怎么停了"),
        ("张家港教育", "查询平台怎么没了"),
        ("宝鸡旅游", "打卡号去哪了"),
        ("苏州交警", "之家了"),
        ("宝鸡旅游", "达人了怎么办"),
        ("宝鸡旅游", "正能量怎么停了"),
        ("苏州交警", "找都没了怎么回事"),
    ],
)
def test_what_makes_another_name_is_no_speech(name: str, after: str) -> None:
    assert not SPEECH.begins(name + after, len(name))


@pytest.mark.parametrize(
    "after",
    [
        "停更",
        "的抖音",
        "怎么打不开",
        "已经看不到",
        "莫得了呀",
        "告诉大家不更新",
        "以后看什么",
        "会不会没",
        "突然扑空了吗",
        "打都打不开",
        "中不中用了",
        "点哪儿",
        "清零了吗",
    ],
)
def test_what_goes_on_a_sentence_is_speech(after: str) -> None:
    assert SPEECH.begins("永乐微警" + after, 4)


@pytest.mark.parametrize(
    ("before", "is_speech"), [("请问", True), ("听说", True), ("大", False), ("火锅", False)]
)
def test_what_leads_up_to_a_name(before: str, is_speech: bool) -> None:
    assert SPEECH.ends(before + "水润港城", len(before)) is is_speech


@pytest.mark.parametrize(
    ("before", "is_speech"),
    [
        ("平安", False),
        ("大", False),
        ("新", False),
        ("俺叔叫我帮他找", True),
        ("喵喵", False),
        ("我家老头子天天", True),
        ("就", False),
        ("搜", True),
        ("看", False),
        ("哪吒", False),
        ("么么", False),
        ("双减办", False),
        ("蜻蜓听", False),
    ],
)
def test_what_leads_up_to_a_place_in_a_question(before: str, is_speech: bool) -> None:
    assert SPEECH.leads(before + "张家港水务怎么没了", len(before), 0) is is_speech
    assert SPEECH.leads(before + "张家港水务", len(before), 0) is before.endswith("找"), (
        "no question is asked"
    )


@pytest.mark.parametrize(("before", "is_speech"), [("哎呀妈呀", True), ("啊呀", False)])
def test_a_cry_leads_up_to_a_place_unless_it_is_a_name(before: str, is_speech: bool) -> None:
    assert SPEECH.leads(before + "张家港水务没了", len(before), 0) is is_speech


@pytest.mark.parametrize(
    ("after", "done"),
    [
        ("约里面看到的号没了", False),
        ("约怎么停了", False),
        ("健身房", False),
        ("领房产公众号", False),
        ("交水费", True),
        ("查", True),
    ],
)
def test_what_is_done_by_an_account(after: str, done: bool) -> None:
    letters = "在永乐微警" + after
    assert SPEECH.does(letters, 5, {len(letters)}) is done


@pytest.mark.parametrize(
    ("after", "adds"),
    [
        ("食堂", True),
        ("金港法庭没了", True),
        ("第一书记", True),
        ("张法官", True),
        ("yyds", False),
        ("的号", False),
    ],
)
def test_what_may_be_a_thing_behind_a_title(after: str, adds: bool) -> None:
    assert SPEECH.adds("永乐县法院" + after, 5) is adds


@pytest.mark.parametrize(("after", "governed"), [("预约", True), ("快递", False)])
def test_a_word_ends_a_question_only_of_what_something_is_done_by(after: str, governed: bool) -> None:
    letters = "用永乐微警" + after
    assert not SPEECH.begins(letters, 5)
    assert SPEECH.begins(letters, 5, governed=True) is governed


@pytest.mark.parametrize(
    ("after", "parts"),
    [("保税区税务", False), ("旅游税务", False), ("喵喵税务", True), ("", True)],
)
def test_a_place_that_goes_on_is_part_of_a_longer_name(after: str, parts: bool) -> None:
    assert SPEECH.parts("张家港" + after, 3) is parts


def test_a_name_of_everyday_words_is_a_phrase() -> None:
    assert is_phrase("行业行情")
    assert not is_phrase("水润港城")
    assert not is_phrase("张家港")
