"""Floor 4. In how much a question differs from a name, and the one slip that can only be one.

Who leaves out, adds or mistakes one character writes what is no word: 博馆, 分积金. Where nothing that people write stands
there, and the rest of the name does, that name was meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.index.layout import character_pairs
from bot.index.rows import Name
from bot.matching.alignment import Alignment
from bot.matching.question import Way
from bot.matching.speech import LONGEST, SHORTEST, is_word, words_from
from bot.places import Gazetteer, Mention
from bot.vocabulary import Vocabulary

# Words of a title that follow from the level of its place, so that they tell no unit of an agency from another.
LEVEL_WORDS = frozenset(("总队", "支队", "大队", "局", "厅", "委", "委员会", "办公室", "中心", "原"))
# What a place's name ends in: what makes it a place, and not which.
PLACE_ENDINGS = frozenset("省市县区州旗盟")
# A numeral, and characters that make another name where they stand or are missing: 重庆微发布 is not 重庆发布.
NUMERALS = frozenset("0123456789一二三四五六七八九十")
TELLING = frozenset("微新老东西南北中分副总")
# One of several kinds of school.
SCHOOLS = ("小学", "中学", "大学")
# What alone stands for a place already: 蓉 is 成都, and not 芙蓉.
ABBREVIATIONS = frozenset(
    "京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀黔贵滇云藏陕秦甘陇青宁新港澳台蓉甬榕鹭穗深锡杭温邕筑汴洛沈连"
)
# Of a place that is left with one character the rest of the name tells so much more; and a word for an agency of so many
# characters, or for a place, is known by the others.
LEAST_REST, LEAST_AGENCY, LEAST_PLACE = 3, 3, 4
# What says that a word is an agency's, and not which: 林管局 is none of a 林业局.
HEADS = frozenset("局委厅部会院府办站所队馆校")
# Towns and villages, of which we know few, are called by two characters; a character away from a place of three stands another.
TOWN = 2


@dataclass(frozen=True, slots=True)
class Slip:
    """The only difference between a name and a question, where what is typed is no word and stands in no name.

    `lost` is the position of the name that was left out or mistaken, `typed` that of the question which was added or
    mistaken.
    """

    lost: int | None
    typed: int | None


def differences(name: Name, laid: Alignment, way: Way) -> int:
    """Return in how many things a name differs from what a question says of it.

    A title cut off at the end is none, and no cut end where the rest is typed in letters.
    """
    other = len(laid.spoken) - len(laid.exact)
    last = max(laid.plainly | laid.hearsay, default=-1)
    tail = [i for i in laid.lost if i > last]
    cut = bool(tail) and not way.spelled and name.plain[last + 1 :] not in LEVEL_WORDS
    return other + len(laid.lost) - len(tail) + cut + laid.extra + way.misread


class Slips:
    """Finds the one slip that keeps a question from being a name. Safe to use from any thread."""

    def __init__(self, gazetteer: Gazetteer, agencies: Vocabulary[int]) -> None:
        self._gazetteer = gazetteer
        self._letters = {letter for word, _ in agencies.items() for letter in word}
        self._shorter = _left_of(agencies)
        self._unlike = _unlike(agencies)

    def lone(
        self, name: Name, laid: Alignment, way: Way, told: set[int], known: Mapping[int, int]
    ) -> Slip | None:
        """Return the one slip that keeps a question from being a name, `None` where it may be more than that.

        Args:
            name: The name.
            laid: How it lies along the question.
            way: The question.
            told: The positions of the question that the name, its place and agency explain.
            known: How many names of the base hold each of the question's pairs of characters.
        """
        if way.spelled or len(laid.lost) > 1 or len(told) < len(way.letters) - 1:
            return None
        over = [j for j in range(len(way.letters)) if j not in told]
        if laid.likened and not over and self._likened(name, laid, way):
            return Slip(None, next(iter(laid.likened)))
        if len(laid.exact) < len(laid.spoken):
            return None
        lost, typed = next(iter(laid.lost), None), next(iter(over), None)
        if lost is None:
            return Slip(None, typed) if typed is not None and _splits(name, typed, laid) else None
        before, after = _beside(lost, laid)
        if typed is None:
            clear = after - before == 1 and not _means(way.letters, before, after, known)
            edge = before < 0 and after == laid.start
            sure = self._left_out(name, lost, laid, way) and (clear or edge)
        else:
            here = {typed - 1, typed + 1} >= {n for n in (before, after) if n >= 0}
            clear = here and not _means(way.letters, typed, typed, known)
            sure = clear and self._mistaken(name, lost, typed, laid, way)
        return Slip(lost, typed) if sure else None

    def _likened(self, name: Name, laid: Alignment, way: Way) -> bool:
        """Tell whether the only thing amiss is a look-alike, in a word for an agency, that no such word has: 人氏医院, but 教务服务."""
        typed, before = next(iter(laid.likened)), laid.exact.get(next(iter(laid.likened)) - 1, -2)
        if len(laid.exact) < len(laid.spoken) - 1 or laid.lost or way.letters[typed] in self._letters:
            return False
        return any(before + 1 in a.span and len(a.span) > LEAST_AGENCY for a in name.agencies)

    def _left_out(self, name: Name, lost: int, laid: Alignment, way: Way) -> bool:
        """Tell whether the character left out at a position of a name leaves it the name of nobody else."""
        place = next((m for m in name.places if lost in m.span), None)
        if place is None:
            words = [a for a in name.agencies if lost in a.span]
            left = (name.plain[a.start : lost] + name.plain[lost + 1 : a.end] for a in words)
            if any(len(self._shorter[word]) > 1 for word in left):
                return False
            held = _is_held(name.plain, lost)
            return held if name.plain[lost] in NUMERALS | TELLING else held or bool(words)
        said = _said_of(place, laid, way)
        if len(said) == 1 and (self._says_more(said) or len(name.plain) - len(place.span) < LEAST_REST):
            return False
        if len(said) == TOWN:  # 曹甸 is a town, and not 曹妃甸
            return False
        return self._gazetteer.short_of_one(said) == set(place.meaning)

    def _says_more(self, letter: str) -> bool:
        """Tell whether a character says more than part of a place's name: 旧 may be old, where 滁 is 滁州 alone."""
        words = (word for word in words_from(letter) if not self._gazetteer.starts(word, 0))
        return letter in ABBREVIATIONS or any(words)

    def _mistaken(self, name: Name, lost: int, typed: int, laid: Alignment, way: Way) -> bool:
        """Tell whether a character that stands for another of a name, within its place or agency, leaves them nobody else's."""
        for word in name.agencies:
            telling = len(word.span) - (name.plain[word.end - 1] in HEADS)
            if lost in word.span and lost < word.end - 1 and telling >= LEAST_AGENCY:
                alike = self._unlike[_without(name.plain[word.start : word.end], lost - word.start)]
                return name.plain[lost] not in NUMERALS | TELLING and len(alike) == 1
        place = next((m for m in name.places if lost in m.span), None)
        if place is None or {name.plain[lost], way.letters[typed]} & (NUMERALS | TELLING):
            return False
        said = _said_of(place, laid, way, typed)
        if len(said.rstrip("".join(PLACE_ENDINGS))) < LEAST_PLACE or self._gazetteer.mentions(said):
            return False
        added = any(self._gazetteer.named(said[:i] + said[i + 1 :]) for i in range(len(said)))
        return not added and self._gazetteer.unlike_one(said) == set(place.meaning)


