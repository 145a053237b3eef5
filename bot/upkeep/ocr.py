"""Floor 7. The text in a picture of a notice, read on this machine without a network; what is unclear is said to be so."""

from __future__ import annotations

import io
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from bot.upkeep.readable import Readable, UnreadableError

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 20_000_000
# A screenshot of forty screens of a large phone; more is a bomb or a poster.
MOST_PIXELS = 60_000_000
# A reader shrinks what is larger, so a tall screenshot is read in windows that overlap by more than a line.
WINDOW, OVERLAP = 1600, 240
# Below the first a line is said to be unclear, below the second the whole picture is.
CLEAR, LEGIBLE = 0.95, 0.8
MOST_SHOWN = 5
MISSING = "读图片要多装一样东西:python -m pip install '.[ocr]';不装也行,把图片里的字打出来就可以。"
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a picture: what it says, how sure that is (0 to 1), and its box in pixels."""

    text: str
    score: float
    left: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """How far down its middle is."""
        return (self.top + self.bottom) / 2


# Reads the lines in a picture.
Reader = Callable[["Image.Image"], Iterable[Line]]


def installed() -> bool:
    """Tell whether something here reads pictures, without loading it."""
    return find_spec("rapidocr") is not None


def read(content: bytes, reader: Reader | None = None) -> Readable:
    """Return the text in a picture, with a remark for lines that are unclear.

    Args:
        content: the picture's file.
        reader: what reads a picture; RapidOCR when none is given.

    Raises:
        UnreadableError: it is no picture, too large, its text is illegible, or nothing is there to read it.
    """
    picture = _opened(content)
    lines = list(_read(picture, reader or _rapid()))
    if not lines:
        raise UnreadableError("图片里没有认出文字;换一张清楚些的截图,或把字打出来。")
    sure = statistics.fmean(line.score for line in lines)
    if sure < LEGIBLE:
        raise UnreadableError("图片太模糊,认出来的字靠不住;换一张清楚些的截图,或把字打出来。")
    unclear = [line.text for line in lines if line.score < CLEAR]
    shown = "、".join(f"“{text}”" for text in unclear[:MOST_SHOWN])
    remarks = (f"有 {len(unclear)} 行不清楚,请对照图片:{shown}",) if unclear else ()
    return Readable("\n".join(_rows(lines)), remarks=remarks)


def _opened(content: bytes) -> Image.Image:
    """Return a picture, refused by its bytes and by the size it says it has, before any of it is unpacked."""
    from PIL import Image, UnidentifiedImageError  # the first picture loads it

    if len(content) > MOST_BYTES:
        raise UnreadableError(f"图片太大了(最多 {MOST_BYTES // 1_000_000} MB),没有打开;截小一点再试。")
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            size = f"{picture.width}×{picture.height}"
            found = picture.convert("RGB") if picture.width * picture.height <= MOST_PIXELS else None
    except Image.DecompressionBombError as error:
        raise UnreadableError("图片展开以后太大了,没有打开;只截公告那一块再试。") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise UnreadableError("这张图片打不开:可能没有传完,或不是 PNG、JPG、WEBP;重新截一张再试。") from error
    if found is None:
        raise UnreadableError(f"图片是 {size} 像素,太大了;只截公告那一块再试。")
    return found


def _read(picture: Image.Image, reader: Reader) -> Iterator[Line]:
    """Yield the lines of a picture, a tall one window by window; a line on the edge of two is taken from one."""
    top = 0
    while True:
        last = top + WINDOW >= picture.height
        bottom = picture.height if last else top + WINDOW
        window = picture.crop((0, top, picture.width, bottom))
        low = 0 if top == 0 else OVERLAP / 2
        high = bottom - top if last else WINDOW - OVERLAP / 2
        for line in reader(window):
            if low <= line.middle < high or (last and line.middle >= high):
                yield Line(line.text, line.score, line.left, line.top + top, line.bottom + top)
        if last:
            return
        top += WINDOW - OVERLAP


def _rows(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the text of each row from top to bottom, its parts from left to right with a tab between them."""
    row: list[Line] = []
    for line in sorted(lines, key=lambda one: one.middle):
        if row and line.middle > row[0].bottom:
            yield _joined(row)
            row = []
        row.append(line)
    if row:
        yield _joined(row)


def _joined(row: Iterable[Line]) -> str:
    return "\t".join(line.text for line in sorted(row, key=lambda one: one.left))


@cache
def _rapid() -> Reader:
    """Return RapidOCR as a reader; its models are in its wheel. Raises: UnreadableError when it is not installed."""
    try:
        engine: Any = import_module("rapidocr").RapidOCR(params={"Global.log_level": "critical"})
        array: Any = import_module("numpy").asarray
    except ImportError as error:
        raise UnreadableError(MISSING) from error

    def lines(picture: Image.Image) -> Iterator[Line]:
        # Most readers of pictures take blue first.
        found = engine(array(picture)[:, :, ::-1])
        texts = found.txts if found is not None and found.txts else ()
        for text, score, box in zip(texts, found.scores or (), found.boxes if texts else (), strict=True):
            ys = [float(y) for _, y in box]
            yield Line(text, float(score), min(float(x) for x, _ in box), min(ys), max(ys))

    return lines
