"""Putting accounts into files of places: nothing that stood there changes, what was put in reads back as it was given."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT, TODAY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import knowledge
from bot.checks.accounts import MOST_ID
from bot.codec import members
from bot.records import (
    Account,
    Basis,
    Destination,
    Differing,
    Notice,
    Platform,
    Reason,
    Source,
    State,
    Unit,
    When,
)
from bot.upkeep import editing
from bot.upkeep.editing import ChangedError, Entry, Likeness, Written, add, plan, similar, slug, write
from bot.yamlfile import Problem

PLACES = """\
- {code: "100000", name: 中华人民共和国, short: 全国}
- {code: "320000", name: 江苏省, short: 江苏}
- {code: "320500", name: 苏州市, short: 苏州}
- {code: "320582", name: 张家港市, short: 张家港}
- {code: "320100", name: 南京市, short: 南京}
- {code: "320106", name: 鼓楼区, short: 鼓楼}
- {code: "320302", name: 鼓楼区, short: 鼓楼}
- {code: nj-jiangbei, name: 江北新区, short: 江北, parent: "320100"}
- {code: "500000", name: 重庆市, short: 重庆}
- {code: "610000", name: 陕西省, short: 陕西}
- {code: "610300", name: 宝鸡市, short: 宝鸡}
"""
FILE = """\
# 江苏省 · 苏州市 · 张家港市
place: "320582"

units:
  # 水务
  - name: 张家港市水务局   # 全称
    accounts:
      - id: shuirungangcheng-wx
        name: 水润港城
        state: active
        checked: 2024-06-15
        sources:
          - {publisher: 新京报, date: 2024-06-02}  # 转载
        # 还没有核实

  - accounts:
      - id: jinrizhangjiagang-app
        name: 今日张家港
        platform: app
        state: active
        checked: "2024"
        sources: [{publisher: 新京报}]
        note: |
          第一行

          第二行

# 完
"""
SOURCES = (Source("新京报", When("2024-06-02")),)


def account(name: str | None = "新账号", ident: str = "xinzhanghao", **more: object) -> Account:
    """Return an account in use, with further fields."""
    return replace(Account(ident, State.ACTIVE, When("2024-06-15"), SOURCES, name=name), **more)  # type: ignore[arg-type]


def entry(unit: str | None = "张家港市水务局", place: str = "320582", **more: object) -> Entry:
    """Return an entry for 张家港市水务局 unless told otherwise."""
    return Entry(place, account(**more), unit)  # type: ignore[arg-type]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A knowledge folder with a few places and one file of accounts."""
    target = tmp_path / "knowledge"
    (target / "places").mkdir(parents=True)
    (target / "places" / "places.yaml").write_text(PLACES, encoding="utf-8")
    (target / "accounts" / "jiangsu").mkdir(parents=True)
    (target / "accounts" / "jiangsu" / "zhangjiagang.yaml").write_text(FILE, encoding="utf-8")
    return target


@pytest.fixture
def path(small: Path) -> Path:
    """The one file of accounts."""
    return small / "accounts" / "jiangsu" / "zhangjiagang.yaml"


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its content."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def refused(found: Entry, folder: Path) -> list[str]:
    """Return why an entry is not put in, having made sure that no file changed."""
    before = files(folder)
    problems = add(found, folder, TODAY)
    assert isinstance(problems, list)
    assert files(folder) == before
    return [f"{p.line}: {p.field}: {p.found};应当是:{p.expected};{p.todo}" for p in problems]


def put(found: Entry, folder: Path) -> Written:
    """Put an entry in and return where it stands."""
    written = add(found, folder, TODAY)
    assert isinstance(written, Written), written
    return written


def only_inserted(before: bytes, after: bytes) -> bool:
    """Tell whether the one thing that happened to a text is that something was put into it at one place."""
    same = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    return after.endswith(before[same:]) and len(after) > len(before)


