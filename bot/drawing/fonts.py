"""Floor 7. The font of the cards: the file an operator names, else the system's by fontconfig; what it can draw."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

from bot.drawing.face import NoCardError

# A font that lacks one of these is no Chinese font, whatever it is called.
PROBE = "现在看這裡去向号帳…"
# One size tells what a font holds.
PROBE_SIZE = 40
# Not a character, and never one: what a font draws for it, it draws for all that it lacks.
NEVER = "\U0010ffff"
# How the characters are shaped: the end of a font's name, and fontconfig's language.
Shape = tuple[str, str]
SHAPES: dict[str, Shape] = {"zh-Hans": ("SC", "zh-cn"), "zh-Hant": ("TC", "zh-tw"), "en": ("SC", "zh-cn")}
FAMILIES = "Noto Sans CJK {0},Noto Sans {0},Source Han Sans {0},sans-serif:lang={1}:weight={2}"
BOLD = ("Bold", "Semibold", "Medium")
# Seconds fontconfig may take: its first look at a machine reads every font.
PATIENCE = 30
INSTALL = (
    "装一个:Debian、Ubuntu 上 apt install fonts-noto-cjk fontconfig;"
    "别的系统把 CARD_FONT 设成一个中文字体文件(ttf、otf、ttc)"
)


class Fonts:
    """The cards' font in every size and weight, and what it can draw. Not safe for threads: `Cards` has the lock."""

    def __init__(self, path: Path | None = None) -> None:
        """`path`: the font file to use, a collection too; by default the system's."""
        self._path = path
        self._file = cache(self._find)
        self._sized = cache(self._open)
        self._measures = cache(self._measuring)
        self._covers = lru_cache(20_000)(self._is_drawn)

    def at(self, size: int, language: str, *, bold: bool) -> ImageFont.FreeTypeFont:
        """Return the font in a size, in pixels an em. Raises: NoCardError."""
        return self._sized(size, SHAPES[language], bold)

    def measure(self, size: int, language: str, *, bold: bool) -> Callable[[str], float]:
        """Return what tells how wide a text is in a size, in pixels. Raises: NoCardError."""
        return self._measures(size, SHAPES[language], bold)

    def lacking(self, text: str, language: str) -> str:
        """Return the characters of a text that would be drawn as an empty box, or over their neighbour."""
        return "".join(c for c in dict.fromkeys(text) if not self._covers(c, SHAPES[language]))

    def _open(self, size: int, shape: Shape, bold: bool) -> ImageFont.FreeTypeFont:
        path, index = self._file(shape, bold)
        return _opened(path, index, size)

    def _measuring(self, size: int, shape: Shape, bold: bool) -> Callable[[str], float]:
        # A line is measured at each of its characters: each is looked up in the font once.
        advance = lru_cache(4096)(self._sized(size, shape, bold).getlength)
        return lambda text: sum(map(advance, text))

    def _is_drawn(self, character: str, shape: Shape) -> bool:
        if character == " ":
            return True
        # A mark is drawn on its neighbour, at no fixed place; half of a surrogate pair is no character.
        if unicodedata.category(character)[0] in "MC":
            return False
        return all(_drawn(self._sized(PROBE_SIZE, shape, bold), character) for bold in (False, True))

    def _find(self, shape: Shape, bold: bool) -> tuple[str, int]:
        """Return a font's file and its number in it. Raises: NoCardError when there is none for Chinese."""
        path, index = _in_file(self._path, shape, bold=bold) if self._path else _system(shape, bold=bold)
        font = _opened(path, index, PROBE_SIZE)
        lacks = [c for c in PROBE if not _drawn(font, c)]
        if lacks:
            raise NoCardError(f"字体 {path} 画不出中文(缺“{lacks[0]}”)。{INSTALL}。")
        return path, index


def _drawn(font: ImageFont.FreeTypeFont, character: str) -> bool:
    mask, missing = font.getmask(character), font.getmask(NEVER)
    return all(mask.size) and (mask.size, bytes(mask)) != (missing.size, bytes(missing))


def _opened(path: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    try:
        # The plain layout: the same on every machine, and one character stands beside the next as we measured.
        return ImageFont.truetype(path, size, index, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise NoCardError(f"字体文件 {path} 打不开({error})。{INSTALL}。") from error


def _in_file(path: Path, shape: Shape, *, bold: bool) -> tuple[str, int]:
    """Choose from a collection by script and weight; a file of one font is that font."""
    best, score = 0, -1
    for index in range(64):
        try:
            family, style = ImageFont.truetype(str(path), PROBE_SIZE, index).getname()
        except OSError:
            if index == 0:
                _opened(str(path), 0, PROBE_SIZE)
            break
        words = (family or "").split()
        fits = 4 * (shape[0] in words) + 2 * ("Mono" not in words) + (bold == (style in BOLD))
        if fits > score:
            best, score = index, fits
    return str(path), best


def _system(shape: Shape, *, bold: bool) -> tuple[str, int]:
    program = shutil.which("fc-match")
    if program is None:
        raise NoCardError(f"没有 fontconfig,不知道中文字体在哪里。{INSTALL}。")
    pattern = FAMILIES.format(*shape, "bold" if bold else "regular")
    try:
        # The program is the system's own, the pattern is ours: no word of a stranger gets here.
        done = subprocess.run(  # noqa: S603
            [program, "--format=%{file}\n%{index}", pattern],
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoCardError(f"fontconfig 没有回答({error})。{INSTALL}。") from error
    path, _, index = done.stdout.decode(errors="replace").partition("\n")
    if not path:
        raise NoCardError(f"这台机器没有字体。{INSTALL}。")
    return path, int(index or 0)
