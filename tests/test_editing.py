"""A change is planned, tried on a copy, and then written whole or not at all."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT, TODAY, state_of
from writing import FILE, account, entry, only_inserted, put, read_back, refused

from bot import knowledge
from bot.records import Destination
from bot.upkeep.editing import ChangedError, plan, write
from bot.upkeep.placefile import Entry
from bot.values import Basis, Notice, Platform, State, When
from bot.yamlfile import Problem


def test_a_place_that_nobody_knows_has_no_file(town: Path) -> None:
    assert refused(entry(place="999999"), town) == [
        "1: place: “999999”;应当是:区划表里有的代码;到 knowledge/places/ 里查代码"
    ]


def test_what_a_rule_refuses_is_not_written(town: Path) -> None:
    renamed = entry(state=State.RENAMED, notice=Notice.UNSEEN)
    assert refused(renamed, town) == [
        "17: state: 现状是“已改名”,去向写了 0 个;应当是:去向1 个;改现状,或补上、删掉去向"
    ]
    late = replace(renamed, account=account(seen=When("2027")))
    assert len(refused(late, town)) == 1


def test_an_id_that_is_there_is_not_written_again(town: Path) -> None:
    (problem,) = refused(entry(ident="shuirungangcheng-wx"), town)
    assert "“shuirungangcheng-wx”用了两次" in problem


def test_beside_an_account_with_a_mistake_nothing_is_written(town: Path, town_file: Path) -> None:
    """One account that cannot be read takes its file's others with it, so nobody could see what was added."""
    town_file.write_text(FILE.replace("state: active", "state: activ", 1), encoding="utf-8")
    (problem,) = refused(entry(), town)
    assert "先运行 python bot.py check 改好这个文件" in problem


def test_a_mistake_somewhere_else_does_not_stand_in_the_way(town: Path) -> None:
    (town / "accounts" / "jiangsu" / "bad.yaml").write_text("units: [", encoding="utf-8")
    put(entry(), town)


def test_a_file_that_somebody_changed_meanwhile_is_not_overwritten(town: Path, town_file: Path) -> None:
    planned = plan([entry()], knowledge.read(town), town)
    town_file.write_bytes(town_file.read_bytes() + "# 别人的话\n".encode())
    before = state_of(town)
    with pytest.raises(ChangedError, match=r"zhangjiagang\.yaml"):
        write(planned)
    assert state_of(town) == before


def test_when_one_file_cannot_be_written_the_others_stay_too(town: Path) -> None:
    both = [entry(), Entry("320100", account(ident="b"), None), Entry("610300", account(ident="c"), None)]
    planned = plan(both, knowledge.read(town), town, TODAY)
    assert planned.troubles == []
    (town / "accounts" / "shaanxi").write_text("这里本来该是文件夹", encoding="utf-8")
    before = state_of(town)
    with pytest.raises(OSError, match="exists"):
        write(planned)
    assert state_of(town) == before


def test_a_folder_that_cannot_be_read_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        plan([], knowledge.Knowledge(), tmp_path / "none")


def test_a_file_that_is_not_there_is_made(town: Path) -> None:
    written = put(entry("宝鸡市水利局", "610300", platform=Platform.WECHAT), town)
    assert written.path == town / "accounts" / "shaanxi" / "baoji.yaml"
    assert written.line == 5
    assert written.path.read_text(encoding="utf-8") == (
        '# 陕西省 · 宝鸡市\nplace: "610300"\n\nunits:\n  - name: 宝鸡市水利局\n    accounts:\n'
        "      - id: xinzhanghao\n        name: 新账号\n        platform: wechat\n        state: active\n"
        "        checked: 2024-06-15\n        sources:\n          - {publisher: 新京报, date: 2024-06-02}\n"
    )


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("100000", "national/national.yaml"),
        ("500000", "chongqing/chongqing-sheng.yaml"),
        ("610000", "shaanxi/shaanxi-sheng.yaml"),
        ("320500", "jiangsu/suzhou.yaml"),
        ("nj-jiangbei", "jiangsu/jiangbei.yaml"),
    ],
)
def test_a_new_file_is_named_as_the_existing_ones_are(town: Path, place: str, expected: str) -> None:
    written = put(entry("甲局", place), town)
    assert written.path.relative_to(town / "accounts").as_posix() == expected


