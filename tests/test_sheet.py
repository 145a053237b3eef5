"""Whatever a card says: every line stands in a box of its own, inside the margins, in a colour that can be read."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.drawing.face import Face, Spot, Tone
from bot.drawing.fonts import Fonts
from bot.drawing.inks import INKS, RULE, TINTS, Ink
from bot.drawing.lines import clean
from bot.drawing.sheet import CODE, LEAST_HEIGHT, MARGIN, WIDTH, Sheet, laid
from bot.wording import LANGUAGES

FACE = Face(
    account="shuirungangcheng-wx", language="zh-Hans", title="政务账号去向", unofficial="非官方", place="苏州市张家港市",
    separator="·", label="原来的账号", old="水润港城", struck=True, whose=("微信公众号", "张家港市水务局"),
    event="已公告 2024-04-19 起停更", tone=Tone.GO, heading="现在看", lead="",
    spots=(Spot("张家港发布", ("微信公众号", "2026-01 时在用,之后未核")),), more="", basis="依据:停更公告写明",
    sources="来源:新京报 2024-06-02(转载)", scan="长按或扫一扫,看最新去向", step="找不到、要办事,打 0512-12345",
    checked="查于 2024-06-15", code="QX-0RTWB-P2",
)  # fmt: skip

# What a record may hold, as far as the font draws it: long, Latin, mixed, without a place to break.
WORDS = st.one_of(
    st.text(alphabet="水润港城张家港发布临淄交警龘一", min_size=1, max_size=40),
    st.text(alphabet="AWMijgyQ019-./:·,。()「」水 ", min_size=1, max_size=40).map(clean).filter(bool),
    st.text(alphabet="W", min_size=1, max_size=40),
    st.sampled_from(["https://www.example.gov.cn/a/very/long/path?with=question&and=more", "ÅÊĚǗŠjgpqy"]),
)
SPOTS = st.builds(Spot, WORDS, st.lists(WORDS, max_size=5).map(tuple))
FACES = st.builds(
    replace,
    st.just(FACE),
    language=st.sampled_from(LANGUAGES),
    place=WORDS,
    old=WORDS,
    struck=st.booleans(),
    whose=st.lists(WORDS, max_size=2).map(tuple),
    event=WORDS,
    tone=st.sampled_from(Tone),
    heading=WORDS,
    lead=st.sampled_from(["", "要问、要办事,找这里:"]),
    spots=st.lists(SPOTS, max_size=3).map(tuple),
    more=WORDS,
    basis=WORDS,
    sources=st.lists(WORDS, max_size=6).map("、".join),
    step=WORDS,
)


def names(sheet: Sheet) -> str:
    """Return all that is written, without breaks."""
    return "".join(line.text for line in sheet.lines).replace(" ", "")


@given(face=FACES, code=st.booleans())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_overflows_its_box_or_meets_another(face: Face, code: bool, fonts: Fonts) -> None:
    sheet = laid(face, fonts, code=code)
    for line in sheet.lines:
        font = fonts.at(line.size, face.language, bold=line.bold)
        left, top, right, bottom = font.getbbox(line.text, anchor="ls")
        # A letter may lean out of its place by a hair; the margins are ten times as wide.
        lean = line.size * 0.08
        assert left >= -lean, line
        assert right <= line.width + lean, line
        assert -top <= line.above, line
        assert bottom <= line.below, line
        assert line.x >= MARGIN
        assert line.x + line.width <= WIDTH - MARGIN, line
    rows = sorted((line.y, line.y + line.height) for line in sheet.lines[2:])
    assert all(above[1] <= below[0] for above, below in pairwise(rows))
    assert sheet.height >= max(LEAST_HEIGHT, rows[-1][1])


@given(face=FACES)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_name_is_cut_and_no_text_is_under_the_code(face: Face, fonts: Fonts) -> None:
    sheet = laid(face, fonts, code=True)
    written = names(sheet)
    for name in (face.old, *(s.name for s in face.spots)):
        assert name.replace(" ", "") in written
    assert sheet.code
    left, top = sheet.code
    assert left + CODE <= WIDTH - MARGIN
    assert top + CODE < sheet.height
    for line in sheet.lines:
        if line.y + line.height > top:
            assert line.x + line.width <= left, line


def test_the_new_name_is_the_largest_and_only_the_old_one_is_struck(fonts: Fonts) -> None:
    lines = laid(FACE, fonts, code=True).lines
    assert max(lines, key=lambda line: line.size).text == "张家港发布"
    assert [line.text for line in lines if line.struck] == ["水润港城"]


@pytest.mark.parametrize("length", range(4, 31))
def test_a_name_of_4_to_30_characters_stands_in_three_lines_that_a_thumbnail_can_show(
    length: int, fonts: Fonts
) -> None:
    """A chat shows a card about a quarter as wide: 14 pixels there are 56 here."""
    name = "江苏省苏州市张家港市杨舍镇人民政府便民服务中心综合执法局办公室"[:length]
    lines = laid(replace(FACE, spots=(Spot(name),)), fonts, code=True).lines
    of_name = [line for line in lines if line.bold and line.text in name]
    assert "".join(line.text for line in of_name) == name
    assert len(of_name) <= 3
    assert min(line.size for line in of_name) >= 64


def test_a_card_without_a_code_leaves_no_room_for_one(fonts: Fonts) -> None:
    bare, coded = laid(FACE, fonts, code=False), laid(FACE, fonts, code=True)
    assert bare.code is None
    assert bare.height < coded.height
    assert FACE.scan in names(coded)
    assert FACE.scan not in names(bare)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2 has it."""
    parts = [v / 255 for v in bytes.fromhex(colour[1:])]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("tone", Tone)
def test_every_text_stands_out_from_its_paper(tone: Tone, fonts: Fonts) -> None:
    """Contrast of 5:1 at least, where WCAG asks 4.5:1; and on the paper that is truly there."""
    sheet = laid(replace(FACE, tone=tone, lead="找这里:", more="还有 2 处"), fonts, code=False)
    for line in sheet.lines:
        light, dark = sorted((luminance(line.ink.paper), luminance(line.ink.colour)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 5, line
        under = [
            s.ink.colour for s in sheet.shapes if s.points[0][1] <= line.y <= s.points[2][1] and s.ink != RULE
        ]
        assert line.ink.paper == next((c for c in under if c in (*TINTS.values(), "#17324d")), "#ffffff"), (
            line
        )


def test_every_ink_in_use_has_its_place_in_the_palette(fonts: Fonts) -> None:
    used: set[Ink] = set()
    for tone in Tone:
        for struck in (True, False):
            face = replace(FACE, tone=tone, struck=struck, lead="找这里:", more="还有 2 处")
            sheet = laid(face, fonts, code=True)
            used |= {x.ink for x in (*sheet.lines, *sheet.shapes)}
    assert used <= set(INKS)
