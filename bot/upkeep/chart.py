"""Floor 7. Counts → one SVG picture that stands alone: bars by kind, columns over time, for light and dark screens.

Pure: data in, text out. A picture tells all its numbers in words too (`desc`), for whoever cannot see it.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.wording import DEFAULT, words

# All lengths are in SVG user units, which are CSS pixels where the picture is shown at its own size.
WIDTH = 760
MARGIN = 24
# A phone's screen less the margins of the page around the picture: nothing is left for margins of its own.
NARROW_WIDTH = 358
NARROW_MARGIN = 2
FONT = 14
# Room for a panel's heading, where its text stands in that, and room for one bar with the space below it.
HEADING = 60
BASELINE = 36
ROW = 24
BAR = 16
# Height of the columns of a panel over time, and of the line of years below them.
COLUMNS = 180
AXIS = 36
# Room for the figures at the end of the longest bar, and left of the columns.
FIGURES = 48
# No bar is thinner than this: one account in a thousand must still be seen.
LEAST = 2
# At most this many lines across the columns: more is ink, not help.
MOST_LINES = 5
STYLE = """\
.qx{font-family:system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;font-size:14px}
.qx .paper{fill:#fff}.qx text{fill:#1f2328}.qx .heading{font-size:17px;font-weight:600}
.qx .soft{fill:#59636e;font-size:12px}.qx .bar{fill:#2f6db3}.qx .line{stroke:#d1d9e0}
@media (prefers-color-scheme:dark){.qx .paper{fill:#14181d}.qx text{fill:#eef2f6}.qx .soft{fill:#a3adb8}
.qx .bar{fill:#6fb1f2}.qx .line{stroke:#3a424b}}"""


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: its heading and (label, count) rows, drawn in their order.

    `timeline` draws columns side by side instead of bars; its labels are months (`2024-04`), none left out. `note` is
    one sentence below the chart. Without a title the chart begins at once: its heading stands elsewhere.
    """

    title: str
    rows: tuple[tuple[str, int], ...]
    timeline: bool = False
    note: str = ""

    @property
    def heading(self) -> int:
        """How much room stands above the bars."""
        return HEADING if self.title else MARGIN

    @property
    def height(self) -> int:
        """How much room the panel takes, heading and note included."""
        body = COLUMNS + AXIS if self.timeline else ROW * max(len(self.rows), 1)
        return self.heading + body + (ROW if self.note else 0)


@dataclass(frozen=True, slots=True)
class Frame:
    """How wide a picture is, and what stays free left and right in it."""

    width: int = WIDTH
    margin: int = MARGIN

    @property
    def right(self) -> int:
        """Where what is drawn ends."""
        return self.width - self.margin


WIDE = Frame()
NARROW = Frame(NARROW_WIDTH, NARROW_MARGIN)


def draw(
    title: str, panels: Sequence[Panel], name: str = "chart", language: str = DEFAULT, frame: Frame = WIDE
) -> str:
    """Return the panels below each other as one SVG document.

    Args:
        title: What the picture shows, in one sentence.
        panels: The charts, from top to bottom.
        name: Begins the ids inside; two pictures in one web page need two names.
        language: Of the labels, and of what is told in words.
        frame: How wide the picture is: `NARROW` for a phone, where headings and notes stand in the page.
    """
    height = MARGIN + sum(p.height for p in panels)
    size = f'viewBox="0 0 {frame.width} {height}" width="{frame.width}" height="{height}"'
    told_by = f'role="img" aria-labelledby="{name}-title {name}-desc" lang="{language}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qx" {size} {told_by}>',
        f'<title id="{name}-title">{_safe(title)}</title>',
        f'<desc id="{name}-desc">{_safe(told(panels, language))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{frame.width}" height="{height}"/>',
    ]
    top = 0
    for panel in panels:
        lines += _panel(panel, top, words(language).say("chart_nothing"), frame)
        top += panel.height
    return "\n".join([*lines, "</svg>"]) + "\n"


def told(panels: Sequence[Panel], language: str = DEFAULT) -> str:
    """Return all that the panels show, in words; months without a count are left out."""
    say = words(language).say
    said = []
    for panel in panels:
        rows = [f"{label} {count}" for label, count in panel.rows if count or not panel.timeline]
        shown = say("joined").join(rows) or say("chart_nothing")
        key = "chart_told" if panel.title else "chart_told_bare"
        said.append(say(key, title=panel.title, rows=shown, note=panel.note))
    return "".join(said).strip()


def _panel(panel: Panel, top: int, nothing: str, frame: Frame) -> Iterator[str]:
    if panel.title:
        yield f'<text class="heading" x="{frame.margin}" y="{top + BASELINE}">{_safe(panel.title)}</text>'
    body = top + panel.heading
    if not any(count for _, count in panel.rows):
        yield f'<text class="soft" x="{frame.margin}" y="{body}">{_safe(nothing)}</text>'
    elif panel.timeline:
        yield from _columns(panel.rows, body, frame)
    else:
        yield from _bars(panel.rows, body, frame)
    if panel.note:
        yield f'<text class="soft" x="{frame.margin}" y="{top + panel.height - ROW + 4}">{_safe(panel.note)}</text>'


def _bars(rows: Sequence[tuple[str, int]], top: int, frame: Frame) -> Iterator[str]:
    """Draw a bar for each row: its label left, its count at the end."""
    left = frame.margin + max(_width(label) for label, _ in rows) + 12
    room = frame.right - FIGURES - left
    most = max(count for _, count in rows)
    for number, (label, count) in enumerate(rows):
        y = top + ROW * number
        length = max(room * count / most, LEAST) if count else 0
        middle = y + BAR / 2 + 5
        yield f'<text x="{left - 12:g}" y="{middle:g}" text-anchor="end">{_safe(label)}</text>'
        yield f'<rect class="bar" x="{left:g}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2"/>'
        yield f'<text class="soft" x="{left + length + 6:.1f}" y="{middle:g}">{count}</text>'


def _columns(rows: Sequence[tuple[str, int]], top: int, frame: Frame) -> Iterator[str]:
    """Draw a column for each month, lines to read its height by, and the years below."""
    left, right, floor = frame.margin + FIGURES - 16, frame.right, top + COLUMNS
    step = _step(max(count for _, count in rows))
    most = step * -(-max(count for _, count in rows) // step)
    for value in range(0, most + 1, step):
        y = floor - COLUMNS * value / most
        yield f'<path class="line" d="M{left} {y:g}H{right}"/>'
        yield f'<text class="soft" x="{left - 8}" y="{y + 4:g}" text-anchor="end">{value}</text>'
    each = (right - left) / len(rows)
    wide = max(min(each * 0.8, 28), LEAST)
    for number, (month, count) in enumerate(rows):
        x = left + each * (number + 0.5)
        if count:
            y, height = floor - COLUMNS * count / most, COLUMNS * count / most
            yield f'<rect class="bar" x="{x - wide / 2:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{height:.1f}"><title>{_safe(month)}:{count}</title></rect>'
    yield from _years([month for month, _ in rows], left, each, floor, frame)


def _years(months: Sequence[str], left: float, each: float, floor: int, frame: Frame) -> Iterator[str]:
    """Mark where each year begins, with its number where there is room for one."""
    free = left
    for number, month in enumerate(months):
        if number and not month.endswith("-01"):
            continue
        x = left + each * number
        yield f'<path class="line" d="M{x:.1f} {floor}v6"/>'
        if x >= free and x + 30 <= frame.width:
            yield f'<text class="soft" x="{x + 2:.1f}" y="{floor + 18}">{_safe(month[:4])}</text>'
            free = x + 40


def _step(most: int) -> int:
    """Return the distance between two lines: 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if most <= step * MOST_LINES:
                return step
        power *= 10


def _width(text: str) -> float:
    """Return about how wide a text is drawn: a Chinese character is as wide as the font is high."""
    return sum(FONT if ord(c) > 0x2E7F else 0.6 * FONT for c in text)


def _safe(text: str) -> str:
    """Return a text as it may stand in XML, which knows no control characters."""
    return html.escape("".join(c for c in text if c.isprintable()))