def test_two_places_of_one_name_get_two_files(town: Path) -> None:
    put(entry("甲局", "320302"), town)
    second = put(entry("乙局", "320106", ident="b"), town)
    assert second.path.name == "gulou-320106.yaml"
    both = [entry("甲局", "320100", ident="c"), entry("乙局", "320100", ident="d")]
    planned = plan(both, knowledge.read(town), town, TODAY)
    write(planned)
    assert {w.path.name for w in planned.written.values()} == {"nanjing.yaml"}
    assert read_back(town, "d")[1] == "乙局"


def test_of_two_files_of_a_place_the_one_with_the_unit_is_taken(town: Path) -> None:
    other = town / "accounts" / "jiangsu" / "a.yaml"
    other.write_text('place: "320582"\nunits:\n  - name: 甲局\n    accounts:\n', encoding="utf-8")
    assert put(entry(), town).path.name == "zhangjiagang.yaml"
    assert put(entry("甲局", ident="b"), town).path == other
    assert put(entry("乙局", ident="c"), town).path == other


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_file_keeps_its_permissions_and_nothing_is_left_beside_it(town: Path, town_file: Path) -> None:
    town_file.chmod(0o640)
    put(entry(), town)
    assert town_file.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in town_file.parent.iterdir()) == ["zhangjiagang.yaml"]


def test_several_entries_go_in_at_once(town: Path) -> None:
    names = ["张家港市水务局", "甲局", None, "甲局", "张家港市水务局"]
    entries = [entry(unit, name=f"号{i}", ident=f"n{i}") for i, unit in enumerate(names)]
    planned = plan(entries, knowledge.read(town), town, TODAY)
    assert planned.troubles == []
    write(planned)
    read = knowledge.read(town)
    assert [(u.name, [a.id for a in u.accounts]) for u in read.units] == [
        ("张家港市水务局", ["shuirungangcheng-wx", "n0", "n4"]),
        (None, ["jinrizhangjiagang-app"]),
        ("甲局", ["n1", "n3"]),
        (None, ["n2"]),
    ]
    for number, at in planned.written.items():
        lines = at.path.read_text(encoding="utf-8").splitlines()
        assert tuple(lines[at.line - 1 : at.line - 1 + len(at.lines)]) == at.lines
        assert f"n{number}" in "".join(at.lines)


def test_each_trouble_says_which_entry_it_is_about(town: Path) -> None:
    entries = [
        entry(ident="a"),
        entry(ident="b", state=State.CLOSED),
        entry("甲局", ident="c", state=State.SPLIT),
    ]
    planned = plan(entries, knowledge.read(town), town, TODAY)
    assert [(t.entry, t.problem.field) for t in planned.troubles] == [
        (1, "notice"),
        (2, "notice"),
        (2, "state"),
    ]
    assert isinstance(planned.troubles[0].problem, Problem)
    assert planned.troubles[0].problem.file.endswith("accounts/jiangsu/zhangjiagang.yaml")


def test_an_entry_may_lead_to_one_that_comes_with_it(town: Path) -> None:
    to = (Destination(Basis.MEDIA, account="b"),)
    entries = [entry(ident="a", state=State.RENAMED, notice=Notice.UNSEEN, destinations=to), entry(ident="b")]
    assert plan(entries, knowledge.read(town), town, TODAY).troubles == []


def test_an_account_put_into_the_real_knowledge_leaves_it_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder)
    before = state_of(folder)
    written = put(entry("张家港市新的局"), folder)
    changed = {name: content for name, content in state_of(folder).items() if before.get(name) != content}
    assert list(changed) == [str(written.path.relative_to(folder))]
    assert only_inserted(before[next(iter(changed))], next(iter(changed.values())))
