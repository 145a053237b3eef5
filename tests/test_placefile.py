"""Putting accounts into files of places: nothing that stood there changes, what was put in reads back as it was given."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from writing import FILE, entry, only_inserted, put, read_back, refused

from bot import knowledge
from bot.codec import members
from bot.records import Account, Destination, Differing, Source
from bot.upkeep.placefile import DESTINATION_KEYS, KEYS, Entry
from bot.values import Basis, Notice, Platform, Reason, State, When


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
    town: Path, town_file: Path, old: str, new: str, expected: str | None
) -> None:
    town_file.write_text(FILE.replace(old, new, 1), encoding="utf-8")
    if expected is None:
        put(entry(), town)
    else:
        assert refused(entry(), town)[0] == expected


def test_a_unit_whose_accounts_are_in_brackets_is_left_alone(town: Path, town_file: Path) -> None:
    town_file.write_text(
        'place: "320582"\nunits:\n  - name: 甲局\n    accounts: [{id: a, name: 甲, state: active, checked: 2024, sources: [{publisher: 乙}]}]\n',
        encoding="utf-8",
    )
    expected = (
        "4: accounts: accounts 写在括号里,或不是列表;应当是:每条单独一行、前面加“- ”;把括号里的内容分行写"
    )
    assert refused(entry("甲局"), town) == [expected]
    town_file.write_text('{place: "320582", units: []}', encoding="utf-8")
    expected = "1: 文件: units 的上一层写在括号里,或不是“键: 值”;应当是:“键: 值”,下一层多缩进两个空格;把括号里的内容分行写"
    assert refused(entry("甲局"), town) == [expected]


def test_references_that_go_round_are_refused(town: Path, town_file: Path) -> None:
    town_file.write_text('place: "320582"\nunits: &u\n  - *u\n', encoding="utf-8")
    assert refused(entry(), town) == [
        "2: 文件: 用了 & 和 * 的引用;应当是:直接写出内容;把重复的内容写两遍,不要用引用"
    ]


def test_a_file_that_is_no_text_is_left_alone(town: Path, town_file: Path) -> None:
    town_file.write_bytes('place: "320582"\nunits:\n  - name: 张'.encode("gbk"))
    expected = (
        "3: 文件: 不是 UTF-8 文字;应当是:UTF-8 编码的文字文件;用编辑器“另存为”UTF-8;如果是图片或压缩包,移走它"
    )
    assert refused(entry(), town) == [expected]
    town_file.write_bytes(b"\x89PNG\r\n")
    assert put(entry(), town).path.name == "zhangjiagang-320582.yaml"
    assert town_file.read_bytes() == b"\x89PNG\r\n"


@pytest.mark.parametrize("name", ["null", "~", " 前后有空格 "])
def test_what_would_read_back_as_something_else_is_not_written(town: Path, name: str) -> None:
    (problem,) = refused(entry(name=name), town)
    assert problem.endswith(
        "写进去再读出来不一样;应当是:读出来和给的一样;先运行 python bot.py check 改好这个文件;再看有没有单独的 null 或 ~"
    )


def test_an_account_goes_to_the_end_of_its_unit(town: Path, town_file: Path) -> None:
    written = put(entry(platform=Platform.WEIBO), town)
    assert town_file.read_text(encoding="utf-8") == FILE.replace(
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
    assert (written.path, written.line, written.lines[0]) == (town_file, 15, "      - id: xinzhanghao")


def test_a_unit_that_is_not_there_is_made(town: Path, town_file: Path) -> None:
    written = put(entry("张家港市交通局"), town)
    lines = town_file.read_text(encoding="utf-8").splitlines()
    assert lines[written.line - 1 : written.line + 2] == [
        "  - name: 张家港市交通局", "    accounts:", "      - id: xinzhanghao",
    ]  # fmt: skip
    assert lines[-1] == "# 完"
    assert only_inserted(FILE.encode(), town_file.read_bytes())


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
    town: Path, town_file: Path, text: str, unit: str | None
) -> None:
    town_file.write_bytes(text.encode())
    new = entry(unit)
    put(new, town)
    after = town_file.read_bytes()
    assert only_inserted(text.encode(), after)
    assert (b"\r\n" in after) == ("\r\n" in text)
    assert b"\n" not in after.replace(b"\r\n", b"") or "\r\n" not in text
    assert read_back(town, "xinzhanghao") == (new.place, new.unit, new.account)


def test_one_name_on_another_platform_stands_beside_it_where_no_unit_is_known(
    town: Path, town_file: Path
) -> None:
    put(entry(None, name="今日张家港", platform=Platform.WECHAT), town)
    units = knowledge.read(town).units
    assert [len(u.accounts) for u in units] == [1, 2]
    put(entry(None, name="别的名字", ident="b"), town)
    assert [len(u.accounts) for u in knowledge.read(town).units] == [1, 2, 1]


def test_every_field_of_a_record_has_its_place_in_an_entry() -> None:
    assert set(KEYS) == set(members(Account))
    assert set(DESTINATION_KEYS) == set(members(Destination))


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
    town: Path, town_file: Path, text: str, new: Account, unit: str | None
) -> None:
    town_file.write_bytes(text.encode())
    before = knowledge.read(town)
    put(Entry("320582", new, unit), town)
    assert only_inserted(text.encode(), town_file.read_bytes())
    assert read_back(town, "new-one") == ("320582", unit, new)
    known = {a.id: a for u in knowledge.read(town).units for a in u.accounts if a.id != "new-one"}
    assert known == {a.id: a for u in before.units for a in u.accounts}
