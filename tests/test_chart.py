"""A picture stands alone, can be read by eye and by ear, and keeps within its frame whatever the numbers are."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.upkeep.chart import STYLE, WIDTH, Panel, draw, told

NOTHING = "(没有)"
SVG = "{http://www.w3.org/2000/svg}"
BARS = Panel("按省", (("陕西省", 87), ("江苏省", 50)))
MONTHS = Panel("按月", (("2024-04", 15), ("2024-05", 0), ("2024-06", 3)), timeline=True, note="另有 2 个。")


def parsed(text: str) -> ET.Element:
    """Return a picture as a tree; fails when it is no XML."""
    return ET.fromstring(text)  # noqa: S314  # our own text


def bars(picture: ET.Element) -> list[ET.Element]:
    """Return the bars and columns of a picture."""
    return [r for r in picture.iter(f"{SVG}rect") if r.get("class") == "bar"]


@pytest.mark.parametrize(
    "panels", [(), (Panel("空", ()),), (Panel("零", (("2024-01", 0),), timeline=True),)], ids=len
)
def test_no_data_is_said_and_drawn_without_a_bar(panels: tuple[Panel, ...]) -> None:
    picture = parsed(draw("空图", panels))
    assert bars(picture) == []
    assert [t.text for t in picture.iter(f"{SVG}text") if t.text == NOTHING] == [NOTHING] * len(panels)


def test_a_label_cannot_become_markup() -> None:
    picture = parsed(draw("<a> & b", [Panel("</svg>", (('"><script>x</script>\x07', 1),))]))
    assert picture.findall(f".//{SVG}script") == []
    assert picture.findtext(f"{SVG}title") == "<a> & b"
    assert '"><script>x</script>' in [t.text for t in picture.iter(f"{SVG}text")]


def test_nothing_is_loaded_from_elsewhere() -> None:
    text = draw("图", [BARS, MONTHS])
    assert re.findall(r"https?://[^\"<]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.findall(r"href|@import|url\(|<script", text)


def test_whoever_cannot_see_it_is_told_every_number() -> None:
    picture = parsed(draw("去向", [BARS, MONTHS], "stats"))
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == "stats-title stats-desc"
    assert picture.find(f"{SVG}title").get("id") == "stats-title"  # type: ignore[union-attr]
    assert (
        picture.findtext(f"{SVG}desc") == "按省:陕西省 87、江苏省 50。按月:2024-04 15、2024-06 3。另有 2 个。"
    )
    assert told([Panel("空", ())]) == f"空:{NOTHING}。"


def test_what_is_told_in_english_is_english_and_a_heading_may_stand_elsewhere() -> None:
    bare = Panel("", BARS.rows)
    assert told([BARS, Panel("none", ())], "en") == "按省: 陕西省 87, 江苏省 50. \nnone: (none)."
    picture = parsed(draw("By province", [bare], language="en"))
    assert (picture.get("lang"), picture.findtext(f"{SVG}desc")) == ("en", "陕西省 87, 江苏省 50.")
    assert bare.height < BARS.height
    assert [t for t in picture.iter(f"{SVG}text") if t.get("class") == "heading"] == []


def test_a_column_names_its_month_and_an_empty_month_has_none() -> None:
    picture = parsed(draw("图", [MONTHS]))
    assert [r.findtext(f"{SVG}title") for r in bars(picture)] == ["2024-04:15", "2024-06:3"]


def test_a_bar_is_as_long_as_its_count() -> None:
    first, second = bars(parsed(draw("图", [BARS])))
    assert float(first.get("width", 0)) / float(second.get("width", 1)) == pytest.approx(87 / 50, rel=0.01)


def test_the_same_numbers_draw_the_same_picture() -> None:
    assert draw("图", [BARS, MONTHS]) == draw("图", [BARS, MONTHS])


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2), 0 to 1."""
    full = colour if len(colour) == 6 else "".join(c * 2 for c in colour)
    parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_and_bars_stand_out_from_the_paper(scheme: int) -> None:
    """At least 4.5 to 1 for text and 3 to 1 for shapes, as WCAG 2.2 (1.4.3, 1.4.11) asks."""
    style = STYLE.split("@media")[scheme]
    found = {name: luminance(c) for name, c in re.findall(r"\.qx \.?(\w+)\{fill:#([0-9a-f]{3,6})", style)}
    for name, least in (("text", 4.5), ("soft", 4.5), ("bar", 3.0)):
        lighter, darker = sorted((found[name], found["paper"]), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= least, name


@given(
    st.lists(st.tuples(st.text(max_size=12), st.integers(0, 10**9)), max_size=40),
    st.lists(st.integers(0, 10**6), max_size=400),
)
def test_any_numbers_give_a_picture_within_its_frame(rows: list[tuple[str, int]], counts: list[int]) -> None:
    months = tuple((f"{2000 + n // 12}-{n % 12 + 1:02}", count) for n, count in enumerate(counts))
    picture = parsed(draw("图", [Panel("条", tuple(rows)), Panel("月", months, timeline=True)]))
    height = float(picture.get("height", 0))
    for bar in bars(picture):
        x, y, wide, high = (float(bar.get(name, -1)) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + wide <= WIDTH
        assert y + high <= height
