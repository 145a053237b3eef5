"""Write the table of characters that look alike, from how a font draws them.

    pip install numpy
    python scripts/make_lookalikes.py FONT

Two characters look alike when their pictures do, blurred as a hurried eye sees them: the whole picture, or the larger
part of it, where the rest is a radical. Mistakes of handwriting and of habit that no picture shows are gathered by hand
in `knowledge/lexicon/lookalikes.yaml`; the matcher reads both. FONT was Noto Sans CJK Regular (Debian's
fonts-noto-cjk, the file that `fc-match "Noto Sans CJK SC:style=Regular"` names).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageFont

TABLE = Path(__file__).resolve().parent.parent / "bot" / "tables" / "lookalikes.txt"
# Pixels of a picture's side, and how much it is blurred.
SIDE, BLUR = 48, 1.5
# The larger part of a character beside its radical.
PART = 0.64
# From this correlation on two pictures, or their larger parts, are taken for alike.
WHOLE_ALIKE, PART_ALIKE = 0.62, 0.88


def characters() -> list[str]:
    """Return the characters of GB 2312: the 6,763 in everyday use and in most names."""
    codes = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    return [c for c in (code.decode("gb2312", "ignore") for code in codes) if c]


def drawn(font: Path) -> Any:
    """Return the pictures of all characters, as an array of (character, row, column)."""
    import numpy as np

    face = ImageFont.truetype(str(font), SIDE - 8)
    pictures = []
    for character in characters():
        picture = Image.new("L", (SIDE, SIDE), 0)
        ImageDraw.Draw(picture).text((4, -4), character, fill=255, font=face)
        pictures.append(np.asarray(picture.filter(ImageFilter.GaussianBlur(BLUR)), dtype=np.float32))
    return np.stack(pictures)


def correlation(pictures: Any) -> Any:
    """Return how alike each two pictures are, up to 1."""
    import numpy as np

    flat = pictures.reshape(len(pictures), -1)
    flat = flat - flat.mean(axis=0)
    flat = flat / (np.linalg.norm(flat, axis=1, keepdims=True) + 1e-6)
    found = flat @ flat.T
    np.fill_diagonal(found, -1)
    return found


def alike(pictures: Any) -> Any:
    """Return which characters look like which, as an array of truth values."""
    part = int(SIDE * PART)
    found = correlation(pictures) > WHOLE_ALIKE
    for rows, columns in (
        (slice(None), slice(SIDE - part, None)), (slice(None), slice(part)),
        (slice(SIDE - part, None), slice(None)), (slice(part), slice(None)),
    ):  # fmt: skip
        found |= correlation(pictures[:, rows, columns]) > PART_ALIKE
    return found


def main(argv: list[str] | None = None) -> int:
    """Write the table: a character, then those that come after it and look like it."""
    (font,) = sys.argv[1:] if argv is None else argv
    names = characters()
    found = alike(drawn(Path(font)))
    lines = [
        "A character, then those after it that look like it. Made by scripts/make_lookalikes.py from Noto Sans CJK (OFL)."
    ]
    for i, name in enumerate(names):
        others = "".join(names[j] for j in range(i + 1, len(names)) if found[i, j])
        if others:
            lines.append(name + others)
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TABLE}: {sum(len(line) - 1 for line in lines[1:])} pairs")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
