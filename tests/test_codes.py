"""A forwarded answer sent back: still right, changed since (was A, now B), or altered on its way."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TODAY, load, matcher_of, unit
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import Message, answer
from bot.matcher import Matcher
from bot.reply import Kind, Reply
from bot.talk.desk import Published

A = "id: a-wx, name: 港城甲号, platform: wechat, state: closed, notice: {}, stopped: 2020-01-02"
MOVED = A.format("named") + ", destinations: [{name: 港城发布, platform: wechat, basis: notice}]"


def ask(
    matcher: Matcher, text: str, published: Published | None = None, language: str | None = None
) -> Reply:
    """Return the reply to a text."""
    return answer(Message(text, language=language), matcher, TODAY, published)


@pytest.mark.parametrize(
    "text", ["QX", "QX-", "QX-123", "QX-1234-12", "QX-123456-12", "AQX-12345-12", "qq-12345", "QX-12345-123"]
)
def test_what_is_no_code_is_no_code(matcher: Matcher, text: str) -> None:
    assert ask(matcher, text).kind is not Kind.CHECKED


def test_a_code_nobody_has_is_told_so(matcher: Matcher) -> None:
    reply = ask(matcher, "QX-ZZZZZ-ZZ")
    assert (reply.kind, reply.account) == (Kind.CHAT, None)


@pytest.mark.parametrize("entry", load("accounts.yaml")[:12], ids=lambda e: e["asked"])
@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_the_form_to_forward_sent_back_is_still_right(
    matcher: Matcher, entry: dict[str, str], language: str
) -> None:
    """In every language, and read by somebody who is answered in another."""
    plain = ask(matcher, entry["asked"], language=language).plain
    reply = ask(matcher, plain, language="zh-Hans")
    assert reply.kind is Kind.CHECKED
    assert reply.text.startswith("这条现在还是对的(查于 ")
    assert reply.account
    assert reply.account.account.id == entry["account"]


@pytest.mark.parametrize(
    "written", ["{}", "{} ", "请看 {} 对不对", "{lower}", "{spaced}", "{wide}", "{dashes}", "{copied}"]
)
def test_a_code_copied_by_hand_is_read(matcher: Matcher, written: str) -> None:
    code = ask(matcher, "南京质检").code or ""
    forms = {
        "lower": code.lower(), "spaced": code.replace("-", " "), "dashes": code.replace("-", "—"),
        "wide": code.translate({i: i + 0xFEE0 for i in range(0x21, 0x7F)}), "copied": code.replace("0", "O"),
    }  # fmt: skip
    reply = ask(matcher, written.format(code, **forms))
    assert reply.kind is Kind.CHECKED
    assert "还是对的" in reply.text


def test_a_code_without_its_version_opens_the_answer(matcher: Matcher) -> None:
    code = ask(matcher, "南京质检").code or ""
    assert "南京食药监" in ask(matcher, code.rpartition("-")[0]).text


def test_a_real_code_under_another_destination_is_told_as_altered(matcher: Matcher) -> None:
    plain = ask(matcher, "南京质检").plain
    forged = plain.replace("南京食药监", "领取补贴中心")
    reply = ask(matcher, forged)
    assert reply.text.startswith("小心:编号是真的")
    assert "南京食药监" in reply.text
    assert "领取补贴中心" not in reply.text


def test_a_lost_account_given_a_destination_is_told_as_altered(matcher: Matcher) -> None:
    plain = ask(matcher, "月安社区").plain
    forged = "\n".join(["现在看:「领取补贴中心」(微信公众号)", *plain.splitlines()[1:]])
    assert ask(matcher, forged).text.startswith("小心:编号是真的")


def test_an_answer_that_changed_says_what_it_was_and_what_it_is(tmp_path: Path) -> None:
    made = tmp_path / "knowledge"
    before = ask(matcher_of(made, unit("张家港市甲局", A.format("none"))), "港城甲号")
    matcher = matcher_of(made, unit("张家港市甲局", MOVED))
    was = "公告没有写去哪儿"
    reply = ask(
        matcher, before.code or "", lambda _, version: was if version == (before.code or "")[-2:] else None
    )
    assert reply.text.startswith(
        "这条后来变了:原来是“公告没有写去哪儿”,现在是“现在看 「港城发布」(微信公众号)”。"
    )
    assert ask(matcher, before.code or "").text.startswith("这条后来变了,现在是这样:")


def test_the_first_part_of_a_code_is_for_ever_and_the_second_for_what_is_said(tmp_path: Path) -> None:
    made = tmp_path / "knowledge"
    first = ask(matcher_of(made, unit("张家港市甲局", MOVED)), "港城甲号").code or ""
    looked_again = MOVED + ", checked: 2025-05-01, sources: [{publisher: 某报}], note: 又看了一次"
    same = ask(matcher_of(made, unit("张家港市甲局", looked_again)), "港城甲号").code
    other = (
        ask(matcher_of(made, unit("张家港市甲局", MOVED.replace("港城发布", "今日港城"))), "港城甲号").code
        or ""
    )
    assert same == first
    assert other[:8] == first[:8]
    assert other != first


def test_the_code_of_an_id_that_was_changed_still_leads_to_the_account(tmp_path: Path) -> None:
    made = tmp_path / "knowledge"
    old = ask(matcher_of(made, unit("张家港市甲局", MOVED)), "港城甲号").code or ""
    (made / "moved.yaml").write_text("- {id: a-wx, moved_to: b-wx}\n", encoding="utf-8")
    matcher = matcher_of(made, unit("张家港市甲局", MOVED.replace("a-wx", "b-wx")))
    reply = ask(matcher, old)
    assert reply.account
    assert reply.account.account.id == "b-wx"


@given(st.text(alphabet="QXqx0123456789ABCZ-— \n南京", max_size=40))
def test_any_text_like_a_code_is_answered(matcher: Matcher, text: str) -> None:
    assert ask(matcher, text).text.strip()
