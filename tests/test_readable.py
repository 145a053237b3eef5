"""Bytes become text or a sentence; a page's scripts, menus and hidden pieces are no part of its text."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.upkeep.markup import MOST_TAGS, page_text
from bot.upkeep.readable import MOST_BYTES, UnreadableError, is_picture, readable
from bot.values import When

TEXT = "“平湖科普”微信公众号自2024年7月1日起停止更新,敬请关注“平湖发布”。"


@pytest.mark.parametrize(
    ("start", "word"),
    [(b"PK\x03\x04", "压缩包"), (b"%PDF-", "PDF"), (b"Rar!", "压缩包"), (b"\xd0\xcf\x11\xe0", "Word"), (b"\x7fELF", "程序")],
    ids=["zip", "pdf", "rar", "doc", "elf"],
)  # fmt: skip
def test_a_file_that_is_no_text_is_named(start: bytes, word: str) -> None:
    with pytest.raises(UnreadableError, match=word):
        readable(start + TEXT.encode())


def test_one_byte_too_many_is_refused() -> None:
    assert readable(b"a" * 90_000).text
    with pytest.raises(UnreadableError, match="没有这么长"):
        readable(b"<p>" + b" " * MOST_BYTES)


def test_noise_is_no_text() -> None:
    with pytest.raises(UnreadableError, match="不是文字"):
        readable(bytes(range(1, 32)) * 20)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_text_is_read_in_any_of_its_usual_codecs(codec: str) -> None:
    assert readable(TEXT.encode(codec)).text == TEXT


def test_a_traditional_text_in_big5_is_told_from_gbk() -> None:
    text = "這個微信公眾號將停止更新,請關注「臺江發布」。"
    assert readable(text.encode("big5")).text == text


@pytest.mark.parametrize("codec", ["utf-8", "gbk"])
def test_a_text_cut_in_the_middle_of_a_character_loses_only_that(codec: str) -> None:
    found = readable(TEXT.rstrip("。").encode(codec) + "。".encode(codec)[:-1])
    assert found.text == TEXT[:-1]
    assert "没有传完" in found.remarks[0]


PAGE = """<!doctype html><html><head><meta charset="gbk"><title>平湖市政府网</title>
<meta name="PubDate" content="2024-06-28 10:20:00"><meta name="ArticleTitle" content="停更公告">
<script>document.write("“假号”微信公众号停止更新")</script><style>p{color:red}</style></head>
<body><nav>首页 <a href="/">“菜单”微信公众号</a></nav><form id="whole"><div id="zoom">
<p>“平湖科普”微信公众号自2024年7月1日起
停止更新。</p><table><tr><td>甲</td><td>乙</td></tr></table>由此带来的不便,敬请谅解。感谢大家一直以来的支持。
<p>平湖市科学技术协会</p></div></form><footer>版权所有</footer></body></html>"""


@pytest.mark.parametrize("codec", ["gbk", "utf-8"])
def test_of_a_page_only_its_text_is_taken(codec: str) -> None:
    found = readable(PAGE.replace('"gbk"', f'"{codec}"').encode(codec))
    assert found.date == When("2024-06-28")
    lines = found.text.split("\n")
    assert lines[0] == "停更公告"
    assert "甲\t乙" in lines
    assert lines[-1] == "平湖市科学技术协会"
    assert "假号" not in found.text
    assert "菜单" not in found.text


def test_what_the_server_says_of_the_codec_is_believed_when_the_page_says_nothing() -> None:
    page = "<html><body><p>這個微信公眾號將停止更新</p></body></html>"
    assert readable(page.encode("big5"), "Big5").text == "這個微信公眾號將停止更新"


def test_a_page_without_a_container_is_read_whole() -> None:
    assert readable(f"<p>{TEXT}<br>平湖市</p><script>1</script>".encode()).text == f"{TEXT}\n平湖市"


def test_a_page_with_more_tags_than_any_is_not_sorted_out() -> None:
    assert page_text("<b>" * (MOST_TAGS + 1)) is None
    assert page_text("<div>" * 2000 + "甲") is not None


def test_a_less_than_sign_makes_no_page() -> None:
    text = "温度<5度时,“平湖科普”微信公众号停止更新"
    assert readable(text.encode()).text == text


@pytest.mark.parametrize(
    "start", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP"], ids=["png", "jpeg", "webp"]
)
def test_a_picture_is_known_by_how_it_begins(start: bytes) -> None:
    assert is_picture(start)
    assert not is_picture(b"x" + start)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400), st.text(max_size=200).map(lambda t: f"<p>{t}<div>".encode(errors="replace"))
    )
)
def test_any_bytes_give_a_text_or_a_sentence(content: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        assert readable(content).text
