"""What stands above a unit: the rule of its place by its kind and level, and the unit over it, never closed ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TODAY, matcher_of, unit

from bot.contacts import COUNTRY
from bot.dialogue import Message, answer
from bot.matcher import Matcher
from bot.talk.above import by_rule, higher, kind_of, rules_for
from bot.talk.desk import desk
from bot.values import Basis, Covers, Platform


@pytest.mark.parametrize(
    ("name", "covers", "level"),
    [
        ("张家港市农业农村局", Covers.DEPARTMENT, 3),
        ("镇江市公安局", Covers.POLICE, 3),
        ("望岳街道", Covers.TOWN, 4),
        ("杨舍镇", Covers.TOWN, 4),
        ("月安社区", Covers.VILLAGE, 5),
        ("李家村", Covers.VILLAGE, 5),
        ("张家港市第三中学", Covers.SCHOOL, 5),
        ("乡村振兴局", Covers.DEPARTMENT, 3),
        ("水润港城", Covers.DEPARTMENT, 3),
    ],
)
def test_a_name_shows_what_kind_of_unit_it_is(name: str, covers: Covers, level: int) -> None:
    kind = kind_of(name, "320582", Platform.WECHAT)
    assert covers in kind.covers
    assert kind.level == level


def test_an_app_is_an_app_whoever_runs_it() -> None:
    assert kind_of("望岳街道", "430104", Platform.APP).covers == {Covers.APP}
    assert kind_of("张家港市水务局", "320582", Platform.WEBSITE).covers == {Covers.SITE}


def test_a_street_of_changsha_is_covered_by_its_districts_rule_before_its_citys(matcher: Matcher) -> None:
    kind = kind_of("某某街道", "430104", Platform.WECHAT)
    found = [r.id for r in rules_for(kind, "430104", desk(matcher))]
    assert found[:2] == ["yuelu-2019", "changsha-2019"]
    assert rules_for(kind, "320582", desk(matcher))[0].place == "320582"


def test_a_rule_for_county_departments_is_none_for_the_province(matcher: Matcher) -> None:
    """广东 2019: departments of counties and towns; the province's own are not meant."""
    county = rules_for(kind_of("某县水务局", "440981", None), "440981", desk(matcher))
    province = rules_for(kind_of("广东省水利厅", "440000", None), "440000", desk(matcher))
    assert "guangdong-2019" in [r.id for r in county]
    assert "guangdong-2019" not in [r.id for r in province]


def test_every_goal_of_a_rule_stands_on_the_rule_and_is_not_closed(matcher: Matcher) -> None:
    for rule in matcher.base.rules:
        for goal in by_rule(rule, desk(matcher), ""):
            assert goal.basis is Basis.RULE
            assert goal.account is None or not goal.account.state.gone


def test_a_rule_never_leads_an_account_to_itself(matcher: Matcher) -> None:
    rule = next(r for r in matcher.base.rules if r.id == "zhuji-2019")
    assert by_rule(rule, desk(matcher), "zhujifabu") == []


def test_the_unit_above_is_of_the_same_kind_live_and_inferred(tmp_path: Path) -> None:
    made = tmp_path / "knowledge"
    below = unit(
        "张家港市交警大队", "id: a-wx, name: 港城交警号, platform: wechat, state: closed, notice: none"
    )
    matcher_of(made, below)
    city = unit(
        "苏州市公安局交通警察支队",
        "id: c-wx, name: 苏州交警号, platform: wechat, state: active, seen: 2024-05",
    )
    city += unit("苏州市公安局", "id: p-wx, name: 苏州警事号, platform: wechat, state: active, seen: 2024-05")
    (made / "accounts" / "city.yaml").write_text(f'place: "320500"\nunits:\n{city}', encoding="utf-8")
    matcher = matcher_of(made, below)
    account = matcher.base.unit("a-wx")
    assert account
    kind = kind_of(account.name or "", account.place, None)
    assert [g.name for g in higher(account, kind, desk(matcher))] == ["苏州交警号"]
    assert {g.basis for g in higher(account, kind, desk(matcher))} == {Basis.INFERRED}
    assert kind_of("x", COUNTRY, None).level == 0


def test_a_closed_account_above_is_never_offered(tmp_path: Path) -> None:
    made = tmp_path / "knowledge"
    below = unit(
        "张家港市交警大队", "id: a-wx, name: 港城交警号, platform: wechat, state: closed, notice: none"
    )
    matcher_of(made, below)
    city = unit("苏州市公安局交通警察支队", "id: c-wx, name: 苏州交警号, platform: wechat, state: dormant")
    (made / "accounts" / "city.yaml").write_text(f'place: "320500"\nunits:\n{city}', encoding="utf-8")
    matcher = matcher_of(made, below)
    reply = answer(Message("港城交警号"), matcher, TODAY)
    assert "苏州交警号" not in str(reply.helps)