def _left_of(agencies: Vocabulary[int]) -> Mapping[str, set[int]]:
    """Return which kinds of agency a word may stand for when one character is left out of it: 育局 is of 教育 or 体育."""
    found: dict[str, set[int]] = defaultdict(set)
    for word, kind in agencies.items():
        for i in range(len(word)):
            found[word[:i] + word[i + 1 :]].add(kind)
    return found


def _unlike(agencies: Vocabulary[int]) -> Mapping[str, set[int]]:
    """Return which kinds of agency a word may stand for when one of its characters is another: 人民?院 is a 医院 or a 法院."""
    found: dict[str, set[int]] = defaultdict(set)
    for word, kind in agencies.items():
        for i in range(len(word)):
            found[_without(word, i)].add(kind)
    return found


def _without(word: str, at: int) -> str:
    return f"{word[:at]}?{word[at + 1 :]}"


def _beside(lost: int, laid: Alignment) -> tuple[int, int]:
    """Return where a question says the characters of a name before and after a position; -1 where it has none."""
    at = {i: j for j, i in laid.exact.items()}
    return at.get(lost - 1, -1), at.get(lost + 1, -1)


def _said_of(place: Mention, laid: Alignment, way: Way, typed: int | None = None) -> str:
    """Return what a question says of a name's place."""
    spots = {j for j, i in laid.exact.items() if i in place.span} | ({typed} if typed is not None else set())
    return "".join(way.letters[j] for j in sorted(spots))


def _splits(name: Name, typed: int, laid: Alignment) -> bool:
    """Tell whether a character stands within a word of a name that nothing else may follow in there: 邮政管老理局, but 人民老医院."""
    i = laid.exact.get(typed - 1)
    if i is None or any(i in m.span and len(m.span) < LEAST_AGENCY for m in name.places):
        return False
    return laid.exact.get(typed + 1) == i + 1 and _is_bound(name.plain, i)


def _is_held(name: str, at: int) -> bool:
    """Tell whether a character is part of a word that is none without it: 红十字, 中心; 中医院 is 医院, too."""
    within = any(
        is_word(name[start : start + size])
        for size in range(SHORTEST + 1, LONGEST + 1)
        for start in range(max(0, at + 2 - size), at)
        if start + size <= len(name)
    )
    return within or (_is_bound(name, at) and name[at : at + SHORTEST] not in SCHOOLS)


def _is_bound(name: str, at: int) -> bool:
    """Tell whether a character makes a word with the next one, and that one none with what follows."""
    return is_word(name[at : at + SHORTEST]) and not is_word(name[at + 1 : at + 1 + SHORTEST])


def _means(letters: str, first: int, last: int, known: Mapping[int, int]) -> bool:
    """Tell whether a word, or a pair of characters that names hold, stands across positions of a question."""
    pairs = character_pairs(letters[max(0, first - (first == last)) : last + 1 + (first == last)])
    return any(key in known for key in pairs) or any(is_word(word) for word in _across(letters, first, last))


def _across(letters: str, first: int, last: int) -> Iterator[str]:
    """Yield the stretches of a text, as long as the words of a dictionary, that hold some positions."""
    for size in range(SHORTEST, LONGEST + 1):
        for start in range(max(0, last + 1 - size), first + 1):
            if start + size <= len(letters):
                yield letters[start : start + size]
