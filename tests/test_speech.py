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
    ],
)
def test_what_makes_another_name_is_no_speech(name: str, after: str) -> None:
    assert not SPEECH.begins(name + after, len(name))


@pytest.mark.parametrize(
    "after",
    ["停更", "的抖音", "怎么打不开", "已经看不到", "莫得了呀", "告诉大家不更新", "以后看什么", "会不会没"],
)
def test_what_goes_on_a_sentence_is_speech(after: str) -> None:
    assert SPEECH.begins("永乐微警" + after, 4)


@pytest.mark.parametrize(
    ("before", "is_speech"), [("请问", True), ("听说", True), ("大", False), ("火锅", False)]
)
def test_what_leads_up_to_a_name(before: str, is_speech: bool) -> None:
    assert SPEECH.ends(before + "水润港城", len(before)) is is_speech


def test_a_name_of_everyday_words_is_a_phrase() -> None:
    assert is_phrase("行业行情")
    assert not is_phrase("水润港城")
    assert not is_phrase("张家港")
