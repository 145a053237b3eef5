"""What happens to a name on its way through fingers, ears and input methods.

Typed pinyin and sounds are pypinyin's, Traditional characters OpenCC's, and look-alikes a list of the benchmark's own:
none comes from the matcher's tables, so that neither is tuned to the other.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from functools import cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

from benchmarks.sentences import ADDED, SHAPES, Split

# A way to change a name, `None` where it cannot be changed so: (name, chance, split) → what is typed.
Change = Callable[[str, random.Random, Split], str | None]
# A name shorter than this is another name as soon as a character of it is another.
LEAST = 4
# f and h before u, as they are confused from Hunan to Fujian.
F_AND_H = {
    "fu": "hu",
    "fa": "hua",
    "fei": "hui",
    "fan": "huan",
    "fen": "hun",
    "fang": "huang",
    "feng": "hong",
}
FULL_WIDTH = {c: c + 0xFEE0 for c in range(0x21, 0x7F)}


@cache
def syllables(name: str) -> tuple[str, ...]:
    """Return a name's syllables without tones, ü as v; letters and digits in one piece, as they stand."""
    return tuple(lazy_pinyin(name, v_to_u=False))


def initials(name: str) -> str:
    """Return the first letters of a name's syllables."""
    return "".join(s[0] for s in syllables(name))


@cache
def muffled(syllable: str) -> str:
    """Return a syllable as southern ears hear it: zh=z, ch=c, sh=s, n=l, ang=an, eng=en, ing=in, fu=hu."""
    said = F_AND_H.get(syllable, syllable)
    if said[0] in "zcs" and said[1:2] == "h":
        said = said[0] + said[2:]
    if said[0] == "n":
        said = "l" + said[1:]
    return said[:-1] if said.endswith(("ang", "eng", "ing")) else said


def exact(name: str, _: random.Random, __: Split) -> str:
    """The name itself."""
    return name


def traditional(name: str, rng: random.Random, _: Split) -> str | None:
    """The name in Traditional characters, as they are written on the mainland's edge, in Taiwan or in Hong Kong."""
    text = _converter(rng.choice(("s2t", "s2tw", "s2hk"))).convert(name)
    return text if text != name else None


def spaced(name: str, rng: random.Random, _: Split) -> str:
    """The name with full-width letters, spaces between characters or odd punctuation."""
    wide = name.translate(FULL_WIDTH)
    return rng.choice((" ".join(wide), f"“{wide}”", f"{wide}!!", f"【{wide}】", f"{wide[:2]}·{wide[2:]}"))


def drop(name: str, rng: random.Random, _: Split) -> str | None:
    """The name without one character."""
    i = rng.randrange(len(name))
    return name[:i] + name[i + 1 :] if len(name) > LEAST else None


def add(name: str, rng: random.Random, split: Split) -> str:
    """The name with a common character too many."""
    i = rng.randrange(1, len(name))
    return name[:i] + rng.choice(ADDED[split]) + name[i:]


def swap(name: str, rng: random.Random, _: Split) -> str | None:
    """The name with two neighbours in each other's place."""
    i = rng.randrange(len(name) - 1)
    return name[:i] + name[i + 1] + name[i] + name[i + 2 :] if len(name) >= LEAST else None


def homophone(name: str, rng: random.Random, _: Split) -> str | None:
    """The name with one character that sounds the same."""
    i = rng.randrange(len(name))
    same = _characters().get(syllables(name)[i], "").replace(name[i], "")
    return name[:i] + rng.choice(same) + name[i + 1 :] if same and len(name) >= LEAST else None


def accent(name: str, rng: random.Random, _: Split) -> str | None:
    """The name with one character that sounds the same only to southern ears."""
    said = syllables(name)
    spots = [i for i, s in enumerate(said) if len(_heard_as().get(muffled(s), ())) > 1]
    if not spots or len(name) < LEAST:
        return None
    i = rng.choice(spots)
    other = rng.choice([s for s in _heard_as()[muffled(said[i])] if s != said[i]])
    return name[:i] + rng.choice(_characters()[other]) + name[i + 1 :]


def shape(name: str, rng: random.Random, split: Split) -> str | None:
    """The name with one character that looks much the same."""
    spots = [(i, pair) for i, c in enumerate(name) for pair in SHAPES[split] if c in pair]
    if not spots or len(name) < LEAST:
        return None
    i, pair = rng.choice(spots)
    return name[:i] + pair.replace(name[i], "") + name[i + 1 :]


def mixed(name: str, rng: random.Random, _: Split) -> str | None:
    """The name with one or two characters in pinyin."""
    i, size = rng.randrange(len(name) - 1), rng.choice((1, 2))
    return (
        name[:i] + "".join(syllables(name)[i : i + size]) + name[i + size :] if len(name) >= LEAST else None
    )


def pinyin(name: str, rng: random.Random, _: Split) -> str:
    """The name in pinyin: in one piece, a space after each syllable or after every second, small or capital."""
    return _joined(syllables(name), rng)


def tones(name: str, rng: random.Random, _: Split) -> str:
    """The name in pinyin with tone marks, or with numbers for them."""
    style = rng.choice((Style.TONE, Style.TONE, Style.TONE3))
    return _joined(tuple(lazy_pinyin(name, style=style)), rng)


def misspelled(name: str, rng: random.Random, _: Split) -> str | None:
    """The name in pinyin with one syllable as a southerner spells it, or with one letter slipped."""
    said = list(syllables(name))
    i = rng.randrange(len(said))
    if rng.random() < 0.5:
        said[i] = next(iter(s for s in _heard_as().get(muffled(said[i]), ()) if s != said[i]), "")
    elif len(said[i]) > 1:
        j = rng.randrange(len(said[i]) - 1)
        said[i] = said[i][:j] + rng.choice((said[i][j + 1] + said[i][j], said[i][j] * 2 + said[i][j + 1]))
        said[i] += syllables(name)[i][j + 2 :]
    return _joined(tuple(said), rng) if said[i] and tuple(said) != syllables(name) else None


SLIPS: tuple[Change, ...] = (drop, add, swap, homophone, shape)


def _joined(said: tuple[str, ...], rng: random.Random) -> str:
    words = ["".join(said[i : i + 2]) for i in range(0, len(said), 2)]
    return rng.choice(
        ("".join(said), "".join(said), " ".join(said), " ".join(words), " ".join(words).capitalize())
    )


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


@cache
def _characters() -> dict[str, str]:
    """Return the 3,755 everyday characters of GB 2312's first level by their syllable."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    found: dict[str, str] = defaultdict(str)
    for character in filter(None, (r.decode("gb2312", "ignore") for r in rows)):
        found[syllables(character)[0]] += character
    return dict(found)


@cache
def _heard_as() -> dict[str, list[str]]:
    """Return the syllables that southern ears hear as the same, by how they hear them."""
    found: dict[str, list[str]] = defaultdict(list)
    for syllable in sorted(_characters()):
        found[muffled(syllable)].append(syllable)
    return dict(found)
