"""What a person writes becomes an entry, or all that is wrong with it; what is there already is known again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge import Knowledge, read
from bot.upkeep.entries import Reader
from bot.upkeep.placefile import Entry
from bot.upkeep.questions import QUESTIONS

GIVEN = {
    "place": ["张家港"],
    "name": ["健康港城"],
    "state": ["在用"],
    "sources": ["新京报"],
    "checked": ["2024"],
}


def faults(reader: Reader, **changed: list[str]) -> list[tuple[str, str, str]]:
    """Return (question, what was found, what to do) of all that is wrong with some answers."""
    return [(str(f.path[0]), f.found, f.todo) for f in reader.read({**GIVEN, **changed})[1]]


def entry(reader: Reader, **changed: list[str]) -> Entry:
    """Return the entry that some answers mean."""
    found, wrong = reader.read({**GIVEN, **changed})
    assert wrong == []
    assert found
    return found


def test_what_is_left_out_is_asked_for_in_the_words_of_its_question(known: Knowledge) -> None:
    found, wrong = Reader(known).read({})
    assert found is None
    assert [(str(f.path[0]), f.found, f.todo) for f in wrong] == [
        ("place", "没有写", "补上地方"),
        ("state", "没有写", "补上现状"),
        ("checked", "没有写", "补上核对日期"),
        ("sources", "没有写", "补上来源"),
    ]


def test_text_of_another_encoding_is_told_before_anything_else(known: Knowledge) -> None:
    assert faults(Reader(known), name=["\udcff"], place=["某某"]) == [
        ("name", "“?”", "终端或文件的编码不对,换成 UTF-8 再试")
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("今日张家港|手机App|媒体报道", ("account", "jinrizhangjiagang-app")),
        ("jinrizhangjiagang-app||媒体报道", ("account", "jinrizhangjiagang-app")),
        ("库外:今日张家港||媒体报道", ("name", "今日张家港")),
        ("库外\uff1a 今日张家港||媒体报道", ("name", "今日张家港")),
        ("今日张家港|微博|媒体报道", ("name", "今日张家港")),
        ("没有的号||媒体报道", ("name", "没有的号")),
    ],
)
def test_a_destination_is_one_of_ours_only_where_that_is_certain(
    known: Knowledge, name: str, expected: tuple[str, str]
) -> None:
    (d,) = entry(Reader(known), destinations=[name]).account.destinations
    assert getattr(d, expected[0]) == expected[1]
    assert [d.account, d.unit, d.name].count(None) == 2


def test_a_namesake_in_another_province_is_not_taken_for_it(base: Path) -> None:
    """水润港城 is of 张家港; from 杭州, somebody must say that it is meant."""
    (wrong,) = faults(Reader(read(base)), place=["杭州市"], destinations=["水润港城||媒体报道"])
    assert wrong[1] == "“水润港城”在本库有 1 个"
    assert wrong[2] == "写编号:shuirungangcheng-wx(微信公众号,张家港市);都不是就写 库外:水润港城"


def test_a_unit_is_written_as_its_file_has_it(base: Path) -> None:
    reader = Reader(read(base))
    assert entry(reader, unit=["张家港市 水务局"]).unit == "张家港市水务局"
    assert entry(reader, unit=["别的局"]).unit == "别的局"


def test_an_entry_that_was_taken_is_known_to_the_next(base: Path) -> None:
    reader = Reader(read(base))
    first = entry(reader)
    reader.take(first)
    second = entry(reader)
    assert [first.account.id, second.account.id] == ["jiankanggangcheng", "jiankanggangcheng-2"]
    (d,) = entry(reader, name=["另一个"], destinations=["健康港城||媒体报道"]).account.destinations
    assert d.account == "jiankanggangcheng"


def test_every_example_is_accepted(known: Knowledge) -> None:
    reader = Reader(known)
    entry, faults = reader.read({q.key: [q.example] for q in QUESTIONS.values()})
    assert (faults, entry is None) == ([], False)