def read_back(folder: Path, ident: str) -> tuple[str, str | None, Account]:
    """Return the place, the unit's name and the account that a folder holds under an id."""
    read = knowledge.read(folder)
    assert read.problems == []
    return next(
        (u.place, u.name, replace(a, unit="")) for u in read.units for a in u.accounts if a.id == ident
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    accounts:\n      - id: s", "\taccounts:\n      - id: s", "7: 写法: 这一行有制表符(Tab);应当是:“键: 值”,下一层多缩进两个空格;缩进只用空格:把 Tab 换成两个空格"),
        ("name: 水润港城", "name: 水润港城\n        name: 水润", "10: name: “name”写了两次;应当是:每个键只写一次;删掉多出来的那一行,或合成一个列表"),
        ("platform: app", "platform: &p app", None),
        ("units:", "units: []\nother:", "4: units: units 写在括号里,或不是列表;应当是:每条单独一行、前面加“- ”;把括号里的内容分行写"),
    ],
)  # fmt: skip
def test_a_file_with_a_mistake_in_it_is_left_alone(
    small: Path, path: Path, old: str, new: str, expected: str | None
) -> None:
    path.write_text(FILE.replace(old, new, 1), encoding="utf-8")
    if expected is None:
        put(entry(), small)
    else:
        assert refused(entry(), small)[0] == expected


def test_a_unit_whose_accounts_are_in_brackets_is_left_alone(small: Path, path: Path) -> None:
    path.write_text(
        'place: "320582"\nunits:\n  - name: 甲局\n    accounts: [{id: a, name: 甲, state: active, checked: 2024, sources: [{publisher: 乙}]}]\n',
        encoding="utf-8",
    )
    expected = (
        "4: accounts: accounts 写在括号里,或不是列表;应当是:每条单独一行、前面加“- ”;把括号里的内容分行写"
    )
    assert refused(entry("甲局"), small) == [expected]
    path.write_text('{place: "320582", units: []}', encoding="utf-8")
    expected = "1: 文件: units 的上一层写在括号里,或不是“键: 值”;应当是:“键: 值”,下一层多缩进两个空格;把括号里的内容分行写"
    assert refused(entry("甲局"), small) == [expected]


def test_references_that_go_round_are_refused(small: Path, path: Path) -> None:
    path.write_text('place: "320582"\nunits: &u\n  - *u\n', encoding="utf-8")
    assert refused(entry(), small) == [
        "2: 文件: 用了 & 和 * 的引用;应当是:直接写出内容;把重复的内容写两遍,不要用引用"
    ]


def test_a_file_that_is_no_text_is_left_alone(small: Path, path: Path) -> None:
    path.write_bytes('place: "320582"\nunits:\n  - name: 张'.encode("gbk"))
    expected = (
        "3: 文件: 不是 UTF-8 文字;应当是:UTF-8 编码的文字文件;用编辑器“另存为”UTF-8;如果是图片或压缩包,移走它"
    )
    assert refused(entry(), small) == [expected]
    path.write_bytes(b"\x89PNG\r\n")
    assert put(entry(), small).path.name == "zhangjiagang-320582.yaml"
    assert path.read_bytes() == b"\x89PNG\r\n"


def test_a_place_that_nobody_knows_has_no_file(small: Path) -> None:
    assert refused(entry(place="999999"), small) == [
        "1: place: “999999”;应当是:区划表里有的代码;到 knowledge/places/ 里查代码"
    ]


def test_what_a_rule_refuses_is_not_written(small: Path) -> None:
    renamed = entry(state=State.RENAMED, notice=Notice.UNSEEN)
    assert refused(renamed, small) == [
        "17: state: 现状是“已改名”,去向写了 0 个;应当是:去向1 个;改现状,或补上、删掉去向"
    ]
    late = replace(renamed, account=account(seen=When("2027")))
    assert len(refused(late, small)) == 1


def test_an_id_that_is_there_is_not_written_again(small: Path) -> None:
    (problem,) = refused(entry(ident="shuirungangcheng-wx"), small)
    assert "“shuirungangcheng-wx”用了两次" in problem


@pytest.mark.parametrize("name", ["null", "~", " 前后有空格 "])
def test_what_would_read_back_as_something_else_is_not_written(small: Path, name: str) -> None:
    (problem,) = refused(entry(name=name), small)
    assert problem.endswith(
        "写进去再读出来不一样;应当是:读出来和给的一样;先运行 python bot.py check 改好这个文件;再看有没有单独的 null 或 ~"
    )


def test_beside_an_account_with_a_mistake_nothing_is_written(small: Path, path: Path) -> None:
    """One account that cannot be read takes its file's others with it, so nobody could see what was added."""
    path.write_text(FILE.replace("state: active", "state: activ", 1), encoding="utf-8")
    (problem,) = refused(entry(), small)
    assert "先运行 python bot.py check 改好这个文件" in problem


