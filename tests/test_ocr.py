"""A picture is refused before it is unpacked, unclear lines are told, a tall screenshot is read line by line once."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import ROOT
from PIL import Image, ImageDraw

from bot import knowledge, notice
from bot.drawing.fonts import Fonts
from bot.places import Gazetteer
from bot.upkeep import ocr
from bot.upkeep.ocr import Line
from bot.upkeep.readable import UnreadableError

LINES = [
    "关于停止更新的公告",
    "因工作需要,“平湖科普”微信公众号自2024年7",
    "月1日起停止更新,敬请关注“平湖发布”微信公",
    "众号。感谢支持。",
    "        平湖市科学技术协会",
    "        2024年6月28日",
]


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG that says it is very large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


def nobody(picture: Image.Image) -> Iterator[Line]:
    raise AssertionError("a picture that is refused is not read")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bomb(60_000, 60_000), "太大"),
        (bomb(9_000, 9_000), "太大"),
        (b"\x89PNG" + b"\0" * (ocr.MOST_BYTES + 1), "MB"),
        (png(30, 30)[:40], "打不开"),
        (b"\xff\xd8\xff\xe0", "打不开"),
        (bomb(100, 100), "打不开"),
    ],
    ids=["bomb", "large", "bytes", "cut", "head", "broken"],
)
def test_a_picture_that_cannot_be_read_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        ocr.read(content, nobody)


def test_a_picture_without_text_is_told() -> None:
    with pytest.raises(UnreadableError, match="没有认出文字"):
        ocr.read(png(40, 40), lambda _: [])


def test_an_illegible_picture_is_not_guessed_at() -> None:
    with pytest.raises(UnreadableError, match="靠不住"):
        ocr.read(png(40, 40), lambda _: [Line("平胡科谱", 0.5, 0, 0, 20)])


def test_an_unclear_line_is_named() -> None:
    lines = [Line("平湖科普", 0.99, 0, 0, 20), Line("停止更薪", 0.9, 0, 30, 50)]
    found = ocr.read(png(40, 60), lambda _: lines)
    assert found.text == "平湖科普\n停止更薪"
    assert "“停止更薪”" in found.remarks[0]


def test_what_stands_side_by_side_is_one_line() -> None:
    lines = [Line("乙", 1, 60, 2, 20), Line("丙", 1, 0, 30, 50), Line("甲", 1, 0, 0, 19)]
    assert ocr.read(png(90, 60), lambda _: lines).text == "甲\t乙\n丙"


def test_a_tall_picture_is_read_in_windows_and_each_line_once() -> None:
    tops = list(range(10, 4000, 70))
    asked = 0

    def reader(picture: Image.Image) -> Iterator[Line]:
        nonlocal asked
        first = asked * (ocr.WINDOW - ocr.OVERLAP)
        asked += 1
        for top in tops:
            if first <= top and top + 40 <= first + picture.height:
                yield Line(str(top), 1, 0, top - first, top - first + 40)

    assert ocr.read(png(20, 4060), reader).text.split("\n") == [str(t) for t in tops]
    assert asked == 3


def test_without_the_extra_the_command_to_install_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(ocr, "import_module", absent)
    ocr._rapid.cache_clear()
    with pytest.raises(UnreadableError, match=r"\[ocr\]"):
        ocr.read(png(40, 40))


@pytest.mark.skipif(find_spec("rapidocr") is None, reason="the extra [ocr] is not installed")
def test_a_screenshot_of_a_notice_is_read_like_its_text(fonts: Fonts, tmp_path: Path) -> None:
    path = tmp_path / "shot.png"
    draw_notice(fonts, path)
    ocr._rapid.cache_clear()
    read = ocr.read(path.read_bytes())
    places = Gazetteer(knowledge.read(ROOT / "knowledge").places)
    (draft,) = notice.read(read.text, places)
    assert (draft.name, str(draft.stops), draft.unit) == ("平湖科普", "2024-07-01", "平湖市科学技术协会")
    assert [d.name for d in draft.destinations] == ["平湖发布"]


def draw_notice(fonts: Fonts, path: Path) -> None:
    picture = Image.new("RGB", (1080, 560), "white")
    pen = ImageDraw.Draw(picture)
    font = fonts.at(44, "zh-Hans", bold=False)
    for number, line in enumerate(LINES):
        pen.text((60, 50 + number * 80), line, fill="black", font=font)
    picture.save(path)
