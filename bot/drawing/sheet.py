"""Floor 7. A face → a sheet: every line of text, shape and QR code with its place in pixels.

The sheet is 1080 wide and at least as high, and grows with what it has to say: no name is ever cut.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from bot.drawing.face import Face, Spot, Tone
from bot.drawing.fonts import Fonts
from bot.drawing.inks import ALARM, BAND_TEXT, BLACK, NAVY, RULE, SOFT, TINTS, TONES, WHITE, Ink
from bot.drawing.lines import Fitted, Measure, fitted, shortened, wrapped

WIDTH = 1080
LEAST_HEIGHT = 1080
MARGIN = 64
INNER = WIDTH - 2 * MARGIN
# The side of the QR code; one of 57 modules still has 5 pixels a module. Around it readers need 4 modules of white.
CODE = 290
QUIET = 52
GAP, EDGE = 28, 22
BAR = 20
# The room of a line above and below its baseline, by its size. Chinese characters reach from 0.88 above to 0.12 below,
# Latin ones to 0.3 below; a line with something taller, such as Ǘ, gets the room it needs.
ABOVE, BELOW = 1.03, 0.31

# (size, most lines at that size); the last size takes as many lines as it must. Every size is a font of its own in
# memory (some 1 MB), so there are few.
OLD_SIZES = ((72, 1), (56, 2), (44, 3))
KEPT_SIZES = ((104, 1), (84, 2), (64, 3), (52, 4))
ONE_SPOT = ((148, 1), (128, 1), (104, 2), (84, 3), (64, 4), (52, 4))
SEVERAL_SPOTS = ((84, 1), (64, 2), (52, 3), (44, 4))
HEADING_ALONE = ((84, 1), (72, 2), (64, 3), (52, 4))
HEADING_ABOVE = ((52, 1), (44, 2))
TITLE, TEXT, SMALL = 44, 40, 36
# What is beside the point is cut after so many lines; the account's page has the rest.
MOST_LINES = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and the box that is its own: nothing of it may stand outside, nor anything else inside."""

    text: str
    x: int
    y: int
    width: int
    size: int
    above: int
    below: int
    ink: Ink
    bold: bool = False
    struck: bool = False

    @property
    def height(self) -> int:
        """The height of its box, in pixels."""
        return self.above + self.below


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled polygon."""

    points: tuple[tuple[int, int], ...]
    ink: Ink


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the sheet, from side to side: what is on it, measured from its own top."""

    height: int
    lines: tuple[Line, ...] = ()
    shapes: tuple[Shape, ...] = ()
    code: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole card, laid out. `code` is the corner of the QR code, if there is one."""

    height: int
    lines: tuple[Line, ...]
    shapes: tuple[Shape, ...]
    code: tuple[int, int] | None


def laid(face: Face, fonts: Fonts, *, code: bool) -> Sheet:
    """Lay a face out; `code` says whether there is to be a QR code. Raises: NoCardError when there is no font."""
    writer = _Writer(fonts, face.language)
    upper, lower = [_band(face, writer), _before(face, writer)], _after(face, writer, code=code)
    message = _message(face, writer, 0)
    spare = LEAST_HEIGHT - sum(p.height for p in (*upper, message, lower))
    if spare > 0:
        message = _message(face, writer, spare)
    return _stacked((*upper, message, lower))


@dataclass(slots=True)
class _Writer:
    """Puts lines below each other."""

    fonts: Fonts
    language: str
    lines: list[Line] = field(default_factory=list)
    y: int = 0

    def begin(self, y: int) -> None:
        self.lines, self.y = [], y

    def measure(self, size: int, *, bold: bool = False) -> Measure:
        return self.fonts.measure(size, self.language, bold=bold)

    def fit(self, text: str, sizes: tuple[tuple[int, int], ...], *, bold: bool) -> Fitted:
        return fitted(text, lambda size: self.measure(size, bold=bold), INNER, sizes)

    def put(
        self, lines: tuple[str, ...], size: int, ink: Ink, *, bold: bool = False, struck: bool = False, width: int = INNER,
        x: int = MARGIN,
    ) -> None:  # fmt: skip
        """Put lines below what stands there; an empty text takes no room."""
        for text in filter(None, lines):
            _, top, _, bottom = self.fonts.at(size, self.language, bold=bold).getbbox(text, anchor="ls")
            above, below = max(round(size * ABOVE), -round(top)), max(round(size * BELOW), round(bottom))
            line = Line(text, x, self.y, width, size, above, below, ink, bold, struck)
            self.lines.append(line)
            self.y += line.height

    def say(
        self, texts: tuple[str, ...], size: int, ink: Ink, *, bold: bool = False, width: int = INNER
    ) -> None:
        """Put texts below each other, each in as many lines as it takes."""
        for text in texts:
            self.put(wrapped(text, self.measure(size, bold=bold), width), size, ink, bold=bold, width=width)

    def joined(self, texts: tuple[str, ...], size: int, separator: str) -> tuple[str, ...]:
        """Return texts in lines, as many beside each other as fit, so that none is torn without need; none too long."""
        measure, lines = self.measure(size), list[str]()
        for text in filter(None, texts):
            together = lines[-1] + separator + text if lines else ""
            if together and measure(together) <= INNER:
                lines[-1] = together
            else:
                lines.append(text)
        return tuple(part for line in lines for part in shortened(line, measure, INNER, MOST_LINES))


def _band(face: Face, writer: _Writer) -> Part:
    """The band at the top: what this is, and that it is not official."""
    writer.begin(EDGE)
    left, right = (math.ceil(writer.measure(TITLE, bold=True)(t)) for t in (face.title, face.unofficial))
    writer.put((face.title,), TITLE, BAND_TEXT, bold=True, width=left)
    height, writer.y = writer.y + EDGE, EDGE
    writer.put((face.unofficial,), TITLE, BAND_TEXT, bold=True, width=right, x=WIDTH - MARGIN - right)
    return Part(height, tuple(writer.lines), (_box(0, 0, WIDTH, height, NAVY),))


def _before(face: Face, writer: _Writer) -> Part:
    """What it was called, struck through when it is gone; whose it was, and what happened when."""
    writer.begin(GAP)
    writer.put(writer.joined((face.place, face.label), SMALL, face.separator), SMALL, SOFT)
    old = writer.fit(face.old, OLD_SIZES if face.struck else KEPT_SIZES, bold=not face.struck)
    ink = SOFT if face.struck else BLACK
    writer.put(old.lines, old.size, ink, bold=not face.struck, struck=face.struck)
    writer.put(writer.joined(face.whose, TEXT, face.separator), TEXT, SOFT)
    writer.say((face.event,), TEXT, SOFT)
    return Part(writer.y + GAP, tuple(writer.lines))


def _message(face: Face, writer: _Writer, spare: int) -> Part:
    """The tinted stretch that is read first: where to go, or that nobody said, and where to ask."""
    tint = TINTS[face.tone]
    dark, black, soft = (Ink(c, tint) for c in (TONES[face.tone], BLACK.colour, SOFT.colour))
    alone = not face.spots or bool(face.lead)
    writer.begin(GAP + spare // 2)
    heading = writer.fit(face.heading, HEADING_ALONE if alone else HEADING_ABOVE, bold=True)
    writer.put(heading.lines, heading.size, dark, bold=True)
    if face.lead:
        writer.y += GAP // 2
        writer.say((face.lead,), TEXT, soft)
    sizes = ONE_SPOT if len(face.spots) == 1 and not face.lead else SEVERAL_SPOTS
    for number, spot in enumerate(face.spots):
        writer.y += GAP // 2 if number else 0
        _put_spot(spot, face.separator, writer, sizes, black, soft)
    writer.say((face.more,), TEXT, soft, bold=True)
    height = writer.y + GAP + spare - spare // 2
    middle = WIDTH // 2
    # The wedge that leads the eye from what was to what is.
    wedge = Shape(((middle - 44, 0), (middle + 44, 0), (middle, 30)), WHITE)
    shapes = (_box(0, 0, WIDTH, height, Ink(tint)), _box(0, 0, BAR, height, Ink(TONES[face.tone])))
    return Part(height, tuple(writer.lines), (*shapes, wedge) if face.struck else shapes)


def _put_spot(
    spot: Spot, separator: str, writer: _Writer, sizes: tuple[tuple[int, int], ...], black: Ink, soft: Ink
) -> None:
    name = writer.fit(spot.name, sizes, bold=True)
    writer.put(name.lines, name.size, black, bold=True)
    writer.put(writer.joined(spot.details, TEXT, separator), TEXT, soft)


def _after(face: Face, writer: _Writer, *, code: bool) -> Part:
    """On whose word, then the foot: the QR code, the next step, the day and the code of the answer."""
    writer.begin(GAP)
    firm = face.tone is Tone.GO
    writer.say((face.basis,), TEXT, SOFT if firm else ALARM, bold=not firm)
    writer.put(shortened(face.sources, writer.measure(SMALL), INNER, MOST_LINES), SMALL, SOFT)
    rule = writer.y + GAP // 2
    shapes = (_box(MARGIN, rule, INNER, 3, RULE),) if writer.lines else ()
    top = rule + QUIET if code else rule + GAP
    writer.y = rule + GAP + GAP // 2 if code else top
    width = INNER - (CODE + QUIET if code else 0)
    if code:
        writer.say((face.scan,), TEXT, BLACK, bold=True, width=width)
    writer.say((face.step,), TEXT, BLACK, width=width)
    writer.say((face.checked, face.code), SMALL, SOFT, width=width)
    bottom = max(writer.y + GAP, top + CODE + QUIET if code else 0)
    corner = (WIDTH - MARGIN - CODE, top) if code else None
    return Part(bottom, tuple(writer.lines), shapes, corner)


def _stacked(parts: tuple[Part, ...]) -> Sheet:
    lines: list[Line] = []
    shapes: list[Shape] = []
    code, y = None, 0
    for part in parts:
        lines += (replace(line, y=line.y + y) for line in part.lines)
        shapes += (Shape(tuple((px, py + y) for px, py in s.points), s.ink) for s in part.shapes)
        code = (part.code[0], part.code[1] + y) if part.code else code
        y += part.height
    return Sheet(y, tuple(lines), tuple(shapes), code)


def _box(x: int, y: int, width: int, height: int, ink: Ink) -> Shape:
    right, bottom = x + width - 1, y + height - 1
    return Shape(((x, y), (right, y), (right, bottom), (x, bottom)), ink)