def test_a_mistake_somewhere_else_does_not_stand_in_the_way(small: Path) -> None:
    (small / "accounts" / "jiangsu" / "bad.yaml").write_text("units: [", encoding="utf-8")
    put(entry(), small)


def test_a_file_that_somebody_changed_meanwhile_is_not_overwritten(small: Path, path: Path) -> None:
    planned = plan([entry()], knowledge.read(small), small)
    path.write_bytes(path.read_bytes() + "# 别人的话\n".encode())
    before = files(small)
    with pytest.raises(ChangedError, match=r"zhangjiagang\.yaml"):
        write(planned)
    assert files(small) == before


def test_when_one_file_cannot_be_written_the_others_stay_too(small: Path) -> None:
    both = [entry(), Entry("320100", account(ident="b"), None), Entry("610300", account(ident="c"), None)]
    planned = plan(both, knowledge.read(small), small, TODAY)
    assert planned.troubles == []
    (small / "accounts" / "shaanxi").write_text("这里本来该是文件夹", encoding="utf-8")
    before = files(small)
    with pytest.raises(OSError, match="exists"):
        write(planned)
    assert files(small) == before


def test_a_folder_that_cannot_be_read_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        plan([], knowledge.Knowledge(), tmp_path / "none")


def test_an_account_goes_to_the_end_of_its_unit(small: Path, path: Path) -> None:
    written = put(entry(platform=Platform.WEIBO), small)
    assert path.read_text(encoding="utf-8") == FILE.replace(
        "        # 还没有核实\n",
        """\
        # 还没有核实
      - id: xinzhanghao
        name: 新账号
        platform: weibo
        state: active
        checked: 2024-06-15
        sources:
          - {publisher: 新京报, date: 2024-06-02}
""",
    )
    assert (written.path, written.line, written.lines[0]) == (path, 15, "      - id: xinzhanghao")


def test_a_unit_that_is_not_there_is_made(small: Path, path: Path) -> None:
    written = put(entry("张家港市交通局"), small)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[written.line - 1 : written.line + 2] == [
        "  - name: 张家港市交通局", "    accounts:", "      - id: xinzhanghao",
    ]  # fmt: skip
    assert lines[-1] == "# 完"
    assert only_inserted(FILE.encode(), path.read_bytes())


def test_a_file_that_is_not_there_is_made(small: Path) -> None:
    written = put(entry("宝鸡市水利局", "610300", platform=Platform.WECHAT), small)
    assert written.path == small / "accounts" / "shaanxi" / "baoji.yaml"
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
def test_a_new_file_is_named_as_the_existing_ones_are(small: Path, place: str, expected: str) -> None:
    written = put(entry("甲局", place), small)
    assert written.path.relative_to(small / "accounts").as_posix() == expected


def test_two_places_of_one_name_get_two_files(small: Path) -> None:
    put(entry("甲局", "320302"), small)
    second = put(entry("乙局", "320106", ident="b"), small)
    assert second.path.name == "gulou-320106.yaml"
    both = [entry("甲局", "320100", ident="c"), entry("乙局", "320100", ident="d")]
    planned = plan(both, knowledge.read(small), small, TODAY)
    write(planned)
    assert {w.path.name for w in planned.written.values()} == {"nanjing.yaml"}
    assert read_back(small, "d")[1] == "乙局"


def test_of_two_files_of_a_place_the_one_with_the_unit_is_taken(small: Path) -> None:
    other = small / "accounts" / "jiangsu" / "a.yaml"
    other.write_text('place: "320582"\nunits:\n  - name: 甲局\n    accounts:\n', encoding="utf-8")
    assert put(entry(), small).path.name == "zhangjiagang.yaml"
    assert put(entry("甲局", ident="b"), small).path == other
    assert put(entry("乙局", ident="c"), small).path == other


