"""Floor 4. What people say around a name: whether what stands beside one goes on the sentence or the name.

上海发布怎么停了 speaks of 上海发布; 上海发布会 is another name, and 宝鸡养老院 is no 宝鸡养老.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.records import Talk
from bot.text import fold, verbs, word_table

# The words of the tables have up to four characters.
LONGEST, SHORTEST = 4, 2
# One of these further on makes a sentence of what stands beside a name: nobody asks anything with a name alone.
ASKING = frozenset("吗呢么呀啊嘛吧呗咧怎咋哪啥谁何几没不了在还是冇唔咩乜边咗嘅嘞噻哟伐嘎")
# Words of one character that only hold a sentence together: those of the dictionary that make no name with what follows.
PARTICLES = frozenset(
    "了在不我的也为就这你都等与对还又而之以她将那但从把被只过或由向已给却它更再才便各则因曾呢该谁先吧么竟啦呀亦必须似忽皆怎诸届何凭尚替咱依略哩渐始遂岂挺啥确嘛俺终互恐咋犹彼什哇勿究偶恰逐唔哉甭嘿迭呐况骤孰竭呗莫冇"
)
# Words of one character that make another name of the one they stand before.
MODIFYING = frozenset("新老东西南北中大小上下前后内外美爱最好真微云智悦乐游看品醉")
# What the name of a body or a business ends in, soon after the name that it is not.
ENDINGS = frozenset("店馆院会校站厅局园厂社队所场城村镇县区台报网坊屋楼室部处组团")
SOON = 3


class Speech:
    """Judges what stands right after and right before a name. Immutable; safe to use from any thread."""

    def __init__(self, talk: Iterable[Talk]) -> None:
        """Take what maintainers gathered; the tables of a dictionary's words stand beside it."""
        said = list(talk)
        self._before = _by_letter(-1, (fold(w) for t in said for w in t.before))
        after = [fold(w) for t in said for w in t.after]
        self._after = _by_letter(0, after)
        self._surely = tuple(w for w in after if len(w) > SHORTEST)

    def begins(self, letters: str, at: int) -> bool:
        """Tell whether what begins at a position only goes on the sentence.

        A word of the dictionary does when more follows: what ends in a verb may be a name, 京通快递 is one. So does a
        particle or a verb, in a question, when nothing beside it makes a name.
        """
        if letters.startswith(self._after.get(letters[at], ()), at):
            return not _crossed(letters, at, at_least=3) or letters.startswith(self._surely, at)
        word, thing = _longest("speech", letters, at), _longest("things", letters, at)
        if max(word, thing):
            return word > thing and at + word < len(letters)
        spoken = letters[at] in PARTICLES or letters[at] in verbs()
        return spoken and _asks(letters, at) and not _crossed(letters, at)

    def parts(self, letters: str, at: int) -> bool:
        """Tell whether a place that ends at a position is only said, and is no part of a longer name: 张家港保税区."""
        if at >= len(letters) or self.begins(letters, at):
            return True
        return not _longest("things", letters, at) and ENDINGS.isdisjoint(letters[at : at + SOON])

    def leads(self, letters: str, at: int) -> bool:
        """Tell whether what ends right before a place's name only leads up to it, in a question: 指尖江阴 is another name."""
        before = (letters[at - length : at] for length in range(SHORTEST, LONGEST + 1) if length <= at)
        named = letters[at - 1] in MODIFYING or any(_is_word("things", word) for word in before)
        return not named and not ASKING.isdisjoint(letters)

    def ends(self, letters: str, at: int) -> bool:
        """Tell whether what ends right before a position only leads up to a name."""
        return letters.endswith(self._before.get(letters[at - 1], ()), 0, at) or any(
            _is_word("speech", letters[at - length : at])
            for length in range(SHORTEST, LONGEST + 1)
            if length <= at
        )


def is_phrase(name: str) -> bool:
    """Tell whether a name is made of everyday words alone: 行业行情 in a sentence need not be an account."""
    return all(_is_word("things", name[i : i + SHORTEST]) for i in range(0, len(name), SHORTEST))


def is_word(text: str) -> bool:
    """Tell whether a text is a word of a dictionary."""
    return _is_word("things", text) or _is_word("speech", text)


def _crossed(letters: str, at: int, *, at_least: int = SHORTEST) -> bool:
    """Tell whether a word of so many characters stands across a position: 办事通知 is no 办事通, 上海发布会 no 上海发布."""
    return any(
        is_word(letters[start:end])
        for start in range(max(0, at - SHORTEST), at)
        for end in range(max(at + 1, start + at_least), min(len(letters), start + LONGEST) + 1)
    )


def _asks(letters: str, at: int) -> bool:
    """Tell whether something is asked from a position on, and no name of a body or business ends soon after it."""
    return ENDINGS.isdisjoint(letters[at : at + SOON]) and not ASKING.isdisjoint(letters[at:])


def _longest(table: str, letters: str, at: int) -> int:
    """Return how long the longest word of a table is that begins at a position; 0 when there is none."""
    lengths = range(min(LONGEST, len(letters) - at), SHORTEST - 1, -1)
    return next((n for n in lengths if _is_word(table, letters[at : at + n])), 0)


def _is_word(table: str, word: str) -> bool:
    return f" {word[1:]} " in word_table(table).get(word[:1], "")


def _by_letter(at: int, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return words by their first or last letter."""
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(word[at], []).append(word)
    return {letter: tuple(group) for letter, group in found.items()}
