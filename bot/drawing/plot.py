"""Floor 7. Counts → one PNG for a chat: the same bars and columns as `bot/upkeep/chart.py` gives a browser."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from bot.drawing.fonts import Fonts
from bot.upkeep.chart import (
    AXIS,
    BAR,
    BASELINE,
    COLUMNS,
    FIGURES,
    HEADING,
    LEAST,
    MARGIN,
    ROW,
    WIDTH,
    Panel,
)
from bot.wording import words

# Pixels for one of the chart's units: phones have two and more.
SCALE = 2
PAPER, INK, SOFT, FILL, RULE = "#ffffff", "#1f2328", "#59636e", "#2f6db3", "#d1d9e0"
LANGUAGE = "zh-Hans"
SIZES = {"heading": 17, "label": 14, "soft": 12}


class _Pen:
    """Draws in the chart's units."""

    def __init__(self, height: float, fonts: Fonts) -> None:
        self.canvas = Image.new("RGB", (WIDTH * SCALE, round(height * SCALE)), PAPER)
        self._draw = ImageDraw.Draw(self.canvas)
        self._fonts = {
            name: fonts.at(size * SCALE, LANGUAGE, bold=name == "heading") for name, size in SIZES.items()
        }

    def text(self, x: float, y: float, text: str, style: str, anchor: str = "ls") -> None:
        """Write a text with its base line at a height."""
        colour = SOFT if style == "soft" else INK
        self._draw.text((x * SCALE, y * SCALE), text, colour, self._fonts[style], anchor)

    def width(self, text: str) -> float:
        """Return how wide a label is."""
        return float(self._fonts["label"].getlength(text)) / SCALE

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """Fill a rectangle."""
        corners = [round(n * SCALE) for n in (left, top, right, bottom)]
        self._draw.rectangle(
            (corners[0], corners[1], max(corners[2] - 1, corners[0]), max(corners[3] - 1, corners[1])), colour
        )


def plotted(panels: Sequence[Panel], font: Path | None = None) -> bytes:
    """Return panels below each other as a PNG. Raises: NoCardError when there is no Chinese font."""
    pen = _Pen(MARGIN + sum(p.height for p in panels), Fonts(font))
    top = 0
    for panel in panels:
        pen.text(MARGIN, top + BASELINE, panel.title, "heading")
        if not any(count for _, count in panel.rows):
            pen.text(MARGIN, top + HEADING, words(LANGUAGE).say("chart_nothing"), "soft")
        else:
            (_columns if panel.timeline else _bars)(panel, top + HEADING, pen)
        if panel.note:
            pen.text(MARGIN, top + panel.height - ROW + 4, panel.note, "soft")
        top += panel.height
    out = io.BytesIO()
    pen.canvas.quantize(16).save(out, "PNG", optimize=True)
    return out.getvalue()


def _bars(panel: Panel, top: float, pen: _Pen) -> None:
    left = MARGIN + max(pen.width(label) for label, _ in panel.rows) + 12
    most = max(count for _, count in panel.rows)
    for number, (label, count) in enumerate(panel.rows):
        y = top + ROW * number
        length = max((WIDTH - MARGIN - FIGURES - left) * count / most, LEAST) if count else 0
        pen.text(left - 12, y + BAR - 3, label, "label", "rs")
        if count:
            pen.box(left, y, left + length, y + BAR, FILL)
        pen.text(left + length + 6, y + BAR - 3, str(count), "soft")


def _columns(panel: Panel, top: float, pen: _Pen) -> None:
    left, right, floor = MARGIN + FIGURES - 16, WIDTH - MARGIN, top + COLUMNS
    most = max(count for _, count in panel.rows)
    pen.text(left - 8, top + 4, str(most), "soft", "rs")
    pen.text(left - 8, floor + 4, "0", "soft", "rs")
    for y in (top, floor):
        pen.box(left, y, right, y + 1, RULE)
    each = (right - left) / len(panel.rows)
    wide = max(min(each * 0.8, 28), LEAST)
    free: float = left
    for number, (month, count) in enumerate(panel.rows):
        x = left + each * (number + 0.5)
        if count:
            pen.box(x - wide / 2, floor - COLUMNS * count / most, x + wide / 2, floor, FILL)
        begins = left + each * number
        if (number == 0 or month.endswith("-01")) and begins >= free and begins + 30 <= WIDTH:
            pen.text(begins + 2, floor + AXIS / 2, month[:4], "soft")
            free = begins + 40
