"""Floor 0. One normaliser for both sides: what the index stores and what a person types meet here."""

from __future__ import annotations

import re
import string
import unicodedata
from functools import cache
from pathlib import Path

TABLES = Path(__file__).parent / "tables"
HAN_FIRST, HAN_LAST = "\u3400", "\u9fff"
# Between the two stretches lie the hexagrams, which are no letters.
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")


def fold(text: str) -> str:
    """Return what is left of a text when width, case, script, tone marks, spaces and punctuation are gone.

    Full-width becomes half-width (NFKC), Traditional becomes Simplified character by character, Latin letters lose
    tone marks and case (`Lǜ` becomes `lv`, as it is typed), and only letters and digits remain. Folding twice
    changes nothing. About 2 ms for 10,000 characters.
    """
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    if _HAN.fullmatch(text):  # most names: nothing but the script can differ
        return text.translate(_simplified())
    marked = unicodedata.normalize("NFKD", text.casefold()).replace("u\u0308", "v")
    bare = "".join(c for c in marked if not unicodedata.combining(c))
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare).casefold())
    return "".join(filter(str.isalnum, plain.translate(_simplified())))


def level(text: str) -> str:
    """Return a text in half width, small letters and Simplified characters, one for one: every position still holds.

    Spaces and punctuation stay, so it is what rules read that must say where they read it.
    """
    return text.translate(_levels())


def is_han(character: str) -> bool:
    """Tell whether a character is a Chinese one of the basic plane or its first extension."""
    return HAN_FIRST <= character <= HAN_LAST


def is_traditional(character: str) -> bool:
    """Tell whether only somebody who writes Traditional characters types this one: 著 and 乾 are in both scripts."""
    if not is_han(character) or ord(character) not in _simplified():
        return False
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def readings(character: str) -> tuple[str, ...]:
    """Return how a folded character is read, without tones, the commonest first; `()` when unknown or not Han."""
    return reading_table().get(character, ())


def spell(folded: str) -> str:
    """Return a folded text in pinyin, joined: each character's commonest reading, other letters as they are."""
    return "".join((readings(c) or (c,))[0] for c in folded)


def spellings(folded: str, most: int = 16) -> tuple[str, ...]:
    """Return every way to spell a folded text in pinyin, at most `most`: 长乐 is changle, changyue, zhangle …."""
    ways = [""]
    for character in folded:
        options = readings(character) or (character,)
        if len(ways) * len(options) > most:
            options = options[:1]
        ways = [way + option for option in options for way in ways]
    return tuple(ways)


def well_formed(text: str) -> str:
    """Return a text with a question mark for each half of a character, which no file or database takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def initials(folded: str) -> str:
    """Return the first letter of each syllable of a folded text: 水润港城 is srgc."""
    return "".join((readings(c) or (c,))[0][0] for c in folded)


@cache
def loosen(syllable: str) -> str:
    """Return a syllable as a southern ear hears it: zh=z, ch=c, sh=s, n=l, f=h at its start, ng=n at its end, ü=u.

    Which sounds merge is from the research on homophones in questions (`matching.md`, section 4).
    """
    start = syllable.replace("v", "u")
    if len(start) > 1 and start[0] in "zcs" and start[1] == "h":
        start = start[0] + start[2:]
    if start[0] in "nf":
        start = {"n": "l", "f": "h"}[start[0]] + start[1:]
    return start[:-1] if start.endswith("ng") and len(start) > 2 else start


@cache
def _simplified() -> dict[int, str]:
    """Return the map from every other form of a character to the Simplified one, for `str.translate`."""
    return {ord(other): line[0] for line in _table("simplified.txt") for other in line[1:]}


@cache
def _levels() -> dict[int, str]:
    """Return the map from a character to the one it is levelled to: half of what `fold` does, and never more than one."""
    wide = {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}
    return {**_simplified(), **wide, **{ord(c): c.lower() for c in string.ascii_uppercase}}


@cache
def reading_table() -> dict[str, tuple[str, ...]]:
    """Return each folded character's readings, the commonest first."""
    ranked: tuple[dict[str, str], ...] = ({}, {}, {})
    for line in _table("readings.txt"):
        syllable, _, groups = line.partition(" ")
        for rank, group in zip(ranked, groups.split("|"), strict=False):
            rank.update(dict.fromkeys(group, syllable))
    first, *others = ranked
    found: dict[str, tuple[str, ...]] = {c: (syllable,) for c, syllable in first.items()}
    for rank in others:
        found |= {c: (*found[c], syllable) for c, syllable in rank.items() if c in found}
    return found


@cache
def lookalike_table() -> dict[str, str]:
    """Return the characters that a font draws much like each character."""
    found: dict[str, str] = {}
    for line in _table("lookalikes.txt"):
        first = line[0]
        for other in line[1:]:
            found[first] = found.get(first, "") + other
            found[other] = found.get(other, "") + first
    return found


@cache
def word_table(name: str) -> dict[str, str]:
    """Return, for a word's first character, the rests of the words of a table that begin with it, a space around each.

    The tables are `speech`, what goes on a sentence, and `things`, what goes on a name.
    """
    return {line[0]: f"{line[1:]} " for line in _table(f"{name}.txt")}


@cache
def verbs() -> frozenset[str]:
    """Return the verbs of one character that go on a sentence."""
    return frozenset("".join(_table("verbs.txt")))


def _table(name: str) -> list[str]:
    """Return the lines of a table beside this module, without its header."""
    return (TABLES / name).read_text(encoding="utf-8").splitlines()[1:]
