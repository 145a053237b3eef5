"""Several names in one message are one list in their order; one question is never cut apart."""

from __future__ import annotations

import csv
import io

import pytest
from conftest import TODAY, load

from bot.dialogue import Message, answer
from bot.matcher import Matcher, Verdict
from bot.reply import Kind, Reply, as_csv
from bot.talk.desk import Scene, desk
from bot.talk.listing import MOST_NAMES, echoed, names_in


def ask(matcher: Matcher, text: str) -> Reply:
    """Return the reply to a text."""
    return answer(Message(text), matcher, TODAY)


@pytest.mark.parametrize("entry", load("asked.yaml"), ids=lambda e: e["asked"])
def test_a_question_as_people_type_it_is_a_list_only_of_accounts_it_names(
    matcher: Matcher, entry: dict[str, list[str]]
) -> None:
    reply = ask(matcher, entry["asked"])
    listed = [r.known.account.id if r.known else None for r in reply.rows]
    assert set(listed) <= set(entry["right"])
    assert len(listed) != 1


@pytest.mark.parametrize(
    "text",
    [
        "水润港城 公众号",
        "水润港城\n停更了\n去哪看",
        "你好,水润港城去哪了,谢谢",
        "江北新区建设和交通质量安全监督",
        "张家港市水务局、张家港市水务局",
        "社保、医保、公积金",
    ],
)
def test_a_question_in_pieces_is_no_list(matcher: Matcher, text: str) -> None:
    assert ask(matcher, text).kind is not Kind.LIST


@pytest.mark.parametrize("text", ["武定县人力资源和社会保障局", "shuirun gangcheng", "水润港城"])
def test_the_parts_of_what_is_one_name_are_not_looked_up(matcher: Matcher, text: str) -> None:
    scene = Scene(matcher, desk(matcher).voice("zh-Hans"), TODAY)
    assert names_in(text, scene) == []
    assert set(scene.matched) <= {text}


@pytest.mark.parametrize(
    "text",
    [
        "水润港城\n月安社区\n不存在的号",
        "1. 水润港城\r\n2. 月安社区\r\n3. 不存在的号",
        "水润港城、月安社区、不存在的号",
        "水润港城,月安社区;不存在的号",
        "- 水润港城\n- 月安社区\n- 不存在的号\n",
        "(1)水润港城\n(2)月安社区\n\n(3)不存在的号",
    ],
)
def test_a_list_is_answered_in_its_order_and_names_what_was_not_found(matcher: Matcher, text: str) -> None:
    reply = ask(matcher, text)
    assert reply.kind is Kind.LIST
    assert [r.known.account.name if r.known else None for r in reply.rows] == ["水润港城", "月安社区", None]
    assert reply.rows[2].verdict is Verdict.NONE
    assert "没查到的:「不存在的号」。没查到,不等于没关停。" in reply.text


def test_two_names_beside_each_other_are_a_list_where_both_are_known(matcher: Matcher) -> None:
    assert ask(matcher, "水润港城 月安社区").kind is Kind.LIST
    assert ask(matcher, "水润港城和月安社区").kind is Kind.LIST


def test_fifty_names_are_answered_and_a_list_too_long_says_so(matcher: Matcher) -> None:
    names = [e["asked"] for e in load("accounts.yaml")][:30]
    many = (names * 3)[: MOST_NAMES + 5]
    reply = ask(matcher, "\n".join(many))
    assert len(reply.rows) == MOST_NAMES
    assert f"一次最多查 {MOST_NAMES} 个" in reply.text
    assert len(reply.text) <= 4096
    whole = ask(matcher, "\n".join(many[:MOST_NAMES]))
    assert "一次最多查" not in whole.text
    assert whole.text.count("\n") > MOST_NAMES


def test_rows_are_a_spreadsheet_that_runs_nothing(matcher: Matcher) -> None:
    reply = ask(matcher, "水润港城\n月安社区\n=HYPERLINK(A1)不存在的号")
    rows = list(csv.DictReader(io.StringIO(as_csv(reply.rows))))
    assert [r["name"] for r in rows] == ["水润港城", "月安社区", ""]
    assert rows[0]["id"] == "shuirungangcheng-wx"
    assert rows[0]["code"].startswith("QX-")
    assert rows[2]["asked"].startswith("'=")
    assert as_csv(()) == "asked\r\n"


def test_only_letters_and_digits_of_an_unknown_name_are_said_back(matcher: Matcher) -> None:
    assert echoed("<b>不存在</b>的号 https://x.y") == "b不存在b的号httpsxy"
    assert len(echoed("号" * 90)) == 20
    reply = ask(matcher, "水润港城\n月安社区\n<script>alert(1)</script>假号")
    assert "<" not in reply.text


def test_a_list_can_be_forwarded(matcher: Matcher) -> None:
    plain = ask(matcher, "水润港城\n月安社区").plain
    assert plain.startswith("一共 2 个")
    assert plain.endswith("非官方")
