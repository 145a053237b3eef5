"""Floor 7. A sheet → a PNG: a few inks in a few strengths, so that the file is small and its colours are exact."""

from __future__ import annotations

import io
from functools import cache

import segno
from PIL import Image, ImageDraw

from bot.drawing.fonts import Fonts
from bot.drawing.inks import BLACK, INKS, STRIKE, WHITE, Ink
from bot.drawing.sheet import CODE, WIDTH, Line, Sheet

# How many strengths an ink has between its paper and itself; enough for smooth edges, few enough for a small file.
STRENGTHS = 5
STRENGTH = [round(value * (STRENGTHS - 1) / 255) for value in range(256)]
TOUCHED = [255 if strength else 0 for strength in STRENGTH]
# Pixels a letter may lean out of its place to the left or right, as j does.
LEAN = 8


def png(sheet: Sheet, fonts: Fonts, language: str, link: str | None) -> bytes:
    """Return a sheet as a PNG. The same sheet gives the same bytes. Raises: NoCardError when there is no font."""
    # Every pixel is a number of the palette below from the start: no colour is ever guessed back.
    canvas = Image.new("L", (WIDTH, sheet.height), _number(WHITE, STRENGTHS - 1))
    pen = ImageDraw.Draw(canvas)
    for shape in sheet.shapes:
        pen.polygon(shape.points, fill=_number(shape.ink, STRENGTHS - 1))
    for line in sheet.lines:
        _write(line, canvas, pen, fonts, language)
    if sheet.code and link:
        canvas.paste(_qr(link), sheet.code)
    canvas.putpalette(_palette())
    out = io.BytesIO()
    canvas.save(out, "PNG")
    return out.getvalue()


def _write(line: Line, canvas: Image.Image, pen: ImageDraw.ImageDraw, fonts: Fonts, language: str) -> None:
    font = fonts.at(line.size, language, bold=line.bold)
    mask = Image.new("L", (line.width + 2 * LEAN, line.height))
    ImageDraw.Draw(mask).text((LEAN, line.above), line.text, fill=255, font=font, anchor="ls")
    canvas.paste(mask.point(_ramp(line.ink)), (line.x - LEAN, line.y), mask.point(TOUCHED))
    if line.struck:
        # Through the middle of the characters, and a little beyond both ends.
        middle, thick = line.y + line.above - round(line.size * 0.38), max(4, line.size // 14)
        end = line.x + round(font.getlength(line.text)) + LEAN
        box = (line.x - LEAN, middle - thick // 2, end, middle - thick // 2 + thick)
        pen.rectangle(box, fill=_number(STRIKE, STRENGTHS - 1))


def _qr(link: str) -> Image.Image:
    """Return the QR code of a link, as large as whole pixels a module allow, at the right edge of its square."""
    matrix = segno.make_qr(link, error="m", boost_error=False).matrix
    modules = len(matrix)
    dark, light = _number(BLACK, STRENGTHS - 1), _number(WHITE, STRENGTHS - 1)
    plain = Image.frombytes(
        "L", (modules, modules), bytes(dark if m else light for row in matrix for m in row)
    )
    each = CODE // modules
    side = modules * each
    code = Image.new("L", (CODE, CODE), light)
    code.paste(plain.resize((side, side), Image.Resampling.NEAREST), (CODE - side, 0))
    return code


@cache
def _ramp(ink: Ink) -> list[int]:
    """Return the number of an ink's colour for each of the 256 strengths that a font draws in."""
    return [_number(ink, strength) for strength in STRENGTH]


def _number(ink: Ink, strength: int) -> int:
    return INKS.index(ink) * STRENGTHS + strength


def _palette() -> bytes:
    """Return the colours by number: every ink from its paper, without it, to its own colour."""
    return bytes(
        round(p + (c - p) * strength / (STRENGTHS - 1))
        for ink in INKS
        for strength in range(STRENGTHS)
        for p, c in zip(bytes.fromhex(ink.paper[1:]), bytes.fromhex(ink.colour[1:]), strict=True)
    )
