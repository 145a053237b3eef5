"""What people type is kept without the numbers that belong to people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ledger.scrubbing import CARD, MAIL, PAPER, PHONE, scrub, scrub_public

KEPT = (
    "水润港城去哪了", "打12345没人接", "0512-12345 还是 0512 12345", "110 119 120", "2024-06-02 到 2024-06-15",
    "20240602", "G3001高速", "微博 1234567890", "400-812-3456", "四川省2024年第12号", "2024年6月2日14:30:15", "95598",
    "二〇二四年六月二日", "邮编 215600", "京A12345", "@水润港城", "3.1415926", "QX-0RTWB-P2", "",
)  # fmt: skip
GONE = (
    ("我是13812345678", f"我是{PHONE}"),
    ("138 1234 5678找我", f"{PHONE}找我"),
    ("138-1234-5678", PHONE),
    ("+86 138 1234 5678", PHONE),
    ("013812345678", PHONE),
    ("１３８１２３４５６７８", PHONE),
    ("1 3 8 1 2 3 4 5 6 7 8", PHONE),
    ("一三八一二三四五六七八", PHONE),
    ("幺三八幺二三四五六七八", PHONE),
    ("138\u200b1234\u200b5678", PHONE),
    ("1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", PHONE),
    ("+1 415 555 26710", PHONE),
    ("家里电话0512-58123456转801", f"家里电话{PHONE}"),
    ("电话58123456", f"电话{PHONE}"),
    ("(010)88886666", PHONE),
    ("身份证320582199001011234", f"身份证{PAPER}"),
    ("32058219900101123X的事", f"{PAPER}的事"),
    ("320582 19900101 123x", PAPER),
    ("320582900101123", PAPER),
    ("护照E12345678", f"护照{PAPER}"),
    ("通行证H1234567890", f"通行证{PAPER}"),
    ("A123456(7)", PAPER),
    ("卡号6222021234567890123", f"卡号{CARD}"),
    ("6222 0212 3456 7890 123", CARD),
    ("4111-1111-1111-1111", CARD),
    ("写信zhang.san+x@example.com.cn谢谢", f"写信{MAIL}谢谢"),
    ("ｚｈａｎｇ＠example．com", MAIL),
    ("13812345678,13912345678", f"{PHONE},{PHONE}"),
)  # fmt: skip


@pytest.mark.parametrize("text", KEPT)
def test_what_belongs_to_nobody_is_kept(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize(("text", "left"), GONE)
def test_what_belongs_to_a_person_is_gone(text: str, left: str) -> None:
    assert scrub(text) == left


def test_a_text_about_an_office_keeps_its_telephone_mail_and_pages() -> None:
    text = "电话0512-58123456,邮箱 swj@zjg.gov.cn,见 https://www.zjg.gov.cn/a/20240602123456789.html?id=13812345678"
    assert scrub_public(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("找王先生13812345678", f"找王先生{PHONE}"),
        ("wang@qq.com", MAIL),
        ("x@gov.cn.example.com", MAIL),
        ("320582199001011234", PAPER),
        ("看 http://a.cn/1 和6222021234567890123", f"看 http://a.cn/1 和{CARD}"),
    ],
)
def test_a_text_about_an_office_loses_the_numbers_of_people(text: str, left: str) -> None:
    assert scrub_public(text) == left


@given(
    st.text(alphabet=st.one_of(st.sampled_from("0123456789 -.+@xX一二三()〔"), st.characters()), max_size=80)
)
def test_scrubbing_twice_changes_nothing(text: str) -> None:
    assert scrub(scrub(text)) == scrub(text)
    assert scrub_public(scrub_public(text)) == scrub_public(text)


@given(st.text(max_size=30), st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.text(max_size=30))
def test_no_mobile_number_is_left_whatever_stands_around_it(before: str, number: str, after: str) -> None:
    assert number not in scrub(before + number + after)
    assert number not in scrub_public(f"{before} {number} {after}") or "://" in before