@pytest.mark.parametrize(
    "text",
    [
        FILE,
        FILE.removesuffix("\n# 完\n"),
        FILE.removesuffix("\n\n# 完\n"),
        FILE.replace("\n", "\r\n"),
        "\ufeff" + FILE,
        'place: "320582"',
        'place: "320582"\nunits:',
        'place: "320582"\nunits:   # 以后写\n\n# 完',
        'place: "320582"\nunits:\n- name: 张家港市水务局\n  accounts:\n  - id: a\n    name: 甲\n    state: active\n    checked: 2024\n    sources: [{publisher: 乙}]\n',
        'place: "320582"\nunits:\n  - name: 张家港市水务局\n    accounts:\n',
        'place: "320582"\nunits:\n  - name: 张家港市水务局\n    note: 还没有账号',
        'units:\n    -   name: 张家港市水务局\n        aliases: [水务局]\nplace: "320582"',
        "---\n" + FILE + "...\n",
    ],
    ids=["as it is", "no comment at the end", "no line end at the end", "CRLF", "byte order mark", "no units", "empty units",
         "empty units with comments", "dashes not indented", "empty accounts", "no accounts", "wide", "document marks"],
)  # fmt: skip
@pytest.mark.parametrize("unit", ["张家港市水务局", "张家港市交通局", None])
def test_however_a_file_is_written_its_bytes_stay(
    small: Path, path: Path, text: str, unit: str | None
) -> None:
    path.write_bytes(text.encode())
    new = entry(unit)
    put(new, small)
    after = path.read_bytes()
    assert only_inserted(text.encode(), after)
    assert (b"\r\n" in after) == ("\r\n" in text)
    assert b"\n" not in after.replace(b"\r\n", b"") or "\r\n" not in text
    assert read_back(small, "xinzhanghao") == (new.place, new.unit, new.account)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_file_keeps_its_permissions_and_nothing_is_left_beside_it(small: Path, path: Path) -> None:
    path.chmod(0o640)
    put(entry(), small)
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in path.parent.iterdir()) == ["zhangjiagang.yaml"]


def test_one_name_on_another_platform_stands_beside_it_where_no_unit_is_known(
    small: Path, path: Path
) -> None:
    put(entry(None, name="今日张家港", platform=Platform.WECHAT), small)
    units = knowledge.read(small).units
    assert [len(u.accounts) for u in units] == [1, 2]
    put(entry(None, name="别的名字", ident="b"), small)
    assert [len(u.accounts) for u in knowledge.read(small).units] == [1, 2, 1]


def test_several_entries_go_in_at_once(small: Path) -> None:
    names = ["张家港市水务局", "甲局", None, "甲局", "张家港市水务局"]
    entries = [entry(unit, name=f"号{i}", ident=f"n{i}") for i, unit in enumerate(names)]
    planned = plan(entries, knowledge.read(small), small, TODAY)
    assert planned.troubles == []
    write(planned)
    read = knowledge.read(small)
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


def test_each_trouble_says_which_entry_it_is_about(small: Path) -> None:
    entries = [
        entry(ident="a"),
        entry(ident="b", state=State.CLOSED),
        entry("甲局", ident="c", state=State.SPLIT),
    ]
    planned = plan(entries, knowledge.read(small), small, TODAY)
    assert [(t.entry, t.problem.field) for t in planned.troubles] == [
        (1, "notice"),
        (2, "notice"),
        (2, "state"),
    ]
    assert isinstance(planned.troubles[0].problem, Problem)
    assert planned.troubles[0].problem.file.endswith("accounts/jiangsu/zhangjiagang.yaml")


def test_an_entry_may_lead_to_one_that_comes_with_it(small: Path) -> None:
    to = (Destination(Basis.MEDIA, account="b"),)
    entries = [entry(ident="a", state=State.RENAMED, notice=Notice.UNSEEN, destinations=to), entry(ident="b")]
    assert plan(entries, knowledge.read(small), small, TODAY).troubles == []


def test_every_field_of_a_record_has_its_place_in_an_entry() -> None:
    assert set(editing.KEYS) == set(members(Account))
    assert set(editing.DESTINATION_KEYS) == set(members(Destination))


def not_absent(text: str) -> bool:
    """Tell whether a text says something: what YAML takes for nothing does not."""
    return text not in ("", "null", "~")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(str.strip).filter(not_absent)
