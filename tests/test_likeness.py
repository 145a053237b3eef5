"""Accounts that are nearly a new one are named, the surest first; what is not alike is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from writing import account, entry

from bot import knowledge
from bot.records import Unit
from bot.upkeep.likeness import Likeness, similar
from bot.values import Platform


def test_what_is_not_alike_is_not_named(town: Path) -> None:
    known = knowledge.read(town)
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
