"""Plain data becomes records knowingly: every fault is named at once, with what to do, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import codec
from bot.codec import Fault, decode, encode, json_schema
from bot.records import Account, Source
from bot.values import Platform, Reason, State, When

GOOD: dict[str, Any] = {
    "id": "x",
    "state": "closed",
    "checked": "2024-04-02",
    "sources": [{"publisher": "新京报"}],
}


def faults(**changed: Any) -> list[Fault]:
    """Return the faults of an account that is good but for some changes."""
    found: list[Fault] = []
    decode(Account, {**GOOD, **changed}, found)
    return found


def test_every_fault_is_named_at_once_with_what_to_do() -> None:
    found = faults(nam="水润港城", state="clsoed", checked="2024.13.45", platform="微信公号")
    assert [(f.path, f.found, f.todo) for f in found] == [
        (("state",), "“clsoed”", "是不是想写 closed?"),
        (("checked",), "“2024.13.45”", "按 2024-04-19 的样子写;只知道年月就写 2024-04"),
        (("nam",), "不认识的键“nam”", "是不是想写 name?"),
        (("platform",), "“微信公号”", "是不是想写 微信公众号?"),
    ]


@pytest.mark.parametrize("missing", ["id", "state", "checked", "sources"])
def test_what_is_required_is_asked_for(missing: str) -> None:
    assert [(f.path, f.found) for f in faults(**{missing: None})] == [((missing,), "没有写")]


@pytest.mark.parametrize(
    "data", [None, [], "text", 3, {"id": {"a": "b"}}, {"sources": "新京报"}, {"sources": [["a"]]}], ids=repr
)
def test_data_of_another_shape_is_a_fault_and_never_an_exception(data: Any) -> None:
    found: list[Fault] = []
    assert decode(Account, data, found) is None
    assert found


@pytest.mark.parametrize("written", ["2024-4-2", "2024.4.2", "2024/04/02", "2024年4月2日", "2024年04月02号"])
def test_a_date_may_be_written_as_people_write_it(written: str) -> None:
    account = decode(Account, {**GOOD, "checked": written}, [])
    assert account
    assert account.checked == When("2024-04-02")


@pytest.mark.parametrize(
    "written", ["2024-02-30", "24-01-01", "昨天", "2024-13", "45402", "2024-4-2-1", "二〇二四年"]
)
def test_what_is_no_date_of_the_calendar_is_a_fault(written: str) -> None:
    assert [f.path for f in faults(checked=written)] == [("checked",)]


def test_chinese_words_stand_for_values() -> None:
    data = {**GOOD, "platform": "微信公众号", "state": "已公告停更", "reason": "基层减负"}
    account = decode(Account, data, [])
    assert account
    assert (account.platform, account.state, account.reason) == (
        Platform.WECHAT,
        State.CLOSING,
        Reason.BURDEN,
    )


def test_one_value_stands_for_a_list_of_one() -> None:
    account = decode(Account, {**GOOD, "aliases": "水务", "sources": {"publisher": "新京报"}}, [])
    assert account
    assert (account.aliases, account.sources) == (("水务",), (Source("新京报"),))


def test_a_no_is_text_where_text_is_meant() -> None:
    account = decode(Account, {**GOOD, "name": "no", "platform_id": "0123"}, [])
    assert account
    assert (account.name, account.platform_id) == ("no", "0123")


def test_every_record_reads_back_as_it_was_written(known: Any) -> None:
    accounts = [a for u in known.units for a in u.accounts]
    for account in accounts:
        found: list[Fault] = []
        again = decode(Account, encode(account), found)
        assert not found
        assert again
        assert encode(again) == encode(account)


@given(
    st.recursive(
        st.none() | st.text(max_size=5),
        lambda c: (
            st.lists(c, max_size=3)
            | st.dictionaries(
                st.sampled_from(list(codec.members(Account))) | st.text(max_size=3), c, max_size=4
            )
        ),
    )
)
def test_any_plain_data_gives_a_record_or_faults(data: Any) -> None:
    found: list[Fault] = []
    record = decode(Account, data, found)
    assert (record is None) == bool(found)


def test_partial_dates_know_their_first_and_last_day_and_their_order() -> None:
    assert (When("2024").first, When("2024").last) == ("2024-01-01", "2024-12-31")
    assert (When("2024-06").first, When("2024-06").last) == ("2024-06-01", "2024-06-31")
    assert When("2024-05-31") < When("2024-06") < When("2024-06-02")
    assert not When("2024-06") < When("2024-06")


def test_the_schema_explains_every_field_in_chinese() -> None:
    properties = json_schema(Account)["properties"]
    assert all(any("\u4e00" <= c <= "\u9fff" for c in p["description"]) for p in properties.values())
    assert "微信公众号" in properties["platform"]["enum"]
