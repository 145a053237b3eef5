"""Floor 4. The long names of autonomous places, as they are mistyped: 石柱土家族自治民政局 speaks of 石柱土家族自治县.

So much of such a name is left when a character of it is missing, mistaken or moved that it can be no other.
"""

from __future__ import annotations

import re
from collections import defaultdict

from rapidfuzz.distance import OSA

from bot.phonetics import typed_as
from bot.places import Gazetteer
from bot.text import fold, lookalike_table

# What the long names have in them; without any of these a text has none.
SIGNS = frozenset("族自治")
AUTONOMOUS = "自治"
# What a place's name may end in, each of another kind.
ENDINGS = frozenset("省市县区州旗盟乡镇")
LETTERS = re.compile("[a-z]")
# What follows the short form has so many characters at least.
LEAST = 4


class Mender:
    """Puts mistyped long names of places right. Immutable; safe to use from any thread."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._tails: dict[str, str] = {}
        self._heads: dict[str, set[str]] = defaultdict(set)
        self._gazetteer = gazetteer
        for place in (p for p in gazetteer.places.values() if AUTONOMOUS in p.name):
            name, short = fold(place.name), fold(place.short or "")
            tail = name.removeprefix(short)
            if len(short) > 1 and len(tail) >= LEAST and tail != name:
                self._tails[place.code] = tail
                self._heads[tail].add(short)

    def mend(self, folded: str) -> str:
        """Return a folded text with each long name as it is written; of what is no such name nothing is changed."""
        if SIGNS.isdisjoint(folded):
            return folded
        for found in self._gazetteer.mentions(folded):
            word = folded[found.start : found.end]
            for tail in {self._tails[code] for code in found.meaning if code in self._tails}:
                if word in self._heads[tail] and (length := _length(tail, folded[found.end :])):
                    return folded[: found.end] + tail + self.mend(folded[found.end + length :])
        return self._headed(folded)

    def _headed(self, folded: str) -> str:
        """Return a text with the short form right that stands before the rest of one long name: 降城哈尼族彝族自治县 is 江城."""
        tail = max((tail for tail in self._heads if tail in folded), key=len, default="")
        at = folded.find(tail)
        heads = self._heads[tail] if tail else set()
        if at < 1 or any(m.end == at for m in self._gazetteer.mentions(folded[:at])):
            return folded  # 龙岩满族自治县 is not 岫岩
        before = {h: folded[max(0, at - len(h)) : at] for h in heads}
        meant = [
            h
            for h, said in before.items()
            if OSA.distance(h, said) == 1 and (len(said) < len(h) or _slipped(said, h))
        ]
        return f"{folded[: max(0, at - len(meant[0]))]}{meant[0]}{folded[at:]}" if len(meant) == 1 else folded


def _length(tail: str, text: str) -> int:
    """Return how much at the beginning of a text is meant for the rest of a long name; 0 when it is that, or not nearly."""
    if text.startswith(tail):
        return 0
    size = len(tail)
    if text[size - 1 : size] in ENDINGS - {tail[-1]}:  # 临夏回族自治县 is not the 州
        return 0
    near = [n for n in (size, size + 1, size - 1) if n <= len(text) and OSA.distance(tail, text[:n]) == 1]
    if size in near and not _slipped(text[:size], tail):
        near.remove(size)
    if not near or LETTERS.match(text, min(near)):  # 自治xian
        return 0
    if size in near and sorted(text[:size]) == sorted(tail):
        return size
    # Its last character ends it, or what is mistaken for that; else it was left out.
    ended = [n for n in near if _alike(text[n - 1], tail[-1])]
    return min(ended or near)


def _slipped(said: str, meant: str) -> bool:
    """Tell whether a text is another with two characters the other way round, or one that looks or sounds like what is meant.

    满族 is not 藏族, 自治县 not 自治州, and 新山 not 连山.
    """
    return sorted(said) == sorted(meant) or all(map(_alike, said, meant))


def _alike(letter: str, other: str) -> bool:
    """Tell whether a character is another one, or looks or sounds like it."""
    return (
        letter == other
        or letter in lookalike_table().get(other, "")
        or bool(typed_as(letter) & typed_as(other))
    )
