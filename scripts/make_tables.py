"""Write the character tables that texts are folded and written in Traditional characters with, from two packages.

    pip install opencc pypinyin pyyaml
    python scripts/make_tables.py

The tables are shipped so that answering a question loads no converter. Sources: OpenCC (Apache-2.0, its
character conversions Traditional → Simplified) and pypinyin (MIT, its readings, which go back to Unihan).
"""

from __future__ import annotations

import subprocess
import tempfile
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

TABLES = Path(__file__).resolve().parent.parent / "bot" / "tables"
HAN = [chr(c) for c in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
# A further reading of a character is kept when at least this share of the phrases that hold it use it: 长 is
# chang or zhang; 会 is hui, and kuai only in a handful of words nobody names an account with.
SHARE = 0.05
# Converters whose characters a person may type: Taiwan and Hong Kong forms differ from the standard ones.
FORMS = ("t2s", "tw2s", "hk2s")
# Words of our trade that no dictionary of phrases holds.
WORDS = (
    "占道",
    "合并",
    "整合",
    "注销",
    "公众号",
    "融媒体",
    "综合执法",
    "老干部局",
    "信息系统",
    "征兵办",
    "志愿者",
    "周边",
)
PLACES = Path(__file__).resolve().parent.parent / "knowledge" / "places"


def simplified() -> dict[str, str]:
    """Return every character that has another, Simplified form, mapped straight to its last form."""
    import opencc

    converters = [opencc.OpenCC(name) for name in FORMS]
    # 么 is the Simplified form of 麼 and, in Taiwan, a variant of 幺: what is somebody's Simplified form stays.
    settled = {form for character in HAN if (form := converters[0].convert(character)) != character}
    found: dict[str, str] = {}
    for character in HAN:
        if character in settled:
            continue
        for converter in converters:
            other = converter.convert(character)
            if len(other) == 1 and other != character:
                found[character] = other
                break
    return {character: last_form(character, found) for character in found}


def traditional() -> dict[str, str]:
    """Return how each Simplified character is written in Traditional ones, and the words in which it is another.

    Only what folds back to itself is kept, so that a converted name is still found.
    """
    import opencc
    import yaml

    converter = opencc.OpenCC("s2tw")
    back = simplified()
    found = {c: t for c in HAN if (t := converter.convert(c)) != c and back.get(t, t) == back.get(c, c)}
    divisions = yaml.safe_load((PLACES / "divisions.yaml").read_text(encoding="utf-8"))
    words = {*phrases(), *(name for d in divisions for name in (d["name"], d.get("short", ""))), *WORDS}
    for word in sorted(words, key=lambda w: (len(w), w)):
        other = converter.convert(word)
        if other != written(word, found) and [back.get(c, c) for c in other] == [
            back.get(c, c) for c in word
        ]:
            found[word] = other
    return found


def written(word: str, found: dict[str, str]) -> str:
    """Return a word as the table so far writes it: the longest words first, from the left."""
    pieces, at = [], 0
    while at < len(word):
        size = next(n for n in range(len(word) - at, 0, -1) if n == 1 or word[at : at + n] in found)
        pieces.append(found.get(word[at : at + size], word[at : at + size]))
        at += size
    return "".join(pieces)


def phrases() -> set[str]:
    """Return the Simplified phrases of OpenCC that people use today: two to four characters."""
    import opencc

    folder = Path(opencc.__file__).parent / "clib"
    with tempfile.TemporaryDirectory() as aside:
        out = Path(aside) / "phrases.txt"
        source = folder / "share" / "opencc" / "STPhrases.ocd2"
        command = [folder / "bin" / "opencc_dict", "-i", source, "-o", out, "-f", "ocd2", "-t", "text"]
        subprocess.run(command, check=True)  # noqa: S603  # OpenCC's own tool on its own file
        found = {line.split("\t")[0] for line in out.read_text(encoding="utf-8").splitlines()}
    return {word for word in found if 2 <= len(word) <= 4}


def last_form(character: str, found: dict[str, str]) -> str:
    """Follow a character to the form that folds no further, so that folding twice changes nothing."""
    seen = [character]
    while seen[-1] in found and found[seen[-1]] not in seen:
        seen.append(found[seen[-1]])
    return seen[-1]


def readings(character: str, seen: dict[str, Counter[str]]) -> list[str]:
    """Return the readings of a character without tones, the commonest first, at most three."""
    from pypinyin.constants import PINYIN_DICT

    listed = list(dict.fromkeys(plain(r) for r in PINYIN_DICT.get(ord(character), "").split(",") if r))
    counted = seen.get(character)
    if not counted:
        return listed[:1]
    total = sum(counted.values())
    kept = [r for r, n in counted.most_common(3) if n / total >= SHARE]
    return kept or listed[:1]


def plain(reading: str) -> str:
    """Return a reading in ASCII: no tone, ü as v."""
    decomposed = unicodedata.normalize("NFD", reading.replace("ü", "v").replace("ê", "e"))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c) or c == "\u0308")
    return letters.replace("u\u0308", "v")


def phrase_counts() -> dict[str, Counter[str]]:
    """Count how often each character is read each way in pypinyin's phrases."""
    from pypinyin.constants import PHRASES_DICT

    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, sounds in PHRASES_DICT.items():
        for character, sound in zip(phrase, sounds, strict=False):
            seen[character][plain(sound[0])] += 1
    return seen


def write(name: str, header: str, lines: list[str]) -> None:
    """Write one table with its header."""
    (TABLES / name).write_text(f"# {header}\n" + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(lines)} lines")


def main() -> int:
    """Write the tables."""
    table = simplified()
    by_target: dict[str, list[str]] = defaultdict(list)
    for other, target in table.items():
        by_target[target].append(other)
    write(
        "simplified.txt",
        "Simplified form, then the forms that fold to it. Made by scripts/make_tables.py from OpenCC (Apache-2.0).",
        [target + "".join(sorted(others)) for target, others in sorted(by_target.items())],
    )
    seen = phrase_counts()
    by_sound: dict[str, list[list[str]]] = defaultdict(lambda: [[], [], []])
    for character in HAN:
        if character not in table:
            for rank, reading in enumerate(readings(character, seen)):
                by_sound[reading][rank].append(character)
    write(
        "readings.txt",
        "Syllable, then the characters whose first | second | third reading it is. "
        "Made by scripts/make_tables.py from pypinyin (MIT).",
        [
            f"{s} {'|'.join(''.join(group) for group in ranks).rstrip('|')}"
            for s, ranks in sorted(by_sound.items())
        ],
    )
    written = traditional()
    write(
        "traditional.txt",
        "What is written otherwise in Traditional characters: characters, then words. Made by scripts/make_tables.py "
        "from OpenCC (Apache-2.0).",
        [
            f"{simple} {other}"
            for simple, other in sorted(written.items(), key=lambda p: (len(p[0]) > 1, p[0]))
        ],
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
