"""The chart for a chat: a picture Telegram takes, in which every bar is as long as its count says."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from bot.drawing.face import NoCardError
from bot.drawing.fonts import Fonts
from bot.drawing.plot import FILL, plotted
from bot.knowledge import Knowledge
from bot.upkeep.chart import Panel
from bot.upkeep.statistics import census, panels

BLUE = tuple(bytes.fromhex(FILL[1:]))


def picture(shown: tuple[Panel, ...]) -> Image.Image:
    """Draw panels and read the picture back."""
    return Image.open(io.BytesIO(plotted(shown))).convert("RGB")


def blue(image: Image.Image, line: int) -> int:
    """Count the pixels of a line that belong to a bar."""
    pixels = [image.getpixel((x, line)) for x in range(image.width)]
    return sum(
        isinstance(p, tuple) and all(abs(a - b) < 12 for a, b in zip(p, BLUE, strict=True)) for p in pixels
    )


def test_without_a_chinese_font_there_is_none(tmp_path: Path) -> None:
    broken = tmp_path / "font.ttf"
    broken.write_bytes(b"no font")
    with pytest.raises(NoCardError):
        plotted((Panel("题", (("甲", 1),)),), broken)


def test_bars_are_as_long_as_their_counts(fonts: Fonts) -> None:
    del fonts
    image = picture((Panel("题", (("甲", 100), ("乙", 50), ("丙", 0))),))
    lengths = [blue(image, 2 * (60 + 24 * row + 8)) for row in range(3)]
    assert lengths[0] > 400
    assert lengths[1] == pytest.approx(lengths[0] / 2, abs=3)
    assert lengths[2] == 0


@pytest.mark.parametrize("rows", [(), (("2024-01", 0),)])
def test_nothing_to_show_is_a_picture_that_says_so(fonts: Fonts, rows: tuple[tuple[str, int], ...]) -> None:
    del fonts
    image = picture((Panel("题", rows, timeline=True, note="注"),))
    assert image.getcolors()


def test_the_picture_of_the_real_knowledge_is_one_that_telegram_takes(fonts: Fonts, known: Knowledge) -> None:
    del fonts
    made = plotted(panels(census(known)))
    image = Image.open(io.BytesIO(made))
    assert len(made) < 10_000_000
    assert image.width + image.height <= 10_000
    assert max(image.width / image.height, image.height / image.width) <= 20
