"""A place is known by what people write for it; one that is none is answered with what is near."""

from __future__ import annotations

import pytest

from bot.knowledge import Knowledge
from bot.upkeep.placenames import PlaceNames


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("320582", ["320582"]), ("张家港市", ["320582"]), ("张家港", ["320582"]), ("張家港", ["320582"]),
        ("江苏省苏州市张家港市", ["320582"]), ("苏州张家港", ["320582"]), ("江苏 张家港", ["320582"]),
        ("南京鼓楼", ["320106"]), ("吉林市", ["220200"]), ("吉林", ["220000", "220200"]), ("全国", ["100000"]),
        ("nj-jiangbei", ["nj-jiangbei"]), ("浙江张家港", []), ("", []), ("港", []), ("张家港张家港", []),
    ],
)  # fmt: skip
def test_a_place_is_known_by_its_names_and_what_it_lies_in(
    known: Knowledge, text: str, codes: list[str]
) -> None:
    assert PlaceNames(known.places).meant(text) == codes


@pytest.mark.parametrize(
    ("text", "near"),
    [("某某", []), ("x", []), ("张家港区", ["张家港", "张家港市"]), ("320589", ["320585"]), ("", [])],
)
def test_what_is_near_a_place_that_is_none(known: Knowledge, text: str, near: list[str]) -> None:
    assert set(near) <= set(PlaceNames(known.places).near(text))
    assert bool(near) == bool(PlaceNames(known.places).near(text))


def test_a_place_is_told_with_all_it_lies_in(known: Knowledge) -> None:
    names = PlaceNames(known.places)
    assert names.where("320582") == "江苏省 · 苏州市 · 张家港市"
    assert names.where("nj-jiangbei") == "江苏省 · 南京市 · 江北新区"
    assert (names.province("320582"), names.province("320000"), names.province("none")) == (
        "320000",
        "320000",
        "none",
    )
