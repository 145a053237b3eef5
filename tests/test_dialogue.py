"""The whole conversation as a function: every account that must answer, every way it may be asked, every bad input."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import TODAY, Turn, conversations, load
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import Message, answer
from bot.index import Base
from bot.matcher import Matcher, Verdict
from bot.reply import Kind, Reply, as_json
from bot.talk.tokens import MOST_CONTEXT, MOST_QUESTIONS
from bot.wording import LANGUAGES

ACCOUNTS: list[dict[str, Any]] = load("accounts.yaml")
WAYS = {
    "exact": "{asked}",
    "sentence": "请问{asked}停更以后去哪看啊",
    "platform": "{asked}{platform_word}",
    "traditional": "{traditional}",
    "pinyin": "{pinyin}",
    "pinyin joined": "{pinyin_joined}",
}
# An account whose platform no source gives cannot be asked for with its platform's word.
CASES = [
    pytest.param(expected, way, id=f"{expected['asked']} {way}")
    for expected in ACCOUNTS
    for way in WAYS
    if way != "platform" or expected["platform_word"]
]


def ask(matcher: Matcher, text: str = "", **more: Any) -> Reply:
    """Return the reply to one message on the day the tests take for today."""
    return answer(Message(text, **more), matcher, TODAY)


def tap(matcher: Matcher, reply: Reply, label: str) -> Reply:
    """Return the reply to the button of a reply that starts with a label."""
    found = [c for c in reply.choices if c.label.startswith(label)]
    assert found, f"no button {label!r} among {[c.label for c in reply.choices]}"
    return ask(matcher, choice=found[0].choice, language=reply.language)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\t",
        "😀🎉",
        "\u200b\u200d\ufeff",
        "\x00\x01\x1b",
        "。,!?",
        "\u202e\u202d",
        "－－－",
        "\ud800",
    ],
    ids=repr,
)
def test_text_without_words_gets_one_friendly_line(matcher: Matcher, text: str) -> None:
    """Nothing to read is answered with what to send instead."""
    reply = ask(matcher, text)
    assert (reply.kind, reply.account) == (Kind.CHAT, None)
    assert reply.text == "我只看得懂文字。把账号的名字打给我就行,比如“水润港城”。"


def test_ten_thousand_characters_are_answered_and_told_so(matcher: Matcher) -> None:
    """A text too long is read from its beginning, says so, and names no account that it does not name."""
    reply = ask(matcher, "啊" * 10_000)
    assert reply.account is None
    assert reply.text.startswith("这段太长了")
    assert ask(matcher, "水润港城" + "啊" * 10_000).text.startswith("这段太长了")


@pytest.mark.parametrize(
    "text",
    ["<b>水润</b><script>alert(1)</script>", "[点我](tg://user?id=1)", "{account}", "%s%n", "' or 1=1 --"],
)
def test_markup_is_never_said_back(matcher: Matcher, text: str) -> None:
    """What a person typed is not echoed, whatever it holds."""
    reply = ask(matcher, text)
    assert not any(piece in reply.text for piece in ("<", "script", "tg://", "{", "%s", "1=1"))


@pytest.mark.parametrize(
    "choice",
    ["", "x", "a.", "a.nobody-here", "a." + "z" * 33, "a.../../etc", "n.-.-.-.9", "n.nobody.-.-.0", "n.-.nothing.-.0",
     "n.-.-.999999.0", "n.-.-.-", "A.shuirungangcheng-wx", "a.shuirungangcheng-wx\n", "水润港城", "\x00", "n" * 10_000],
)  # fmt: skip
def test_a_forged_button_or_one_whose_record_is_gone_gets_one_friendly_line(
    matcher: Matcher, choice: str
) -> None:
    """A button we never made is answered, and leads to no account."""
    reply = ask(matcher, choice=choice)
    assert (reply.kind, reply.account) == (Kind.CHAT, None)
    assert reply.text == "这个按钮用不了了。请把账号名字再发一次。"


@pytest.mark.parametrize(
    "context", ["", "x", "n.-.-.-.0.0", "w.", "w.-.nobody", "n.nobody.-.-.0", "\x00" * 600]
)
def test_a_forged_context_changes_nothing(matcher: Matcher, context: str) -> None:
    """A context we never gave is as if there were none."""
    assert ask(matcher, "水润港城", context=context).account == ask(matcher, "水润港城").account
    assert ask(matcher, "1", context=context).account is None


@pytest.mark.parametrize(("expected", "way"), CASES)
def test_each_account_answers_however_it_is_asked(
    matcher: Matcher, expected: dict[str, Any], way: str
) -> None:
    """What the bot says of an account matches the facts, no more and no less."""
    text = WAYS[way].format(**expected, pinyin_joined=expected["pinyin"].replace(" ", ""))
    reply = ask(matcher, text, language="zh-Hans")
    found = as_json(reply)
    assert (reply.verdict, found["kind"]) == (Verdict.SURE, expected["kind"])
    assert found["account"]["id"] == expected["account"]
    assert found["account"]["notice"] == expected.get("notice")
    if "name" in expected:
        assert found["account"]["name"] == expected["name"]
    goals = [[d["name"], d["platform"], d["kind"], d["basis"]] for d in found["destinations"]]
    assert goals == expected["destinations"]
    assert [k["id"] for k in found["also"] if k["id"] in expected.get("also", [])] == expected.get("also", [])
    Turn(None, None, expected).check_text(reply.text)


def test_another_bureaus_words_are_not_credited_to_a_bureau_that_did_not_say_them(matcher: Matcher) -> None:
    """张家港住建: an unnamed bureau moved to the city website; nobody said that it was this one."""
    reply = ask(matcher, "张家港住建")
    assert (reply.goals, reply.route) == ((), ())


def test_a_name_only_one_unit_bears_says_what_became_of_each_of_its_accounts(matcher: Matcher) -> None:
    """莒南交警 asked bare: the Douyin account closed, and where to; the WeChat account of the name is one of these."""
    reply = ask(matcher, "莒南交警")
    assert "「莒南交警」(抖音)" in reply.text
    assert "「莒南交警」(微信公众号),2025-03-12 时在用" in reply.text


def test_no_reply_leads_to_a_hijacked_account(matcher: Matcher) -> None:
    """A warning has no link, no destination and no button to the account."""
    reply = ask(matcher, "江夏五里界城管中队")
    assert (reply.kind, reply.goals, reply.choices) == (Kind.WARN, (), ())
    assert "weibo.com" not in str(as_json(reply))


@pytest.mark.parametrize("turns", conversations())
def test_conversations_go_as_written(matcher: Matcher, turns: list[Turn]) -> None:
    """Each conversation of `tests/conversations`, spoken to the dialogue itself."""
    last: Reply | None = None
    for turn in turns:
        context = last.context if last else None
        reply = (
            tap(matcher, last, turn.tap)
            if turn.tap and last
            else ask(matcher, turn.you or "", context=context)
        )
        found = as_json(reply)
        for key in ("kind", "verdict"):
            assert found[key] == turn.expected.get(key, found[key]), reply.text
        if "account" in turn.expected:
            assert found["account"]["id"] == turn.expected["account"]
        turn.check_text(reply.text)
        last = reply


TYPED = st.one_of(
    st.text(max_size=30),
    st.sampled_from([e["asked"] for e in ACCOUNTS]),
    st.sampled_from(
        ["跳过", "都不是", "1", "2", "9", "鼓楼区", "社保", "临沂交警", "你好", "张家港", "南京", "是的", "不是", "看消息",
         "别的事", "上一个", "不是这个", "那抖音呢", "那徐州呢", "这个呢", "是真的吗", "我被骗了", "English", "QX-0A00D-T7",
         "水润港城、月安社区", "https://weibo.com/u/1", "公积金怎么查", "12365", "/start", "/language en", "淄博公积金中心"]
    ),
)  # fmt: skip
# A question of ours, or an answer that ends in one: what has buttons and is no list of things to try.
QUESTIONS = (Kind.ASK, Kind.WARN, Kind.NOT_FOUND, Kind.CHECKED)


@given(st.lists(st.one_of(TYPED, st.integers(0, 9)), max_size=8), st.sampled_from(LANGUAGES))
def test_any_taps_and_texts_end_in_a_reply_with_a_next_step(
    matcher: Matcher, steps: list[str | int], language: str
) -> None:
    """Whatever a person does there is a short whole reply, its buttons fit, and nobody is asked three times in a row.

    In a row: by buttons, or by words that were taken as an answer, which leave the account talked about as it was.
    """
    last: Reply | None = None
    asked = 0
    for step in steps:
        context = last.context if last else None
        pressed = isinstance(step, int) and last is not None and step < len(last.choices)
        if pressed and last and isinstance(step, int):
            reply = ask(matcher, choice=last.choices[step].choice, context=context, language=language)
        else:
            reply = ask(matcher, str(step), context=context, language=language)
        assert reply.text.strip()
        assert len(reply.text) < 2000
        assert all(0 < len(c.choice.encode()) <= 64 and c.label for c in (*reply.choices, *reply.offers))
        assert len(reply.context or "") <= MOST_CONTEXT
        assert reply.language in LANGUAGES
        assert as_json(reply)["text"] == reply.text
        asked = asked + 1 if pressed else 1
        asked = asked if reply.choices and reply.kind in QUESTIONS else 0
        assert asked <= MOST_QUESTIONS
        last = reply


@given(
    st.lists(
        st.sampled_from(["社保", "鼓楼区", "跳过", "别的事", "不是", "南京", "嗯", "随便", "那个什么来着"]),
        max_size=6,
    )
)
@pytest.mark.parametrize("start", ["水润港城", "公积金怎么查", "不存在的号", "幸福苍山"])
def test_words_that_only_answer_are_never_asked_back_a_third_time(
    matcher: Matcher, start: str, words: list[str]
) -> None:
    last = ask(matcher, start)
    asked = 1
    for word in words:
        last = ask(matcher, word, context=last.context)
        asked = asked + 1 if last.choices and last.kind in QUESTIONS else 0
        assert asked <= MOST_QUESTIONS, last.text


def test_a_question_without_a_base_of_accounts_still_ends_well(tmp_path: Any) -> None:
    """An index of an empty folder answers everything with an honest no."""
    from bot import index

    (tmp_path / "k" / "accounts").mkdir(parents=True)
    index.build(tmp_path / "k", tmp_path / "i.sqlite")
    reply = ask(Matcher(Base(tmp_path / "i.sqlite")), "水润港城")
    assert (reply.kind, reply.verdict) == (Kind.NOT_FOUND, Verdict.NONE)