TRICKY = st.sampled_from(
    ["- a", "a: b", "a #b", "#", "'", '"', "\\", "[a]", "{a}", "*a", "&a", "!a", "%a", "@a", "`a", "yes", "1.5", "0x1f",
     "2024-04-19", "320582", "?", "a\nb", "a\tb", "\x85b", "a\u2028b", "\ufeffa", "a, b", "a]", "|", ">", "...", "---"]
).map(str.strip)  # fmt: skip
WORDS = st.one_of(TEXTS, TRICKY.filter(not_absent))
DATES = st.dates(max_value=dt.date(2026, 11, 20)).map(lambda d: When(d.isoformat()))
SOURCE = st.builds(Source, WORDS, st.none() | DATES, st.none(), st.none() | WORDS, st.booleans())
ACCOUNTS = st.builds(
    Account, st.just("new-one"), st.just(State.CLOSED), DATES, st.lists(SOURCE, min_size=1, max_size=2).map(tuple),
    name=WORDS, platform=st.none() | st.sampled_from(Platform), platform_id=st.none() | WORDS,
    aliases=st.lists(WORDS, max_size=2).map(tuple), reason=st.none() | st.sampled_from(Reason), notice=st.just(Notice.UNSEEN),
    destinations=st.lists(
        st.builds(Destination, st.just(Basis.MEDIA), name=WORDS, path=st.lists(WORDS, max_size=2).map(tuple), scope=st.none() | WORDS),
        max_size=2,
    ).map(tuple),
    differs=st.lists(st.builds(Differing, WORDS, WORDS, SOURCE), max_size=1).map(tuple),
    remark=st.none() | WORDS, note=st.none() | WORDS,
)  # fmt: skip
COMMENT = st.sampled_from(["", "\n", "# 话\n", "  # 话\n", "        # 话\n", "\n\n# 话\n\n"])


@st.composite
def place_files(draw: st.DrawFn) -> str:
    """A place's file as somebody may have written it, with comments and blank lines anywhere between entries."""
    text = draw(COMMENT) + 'place: "320582"\n' + draw(COMMENT) + "units:\n"
    outer, inner = draw(st.sampled_from([("", ""), ("  ", "  "), ("    ", "      ")]))
    for number in range(draw(st.integers(0, 3))):
        text += f"{outer}- name: 单位{number}\n{outer}  accounts:\n"
        for each in range(draw(st.integers(1, 2))):
            dash = f"{outer}  {inner}"
            text += f"{dash}- id: a{number}-{each}\n{dash}  name: 账号{number}{each}\n{dash}  state: active\n{dash}  checked: 2024\n"
            text += f"{dash}  sources:\n{dash}    - {{publisher: 报}}\n" + draw(
                st.sampled_from(
                    ["", f"{dash}  note: 一句\n", f"{dash}  note: >-\n{dash}    长的\n{dash}    话\n"]
                )
            )
            text += draw(COMMENT)
    if draw(st.booleans()):
        text = text.rstrip("\n")
    return draw(st.sampled_from(["", "\ufeff"])) + text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=place_files(), new=ACCOUNTS, unit=st.none() | st.sampled_from(["单位0", "单位1"]) | WORDS)
def test_putting_in_changes_no_other_byte_and_reads_back_equal(
    small: Path, path: Path, text: str, new: Account, unit: str | None
) -> None:
    path.write_bytes(text.encode())
    before = knowledge.read(small)
    put(Entry("320582", new, unit), small)
    assert only_inserted(text.encode(), path.read_bytes())
    assert read_back(small, "new-one") == ("320582", unit, new)
    known = {a.id: a for u in knowledge.read(small).units for a in u.accounts if a.id != "new-one"}
    assert known == {a.id: a for u in before.units for a in u.accounts}


@pytest.mark.parametrize(
    ("name", "platform", "unit", "expected"),
    [
        ("水润港城", Platform.WECHAT, None, "shuirungangcheng-wx"),
        ("水润港城", None, None, "shuirungangcheng"),
        (None, None, "张家港市人民法院", "zhangjiagangshirenminfayuan"),
        ("张家港市第三中学", Platform.WECHAT, None, "zjgsdszx-wx"),
        ("张家港教育信息化公共服务平台", Platform.WEBSITE, None, "zjgjyxxhggfwpt-web"),
        ("腾冲市芒棒镇", Platform.CHANNELS, None, "tengchongshimangbangzhen-sph"),
        ("12345·热线", Platform.BILIBILI, None, "12345rexian-bili"),
        ("★", Platform.XIAOHONGSHU, "水务局", "shuiwuju-xhs"),
        ("★", Platform.KUAISHOU, None, "zhanghao-ks"),
        ("Ёж", Platform.APP, None, "zhanghao-app"),
    ],
)
def test_an_id_is_pinyin_and_platform(
    name: str | None, platform: Platform | None, unit: str | None, expected: str
) -> None:
    assert slug(name, platform, unit, ()) == expected


