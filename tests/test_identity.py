"""Links and platform ids are identities: answered as what they are, never as a name that looks like them."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TODAY, matcher_of, unit
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import Message, answer
from bot.matcher import Matcher
from bot.reply import Kind, Reply
from bot.talk.desk import Scene, desk
from bot.talk.identity import identity


def ask(matcher: Matcher, text: str, **more: str) -> Reply:
    """Return the reply to a text."""
    return answer(Message(text, **more), matcher, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "https://weibo.com/njshiyaojian",
        "抖音号:njshiyaojian",
        "njshiyaojia",
        "gh_7cef72854fd5",
        "https://evil.example.com/njshiyaojian",
        "https://mp.weixin.qq.com/s?__biz=njshiyaojian1",
    ],
)
def test_an_id_on_another_platform_or_a_letter_off_names_no_account(matcher: Matcher, text: str) -> None:
    assert ask(matcher, text).account is None


@pytest.mark.parametrize(
    "text",
    ["njshiyaojian", "NJshiyaojian", " njshiyaojian ", "微信号:njshiyaojian", "微信号是njshiyaojian", "公众号 njshiyaojian"],
)  # fmt: skip
def test_an_id_we_know_is_its_account(matcher: Matcher, text: str) -> None:
    reply = ask(matcher, text)
    assert reply.account
    assert reply.account.account.id == "nanjingshiyaojian-wx"


def test_the_link_of_an_account_whose_id_we_know_is_the_account(tmp_path: Path) -> None:
    weibo = (
        "id: a-wb, name: 港城甲号, platform: weibo, platform_id: '1234567890', state: closed, notice: none"
    )
    matcher = matcher_of(tmp_path / "knowledge", unit("张家港市甲局", weibo))
    for text in ("https://weibo.com/u/1234567890", "m.weibo.cn/u/1234567890?from=x", "weibo.com/1234567890"):
        reply = ask(matcher, text)
        assert reply.account, text
        assert reply.text.startswith("按您发的号,查到的是这个:")
    assert ask(matcher, "https://douyin.com/user/1234567890").account is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("https://v.douyin.com/iAbCdEf/", "这是抖音的链接"),
        ("https://mp.weixin.qq.com/s/AbCd", "这是微信公众号的链接"),
        ("http://www.zjg.gov.cn/x", "张家港市政府网站"),
        ("https://www.nowhere.gov.cn/x", "以 .gov.cn 结尾"),
        ("http://www.gov-cn.com/x", "不是政府网站的地址"),
        ("http://zjg.gov.cn.top/x", "不是政府网站的地址"),
        ("http://example.com/x", "说不准是谁的"),
    ],
)
def test_a_link_we_do_not_know_says_what_its_address_shows_and_how_to_verify(
    matcher: Matcher, text: str, says: str
) -> None:
    reply = ask(matcher, text)
    assert reply.kind is Kind.NOT_FOUND
    assert says in reply.text
    assert "把账号名字发给我" in reply.text
    assert "example" not in reply.text
    assert "top" not in reply.text


@pytest.mark.parametrize("text", ["where did shuirun gangcheng go?", "what is covid zhangjiagang"])
def test_a_word_that_ends_in_id_calls_nothing_an_id(matcher: Matcher, text: str) -> None:
    scene = Scene(matcher, desk(matcher).voice("en"), TODAY)
    assert identity(text, scene) is None


def test_a_name_beside_a_link_is_the_question(matcher: Matcher) -> None:
    for text in (
        "水润港城 https://mp.weixin.qq.com/s/AbCd",
        "【水润港城】停更公告 http://example.com/a?b=c#d",
    ):
        reply = ask(matcher, text)
        assert reply.account
        assert reply.account.account.id == "shuirungangcheng-wx"


def test_a_chinese_name_in_a_link_is_read(matcher: Matcher) -> None:
    reply = ask(matcher, "https://weibo.com/n/%E5%95%86%E6%B4%9B%E6%94%BF%E5%8A%A1%E5%8F%91%E5%B8%83")
    assert reply.account
    assert reply.account.account.id == "shangluozhengwufabu-wb"


@pytest.mark.parametrize("state", ["active", "closed", "hijacked", "impostor", "dormant"])
def test_is_it_real_says_what_we_know_and_how_to_verify_and_asks_nothing(tmp_path: Path, state: str) -> None:
    notice = ", notice: none" if state == "closed" else ""
    account = f"id: a-wx, name: 港城甲号, platform: wechat, state: {state}, seen: 2024-05-01{notice}"
    matcher = matcher_of(tmp_path / "knowledge", unit("张家港市甲局", account))
    reply = ask(matcher, "港城甲号是真的吗")
    assert reply.account
    assert "账号主体" in reply.text
    assert "0512-12345" in reply.text
    assert reply.choices == ()
    assert ("认不出真假" in reply.text) == (state not in ("hijacked", "impostor"))


def test_is_it_real_is_about_the_account_just_talked_about(matcher: Matcher) -> None:
    first = ask(matcher, "水润港城")
    reply = ask(matcher, "是真的吗", context=first.context or "")
    assert reply.account
    assert reply.account.account.id == "shuirungangcheng-wx"
    assert "认不出真假" in reply.text


@given(st.text(alphabet="abgh_.:/?=&%@微信号抖音号: 01.comgovcn", max_size=120))
def test_any_text_like_a_link_or_id_is_answered(matcher: Matcher, text: str) -> None:
    assert ask(matcher, text).text.strip()
