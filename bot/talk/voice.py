"""Floor 6. How one language speaks: its sentences, and how it writes the names and sentences that stand in records.

Account names are quoted in the form the platform shows, in every language. Other names and sentences are Traditional in
Traditional replies, character for character so that they are still found; English adds the pinyin of each name once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from bot.records import Advice, Topic
from bot.text import TABLES, fold, is_han, readings
from bot.vocabulary import Vocabulary
from bot.wording import Words

# Pinyin stands in brackets of its own, so that a second mention can go without.
_PINYIN = re.compile(r" \[[a-z]+(?: [a-z]+)*\]")
# Nine syllables and more: no account's name is so long, most offices' are.
_LONG_PINYIN = re.compile(r" \[[a-z]+(?: [a-z]+){8,}\]")


class Voice:
    """Speaks one language about one base. Immutable; safe to use from any thread."""

    def __init__(self, words: Words, read: Mapping[str, Iterable[str]]) -> None:
        """Take the words of the language, and the words of the base that are read differently from their characters."""
        self.language = words.language
        self.words = words
        self.say = words.say
        self.name = words.name
        self.count = words.count
        self._read = Vocabulary((word, tuple(said)) for word, said in read.items())

    def quoted(self, name: str) -> str:
        """Return an account's name as it stands in a sentence: in quotes and its own characters, in English with pinyin."""
        return self.say("quoted", name=name, pinyin=self._pinyin(name))

    def bare(self, name: str) -> str:
        """Return an account's or app's name where it needs no quotes, as in a button or a route."""
        return name + self._pinyin(name)

    def proper(self, name: str) -> str:
        """Return the name of a unit, a place or a publisher."""
        return traditional(name) if self.language == "zh-Hant" else name + self._pinyin(name)

    def sentence(self, text: str) -> str:
        """Return a sentence of the records; where it is in another language than the reply, it is marked as quoted."""
        if self.language == "zh-Hant":
            return traditional(text)
        return self.say("quoted", name=text, pinyin="") if self.language == "en" else text

    def topic(self, topic: Topic) -> str:
        """Return what a topic is called; its own name where this language has no word for it yet."""
        return self.words.topics.get(topic.id) or self.proper(topic.name)

    def advice(self, advice: Advice) -> str:
        """Return a piece of advice."""
        return {"zh-Hans": advice.zh_hans, "zh-Hant": advice.zh_hant}.get(self.language, advice.en)

    def joined(self, parts: Iterable[str]) -> str:
        """Return several things in one sentence."""
        return self.say("joined").join(parts)

    def once(self, text: str) -> str:
        """Return a text with the pinyin of each name at its first mention only."""
        if self.language != "en":
            return text
        met: set[str] = set()

        def first(found: re.Match[str]) -> str:
            again = found[0] in met
            met.add(found[0])
            return "" if again else found[0]

        return _PINYIN.sub(first, text)

    def shorter(self, text: str) -> str:
        """Return a text that no screen holds without the longest pinyin in it: of whole offices, not of accounts."""
        return _LONG_PINYIN.sub("", text) if self.language == "en" else text

    def _pinyin(self, name: str) -> str:
        """Return the pinyin of a name's Chinese characters in brackets, nothing in other languages."""
        if self.language != "en":
            return ""
        folded = fold(name)
        special = {found.start: found for found in self._read.find(folded)}
        syllables: list[str] = []
        at = 0
        while at < len(folded):
            if at in special:
                syllables += special[at].meaning
                at = special[at].end
                continue
            syllables += readings(folded[at])[:1] if is_han(folded[at]) else ()
            at += 1
        return f" [{' '.join(syllables)}]" if syllables else ""


def traditional(text: str) -> str:
    """Return a text in Traditional characters: word by word where a word is written otherwise than its characters."""
    characters, words = _written()
    pieces: list[str] = []
    end = 0
    for found in words.find(text):
        pieces += (text[end : found.start].translate(characters), found.meaning)
        end = found.end
    return "".join((*pieces, text[end:].translate(characters)))


@cache
def _written() -> tuple[dict[int, str], Vocabulary[str]]:
    """Return how single characters and how words are written in Traditional characters."""
    lines = (TABLES / "traditional.txt").read_text(encoding="utf-8").splitlines()[1:]
    pairs = [line.split(" ") for line in lines]
    characters = {ord(simple): other for simple, other in pairs if len(simple) == 1}
    return characters, Vocabulary((simple, other) for simple, other in pairs)