def test_an_id_that_is_taken_gets_a_number() -> None:
    taken = {"shuirungangcheng-wx", "shuirungangcheng-2-wx"}
    assert slug("水润港城", Platform.WECHAT, None, taken) == "shuirungangcheng-3-wx"


@given(st.text(max_size=60), st.none() | st.sampled_from(Platform), st.text(max_size=60))
def test_any_id_is_well_formed_and_free(name: str, platform: Platform | None, unit: str) -> None:
    taken: set[str] = set()
    for _ in range(12):
        made = slug(name, platform, unit, taken)
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)
        assert len(made) <= MOST_ID
        assert made not in taken
        taken.add(made)


def accounts_on_file(known: knowledge.Knowledge) -> Iterator[tuple[Unit, Account]]:
    """Yield every account that is known with its unit."""
    return ((u, a) for u in known.units for a in u.accounts)


def test_the_existing_ids_are_made_like_this(known: knowledge.Knowledge) -> None:
    """But for a few that were made by hand, or carry a number."""
    made = [slug(a.name, a.platform, u.name, ()) == a.id for u, a in accounts_on_file(known)]
    assert sum(made) > 0.95 * len(made)


def test_an_account_put_into_the_real_knowledge_leaves_it_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder)
    before = files(folder)
    written = put(entry("张家港市新的局"), folder)
    changed = {name: content for name, content in files(folder).items() if before.get(name) != content}
    assert list(changed) == [str(written.path.relative_to(folder))]
    assert only_inserted(before[next(iter(changed))], next(iter(changed.values())))


def test_what_is_not_alike_is_not_named(small: Path) -> None:
    known = knowledge.read(small)
    assert similar(entry(name="完全不同"), known) == []
    assert similar(entry(None, name=None), known) == []
    assert similar(entry(name="水利港口"), known) == []


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ({"name": "水润·港城", "platform": Platform.WECHAT}, [("a", Likeness.SAME), ("b", Likeness.MAYBE), ("c", Likeness.ALIKE), ("d", Likeness.ALIKE)]),
        ({"name": "水润港口", "platform": Platform.WECHAT}, [("a", Likeness.MAYBE), ("c", Likeness.ALIKE), ("d", Likeness.ALIKE), ("b", Likeness.ALIKE)]),
        ({"name": "水润港城", "platform": None}, [("a", Likeness.MAYBE), ("c", Likeness.MAYBE), ("b", Likeness.MAYBE), ("d", Likeness.MAYBE)]),
        ({"name": "别的", "platform": Platform.WECHAT, "platform_id": "gh_1"}, [("a", Likeness.MAYBE)]),
        ({"name": "水润港城", "platform": Platform.WECHAT, "platform_id": "gh_2"}, [("a", Likeness.MAYBE), ("b", Likeness.MAYBE), ("c", Likeness.ALIKE), ("d", Likeness.ALIKE)]),
    ],
    ids=["same", "one edit", "platform unsaid", "same handle", "another handle"],
)  # fmt: skip
def test_near_accounts_are_named_the_surest_first(
    new: dict[str, object], expected: list[tuple[str, Likeness]]
) -> None:
    known = knowledge.Knowledge()
    for ident, place, platform, name, handle in (
        ("a", "320582", Platform.WECHAT, "水润港城", "gh_1"),
        ("b", "320100", Platform.WECHAT, "水润港城", None),
        ("c", "320582", Platform.WEIBO, "水润港城", None),
        ("d", "320582", Platform.WEIBO, "水润港诚", None),
    ):
        one = account(name, ident, platform=platform, platform_id=handle)
        known.units.append(Unit((one,), place=place))
    found = [(a.account.id, a.likeness) for a in similar(entry(None, **new), known)]
    assert found == expected


def test_numbered_names_of_one_place_are_different_accounts() -> None:
    known = knowledge.Knowledge(units=[Unit((account("第一中学", "a"),), place="320582")])
    assert [a.likeness for a in similar(entry(name="第二中学"), known)] == [Likeness.ALIKE]
    assert [a.likeness for a in similar(entry(name="第一小学"), known)] == [Likeness.MAYBE]


def test_an_account_without_a_name_goes_by_its_unit() -> None:
    known = knowledge.Knowledge(units=[Unit((account(None, "a"),), name="水务局", place="320582")])
    assert [a.likeness for a in similar(entry("水务局", name=None), known)] == [Likeness.SAME]
